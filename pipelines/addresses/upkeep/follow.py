"""Answers that follow the register: what names a former door, or a code out of use, is led to the present one."""

from __future__ import annotations

from typing import Final

import orjson
import polars as pl

from pipelines.addresses.match import match_addresses
from pipelines.addresses.register.index import Register, Site, build_register
from pipelines.addresses.upkeep.former import SIGN, Former

MOVED: Final = "moved_address"
UNCLEAR: Final = "ambiguous_successor"
_KEYS: Final = ["feed", "record_key", "address_role"]
_PLACE: Final = (
    "district", "street", "community", "estate", "estate_code", "building_code", "unit_code", "unit_key", "room_code",
)  # fmt: skip
_CONFIDENCE: Final = 0.99  # the register said both, the text only the former
_OPEN: Final = ("not_in_register", "no_room", "no_unit", "no_building", "ambiguous_floor")
_SHOWN: Final = 3
_WRITTEN: Final = {**dict.fromkeys(_KEYS, pl.String), "written_on": pl.Date}


def follow_register(
    matches: pl.DataFrame,
    mentions: pl.DataFrame,
    register: Register,
    police_addresses: pl.DataFrame,
    former: Former,
    learned: pl.DataFrame,
    written_on: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Lead answers from former doors and codes out of use to what has their place now.

    Args:
        matches: `master.address_match` against the register of tonight, not yet doubted.
        mentions: what was matched.
        register: the register of tonight.
        police_addresses: its rows, to which the former doors are added for texts without an answer.
        former: what the past adds.
        learned: the names with which the register was built.
        written_on: key and `written_on`, the day on which the text was first delivered
            (`mention_days.first_delivered`), of the mentions at a code of `former.reused`.

    Returns:
        The same rows in the same order. What was led is `matched` by method `alias` with reason `moved_address`; where
        the register does not say which of several codes has the place, it is `ambiguous` with reason
        `ambiguous_successor`, at the building or estate that they share, with up to three as candidates.
    """
    if former.heirs.is_empty() and former.reused.is_empty():
        return matches
    found = _at_former_doors(matches, mentions, police_addresses, former, learned)
    led = found.join(former.heirs.group_by("address_code").agg(pl.col("heir").sort()), on="address_code", how="inner")
    older = _older_than_the_door(matches, former, written_on)
    led = pl.concat([led.join(older, on=_KEYS, how="anti"), older.select(led.columns)])
    if led.is_empty():
        return matches
    told = _told(led, register)
    answer = [name for name in told.columns if name not in _KEYS]
    joined = matches.join(
        told.rename({name: f"{name}_new" for name in answer}), on=_KEYS, how="left", maintain_order="left"
    )
    hit = pl.col("status_new").is_not_null()
    return joined.with_columns(pl.when(hit).then(f"{name}_new").otherwise(name).alias(name) for name in answer).select(
        matches.columns
    )


def _at_former_doors(
    matches: pl.DataFrame, mentions: pl.DataFrame, police_addresses: pl.DataFrame, former: Former, learned: pl.DataFrame
) -> pl.DataFrame:
    """Key, address_code and confidence of what has an answer, texts without one held against the former doors too."""
    columns = [*_KEYS, "address_code", "confidence", "status"]
    sure = matches.filter(pl.col("status") == "matched").select(columns)
    open_ = matches.filter((pl.col("status") != "matched") & pl.col("reason").is_in(_OPEN)).select(_KEYS)
    if former.doors.is_empty() or open_.is_empty():
        return sure
    current = police_addresses.filter("is_current") if "is_current" in police_addresses.columns else police_addresses
    doors = former.doors.select(name for name in former.doors.columns if name in current.columns)
    both = pl.concat([current.drop("is_current", strict=False), doors], how="diagonal_relaxed")
    register = build_register(both, learned)
    again = match_addresses(mentions.join(open_, on=_KEYS, how="semi"), register)
    hits = again.filter((pl.col("status") == "matched") & pl.col("address_code").str.starts_with(SIGN))
    return pl.concat([sure, hits.select(columns)])


def _older_than_the_door(matches: pl.DataFrame, former: Former, written_on: pl.DataFrame | None) -> pl.DataFrame:
    """Key, address_code, confidence, status and heirs of texts that were there before their door got another code."""
    days = written_on if written_on is not None else pl.DataFrame(schema=_WRITTEN)
    at = matches.filter(pl.col("status") == "matched").select(*_KEYS, "address_code", "confidence", "status")
    older = (
        at.join(former.reused, on="address_code").join(days, on=_KEYS).filter(pl.col("written_on") < pl.col("since"))
    )
    return older.group_by(*_KEYS, "address_code", "confidence", "status").agg(pl.col("heir").unique().sort())


def _told(led: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The answers for (key, heir list, confidence)."""
    lists = led.select("heir").unique().sort("heir")
    places = _places(register, led["heir"].explode().unique())
    rows = [_answer([places[code] for code in heirs]) for heirs in lists["heir"].to_list()]
    schema = {
        **dict.fromkeys(("address_code", "matched_level", "status", "reason", "method", "candidates"), pl.String),
        **dict.fromkeys(_PLACE, pl.String), "ceiling": pl.Float64,
    }  # fmt: skip
    answers = pl.concat([lists, pl.DataFrame(rows, schema=schema, orient="row")], how="horizontal")
    told = led.select(*_KEYS, "heir", "confidence").join(answers, on="heir")
    return told.with_columns(confidence=pl.min_horizontal("confidence", "ceiling")).drop("heir", "ceiling")


def _places(register: Register, codes: pl.Series) -> dict[str, dict[str, object]]:
    """By address_code the columns of an answer that ends at this row of the register."""
    rows = register.frame.filter(pl.col("address_code").is_in(codes.implode()))
    return {row["address_code"]: _place(register.sites[row["site"]], row) for row in rows.iter_rows(named=True)}


def _place(site: Site, row: dict[str, object]) -> dict[str, object]:
    road, house = min(site.addresses) if site.addresses and not site.estate else ("", "")
    below = row["level"] in ("room", "floor", "unit")
    key = (site.district, site.street, site.community, site.estate, road, house, row["building"], row["unit"])
    names = {name: getattr(site, name) or None for name in ("district", "street", "community", "estate")}
    codes = {name: row[name] for name in ("estate_code", "building_code", "unit_code", "room_code")}
    told = {"address_code": row["address_code"], "matched_level": row["level"]}
    return {**told, **names, **codes, "unit_key": "|".join(map(str, key)) if below else None}


def _answer(places: list[dict[str, object]]) -> dict[str, object]:
    if len(places) == 1:
        return {
            **places[0], "status": "matched", "reason": MOVED, "method": "alias", "candidates": None,
            "ceiling": _CONFIDENCE,
        }  # fmt: skip
    shared = {name: places[0][name] if len({place[name] for place in places}) == 1 else None for name in places[0]}
    code, level = shared["building_code"], "building"
    if code is None:
        code, level = shared["estate_code"], "estate"
    listed = [
        {"address_code": place["address_code"], "level": place["matched_level"], "score": round(1 / len(places), 3)}
        for place in places[:_SHOWN]
    ]
    return {
        **shared, "address_code": code, "matched_level": level, "status": "ambiguous", "reason": UNCLEAR,
        "method": "alias", "candidates": orjson.dumps(listed).decode(), "ceiling": 0.5,
        "room_code": None, "unit_code": None, "unit_key": None,
    }  # fmt: skip
