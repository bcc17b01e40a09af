"""Files as departments save them."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import polars as pl
import pytest
from landing_desk import Desk, csv_text, workbook

from pipelines.config import IngestConfig
from pipelines.ingest.csv_lines import split_record

POINTS = "street_office_participation"
FOLDER = "street_office/participation/2026-01-01"
HEADER = "流水号,日期,社区,活动类型,姓名,手机号,积分"
ROWS = ("L1,20251201,三渡社区,巡逻,周娜,14200000001,10", "L2,20251202,三渡社区,宣传,杨祥,14200000002,5")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, POINTS)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("gb18030", b""), ("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-le", b""),
     ("utf-16-be", b"\xfe\xff")],
)  # fmt: skip
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_encodings_and_line_ends(desk: Desk, encoding: str, mark: bytes, line_end: str) -> None:
    desk.put(f"{FOLDER}/a.csv", mark + csv_text(HEADER, *ROWS, line_end=line_end).encode(encoding))
    desk.load()
    assert desk.current(POINTS).select("entry_no", "day", "name", "points").rows() == [
        ("L1", date(2025, 12, 1), "周娜", 10),
        ("L2", date(2025, 12, 2), "杨祥", 5),
    ]


@pytest.mark.parametrize("separator", ["\t", ";", "|"])
def test_separators(desk: Desk, separator: str) -> None:
    desk.put(f"{FOLDER}/a.txt", csv_text(HEADER, *ROWS).replace(",", separator))
    desk.load()
    assert desk.current(POINTS)["entry_no"].to_list() == ["L1", "L2"]


def test_titles_totals_blank_rows_and_columns_are_no_data(desk: Desk) -> None:
    rows = [
        "平安积分,,,,,,,",
        "填报单位：街道办,,,,,,,",
        ",,,,,,,",
        HEADER + ",",
        ROWS[0] + ",",
        ",,,,,,,",
        ROWS[1] + ",",
    ]
    desk.put(f"{FOLDER}/a.csv", "\n".join([*rows, "合计,,,,,,15,", ""]))
    desk.load()
    assert desk.outcome(f"{FOLDER}/a.csv") == ("loaded", None, 2, 2, 0, 0)
    assert desk.raw(POINTS)["row_number"].to_list() == [1, 2]
    assert desk.raw(POINTS)["extra"].to_list() == [None, None]


def test_quotes_line_breaks_and_stray_quotes(desk: Desk) -> None:
    rows = [
        'L1,20251201,"三渡社区,东",巡逻,"周\r\n娜",14200000001,10',
        'L2,20251202,3"号楼社区,宣传,"杨""祥""",14200000002,5',
        'L3,20251203,"未闭合社区,宣传,李,14200000003,5',
        "L4,20251204,三渡社区,宣传,王,14200000004,5",
    ]
    desk.put(f"{FOLDER}/a.csv", csv_text(HEADER, *rows))
    desk.load()
    assert desk.current(POINTS).select("entry_no", "community", "name").rows() == [
        ("L1", "三渡社区,东", "周\r\n娜"),
        ("L2", '3"号楼社区', '杨"祥"'),
        ("L3", '"未闭合社区', "李"),
        ("L4", "三渡社区", "王"),
    ]


def test_a_line_break_in_the_last_cell(desk: Desk) -> None:
    desk.put(f"{FOLDER}/a.csv", csv_text(HEADER, ROWS[0].replace(",10", ',"1\n0"'), ROWS[1].replace(",5", ',"\n"')))
    desk.load()
    assert desk.outcome(f"{FOLDER}/a.csv") == ("loaded", None, 2, 2, 0, 0)


def test_rows_that_straddle_chunks_are_read_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path, POINTS, limits=IngestConfig(settle_seconds=0, chunk_rows=7))
    rows = [f'L{i},20251201,"三渡\n社区",巡逻,周娜,14200000001,{i}' for i in range(300)]
    desk.put(f"{FOLDER}/a.csv", csv_text(HEADER, *rows))
    desk.load()
    table = desk.raw(POINTS).sort("row_number")
    assert table["row_number"].to_list() == list(range(1, 301))
    assert table["points"].to_list() == list(range(300))


def test_unknown_columns_and_unread_cells_are_kept(desk: Desk) -> None:
    desk.put(f"{FOLDER}/a.csv", csv_text(HEADER + ",网格员", ROWS[0].replace(",10", ",很多") + ",赵一"))
    desk.load()
    row = desk.raw(POINTS).row(0, named=True)
    assert row["points"] is None
    assert orjson.loads(row["extra"]) == {"points": "很多", "网格员": "赵一"}
    told = desk.deliveries().row(0, named=True)
    assert orjson.loads(told["unread_cells"]) == {"points": 1}
    assert told["unknown_columns"] == ["网格员"]


