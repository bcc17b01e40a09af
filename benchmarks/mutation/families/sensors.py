"""What goes wrong with devices and no person has typed."""

from __future__ import annotations

import numpy as np
import polars as pl

from mutation.case import Case, Rng, some_rows
from mutation.families.dates import instants
from mutation.families.lists import new_keys
from mutation.frames import Corrupted, frame_corruption

EVENTS = "sensors_events"


def _is_events(case: Case) -> bool:
    return case.contract.name == EVENTS


@frame_corruption
def clock_stuck(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """The clocks of some devices, or of all, stand still."""
    if not _is_events(case):
        return None
    devices = frame["device_id"].unique().sort()
    chosen = devices.gather(np.sort(rng.permutation(len(devices))[: max(2, round(len(devices) * rng.uniform(0.3, 1)))]))
    stuck = pl.col("device_id").is_in(chosen.implode())
    first = frame["ts"].sort().head(1).new_from_index(0, len(frame))
    mask = frame.select(stuck).to_series()
    return frame.with_columns(first.zip_with(mask, frame["ts"]).alias("ts")), f"clock of {len(chosen)} devices stuck"


@frame_corruption
def clock_drifted(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A gateway restarted at its factory date: its events are years old."""
    if not _is_events(case):
        return None
    mask, share = some_rows(rng, len(frame), 0.1, 0.6)
    years = int(rng.integers(2, 20))
    old = instants(frame, "ts", lambda t: t - pl.duration(days=365 * years))
    return frame.with_columns(old.zip_with(mask, frame["ts"]).alias("ts")), f"{share:.0%} of events {years} years old"


@frame_corruption
def device_ids_shuffled(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Events are told of other devices than those they happened at."""
    if not _is_events(case):
        return None
    order = rng.permutation(len(frame))
    return frame.with_columns(frame["device_id"].gather(order).alias("device_id")), "device ids permuted"


@frame_corruption
def heartbeat_flood(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """One device sends heartbeats many times a minute."""
    if not _is_events(case):
        return None
    one = frame.filter(pl.col("type") == "heartbeat").head(1)
    if one.is_empty():
        return None
    size = int(len(frame) * float(rng.uniform(2, 15)))
    flood = one[[0] * size].with_columns(pl.Series("event_id", [f"E{9 * 10**10 + n}" for n in range(size)]))
    return pl.concat([frame, flood]), f"{size / len(frame):.0f} times as many events, from one device"


@frame_corruption
def devices_silent(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A gateway is down: most devices send nothing."""
    if not _is_events(case):
        return None
    devices = frame["device_id"].unique().sort()
    kept = devices.gather(
        np.sort(rng.permutation(len(devices))[: max(1, round(len(devices) * rng.uniform(0.05, 0.3)))])
    )
    silent = frame.filter(pl.col("device_id").is_in(kept.implode()))
    return silent, f"events of {len(kept)} of {len(devices)} devices only"


@frame_corruption
def seconds_for_milliseconds(case: Case, frame: pl.DataFrame, _rng: Rng) -> Corrupted | None:
    """Epoch seconds where milliseconds are agreed."""
    if not _is_events(case) or not frame.schema["ts"].is_integer():
        return None
    return frame.with_columns(pl.col("ts", "handled_at") // 1000), "epoch seconds"


@frame_corruption
def event_ids_restarted(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A counter began again from one: new events come under ids that were used before."""
    if not _is_events(case):
        return None
    first = int(rng.integers(1, 300))
    return frame.with_columns(
        pl.Series("event_id", [f"E{n:011d}" for n in range(first, first + len(frame))])
    ), "event ids used before"


@frame_corruption
def devices_renamed(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """The platform gave some devices new ids in one of the two feeds."""
    if not case.contract.name.startswith("sensors_"):
        return None
    devices = frame["device_id"].unique().sort()
    chosen = devices.gather(
        np.sort(rng.permutation(len(devices))[: max(2, round(len(devices) * rng.uniform(0.2, 0.9)))])
    )
    renamed = new_keys(chosen, rng)
    cells = frame["device_id"].replace(chosen.to_list(), renamed.to_list())
    return frame.with_columns(cells.alias("device_id")), f"{len(chosen)} of {len(devices)} devices renamed"


@frame_corruption
def alarms_muted(case: Case, frame: pl.DataFrame, _rng: Rng) -> Corrupted | None:
    """Every event is told as a heartbeat."""
    if not _is_events(case):
        return None
    return frame.with_columns(pl.lit("heartbeat").alias("type")), "all events heartbeats"


@frame_corruption
def values_constant(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Counters are stuck at one value."""
    if not _is_events(case):
        return None
    value = float(rng.choice([0.0, 65535.0, -1.0]))
    stuck = pl.when(pl.col("value").is_not_null()).then(pl.lit(value)).alias("value")
    return frame.with_columns(stuck), f"all values {value:g}"
