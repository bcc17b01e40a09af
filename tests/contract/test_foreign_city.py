"""The contracts against headers and codes of a city that another generator wrote; skips where it is absent."""

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
import pytest
from test_feed_contracts import SPECIFIED

from pipelines.contracts.headers import resolve_headers
from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import Contract
from pipelines.home import CHECKOUT

LANDING = CHECKOUT.parent / "shared" / "samples" / "yunchuan-3k" / "landing"
CONTRACTS = load_contracts()
pytestmark = [
    pytest.mark.samples,
    pytest.mark.skipif(not LANDING.exists(), reason="../shared/samples/yunchuan-3k is absent"),
]


def members(path: Path) -> Iterator[tuple[str, bytes]]:
    data = path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            yield from ((info.filename, archive.read(info)) for info in archive.infolist())
    elif path.suffix == ".gz":
        yield path.stem, gzip.decompress(data)
    else:
        yield path.name, data


def decoded(data: bytes) -> str:
    if data.startswith(b"\xff\xfe"):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def first_rows(name: str, data: bytes) -> list[list[str]]:
    """Return the rows among which the header is."""
    if name.endswith(".xlsx"):
        sheet = fastexcel.read_excel(data).load_sheet(0, header_row=None, n_rows=8, dtypes="string").to_polars()
        return [[cell or "" for cell in row] for row in sheet.rows()]
    if name.endswith(".parquet"):
        return [pl.read_parquet_schema(io.BytesIO(data)).names()]
    if name.endswith(".jsonl"):
        return [sorted({key for line in decoded(data).splitlines() for key in json.loads(line)})]
    return list(csv.reader(io.StringIO(decoded(data))))[:8]


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.name)
def test_every_delivered_header_is_known(contract: Contract) -> None:
    files = sorted((LANDING / contract.department / contract.feed).glob("*/*"))
    if not files and contract.name not in SPECIFIED:
        pytest.skip(f"{contract.name} came after the specification; this city does not deliver it")
    assert files
    for path in files:
        for name, data in members(path):
            maps = [resolve_headers(contract, row) for row in first_rows(name, data)]
            best = max(maps, key=lambda found: len(found.columns))
            assert best.is_usable, (path.name, name, best.missing, best.duplicates)
            assert not best.unknown, (path.name, name, best.unknown)
            assert {column.name for column in contract.columns} - set(best.columns) <= {"seq"}, (path.name, name)
