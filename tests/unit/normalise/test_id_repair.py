"""Numbers with a slip find their way back, and nothing else is touched. Divisions 9901xx are assigned to nobody."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.normalise.id_check import CHECK_CHARACTERS, WEIGHTS, is_valid
from pipelines.normalise.id_repair import repair_candidates

VALID = "990103199808071202"


def _candidates(number: str) -> list[str]:
    return repair_candidates(pl.Series([number]))["candidate"].to_list()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("990103199808071203", "the check character"),
        ("990103199808071212", "the sequence"),
        ("990103189808071202", "the century"),
        ("990103109808071202", "a year that cannot be"),
        ("990103199880071202", "two neighbours swapped inside the birth date"),
        ("990103199808017202", "two neighbours swapped across birth date and sequence"),
        ("991003199808071202", "two neighbours swapped in the division"),
    ],
)
def test_the_number_that_was_meant_is_among_the_candidates(wrong: str, why: str) -> None:
    assert VALID in _candidates(wrong), why


@pytest.mark.parametrize("text", [VALID, "071202", "99010319980807120", "E12345678", "", None])
def test_what_is_valid_or_no_number_has_none(text: str | None) -> None:
    assert repair_candidates(pl.Series([text], dtype=pl.String)).is_empty()


@settings(deadline=None, max_examples=40)
@given(
    born=st.dates(date(1900, 1, 1), date(2024, 12, 31)),
    sequence=st.integers(0, 999),
    place=st.integers(0, 16),
    step=st.integers(1, 9),
)
def test_every_single_slip_is_mended_by_few_valid_numbers(born: date, sequence: int, place: int, step: int) -> None:
    body = f"990101{born:%Y%m%d}{sequence:03d}"
    number = body + CHECK_CHARACTERS[sum(int(s) * w for s, w in zip(body, WEIGHTS, strict=True)) % 11]
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    found = repair_candidates(pl.Series([wrong]))["candidate"]
    assert number in found.to_list()
    assert len(found) <= 35
    assert found.to_frame("c").select(is_valid(pl.col("c")).all()).item()
