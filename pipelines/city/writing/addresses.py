"""Addresses as clerks write them, and what the text still supports.

`write_addresses` returns for each place: text, damage, supported_level, supported_place (the deepest register row that
the text alone makes certain; null where it supports none).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.error_model import AddressErrors
from pipelines.city.numbers import Ints
from pipelines.city.places import Places
from pipelines.city.unruly import UnrulyErrors
from pipelines.city.words import confusions
from pipelines.city.words import places as words
from pipelines.city.writing.draws import choice, draw_damage, uniform
from pipelines.city.writing.unruly import write_unruly

HEADS = ("full", "city", "district", "street", "community", "none")
FORMAL_HEADS = [0.35, 0.35, 0.15, 0.1, 0.05, 0.0]
SHORT_HEADS = [0.02, 0.08, 0.15, 0.15, 0.2, 0.4]
TAILS = ("words", "dashes", "hash", "chinese", "floor")
FORMAL_TAILS = [0.86, 0.04, 0.02, 0.02, 0.06]
SHORT_TAILS = [0.4, 0.27, 0.13, 0.1, 0.1]
_NUMERALS = (
    {str(n): "零一二三四五六七八九"[n] for n in range(10)}
    | {"10": "十"}
    | {str(10 + n): "十" + "一二三四五六七八九"[n - 1] for n in range(1, 10)}
)
_COLUMNS = (
    "place",
    "level",
    "kind",
    "province",
    "city",
    "district",
    "street",
    "community",
    "road",
    "old_road",
    "old_road_known",
    "house_number",
    "estate",
    "nickname",
    "nickname_known",
    "building",
    "building_no",
    "unit_no",
    "floor",
    "room",
    "door_unique",
    "estate_place",
    "building_place",
    "short_name",
    "short_unique",
)


def write_addresses(
    rng: np.random.Generator,
    places: Places,
    place: Ints,
    errors: AddressErrors | UnrulyErrors,
    formal: float,
    *,
    room_only: bool = False,
) -> pl.DataFrame:
    """Write the address of each `place` (-1 gives null text), with one defect at most a row.

    `room_only` writes what follows the estate's name, for feeds that have the estate in a column of its own.
    Unruly departments have a writer of their own.
    """
    if isinstance(errors, UnrulyErrors):
        return write_unruly(rng, places, place, errors, formal, room_only=room_only)
    size = len(place)
    rows = pl.DataFrame({"place": place}, schema={"place": pl.Int64}).join(
        places.register.select(_COLUMNS), on="place", how="left", maintain_order="left"
    )
    rows = rows.with_columns(pl.when(pl.col("place") >= 0).then("place").alias("place"))
    is_formal = rng.random(size) < formal
    rows = rows.with_columns(
        pl.Series("damage", draw_damage(rng, errors, size).tolist(), dtype=pl.String),
        pl.Series(
            "head",
            np.where(
                is_formal, choice(rng, [*HEADS], size, FORMAL_HEADS), choice(rng, [*HEADS], size, SHORT_HEADS)
            ).tolist(),
            dtype=pl.String,
        ),
        pl.Series(
            "tail",
            np.where(
                is_formal, choice(rng, [*TAILS], size, FORMAL_TAILS), choice(rng, [*TAILS], size, SHORT_TAILS)
            ).tolist(),
            dtype=pl.String,
        ),
        pl.Series("with_road", (rng.random(size) < np.where(is_formal, 0.85, 0.3))),
        choice(rng, ["栋", "幢", "号楼", "#楼"], size, [0.5, 0.15, 0.3, 0.05]).alias("building_word"),
        choice(rng, ["室", "", "号", "户"], size, [0.62, 0.34, 0.02, 0.02]).alias("room_word"),
        *(uniform(rng, size).alias(f"u{i}") for i in range(4)),
    )
    if room_only:
        rows = _without_names(rows)
    return _compose(_apply(_only_where_possible(rows)), room_only=room_only)


def _without_names(rows: pl.DataFrame) -> pl.DataFrame:
    """Drop defects of names, and the names themselves from what is written."""
    named = ["nickname", "old_road", "name_typo", "abbreviated", "wrong_order", "wrong_district"]
    return rows.with_columns(
        pl.when(pl.col("damage").is_in(named)).then(pl.lit("none")).otherwise("damage").alias("damage"),
        pl.lit("none").alias("head"),
        pl.lit(value=False).alias("with_road"),
    )


def _only_where_possible(rows: pl.DataFrame) -> pl.DataFrame:
    """Drop a drawn defect where the place cannot have it."""
    d = pl.col("damage")
    is_room = pl.col("level") == "room"
    possible = (
        pl.when(d == "missing_unit")
        .then(is_room & (pl.col("unit_no") > 0))
        .when(d == "missing_room")
        .then(is_room & pl.col("building").is_not_null())
        .when(d == "floor_lost")
        .then(is_room & (pl.col("kind") == "estate") & (pl.col("room").str.len_chars() >= 3))
        .when(d.is_in(["wrong_digit", "swapped"]))
        .then(is_room & (pl.col("kind") != "shop"))
        .when(d == "nickname")
        .then(pl.col("nickname").is_not_null())
        .when(d == "old_road")
        .then(pl.col("old_road").is_not_null())
        .when(d == "name_typo")
        .then((pl.col("estate").is_not_null() & (pl.col("kind") != "village")) | pl.col("road").is_not_null())
        .when(d == "abbreviated")
        .then(pl.col("kind").is_in(["estate", "shop"]) & (pl.col("estate").str.len_chars() >= 4))
        .when(d == "wrong_order")
        .then(is_room & pl.col("building").is_not_null())
        .otherwise(pl.lit(value=True))
    )
    return rows.with_columns(pl.when(possible).then(d).otherwise(pl.lit("none")).alias("damage"))


def _apply(rows: pl.DataFrame) -> pl.DataFrame:
    """Put the defect into the parts: names, numbers, and which parts are written at all."""
    d = pl.col("damage")
    has_estate = pl.col("estate").is_not_null()
    typo_estate = (d == "name_typo") & has_estate & (pl.col("kind") != "village")
    districts = [name for _, name in words()["districts"]]
    other = {name: districts[(i + 1) % len(districts)] for i, name in enumerate(districts)}
    written_road = pl.col("with_road") | ~has_estate | (d == "old_road")
    rows = rows.with_columns(
        pl.when(d == "nickname")
        .then(pl.col("nickname"))
        .when(typo_estate)
        .then(_typo("estate"))
        .when(d == "abbreviated")
        .then("short_name")
        .otherwise(pl.col("estate"))
        .alias("estate"),
        pl.when(d == "old_road")
        .then(pl.col("old_road"))
        .when((d == "name_typo") & ~has_estate)
        .then(_typo("road"))
        .otherwise(pl.col("road"))
        .alias("road_text"),
        pl.when(d == "wrong_district")
        .then(pl.col("district").replace_strict(other, default=None))
        .otherwise(pl.col("district"))
        .alias("district"),
        pl.when(d == "floor_lost").then(pl.col("room").str.slice(-2)).otherwise(pl.col("room")).alias("room"),
        (written_road & pl.col("road").is_not_null()).alias("writes_road"),
        pl.when(d == "wrong_district").then(pl.lit("district")).otherwise(pl.col("head")).alias("head"),
    )
    return _wrong_numbers(rows)


def _typo(column: str) -> pl.Expr:
    """Put a homophone or look-alike for the second or first character; without one, swap the two."""
    table = confusions("shapes") | confusions("homophones")
    first, second = pl.col(column).str.slice(0, 1), pl.col(column).str.slice(1, 1)
    changed_first = first.replace_strict(table, default=None) + pl.col(column).str.slice(1)
    changed_second = first + second.replace_strict(table, default=None) + pl.col(column).str.slice(2)
    return pl.coalesce(changed_second, changed_first, second + first + pl.col(column).str.slice(2))


def _wrong_numbers(rows: pl.DataFrame) -> pl.DataFrame:
    """Change one digit of the room, or the building's number; or swap two digits of the room."""
    d, u = pl.col("damage"), pl.col("u0")
    wrong = d == "wrong_digit"
    in_building = wrong & (u < 0.3) & (pl.col("building_no") > 0)
    in_room = wrong & ~in_building
    last = pl.col("room").str.slice(-1).cast(pl.Int64, strict=False)
    shifted = ((last + 1 + (pl.col("u1") * 8).floor().cast(pl.Int64)) % 10).cast(pl.String)
    front = pl.col("room").str.slice(0, 1).cast(pl.Int64, strict=False)
    front_shifted = ((front + (pl.col("u1") * 8).floor().cast(pl.Int64)) % 9 + 1).cast(pl.String)
    length = pl.col("room").str.len_chars()
    keep = pl.col("room").str.slice(0, length - 1)
    swapped = pl.col("room").str.slice(0, length - 2) + pl.col("room").str.slice(-1) + pl.col("room").str.slice(-2, 1)
    number = (
        pl.when(in_building)
        .then((pl.col("building_no") + (pl.col("u2") * 7).floor().cast(pl.Int64)) % 15 + 1)
        .otherwise(pl.col("building_no"))
    )
    wrong_room = pl.when(pl.col("u3") < 0.5).then(keep + shifted).otherwise(front_shifted + pl.col("room").str.slice(1))
    room = pl.when(in_room).then(wrong_room).when(d == "swapped").then(swapped).otherwise(pl.col("room"))
    original = pl.col("room")
    rows = rows.with_columns(number.alias("building_no"), room.alias("room"), original.alias("true_room"))
    same = d.is_in(["wrong_digit", "swapped"]) & (pl.col("room") == pl.col("true_room")) & ~in_building
    return rows.with_columns(pl.when(same).then(pl.lit("none")).otherwise(d).alias("damage"))


