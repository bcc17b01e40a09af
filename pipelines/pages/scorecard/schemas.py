"""The columns that the scorecard reads of each mart, and their types."""

from __future__ import annotations

import polars as pl

DATA_QUALITY = {
    **dict.fromkeys(("department", "feed", "dimension", "metric", "metric_zh", "metric_en"), pl.String()),
    **dict.fromkeys(("scope", "scope_zh", "scope_en", "month"), pl.String()),
    **dict.fromkeys(
        ("numerator", "denominator", "value", "value_low", "value_high", "target", "baseline"), pl.Float64()
    ),
    **dict.fromkeys(("unit", "direction", "light", "light_reason", "trend"), pl.String()),
}

QUALITY_METRIC = {
    **dict.fromkeys(
        ("dimension", "metric", "name_zh", "name_en", "definition_zh", "definition_en", "advice_zh", "advice_en"),
        pl.String(),
    ),
    "counts_persons": pl.Boolean(),
}

REGISTER_OVERLAP = {
    **dict.fromkeys(("register_a", "register_b", "month"), pl.String()),
    **dict.fromkeys(("a_only", "b_only", "both"), pl.Int64()),
}

UPDATE_LAG = {
    **dict.fromkeys(("department", "feed", "estate"), pl.String()),
    "month": pl.String(),
    **dict.fromkeys(("bucket_from_days", "bucket_to_days", "updates"), pl.Int64()),
}

QUALITY_CHECK = {
    **dict.fromkeys(("department", "feed", "table", "check", "rule_zh", "rule_en", "severity"), pl.String()),
    **dict.fromkeys(("owner", "week"), pl.String()),
    **dict.fromkeys(("elements", "unexpected", "missing"), pl.Int64()),
    "success": pl.Boolean(),
}

RETURN_SUMMARY = {
    **dict.fromkeys(("department", "feed", "problem", "problem_zh", "problem_en", "week"), pl.String()),
    **dict.fromkeys(("opened", "corrected", "removed", "withdrawn", "open"), pl.Int64()),
}

DELIVERY = {
    **dict.fromkeys(("department", "feed", "status"), pl.String()),
    "delivered_on": pl.Date(),
    **dict.fromkeys(("rows_read", "rows_quarantined"), pl.Int64()),
}
