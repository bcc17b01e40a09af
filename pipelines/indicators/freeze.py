"""The quarterly freeze: an immutable copy of a quarter's indicators with the definitions they were counted by.

A published value changes when late files arrive or a definition is mended; what was reported for a quarter must not.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import polars as pl

from pipelines.errors import LakeError
from pipelines.home import Home
from pipelines.indicators.freeze_calendar import FreezeRefused, Quarter
from pipelines.indicators.freeze_store import (
    FrozenBroken,
    frozen_quarters,
    read_manifest,
    read_table,
    verify_quarter,
    write_frozen,
)
from pipelines.lake.lock import RunLock
from pipelines.lake.snapshot import Snapshot
from pipelines.lake.store import Lake

__all__ = [
    "FROZEN_SCHEMA",
    "FreezeRefused",
    "FrozenBroken",
    "Quarter",
    "freeze_quarter",
    "frozen_quarters",
    "read_frozen",
    "read_intact",
    "read_manifest",
    "verify_quarter",
]

SHANGHAI = timezone(timedelta(hours=8))
VALUES, DEFINITIONS = "marts.kpi_monthly", "marts.indicator"
NOT_OVER = "incomplete"
KEY = ("indicator", "area_level", "area", "month")
FROZEN_SCHEMA: dict[str, pl.DataType] = {
    "quarter": pl.String(),
    "frozen_on": pl.Date(),
    "snapshot": pl.String(),
    "method_version": pl.String(),
    **dict.fromkeys(
        ("indicator", "name_zh", "name_en", "area_level", "area", "district", "street", "community", "month"),
        pl.String(),
    ),
    **dict.fromkeys(("numerator", "denominator", "value", "value_low", "value_high"), pl.Float64()),
    "unit": pl.String(),
    "direction": pl.String(),
    "target": pl.Float64(),
    "baseline": pl.Float64(),
    "light": pl.String(),
    "light_reason": pl.String(),
    "suppressed": pl.Boolean(),
    "method": pl.String(),
    "owner": pl.String(),
    "source_feeds": pl.String(),
    "query": pl.String(),
}
"""`marts.kpi_frozen`: what was frozen when and from which snapshot, then the columns of `marts.kpi_monthly`."""


def freeze_quarter(home: Home, quarter: str, now: datetime, actor: str) -> dict[str, Any]:
    """Freeze a quarter of the current snapshot.

    Args:
        home: the home; its run lock is taken.
        quarter: such as `2026Q4`.
        now: the instant, for the record and to refuse a quarter that is not over.
        actor: who freezes it.

    Returns:
        The manifest: quarter, frozen_at, frozen_on, frozen_by, snapshot, run, months, method_versions, files, seal.

    Raises:
        FreezeRefused: when it is no quarter, is not over, has no data for its last month, or is frozen already.
        FrozenBroken: when it is frozen already and what was frozen has changed.
        LakeError: when there is no snapshot, or it has no indicators.
        LockHeldError: when a run works on the home.
    """
    wanted = Quarter.parse(quarter)
    with RunLock(home):
        snapshot = _snapshot(home)
        tables = _tables(snapshot, wanted)
        if wanted.name in frozen_quarters(home):
            raise FreezeRefused(_frozen_already(home, wanted, tables))
        _check_over(wanted, now, _as_of(snapshot), tables["kpi_monthly"])
        facts = {
            "frozen_at": now.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            "frozen_on": now.astimezone(SHANGHAI).date().isoformat(),
            "frozen_by": actor,
            "snapshot": snapshot.id,
            "run": snapshot.run,
            "months": sorted(tables["kpi_monthly"]["month"].unique()),
            "method_versions": _versions(tables["indicator"]),
        }
        return write_frozen(home, wanted.name, tables, facts)


def read_frozen(home: Home) -> pl.DataFrame:
    """Return `marts.kpi_frozen`: every row of every frozen quarter, each byte checked first.

    Returns:
        The columns of FROZEN_SCHEMA, sorted by quarter, indicator and area; no rows where nothing is frozen. A column
        that a quarter was frozen without is null for it; one that was dropped since follows at the end.

    Raises:
        FrozenBroken: when a frozen quarter has changed.
    """
    return _frozen_table([_rows(home, quarter) for quarter in frozen_quarters(home)])


def read_intact(home: Home) -> tuple[pl.DataFrame, dict[str, str]]:
    """Return the rows of the quarters that are as they were frozen, and what is wrong with the others by name.

    For a night that must go on: what cannot be believed is left out and told.
    """
    frames, broken = [], {}
    for quarter in frozen_quarters(home):
        try:
            frames.append(_rows(home, quarter))
        except FrozenBroken as error:
            broken[quarter] = str(error)
    return _frozen_table(frames), broken


def _rows(home: Home, quarter: str) -> pl.DataFrame:
    manifest = read_manifest(home, quarter)
    return read_table(home, quarter, "kpi_monthly").with_columns(
        pl.lit(quarter).alias("quarter"),
        pl.lit(date.fromisoformat(manifest["frozen_on"])).alias("frozen_on"),
        pl.lit(str(manifest["snapshot"])).alias("snapshot"),
    )


def _frozen_table(frames: list[pl.DataFrame]) -> pl.DataFrame:
    whole = pl.concat([pl.DataFrame(schema=FROZEN_SCHEMA), *frames], how="diagonal_relaxed")
    return whole.sort("quarter", *KEY)


def _snapshot(home: Home) -> Snapshot:
    snapshot = Lake(home).current() if home.lake.exists() else None
    if snapshot is None or not snapshot.has(VALUES):
        raise LakeError(f"{home.root.name!r} has no indicators yet: run `streetlake load` first.")
    return snapshot


def _tables(snapshot: Snapshot, quarter: Quarter) -> dict[str, pl.DataFrame]:
    values = snapshot.scan(VALUES).filter(pl.col("month").is_in(quarter.months)).collect()
    return {
        "kpi_monthly": values.sort(KEY),
        "indicator": snapshot.scan(DEFINITIONS).collect().sort("indicator"),
    }


def _as_of(snapshot: Snapshot) -> date:
    """The day the snapshot speaks of: its newest delivery."""
    newest = snapshot.scan("ops.delivery").filter(pl.col("status").is_in(["loaded", "duplicate"]))
    day = newest.select(pl.col("delivered_on").max()).collect().item()
    if not isinstance(day, date):
        raise LakeError(f"snapshot {snapshot.id} has no delivery: there is nothing to freeze.")
    return day


def _check_over(quarter: Quarter, now: datetime, as_of: date, values: pl.DataFrame) -> None:
    today = now.astimezone(SHANGHAI).date()
    if today < quarter.free_from:
        raise FreezeRefused(f"{quarter.name} is not over: it can be frozen from {quarter.free_from} on.")
    if as_of < quarter.free_from:
        raise FreezeRefused(
            f"the newest delivery is of {as_of}, and {quarter.name} ends on {quarter.last_day}: it can be frozen once "
            f"files of {quarter.free_from} or later are loaded."
        )
    known = pl.col("value").is_not_null()
    if "light_reason" in values.columns:
        known &= pl.col("light_reason") != NOT_OVER
    if values.filter((pl.col("month") == quarter.months[-1]) & known).is_empty():
        raise FreezeRefused(
            f"no indicator has a value for {quarter.months[-1]}, the last month of {quarter.name}: load the files of "
            "that month first. Months that lie two years back are not counted any more."
        )


def _frozen_already(home: Home, quarter: Quarter, tables: dict[str, pl.DataFrame]) -> str:
    manifest = verify_quarter(home, quarter.name)
    changed = [name for name, frame in tables.items() if not frame.equals(read_table(home, quarter.name, name))]
    told = "as they are in the snapshot now" if not changed else f"other than they are now ({', '.join(changed)})"
    return (
        f"{quarter.name} was frozen on {manifest['frozen_on']} by {manifest['frozen_by']} from snapshot "
        f"{manifest['snapshot']}, {told}. A quarter is frozen once; marts.kpi_frozen keeps it beside marts.kpi_monthly."
    )


def _versions(definitions: pl.DataFrame) -> list[str]:
    if "method_version" not in definitions.columns:
        return []
    return sorted(definitions["method_version"].cast(pl.String).drop_nulls().unique())