def _compose(rows: pl.DataFrame, *, room_only: bool) -> pl.DataFrame:
    head, village = pl.col("head"), pl.col("kind") == "village"
    at_least = {name: head.is_in(HEADS[: i + 1]) for i, name in enumerate(HEADS)}
    rows = rows.with_columns(
        pl.concat_str(
            pl.when(at_least["full"]).then("province").otherwise(pl.lit("")),
            pl.when(at_least["city"]).then("city").otherwise(pl.lit("")),
            pl.when(at_least["district"]).then("district").otherwise(pl.lit("")),
            pl.when(at_least["street"] & (head != "community") & ((head != "full") | (pl.col("u2") < 0.8)))
            .then("street")
            .otherwise(pl.lit("")),
            pl.when((head == "community") | ((head == "full") & (pl.col("u3") < 0.4)) | village)
            .then("community")
            .otherwise(pl.lit("")),
            ignore_nulls=True,
        ).alias("head_text"),
        pl.when("writes_road")
        .then(pl.concat_str(pl.col("road_text"), "house_number"))
        .otherwise(pl.lit(""))
        .alias("road_part"),
        _tail().alias("tail_text"),
    )
    middle = pl.lit("") if room_only else pl.col("estate").fill_null("")
    number = pl.when(village & (pl.col("level") == "house_number")).then("house_number").otherwise(pl.lit(""))
    reversed_text = pl.concat_str("tail_text", "estate", "road_part", "head_text", ignore_nulls=True)
    straight = pl.concat_str("head_text", "road_part", middle, number, "tail_text")
    text = pl.when(pl.col("damage") == "wrong_order").then(reversed_text).otherwise(straight)
    spaced = pl.when(pl.col("u1") > 0.985).then(text.str.replace(r"(\d+)", " ${1}")).otherwise(text)
    full_width = (
        pl.when(pl.col("u1") < 0.012)
        .then(text.str.replace_many(list("0123456789-"), list("０１２３４５６７８９－")))
        .otherwise(spaced)
    )
    return _support(rows.with_columns(pl.when(pl.col("place").is_not_null()).then(full_width).alias("text")))


