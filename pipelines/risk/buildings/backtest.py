"""Whether the points find next quarter's fires and blocked passages better than plain past counts do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from pipelines.risk.buildings.evaluation import EVALUATION, bootstrap_weights, interval, share_listed
from pipelines.risk.buildings.factors import part_points
from pipelines.risk.buildings.inputs import building_inputs
from pipelines.risk.buildings.points import Points
from pipelines.risk.buildings.scoring import COUNTS, with_factors

MART: Final = "marts.risk_building"
QUARTER: Final = 91
LEAST_HISTORY: Final = 182
MOST_ORIGINS: Final = 8
TOP: Final = 0.10
# With fewer events to find, no order can be told from another.
LEAST_EVENTS: Final = 30

ORDERS: Final = ("points", "shrunk_counts", "counts")
HIT_RATE: Final = "hit_rate_top_10"
GAIN: Final = "gain_over_counts"

TARGETS: Final = {"fire": ("fire", "smoke_alarm"), "blocked_passage": ("blocked_order", "lane_alarm")}


@dataclass(frozen=True)
class Verdict:
    """What the test of buildings says.

    Attributes:
        rows: `EVALUATION`.
        orders: by tested factor what it is ordered by. `points` where they are shown to be better than plain counts;
            else `shrunk_counts`, also where there was too little to test; `counts` where these were better than both.
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
    rows = [
        row
        for factor in TARGETS
        for row in _rows(factor, _listed(factor, buildings, devices, events, as_of, points), as_of)
    ]
    frame = pl.DataFrame(rows, schema=EVALUATION, orient="row")
    return Verdict(frame, {factor: _order(frame, factor) for factor in TARGETS})


def _order(rows: pl.DataFrame, factor: str) -> str:
    gains = rows.filter(measure=GAIN)
    points = gains.filter(pl.col("model") == f"{factor}_points", pl.col("value_low") > 0)
    shrunk = gains.filter(pl.col("model") == f"{factor}_shrunk_counts", pl.col("value") < 0)
    return "points" if points.height else "counts" if shrunk.height else "shrunk_counts"


def _listed(
    factor: str,
    buildings: pl.DataFrame,
    devices: pl.DataFrame,
    events: pl.DataFrame,
    as_of: dt.date,
    points: Points,
) -> pl.DataFrame:
    """One row per building and origin with events after it: how many, and how far each order had it on its list."""
    found = []
    for origin in _origins(events, as_of):
        kinds = [kind for kind in TARGETS[factor] if _covers(events, kind, origin)]
        begun_late = [kind for kind in TARGETS[factor] if kind not in kinds]
        past = events.filter(pl.col("on") <= origin, ~pl.col("kind").is_in(begun_late))
        after = events.filter(
            pl.col("kind").is_in(kinds),
            pl.col("on") > origin,
            pl.col("on") <= origin + dt.timedelta(days=QUARTER),
            pl.col("place").is_not_null(),
        )
        inputs = building_inputs(buildings, devices, past, origin, points.window_days)
        parts = part_points(inputs, origin, points)
        lists = parts.select(
            "building_code",
            *(
                share_listed(with_factors(parts, points, {factor: order})[f"{factor}_points"], TOP).alias(order)
                for order in ("points", "shrunk_counts")
            ),
            share_listed(parts[COUNTS[factor]], TOP).alias("counts"),
        )
        counted = after.group_by("place").len("events")
        joined = counted.join(lists, left_on="place", right_on="building_code", how="inner")
        found.append(joined.with_columns(origin=pl.lit(origin)))
    shape = {"place": pl.String(), "events": pl.UInt32(), **dict.fromkeys(ORDERS, pl.Float64()), "origin": pl.Date()}
    return pl.concat(found) if found else pl.DataFrame(schema=shape)


def _origins(events: pl.DataFrame, as_of: dt.date) -> list[dt.date]:
    """Ends of past quarters, newest first, that have half a year of history and a whole quarter after them."""
    first = events["on"].min()
    if not isinstance(first, dt.date):
        return []
    origins = [as_of - dt.timedelta(days=QUARTER * back) for back in range(1, MOST_ORIGINS + 1)]
    return [origin for origin in origins if (origin - first).days >= LEAST_HISTORY - 1]


def _covers(events: pl.DataFrame, kind: str, origin: dt.date) -> bool:
    """Whether events of the kind were told for about half a year before the origin: else its counts begin late."""
    first = events.filter(kind=kind)["on"].min()
    return isinstance(first, dt.date) and (origin - first).days >= LEAST_HISTORY - 31


def _rows(factor: str, listed: pl.DataFrame, as_of: dt.date) -> list[tuple[object, ...]]:
    events = int(listed["events"].sum())
    period = f"{min(listed['origin'].to_list(), default=as_of)}..{as_of}"
    names = [(order, HIT_RATE) for order in ORDERS] + [(order, GAIN) for order in ORDERS if order != "counts"]
    measured = _shares(listed) if events >= LEAST_EVENTS else {}
    return [
        (MART, f"{factor}_{order}", name, *measured.get((order, name), (None, None, None)), events, period)
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
