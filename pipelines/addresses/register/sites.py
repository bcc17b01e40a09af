"""The sites of the register: what stands between the community and the building, with its inner structure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import polars as pl

# A row that stands for its whole site, unit or building: it fills nothing below. A row of a floor stands for none.
SITE_ROW: Final = (
    (pl.col("building_k") == "") & (pl.col("unit_k") == "") & (pl.col("room_k") == "") & (pl.col("level") != "floor")
)


@dataclass(frozen=True, slots=True)
class Site:
    """An estate, courtyard, village house or house number, and the row of the register that stands for it.

    Attributes:
        kind: `estate`, `group` (a house of a village group) or `number` (a house number on a road).
        row: index of that row in `Register.rows`; None where the register holds only deeper rows.
        addresses: pairs of road name and house-number key under which the site is known.
        buildings: building key -> unit keys of its rooms (an empty key for rooms without a unit).
    """

    index: int
    district: str
    street: str
    community: str
    kind: str
    estate: str
    row: int | None
    addresses: frozenset[tuple[str, str]]
    buildings: dict[str, set[str]]


def site_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """The row that stands for each site: `site` and `site_row`; of several the one in use, then the smallest code."""
    whole = rows.filter(SITE_ROW).select("site", "rank", "index")
    return whole.sort("site", "rank", "index").unique("site", keep="first").select("site", site_row="index")


def _addresses(rows: pl.DataFrame) -> dict[int, frozenset[tuple[str, str]]]:
    known = rows.select("site", "road_n", "house_number_k").unique()
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for site, road, house in known.filter((pl.col("road_n") != "") | (pl.col("house_number_k") != "")).iter_rows():
        found[site].append((road, house))
    return {site: frozenset(pairs) for site, pairs in found.items()}


def _buildings(rows: pl.DataFrame) -> dict[int, dict[str, set[str]]]:
    """Site -> building key -> unit keys; the empty building stands for rooms and units without one."""
    room, unit = pl.col("room_k") != "", pl.col("unit_k") != ""
    below = rows.filter((pl.col("building_k") != "") | room | unit)
    parts = below.select("site", "building_k", "unit_k", counts=room | unit).unique()
    found: dict[int, dict[str, set[str]]] = defaultdict(dict)
    for site, building, unit_key, counts in parts.sort("site", "building_k", "unit_k").iter_rows():
        units = found[site].setdefault(building, set())
        if counts:
            units.add(unit_key)
    return dict(found)


def build_sites(rows: pl.DataFrame) -> list[Site]:
    """All sites by number, from the frame of `prepare_register` with the column `index`."""
    columns = ["site", "district_n", "street_n", "community_n", "kind", "name"]
    distinct = rows.select(columns).unique().sort("site")
    standing = dict(site_rows(rows).iter_rows())
    addresses, buildings = _addresses(rows), _buildings(rows)
    return [
        Site(site, district, street, community, kind, name if kind != "number" else "", standing.get(site),
             addresses.get(site, frozenset()), buildings.get(site, {}))
        for site, district, street, community, kind, name in distinct.iter_rows()
    ]  # fmt: skip
