"""Near misses as columns, held against the edit distance of a library."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from pipelines.quality.findings.near import known_signs_apart, near_miss

WIDTH = 5
WORDS = st.text(alphabet="甲乙丙", min_size=0, max_size=WIDTH)
PAIRS = st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(PAIRS)
def test_a_near_miss_is_one_slip_of_the_pen(pairs: list[tuple[str, str]]) -> None:
    frame = pl.DataFrame(pairs, schema=["left", "right"], orient="row")
    told = frame.select(near_miss(pl.col("left"), pl.col("right"), WIDTH + 1)).to_series().to_list()
    assert told == [OSA.distance(left, right) == 1 for left, right in pairs]


def test_hidden_signs_fit_every_number() -> None:
    frame = pl.DataFrame(
        {"pattern": ["990102********2317", "990102********2318"], "number": ["990102198001012317"] * 2}
    )
    told = frame.select(known_signs_apart(pl.col("pattern"), pl.col("number"))).to_series()
    assert told.to_list() == [0, 1]
