"""Plain readers of delivered files, apart from the product's own ingest, so that a shared mistake cannot hide."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import fastexcel
import polars as pl

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
GBK_CSV = ("police/", "street_office/participation")


def checksum_holds(number: str) -> bool:
    """GB 11643: the weighted sum with the check character (X is 10) leaves 1 modulo 11."""
    last = 10 if number[-1] == "X" else int(number[-1])
    return (sum(w * int(d) for w, d in zip(ID_WEIGHTS, number[:17], strict=True)) + last) % 11 == 1


def delivered_files(landing: Path) -> Iterator[tuple[str, bytes]]:
    """Yield path below landing (members as `a.zip!b`) and bytes of every delivered file."""
    for path in sorted(p for p in landing.rglob("*") if p.is_file()):
        name = path.relative_to(landing).as_posix()
        if path.suffix == ".zip":
            with zipfile.ZipFile(path, metadata_encoding="gbk") as box:
                for member in box.namelist():
                    yield f"{name}!{member}", box.read(member)
        else:
            yield name, path.read_bytes()


def decode(name: str, content: bytes) -> str:
    """Decode a CSV by its mark, else by what the feed's department uses; strict, so a wrong byte fails."""
    if content.startswith(b"\xff\xfe"):
        return content[2:].decode("utf-16-le")
    if content.startswith(b"\xef\xbb\xbf"):
        return content[3:].decode("utf-8")
    occupants = "property/occupants" in name
    return content.decode("gb18030" if name.startswith(GBK_CSV) or occupants else "utf-8")


def rows_of(name: str, content: bytes) -> list[dict[str, str]]:
    """Return the data rows of any delivered file as text."""
    if name.endswith(".csv"):
        return list(csv.DictReader(io.StringIO(decode(name, content), newline="")))
    if name.endswith(".xlsx"):
        return _workbook_rows(content)
    if name.endswith(".parquet"):
        return [{k: str(v) for k, v in row.items()} for row in pl.read_parquet(io.BytesIO(content)).to_dicts()]
    text = (gzip.decompress(content) if name.endswith(".gz") else content).decode("utf-8")
    return [{k: str(v) for k, v in json.loads(line).items()} for line in text.splitlines()]


def register_of(landing: Path, day: str = "2026-03-01") -> list[dict[str, str]]:
    """Return the rows of the address register delivered on a day."""
    name = f"police/addresses/{day}/标准地址.csv"
    return rows_of(name, (landing / name).read_bytes())


def _workbook_rows(content: bytes) -> list[dict[str, str]]:
    sheet = fastexcel.read_excel(content).load_sheet(0, header_row=None, dtypes="string").to_polars()
    lines = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows()]
    header = next(i for i, line in enumerate(lines) if sum(bool(cell) for cell in line) > 4)
    data = [line for line in lines[header + 1 :] if line[0] != "合计"]
    return [dict(zip(lines[header], line, strict=True)) for line in data]
