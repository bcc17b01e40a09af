"""Every answer that changed says why, and the answers of an earlier run can be told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from pipelines.addresses.upkeep.match_history import (
    COMPARED,
    KEYS,
    MATCH_HISTORY,
    PLACE,
    append_changes,
    as_of,
    changed_codes,
)

START = datetime(2026, 3, 1, 18, tzinfo=UTC)
Row = tuple[str, str | None, str, str | None, str | None]  # text, code, status, method, reason


def matches(rows: dict[str, Row]) -> pl.DataFrame:
    told = [
        ("f", key, "r", text, code, "room" if code else "none", code, status, method, reason)
        for key, (text, code, status, method, reason) in rows.items()
    ]
    return pl.DataFrame(told, schema=dict.fromkeys(COMPARED, pl.String), orient="row")


def grown(
    nights: list[dict[str, Row]], codes: list[str] | None = None, *, names: list[str] | None = None
) -> pl.DataFrame:
    history, before = MATCH_HISTORY.to_frame(), pl.DataFrame()
    for number, rows in enumerate(nights):
        after = matches(rows)
        changes = pl.Series(codes or [], dtype=pl.String)
        now = START + timedelta(days=number)
        history = append_changes(
            history, before, after, changes, names_changed=names or [], run_id=f"r{number}", now=now
        )
        before = after
    return history


BASE: dict[str, Row] = {
    "1": ("甲", "A", "matched", "parsed", None),
    "2": ("乙", None, "unmatched", None, "not_in_register"),
    "3": ("丙", "C", "matched", "parsed", None),
}


def why(
    nights: list[dict[str, Row]], codes: list[str] | None = None, *, names: list[str] | None = None
) -> list[tuple[str, str]]:
    return grown(nights, codes, names=names).select("record_key", "why").rows()


def test_equal_nights_add_nothing() -> None:
    assert grown([BASE, BASE, BASE]).is_empty()


def test_a_first_answer_is_no_change() -> None:
    assert why([BASE, {**BASE, "4": ("丁", "D", "matched", "parsed", None)}]) == []


def test_the_same_place_found_in_another_way_is_no_change() -> None:
    assert why([BASE, {**BASE, "1": ("甲", "A", "matched", "alias", "moved_address")}]) == []


def test_reasons() -> None:
    assert why([BASE, {**BASE, "1": ("戊", "B", "matched", "parsed", None)}]) == [("1", "text_changed")]
    assert why([BASE, {**BASE, "1": ("甲", "B", "matched", "parsed", None)}], ["A"]) == [("1", "register_changed")]
    assert why([BASE, {**BASE, "1": ("甲", "B", "matched", "alias", "moved_address")}]) == [("1", "register_changed")]
    named = [BASE, {**BASE, "2": ("乙", "B", "matched", "alias", None)}]
    assert why(named, ["B"], names=["乙"]) == [("2", "alias")]
    assert why(named, ["B"], names=["丁"]) == [("2", "register_changed")]
    assert why(named, ["B"]) == [("2", "register_changed")]
    assert why([BASE, {**BASE, "3": ("丙", "C", "ambiguous", "parsed", "conflict")}]) == [("3", "evidence")]
    assert why([BASE, {**BASE, "3": ("丙", "D", "matched", "parsed", None)}]) == [("3", "rule")]


def test_gone_and_back() -> None:
    without = {key: row for key, row in BASE.items() if key != "2"}
    assert why([BASE, without, without, BASE]) == [("2", "record_gone"), ("2", "record_back")]


def test_the_answers_of_every_night_can_be_told() -> None:
    nights = [
        BASE,
        {**BASE, "1": ("甲", "B", "matched", "parsed", None), "2": ("乙", "E", "matched", "alias", None)},
        {"1": ("甲", "B", "matched", "parsed", None), "3": ("丙", "C", "ambiguous", "parsed", "conflict")},
        {**BASE, "1": ("甲", "A", "matched", "parsed", None)},
    ]
    history = grown(nights)
    for number, rows in enumerate(nights):
        told = as_of(matches(nights[-1]), history, START + timedelta(days=number))
        expected = matches(rows).select(*KEYS, *PLACE)
        # A record that was away is there with its answer before it went.
        assert told.join(expected, on=KEYS, how="semi").equals(expected)


def test_codes_whose_row_changed() -> None:
    before = pl.DataFrame({"address_code": ["A", "B", "C"], "road": ["x", "y", None]})
    after = pl.DataFrame({"address_code": ["A", "B", "D"], "road": ["x", "z", None]})
    assert changed_codes(before, after).to_list() == ["B", "C", "D"]
