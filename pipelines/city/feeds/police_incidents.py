"""公安: incidents (警情), which name places and no persons."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.feeds.points import write_points
from pipelines.city.feeds.rows import FeedRows, address_truth, lose_some_keys, repeat_some, tell_ends
from pipelines.city.happenings.incidents import CRIMES, PETTY, draw_incidents
from pipelines.city.world import World
from pipelines.city.writing.addresses import write_addresses
from pipelines.city.writing.dates import write_instants

OPEN = "未办结"
_CLOCKS = ("reported", "dispatched", "arrived", "closed")
_HALF_DAY, _YEAR = pl.duration(hours=12), 365


def incident_rows(world: World) -> FeedRows:
    """Return incidents: 26 months of history on night 0, then each night's own.

    What is open when it is first told comes again on the night after it was closed; a few rows come again without
    any reason.
    """
    rng = world.rng("police_incidents")
    habits = world.habits("police")
    incidents = _clocks(world, rng, draw_incidents(world))
    place = incidents["place"].to_numpy()
    written = write_addresses(rng, world.places, place, habits.address, habits.formal)
    errors = habits.scene
    lon, lat = write_points(world, rng, place, errors.point_zero, errors.point_swapped, errors.point_sea)
    category = pl.col("category")
    nature = pl.when(category.is_in(CRIMES)).then(pl.lit("刑事")).when(category.is_in(PETTY)).then(pl.lit("治安"))
    told = incidents.select(
        pl.format("JQ9901{}", (pl.col("record") + 1).cast(pl.String).str.zfill(9)).alias("警情编号"),
        write_instants(incidents["reported"]).alias("报警时间"),
        write_instants(incidents["dispatched"]).alias("派警时间"),
        write_instants(incidents["arrived"]).alias("到场时间"),
        write_instants(incidents["closed"]).alias("办结时间"),
        category.alias("警情类别"),
        nature.otherwise(pl.lit("非警务")).alias("案件性质"),
        written["text"].alias("发生地址"),
        lon.alias("经度"),
        lat.alias("纬度"),
        pl.col("origin").alias("来源"),
        pl.when(pl.col("origin") == "预警推送")
        .then(pl.format("YJ{}", pl.col("record").cast(pl.String).str.zfill(8)))
        .alias("预警编号"),
        pl.col("outcome").alias("处置结果"),
        pl.col("record").alias("_record"),
        "night",
        "told_night",
    ).with_columns(*address_truth("location", written))
    frame = tell_ends(told, world.nights, {"办结时间": None, "处置结果": OPEN})
    frame = _sent_again(rng, frame, errors.sent_again, world.nights)
    frame = lose_some_keys(rng, frame, "警情编号", habits.lost_keys)
    frame = repeat_some(rng, frame, habits.repeated_rows, {"处置结果": "移交"})
    return FeedRows("police", "incidents", frame, full=False)


def _clocks(world: World, rng: np.random.Generator, incidents: pl.DataFrame) -> pl.DataFrame:
    """Let some clocks be half a day early, and some reports lie in the future by a mistyped year."""
    errors, size = world.habits("police").scene, len(incidents)
    late = pl.Series(rng.random(size) < errors.in_future)
    wrong = np.where(rng.random(size) < errors.clock_back, rng.integers(1, len(_CLOCKS), size), 0)
    return incidents.with_columns(
        pl.when(pl.Series(wrong == number)).then(pl.col(clock) - _HALF_DAY).otherwise(pl.col(clock)).alias(clock)
        for number, clock in enumerate(_CLOCKS)
        if number > 0
    ).with_columns(
        pl.when(late).then(_in_future(world, clock)).otherwise(pl.col(clock)).alias(clock) for clock in _CLOCKS
    )


def _in_future(world: World, clock: str) -> pl.Expr:
    """Move an instant by the fewest years (of 365 days) that bring its report beyond the last night."""
    days = (pl.lit(world.day(world.nights)) - pl.col("reported").dt.date()).dt.total_days()
    return pl.col(clock) + pl.duration(days=(days // _YEAR + 1) * _YEAR)


def _sent_again(rng: np.random.Generator, frame: pl.DataFrame, share: float, nights: int) -> pl.DataFrame:
    """Let a share of the rows come once more, unchanged, on the night after."""
    again = pl.Series(rng.random(len(frame)) < share) & (frame["_from"] < nights - 1)
    later = frame.filter(again).with_columns(pl.col("_from") + 1)
    known = frame.select("_record", "_from")
    return pl.concat([frame, later.join(known, on=["_record", "_from"], how="anti")])
