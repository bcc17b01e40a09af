"""Ranks are fair, lists are in one order."""

from __future__ import annotations

import polars as pl

from pipelines.risk.places.listing import rank_places

ROWS = [  # place, street, expected, own calls, drift ratio, newest day
    ("E5", "平安街道", 2.0, 5, 1.0, 100),
    ("E4", "平安街道", 1.0, 3, 1.2, 90),
    ("E3", "平安街道", 1.0, 3, 0.9, 99),
    ("E2", "平安街道", 1.0, 3, 0.9, 95),
    ("E1", "平安街道", 1.0, 3, 0.9, 95),
    ("E0", "平安街道", 3.0, 0, None, None),  # only neighbours had calls
    ("E6", "解放街道", 0.5, 1, 1.0, 10),
    ("E7", "解放街道", None, 0, None, None),  # unknown
]


def forecast(kind: str = "cell") -> pl.DataFrame:
    """Return a forecast of eight places of one class."""
    names = ("place", "street", "expected", "past_count", "drift_ratio", "newest")
    rows = pl.DataFrame(ROWS, schema=list(names), orient="row")
    state = pl.when(pl.col("expected").is_null()).then(pl.lit("unknown")).otherwise(pl.lit("known"))
    return rows.with_columns(
        place_kind=pl.lit(kind), incident_class=pl.lit("theft"), district=pl.lit("临江区"), state=state
    )


def test_equal_places_have_equal_ranks_and_the_unknown_none() -> None:
    ranked = rank_places(forecast(), 12)
    assert dict(ranked.select("place", "rank").rows()) == {
        "E0": 1, "E5": 2, "E4": 3, "E3": 3, "E2": 3, "E1": 3, "E6": 7, "E7": None,
    }  # fmt: skip
    assert ranked.filter(place="E6")["share_of_area"].item() == 7 / 8


def test_a_list_takes_the_newer_of_equals_then_the_code_and_only_places_with_calls() -> None:
    listed = rank_places(forecast(), 4)
    order = listed.filter(pl.col("list_rank").is_not_null()).sort("street", "list_rank")
    assert order.select("place", "list_rank").rows() == [("E5", 1), ("E4", 2), ("E3", 3), ("E1", 4), ("E6", 1)]


def test_buildings_stand_on_no_list() -> None:
    assert rank_places(forecast("building"), 4)["list_rank"].null_count() == len(ROWS)
