"""物联网: devices at places and their events; no person is attached to one."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.feeds.rows import FeedRows, address_truth, lifetime
from pipelines.city.life import FOREVER
from pipelines.city.words import names as name_words
from pipelines.city.world import World
from pipelines.city.writing.addresses import write_addresses
from pipelines.city.writing.dates import write_dates
from pipelines.city.writing.draws import choice

TYPES = ["smoke", "access_gate", "camera", "fire_lane", "falling_object", "water_level"]
TYPE_SHARES = [0.4, 0.22, 0.2, 0.08, 0.07, 0.03]
RESIDENTS_PER_DEVICE = 60
HISTORY_DAYS = 14
EVENTS_PER_DEVICE_DAY = 3.0
EVENT_TYPES = ["heartbeat", "count", "alarm", "fault", "recovered"]
EVENT_SHARES = [0.62, 0.22, 0.06, 0.05, 0.05]
LATE_SHARE, TWICE_SHARE, HANDLED_LATER_SHARE = 0.03, 0.01, 0.3


def device_rows(world: World) -> FeedRows:
    """Return devices at buildings and estates; a few go offline or are retired on a later night."""
    rng = world.rng("sensors_devices")
    register = world.places.register
    size = max(12, world.people.spells["person"].n_unique() // RESIDENTS_PER_DEVICE)
    sites = register.filter(
        pl.col("level").is_in(["building", "estate", "house_number"]) & (pl.col("kind") != "village")
    )["place"].to_numpy()
    place = sites[rng.integers(0, len(sites), size)]
    habits = world.habits("sensors")
    written = write_addresses(rng, world.places, place, habits.address, habits.formal)
    kind = choice(rng, TYPES, size, TYPE_SHARES)
    installed = np.datetime64(world.start, "D") - rng.integers(30, 1_500, size).astype("timedelta64[D]")
    changes = pl.Series(rng.random(size) < 0.01)
    night = pl.Series(rng.integers(1, max(2, world.nights), size))
    base = pl.DataFrame(
        {
            "device_id": [f"{k[:2].upper()}-{n:06d}" for n, k in enumerate(kind)],
            "type": kind,
            "location": written["text"],
            "lon": register["lon"][place],
            "lat": register["lat"][place],
            "installed_on": write_dates(rng, pl.Series(installed), {"dashed": 1.0}),
            "status": choice(rng, ["online", "offline"], size, [0.95, 0.05]),
            "vendor": choice(rng, name_words()["vendors"], size),
            "_record": np.arange(size),
        }
    ).with_columns(
        *lifetime(size, 0, pl.Series(np.where(changes, night, FOREVER))), *address_truth("location", written)
    )
    after = base.filter(changes).with_columns(
        pl.col("_to").alias("_from"), pl.lit(FOREVER, dtype=pl.Int64).alias("_to"), pl.lit("retired").alias("status")
    )
    return FeedRows("sensors", "devices", pl.concat([base, after]).sort("_record", "_from"), full=True)


def event_rows(world: World, devices: FeedRows) -> FeedRows:
    """Return events of two weeks and of every night: some late, some twice, some handled on the next night."""
    rng = world.rng("sensors_events")
    ids = devices.frame.filter(pl.col("_from") == 0)["device_id"]
    counts = [
        rng.poisson(len(ids) * EVENTS_PER_DEVICE_DAY * days) for days in (HISTORY_DAYS, *[1] * (world.nights - 1))
    ]
    night = np.repeat(np.arange(world.nights), counts)
    size = len(night)
    span = np.where(night == 0, HISTORY_DAYS, 1)
    seconds = np.floor(rng.random(size) * span * 86_400_000).astype(np.int64)
    end = np.datetime64(world.start, "ms") - np.timedelta64(8, "h") + night.astype("timedelta64[D]")
    at = (end - seconds.astype("timedelta64[ms]")).astype(np.int64)
    kind = choice(rng, EVENT_TYPES, size, EVENT_SHARES)
    is_count, is_alarm = kind == "count", kind == "alarm"
    handled = np.where(rng.random(size) < 0.85, at + rng.integers(60_000, 7_200_000, size), -1)
    later = is_alarm.to_numpy() & (rng.random(size) < HANDLED_LATER_SHARE)
    late = rng.random(size) < LATE_SHARE
    frame = pl.DataFrame(
        {
            "event_id": [f"E{n:011d}" for n in range(1, size + 1)],
            "device_id": ids.gather(rng.integers(0, len(ids), size).astype(np.uint32)),
            "type": kind,
            "ts": at,
            "value": np.where(is_count, rng.integers(0, 120, size).astype(float), np.nan),
            "handled_at": np.where(is_alarm.to_numpy() & (handled > 0), handled, -1),
            "_record": np.arange(size),
        }
    ).with_columns(
        pl.when(pl.col("value").is_not_nan()).then("value").alias("value"),
        pl.when(pl.col("handled_at") > 0).then("handled_at").alias("handled_at"),
        *lifetime(size, pl.Series(night + np.where(late, 1, 0))),
    )
    pending = pl.Series(later) & frame["handled_at"].is_not_null()
    first = frame.with_columns(pl.when(pending).then(None).otherwise(pl.col("handled_at")).alias("handled_at"))
    again = frame.filter(pending).with_columns((pl.col("_from") + 1).alias("_from"))
    twice = frame.filter(pl.Series(rng.random(size) < TWICE_SHARE) & ~pending)
    rows = pl.concat([first, again, twice]).filter(pl.col("_from") < world.nights)
    return FeedRows("sensors", "events", rows[rng.permutation(len(rows)).astype(np.uint32)], full=False)
