"""Findings that the register shows by itself."""

from __future__ import annotations

from typing import Final

import orjson
import polars as pl

from pipelines.addresses.register.index import GROUP, Register
from pipelines.addresses.register.rows import PARTS
from pipelines.contracts.loader import load_contracts

_DOOR: Final = ["site", "level", "house", "building_text", "unit", "room"]
_SHOWN: Final = 20
_FEWEST_BUILDINGS: Final = 4  # fewer say nothing about how an estate numbers
_MOST_GAPS: Final = 0.25
_AVOIDED: Final = frozenset({4, 13, 14, 18, 24})  # numbers that many estates leave out on purpose


def duplicate_doors(register: Register) -> pl.DataFrame:
    """Several codes in use for one door: kind, address_code (the smallest), other_codes, place."""
    used = register.frame.filter((pl.col("rank") == 0) & pl.col("level").is_in(["room", "building", "unit", "estate"]))
    groups = used.sort("address_code").group_by(_DOOR, maintain_order=True).agg(
        codes=pl.col("address_code"), place=pl.col("full_text").first()
    )  # fmt: skip
    several = groups.filter(pl.col("codes").list.len() > 1)
    return several.select(
        kind=pl.lit("duplicate_door"),
        address_code=pl.col("codes").list.first(),
        other_codes=pl.col("codes").list.slice(1, _SHOWN).list.join(","),
        place="place",
    ).sort("address_code")


def duplicate_estates(register: Register, matches: pl.DataFrame) -> pl.DataFrame:
    """Estates of one district with one name: kind, address_code, other_codes, place, support_records, feeds.

    The support is what it costs: texts that are ambiguous between estates.
    """
    rows = [
        (site.district, site.estate, site.index)
        for site in register.sites
        if site.estate and site.kind == "estate" and GROUP.match(site.estate) is None
    ]
    named = pl.DataFrame(rows, schema={"district": pl.String, "estate": pl.String, "site": pl.UInt32}, orient="row")
    first = register.frame.sort("address_code").group_by(pl.col("site").cast(pl.UInt32)).agg(
        code=pl.coalesce(pl.col("estate_code").drop_nulls().first(), pl.col("address_code").first())
    )  # fmt: skip
    groups = named.join(first, on="site").sort("code").group_by("district", "estate", maintain_order=True).agg("code")
    several = groups.filter(pl.col("code").list.len() > 1).sort("district", "estate")
    open_ = matches.filter(pl.col("reason") == "ambiguous_estate").select("feed", "normal_text")
    support = [_named_in(open_, name) for name in several["estate"].to_list()]
    return several.select(
        kind=pl.lit("duplicate_estate"),
        address_code=pl.col("code").list.first(),
        other_codes=pl.col("code").list.slice(1, _SHOWN).list.join(","),
        place=pl.concat_str("district", "estate"),
    ).with_columns(
        pl.Series("support_records", [count for count, _ in support], pl.Int64),
        pl.Series("feeds", [feeds for _, feeds in support], pl.String),
    )


def _named_in(texts: pl.DataFrame, name: str) -> tuple[int, str | None]:
    found = texts.filter(pl.col("normal_text").str.contains(name, literal=True))
    return found.height, ",".join(found["feed"].unique().sort().to_list()) or None


def numbering_gaps(register: Register) -> pl.DataFrame:
    """Estates whose building numbers leave some out: kind, address_code, place, detail (the numbers)."""
    buildings = register.frame.filter((pl.col("building") != "") & pl.col("building").str.contains(r"^\d{1,3}$"))
    counted = buildings.group_by("site").agg(
        numbers=pl.col("building").cast(pl.Int64).unique().sort(),
        code=pl.coalesce(pl.col("estate_code").drop_nulls().min(), pl.col("address_code").min()),
    )
    rows = []
    for site, numbers, code in (
        counted.filter(pl.col("numbers").list.len() >= _FEWEST_BUILDINGS).sort("site").iter_rows()
    ):
        gaps = sorted(set(range(numbers[0], numbers[-1])) - set(numbers) - _AVOIDED)
        if gaps and len(gaps) <= _MOST_GAPS * len(numbers):
            place = register.sites[site]
            name = place.estate or "".join(min(place.addresses, default=("", "")))
            rows.append(("numbering_gap", code, place.district + place.street + place.community + name,
                         "、".join(f"{number}栋" for number in gaps)))  # fmt: skip
    schema = dict.fromkeys(("kind", "address_code", "place", "detail"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def rows_without_site(register: Register) -> pl.DataFrame:
    """Buildings and rooms of which nobody can say where they stand: kind, address_code, place."""
    table = register.table
    empty = [pl.col(name).fill_null("") == "" for name in ("estate", "road", "house_number")]
    below = pl.any_horizontal(pl.col(name).fill_null("") != "" for name in ("building", "unit", "room"))
    lost = table.filter(empty[0] & (empty[1] | empty[2]) & below).select("address_code")
    return register.frame.join(lost, on="address_code", how="semi").select(
        kind=pl.lit("row_without_site"), address_code="address_code", place="full_text"
    )


def rows_without_code(refused: pl.DataFrame | None) -> pl.DataFrame:
    """Rows that could not be loaded for want of a code: kind, place."""
    schema = {"kind": pl.String, "place": pl.String}
    if refused is None or refused.is_empty():
        return pl.DataFrame(schema=schema)
    lost = refused.filter(pl.col("reason_code") == "missing_key")["payload"].drop_nulls().to_list()
    headers = {
        header: column.name for column in load_contracts()["police_addresses"].columns for header in column.headers
    }
    places = {place for payload in lost if (place := _place_of(orjson.loads(payload), headers))}
    return pl.DataFrame([("row_without_code", place) for place in sorted(places)], schema=schema, orient="row")


def _place_of(cells: dict[str, object], headers: dict[str, str]) -> str:
    parts = {headers.get(header.strip()): str(value).strip() for header, value in cells.items() if value}
    return "".join(parts.get(name, "") for name in PARTS[2:])
