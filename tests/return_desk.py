"""A desk whose deliveries are searched for one made-up problem, so that tests see what becomes of the entries."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path

import polars as pl
from landing_desk import Desk

from pipelines.quality.findings.schema import as_findings
from pipelines.quality.returns.answers import read_answers
from pipelines.quality.returns.night import follow_returns
from pipelines.quality.returns.schema import OPEN, no_entries

BAD = "坏"
"""What a cell says that is wrong."""


class ReturnDesk(Desk):
    """Deliveries, loads, and the return list after each load.

    A cell with `BAD` in it is a finding; so is every row whose key stands in `suspects` (column null: as other
    departments' evidence would have it), and every refused row.
    """

    def __init__(self, root: Path, *feeds: str) -> None:
        super().__init__(root, *feeds)
        self.suspects: set[str] = set()
        self.entries = no_entries()

    def night(self) -> pl.DataFrame:
        """Load what is new, follow the return list, and hold it to its laws."""
        self.load()
        before = self.entries
        found = self.findings()
        self.entries = self.follow(found, before)
        return self.entries

    def follow(self, found: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
        answers = read_answers(self.home)
        return follow_returns(self.scan, self.contracts, found, before, answers, self.as_of(), f"night{self.nights}")

    def scan(self, table: str) -> pl.LazyFrame:
        snapshot = self.lake.current()
        assert snapshot is not None
        return snapshot.scan(table)

    def as_of(self) -> date:
        newest = self.table("ops.delivery")["delivered_on"].max()
        assert isinstance(newest, date)
        return newest

    def findings(self) -> pl.DataFrame:
        parts = [self._of_rows(name) for name in self.contracts] + [self._of_refused()]
        return as_findings(parts)

    def _of_rows(self, name: str) -> pl.DataFrame:
        contract = self.contracts[name]
        rows = self.current(name)
        texts = [c.name for c in contract.columns if c.type == "string"]
        bad = [rows.filter(pl.col(c).str.contains(BAD)).with_columns(_cell(c, pl.col(c))) for c in texts]
        suspected = rows.filter(pl.col("record_key").is_in(sorted(self.suspects)))
        bad.append(suspected.with_columns(_cell(None, pl.lit(None, dtype=pl.String))))
        problem = pl.when(pl.col("column").is_null()).then(pl.lit("suspected")).otherwise(pl.lit("bad_text"))
        return _finding(pl.concat(bad), contract.department, contract.feed, problem)

    def _of_refused(self) -> pl.DataFrame:
        dates = self.table("ops.delivery").select(pl.col("path").alias("file"), "delivered_on", file_sha256="sha256")
        rows = self.table("raw.quarantine").join(dates, on=["file", "file_sha256"])
        rows = rows.with_columns(*_cell(None, pl.lit(None, dtype=pl.String)), record_key=pl.lit(None, dtype=pl.String))
        return _finding(rows, pl.col("department"), pl.col("feed"), pl.concat_str(pl.lit("refused_"), "reason_code"))


def _cell(column: str | None, text: pl.Expr) -> list[pl.Expr]:
    return [pl.lit(column, dtype=pl.String).alias("column"), text.alias("delivered_value")]


def _finding(rows: pl.DataFrame, department: str | pl.Expr, feed: str | pl.Expr, problem: pl.Expr) -> pl.DataFrame:
    def told(value: str | pl.Expr) -> pl.Expr:
        return pl.lit(value) if isinstance(value, str) else value

    return rows.select(
        told(department).alias("department"), pl.lit("某部门").alias("department_zh"), told(feed).alias("feed"),
        pl.lit("某名册").alias("title_zh"), "record_key",
        pl.format("{}:{}", "file_sha256", "row_number").alias("row_ref"), pl.lit("a.csv").alias("file"),
        "file_sha256", "row_number", "delivered_on",
        pl.lit('{"姓名":"某某"}').alias("row_as_delivered"), "column", pl.col("column").alias("header"),
        problem.alias("problem"), problem.alias("problem_zh"), problem.alias("problem_en"),
        pl.lit("validity").alias("dimension"), "delivered_value", pl.lit("依据").alias("evidence_zh"),
        pl.lit("evidence").alias("evidence_en"), pl.lit("好").alias("proposed_value"), pl.lit(0.9).alias("confidence"),
        pl.lit(0.8).alias("proposal_confidence"), pl.lit(1).alias("persons_affected"), pl.lit(1.0).alias("priority"),
    )  # fmt: skip


def told(entries: pl.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    """Return columns of the entries as rows, sorted."""
    return sorted(entries.select(columns).rows(), key=repr)


def laws(desk: ReturnDesk, before: pl.DataFrame, found: pl.DataFrame, check: Callable[[bool, str], None]) -> None:
    """Check what always holds of a return list: conservation, one id once, closing only with a cause."""
    after = desk.entries
    is_open = after.filter(pl.col("status") == OPEN)
    closed = after.filter(pl.col("status") != OPEN)
    check(after["entry_id"].is_unique().all(), "an id twice")
    check(set(before["entry_id"]) <= set(after["entry_id"]), "an entry was lost")
    check(closed.select(pl.col("closed_on", "closed_as").is_not_null().all()).row(0) == (True, True), "no cause")
    check(is_open.select(pl.col("closed_on", "closed_as").is_null().all()).row(0) == (True, True), "a cause too many")
    check(closed["row_as_delivered"].is_null().all(), "a closed entry keeps a row")
    grain = ["row_ref", "column", "problem"]
    check(_rows(is_open, grain) <= _rows(found, grain), "an open entry without a finding")
    standing = found.filter(pl.col("record_key").is_not_null())
    check(_rows(standing, grain) <= _rows(is_open, grain), "a finding without an open entry")


def _rows(frame: pl.DataFrame, columns: Collection[str]) -> set[tuple[object, ...]]:
    return set(frame.select(columns).iter_rows())
