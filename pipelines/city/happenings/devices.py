"""Devices at places, and what they send: heartbeats and counts lately, alarms and faults over a year and more."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.life import FOREVER
from pipelines.city.numbers import Ints
from pipelines.city.world import World
from pipelines.city.writing.draws import choice

TYPES = ["smoke", "access_gate", "camera", "fire_lane", "falling_object", "water_level"]
TYPE_SHARES = [0.4, 0.22, 0.2, 0.08, 0.07, 0.03]
RESIDENTS_PER_DEVICE = 60
RETIRED_SHARE = 0.01
SHORT_HISTORY_DAYS, LONG_HISTORY_DAYS = 14, 420
_PER_DEVICE_DAY: tuple[tuple[str, float, int], ...] = (
    ("heartbeat", 1.86, SHORT_HISTORY_DAYS),
    ("count", 0.66, SHORT_HISTORY_DAYS),
    ("alarm", 0.03, LONG_HISTORY_DAYS),
    ("fault", 0.12 / 365, LONG_HISTORY_DAYS),
)
_DAY_MS, _MINUTE_MS, _UTC_OFFSET_HOURS = 86_400_000, 60_000, 8
_HANDLED, _HANDLED_LATELY, _MEDIAN_MINUTES, _LOG_SPREAD = 0.92, 0.97, 9.0, 0.9
_REPAIR_DAYS = 6.0


def draw_devices(world: World) -> pl.DataFrame:
    """Return devices: record, place (building, house or estate), type, installed (date), retired_night."""
    rng = world.rng("happenings/devices")
    size = max(12, world.people.spells["person"].n_unique() // RESIDENTS_PER_DEVICE)
    is_site = pl.col("level").is_in(["building", "estate", "house_number"]) & (pl.col("kind") != "village")
    sites = world.places.register.filter(is_site)["place"].to_numpy()
    retired = rng.random(size) < RETIRED_SHARE
    return pl.DataFrame(
        {
            "record": np.arange(size),
            "place": sites[rng.integers(0, len(sites), size)],
            "type": choice(rng, TYPES, size, TYPE_SHARES),
            "installed": np.datetime64(world.start, "D") - rng.integers(30, 1_500, size).astype("timedelta64[D]"),
            "retired_night": np.where(retired, rng.integers(1, max(2, world.nights), size), FOREVER),
        }
    )


def draw_events(world: World, devices: pl.DataFrame) -> pl.DataFrame:
    """Return what devices sent since they were installed; a pure function of the world.

    Returns:
        device (its record), type, ts and handled (epoch milliseconds; -1: never), night.
    """
    rng = world.rng("happenings/events")
    parts = [_events(world, rng, len(devices), *rates) for rates in _PER_DEVICE_DAY]
    repaired = _repaired(world, rng, parts[-1])
    begins = devices.select(device="record", begins=pl.col("installed").cast(pl.Datetime("ms")).dt.epoch("ms"))
    events = pl.concat([*parts, repaired]).join(begins, on="device", how="left", maintain_order="left")
    return events.filter(pl.col("ts") >= pl.col("begins")).drop("begins").sort("night", "ts", "device", "type")


def _events(world: World, rng: np.random.Generator, devices: int, kind: str, rate: float, past: int) -> pl.DataFrame:
    counts = [rng.poisson(devices * rate * days) for days in (past, *[1] * (world.nights - 1))]
    night = np.repeat(np.arange(world.nights), counts)
    size = len(night)
    span = np.where(night == 0, past, 1)
    at = _midnight(world, night) - np.floor(rng.random(size) * span * _DAY_MS).astype(np.int64)
    handled = np.full(size, -1, dtype=np.int64)
    if kind == "alarm":
        far = 1 - (_midnight(world, np.zeros(size, dtype=np.int64)) - at) / (LONG_HISTORY_DAYS * _DAY_MS)
        wait = _MEDIAN_MINUTES * np.exp(rng.normal(0, _LOG_SPREAD, size)) * _MINUTE_MS
        is_handled = rng.random(size) < _HANDLED + (_HANDLED_LATELY - _HANDLED) * np.clip(far, 0, 1)
        handled = np.where(is_handled, at + wait.astype(np.int64), -1)
    return _frame(rng.integers(0, devices, size), kind, at, handled, night)


def _repaired(world: World, rng: np.random.Generator, faults: pl.DataFrame) -> pl.DataFrame:
    """Let a device recover some days after its fault, where that is before the last night."""
    days = rng.exponential(_REPAIR_DAYS, len(faults))
    at = faults["ts"].to_numpy() + (days * _DAY_MS).astype(np.int64)
    first = _midnight(world, np.zeros(len(at), dtype=np.int64))
    night = np.maximum(0, -(-(at - first) // _DAY_MS))
    never = np.full(len(at), -1, dtype=np.int64)
    return _frame(faults["device"].to_numpy(), "recovered", at, never, night).filter(pl.col("night") < world.nights)


def _midnight(world: World, night: Ints) -> Ints:
    """Return the epoch milliseconds of the local midnight at which each night's delivery begins."""
    begin = np.datetime64(world.start, "ms") - np.timedelta64(_UTC_OFFSET_HOURS, "h")
    return np.asarray((begin + night.astype("timedelta64[D]")).astype(np.int64))


def _frame(device: Ints, kind: str, at: Ints, handled: Ints, night: Ints) -> pl.DataFrame:
    return pl.DataFrame({"device": device, "ts": at, "handled": handled, "night": night}).with_columns(
        pl.lit(kind).alias("type")
    )
