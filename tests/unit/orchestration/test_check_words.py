"""Names and words of expectations on an asset's page."""

from __future__ import annotations

from typing import Any

from orchestration.check_words import SAID, described, display_names, told_of
from pipelines.contracts.expectations import ExpectationSpec
from pipelines.contracts.loader import load_contracts
from pipelines.quality.rules import load_table_suites
from pipelines.quality.suites import check_names, suite_for_contract


def expectation(kind: str, **kwargs: Any) -> ExpectationSpec:
    return ExpectationSpec(kind, "warning", "validity", "取值", "Values", kwargs)


def test_a_short_name_begins_with_its_column() -> None:
    specs = [
        expectation("expect_column_values_to_not_be_null", column="name"),
        expectation("expect_column_values_to_be_in_set", column="sex", value_set=["1"]),
        expectation("expect_column_values_to_be_in_set", column="sex", value_set=["2"]),
        expectation("expect_table_row_count_to_be_between", min_value=1),
        expectation("expect_column_values_to_be_in_set", column="rule__sums_agree", value_set=[True]),
    ]
    assert display_names(specs, check_names(specs)) == [
        "name_is_filled",
        "sex_in_list",
        "sex_in_list_2",
        "enough_rows",
        "sums_agree",
    ]


def test_every_expectation_of_the_project_has_a_name_of_its_own_and_a_word() -> None:
    suites = [suite_for_contract(contract) for contract in load_contracts().values()]
    suites += [suite for table, suite in load_table_suites().items() if not table.startswith("raw.")]
    for suite in suites:
        shown = display_names(suite.specs, check_names(suite.specs))
        assert len(set(shown)) == len(suite.specs) > 0
        assert {spec.type for spec in suite.specs} <= set(SAID)
        assert all(told_of(spec).get("owner") for spec in suite.specs), suite.table
        assert all("\n\n" in described(spec) for spec in suite.specs), f"{suite.table}: a rule without a reason"
