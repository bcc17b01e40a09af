"""The columns that the backtest page reads of each mart, and their types."""

from __future__ import annotations

import polars as pl

SCORES = ("hit_rate", "hit_rate_low", "hit_rate_high", "pai", "pei", "baseline_hit_rate")
GAINS = ("gain", "gain_low", "gain_high", "calibration_top_decile", "jaccard", "log_score", "baseline_log_score")

BACKTEST = {
    **dict.fromkeys(("model", "incident_class", "origin", "period"), pl.String()),
    **dict.fromkeys(("horizon_days", "cells", "origins"), pl.Int64()),
    "area_share": pl.Float64(),
    **dict.fromkeys((*SCORES, *GAINS, "events"), pl.Float64()),
    "published": pl.Boolean(),
    **dict.fromkeys(("gate_reason_zh", "gate_reason_en"), pl.String()),
}

CLASS_NAMES = dict.fromkeys(("incident_class", "class_zh", "class_en"), pl.String())

REGISTER = {
    **dict.fromkeys(("mart", "model", "code_hash", "scores", "owner"), pl.String()),
    **dict.fromkeys(("data_from", "data_until", "review_on"), pl.Date()),
    "published": pl.Boolean(),
    **dict.fromkeys(("reason_zh", "reason_en"), pl.String()),
}

EVALUATION = {
    **dict.fromkeys(("mart", "model", "measure", "period"), pl.String()),
    **dict.fromkeys(("value", "value_low", "value_high"), pl.Float64()),
    "cases": pl.Float64(),
}
