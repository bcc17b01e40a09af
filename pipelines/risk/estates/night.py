"""One night of the estates: the facts in, `marts.estate_pressure` and its evaluation out."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from pipelines.risk.buildings.events import Scan, begun_on, happened
from pipelines.risk.disputes.cases import dispute_cases
from pipelines.risk.estates.months import DRIVERS, estate_months, estates_of, month_ends
from pipelines.risk.estates.pressure import MIN_HOMES, with_pressure
from pipelines.risk.estates.trial import MART, hold_trial
from pipelines.risk.register import ModelEntry, may_publish

ESTATE_PRESSURE: Final = {
    "estate_code": pl.String(),
    "estate": pl.String(),
    "district": pl.String(),
    "street": pl.String(),
    "community": pl.String(),
    "month": pl.String(),
    "rooms": pl.Int64(),
    "open_disputes": pl.Int64(),
    "new_disputes": pl.Int64(),
    "workorders": pl.Int64(),
    "open_workorders": pl.Int64(),
    "fee_disputes": pl.Int64(),
    "quarrels": pl.Int64(),
    **{f"{name}_points": pl.Float64() for name in DRIVERS},
    "index": pl.Float64(),
    "index_low": pl.Float64(),
    "index_high": pl.Float64(),
    "light": pl.String(),
    "drivers_zh": pl.String(),
    "drivers_en": pl.String(),
}
"""Grain: estate and month. `index` 0..100, 50 is as usual for its homes; `<driver>_points` add up to index - 50; the
interval is 80 %. Counts and index are null in an estate of fewer than ten homes, whose light is grey."""


def assess_estates(scan: Scan, as_of: dt.date) -> pl.DataFrame:
    """Return `marts.estate_pressure`, sorted; empty when the model register does not allow it.

    Args:
        scan: reads `facts.building`, `facts.dispute`, `facts.workorder`, `facts.incident` and `facts.sensor_alarm`.
        as_of: the day that the snapshot speaks of.
    """
    if not may_publish(MART, as_of).published:
        return pl.DataFrame(schema=ESTATE_PRESSURE)
    months, _, _ = _months(scan, as_of)
    shown = pl.col("homes") >= MIN_HOMES
    told = months.with_columns(pl.when(shown).then(pl.col(name)).alias(name) for name in DRIVERS)
    return told.select(pl.col(name).cast(kind) for name, kind in ESTATE_PRESSURE.items()).sort("estate_code", "month")


def evaluate_estates(scan: Scan, as_of: dt.date) -> pl.DataFrame:
    """Return the rows of `marts.risk_evaluation` that tell how the index did in past months."""
    months, cases, events = _months(scan, as_of)
    return hold_trial(months, cases, events, as_of)


def model_entries(scan: Scan) -> list[ModelEntry]:
    """Return what the model register says of the estates tonight."""
    rows = scan("marts.risk_evaluation").filter(pl.col("mart") == MART).sort("model", "measure").collect()
    values = zip(rows["model"], rows["measure"], rows["value"], strict=True)
    scores = {f"{model}.{measure}": float("nan") if value is None else value for model, measure, value in values}
    days = scan("facts.dispute").filter(~pl.col("is_future")).select(
        first=pl.col("received_on").min(), last=pl.col("received_on").max()
    ).collect()  # fmt: skip
    return [ModelEntry(MART, "estate_pressure", days["first"].item(), days["last"].item(), scores)]


def _months(scan: Scan, as_of: dt.date) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    buildings = scan("facts.building").collect()
    events = happened(scan, buildings)
    cases = dispute_cases(scan("facts.dispute").collect(), buildings)
    ends = month_ends(begun_on(events), as_of)
    counted = estate_months(estates_of(buildings), cases, scan("facts.workorder").collect(), events, ends)
    return with_pressure(counted), cases, events
