"""Great Expectations itself: verdicts mean what its own rules mean, and shares of every suite pass and fire."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.contracts.expectations import ExpectationSpec
from pipelines.contracts.loader import load_contracts
from pipelines.quality.expecting import Outcome, evaluate
from pipelines.quality.rules import load_table_suites
from pipelines.quality.specs import RuleSpec, Suite
from pipelines.quality.suites import check_names, run_suite, suite_for_contract

pytestmark = pytest.mark.slow  # importing great_expectations takes six seconds of a free processor

FRAME = pl.DataFrame(
    {
        "text": ["一", "二", "二", None, "三三三"],
        "number": [1, 5, 9, None, 200],
        "other": [1, 4, 10, 3, None],
        "day": [date(2025, 1, n) for n in range(1, 6)],
    }
)
CASES: list[tuple[str, dict[str, Any]]] = [
    ("column_values_to_not_be_null", {"column": "text"}),
    ("column_values_to_not_be_null", {"column": "text", "mostly": 0.8}),
    ("column_values_to_be_null", {"column": "text"}),
    ("column_values_to_be_unique", {"column": "text"}),
    ("column_values_to_be_in_set", {"column": "text", "value_set": ["一", "二"]}),
    ("column_values_to_not_be_in_set", {"column": "text", "value_set": ["三三三"]}),
    ("column_values_to_be_between", {"column": "number", "min_value": 1, "max_value": 9}),
    ("column_values_to_be_between", {"column": "number", "max_value": 200}),
    ("column_values_to_match_regex", {"column": "text", "regex": "^[一二]$"}),
    ("column_value_lengths_to_be_between", {"column": "text", "min_value": 1, "max_value": 1}),
    (
        "column_pair_values_a_to_be_greater_than_b",
        {"column_A": "other", "column_B": "number", "or_equal": True, "ignore_row_if": "either_value_is_missing"},
    ),
    (
        "column_pair_values_to_be_equal",
        {"column_A": "other", "column_B": "number", "ignore_row_if": "either_value_is_missing"},
    ),
    ("compound_columns_to_be_unique", {"column_list": ["text", "number"]}),
]


def _spec(kind: str, kwargs: dict[str, Any]) -> ExpectationSpec:
    return ExpectationSpec(f"expect_{kind}", "warning", "validity", "标题", "a title", kwargs)


@pytest.mark.parametrize(("kind", "kwargs"), CASES, ids=[f"{k}-{len(w)}" for k, w in CASES])
def test_a_verdict_means_what_great_expectations_means(kind: str, kwargs: dict[str, Any]) -> None:
    (own,) = evaluate([_spec(kind, kwargs)], FRAME)
    (result,) = run_suite(Suite("master.thing", [_spec(kind, kwargs)]), FRAME)
    assert (result.raised, own.raised) == (False, False)
    if "mostly" not in kwargs:  # where chance is given room, which the verdict has and the bare rule has not
        assert result.success == own.success
    assert (result.element_count, result.unexpected_count) == (own.element, own.unexpected)


def shares() -> list[tuple[str, int]]:
    """Return (table, position) of every rule about a share of all rows."""
    of_feeds = [suite_for_contract(contract) for contract in load_contracts().values()]
    written = [suite for table, suite in load_table_suites().items() if not table.startswith("raw.")]
    return [
        (suite.table, position)
        for suite in (*of_feeds, *written)
        for position, spec in enumerate(suite.specs)
        if spec.type in ("expect_column_mean_to_be_between", "expect_column_proportion_of_unique_values_to_be_between")
    ]


def _suite(table: str) -> Suite:
    contracts = load_contracts()
    name = table.removeprefix("raw.")
    return suite_for_contract(contracts[name]) if name in contracts else load_table_suites()[table]


def _named(rule: tuple[str, int]) -> str:
    return f"{rule[0]}-{check_names(_suite(rule[0]).specs)[rule[1]]}"


@pytest.mark.parametrize("rule", shares(), ids=_named)
def test_each_share_passes_within_its_bounds_and_fires_outside(rule: tuple[str, int]) -> None:
    spec = _suite(rule[0]).specs[rule[1]]
    assert isinstance(spec, RuleSpec)
    low, high = spec.kwargs.get("min_value", 0.0), spec.kwargs.get("max_value", 1.0)
    rows = max(spec.least_rows, 200)
    within, outside = round(rows * (low + high) / 2), rows if low == 0 or high < 1 else 0
    column = str(spec.kwargs["column"])

    def success(count: int, rows: int = rows) -> bool:
        values = [n < count for n in range(rows)]
        if "unique" in spec.type:
            frame = pl.DataFrame({column: [str(n if unlike else -1) for n, unlike in enumerate(values)]})
        else:
            frame = pl.DataFrame({column: values})
        (result,) = run_suite(Suite(rule[0], [spec]), frame)
        assert not result.raised
        return result.success

    assert success(within)
    assert not success(outside)
    if spec.least_rows:
        assert success(min(outside, 1), spec.least_rows - 1), "a share of few rows tells nothing"


def test_rules_of_each_kind_pass_and_fire_through_a_whole_suite() -> None:
    """A feed of one wrong column after another: each rule tells of its own, and all others stay silent."""
    contract = load_contracts()["street_office_surveys"]
    suite = suite_for_contract(contract)
    names = ("positive_within_sample", "sample_is_not_empty", "sample_tells_something", "since_2010")
    derived = {f"rule__{name}": suite.derived[f"rule__{name}"] for name in names}
    specs = [spec for spec in suite.specs if spec.kwargs.get("column") in derived]
    clean = pl.DataFrame({"sampled": [100] * 50, "positive": [60] * 50, "day": [date(2025, 5, 1)] * 50})

    def failing(frame: pl.DataFrame) -> set[str]:
        return {r.check for r in run_suite(Suite(suite.table, specs, derived), frame) if not r.success}

    assert failing(clean) == set()
    assert failing(clean.with_columns(positive=101)) == {"positive_within_sample"}
    assert failing(clean.with_columns(sampled=0, positive=0)) == {"sample_is_not_empty", "sample_tells_something"}
    assert failing(clean.with_columns(day=date(1905, 5, 1))) == {"since_2010"}


def test_few_breaches_of_few_rows_are_chance() -> None:
    spec = _spec("column_values_to_be_in_set", {"column": "text", "value_set": ["一"], "mostly": 0.98})
    one_of_eight = pl.DataFrame({"text": ["一"] * 7 + ["二"]})
    half = pl.DataFrame({"text": ["一", "二"] * 4})
    results = [run_suite(Suite("master.thing", [spec]), frame)[0] for frame in (one_of_eight, half)]
    assert [(r.success, r.unexpected_count) for r in results] == [(True, 1), (False, 4)]


def test_an_empty_frame_breaks_nothing() -> None:
    outcomes = evaluate([_spec("column_values_to_be_in_set", {"column": "a", "value_set": [True]})],
                        pl.DataFrame(schema={"a": pl.Boolean}))  # fmt: skip
    assert outcomes == [Outcome(success=True, raised=False, element=0, unexpected=0, missing=0)]
