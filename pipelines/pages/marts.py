"""The only way from a page to data: named marts and named columns, and an answer where one is not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.errors import StreetlakeError
from pipelines.pages.facts import PageFacts

Scan = Callable[[str], pl.LazyFrame]

READABLE_SCHEMA = "marts."
READABLE_TABLES = frozenset({"ops.delivery"})
"""Beside marts, pages read the counts of deliveries; nothing else, so that no page can show a row of a register."""


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

    def read(self, table: str, schema: Mapping[str, pl.DataType]) -> pl.DataFrame | Missing:
        """Return the columns of `schema`, cast to it; `Missing` when the table or a column is not there.

        Raises:
            PageError: when the table is neither a mart nor the log of deliveries.
        """
        if not table.startswith(READABLE_SCHEMA) and table not in READABLE_TABLES:
            raise PageError(f"pages read marts, not {table}: make a mart of what the page needs.")
        if table not in self.told.tables:
            return Missing(table)
        rows = self.scan(table)
        lacking = tuple(sorted(set(schema) - set(rows.collect_schema().names())))
        if lacking:
            return Missing(table, lacking)
        return rows.select(pl.col(name).cast(dtype) for name, dtype in schema.items()).collect()