def test_workbook_with_title_total_and_numbers(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "street_office_disputes")
    header = ["编号", "受理日期", "来源", "纠纷类型", "发生地址", "调解结果", "办结日期", "响应部门", "响应时长(分钟)"]
    rows = [
        ["矛盾纠纷台账"],
        [],
        ["填报单位：街道办"],
        header,
        [1001.0, 45356, "群众反映", "邻里", "三渡社区1栋", "成功", "2024年3月", "司法所", 30.0],
        [],
        ["合计", "", "", "", "", "", "", "", 30],
    ]
    desk.put("street_office/disputes/2026-01-01/台账.xlsx", workbook(tmp_path / "w.xlsx", rows))
    desk.load()
    row = desk.raw("street_office_disputes").row(0, named=True)
    assert (row["dispute_no"], row["received_on"], row["response_minutes"]) == ("1001", date(2024, 3, 5), 30)
    assert desk.outcome("street_office/disputes/2026-01-01/台账.xlsx") == ("loaded", None, 1, 1, 0, 0)


def test_workbook_saved_under_the_name_of_a_csv(desk: Desk, tmp_path: Path) -> None:
    cells = [HEADER.split(","), *(row.split(",") for row in ROWS)]
    content = workbook(tmp_path / "w.xlsx", cells)
    desk.put(f"{FOLDER}/a.xls", content)
    desk.load()
    assert desk.current(POINTS)["entry_no"].to_list() == ["L1", "L2"]


def test_text_saved_under_the_name_of_a_workbook(desk: Desk) -> None:
    desk.put(f"{FOLDER}/a.xlsx", csv_text(HEADER, *ROWS), "gb18030")
    desk.load()
    assert desk.current(POINTS)["entry_no"].to_list() == ["L1", "L2"]


def test_events_in_every_format_are_the_same(tmp_path: Path) -> None:
    lines = [
        b'{"event_id":"E1","device_id":"D1","type":"alarm","ts":1748715776603,"value":1.5,"handled_at":null}',
        b'{"event_id":"E2","ts":"2025-06-01T02:22:56.603+08:00","device_id":"D1","type":"count","value":3}',
    ]
    frame = pl.DataFrame(
        {
            "event_id": ["E1", "E2"],
            "device_id": ["D1", "D1"],
            "type": ["alarm", "count"],
            "ts": [1748715776603, 1748715776603],
            "value": [1.5, 3.0],
            "handled_at": pl.Series([None, None], dtype=pl.Int64),
        }
    )
    packed = io.BytesIO()
    frame.write_parquet(packed)
    contents = {"e.jsonl": b"\n".join(lines), "e.jsonl.gz": gzip.compress(b"\n".join(lines)),
                "e.json": b"[" + b",".join(lines) + b"]", "e.parquet": packed.getvalue()}  # fmt: skip
    for name, content in contents.items():
        desk = Desk(tmp_path / name.replace(".", "_"), "sensors_events")
        desk.put(f"sensors/events/2026-01-01/{name}", content)
        desk.load()
        at = datetime(2025, 5, 31, 18, 22, 56, 603_000, tzinfo=UTC)
        assert desk.current("sensors_events").select("event_id", "type", "ts", "value").rows() == [
            ("E1", "alarm", at, 1.5),
            ("E2", "count", at, 3.0),
        ], name


def test_zip_members_with_gbk_names_are_deliveries(desk: Desk) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, row in (("甲.csv", ROWS[0]), ("乙.csv", ROWS[1])):
            archive.writestr(_GbkInfo(name), csv_text(HEADER, row))
    desk.put(f"{FOLDER}/积分.zip", packed.getvalue())
    desk.load()
    assert sorted(desk.deliveries()["path"]) == [f"{FOLDER}/积分.zip!乙.csv", f"{FOLDER}/积分.zip!甲.csv"]
    assert desk.current(POINTS)["entry_no"].to_list() == ["L1", "L2"]
    assert desk.raw(POINTS)["row_number"].to_list() == [1, 1]


class _GbkInfo(zipfile.ZipInfo):
    """A member as an archiver of the field writes it: a GBK name, without flag bit 11."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


@pytest.mark.parametrize(
    ("text", "cells", "whole"),
    [
        ("a,b", ["a", "b"], True),
        ('"a,b",c', ["a,b", "c"], True),
        ('"a""b",c', ['a"b', "c"], True),
        ('a"b,c', ['a"b', "c"], True),
        ('"a"b",c', ['a"b', "c"], True),
        ('"a,b', ['"a', "b"], False),
        (' "a" ,b', ["a", "b"], True),
        ("", [""], True),
        ('"",', ["", ""], True),
        ('a,"""', ["a", '"'], False),
    ],
)
def test_one_record(text: str, cells: list[str], whole: bool) -> None:
    assert split_record(text, ",") == (cells, whole)
