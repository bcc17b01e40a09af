"""Columns that conditions borrow from other tables."""

from __future__ import annotations

import polars as pl

from pipelines.errors import LakeError
from pipelines.quality.references import with_references
from pipelines.quality.specs import Measure, Reference, Suite

EVENTS = pl.LazyFrame({"device": ["D1", "D9", None, "d 1"], "row": [0, 1, 2, 3]})
DEVICES = pl.DataFrame({"no": ["D1", "D1", "D2"], "lon": [100.0, 101.0, 130.0], "is_current": [True, True, False]})
KNOWN = Reference("is_known", "UPPER(REPLACE(device, ' ', ''))", "raw.devices", "no")
CURRENT = Reference("is_current_device", "device", "raw.devices", "no", "is_current")
WEST = Measure("west", "raw.devices", "MIN(lon)", "is_current")


def _scan(table: str, devices: pl.DataFrame = DEVICES) -> pl.LazyFrame:
    if table != "raw.devices":
        raise LakeError(f"there is no table {table}.")
    return devices.lazy()


def test_a_value_is_looked_up_and_rows_stay() -> None:
    suite = Suite("raw.events", [], references=[KNOWN, CURRENT], measures=[WEST])
    rows = with_references(EVENTS, suite, _scan).collect()
    assert rows["row"].to_list() == [0, 1, 2, 3]
    assert rows["is_known"].to_list() == [True, False, None, True]
    assert rows["is_current_device"].to_list() == [True, False, None, False]
    assert rows["west"].to_list() == [100.0] * 4
    assert rows.columns == ["device", "row", "is_known", "is_current_device", "west"]


def test_nothing_is_said_of_a_table_that_is_absent_or_was_never_delivered() -> None:
    absent = Reference("is_known", "device", "raw.nowhere", "no")
    suite = Suite("raw.events", [], references=[absent], measures=[Measure("west", "raw.nowhere", "MIN(lon)")])
    rows = with_references(EVENTS, suite, _scan).collect()
    assert rows["is_known"].null_count() == 4
    assert rows["west"].null_count() == 4
    empty = with_references(EVENTS, Suite("raw.events", [], references=[KNOWN]), lambda t: _scan(t, DEVICES.head(0)))
    assert empty.collect()["is_known"].null_count() == 4


def test_a_batch_of_nothing_but_unknown_values_is_told() -> None:
    rows = with_references(pl.LazyFrame({"device": ["D7", "D8"]}), Suite("raw.events", [], references=[KNOWN]), _scan)
    assert rows.collect()["is_known"].to_list() == [False, False]


def test_a_reference_whose_own_column_is_missing_is_left_out() -> None:
    rows = with_references(pl.LazyFrame({"other": [1]}), Suite("raw.events", [], references=[KNOWN]), _scan)
    assert rows.collect_schema().names() == ["other"]
