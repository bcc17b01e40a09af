"""`streetlake sql`: one query on the published catalogue, read-only and logged."""

from __future__ import annotations

from typing import Annotated

import duckdb
import polars as pl
import typer
from rich.table import Table

from pipelines.cli.console import HomeOption, JsonOption, console, print_json
from pipelines.errors import LakeError, StreetlakeError
from pipelines.home import Home

MAX_ROWS_SHOWN = 200


def sql(
    query: Annotated[str, typer.Argument(help='For example: "select * from marts.kpi_monthly limit 5"')],
    home: HomeOption = None,
    restricted: Annotated[
        bool, typer.Option(help="Query the restricted catalogue: raw, ops, master and marts.")
    ] = True,
    json: JsonOption = False,
) -> None:
    """Run one query on the published snapshot (查询); the catalogue is opened read-only and the read is logged."""
    from pipelines.governance.audit import record_action

    place = Home.resolve(home)
    name = "restricted" if restricted else "open"
    catalogue = place.published / f"{name}.duckdb"
    if not catalogue.exists():
        raise LakeError(f"nothing is published in {place.root} yet: run `streetlake load` or `streetlake demo` first")
    rows = _run(str(catalogue), query)
    record_action(place, action="sql", subject=name, detail=f"{rows.height} rows")
    if json:
        print_json(rows.to_dicts())
        return
    console.print(_table(rows))


def _run(catalogue: str, query: str) -> pl.DataFrame:
    with duckdb.connect(catalogue, read_only=True) as connection:
        try:
            answer = connection.sql(query)
            return pl.DataFrame() if answer is None else pl.DataFrame(answer.to_arrow_table())
        except duckdb.Error as error:
            raise StreetlakeError(f"the query failed: {error}") from error


def _table(rows: pl.DataFrame) -> Table:
    table = Table(caption=f"{rows.height} rows" + (f", first {MAX_ROWS_SHOWN}" if rows.height > MAX_ROWS_SHOWN else ""))
    for column in rows.columns:
        table.add_column(column, overflow="fold")
    for row in rows.head(MAX_ROWS_SHOWN).iter_rows():
        table.add_row(*("" if value is None else str(value) for value in row))
    return table
