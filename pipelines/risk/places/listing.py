"""Ranks, and the list of a sub-district: the cells where most is to be expected, one list per street and class."""

from __future__ import annotations

import polars as pl

OF_CLASS = ("place_kind", "incident_class")
OF_LIST = ("place_kind", "incident_class", "district", "street")


def rank_places(forecast: pl.DataFrame, list_cells: int) -> pl.DataFrame:
    """Return the forecast with rank, share_of_area and list_rank.

    Args:
        forecast: place_kind, incident_class, place, district, street, state, expected, past_count, drift_ratio, newest.
        list_cells: length of a list.

    Equal expectations have equal ranks: the order in which cells lie says nothing. A list needs an order: of equals the
    one whose incidents are newer comes first (by weighted ratio, then by the newest day), then the code of the place.
    Only cells with an incident of their own stand on a list.
    """
    ranked = forecast.with_columns(
        rank=pl.col("expected").rank("min", descending=True).over(OF_CLASS).cast(pl.Int64),
    ).with_columns(share_of_area=pl.col("rank") / pl.len().over(OF_CLASS))
    listed = (pl.col("place_kind") == "cell") & (pl.col("state") == "known") & (pl.col("past_count") > 0)
    order = ranked.filter(listed).sort(
        "expected", "drift_ratio", "newest", "place", descending=[True, True, True, False], nulls_last=True
    )
    numbered = order.select(
        "place_kind", "incident_class", "place", list_rank=pl.int_range(1, pl.len() + 1).over(OF_LIST)
    ).filter(pl.col("list_rank") <= list_cells)
    return ranked.join(numbered, on=["place_kind", "incident_class", "place"], how="left", maintain_order="left")
