"""The columns that the page of freshness reads beside those of the scorecard, and their types."""

from __future__ import annotations

import polars as pl

STALE_AREA = {
    **dict.fromkeys(("feed", "title_zh", "district", "street", "community", "state"), pl.String()),
    **dict.fromkeys(("reason_zh", "reason_en"), pl.String()),
}
STALE_AREA_OPTIONAL = {"title_en": pl.String()}
