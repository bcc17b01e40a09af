"""The page about the address tables names every column, status, kind and change that there is."""

from __future__ import annotations

import re

import polars as pl
import pytest

from pipelines.addresses.aliases.ledger import LEDGER, STATUSES
from pipelines.addresses.aliases.propose import STEWARD_ONLY
from pipelines.addresses.upkeep.findings import FINDINGS, KINDS
from pipelines.addresses.upkeep.history import CHANGES, HISTORY
from pipelines.addresses.upkeep.match_history import MATCH_HISTORY, REASONS
from pipelines.home import CHECKOUT
from pipelines.quality.rules import load_table_suites

PAGE = (CHECKOUT / "docs" / "address_tables.md").read_text(encoding="utf-8")
TABLES: dict[str, tuple[pl.Schema, tuple[str, ...]]] = {
    "address_alias": (LEDGER, (*STATUSES, *STEWARD_ONLY)),
    "address_history": (HISTORY, CHANGES),
    "address_match_history": (MATCH_HISTORY, REASONS),
    "register_finding": (FINDINGS, KINDS),
}


@pytest.mark.parametrize("table", TABLES)
def test_the_page_tells_every_column_and_code(table: str) -> None:
    section = PAGE.split(f'<a id="{table}"></a>')[1].split("<a id=")[0]
    schema, codes = TABLES[table]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(schema)
    assert not [code for code in codes if f"`{code}`" not in section]


@pytest.mark.parametrize(
    ("table", "column", "codes"),
    [
        ("address_alias", "status", STATUSES),
        ("address_history", "change", CHANGES),
        ("address_match_history", "why", REASONS),
        ("register_finding", "kind", KINDS),
    ],
)
def test_the_expectations_know_the_same_codes(table: str, column: str, codes: tuple[str, ...]) -> None:
    sets = [
        spec.kwargs["value_set"]
        for spec in load_table_suites()[f"master.{table}"].specs
        if spec.type == "expect_column_values_to_be_in_set" and spec.kwargs["column"] == column
    ]
    assert [sorted(found) for found in sets] == [sorted(codes)]
