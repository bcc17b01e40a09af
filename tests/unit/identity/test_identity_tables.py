"""The page about the identity tables names every column and code that there is."""

from __future__ import annotations

import re

import polars as pl
import pytest

from pipelines.home import CHECKOUT
from pipelines.identity.golden.attributes import ATTRIBUTE_SCHEMA
from pipelines.identity.ledger.causes import REASONS as LEDGER_REASONS
from pipelines.identity.outputs import HISTORY_SCHEMA, HOUSEHOLD_HISTORY_SCHEMA, LINK_SCHEMA, REVIEW_SCHEMA
from pipelines.identity.stewarding.review import REASONS as REVIEW_REASONS

PAGE = (CHECKOUT / "docs" / "identity_tables.md").read_text(encoding="utf-8")
TABLES: dict[str, tuple[pl.Schema, tuple[str, ...]]] = {
    "person_attribute": (ATTRIBUTE_SCHEMA, ("undisputed", "agreement", "newer", "trusted", "likelier")),
    "person_history": (HISTORY_SCHEMA, LEDGER_REASONS),
    "person_link": (LINK_SCHEMA, ("same_number", "exact_repeat", "collective", "titled")),
    "match_review": (REVIEW_SCHEMA, tuple(REVIEW_REASONS)),
    "household_history": (HOUSEHOLD_HISTORY_SCHEMA, ("moved", "regrouped", "newly_known", "died", "moved_away")),
}


@pytest.mark.parametrize("table", TABLES)
def test_the_page_tells_every_column_and_code(table: str) -> None:
    section = PAGE.split(f'<a id="{table}"></a>')[1].split("<a id=")[0]
    schema, codes = TABLES[table]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(schema)
    assert not [code for code in codes if f"`{code}`" not in section]
