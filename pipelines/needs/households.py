"""The needs of households: those of their members, and those of the place they live in."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.needs.vocabulary import ELDERLY_YEARS, HIGH_FLOOR

SURE: Final = 0.5
"""Presence from which a younger housemate counts as help at hand."""

NEEDS_THE_STAIRS: Final = ("dependent", "semi_dependent", "disabled", "infant")
NEED_SCHEMA: Final = pl.Schema({"household_id": pl.String(), "need": pl.String(), "source": pl.String()})


def household_needs(residents: pl.DataFrame, needs: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Tell the needs of households.

    Args:
        residents: rows of ``residents.residents_of``.
        needs: rows of ``members.NEED_SCHEMA``.
        places: one row a household: ``household_id, floor, lift, storeys, is_flooded``.

    Returns:
        ``household_id, need, source``, distinct and sorted. A high floor without a lift is a need only where somebody
        of 60 or more, with a disability or under three lives: others walk down. Low ground where water rose is one for
        everybody.
    """
    homes = residents.select("person_id", "household_id")
    own = needs.join(homes, on="person_id").select("household_id", "need", "source")
    couples = _elderly_couples(residents, needs)
    stairs = _high_floors(residents, needs, places)
    return pl.concat([own, couples, stairs, _low_ground(places)]).unique().sort(NEED_SCHEMA.names())


def _elderly_couples(residents: pl.DataFrame, needs: pl.DataFrame) -> pl.DataFrame:
    """Households of two or more in which nobody under 60 is surely at home, and nobody else in the dwelling."""
    old = (pl.col("age") >= ELDERLY_YEARS).fill_null(value=False)
    young = ~old & (pl.col("presence") >= SURE)
    shared = pl.when("is_room").then(young.any().over("place")).otherwise(young.any().over("household_id"))
    alone = needs.filter(pl.col("need").is_in(["elderly_alone", "perhaps_alone"]))
    solitary = residents.join(alone, on="person_id", how="semi").select("household_id").unique()
    homes = (
        residents.with_columns(is_old=old, is_shared=shared)
        .group_by("household_id")
        .agg(elders=pl.col("is_old").sum(), is_shared=pl.col("is_shared").any())
        .filter((pl.col("elders") >= 2) & ~pl.col("is_shared"))
    )
    found = homes.join(solitary, on="household_id", how="anti")
    return found.select("household_id", need=pl.lit("elderly_couple"), source=pl.lit("master.household"))


def _high_floors(residents: pl.DataFrame, needs: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    frail = pl.concat(
        [
            residents.filter(pl.col("age") >= ELDERLY_YEARS).select("person_id"),
            needs.filter(pl.col("need").is_in(NEEDS_THE_STAIRS)).select("person_id"),
        ]
    ).unique()
    homes = residents.join(frail, on="person_id", how="semi").select("household_id").unique()
    need = (
        pl.when(pl.col("lift") == "no")
        .then(pl.lit("high_floor_no_lift"))
        .when(pl.col("lift") == "unknown")
        .then(pl.lit("high_floor_lift_unknown"))
    )
    high = places.filter(pl.col("floor") >= HIGH_FLOOR).join(homes, on="household_id", how="semi")
    return high.select("household_id", need=need, source=pl.lit("facts.building")).drop_nulls("need")


def _low_ground(places: pl.DataFrame) -> pl.DataFrame:
    """Ground floors and undivided houses on ground where water rose; homes below ground wherever they are."""
    ground = pl.col("is_flooded") & ((pl.col("floor") <= 1) | (pl.col("floor").is_null() & (pl.col("storeys") <= 1)))
    flooded = places.filter(ground.fill_null(value=False))
    below = places.filter((pl.col("floor") < 0).fill_null(value=False))
    return pl.concat(
        [
            flooded.select("household_id", need=pl.lit("flood_prone"), source=pl.lit("facts.sensor_alarm")),
            below.select("household_id", need=pl.lit("basement"), source=pl.lit("master.address")),
        ]
    )
