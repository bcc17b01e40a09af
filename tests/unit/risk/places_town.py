"""A town of made-up addresses and incidents, as the facts give them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

AS_OF = dt.date(2026, 3, 1)
LON, LAT = 118.0, 31.0
LON_OF_100_M, LAT_OF_100_M = 100 / 95_500.0, 100 / 110_870.0
SHANGHAI = dt.timezone(dt.timedelta(hours=8))

ADDRESS_SCHEMA = {
    "address_code": pl.String,
    "level": pl.String,
    "district": pl.String,
    "street": pl.String,
    "community": pl.String,
    "road": pl.String,
    "house_number": pl.String,
    "estate": pl.String,
    "estate_code": pl.String,
    "building_code": pl.String,
    "status": pl.String,
    "lon": pl.Float64,
    "lat": pl.Float64,
}
INCIDENT_SCHEMA = {
    "record_key": pl.String,
    "reported_at": pl.Datetime("us", "UTC"),
    "reported_on": pl.Date,
    "month": pl.String,
    "category": pl.String,
    "outcome": pl.String,
    "is_clock_ordered": pl.Boolean,
    "lon": pl.Float64,
    "lat": pl.Float64,
    "address_code": pl.String,
    "building_code": pl.String,
    "estate_code": pl.String,
    "delivered_on": pl.Date,
}
BUILDING_SCHEMA = {
    "building_code": pl.String,
    "name": pl.String,
    "district": pl.String,
    "street": pl.String,
    "community": pl.String,
    "dwellings": pl.Int64,
    "lon": pl.Float64,
    "lat": pl.Float64,
}


def at(east: float, north: float) -> dict[str, float]:
    """Return coordinates so many hundreds of metres from the town's corner."""
    return {"lon": LON + east * LON_OF_100_M, "lat": LAT + north * LAT_OF_100_M}


def address(code: str, **given: Any) -> dict[str, Any]:
    """Return a row of the register: a building of 幸福里 unless told otherwise."""
    usual = {
        "level": "building",
        "district": "临江区",
        "street": "平安街道",
        "community": "幸福社区",
        "road": "中山路",
        "house_number": "1号",
        "estate": "幸福里",
        "status": "在用",
    }
    return dict.fromkeys(ADDRESS_SCHEMA) | usual | {"address_code": code, "building_code": code} | given


def addresses(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """Return `master.address`."""
    return pl.DataFrame(list(rows), schema=ADDRESS_SCHEMA, orient="row")


def town() -> pl.DataFrame:
    """Return a register of 64 buildings 300 m apart, in two sub-districts, and an estate centre."""
    rows = [
        address(
            f"B{i}{j}", street="平安街道" if i < 4 else "解放街道", estate_code=f"S{i}", **at(3 * i + 0.5, 3 * j + 0.5)
        )
        for i in range(8)
        for j in range(8)
    ]
    centre = address("S0", level="estate", estate_code="S0", building_code=None, **at(0.5, 12.5))
    return addresses(*rows, centre)


def incident(key: str, days_ago: float = 10, **given: Any) -> dict[str, Any]:
    """Return a theft that is handled, at no place, so many days before the snapshot at 15:00."""
    on = AS_OF - dt.timedelta(days=int(days_ago))
    usual = {
        "record_key": key,
        "reported_at": dt.datetime(on.year, on.month, on.day, 15, tzinfo=SHANGHAI),
        "reported_on": on,
        "month": f"{on:%Y-%m}",
        "category": "盗窃",
        "outcome": "已处置",
        "is_clock_ordered": True,
        "delivered_on": AS_OF,
    }
    return dict.fromkeys(INCIDENT_SCHEMA) | usual | given


def incidents(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """Return `facts.incident`."""
    return pl.DataFrame(list(rows), schema=INCIDENT_SCHEMA, orient="row")


def buildings(register: pl.DataFrame, dwellings: int = 24) -> pl.DataFrame:
    """Return `facts.building` of the buildings of a register."""
    own = register.filter(level="building").drop("building_code")
    named = own.rename({"address_code": "building_code", "estate": "name"}).with_columns(dwellings=pl.lit(dwellings))
    return named.select(pl.col(name).cast(kind) for name, kind in BUILDING_SCHEMA.items())


def scan_of(register: pl.DataFrame, calls: pl.DataFrame, houses: pl.DataFrame | None = None) -> Any:
    """Return a `scan` over these tables."""
    tables = {
        "master.address": register,
        "facts.incident": calls,
        "facts.building": buildings(register) if houses is None else houses,
    }
    return lambda table: tables[table].lazy()


def every(days: Sequence[float], key: str, **given: Any) -> list[dict[str, Any]]:
    """Return one incident per number of days ago, all alike."""
    return [incident(f"{key}-{number}", day, **given) for number, day in enumerate(days)]
