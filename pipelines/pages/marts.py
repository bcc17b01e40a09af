"""The only way from a page to data: named marts and named columns, and an answer where one is not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.errors import StreetlakeError
from pipelines.governance.openness import OPEN_TABLES
from pipelines.pages.facts import PageFacts

Scan = Callable[[str], pl.LazyFrame]

READABLE_TABLES = OPEN_TABLES | {"ops.delivery"}
"""Beside open marts, pages read the counts of deliveries: no page can show a row of a register."""


class PageError(StreetlakeError):
    """A page asks for what no page may read."""


@dataclass(frozen=True)
class Missing:
    """Why a table cannot be drawn.

    Attributes:
        table: its name.
        columns: the columns that it lacks; empty when the whole table is absent.
    """

    table: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Marts:
    """The tables of one snapshot, as pages may read them."""

    scan: Scan
    told: PageFacts

    def read(
        self,
        table: str,
        schema: Mapping[str, pl.DataType],
        optional: Mapping[str, pl.DataType] | None = None,
        where: pl.Expr | None = None,
    ) -> pl.DataFrame | Missing:
        """Return the columns of `schema`, cast to it; `Missing` when the table or a column is not there.

        Args:
            table: an open mart, or the log of deliveries.
            schema: the columns that the page cannot do without.
            optional: columns that snapshots of an earlier version lack; they are null then.
            where: which rows, by columns of `schema`; all by default.

        Raises:
            PageError: when everybody on the district's network may not read the table.
        """
        if table not in READABLE_TABLES:
            raise PageError(f"pages read open marts, not {table}: make an open mart of what the page needs.")
        if table not in self.told.tables:
            return Missing(table)
        rows = self.scan(table)
        present = set(rows.collect_schema().names())
        lacking = tuple(sorted(set(schema) - present))
        if lacking:
            return Missing(table, lacking)
        extra = [
            (pl.col(name) if name in present else pl.lit(None)).cast(dtype).alias(name)
            for name, dtype in (optional or {}).items()
        ]
        chosen = rows if where is None else rows.filter(where)
        return chosen.select(*(pl.col(name).cast(dtype) for name, dtype in schema.items()), *extra).collect()
