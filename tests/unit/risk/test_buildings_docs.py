"""The page on buildings says what the tables hold."""

from __future__ import annotations

import re

import pytest
from buildings_facts import FACTS

from pipelines.home import CHECKOUT
from pipelines.risk.buildings.backtest import ORDERS, TARGETS
from pipelines.risk.buildings.evaluation import EVALUATION
from pipelines.risk.buildings.night import RISK_BUILDING
from pipelines.risk.buildings.points import building_points
from pipelines.risk.disputes.night import DISPUTE_ESCALATION
from pipelines.risk.disputes.signals import SIGNALS
from pipelines.risk.estates.night import ESTATE_PRESSURE
from pipelines.risk.stale.night import STALE_AREA

PAGE = (CHECKOUT / "docs" / "risk_of_buildings.md").read_text(encoding="utf-8")
SECTIONS = {part.split("`")[1]: part for part in PAGE.split("\n## ") if part.startswith("`")}
TABLES = {
    "facts.building": FACTS["facts.building"],
    "marts.risk_building": RISK_BUILDING,
    "marts.dispute_escalation": DISPUTE_ESCALATION,
    "marts.estate_pressure": ESTATE_PRESSURE,
    "marts.stale_area": STALE_AREA,
    "marts.risk_evaluation": EVALUATION,
}


@pytest.mark.parametrize("table", TABLES)
def test_the_page_names_every_column_and_no_other(table: str) -> None:
    section = SECTIONS[table]
    if table == "marts.risk_evaluation":
        told = set(re.findall(r"`(\w+)`", section.split("\n\n")[1]))
    else:
        told = {
            name
            for row in section.splitlines()
            if row.startswith("| `")
            for name in re.findall(r"`(\w+)`", row.split("|")[1])
        }
    assert told == set(TABLES[table])


def test_the_page_tells_the_weights_of_the_file() -> None:
    rows = SECTIONS["marts.risk_building"].splitlines()
    for name, factor in building_points().factors.items():
        row = next(row for row in rows if row.startswith(f"| {factor.title_en} "))
        assert f"| {factor.weight:.2f} |" in row, name
        assert ", ".join(f"{part} {told.weight:.2f}" for part, told in factor.parts.items()) in row, name


def test_the_page_tells_signals_and_orders() -> None:
    assert all(signal in SECTIONS["marts.dispute_escalation"] for signal in SIGNALS)
    assert all(f"`{target}_`" in SECTIONS["marts.risk_evaluation"] for target in TARGETS)
    assert all(f"`{order}`" in SECTIONS["marts.risk_evaluation"] for order in ORDERS)
