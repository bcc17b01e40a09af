"""One night of the buildings: the facts in, `marts.risk_building` and its rows of `marts.risk_evaluation` out."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from pipelines.risk.buildings.backtest import MART, Verdict, check_points
from pipelines.risk.buildings.events import Scan, happened
from pipelines.risk.buildings.factors import part_points
from pipelines.risk.buildings.inputs import building_inputs
from pipelines.risk.buildings.points import building_points
from pipelines.risk.buildings.scoring import with_factors, with_score
from pipelines.risk.buildings.wording import with_reasons
from pipelines.risk.register import ModelEntry, may_publish

FACTORS: Final = ("fire", "structure", "blocked_passage", "vacancy", "dispute")

RISK_BUILDING: Final = {
    "address_code": pl.String(),
    "name_zh": pl.String(),
    "district": pl.String(),
    "street": pl.String(),
    "community": pl.String(),
    "estate_code": pl.String(),
    "estate": pl.String(),
    "lon": pl.Float64(),
    "lat": pl.Float64(),
    "level": pl.String(),
    "storeys": pl.Int64(),
    "built_year": pl.Int64(),
    "structure": pl.String(),
    "dwellings": pl.Int64(),
    **{f"{factor}_level": pl.String() for factor in FACTORS},
    **{f"{factor}_points": pl.Float64() for factor in FACTORS},
    **{f"{factor}_contribution": pl.Float64() for factor in FACTORS},
    "score": pl.Float64(),
    "tier": pl.Int64(),
    "rank": pl.Int64(),
    "known_factors": pl.Int64(),
    "reasons_zh": pl.String(),
    "reasons_en": pl.String(),
    "ordered_by": pl.String(),
    "as_of": pl.Date(),
}
"""Grain: a building in use. `<factor>_points` 0..1, null when unknown; `<factor>_contribution` add up to `score`;
`tier` 1 (first) to 4, null when not assessed; `ordered_by` says of fire and blocked passages what they are ordered by:
points, shrunk_counts or counts."""


def assess_buildings(scan: Scan, as_of: dt.date) -> pl.DataFrame:
    """Return `marts.risk_building`, sorted by address_code; empty when the model register does not allow it.

    Args:
        scan: reads `facts.building`, `facts.device`, `facts.incident`, `facts.sensor_alarm`, `facts.workorder` and
            `facts.dispute`.
        as_of: the day that the snapshot speaks of.
    """
    if not may_publish(MART, as_of).published:
        return pl.DataFrame(schema=RISK_BUILDING)
    points = building_points()
    buildings, devices = scan("facts.building").collect(), scan("facts.device").collect()
    events = happened(scan, buildings)
    orders = check_points(buildings, devices, events, as_of, points).orders
    inputs = building_inputs(buildings, devices, events, as_of, points.window_days)
    scored = with_score(with_factors(part_points(inputs, as_of, points), points, orders), points)
    told = with_reasons(scored, points, orders)
    ways = "; ".join(f"{factor}: {order}" for factor, order in orders.items())
    named = told.rename({"building_code": "address_code", "name": "name_zh"})
    dated = named.with_columns(as_of=pl.lit(as_of), ordered_by=pl.lit(ways))
    return dated.select(pl.col(name).cast(kind) for name, kind in RISK_BUILDING.items()).sort("address_code")


def evaluate_buildings(scan: Scan, as_of: dt.date) -> pl.DataFrame:
    """Return the rows of `marts.risk_evaluation` that tell how the order of buildings did in past quarters."""
    return _verdict(scan, as_of).rows.sort("mart", "model", "measure")


def model_entries(scan: Scan) -> list[ModelEntry]:
    """Return what the model register says of the buildings tonight."""
    rows = scan("marts.risk_evaluation").filter(pl.col("mart") == MART).collect()
    scores = {f"{row['model']}.{row['measure']}": _number(row["value"]) for row in rows.iter_rows(named=True)}
    days = scan("facts.incident").filter(~pl.col("is_future")).select(
        first=pl.col("reported_on").min(), last=pl.col("reported_on").max()
    ).collect()  # fmt: skip
    return [ModelEntry(MART, "building_points", days["first"].item(), days["last"].item(), scores)]


def _verdict(scan: Scan, as_of: dt.date) -> Verdict:
    buildings, devices = scan("facts.building").collect(), scan("facts.device").collect()
    return check_points(buildings, devices, happened(scan, buildings), as_of, building_points())


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
