"""The columns that the pages of indicators read of each mart, and their types."""

from __future__ import annotations

import polars as pl

KPI = {
    **dict.fromkeys(("indicator", "name_zh", "name_en", "area_level", "area", "district", "street"), pl.String()),
    **dict.fromkeys(("community", "month", "unit", "direction", "light", "light_reason"), pl.String()),
    **dict.fromkeys(("owner", "source_feeds"), pl.String()),
    **dict.fromkeys(
        ("numerator", "denominator", "value", "value_low", "value_high", "target", "baseline"), pl.Float64()
    ),
}

REGISTRY = dict.fromkeys(("indicator", "name_zh", "name_en", "unit", "direction"), pl.String())
REGISTRY_OPTIONAL = {
    **dict.fromkeys(("levels", "source_feeds", "owner", "cadence"), pl.String()),
    **dict.fromkeys(("numerator_zh", "numerator_en", "denominator_zh", "denominator_en"), pl.String()),
    **dict.fromkeys(("method", "method_zh", "method_version"), pl.String()),
    **dict.fromkeys(("rows_sql", "numerator_sql", "denominator_sql", "value_sql"), pl.String()),
    **dict.fromkeys(("target", "baseline", "min_denominator", "max_age_hours"), pl.Float64()),
    "counts_persons": pl.Boolean(),
}

QUERY = dict.fromkeys(("indicator", "area_level", "district", "month", "query"), pl.String())

FROZEN = {
    **dict.fromkeys(("indicator", "area_level", "district", "month", "quarter", "light"), pl.String()),
    "value": pl.Float64(),
    "frozen_on": pl.Date(),
}
FROZEN_OPTIONAL = {"method_version": pl.String()}

DELIVERY = {
    **dict.fromkeys(("department", "feed", "status"), pl.String()),
    "delivered_on": pl.Date(),
}
