"""One slip of the pen, and two ways of counting."""

from __future__ import annotations

import pytest

from pipelines.addresses.deciding.slips import slip_between
from pipelines.addresses.forms.ordinals import counted_as, incomparable


@pytest.mark.parametrize(
    ("meant", "slip"),
    [
        (("2", "1", "301"), "exchanged"),
        (("1", "3", "301"), "unit"),
        (("5", "2", "301"), "building"),
        (("1", "2", "302"), "digit"),
        (("1", "2", "310"), "neighbours"),
        (("1", "2", "1301"), "length"),
        (("1", "2", "301"), None),
        (("1", "2", "103"), None),
        (("3", "4", "301"), None),
        (("1", "3", "302"), None),
        (("1", "2", "2401"), None),
    ],
)
def test_slip_between(meant: tuple[str, str, str], slip: str | None) -> None:
    assert slip_between(("1", "2", "301"), meant) == slip


def test_exchange_needs_both_numbers() -> None:
    assert slip_between(("1", "", "301"), ("", "1", "301")) is None


@pytest.mark.parametrize(
    ("key", "known", "found"),
    [
        ("A", {"1", "2"}, "1"),
        ("2", {"A", "B", "C"}, "B"),
        ("II", {"1", "2"}, "2"),
        ("乙", {"1", "2"}, "2"),
        ("1", {"甲", "乙"}, "甲"),
        ("D", {"1", "2"}, None),
        ("A", {"2", "3"}, None),
        ("A", {"1", "2", "东"}, None),
        ("A", {"A", "B"}, None),
        ("1", {"东", "西"}, None),
        ("东", {"1", "2"}, None),
        ("1", {""}, None),
    ],
)
def test_counted_as(key: str, known: set[str], found: str | None) -> None:
    assert counted_as(key, known) == found


def test_sides_cannot_be_counted() -> None:
    assert incomparable("1", {"东", "西"})
    assert not incomparable("1", {"1", "2"})
    assert not incomparable("1", set())
