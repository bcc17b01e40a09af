"""Registers and address texts of generated cities, as raw tables would hold them, without files and without a load.

The feeds' rows come from the demo city's own writers; headers become the contracts' column names. Kept as Parquet
below a work folder, so that a second run measures at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.addresses.evidence.collect import collect_address_evidence
from pipelines.addresses.mentions import collect_address_mentions
from pipelines.city.feeds import civil_affairs, housing, market_regulation, sensors, street_office
from pipelines.city.feeds import property as property_feeds
from pipelines.city.feeds.police_addresses import address_rows
from pipelines.city.feeds.police_incidents import incident_rows
from pipelines.city.feeds.police_residents import resident_rows
from pipelines.city.world import build_world
from pipelines.contracts.loader import load_contracts

_BUILDERS = (
    resident_rows,
    incident_rows,
    civil_affairs.benefit_rows,
    civil_affairs.elderly_rows,
    housing.property_rows,
    housing.lease_rows,
    property_feeds.occupant_rows,
    property_feeds.workorder_rows,
    sensors.device_rows,
    street_office.dispute_rows,
    market_regulation.enterprise_rows,
)
_START = date(2026, 3, 1)


@dataclass(frozen=True)
class CityTexts:
    """What one night resolves: the register's rows, all mentions, and who is held where.

    Attributes:
        later_register, later: the register (one road has a new name) and the mentions one night later.
    """

    register: pl.DataFrame
    mentions: pl.DataFrame
    evidence: pl.DataFrame
    later_register: pl.DataFrame
    later: pl.DataFrame


def city_texts(work: Path, residents: int, seed: int, style: Any) -> CityTexts:
    """The texts of one city, generated once and kept in `work`."""
    folder = work / f"{style}-{seed}-{residents}"
    names = list(CityTexts.__dataclass_fields__)
    if not all((folder / f"{name}.parquet").exists() for name in names):
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in _generate(residents, seed, style).items():
            frame.write_parquet(folder / f"{name}.parquet")
    return CityTexts(**{name: pl.read_parquet(folder / f"{name}.parquet") for name in names})


def _generate(residents: int, seed: int, style: Any) -> dict[str, pl.DataFrame]:
    world = build_world(residents, 2, seed, style, _START)
    feeds = [build(world) for build in (address_rows, *_BUILDERS)]
    raw = [{feed.name: _typed(feed.frame, feed.name, night, full=feed.full) for feed in feeds} for night in (0, 1)]
    registers = [tables.pop("police_addresses") for tables in raw]
    lazy = [{name: frame.lazy() for name, frame in tables.items()} for tables in raw]
    return {
        "register": registers[0],
        "mentions": collect_address_mentions(lazy[0]),
        "evidence": collect_address_evidence(lazy[0]),
        "later_register": registers[1],
        "later": collect_address_mentions(lazy[1]),
    }


def _typed(rows: pl.DataFrame, feed: str, night: int, *, full: bool) -> pl.DataFrame:
    """The rows that stand on a night, under the contract's names; texts as delivered, one record_key a row."""
    standing = (pl.col("_from") <= night) & (pl.col("_to") > night) if full else pl.col("_from") <= night
    frame = rows.filter(standing)
    if not full and "_record" in frame.columns:
        frame = frame.unique("_record", keep="last", maintain_order=True)
    columns = {}
    for column in load_contracts()[feed].columns:
        header = next((header for header in column.headers if header in frame.columns), None)
        if header is not None:
            columns[column.name] = pl.col(header).cast(pl.String)
    typed = frame.select(**columns).with_row_index("record_key").with_columns(pl.col("record_key").cast(pl.String))
    return typed.with_columns(pl.lit(value=True).alias("is_current"))
