"""The page on indicators says of each what the registry says."""

from __future__ import annotations

import csv
import re

from pipelines.contracts.loader import load_contracts
from pipelines.home import CHECKOUT
from pipelines.indicators.registry import REGISTRY, load_registry

PAGE = (CHECKOUT / "docs" / "indicators.md").read_text(encoding="utf-8")


def rows_of_registry() -> list[str]:
    with REGISTRY.open(encoding="utf-8", newline="") as file:
        return [
            "| `{id}` {name_zh} · {name_en} | {baseline} → {target} | {numerator_en} | {denominator_en} |".format(**row)
            for row in csv.DictReader(file)
        ]


def test_the_page_lists_every_indicator_as_the_registry_has_it() -> None:
    assert [line for line in PAGE.splitlines() if " → " in line and line.startswith("| `")] == rows_of_registry()


def test_the_page_explains_every_reason_of_a_light() -> None:
    macro = (CHECKOUT / "dbt" / "macros" / "judging.sql").read_text(encoding="utf-8")
    reasons = set(re.findall(r"then '([a-z_]+)'$", macro, flags=re.MULTILINE)) - {"green", "yellow", "red"}
    reasons |= set(re.findall(r"then '([a-z_]+)' end", macro)) | {"missed"}
    assert len(reasons) == 12
    assert {reason for reason in reasons if f"`{reason}`" not in PAGE} == set()


def test_windows_are_told_where_there_are_any() -> None:
    for indicator in load_registry(load_contracts()):
        if indicator.window_months > 1:
            assert "window: the " in indicator.method, indicator.id
            assert "统计期" in indicator.method_zh, indicator.id
