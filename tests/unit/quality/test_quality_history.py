"""The history of checks: one row per table, check and date, whatever is run again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pipelines.quality.history import HISTORY_SCHEMA, update_history
from pipelines.quality.results import CheckResult

SATURDAY, SUNDAY = date(2025, 5, 31), date(2025, 6, 1)
RESULT = CheckResult(
    table="raw.police_residents",
    check="sex_agrees_with_id_number",
    column="sex",
    severity="warning",
    success=False,
    element_count=10,
    unexpected_count=2,
    missing_count=1,
    dimension="accuracy",
    title_zh="性别与身份证号一致",
    title_en="The sex is the one in the ID number",
    owner="公安分局人口管理大队",
    reason="One of the two is mistyped.",
    as_of=SATURDAY,
)


def test_the_first_night_has_the_columns_and_no_reason() -> None:
    history = update_history(None, [RESULT])
    assert dict(history.schema) == HISTORY_SCHEMA
    assert history.row(0, named=True)["owner"] == RESULT.owner
    assert update_history(None, []).height == 0


def test_each_date_is_kept_and_a_run_again_replaces_its_own() -> None:
    first = update_history(None, [RESULT, replace(RESULT, check="another")])
    second = update_history(first, [replace(RESULT, as_of=SUNDAY)])
    again = update_history(second, [replace(RESULT, as_of=SUNDAY, success=True, unexpected_count=0)])
    found = again.select("check", "as_of", "success").rows()
    assert found == [
        ("another", SATURDAY, False),
        ("sex_agrees_with_id_number", SATURDAY, False),
        ("sex_agrees_with_id_number", SUNDAY, True),
    ]


def test_a_result_without_a_date_has_no_place_in_it() -> None:
    assert update_history(None, [replace(RESULT, as_of=None)]).height == 0
