"""The columns that the pages on places read of each mart, and their types."""

from __future__ import annotations

import polars as pl

CELL = {
    **dict.fromkeys(("cell", "district", "street", "community"), pl.String()),
    **dict.fromkeys(("x_m", "y_m", "lon_w", "lat_s", "lon_e", "lat_n"), pl.Float64()),
    "in_study_area": pl.Boolean(),
}

FORECAST = {
    **dict.fromkeys(("place_kind", "place", "place_name_zh", "district", "street", "community"), pl.String()),
    **dict.fromkeys(("incident_class", "class_zh", "class_en"), pl.String()),
    **dict.fromkeys(("horizon_days", "history_weeks", "list_rank"), pl.Int64()),
    **dict.fromkeys(("from_day", "to_day", "trained_until"), pl.Date()),
    **dict.fromkeys(("past_count", "expected", "expected_low", "expected_high"), pl.Float64()),
    **dict.fromkeys(("state", "drift", "reasons_zh", "reasons_en"), pl.String()),
}

INPUT = {
    **dict.fromkeys(("incident_class", "month", "state", "reason", "reason_zh", "reason_en"), pl.String()),
    "incidents": pl.Int64(),
}

BUILDING = {
    **dict.fromkeys(("address_code", "name_zh", "district", "street", "community"), pl.String()),
    **dict.fromkeys(("level", "estate_code", "estate"), pl.String()),
    **dict.fromkeys(("lon", "lat"), pl.Float64()),
    **dict.fromkeys(("storeys", "dwellings", "tier", "rank"), pl.Int64()),
    **dict.fromkeys(("reasons_zh", "reasons_en"), pl.String()),
}

ESTATE = {
    **dict.fromkeys(("estate_code", "estate", "district", "street", "community", "month"), pl.String()),
    **dict.fromkeys(("index", "index_low", "index_high"), pl.Float64()),
    **dict.fromkeys(("light", "drivers_zh", "drivers_en"), pl.String()),
}

STALE = {
    **dict.fromkeys(("feed", "title_zh", "district", "street", "community", "state"), pl.String()),
    **dict.fromkeys(("reason_zh", "reason_en"), pl.String()),
    "newest_on": pl.Date(),
}
STALE_OPTIONAL = {"title_en": pl.String()}
