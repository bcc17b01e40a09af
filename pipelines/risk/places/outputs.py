"""Columns of the served tables of this room, and their empty forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

FORECAST_SCHEMA: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "place_kind": pl.String(),
        "place": pl.String(),
        "place_name_zh": pl.String(),
        "district": pl.String(),
        "street": pl.String(),
        "community": pl.String(),
        "lon": pl.Float64(),
        "lat": pl.Float64(),
        "incident_class": pl.String(),
        "class_zh": pl.String(),
        "class_en": pl.String(),
        "horizon_days": pl.Int64(),
        "from_day": pl.Date(),
        "to_day": pl.Date(),
        "history_weeks": pl.Int64(),
        "past_count": pl.Int64(),
        "expected": pl.Float64(),
        "expected_low": pl.Float64(),
        "expected_high": pl.Float64(),
        "rank": pl.Int64(),
        "share_of_area": pl.Float64(),
        "state": pl.String(),
        "drift": pl.String(),
        "drift_ratio": pl.Float64(),
        "list_rank": pl.Int64(),
        "reasons_zh": pl.String(),
        "reasons_en": pl.String(),
        "model": pl.String(),
        "trained_until": pl.Date(),
    }
)

BACKTEST_SCHEMA: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "model": pl.String(),
        "incident_class": pl.String(),
        "horizon_days": pl.Int64(),
        "area_share": pl.Float64(),
        "origin": pl.String(),
        "hit_rate": pl.Float64(),
        "hit_rate_low": pl.Float64(),
        "hit_rate_high": pl.Float64(),
        "pai": pl.Float64(),
        "pei": pl.Float64(),
        "baseline_hit_rate": pl.Float64(),
        "gain": pl.Float64(),
        "gain_low": pl.Float64(),
        "gain_high": pl.Float64(),
        "calibration_top_decile": pl.Float64(),
        "jaccard": pl.Float64(),
        "log_score": pl.Float64(),
        "baseline_log_score": pl.Float64(),
        "events": pl.Float64(),
        "cells": pl.Int64(),
        "origins": pl.Int64(),
        "period": pl.String(),
        "published": pl.Boolean(),
        "gate_reason_zh": pl.String(),
        "gate_reason_en": pl.String(),
    }
)


@dataclass(frozen=True)
class PlaceTables:
    """What a night says of places; every frame has its full schema also without rows, sorted by its key.

    Attributes:
        risk_cell: `marts.risk_cell`, by cell.
        risk_place_forecast: `marts.risk_place_forecast`, by place_kind, incident_class, place.
        risk_input: `marts.risk_input`, by class, month, state, reason.
        backtest: `marts.backtest`, by model, incident_class, area_share, origin.
    """

    risk_cell: pl.DataFrame
    risk_place_forecast: pl.DataFrame
    risk_input: pl.DataFrame
    backtest: pl.DataFrame


def empty(schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Return a table without rows."""
    return pl.DataFrame(schema=dict(schema))


def shaped(rows: pl.DataFrame, schema: Mapping[str, pl.DataType], key: tuple[str, ...]) -> pl.DataFrame:
    """Return the columns of the schema in their order and types, NaN as null, sorted by the key."""
    cast = (pl.col(name).cast(kind) for name, kind in schema.items())
    floats = [name for name, kind in schema.items() if kind == pl.Float64()]
    return rows.select(cast).with_columns(pl.col(floats).fill_nan(None)).sort(*key)
