"""What a sheet of one street holds: its cells, buildings and estates, the worst first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.pages.lights import Light, light_named
from pipelines.pages.map.lists import ListedCell
from pipelines.pages.map.stale import StalePlace
from pipelines.pages.numbers import count
from pipelines.pages.text import Text, same, translated

BUILDINGS_SHOWN, ESTATES_SHOWN, STALE_SHOWN = 8, 5, 6
Key = tuple[str, str]
"""District and street; empty where the mart does not tell it."""


@dataclass(frozen=True)
class RiskBuilding:
    """One building: its tier (1 is the highest), its dwellings and storeys in words, and why."""

    name: Text
    community: str
    tier: int
    size: Text
    reasons: Text


@dataclass(frozen=True)
class PressedEstate:
    """One estate in its newest month: the index 0 to 100, its light, and what drives it."""

    name: Text
    community: str
    light: Light
    index: str
    low: str
    high: str
    drivers: Text


@dataclass(frozen=True)
class StreetSheet:
    """One street.

    Attributes:
        key: district and street.
        name: for people.
        cells: of its list for all incidents.
        others: the head of the list of every other class: title and cell.
        buildings, estates: the worst first.
        unknown: sources that have fallen silent there; `more_unknown` are left out.
    """

    key: Key
    name: Text
    cells: Sequence[ListedCell]
    others: Sequence[tuple[Text, ListedCell]]
    buildings: Sequence[RiskBuilding]
    estates: Sequence[PressedEstate]
    unknown: Sequence[StalePlace]
    more_unknown: int


def buildings_by_street(rows: pl.DataFrame) -> Mapping[Key, tuple[RiskBuilding, ...]]:
    """Take the eight buildings of every street that stand highest; those without a tier are not known."""
    listed = (
        rows.filter(pl.col("tier").is_not_null())
        .sort("tier", "rank", "address_code", nulls_last=True)
        .group_by("district", "street", maintain_order=True)
        .head(BUILDINGS_SHOWN)
    )
    found: dict[Key, list[RiskBuilding]] = {}
    for row in listed.to_dicts():
        found.setdefault(key_of(row), []).append(
            RiskBuilding(
                name=same(row["name_zh"] or row["address_code"]),
                community=row["community"] or "",
                tier=row["tier"],
                size=_size(row["dwellings"], row["storeys"]),
                reasons=translated(row["reasons_zh"], row["reasons_en"], "–"),
            )
        )
    return {key: tuple(rows) for key, rows in found.items()}


def estates_by_street(newest: pl.DataFrame) -> Mapping[Key, tuple[PressedEstate, ...]]:
    """Take the five estates of every street with the highest index; one without an index is not known."""
    listed = (
        newest.filter(pl.col("index").is_finite())
        .sort(-pl.col("index"), "estate_code")
        .group_by("district", "street", maintain_order=True)
        .head(ESTATES_SHOWN)
    )
    found: dict[Key, list[PressedEstate]] = {}
    for row in listed.to_dicts():
        found.setdefault(key_of(row), []).append(
            PressedEstate(
                name=same(row["estate"] or row["estate_code"]),
                community=row["community"] or "",
                light=light_named(row["light"]),
                index=f"{row['index']:.0f}",
                low=count(row["index_low"]),
                high=count(row["index_high"]),
                drivers=translated(row["drivers_zh"], row["drivers_en"], "–"),
            )
        )
    return {key: tuple(rows) for key, rows in found.items()}


def unknown_by_street(places: Sequence[StalePlace]) -> Mapping[Key, tuple[StalePlace, ...]]:
    """Gather the sources that are silent by street; what holds for a whole district stands under an empty street."""
    found: dict[Key, list[StalePlace]] = {}
    for place in places:
        found.setdefault((place.district, place.street), []).append(place)
    return {key: tuple(rows) for key, rows in found.items()}


def _size(dwellings: int | None, storeys: int | None) -> Text:
    homes, floors = count(dwellings), count(storeys)
    english = f"{homes} home{'' if dwellings == 1 else 's'}, {floors} storey{'' if storeys == 1 else 's'}"
    return Text(f"{homes} 户 {floors} 层", english)


def key_of(row: Mapping[str, str | None]) -> Key:
    """Return district and street of a row."""
    return (row["district"] or "", row["street"] or "")
