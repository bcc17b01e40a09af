"""What always holds of the return list, whatever is delivered: nothing lost, nothing twice, nothing without a cause."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from landing_desk import csv_text
from return_desk import BAD, ReturnDesk, laws

from pipelines.quality.returns.schema import CLOSED_AS, OPEN

KEYLESS = "civil_affairs_elderly"  # full, keyed by its identifying cells
KEYED = "police_residents"  # increment, own key, update time
pytestmark = pytest.mark.slow
QUIET = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])

NAME = st.sampled_from(["张三", "李四", f"{BAD}五", ""])
NUMBER = st.sampled_from(["990101193901010017", f"{BAD}号", ""])
ADDRESS = st.sampled_from(["甲里1号", f"{BAD}里", "乙里2号,多"])  # the last one makes a ragged row
CONTACT = st.sampled_from(["王五", f"{BAD}人"])
ELDER = st.tuples(NAME, NUMBER, ADDRESS, CONTACT).map(lambda row: f"{row[0]},{row[1]},1939-01,{row[2]},{row[3]}")
KEY = st.sampled_from(["R1", "R2", "R3", ""])
RESIDENT = st.tuples(KEY, NAME, ADDRESS).map(lambda row: f"{row[0]},{row[1]},,{row[2]},2026-01-01 08:00:00")
SUSPECTS = st.sets(st.sampled_from(["R1", "R2"]))


def deliver(desk: ReturnDesk, day: int, elders: list[str], residents: list[str]) -> None:
    on = date(2026, 1, day + 1)
    desk.put(f"civil_affairs/elderly/{on}/e.csv", csv_text("姓名,身份证号,出生年月,住址,紧急联系人", *elders))
    header = "人员编号,姓名,公民身份号码,居住地址,更新时间"
    desk.put(f"police/residents/{on}/r.csv", csv_text(header, *residents))


NIGHT = st.tuples(st.lists(ELDER, min_size=1, max_size=4), st.lists(RESIDENT, min_size=1, max_size=3), SUSPECTS)


def hold(holds: bool, what: str) -> None:
    assert holds, what


@QUIET
@given(st.lists(NIGHT, min_size=1, max_size=4))
def test_entries_are_conserved_and_close_with_a_cause(nights: list[tuple[list[str], list[str], set[str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = ReturnDesk(Path(folder), KEYLESS, KEYED)
        for day, (elders, residents, suspects) in enumerate(nights, start=1):
            deliver(desk, day, elders, residents)
            desk.suspects = suspects
            before = desk.entries
            after = desk.night()
            laws(desk, before, desk.findings(), hold)
            assert set(after["closed_as"].drop_nulls()) <= set(CLOSED_AS)
            assert (after["closed_on"].drop_nulls() <= desk.as_of()).all()
            assert (after["opened_on"] <= desk.as_of()).all()
            again = desk.follow(desk.findings().sample(fraction=1, shuffle=True, seed=day), after)
            assert again.equals(after), "the same inputs changed something"


@QUIET
@given(st.lists(NIGHT, min_size=2, max_size=3))
def test_what_is_open_does_not_depend_on_how_nights_were_loaded(
    nights: list[tuple[list[str], list[str], set[str]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        slow, fast = (ReturnDesk(Path(folder) / name, KEYLESS, KEYED) for name in ("slow", "fast"))
        for day, (elders, residents, _) in enumerate(nights, start=1):
            for desk in (slow, fast):
                deliver(desk, day, elders, residents)
            slow.night()
        fast.night()
        shown = ["entry_id", "record_key", "row_ref", "column", "problem", "delivered_value", "delivered_on"]
        left, right = (desk.entries.filter(pl.col("status") == OPEN).select(shown) for desk in (slow, fast))
        assert left.sort(shown).equals(right.sort(shown))
