"""No row is lost: read = loaded + duplicate + quarantined, whatever lies in the file."""

from __future__ import annotations

import csv
import io
import sys
import tempfile
from collections import Counter
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.contracts.forms import header_form
from pipelines.ingest.csv_lines import split_record
from pipelines.ingest.dates import parse_dates, parse_timestamps
from pipelines.ingest.numbers import parse_numbers

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit" / "ingest"))
from landing_desk import RUN_COLUMNS, Desk, csv_text

POINTS = "street_office_participation"
HEADER = ["流水号", "日期", "社区", "活动类型", "姓名", "手机号", "积分"]
CELL = st.text(alphabet="甲乙丙 \u3000\"',;\n\t/無-0159x", max_size=5)
KEY = st.sampled_from(["L1", "L2", "L3", "", "无", " L1 ", "Ｌ２"])
ROW = st.tuples(KEY, *[CELL] * 6)
QUIET = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def written(rows: list[tuple[str, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    writer.writerows(rows)
    return out.getvalue()


def is_data(row: tuple[str, ...]) -> bool:
    return any(header_form(cell).strip("\u3000") or cell.strip(" \u3000\t\n\r") for cell in row)


@QUIET
@given(st.lists(st.lists(ROW, min_size=1, max_size=8), min_size=1, max_size=3))
def test_rows_are_conserved_over_files_and_nights(nights: list[list[tuple[str, ...]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), POINTS)
        for number, rows in enumerate(nights, start=1):
            desk.put(f"street_office/participation/2026-01-{number:02d}/a.csv", written(rows))
            desk.load()
        told = desk.deliveries()
        assert told["rows_loaded"].sum() == desk.raw(POINTS).height
        assert told["rows_quarantined"].sum() == desk.table("raw.quarantine").height
        for row, rows in zip(told.sort("delivered_on").iter_rows(named=True), nights, strict=True):
            if row["status"] != "rejected":
                assert row["rows_read"] == sum(map(is_data, rows))


@QUIET
@given(st.lists(st.lists(ROW, min_size=1, max_size=6), min_size=2, max_size=4))
def test_all_nights_at_once_equal_night_by_night(nights: list[list[tuple[str, ...]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        slow, fast = Desk(Path(folder) / "slow", POINTS), Desk(Path(folder) / "fast", POINTS)
        for number, rows in enumerate(nights, start=1):
            for desk in (slow, fast):
                desk.put(f"street_office/participation/2026-01-{number:02d}/a.csv", written(rows))
            slow.load()
        fast.load()
        for table in (f"raw.{POINTS}", "raw.quarantine", "ops.delivery"):
            left, right = slow.table(table), fast.table(table)
            told = [column for column in RUN_COLUMNS if column in left.columns]
            assert left.drop(told).equals(right.drop(told)), table


@QUIET
@given(st.lists(st.sampled_from(["A", "B", "C", "D"]), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_currency_does_not_depend_on_the_order_of_arrival(contents: list[str], shuffle: object) -> None:
    header = "人员编号,姓名,公民身份号码,居住地址,更新时间"
    files = {
        f"police/residents/2026-01-{10 + n:02d}/r.csv": csv_text(
            header, f"R0,甲,,{n},2026-01-01", f"R1,甲,,{text},2026-01-{ord(text) - 60:02d} 08:00:00"
        )
        for n, text in enumerate(contents)
    }
    arrival = list(files)
    shuffle.shuffle(arrival)  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as folder:
        ordered, mixed = Desk(Path(folder) / "o", "police_residents"), Desk(Path(folder) / "m", "police_residents")
        for path, text in files.items():
            ordered.put(path, text)
        ordered.load()
        for path in arrival:
            mixed.put(path, files[path])
            mixed.load()
        seen = ["record_key", "residence_address", "last_delivered_on"]
        assert ordered.current("police_residents").select(seen).equals(mixed.current("police_residents").select(seen))


@settings(deadline=None)
@given(st.lists(st.text(alphabet='a,"\n 中', max_size=6), min_size=1, max_size=5))
def test_a_record_that_was_written_well_is_read_back(cells: list[str]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="", quoting=csv.QUOTE_ALL).writerow(cells)
    assert split_record(out.getvalue(), ",") == (cells, True)


@settings(deadline=None)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=20))
def test_readers_of_cells_never_fail_and_keep_the_count(texts: list[str]) -> None:
    column = pl.Series("text", texts)
    assert parse_dates(column).height == len(parse_timestamps(column)) == len(parse_numbers(column)) == len(texts)
    assert Counter(parse_dates(column)["precision"].is_null()) == Counter(parse_dates(column)["value"].is_null())
