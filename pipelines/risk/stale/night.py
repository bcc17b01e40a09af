"""One night of the stale areas: what was delivered in, `marts.stale_area` out."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from pipelines.contracts.loader import load_contracts
from pipelines.risk.buildings.events import Scan
from pipelines.risk.stale.sources import local_sources, located_rows
from pipelines.risk.stale.states import community_sizes, states_of, with_words

STALE_AREA: Final = {
    "feed": pl.String(),
    "title_zh": pl.String(),
    "title_en": pl.String(),
    "district": pl.String(),
    "street": pl.String(),
    "community": pl.String(),
    "rows_usual": pl.Int64(),
    "newest_on": pl.Date(),
    "lag_days": pl.Int64(),
    "usual_gap_days": pl.Float64(),
    "coverage": pl.Float64(),
    "state": pl.String(),
    "reason_zh": pl.String(),
    "reason_en": pl.String(),
}
"""Grain: feed and community. `rows_usual` rows of a register, rows in thirty days of other feeds, in steps of five and
null under ten; `coverage` share of the community's buildings with any row, in steps of .05, null where the feed names
no buildings."""


def find_stale_areas(scan: Scan, as_of: dt.date) -> pl.DataFrame:
    """Return `marts.stale_area`, sorted by feed and community. It counts and forecasts nothing, so no gate holds it.

    Args:
        scan: reads `raw.*`, `master.address_match`, `ops.delivery` and `facts.*`.
        as_of: the day that the snapshot speaks of.
    """
    buildings = scan("facts.building").collect()
    sizes = community_sizes(buildings, scan("facts.community").collect())
    gaps = _delivery_gaps(scan)
    told = []
    for source in local_sources(load_contracts()):
        rows = located_rows(source, scan, as_of)
        states = states_of(source, rows, sizes, buildings, as_of, gaps.get(source.feed))
        named = with_words(states, source)
        told.append(named.select(pl.col(name).cast(kind) for name, kind in STALE_AREA.items()))
    return pl.concat(told).sort("feed", "district", "street", "community")


def _delivery_gaps(scan: Scan) -> dict[str, float]:
    """Usual days between the delivery dates of each feed, of those with three dates or more."""
    came = pl.col("status").is_in(["loaded", "duplicate"])
    loaded = scan("ops.delivery").filter(came, pl.col("feed").is_not_null(), pl.col("delivered_on").is_not_null())
    dates = loaded.select(name=pl.concat_str("department", pl.lit("_"), "feed"), day="delivered_on").unique()
    gaps = dates.sort("name", "day").with_columns(gap=pl.col("day").diff().over("name").dt.total_days())
    medians = gaps.group_by("name").agg(pl.col("gap").median(), dates=pl.len()).filter(pl.col("dates") >= 3).collect()
    return dict(medians.select("name", "gap").iter_rows())
