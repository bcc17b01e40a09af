"""The page on data quality says of every metric what the registry says."""

from __future__ import annotations

import csv

from pipelines.home import CHECKOUT

PAGE = CHECKOUT / "docs" / "data_quality.md"
REGISTRY = CHECKOUT / "dbt" / "seeds" / "quality_metrics.csv"


def rows_of_registry() -> list[str]:
    with REGISTRY.open(encoding="utf-8", newline="") as file:
        return [
            "| `{metric}` {name_zh} | {dimension} | {basis} | {target} | {baseline} | {definition_en} |".format(**row)
            for row in csv.DictReader(file)
        ]


def test_the_page_lists_every_metric_as_the_registry_has_it() -> None:
    on_page = [
        line
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if any(f" | {basis} | " in line for basis in ("history", "state"))
    ]
    assert on_page == rows_of_registry()
