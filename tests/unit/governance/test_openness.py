"""Closed unless listed, and a listed table that names persons is caught."""

from __future__ import annotations

import pytest

from pipelines.contracts.loader import load_contracts
from pipelines.governance.openness import OPEN_TABLES, direct_columns, exposed


def test_direct_columns_come_from_the_contracts() -> None:
    direct = direct_columns(load_contracts())
    assert {"id_number", "phone", "person_id"} <= direct
    assert not {"community", "month", "value", "category"} & direct


def test_an_open_table_must_not_name_persons() -> None:
    direct = direct_columns(load_contracts())
    assert exposed("marts.kpi_monthly", ["indicator", "value"], direct) == []
    assert "id_number" in exposed("marts.kpi_monthly", ["indicator", "id_number"], direct)[0]
    assert exposed("marts.attention_household", ["household_id"], direct) == []


@pytest.mark.parametrize("column", ["person_ids", "room", "members", "needs", "lives_alone", "dispute_no"])
def test_an_open_table_of_places_must_not_lead_into_a_home(column: str) -> None:
    told = exposed("marts.risk_building", ["address_code", "score", column], direct_columns(load_contracts()))
    assert [message.count(column) for message in told] == [1]


def test_only_marts_are_open() -> None:
    assert {table.split(".")[0] for table in OPEN_TABLES} == {"marts"}
    assert not {"marts.return_list", "marts.attention_household", "marts.dispute_escalation"} & OPEN_TABLES
    assert {"marts.risk_place_forecast", "marts.backtest", "marts.kpi_frozen", "marts.model_register"} <= OPEN_TABLES
