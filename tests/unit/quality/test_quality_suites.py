"""Suites through Great Expectations itself: verdicts, counts, and that nothing but counts comes out."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from pipelines.contracts.expectations import ExpectationSpec
from pipelines.contracts.loader import load_contracts
from pipelines.contracts.schema import polars_schema
from pipelines.errors import LakeError
from pipelines.quality.evaluation import checked_tables, evaluate_batches, evaluate_tables
from pipelines.quality.references import with_references
from pipelines.quality.results import CheckResult
from pipelines.quality.specs import Suite
from pipelines.quality.suites import check_names, run_suite, suite_for_contract

pytestmark = pytest.mark.slow  # importing great_expectations takes six seconds of a free processor

NAMES = ["张三丰", "李四光", "李四光", None]
FRAME = pl.DataFrame({"name": NAMES, "age": [30, 31, 999, None], "unread": ["x"] * 4})


def _spec(kind: str, **kwargs: object) -> ExpectationSpec:
    return ExpectationSpec(f"expect_{kind}", "critical", "validity", "标题", "a title", kwargs)


def _only(results: list[CheckResult]) -> CheckResult:
    (result,) = results
    return result


@pytest.mark.parametrize(
    ("spec", "success", "counts"),
    [
        (_spec("column_values_to_not_be_null", column="name"), False, (4, 1, None)),
        (_spec("column_values_to_not_be_null", column="name", mostly=0.75), True, (4, 1, None)),
        (_spec("column_values_to_be_unique", column="name"), False, (4, 2, 1)),
        (_spec("column_values_to_be_between", column="age", min_value=0, max_value=120), False, (4, 1, 1)),
        (_spec("column_values_to_be_in_set", column="name", value_set=["张三丰", "李四光"]), True, (4, 0, 1)),
        (_spec("column_values_to_match_regex", column="name", regex="^李"), False, (4, 1, 1)),
        (_spec("compound_columns_to_be_unique", column_list=["name", "age"]), True, (4, 0, 1)),
        (_spec("table_row_count_to_be_between", min_value=4), True, (None, None, None)),
        (_spec("table_row_count_to_be_between", max_value=3), False, (None, None, None)),
        (_spec("table_columns_to_match_set", column_set=["name", "age", "unread"]), True, (None, None, None)),
        (_spec("table_columns_to_match_set", column_set=["name", "age"]), False, (None, None, None)),
    ],
)
def test_verdict_and_counts(
    spec: ExpectationSpec, success: bool, counts: tuple[int | None, int | None, int | None]
) -> None:
    result = _only(run_suite(Suite("master.thing", [spec]), FRAME))
    assert (result.success, result.raised) == (success, False)
    assert (result.element_count, result.unexpected_count, result.missing_count) == counts


def test_a_missing_column_fails_its_own_rules_only() -> None:
    specs = [_spec("column_values_to_be_unique", column="gone"), _spec("column_values_to_not_be_null", column="unread")]
    gone, unread = run_suite(Suite("master.thing", specs), FRAME)
    assert (gone.success, gone.raised) == (False, True)
    assert (unread.success, unread.raised) == (True, False)


def test_a_derived_condition_does_not_judge_nulls() -> None:
    spec = _spec("column_values_to_be_in_set", column="rule__adult", value_set=[True])
    result = _only(run_suite(Suite("master.thing", [spec], {"rule__adult": "age < 120"}), FRAME))
    assert (result.element_count, result.unexpected_count, result.missing_count) == (4, 1, 1)


def test_no_value_leaves_in_result_or_log(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    # A number compared with a name raises inside Great Expectations, whose message quotes the name.
    specs = [
        _spec("column_values_to_be_between", column="name", min_value=0),
        _spec("column_values_to_be_unique", column="name"),
        _spec("column_values_to_match_regex", column="name", regex="^王"),
    ]
    with caplog.at_level(logging.DEBUG):
        results = run_suite(Suite("master.thing", specs), FRAME)
    assert results[0].raised
    told = repr([asdict(result) for result in results]) + caplog.text + "".join(capfd.readouterr())
    assert [name for name in NAMES if name and name in told] == []


def test_names_are_unique_and_follow_the_order() -> None:
    specs = [_spec("column_values_to_be_unique", column="a")] * 2 + [_spec("table_row_count_to_be_between")]
    names = ["column_values_to_be_unique__a", "column_values_to_be_unique__a__2", "table_row_count_to_be_between"]
    assert check_names(specs) == names


def test_a_long_table_is_thinned_but_not_for_uniqueness() -> None:
    frame = pl.DataFrame({"id": [*range(9_999), 0]})
    specs = [_spec("column_values_to_be_unique", column="id"), _spec("column_values_to_not_be_null", column="id")]
    unique, filled = run_suite(Suite("master.thing", specs), frame, most_rows=1_000)
    assert (unique.element_count, unique.unexpected_count) == (10_000, 2)
    assert filled.element_count == 1_000


@pytest.fixture
def surveys(tmp_path: Path) -> pl.LazyFrame:
    """Four current rows of two batches and one that is past; one of batch b2 has more positives than asked."""
    schema = polars_schema(load_contracts()["street_office_surveys"])
    row = {
        "survey_no": "Q1",
        "day": date(2025, 5, 1),
        "community": "一里社区",
        "question": "治安满意度",
        "sampled": 10,
        "positive": 5,
        "delivered_on": date(2025, 6, 1),
        "last_delivered_on": date(2025, 6, 1),
        "ingested_at": datetime(2025, 6, 1, tzinfo=UTC),
        "file_sha256": "0" * 64,
        "is_current": True,
    }
    rows = [{**row, "record_key": f"k{n}", "row_number": n, "batch_id": "b1" if n < 3 else "b2"} for n in range(1, 6)]
    rows[3]["positive"] = 11
    rows[4]["is_current"] = False
    path = tmp_path / "surveys.parquet"
    pl.DataFrame([{name: r.get(name) for name in schema} for r in rows], schema=schema).write_parquet(path)
    return pl.scan_parquet(path)


def test_only_the_nights_batches_are_checked(surveys: pl.LazyFrame) -> None:
    def breaches(batches: dict[str, list[str]] | None) -> list[tuple[int | None, int | None]]:
        contracts = {"street_office_surveys": load_contracts()["street_office_surveys"]}
        results = evaluate_batches(lambda _: surveys, contracts, batches)
        return [(r.element_count, r.unexpected_count) for r in results if r.check == "positive_within_sample"]

    assert breaches({"street_office_surveys": ["b1"]}) == [(2, 0)]
    assert breaches({"street_office_surveys": ["b2"]}) == [(2, 1)]
    assert breaches(None) == [(4, 1)]
    assert breaches({}) == []


def _nothing(table: str) -> pl.LazyFrame:
    raise LakeError(f"there is no table {table}.")


def test_every_contract_is_a_suite_that_great_expectations_accepts() -> None:
    contracts = load_contracts()
    for contract in contracts.values():
        suite = suite_for_contract(contract)
        empty = pl.LazyFrame(schema=polars_schema(contract))
        results = run_suite(suite, with_references(empty, suite, _nothing))
        assert [r.check for r in results if r.raised] == []


def test_tables_without_a_suite_are_passed_over() -> None:
    assert "master.person" in checked_tables()
    assert not any(table.startswith("raw.") for table in checked_tables())
    assert evaluate_tables(lambda _: FRAME.lazy(), ["master.unknown_to_us"]) == []
