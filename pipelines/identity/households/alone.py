"""Does somebody live alone? What departments know together, not the flag of one list."""

from __future__ import annotations

from math import log
from typing import Final

import polars as pl

PRIOR: Final = log(0.9 / 0.1)
"""Odds that the only known resident of a dwelling is alone there: .91 and .96 on two generated cities, of which one
leaves a tenth of the residents out of the register."""

SIGNS: Final = {
    "flag_alone": 2.0,
    "flag_with_children": -2.5,
    "flag_empty_nest": -0.7,
    "flag_institution": -2.5,
    "spouse_of_unknown_home": -1.0,
    "lease_for_several": -1.5,
    "benefit_for_several": -1.0,
    "others_on_roll": -1.0,
    "is_child": -4.0,
}
"""What each sign adds to the log-odds: judgements, not measurements. 独居 and 与子女同住 are what a visitor was told;
空巢 says that no child lives there, a spouse may; a lease or a benefit counts heads; a child does not keep house."""

FLAGS: Final = {
    "独居": "flag_alone",
    "与子女同住": "flag_with_children",
    "空巢": "flag_empty_nest",
    "机构养老": "flag_institution",
}
CHILD_DAYS: Final = 16 * 365


def living_alone(placed: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Judge every group of one who is the only known resident of a dwelling.

    Args:
        placed: residents with ``group, person_id, place, is_room, birth_date, today``.
        rows: dated rows (``evidence.dated_rows``) with ``fact`` and ``people``.

    Returns:
        ``group, lives_alone, confidence`` (0..1, that the person lives alone) and ``signs`` (codes of ``SIGNS`` and
        ``only_resident``), for those groups only. Who shares a dwelling, even with strangers, does not live alone.
    """
    age = (pl.col("today") - pl.col("birth_date")).dt.total_days()
    single = placed.filter(pl.col("is_room") & (pl.len().over("place") == 1)).select(
        "group", "person_id", "place", is_child=age < CHILD_DAYS
    )
    own = rows.join(single, on="person_id", how="inner")
    here = rows.with_columns(place="room_code").join(single.select("place", tenant="person_id"), on="place")
    signs = pl.concat(
        [
            single.filter(pl.col("is_child").fill_null(value=False)).select("person_id", sign=pl.lit("is_child")),
            _flags(own),
            _spouses(own, rows, placed),
            _counted(own),
            _others(here),
        ]
    ).unique()
    summed = signs.group_by("person_id").agg(
        weight=pl.col("sign").replace_strict(SIGNS, return_dtype=pl.Float64).sum().round(6), told=pl.col("sign").sort()
    )
    odds = (pl.col("weight").fill_null(0.0) + PRIOR).exp()
    return (
        single.join(summed, on="person_id", how="left")
        .with_columns(confidence=(odds / (1.0 + odds)).round(4))
        .select(
            "group",
            "confidence",
            lives_alone=pl.col("confidence") >= 0.5,
            signs=pl.concat_list(pl.lit("only_resident"), pl.col("told").fill_null([])),
        )
    )


def _flags(own: pl.DataFrame) -> pl.DataFrame:
    """The way of living that the newest row of the elderly list gives."""
    listed = own.filter((pl.col("feed") == "civil_affairs_elderly") & (pl.col("person_role") == "self"))
    newest = listed.sort("person_id", "on", "record_key", descending=[False, True, False]).unique(
        "person_id", keep="first", maintain_order=True
    )
    sign = pl.col("fact").replace_strict(FLAGS, default=None, return_dtype=pl.String)
    return newest.select("person_id", sign=sign).drop_nulls("sign")


def _spouses(own: pl.DataFrame, rows: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """A spouse by certificate of whom nobody knows where he lives, or whether."""
    married = own.filter((pl.col("feed") == "civil_affairs_marriages") & (pl.col("fact") != "离婚"))
    others = rows.filter(pl.col("feed") == "civil_affairs_marriages").select("record_key", spouse="person_id")
    gone = rows.filter(pl.col("status").is_in(["死亡", "迁出", "注销"])).select(spouse="person_id").unique()
    pairs = married.select("person_id", "record_key").join(others, on="record_key")
    known = pl.concat([placed.select(spouse="person_id"), gone]).unique()
    unknown = pairs.filter(pl.col("spouse") != pl.col("person_id")).join(known, on="spouse", how="anti")
    return unknown.select("person_id", sign=pl.lit("spouse_of_unknown_home"))


def _counted(own: pl.DataFrame) -> pl.DataFrame:
    """Leases and benefits that count more than one head."""
    several = own.filter(pl.col("people") > 1)
    lease = several.filter((pl.col("person_role") == "tenant") & (pl.col("room_code") == pl.col("place")))
    benefit = several.filter(pl.col("feed") == "civil_affairs_benefits")
    return pl.concat(
        [
            lease.select("person_id", sign=pl.lit("lease_for_several")),
            benefit.select("person_id", sign=pl.lit("benefit_for_several")),
        ]
    )


def _others(here: pl.DataFrame) -> pl.DataFrame:
    """Others whom a roll lists as family or tenants of the same room and who have not left it."""
    roll = here.filter(
        (pl.col("feed") == "property_occupants")
        & pl.col("fact").is_in(["家属", "租户"])
        & pl.col("until_on").is_null()
        & (pl.col("person_id") != pl.col("tenant"))
    )
    return roll.select(person_id="tenant", sign=pl.lit("others_on_roll"))
