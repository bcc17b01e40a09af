"""Whether the points find next quarter's fires and blocked passages better than plain past counts do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from pipelines.risk.buildings.evaluation import EVALUATION, bootstrap_weights, interval, share_listed
from pipelines.risk.buildings.events import begun_on
from pipelines.risk.buildings.factors import part_points
from pipelines.risk.buildings.inputs import building_inputs
from pipelines.risk.buildings.points import Points
from pipelines.risk.buildings.scoring import with_factors

MART: Final = "marts.risk_building"
QUARTER: Final = 91
LEAST_HISTORY: Final = 150
MOST_ORIGINS: Final = 8
TOP: Final = 0.10
# With fewer events to find, no order can be told from another.
LEAST_EVENTS: Final = 30

ORDERS: Final = ("points", "shrunk_counts", "counts")
HIT_RATE: Final = "hit_rate_top_10"
GAIN: Final = "gain_over_counts"

# What each tested factor should find, by the kind of event. Alarms tell of where the devices are, so that a list which
# finds many of them is told of, and decides nothing.
TARGETS: Final = {
    "fire": ("fire", "fire"),
    "smoke_alarm": ("fire", "smoke_alarm"),
    "blocked_passage": ("blocked_passage", "blocked_order"),
    "lane_alarm": ("blocked_passage", "lane_alarm"),
}
DECIDING: Final = ("fire", "blocked_passage")
_LISTED: Final = {
    "target": pl.String(),
    "origin": pl.Date(),
    "place": pl.String(),
    "events": pl.UInt32(),
    **dict.fromkeys(ORDERS, pl.Float64()),
}


@dataclass(frozen=True)
class Verdict:
    """What the test of buildings says.

    Attributes:
        rows: `EVALUATION`.
        orders: by tested factor what it is ordered by. `points` where they are shown to be better than plain counts and
            found no less than shrunk ones; else `shrunk_counts`, also where there was too little to test; `counts`
            where these found more than both.
    """

    rows: pl.DataFrame
    orders: Mapping[str, str]


def check_points(
    buildings: pl.DataFrame, devices: pl.DataFrame, events: pl.DataFrame, as_of: dt.date, points: Points
) -> Verdict:
    """Rank all buildings at the ends of past quarters by what was known then, and count the next quarter's events.

    What houses are (age, structure, storeys, homes, devices) is today's register at each origin; what happened is of
    the year before it alone.

    Args:
        buildings: `facts.building`.
        devices: `facts.device`.
        events: of `happened`.
        as_of: the day that the snapshot speaks of.
        points: of `building_points`.
    """
    listed = [_lists(buildings, devices, events, origin, points) for origin in _origins(events, as_of)]
    found = pl.concat([pl.DataFrame(schema=_LISTED), *listed])
    rows = [row for target in TARGETS for row in _rows(target, found.filter(target=target), as_of)]
    frame = pl.DataFrame(rows, schema=EVALUATION, orient="row")
    return Verdict(frame, {target: _order(frame, target) for target in DECIDING})


def _order(rows: pl.DataFrame, factor: str) -> str:
    gains = {row["model"]: row for row in rows.filter(measure=GAIN).iter_rows(named=True)}
    points, shrunk = gains[f"{factor}_points"], gains[f"{factor}_shrunk_counts"]
    if points["value"] is None:
        return "shrunk_counts"
    if points["value_low"] > 0 and points["value"] >= shrunk["value"]:
        return "points"
    return "shrunk_counts" if shrunk["value"] >= 0 else "counts"


def _lists(
    buildings: pl.DataFrame, devices: pl.DataFrame, events: pl.DataFrame, origin: dt.date, points: Points
) -> pl.DataFrame:
    """One row per target and building with events after the origin: how many, and how far each order listed it."""
    begun_late = [kind for _, kind in TARGETS.values() if not _covers(events, kind, origin)]
    told = events.filter(~pl.col("kind").is_in(begun_late))
    parts = part_points(building_inputs(buildings, devices, told, origin, points.window_days), origin, points)
    ahead = pl.col("on").is_between(origin, origin + dt.timedelta(days=QUARTER), closed="right")
    after = told.filter(ahead).group_by("place", "kind").len("events")
    found = []
    for target, (factor, kind) in TARGETS.items():
        lists = parts.select(
            "building_code",
            *(
                share_listed(with_factors(parts, points, {factor: order})[f"{factor}_points"], TOP).alias(order)
                for order in ("points", "shrunk_counts")
            ),
            share_listed(parts[kind], TOP).alias("counts"),
        )
        joined = after.filter(kind=kind).join(lists, left_on="place", right_on="building_code", how="inner")
        found.append(joined.with_columns(origin=pl.lit(origin), target=pl.lit(target)).select(list(_LISTED)))
    return pl.concat(found)


def _origins(events: pl.DataFrame, as_of: dt.date) -> list[dt.date]:
    """Ends of past quarters, newest first, that have five months of history and a whole quarter after them."""
    first = begun_on(events)
    if first is None:
        return []
    origins = [as_of - dt.timedelta(days=QUARTER * back) for back in range(1, MOST_ORIGINS + 1)]
    return [origin for origin in origins if (origin - first).days >= LEAST_HISTORY]


def _covers(events: pl.DataFrame, kind: str, origin: dt.date) -> bool:
    """Whether events of the kind were told for five months before the origin: else its counts begin late."""
    first = events.filter(kind=kind)["on"].min()
    return isinstance(first, dt.date) and (origin - first).days >= LEAST_HISTORY


def _rows(target: str, listed: pl.DataFrame, as_of: dt.date) -> list[tuple[object, ...]]:
    events = int(listed["events"].sum())
    period = f"{min(listed['origin'].to_list(), default=as_of)}..{as_of}"
    names = [(order, HIT_RATE) for order in ORDERS] + [(order, GAIN) for order in ORDERS if order != "counts"]
    measured = _shares(listed) if events >= LEAST_EVENTS else {}
    return [
        (MART, f"{target}_{order}", name, *measured.get((order, name), (None, None, None)), events, period)
        for order, name in names
    ]


def _shares(listed: pl.DataFrame) -> dict[tuple[str, str], tuple[float, float, float]]:
    """Shares of the events on each list and their gains over counts, with intervals by drawing buildings."""
    by_place = listed.group_by("place").agg(
        pl.col("events").sum().cast(pl.Float64),
        *((pl.col("events") * pl.col(order)).sum().alias(order) for order in ORDERS),
    )
    table = by_place.sort("place").select("events", *ORDERS).to_numpy()
    whole, drawn = table.sum(axis=0), bootstrap_weights(len(table)) @ table
    share = {order: whole[at] / whole[0] for at, order in enumerate(ORDERS, 1)}
    shares = {order: drawn[:, at] / drawn[:, 0] for at, order in enumerate(ORDERS, 1)}
    rates = {(order, HIT_RATE): (float(share[order]), *interval(shares[order])) for order in ORDERS}
    gains = {
        (order, GAIN): (float(share[order] - share["counts"]), *interval(shares[order] - shares["counts"]))
        for order in ORDERS
        if order != "counts"
    }
    return rates | gains