def _tail() -> pl.Expr:
    """Building, unit and room in one of the five styles; shops and named buildings in the only style they have."""
    d, style = pl.col("damage"), pl.col("tail")
    numbered = pl.col("building_no") > 0
    own = pl.col("building_no").cast(pl.String)
    letter = pl.col("building").str.extract("^([A-Z])座$")
    short = pl.when(numbered).then(own).otherwise(pl.coalesce(letter, pl.col("building")))
    with_unit = (pl.col("unit_no") > 0) & (d != "missing_unit")
    with_room = (pl.col("level") == "room") & (d != "missing_room")
    unit = pl.col("unit_no").cast(pl.String)
    chinese = (
        pl.when(numbered & (pl.col("building_no") < 20))
        .then(own.replace_strict(_NUMERALS, default=None) + pl.col("building_word").replace({"#楼": "号楼"}))
        .otherwise(pl.col("building"))
    )
    building = (
        pl.when(~numbered)
        .then(pl.col("building"))
        .when(style == "chinese")
        .then(chinese)
        .otherwise(own + pl.col("building_word"))
    )
    unit_text = pl.when(style == "chinese").then(unit.replace_strict(_NUMERALS, default=None)).otherwise(unit) + "单元"
    floor = (
        pl.when((style == "floor") & pl.col("floor").is_not_null() & (d == "none"))
        .then(pl.col("floor").cast(pl.String) + pl.when(pl.col("u0") < 0.5).then(pl.lit("楼")).otherwise(pl.lit("层")))
        .otherwise(pl.lit(""))
    )
    room = (
        pl.when(with_room)
        .then(pl.col("room") + pl.when(pl.col("kind") == "shop").then(pl.lit("")).otherwise(pl.col("room_word")))
        .otherwise(pl.lit(""))
    )
    worded = pl.concat_str(building, pl.when(with_unit).then(unit_text).otherwise(pl.lit("")), floor, room)
    dashed = pl.concat_str(
        short, pl.when(with_unit).then(pl.lit("-") + unit).otherwise(pl.lit("")), pl.lit("-"), "room"
    )
    hashed = pl.concat_str(short, pl.lit("#"), pl.when(with_unit).then(unit + "-").otherwise(pl.lit("")), "room")
    compact = with_room & (pl.col("kind") == "estate") & (numbered | letter.is_not_null())
    return (
        pl.when(pl.col("building").is_null())
        .then(pl.concat_str(floor, room))
        .when(compact & (style == "dashes"))
        .then(dashed)
        .when(compact & (style == "hash"))
        .then(hashed)
        .otherwise(worded)
    )


