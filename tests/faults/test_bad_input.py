"""Bad input: the file or the row is refused with a reason, and everything else loads. Issue: "Bad input"."""

from __future__ import annotations

import gzip
import io
import os
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.config import IngestConfig

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit" / "ingest"))
from landing_desk import LIMITS, Desk, csv_text, workbook

POINTS = "street_office_participation"
FOLDER = "street_office/participation/2026-01-01"
HEADER = "流水号,日期,社区,活动类型,姓名,手机号,积分"
GOOD = "L1,20251201,三渡社区,巡逻,周娜,14200000001,10"
CONTENT = csv_text(HEADER, GOOD)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk at which one good file waits beside the bad ones."""
    made = Desk(tmp_path, POINTS)
    made.put("street_office/participation/2026-01-02/good.csv", CONTENT.replace("L1", "G1"))
    return made


def zipped(*members: tuple[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def encrypted() -> bytes:
    content = bytearray(zipped(("a.csv", CONTENT), method=zipfile.ZIP_STORED))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    return bytes(content)


def corrupted() -> bytes:
    content = bytearray(zipped(("a.csv", CONTENT), method=zipfile.ZIP_STORED))
    content[content.index(b"L1,2025") + 1] ^= 0xFF
    return bytes(content)


def parquet_cut_short() -> bytes:
    import polars as pl

    packed = io.BytesIO()
    pl.DataFrame({"流水号": ["L1"], "日期": ["20251201"]}).write_parquet(packed)
    return packed.getvalue()[:-20]


FILES: list[tuple[str, Callable[[Path], bytes], str, str]] = [
    ("empty.csv", lambda _: b"", "empty", "no byte"),
    ("blank.csv", lambda _: b"\r\n ,,\r\n\r\n", "empty", "no text"),
    ("nuls.csv", lambda _: b"\x00" * 500, "empty", "a file that was only reserved"),
    ("header.csv", lambda _: (HEADER + "\r\n").encode(), "empty", "header only"),
    ("total.csv", lambda _: (HEADER + "\r\n合计,,,,,,0\r\n").encode(), "empty", "a total is no row"),
    ("no_header.csv", lambda _: (GOOD + "\r\n").encode(), "no_header", "rows without a header"),
    ("big5.csv", lambda _: "編號,日期,社區,活動類型\r\n一,二,三渡社區,巡邏\r\n".encode("big5"), "no_header", "Big5"),
    ("latin.csv", lambda _: b"\xff\x80\x81,\xff\xff,\xfe\r\n" * 4, "encoding", "no encoding fits"),
    ("missing.csv", lambda _: CONTENT.replace("流水号", "流水编码").encode(), "missing_columns", "key renamed"),
    ("twice.csv", lambda _: CONTENT.replace("积分", "流水号").encode(), "duplicate_header", "a header twice"),
    ("cut.xlsx", lambda p: workbook(p / "w.xlsx", [HEADER.split(",")])[:-200], "unreadable", "truncated workbook"),
    ("noise.xlsx", lambda _: bytes(range(7, 256)) * 9, "unreadable", "no workbook at all"),
    ("empty.xlsx", lambda p: workbook(p / "w.xlsx", []), "empty", "a workbook without a cell"),
    ("cut.zip", lambda _: zipped(("a.csv", CONTENT))[:-30], "unreadable", "truncated zip"),
    ("none.zip", lambda _: zipped(), "empty", "a zip without a member"),
    ("up.zip", lambda _: zipped(("../../a.csv", CONTENT)), "unsafe_archive", "path traversal"),
    ("root.zip", lambda _: zipped(("/etc/a.csv", CONTENT)), "unsafe_archive", "absolute path"),
    ("win.zip", lambda _: zipped(("..\\a.csv", CONTENT)), "unsafe_archive", "path traversal, Windows"),
    ("bomb.zip", lambda _: zipped(("a.csv", b"0" * 20_000_000)), "unsafe_archive", "ratio"),
    ("cut.csv.gz", lambda _: gzip.compress(CONTENT.encode())[:-12], "unreadable", "truncated gzip"),
    ("bomb.csv.gz", lambda _: gzip.compress(b"0" * 20_000_000), "unsafe_archive", "gzip bomb"),
    ("cut.parquet", lambda _: parquet_cut_short(), "unreadable", "truncated Parquet"),
    ("a.rar", lambda _: b"Rar!\x1a\x07\x00" + b"x" * 50, "unreadable", "format not supported"),
    ("a.json", lambda _: b'[{"entry_no":"L1"},', "unreadable", "a JSON array that breaks off"),
]


@pytest.mark.parametrize(("name", "make", "reason", "why"), FILES, ids=[case[0] for case in FILES])
def test_a_bad_file_is_refused_and_the_rest_loads(
    desk: Desk, tmp_path: Path, name: str, make: Callable[[Path], bytes], reason: str, why: str
) -> None:
    desk.put(f"{FOLDER}/{name}", make(tmp_path / "make"))
    desk.put(f"{FOLDER}/also_good.csv", CONTENT)
    desk.load()
    assert desk.outcome(f"{FOLDER}/{name}") == ("rejected", reason, 0, 0, 0, 0), why
    assert desk.current(POINTS)["entry_no"].to_list() == ["G1", "L1"]
    told = desk.deliveries().filter(status="rejected").row(0, named=True)["reason"]
    assert told.startswith(f"{reason}: ")
    assert "周娜" not in told


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [("inner.zip", zipped(("a.csv", CONTENT)), "unsafe_archive"), ("bad.csv", b"", "empty")],
)
def test_a_bad_member_is_refused_alone(desk: Desk, name: str, content: bytes, reason: str) -> None:
    desk.put(f"{FOLDER}/a.zip", zipped((name, content), ("good.csv", CONTENT)))
    desk.load()
    assert desk.outcome(f"{FOLDER}/a.zip!{name}") == ("rejected", reason, 0, 0, 0, 0)
    assert desk.outcome(f"{FOLDER}/a.zip!good.csv")[0] == "loaded"


@pytest.mark.parametrize("make", [encrypted, corrupted])
def test_an_encrypted_or_damaged_member(desk: Desk, make: Callable[[], bytes]) -> None:
    desk.put(f"{FOLDER}/a.zip", make())
    desk.load()
    assert desk.outcome(f"{FOLDER}/a.zip!a.csv") == ("rejected", "unreadable", 0, 0, 0, 0)
    assert desk.current(POINTS)["entry_no"].to_list() == ["G1"]


def test_limits_are_configurable(tmp_path: Path) -> None:
    tight = LIMITS.model_copy(update={"max_archive_members": 1, "max_file_bytes": 2_000})
    desk = Desk(tmp_path, POINTS, limits=tight)
    desk.put(f"{FOLDER}/many.zip", zipped(("a.csv", CONTENT), ("b.csv", CONTENT)))
    desk.put(f"{FOLDER}/large.csv", CONTENT * 100)
    desk.load()
    assert desk.outcome(f"{FOLDER}/many.zip")[1] == "unsafe_archive"
    assert desk.outcome(f"{FOLDER}/large.csv")[1] == "too_large"


@pytest.mark.parametrize(
    "path", ["fire/hydrants/2026-01-01/a.csv", "street_office/participation/yesterday/a.csv", "stray.csv"]
)
def test_files_without_a_feed(desk: Desk, path: str) -> None:
    desk.put(path, CONTENT)
    desk.load()
    assert desk.outcome(path) == ("rejected", "unknown_feed", 0, 0, 0, 0)
    desk.load()
    assert desk.deliveries().filter(path=path).height == 1


@pytest.mark.parametrize("name", [".hidden.csv", "~$a.xlsx", "a.csv.tmp", "a.csv.part", "Thumbs.db"])
def test_files_that_are_no_deliveries(desk: Desk, name: str) -> None:
    desk.put(f"{FOLDER}/{name}", CONTENT)
    desk.load()
    assert desk.deliveries()["path"].to_list() == ["street_office/participation/2026-01-02/good.csv"]


def test_a_file_still_being_written_waits_for_the_next_load(tmp_path: Path) -> None:
    desk = Desk(tmp_path, POINTS, limits=IngestConfig(settle_seconds=0.6))
    path = f"{FOLDER}/a.csv"
    file = desk.put(path, HEADER + "\r\n")
    halt = threading.Event()

    def write() -> None:
        while not halt.is_set():
            with file.open("ab") as handle:
                handle.write(b" ")
            time.sleep(0.02)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        desk.load()
    finally:
        halt.set()
        writer.join()
    assert desk.outcome(path)[:2] == ("rejected", "still_written")
    file.write_text(CONTENT, encoding="utf-8")
    long_ago = time.time() - 3600
    os.utime(file, (long_ago, long_ago))
    desk.load()
    assert desk.outcome(path) == ("loaded", None, 1, 1, 0, 0)
    assert desk.deliveries().height == 1


ROWS: list[tuple[str, bytes, str | None]] = [
    ("too few cells", "L2,20251201,三渡社区".encode(), "ragged_row"),
    ("too many cells", (GOOD.replace("L1", "L2") + ",多出,9").encode(), "ragged_row"),
    ("blank surplus cells", (GOOD.replace("L1", "L2") + ",,").encode(), None),
    ("GBK among UTF-8", GOOD.replace("L1", "L2").encode("gbk"), "undecodable"),
    ("a NUL byte", GOOD.replace("L1", "L2").encode().replace(b"1420", b"14\x0020"), "undecodable"),
    ("a cell of 10 MB", GOOD.replace("L1", "L2").replace("三渡", "长" * 3_400_000).encode(), "row_too_long"),
    ("a quoted cell of 10 MB", b'L2,20251201,"' + b"x" * 10_000_000 + b'",,,,', "row_too_long"),
    ("no key", GOOD.replace("L1", " 无 ").encode(), "missing_key"),
    ("shifted by one column", ("L2," + GOOD.replace("L1,", "")[:-3] + ",x,").replace(",x,", ",").encode(), None),
]


@pytest.mark.parametrize(("why", "row", "reason"), ROWS, ids=[case[0] for case in ROWS])
def test_a_bad_row_is_refused_and_all_others_load(desk: Desk, why: str, row: bytes, reason: str | None) -> None:
    others = [f"M{n},20251201,三渡社区,巡逻,周娜,14200000001,10".encode() for n in range(50)]
    desk.put(f"{FOLDER}/a.csv", b"\r\n".join([HEADER.encode(), *others[:20], row, *others[20:], b""]))
    desk.load()
    loaded = 50 if reason else 51
    assert desk.outcome(f"{FOLDER}/a.csv") == ("loaded", None, 51, loaded, 0, 51 - loaded)
    assert desk.refused_rows() == ([(21, reason)] if reason else [])
    assert set(desk.raw(POINTS)["record_key"]) >= {f"M{n}" for n in range(50)}


def test_shifted_columns_become_null_and_are_counted(desk: Desk) -> None:
    shifted = "L2,三渡社区,巡逻,周娜,14200000001,10,20251201"
    desk.put(f"{FOLDER}/a.csv", csv_text(HEADER, GOOD, shifted))
    desk.load()
    row = desk.raw(POINTS).filter(record_key="L2").row(0, named=True)
    assert row["day"] is None
    assert row["extra"] is not None
    told = desk.deliveries().filter(path=f"{FOLDER}/a.csv").row(0, named=True)
    assert told["unread_cells"] == '{"day":1}'
    assert told["unknown_codes"] == '{"activity":1}'


def test_a_line_that_is_no_json(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "sensors_devices")
    good = [f'{{"device_id":"D{n}","type":"smoke","location":"嘉禾府"}}' for n in range(3)]
    lines = [good[0], '{"device_id":"D9","type":', good[1], "[1,2]", "", good[2]]
    desk.put("sensors/devices/2026-01-01/d.jsonl", "\n".join(lines))
    desk.load()
    assert desk.current("sensors_devices")["record_key"].to_list() == ["D0", "D1", "D2"]
    assert desk.refused_rows() == [(2, "undecodable"), (4, "undecodable")]
