"""Address texts that name no door, another door, or a door by a wrong name."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.addresses.mentions import declared_sources
from pipelines.errors import LakeError
from pipelines.quality.findings.candidate import as_candidates
from pipelines.quality.findings.night import Night
from pipelines.quality.findings.places import standard_texts

INSIDE_ESTATE: Final = ("property_occupants", "property_workorders")
"""Feeds whose address column holds the door alone; the estate stands in a column of its own."""

_KEY: Final = ["feed", "record_key", "address_role"]
_LACKS: Final = {"ambiguous_unit": "unit", "ambiguous_building": "building", "ambiguous_floor": "floor"}
_NO_SUCH: Final = {"no_building": "building", "no_unit": "unit", "no_room": "room"}
_PROBLEMS: Final = {
    **dict.fromkeys(_LACKS, "address_lacks_part"),
    **dict.fromkeys(_NO_SUCH, "address_no_such_door"),
    "not_in_register": "address_unknown",
    "ambiguous_estate": "address_unclear",
    "ambiguous_road": "address_unclear",
    "ambiguous_reading": "address_unclear",
    "several_places": "address_unclear",
    "unreadable_numbers": "address_unclear",
    "conflict": "address_contradicted",
    "far_away": "coordinates_far",
    "column_conflict": "address_columns_differ",
    "moved_address": "address_former",
}
_WORDS: Final = {
    "ambiguous_unit": ("缺单元，本楼多个单元有此户室", "The unit is missing; several units have the room"),
    "ambiguous_building": ("缺楼栋，多栋有此户室", "The building is missing; several buildings have the room"),
    "ambiguous_floor": ("缺楼层，户室号不完整", "The floor is missing; the room number is not whole"),
    "no_building": ("标准地址库中该小区无此楼栋", "The register has no such building there"),
    "no_unit": ("标准地址库中该楼无此单元", "The register has no such unit there"),
    "no_room": ("标准地址库中无此户室", "The register has no such room there"),
    "not_in_register": ("标准地址库中查不到", "The register has no such place"),
    "ambiguous_estate": ("多个小区或门牌都符合", "Several estates or house numbers fit"),
    "ambiguous_road": ("写有多条道路", "Several roads are named"),
    "ambiguous_reading": ("数字有多种读法", "The numbers can be read in several ways"),
    "several_places": ("写有多处地址", "Several addresses are named"),
    "unreadable_numbers": ("楼栋、单元或户室无法识读", "Building, unit or room cannot be read"),
    "conflict": (
        "同一人、电话或房产在其他记录中均在另一户室，与此仅差一处",
        "Other records of the same person, phone or parcel name a room that differs in one place",
    ),
    "far_away": ("坐标远离文字所写的地点", "The coordinates lie far from the place that the text names"),
    "column_conflict": ("坐落文字与幢号、单元、室号列不一致", "The text contradicts the columns of the door"),
    "moved_address": ("所写为旧门牌或旧编码，可识读", "A former number or code, still readable"),
}  # fmt: skip


def find_address_faults(night: Night) -> pl.DataFrame:
    """Find address texts that cannot be resolved, are incomplete, or are contradicted by what other records hold.

    The standard text of a room is proposed where evidence settles it. A door that the register itself lacks is left to
    the register (`register_gaps`).
    """
    if night.address_match is None or night.register is None:
        return as_candidates(pl.DataFrame(schema={"feed": pl.String}))
    answers = night.address_match.with_columns(first=_candidate("address_code"), score=_candidate("score"))
    settled = pl.col("room_code").is_not_null() & (pl.col("status") == "ambiguous")
    reason = pl.when((pl.col("reason") == "settled_by_evidence") & settled).then(_open_reason()).otherwise("reason")
    answers = answers.with_columns(why=reason, settled=settled).filter(pl.col("why").is_in(list(_PROBLEMS)))
    answers = _without_gaps(answers, night)
    room = (
        pl.when("settled")
        .then("room_code")
        .when(pl.col("why") == "conflict")
        .then("first")
        .when(pl.col("why").is_in(["column_conflict", "moved_address"]))
        .then(pl.coalesce("room_code", "address_code"))
    )
    return as_candidates(_told(with_proposals(answers.with_columns(room=room), night)))


def _candidate(name: str) -> pl.Expr:
    value = pl.col("candidates").str.json_path_match(f"$[0].{name}")
    return value.cast(pl.Float64, strict=False) if name == "score" else value


_HOUSE: Final = r"\d+(?:-\d+)?号(?:之\d+)?(?:院)?([^楼栋幢座\d]|$)"
_PARTS: Final = r"\d+|[A-Za-z东西南北](?:[座栋幢楼#-])"


def _open_reason() -> pl.Expr:
    """What is wrong with a text that evidence settled: a part is missing, or a number names no door."""
    inside = pl.coalesce("normal_text", "address_text").str.replace_all(_HOUSE, "$1")
    parts = inside.str.count_matches(_PARTS)
    return (
        pl.when(pl.col("matched_level").is_in(["building", "unit"]))
        .then(pl.lit("ambiguous_unit"))
        .when(parts < _DOOR_PARTS)
        .then(pl.lit("ambiguous_building"))
        .otherwise(pl.lit("no_room"))
    )


_DOOR_PARTS: Final = 2  # a building and a room; a text with one number alone leaves out one of them


def _without_gaps(answers: pl.DataFrame, night: Night) -> pl.DataFrame:
    """Without doors of which the register's own list of faults says that the register lacks them."""
    findings = night.rows("master.register_finding")
    if findings is None:
        return answers
    gaps = findings.filter(pl.col("kind").is_in(["missing_room", "missing_unit", "missing_building"]))
    lacking = gaps.select(address_code="address_code").unique().collect()
    missing = answers.filter(pl.col("why").is_in([*_NO_SUCH, "not_in_register"]) & ~pl.col("settled"))
    dropped = missing.join(lacking, on="address_code", how="semi").select(_KEY)
    return answers.join(dropped, on=_KEY, how="anti", maintain_order="left")


