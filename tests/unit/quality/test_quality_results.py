"""Counts as a table, and what blocks publication."""

from __future__ import annotations

from dataclasses import replace

from pipelines.quality.results import SCHEMA, CheckResult, blocking, check_results_frame

FAILED = CheckResult(
    table="master.person",
    check="column_values_to_be_unique__person_id",
    column="person_id",
    severity="critical",
    success=False,
    element_count=1200,
    unexpected_count=2,
    missing_count=0,
    dimension="uniqueness",
    title_zh="人员编号唯一",
    title_en="person_id is unique",
)


def test_only_failed_critical_checks_block() -> None:
    others = [replace(FAILED, severity="warning"), replace(FAILED, severity="info"), replace(FAILED, success=True)]
    assert blocking(others) == []
    assert len(blocking([*others, FAILED])) == 1


def test_a_message_says_where_what_and_how_many_in_both_languages() -> None:
    (message,) = blocking([FAILED])
    assert message.startswith("master.person: person_id is unique: broken by 2 of 1,200 rows")
    assert "人员编号唯一：2 行不符" in message


def test_a_check_that_could_not_run_blocks_and_says_so() -> None:
    (message,) = blocking([replace(FAILED, raised=True, element_count=None, unexpected_count=None)])
    assert "could not be evaluated" in message


def test_the_frame_has_its_columns_without_rows_too() -> None:
    assert dict(check_results_frame([]).schema) == SCHEMA


def test_the_frame_does_not_depend_on_the_order_of_results() -> None:
    other = replace(FAILED, table="master.address_match", column=None)
    assert check_results_frame([FAILED, other]).equals(check_results_frame([other, FAILED]))
