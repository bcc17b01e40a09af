"""Floors of accuracy on a seeded city, loaded night by night.

The floors stand a little below what was measured when they were set; they rise with the system.
"""

from __future__ import annotations

import pytest
from small_district import District

from pipelines.city.evaluate import Evaluation, evaluate
from pipelines.home import Home

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def evaluation(night_by_night: Home, district: District) -> Evaluation:
    return evaluate(night_by_night, district.report.truth)


def test_no_row_is_lost(evaluation: Evaluation) -> None:
    found = evaluation.conservation
    assert found.missing_files == found.rejected_files == found.unbalanced_files == found.miscounted_files == 0
    assert found.rows_read == found.rows_written > 10_000
    assert found.rows_loaded + found.rows_duplicate + found.rows_quarantined == found.rows_read


def test_addresses_resolve_and_are_seldom_wrong(evaluation: Evaluation) -> None:
    overall = evaluation.addresses.overall
    assert evaluation.addresses.missing == 0
    assert overall["coverage"] >= 0.93
    assert overall["wrong_share"] <= 0.01
    assert overall["wrong_share_without_digit_errors"] <= 0.002


def test_hukou_elsewhere_is_told_by_its_county(evaluation: Evaluation) -> None:
    assert evaluation.addresses.outside["coverage"] >= 0.95
    assert evaluation.addresses.outside["invented_codes"] == 0


def test_persons_are_found_and_not_mixed(evaluation: Evaluation) -> None:
    figures = evaluation.persons.with_evidence
    assert figures["precision"] >= 0.99
    assert figures["recall"] >= 0.93
    assert figures["b3_f1"] >= 0.97
    assert evaluation.persons.numbers_merged == 0
    assert evaluation.persons.missing == 0


@pytest.mark.parametrize(
    ("value", "floor"), [("name", 0.985), ("sex", 0.99), ("birth_date", 0.99), ("residence", 0.94)]
)
def test_golden_values_are_right(evaluation: Evaluation, value: str, floor: float) -> None:
    assert evaluation.golden.values[value]["accuracy"] >= floor
    assert evaluation.golden.values[value]["coverage"] >= 0.95


def test_households_are_families_in_dwellings(evaluation: Evaluation) -> None:
    assert evaluation.golden.households["f1"] >= 0.87


def test_ids_last_over_nights(evaluation: Evaluation) -> None:
    assert evaluation.stability is not None
    assert evaluation.stability.kept_share is not None
    assert evaluation.stability.kept_share >= 0.99
    assert evaluation.stability.unexplained == 0