def _support(rows: pl.DataFrame) -> pl.DataFrame:
    d = pl.col("damage")
    short = (d == "abbreviated") & ~pl.col("short_unique") & ~pl.col("writes_road")
    unknown = (
        short
        | ((d == "nickname") & ~pl.col("nickname_known"))
        | ((d == "old_road") & ~pl.col("old_road_known") & (pl.col("kind") == "house"))
    )
    to_building = ((d == "missing_unit") & ~pl.col("door_unique")) | (d.is_in(["missing_room", "floor_lost"]))
    level = (
        pl.when(unknown)
        .then(pl.lit("none"))
        .when(d.is_in(["wrong_digit", "swapped"]))
        .then(pl.when(pl.col("estate").is_not_null()).then(pl.lit("estate")).otherwise(pl.lit("house_number")))
        .when(d.is_in(["missing_room", "floor_lost"]) & (pl.col("unit_no") > 0))
        .then(pl.lit("unit"))
        .when(to_building)
        .then(pl.lit("building"))
        .otherwise(pl.col("level"))
    )
    rows = rows.with_columns(level.alias("supported_level"))
    target = (
        pl.when(pl.col("supported_level") == "none")
        .then(None)
        .when(pl.col("supported_level") == "estate")
        .then("estate_place")
        .when(pl.col("supported_level").is_in(["unit", "building"]))
        .then("building_place")
        .when(pl.col("supported_level") == "house_number")
        .then(pl.coalesce("building_place", "place"))
        .otherwise(pl.col("place"))
    )
    rows = rows.with_columns(
        target.alias("supported_place"),
        pl.when(short)
        .then(pl.lit("ambiguous_short"))
        .when(unknown & (d == "nickname"))
        .then(pl.lit("unknown_nickname"))
        .when(unknown)
        .then(pl.lit("unknown_road"))
        .otherwise(d)
        .alias("damage"),
    )
    return rows.select("text", "place", "damage", "supported_level", "supported_place")
