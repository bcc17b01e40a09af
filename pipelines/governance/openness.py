"""Which tables everybody on the district's network may read, and the check that none of them names a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipelines.contracts.model import Contract

OPEN_TABLES = frozenset(
    {
        "marts.kpi_monthly",
        "marts.indicator",
        "marts.data_quality",
        "marts.quality_metric",
        "marts.quality_check",
        "marts.register_overlap",
        "marts.update_lag",
        "marts.return_summary",
        "marts.kpi_frozen",
        "marts.risk_cell",
        "marts.risk_place_forecast",
        "marts.risk_input",
        "marts.backtest",
        "marts.risk_building",
        "marts.risk_evaluation",
        "marts.model_register",
        "marts.estate_pressure",
        "marts.stale_area",
    }
)
"""Counts about areas, feeds, registers and buildings.

Everything else, a new mart too, is restricted until it is listed here.
"""

IDENTIFIERS = frozenset(
    {
        "person_id",
        "person_ids",
        "household_id",
        "room_code",
        "unit_code",
        "room",
        "members",
        "needs",
        "lives_alone",
        "lives_alone_confidence",
        "evacuation_order",
        "residence_type",
        "dispute_no",
        "incident_no",
        "order_no",
        "alert_no",
        "record_key",
        "id_tokens",
        "phones",
        "payload",
        "address_text",
        "normal_text",
        "row_as_delivered",
        "row_ref",
        "delivered_value",
        "proposed_value",
    }
)
"""Columns of our own that lead to one person, household, home or case, or hold what a row said."""


def direct_columns(contracts: Mapping[str, Contract]) -> frozenset[str]:
    """Return the names of columns that identify a person in some feed, and of our own identifiers."""
    direct = {
        column.name for contract in contracts.values() for column in contract.columns if column.data_class == "direct"
    }
    return frozenset(direct) | IDENTIFIERS


def exposed(table: str, columns: Iterable[str], direct: frozenset[str]) -> list[str]:
    """Return one message per column that an open table must not have; empty for a restricted one."""
    if table not in OPEN_TABLES:
        return []
    return [
        f"{table} is open and has the column {column}, which identifies persons: drop it, or restrict the table."
        for column in sorted(set(columns) & direct)
    ]
