"""A second look at matched rooms: a wrong digit lands on a valid neighbour, and only other departments can tell.

The same valid number, phone or parcel at a room by one department and at a room one digit away by another means that
one of the two is a slip. The outvoted or less trusted one is doubted, never moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import orjson
import polars as pl
from rapidfuzz.distance import OSA

from pipelines.addresses.register import Register
from pipelines.normalise.ids import parse_ids
from pipelines.normalise.phones import parse_phones

SCHEMA: Final = pl.Schema({"feed": pl.String, "record_key": pl.String, "address_role": pl.String, "entity": pl.String})
# feed, role, kind of key, column. Owners and landlords are left out: they may own the flat next door.
_SOURCES: Final = (
    ("police_residents", "residence", "id", "id_number"),
    ("police_residents", "residence", "phone", "phone"),
    ("civil_affairs_benefits", "residence", "id", "id_number"),
    ("civil_affairs_benefits", "residence", "phone", "phone"),
    ("civil_affairs_elderly", "residence", "id", "id_number"),
    ("housing_leases", "dwelling", "id", "tenant_id_number"),
    ("housing_leases", "dwelling", "phone", "tenant_phone"),
    ("housing_leases", "dwelling", "parcel", "parcel_unit_no"),
    ("housing_properties", "dwelling", "parcel", "parcel_unit_no"),
    ("property_occupants", "dwelling", "phone", "phone"),
)
# Columns of their own for building and room are surest, then what the police check at the door.
_TRUST: Final = {"housing_properties": 4, "police_residents": 3, "property_occupants": 2, "housing_leases": 1}
_KEYS: Final = ["feed", "record_key", "address_role"]


def _entities(frame: pl.DataFrame, kind: str, column: str) -> pl.DataFrame:
    values = frame[column].cast(pl.String) if frame.schema[column] != pl.List(pl.String) else frame[column]
    if kind == "phone":
        found = frame.select("record_key").with_columns(parse_phones(values)["phones"].alias("value")).explode("value")
    elif kind == "id":
        ids = parse_ids(values)
        number = pl.when(ids["id_kind"] == "valid").then(ids["id_number"])
        found = frame.select("record_key").with_columns(number.alias("value"))
    else:
        found = frame.select("record_key").with_columns(values.str.strip_chars().alias("value"))
    return found.filter(pl.col("value").str.len_chars() >= 11)


def collect_address_evidence(raw: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """Keys that several departments hold for whoever lives at an address: valid ID number, phone, parcel.

    Args:
        raw: raw table (`raw.police_residents` or `police_residents`) -> frame; absent feeds and columns give nothing.

    Returns:
        Rows (feed, record_key, address_role, entity), distinct and sorted; a mention may have several entities. The
        entity is the plain key: the frame is for `match_addresses` alone and must not be stored.
    """
    by_name = {name.removeprefix("raw."): frame for name, frame in raw.items()}
    frames = [SCHEMA.to_frame()]
    for feed, role, kind, column in _SOURCES:
        frame = by_name.get(feed)
        if frame is None or column not in (names := frame.collect_schema().names()):
            continue
        current = frame.filter(pl.col("is_current")) if "is_current" in names else frame
        rows = current.select(pl.col("record_key").cast(pl.String), column).drop_nulls().collect()
        if rows.height:
            found = _entities(rows, kind, column)
            frames.append(
                found.select(
                    pl.lit(feed).alias("feed"),
                    "record_key",
                    pl.lit(role).alias("address_role"),
                    (pl.lit(f"{kind}:") + pl.col("value")).alias("entity"),
                )
            )
    return pl.concat(frames).unique().sort(SCHEMA.names())


def _one_digit_apart(register: Register, index: Mapping[str, int], left: str, right: str) -> bool:
    one, other = register.rows[index[left]], register.rows[index[right]]
    if one.site != other.site:
        return False
    pairs = [(one.building, other.building), (one.unit, other.unit), (one.room, other.room)]
    changed = [(a, b) for a, b in pairs if a != b]
    return len(changed) == 1 and len(changed[0][0]) == len(changed[0][1]) and OSA.distance(*changed[0]) == 1


def _witnesses(matches: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """Per mention at a room, and per room where others place its entities: how many other feeds, the best trust."""
    rooms = matches.filter(pl.col("room_code").is_not_null() & (pl.col("status") == "matched"))
    held = rooms.select(*_KEYS, "room_code").join(evidence, on=_KEYS)
    trust = pl.col("feed_right").replace_strict(_TRUST, default=0, return_dtype=pl.Int8)
    return (
        held.join(held, on="entity", suffix="_right")
        .filter(pl.col("feed") != pl.col("feed_right"))
        .group_by(*_KEYS, "room_code", pl.col("room_code_right").alias("said"))
        .agg(pl.col("feed_right").n_unique().alias("feeds"), trust.max().alias("trust"))
    )


def _outvoted(witnesses: pl.DataFrame, register: Register, index: Mapping[str, int]) -> pl.DataFrame:
    """Mentions whose room nobody else confirms, with the neighbouring room that others name."""
    confirmed = witnesses.filter(pl.col("said") == pl.col("room_code")).select(_KEYS)
    other = witnesses.filter(pl.col("said") != pl.col("room_code")).join(confirmed, on=_KEYS, how="anti")
    pairs = other.select("room_code", "said").unique().sort("room_code", "said")
    near = pairs.filter(
        pl.Series([_one_digit_apart(register, index, *pair) for pair in pairs.iter_rows()], dtype=pl.Boolean)
    )
    mine = pl.col("feed").replace_strict(_TRUST, default=0, return_dtype=pl.Int8)
    doubted = other.join(near, on=["room_code", "said"]).filter((pl.col("feeds") >= 2) | (pl.col("trust") > mine))
    ranked = doubted.sort(*_KEYS, "feeds", "trust", "said", descending=[False] * 3 + [True, True, False])
    return ranked.unique(_KEYS, keep="first", maintain_order=True).select(*_KEYS, "said")


def doubt_neighbours(matches: pl.DataFrame, register: Register, evidence: pl.DataFrame) -> pl.DataFrame:
    """Turns matched rooms into `ambiguous` with reason `conflict` where other departments name a room one digit away.

    Args:
        matches: `master.address_match`, one row per (feed, record_key, address_role).
        register: the register that the codes are of.
        evidence: the frame of `collect_address_evidence`.

    Returns:
        The same rows in the same order. A doubted row keeps its building (code and level), lists both rooms as
        candidates, the others' first, and has confidence 0.5.
    """
    index = {row.code: number for number, row in enumerate(register.rows)}
    doubted = _outvoted(_witnesses(matches, evidence), register, index)
    if doubted.is_empty():
        return matches
    joined = matches.join(doubted, on=_KEYS, how="left", maintain_order="left")
    hit = pl.col("said").is_not_null()
    listed = [
        orjson.dumps([{"address_code": code, "level": "room", "score": 0.5} for code in (said, mine)]).decode()
        if said is not None
        else None
        for said, mine in joined.select("said", "room_code").iter_rows()
    ]
    sites = [
        said is None or register.rows[index[said]].building == register.rows[index[mine]].building
        for said, mine in joined.select("said", "room_code").iter_rows()
    ]
    same = hit & pl.Series("same", sites) & pl.col("building_code").is_not_null()
    code = pl.when(same).then("building_code").when(hit).then("estate_code").otherwise("address_code")
    level = pl.when(same).then(pl.lit("building")).when(hit).then(pl.lit("estate")).otherwise("matched_level")
    return joined.with_columns(
        address_code=code,
        matched_level=level,
        building_code=pl.when(hit & ~same).then(None).otherwise("building_code"),
        candidates=pl.when(hit).then(pl.Series("listed", listed, pl.String)).otherwise("candidates"),
        status=pl.when(hit).then(pl.lit("ambiguous")).otherwise("status"),
        reason=pl.when(hit).then(pl.lit("conflict")).otherwise("reason"),
        confidence=pl.when(hit).then(0.5).otherwise("confidence"),
        **{name: pl.when(hit).then(None).otherwise(name) for name in ("room_code", "unit_key", "unit_code")},
    ).drop("said")
