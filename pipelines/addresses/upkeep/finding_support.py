"""Findings that the texts of departments show: places that they name and the register lacks, or has put out of use."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.addresses.aliases.names import TEXT, parts_beside
from pipelines.addresses.evidence.collect import entity_of
from pipelines.addresses.forms.normal import normal_form
from pipelines.addresses.reading.parse import Parser, Parts
from pipelines.addresses.reading.readings import readings
from pipelines.addresses.register.index import Register, Site

_KEYS: Final = ["feed", "record_key", "address_role"]
_MISSING: Final = {"no_room": "missing_room", "no_unit": "missing_unit", "no_building": "missing_building"}
_FEWEST_PERSONS: Final = 3
_FEWEST_DEPARTMENTS: Final = 2
_FEWEST_DOORS: Final = 2
_RESIDENT: Final = ("residence", "dwelling", "hukou")
_SUPPORT: Final = ("support_records", "support_persons", "support_departments", "feeds")
_SCHEMA: Final = {
    "kind": pl.String, "address_code": pl.String, "place": pl.String, "detail": pl.String, "support_records": pl.Int64,
    "support_persons": pl.Int64, "support_departments": pl.Int64, "feeds": pl.String,
}  # fmt: skip


def missing_places(
    matches: pl.DataFrame, mentions: pl.DataFrame, register: Register, evidence: pl.DataFrame
) -> pl.DataFrame:
    """Rooms, units and buildings that departments name and the register lacks.

    A room is believed when two departments or three persons name it; a building or unit when two of its rooms are: of a
    large estate, slips alone give many texts of one building, but hardly twice the same room of it.
    """
    hints = mentions.select(*_KEYS, *(name for name in TEXT if name.startswith("hint")))
    open_ = matches.filter(pl.col("reason").is_in(list(_MISSING)) & pl.col("address_code").is_not_null())
    rows = open_.select(*_KEYS, "reason", "address_code", "normal_text").join(hints, on=_KEYS, how="left")
    asked = ["address_code", "reason", *TEXT]
    texts = rows.select(asked).unique().sort(asked, nulls_last=True)
    if texts.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    told = _wanted(texts, register)
    named = rows.join(told, on=asked, nulls_equal=True).with_columns(kind=pl.col("reason").replace_strict(_MISSING))
    what = ["kind", "address_code", "place", "detail"]
    several = pl.col("support_persons") >= _FEWEST_PERSONS
    doors = _counted(named, [*what, "door"], evidence)
    sure = doors.filter(several | (pl.col("support_departments") >= _FEWEST_DEPARTMENTS))
    is_room = pl.col("kind") == "missing_room"
    enough = (
        sure.group_by(what).agg(doors=pl.col("door").n_unique()).filter(is_room | (pl.col("doors") >= _FEWEST_DOORS))
    )
    kept = named.join(sure.join(enough, on=what, how="semi"), on=[*what, "door"], how="semi")
    return _counted(kept, what, evidence)


def stopped_in_use(matches: pl.DataFrame, register: Register, evidence: pl.DataFrame) -> pl.DataFrame:
    """Rows out of use at which records still place somebody."""
    stopped = register.frame.filter(pl.col("rank") > 1).select("address_code", place="full_text")
    there = matches.filter(pl.col("address_role").is_in(_RESIDENT) & (pl.col("status") == "matched"))
    named = there.join(stopped, on="address_code").with_columns(
        kind=pl.lit("stopped_in_use"), detail=pl.lit(None, pl.String)
    )
    return _counted(named, ["kind", "address_code", "place", "detail"], evidence)


def _counted(named: pl.DataFrame, what: list[str], evidence: pl.DataFrame) -> pl.DataFrame:
    """Records, persons (by number, else by row), departments and feeds for each of `what`."""
    ids = (
        evidence.filter(pl.col("kind") == "id").sort(*_KEYS, "entity").unique(_KEYS, keep="first", maintain_order=True)
    )
    row = entity_of("record", pl.concat_str("feed", "record_key", separator="|"))
    who = named.join(ids.select(*_KEYS, "entity"), on=_KEYS, how="left").with_columns(
        who=pl.coalesce("entity", row), department=pl.col("feed").str.extract(r"^(.+)_[^_]+$")
    )
    return who.group_by(what).agg(
        support_records=pl.len().cast(pl.Int64),
        support_persons=pl.col("who").n_unique().cast(pl.Int64),
        support_departments=pl.col("department").n_unique().cast(pl.Int64),
        feeds=pl.col("feed").unique().sort().str.join(","),
    ).select(*what, *_SUPPORT).sort(what, nulls_last=True)  # fmt: skip


def _wanted(texts: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The texts that name the lacking part plainly, with `place` (the site) and `detail` (the part)."""
    parser = Parser(register)
    at = texts["address_code"].unique()
    sites = dict(
        register.frame.filter(pl.col("address_code").is_in(at.implode())).select("address_code", "site").iter_rows()
    )
    found = []
    for code, reason, text, _, *numbers in texts.iter_rows():
        site = register.sites[sites[code]]
        parts = parts_beside(parser.parse(text or "").parts, [normal_form(value) if value else "" for value in numbers])
        found.append((_name_of(site), *_detail(parts, site, reason)))
    told = pl.DataFrame(found, schema=dict.fromkeys(("place", "detail", "door"), pl.String), orient="row")
    return pl.concat([texts, told], how="horizontal").filter(pl.col("detail").is_not_null())


def _name_of(site: Site) -> str:
    road, house = min(site.addresses, default=("", ""))
    return (
        site.district + site.street + site.community + road + (f"{house}号" if house.isdigit() else house) + site.estate
    )


def _detail(parts: Parts, site: Site, reason: str) -> tuple[str | None, str | None]:
    """`3栋2单元501` as far as the reason goes, and whole; null where the text has no plain reading down to a room."""
    wanted = next(iter(readings(parts, site, house_agrees=True)), None)
    if wanted is None or wanted.room is None or wanted.weight > 0:
        return None, None
    building = f"{wanted.building}栋" if wanted.building else ""
    unit = f"{wanted.unit}单元" if wanted.unit else ""
    door = building + unit + wanted.room
    lacking = {"no_building": building, "no_unit": building + unit if unit else "", "no_room": door}[reason]
    return lacking or None, door
