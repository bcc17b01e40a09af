"""One night of the risk of places: on a loaded home, or on a made-up city of any size."""

from __future__ import annotations

import datetime as dt
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from pipelines.config import RiskConfig
from pipelines.home import Home
from pipelines.lake.store import Lake
from pipelines.risk.places.classes import incident_classes
from pipelines.risk.places.night import forecast_places
from pipelines.risk.places.outputs import PlaceTables

Scan = Callable[[str], pl.LazyFrame]
AS_OF = dt.date(2026, 3, 1)
HOMES_PER_BUILDING, PER_HOME, SPREAD_M = 24, 2.6, 9_000.0
INCIDENTS_PER_RESIDENT = 0.05
"""A year's calls per resident: 10,000 in a city of 200,000."""


def measure_home(home: Path) -> dict[str, Any]:
    """Return time, memory, inputs and backtest of the newest snapshot of a home."""
    snapshot = Lake(Home.resolve(home)).current()
    if snapshot is None:
        raise SystemExit(f"{home} has no snapshot: load it first.")
    as_of = snapshot.scan("facts.as_of").select("as_of").collect().item()
    return _measured(snapshot.scan, as_of)


def measure_made_up(residents: int, seed: int = 20261122) -> dict[str, Any]:
    """Return the same of a made-up city."""
    tables = made_up_city(residents, seed)
    return {"residents": residents, **_measured(lambda table: tables[table].lazy(), AS_OF)}


def made_up_city(residents: int, seed: int) -> dict[str, pl.DataFrame]:
    """Return addresses, buildings and two years of incidents at gamma-distributed yearly rates per building."""
    random = np.random.default_rng(seed)
    count = int(residents / PER_HOME / HOMES_PER_BUILDING)
    estates = random.uniform(-1, 1, (max(1, count // 12), 2)) * SPREAD_M * np.sqrt(residents / 200_000)
    at = estates[random.integers(0, len(estates), count)] + random.normal(0, 120, (count, 2))
    lon, lat = 118.0 + at[:, 0] / 95_500.0, 31.0 + at[:, 1] / 110_900.0
    codes = [f"B{number:06d}" for number in range(count)]
    place = {"district": "示例区", "street": "示例街道", "community": "示例社区"}
    buildings = pl.DataFrame({"building_code": codes, "lon": lon, "lat": lat}).with_columns(
        name=pl.col("building_code"), dwellings=pl.lit(HOMES_PER_BUILDING), **{k: pl.lit(v) for k, v in place.items()}
    )
    addresses = buildings.select(
        address_code="building_code",
        level=pl.lit("building"),
        **{name: pl.lit(value) for name, value in place.items()},
        lon="lon",
        lat="lat",
        road=pl.lit("示例路"),
        house_number=pl.lit(None, pl.String),
        estate=pl.lit("示例小区"),
        estate_code=pl.lit(None, pl.String),
        building_code="building_code",
        status=pl.lit("在用"),
    )
    rates = random.gamma(0.6, 1.0, count)
    rates *= INCIDENTS_PER_RESIDENT * residents / rates.sum()
    return {
        "master.address": addresses,
        "facts.building": buildings,
        "facts.incident": _incidents(random, np.array(codes), lon, lat, rates),
    }


def _incidents(random: Any, codes: Any, lon: Any, lat: Any, rates: Any) -> pl.DataFrame:
    at = np.repeat(np.arange(len(codes)), random.poisson(2.0 * rates))
    seconds = random.integers(0, 730 * 86_400, len(at))
    categories = [category for one in incident_classes() for category in one.categories]
    reported = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    return pl.DataFrame(
        {
            "record_key": np.arange(len(at)).astype(str),
            "lon": np.where(random.random(len(at)) < 0.5, lon[at], np.nan),
            "lat": lat[at],
            "address_code": codes[at],
            "category": np.array(categories)[random.integers(0, len(categories), len(at))],
            "seconds": seconds,
        }
    ).select(
        "record_key",
        "address_code",
        "category",
        lon=pl.col("lon").fill_nan(None),
        lat=pl.when(pl.col("lon").is_not_nan()).then("lat"),
        building_code="address_code",
        estate_code=pl.lit(None, pl.String),
        outcome=pl.lit("已处置"),
        is_clock_ordered=pl.lit(value=True),
        delivered_on=pl.lit(AS_OF),
        reported_at=pl.lit(reported) - pl.duration(seconds="seconds"),
        reported_on=(pl.lit(reported) - pl.duration(seconds="seconds")).dt.date(),
        month=(pl.lit(reported) - pl.duration(seconds="seconds")).dt.strftime("%Y-%m"),
    )


def _measured(scan: Scan, as_of: dt.date) -> dict[str, Any]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.monotonic(), time.process_time()
    tables = forecast_places(scan, lambda _: None, RiskConfig(), as_of)
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "wall_seconds": wall,
        "cpu_seconds": cpu,
        "peak_mb": peak / 1024,
        "grown_mb": (peak - before) / 1024,
        "load": os.getloadavg()[0],
        **_told(tables),
    }


def _told(tables: PlaceTables) -> dict[str, Any]:
    everything = tables.risk_input.filter(incident_class="all")
    inputs = everything.group_by("state", "reason").agg(pl.col("incidents").sum()).sort("state", "reason")
    summed = tables.backtest.filter(pl.col("origin") == "all")
    return {
        "cells": int(tables.risk_cell["in_study_area"].sum()),
        "buildings": tables.risk_place_forecast.filter(place_kind="building", incident_class="all").height,
        "rows": tables.risk_place_forecast.height,
        "inputs": inputs.to_dicts(),
        "backtest": summed.to_dicts(),
    }
