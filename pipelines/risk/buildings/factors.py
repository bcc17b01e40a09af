"""The points of each part of each factor, by the file of points; null where nothing is known."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from pipelines.risk.buildings.points import Banded, Points
from pipelines.risk.buildings.rates import against_expected, expected_by, relative_rates

# Below this share of known homes a share of vacant ones is a guess.
LEAST_KNOWN_HOMES: Final = 0.5
# 128 homes behind one number are as many as the points can tell.
DOUBLINGS: Final = 7


def part_points(inputs: pl.DataFrame, on: dt.date, points: Points) -> pl.DataFrame:
    """Return `inputs` with one column `<factor>.<part>` (0..1, null unknown) for each part of the file.

    Args:
        inputs: of `building_inputs`.
        on: the day that ages are counted to.
        points: of `building_points`.
    """
    measured = _with_rates(inputs).with_columns(
        age=_banded(on.year - pl.col("built_year"), points.bands["age_years"]),
        height=_banded(pl.col("storeys"), points.bands["storeys"]),
        size=(pl.col("dwellings").log(2) / DOUBLINGS).clip(0, 1),
        built=pl.col("structure").replace_strict(
            {str(word): value for word, value in points.structures.points.items()},
            default=None,
            return_dtype=pl.Float64,
        ),
    )
    parts = _fire() | _structure() | _blocked() | _vacancy(points) | _dispute(points)
    return measured.with_columns(expression.cast(pl.Float64).alias(name) for name, expression in parts.items())


def _with_rates(inputs: pl.DataFrame) -> pl.DataFrame:
    """Add what happened as multiples of the usual: reports against homes, alarms against the devices that can ring."""
    homes = inputs["dwellings"].cast(pl.Float64)

    def rate(reports: str, alarms: str, devices: str) -> pl.Series:
        expected = expected_by(inputs[reports], homes) + expected_by(inputs[alarms], inputs[f"{devices}_devices"])
        return against_expected(inputs[reports] + inputs[alarms], expected)

    return inputs.with_columns(
        rate("fire", "smoke_alarm", "smoke").alias("fire_rate"),
        rate("blocked_order", "lane_alarm", "fire_lane").alias("blocked_passage_rate"),
        rate("falling_order", "falling_alarm", "falling_object").alias("fall_rate"),
        relative_rates(inputs["leaks"], homes).alias("leak_rate"),
        relative_rates(inputs["troubles"], homes).alias("trouble_rate"),
        relative_rates(inputs["estate_blocked"], inputs["estate_homes"] - homes).alias("estate_blocked_rate"),
    )


def _fire() -> dict[str, pl.Expr]:
    need = pl.max_horizontal("age", "height", "size", "built")
    missing = pl.when(pl.col("smoke_devices") == 0).then(1.0).otherwise(
        # One for a staircase of ten homes is plenty, one for a tower of a hundred is not.
        (1 - pl.col("smoke_devices") * 20 / pl.col("dwellings")).clip(0, 1)
    )  # fmt: skip
    return {
        "fire.history": pl.when("incidents_known").then(_more_than_usual("fire_rate")),
        "fire.size": pl.col("size"),
        "fire.detectors": pl.when("smoke_known").then(missing * need),
        "fire.age": pl.col("age"),
        "fire.structure": pl.col("built"),
        "fire.storeys": pl.col("height"),
    }


def _structure() -> dict[str, pl.Expr]:
    return {
        "structure.age": pl.col("age"),
        "structure.structure": pl.col("built"),
        "structure.leaks": pl.when("orders_known").then(_more_than_usual("leak_rate")),
        "structure.falling": pl.when(pl.col("orders_known") | (pl.col("falling_object_devices") > 0)).then(
            _more_than_usual("fall_rate")
        ),
    }


def _blocked() -> dict[str, pl.Expr]:
    known = pl.col("orders_known") | pl.col("lanes_watched")
    return {
        "blocked_passage.history": pl.when(known).then(_more_than_usual("blocked_passage_rate")),
        "blocked_passage.estate": pl.when("orders_known").then(_more_than_usual("estate_blocked_rate")),
    }


def _vacancy(points: Points) -> dict[str, pl.Expr]:
    known_homes = pl.col("dwellings") - pl.col("homes_unknown")
    enough = (pl.col("dwellings") >= points.min_homes) & (known_homes >= LEAST_KNOWN_HOMES * pl.col("dwellings"))
    share = pl.col("homes_vacant") / known_homes
    return {"vacancy.share": pl.when(enough).then(_banded(share, points.bands["vacant_share"]))}


def _dispute(points: Points) -> dict[str, pl.Expr]:
    enough = pl.col("disputes_known") & (pl.col("dwellings") >= points.min_homes)
    told = pl.when(pl.col("troubles") >= points.min_disputes).then(_more_than_usual("trouble_rate")).otherwise(0.0)
    # In thirds: what goes out of a house is that there is much, not how often they called.
    return {"dispute.history": pl.when(enough).then((told * 3).round() / 3)}


def _more_than_usual(rate: str) -> pl.Expr:
    """0 up to the usual rate, 0.5 at its double, 1 from its fourfold on."""
    return (pl.col(rate).log(2) / 2).clip(0, 1)


def _banded(value: pl.Expr, band: Banded) -> pl.Expr:
    """Points of the highest lower bound that `value` reaches; 0 below all, null where it is null."""
    bounds = sorted(((float(bound), told) for bound, told in band.points.items()), reverse=True)
    reached = [pl.when(value >= bound).then(told) for bound, told in bounds]
    return pl.coalesce(*reached, pl.when(value.is_not_null()).then(0.0))
