"""A desk at which tests deliver files and load them; all persons, numbers and phones are made up (9901xx, 142…)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import xlsxwriter

from pipelines.config import Config, IngestConfig
from pipelines.contracts.loader import load_contracts
from pipelines.home import Home
from pipelines.ingest.load import IngestReport, ingest
from pipelines.lake.store import Lake

LIMITS = IngestConfig(settle_seconds=0.0)
RUN_COLUMNS = ("ingested_at", "run_id", "processed_at", "first_seen_at", "source_mtime_ns")


class Desk:
    """One home, its landing zone, and loads of it."""

    def __init__(self, root: Path, *feeds: str, limits: IngestConfig = LIMITS) -> None:
        self.home = Home(root).ensure()
        self.lake = Lake(self.home)
        known = load_contracts()
        self.contracts = {name: known[name] for name in feeds} if feeds else known
        self.config = Config(ingest=limits)
        self.nights = 0

    def put(self, path: str, content: bytes | str, encoding: str = "utf-8") -> Path:
        """Write a file below landing."""
        file = self.home.landing / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return file

    def load(self, *accept: str) -> IngestReport:
        """Load what is new and commit."""
        self.nights += 1
        now = datetime(2026, 1, 1, 18, tzinfo=UTC) + timedelta(days=self.nights)
        run = f"night{self.nights}"
        tx = self.lake.begin(run)
        report = ingest(tx, self.home, self.contracts, self.config, accept_shrunk=set(accept), run_id=run, now=now)
        tx.commit()
        return report

    def table(self, name: str) -> pl.DataFrame:
        """Read a table of the current snapshot."""
        snapshot = self.lake.current()
        assert snapshot is not None
        return snapshot.scan(name).collect()

    def raw(self, feed: str) -> pl.DataFrame:
        """Read a raw table."""
        return self.table(f"raw.{feed}")

    def current(self, feed: str) -> pl.DataFrame:
        """Read the current rows of a raw table, by key."""
        return self.raw(feed).filter("is_current").sort("record_key")

    def deliveries(self) -> pl.DataFrame:
        """Read `ops.delivery`, and hold it to its law."""
        table = self.table("ops.delivery")
        parts = table["rows_loaded"] + table["rows_duplicate"] + table["rows_quarantined"]
        assert (table["rows_read"] == parts).all()
        return table

    def outcome(self, path: str) -> tuple[str, str | None, int, int, int, int]:
        """Return status, reason code and the four counts of a file."""
        row = self.deliveries().filter(pl.col("path") == path).row(0, named=True)
        counts = (row["rows_read"], row["rows_loaded"], row["rows_duplicate"], row["rows_quarantined"])
        return (row["status"], row["reason_code"], *counts)

    def refused_rows(self) -> list[tuple[int, str]]:
        """Return row number and reason code of the quarantine."""
        return self.table("raw.quarantine").select("row_number", "reason_code").rows()


def csv_text(headers: str, *rows: str, line_end: str = "\r\n") -> str:
    """Return delimited text."""
    return line_end.join([headers, *rows]) + line_end


def workbook(path: Path, rows: Sequence[Sequence[object]], sheet: str = "Sheet1") -> bytes:
    """Return a workbook with these cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet(sheet)
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    content = path.read_bytes()
    path.unlink()
    return content


def touch_later(file: Path, seconds: int = 60) -> None:
    """Give a file another modification time."""
    status = file.stat()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + seconds * 10**9))