def with_proposals(answers: pl.DataFrame, night: Night) -> pl.DataFrame:
    """Add `column` and `proposed_value`: the standard text of `room`, as much of it as the column holds."""
    if night.register is None:
        raise LakeError("proposals of addresses need master.address: load the register first")
    texts = standard_texts(night.register).select("standard_text", "door_text", room="address_code")
    columns = pl.DataFrame(
        [(source.feed, source.role, source.text) for source in declared_sources(night.contracts)],
        schema=["feed", "address_role", "column"],
        orient="row",
    )
    told = answers.join(columns, on=["feed", "address_role"], how="inner", maintain_order="left")
    told = told.join(texts, on="room", how="left", maintain_order="left")
    inside = pl.col("feed").is_in(list(INSIDE_ESTATE))
    text = pl.when(inside).then("door_text").otherwise("standard_text")
    return told.with_columns(proposed_value=pl.when(text != "").then(text))


def _told(answers: pl.DataFrame) -> pl.DataFrame:
    zh = pl.col("why").replace_strict({k: v[0] for k, v in _WORDS.items()})
    en = pl.col("why").replace_strict({k: v[1] for k, v in _WORDS.items()})
    settled_zh = pl.concat_str(zh, pl.lit("；其他记录指明唯一一户"))
    settled_en = pl.concat_str(en, pl.lit("; other records name a single room"))
    case = (
        pl.when(pl.col("why") == "conflict").then(_outvoted()).when("settled").then(pl.lit("settled")).otherwise("why")
    )
    return answers.with_columns(
        problem=pl.col("why").replace_strict(_PROBLEMS),
        case=case,
        evidence_zh=pl.when("settled").then(settled_zh).otherwise(zh),
        evidence_en=pl.when("settled").then(settled_en).otherwise(en),
    )


def _outvoted() -> pl.Expr:
    """By how much other records outweigh the text: bands of the first candidate's share."""
    share = pl.col("score")
    return (
        pl.when(share >= _CLEARLY)
        .then(pl.lit("outvoted"))
        .when(share >= _NARROWLY)
        .then(pl.lit("narrowly"))
        .otherwise(pl.lit("even"))
    )


_CLEARLY: Final = 0.7
_NARROWLY: Final = 0.6
