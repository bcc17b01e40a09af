"""Address texts that name no door, another door, or a door by a wrong name."""

from __future__ import annotations

from typing import Final

import polars as pl
from rapidfuzz.distance import OSA

from pipelines.addresses.mentions import declared_sources
from pipelines.quality.findings.candidate import as_candidates
from pipelines.quality.findings.night import Night
from pipelines.quality.findings.places import standard_texts

INSIDE_ESTATE: Final = ("property_occupants", "property_workorders")
"""Feeds whose address column holds the door alone; the estate stands in a column of its own."""

_SHORTEST_NAME: Final = 3
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
    "ambiguous_unit": ("缺单元，本楼多个单元有此户室", "The unit is missing; several units of the building have the room"),
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
    "column_conflict": ("坐落文字与幢号、单元、室号列不一致", "The text contradicts the columns of building, unit and room"),
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
    return as_candidates(_told(with_proposals(answers.with_columns(room=room), night), night))


def _candidate(name: str) -> pl.Expr:
    value = pl.col("candidates").str.json_path_match(f"$[0].{name}")
    return value.cast(pl.Float64, strict=False) if name == "score" else value


def _open_reason() -> pl.Expr:
    """What is wrong with a text that evidence settled: a part is missing, or a number names no door."""
    return (
        pl.when(pl.col("matched_level").is_in(["building", "unit"]))
        .then(pl.lit("ambiguous_unit"))
        .otherwise(pl.lit("no_room"))
    )


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
    assert night.register is not None
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


def _told(answers: pl.DataFrame, night: Night) -> pl.DataFrame:
    zh = pl.col("why").replace_strict({k: v[0] for k, v in _WORDS.items()})
    en = pl.col("why").replace_strict({k: v[1] for k, v in _WORDS.items()})
    settled_zh = pl.concat_str(zh, pl.lit("；其他记录指明唯一一户"))
    settled_en = pl.concat_str(en, pl.lit("; other records name a single room"))
    case = (
        pl.when(pl.col("why") == "conflict")
        .then(pl.when(pl.col("score") >= 0.6).then(pl.lit("outvoted")).otherwise(pl.lit("even")))
        .when("settled")
        .then(pl.lit("settled"))
        .otherwise("why")
    )
    return answers.with_columns(
        problem=pl.col("why").replace_strict(_PROBLEMS),
        case=case,
        evidence_zh=pl.when("settled").then(settled_zh).otherwise(zh),
        evidence_en=pl.when("settled").then(settled_en).otherwise(en),
    )


def find_misspelt_places(night: Night) -> pl.DataFrame:
    """Find estates and roads written with one wrong sign, and old road names; both could be read all the same."""
    if night.address_match is None or night.register is None:
        return as_candidates(pl.DataFrame(schema={"feed": pl.String}))
    found = night.address_match.filter(
        (pl.col("status") == "matched") & pl.col("method").is_in(["fuzzy", "alias"]) & pl.col("reason").is_null()
    ).with_columns(room=pl.coalesce("room_code", "address_code"))
    sites = night.register.select(
        pl.col("road").alias("its_road"), pl.col("estate").alias("its_estate"), room="address_code"
    )
    told = found.filter(pl.col("room").is_not_null()).join(
        sites.unique("room"), on="room", how="left", maintain_order="left"
    )
    told = told.with_columns(written=pl.coalesce("normal_text", "address_text"))
    told = told.with_columns(slip=_misspelt(told, "its_estate") | _misspelt(told, "its_road"))
    slip, bare = pl.col("slip"), pl.col("written").str.replace_all("街道", "", literal=True)
    old = (pl.col("method") == "alias") & ~_has("its_road") & ~slip & bare.str.contains(r"[路街巷道]")
    told = told.filter(slip | old)
    case = pl.when(slip).then(pl.lit("one_sign")).otherwise(pl.lit("old_road"))
    return as_candidates(
        with_proposals(told, night).with_columns(
            problem=pl.when(slip).then(pl.lit("address_misspelt")).otherwise(pl.lit("address_former")),
            case=case,
            evidence_zh=pl.when(slip)
            .then(pl.lit("小区或道路名称与标准地址库差一字，门牌其余部分相符"))
            .otherwise(pl.lit("道路名称为旧称或俗称，可识读")),
            evidence_en=pl.when(slip)
            .then(pl.lit("The name of the estate or road is one sign off the register; all else fits"))
            .otherwise(pl.lit("A former or common name of the road, still readable")),
        )
    )  # fmt: skip


def _has(name: str) -> pl.Expr:
    return pl.col("written").str.contains(pl.col(name), literal=True).fill_null(value=False)


def _misspelt(found: pl.DataFrame, name: str) -> pl.Series:
    """Say of each row whether a stretch of the text is the name but for one sign, and the name itself is not there."""
    pairs = found.select("written", name).unique(maintain_order=True).drop_nulls()
    slips = [_one_sign_off(text, called) for text, called in pairs.iter_rows()]
    told = pairs.with_columns(slip=pl.Series(slips, dtype=pl.Boolean))
    return found.join(told, on=["written", name], how="left", maintain_order="left")["slip"].fill_null(value=False)


def _one_sign_off(text: str, name: str) -> bool:
    width = len(name)
    if width < _SHORTEST_NAME or name in text:
        return False
    return any(OSA.distance(text[at : at + width], name, score_cutoff=1) == 1 for at in range(len(text) - width + 1))
