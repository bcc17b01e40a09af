"""Every indicator is held by at least one dbt unit test on a case computed by hand."""

from __future__ import annotations

from collections import Counter
from typing import Any

import yaml

from pipelines.contracts.loader import load_contracts
from pipelines.home import CHECKOUT
from pipelines.indicators.registry import load_registry

MODELS = CHECKOUT / "dbt" / "models"
NUMBERS = ("numerator", "denominator", "given_value", "value")


def unit_tests() -> list[dict[str, Any]]:
    files = sorted(MODELS.glob("*/_*unit_tests.yml"))
    return [test for file in files for test in yaml.safe_load(file.read_text(encoding="utf-8"))["unit_tests"]]


def test_every_indicator_is_computed_by_hand_somewhere() -> None:
    held = Counter(
        row["indicator"]
        for test in unit_tests()
        for row in test["expect"]["rows"]
        if "indicator" in row and any(isinstance(row.get(number), int | float) for number in NUMBERS)
    )
    assert {indicator.id for indicator in load_registry(load_contracts())} - set(held) == set()


def test_unit_tests_of_indicators_say_what_the_case_is() -> None:
    about = [test for test in unit_tests() if test["model"].startswith(("int_", "indicator", "kpi"))]
    assert len(about) > 20
    assert [test["name"] for test in about if len(test.get("description", "")) < 30] == []
