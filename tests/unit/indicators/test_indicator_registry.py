"""The registry of indicators is right, and a wrong row is told with its line."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipelines.contracts.loader import load_contracts
from pipelines.errors import ConfigError
from pipelines.indicators.registry import REGISTRY, load_registry


def test_the_registry_in_the_project_is_right() -> None:
    indicators = load_registry(load_contracts())
    assert len(indicators) >= 24
    assert len({indicator.name_zh for indicator in indicators}) == len(indicators)


def test_no_indicator_counts_rows_that_were_entered() -> None:
    # Such an indicator breeds invented rows.
    for indicator in load_registry(load_contracts()):
        assert "rows entered" not in f"{indicator.name_en} {indicator.numerator_en}".lower()


def test_sources_may_be_older_than_their_cadence_before_a_light_goes_grey() -> None:
    contracts = load_contracts()
    fed = [indicator for indicator in load_registry(contracts) if indicator.source_feeds]
    assert len(fed) > 30
    for indicator in fed:
        cadence = max(contracts[feed].cadence_hours for feed in indicator.source_feeds)
        assert (indicator.max_age_hours or 0) > cadence, indicator.id


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("target", "85", "a share has its target"),
        ("target", "", None),
        ("unit", "percent", "unit"),
        ("direction", "higher", "direction"),
        ("source_feeds", "street_office_disputs", "there is no feed street_office_disputs"),
        ("levels", "street;grid", "levels"),
        ("min_denominator", "ten", "min_denominator"),
        ("counts_persons", "perhaps", "counts_persons"),
        ("id", "disputes_found_proactively", "stands twice"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(tmp_path: Path, column: str, value: str, why: str | None) -> None:
    rows = list(csv.DictReader(REGISTRY.open(encoding="utf-8", newline="")))
    rows[0][column] = value
    path = tmp_path / "indicators.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    if why is None:
        assert load_registry(load_contracts(), path)[0].target is None
        return
    with pytest.raises(ConfigError, match=rf"line \d+: .*{why}|line \d+: {why}"):
        load_registry(load_contracts(), path)
