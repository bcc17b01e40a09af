"""物联网: devices at places and their events; no person is attached to one."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.feeds.rows import FeedRows, address_truth, lifetime
from pipelines.city.happenings.devices import draw_devices, draw_events
from pipelines.city.life import FOREVER
from pipelines.city.words import names as name_words
from pipelines.city.world import World
from pipelines.city.writing.addresses import write_addresses
from pipelines.city.writing.dates import write_dates
from pipelines.city.writing.draws import choice

LATE_SHARE, TWICE_SHARE, HANDLED_LATER_SHARE = 0.03, 0.01, 0.3
_PENDING_MS = 14 * 86_400_000


def device_rows(world: World) -> FeedRows:
    """Return devices at buildings and estates; a few are retired on a later night."""
    rng = world.rng("sensors_devices")
    devices = draw_devices(world)
    register, size, place = world.places.register, len(devices), devices["place"].to_numpy()
    habits = world.habits("sensors")
    written = write_addresses(rng, world.places, place, habits.address, habits.formal)
    base = devices.select(
        pl.format("{}-{}", pl.col("type").str.slice(0, 2).str.to_uppercase(), _number("record", 6)).alias("device_id"),
        "type",
        written["text"].alias("location"),
        register["lon"][place].alias("lon"),
        register["lat"][place].alias("lat"),
        write_dates(rng, devices["installed"], {"dashed": 1.0}).alias("installed_on"),
        choice(rng, ["online", "offline"], size, [0.95, 0.05]).alias("status"),
        choice(rng, name_words()["vendors"], size).alias("vendor"),
        pl.col("record").alias("_record"),
    ).with_columns(*lifetime(size, 0, devices["retired_night"]), *address_truth("location", written))
    after = base.filter(pl.col("_to") < FOREVER).with_columns(
        pl.col("_to").alias("_from"), pl.lit(FOREVER, dtype=pl.Int64).alias("_to"), pl.lit("retired").alias("status")
    )
    return FeedRows("sensors", "devices", pl.concat([base, after]).sort("_record", "_from"), full=True)


def event_rows(world: World, devices: FeedRows) -> FeedRows:
    """Return events: some late, some twice, some alarms of late handled on the next night."""
    rng = world.rng("sensors_events")
    ids = devices.frame.filter(pl.col("_from") == 0).sort("_record")["device_id"]
    events = draw_events(world, draw_devices(world))
    size = len(events)
    night, kind = events["night"].to_numpy(), events["type"].to_numpy()
    value = np.where(kind == "count", rng.integers(0, 120, size).astype(float), np.nan)
    end = np.datetime64(world.start, "ms").astype(np.int64) + night * 86_400_000
    fresh = end - events["ts"].to_numpy() < _PENDING_MS
    later = (kind == "alarm") & fresh & (rng.random(size) < HANDLED_LATER_SHARE)
    frame = events.with_row_index("_record").select(
        pl.format("E{}", (pl.col("_record") + 1).cast(pl.String).str.zfill(11)).alias("event_id"),
        ids.gather(events["device"].to_numpy().astype(np.uint32)).alias("device_id"),
        "type",
        "ts",
        pl.Series("value", value).fill_nan(None),
        pl.when(pl.col("handled") > 0).then("handled").alias("handled_at"),
        pl.col("_record").cast(pl.Int64),
        *lifetime(size, pl.Series(night + (rng.random(size) < LATE_SHARE))),
    )
    pending = pl.Series(later) & frame["handled_at"].is_not_null()
    first = frame.with_columns(pl.when(pending).then(None).otherwise(pl.col("handled_at")).alias("handled_at"))
    again = frame.filter(pending).with_columns((pl.col("_from") + 1).alias("_from"))
    twice = frame.filter(pl.Series(rng.random(size) < TWICE_SHARE) & ~pending)
    rows = pl.concat([first, again, twice]).filter(pl.col("_from") < world.nights)
    return FeedRows("sensors", "events", rows[rng.permutation(len(rows)).astype(np.uint32)], full=False)


def _number(column: str, digits: int) -> pl.Expr:
    return pl.col(column).cast(pl.String).str.zfill(digits)
