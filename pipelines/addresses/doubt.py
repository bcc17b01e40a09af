"""A second look at matched rooms: a wrong digit lands on a valid neighbour, and only other records can tell.

The same person, phone, parcel or registered household at one room here and at a room there whose numbers differ in one
place means that one of the two is a slip. The outvoted one is doubted, never moved.
"""

from __future__ import annotations

from typing import Final

import orjson
import polars as pl

from pipelines.addresses.register import Register
from pipelines.addresses.slips import door_of, slip_between

_KEYS: Final = ["feed", "record_key", "address_role"]
# About minus the logarithm of the share of texts with a wrong digit: columns of their own for building and room, what
# the police check at the door, what a registration office copies, what is written down from hearsay.
_TITLES: Final = "housing_properties"
_TRUST: Final = {_TITLES: 6.0, "police_residents": 4.4, "housing_leases": 4.0}
_HEARSAY: Final = 3.2
_OWNER: Final = 2.0  # an owner who is said to live in a room one digit away may own both
CONFIRMED: Final = (
    0.9999  # 2 wrong of 70,147 rooms that another feed confirms (demo cities hard 4242, 5501, plain 7302)
)
_CROWD: Final = 40  # a key that more mentions of one site share belongs to an agency or a school, not to a family


def held_rooms(matches: pl.DataFrame, evidence: pl.DataFrame, register: Register) -> pl.DataFrame:
    """Mentions at a room, one row for each key they have: mention, source, site, room, entity, kind, trust."""
    site_of = register.frame.filter(pl.col("room") != "").select(room_code="address_code", site="site")
    rooms = (
        matches.with_row_index("mention")
        .filter(pl.col("room_code").is_not_null() & (pl.col("status") == "matched"))
        .select("mention", *_KEYS, "room_code")
        .join(site_of, on="room_code", maintain_order="left")
    )
    trust = pl.col("feed").replace_strict(_TRUST, default=_HEARSAY, return_dtype=pl.Float64)
    held = rooms.join(evidence, on=_KEYS).with_columns(trust.alias("trust"))
    return held.select(
        "mention", "feed", "site", "room_code", "entity", "is_owner", "kind", "trust",
        pl.concat_str("feed", "address_role", separator=":").alias("source"),
    )  # fmt: skip


def _disputed(held: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All keys of the mentions that share one with a mention at another room of the same site, and all keys."""
    keys = held.group_by("entity", "site").agg(pl.col("room_code").n_unique().alias("rooms"), pl.len().alias("size"))
    quarrel = keys.filter((pl.col("rooms") > 1) & (pl.col("size") <= _CROWD))
    some = held.join(quarrel, on=["entity", "site"], how="semi").select("mention").unique()
    kept = keys.filter(pl.col("size") <= _CROWD)
    near = held.join(kept, on=["entity", "site"], how="semi")
    return near.join(some, on="mention", how="semi"), near


def _votes(held: pl.DataFrame) -> pl.DataFrame:
    """Per disputed mention and room: the trust of the sources that name it, each source counted once."""
    mine, others = _disputed(held)
    pairs = mine.join(others, on=["entity", "site"], suffix="_other").filter(
        pl.col("mention") != pl.col("mention_other")
    )
    same = pl.col("room_code") == pl.col("room_code_other")
    owner, owner_there = pl.col("is_owner"), pl.col("is_owner_other")
    elsewhere, titled = pl.col("feed") != pl.col("feed_other"), pl.col("feed") == _TITLES
    weight = (
        pl.when(same).then("trust_other")
        .when(owner & owner_there & (titled | ~elsewhere)).then(0.0)  # a second flat of the same owner
        .when(owner == owner_there).then("trust_other")
        .when(owner).then(0.0)  # where its owners live says nothing against a flat
        .otherwise(_OWNER)
    )  # fmt: skip
    return (
        pairs.group_by("mention", "room_code", "room_code_other", "source_other", "trust")
        .agg(weight.max().alias("weight"), elsewhere.any().alias("elsewhere"))
        .group_by("mention", "room_code", "room_code_other", "trust")
        .agg(pl.col("weight").sum(), pl.col("elsewhere").any())
    )


def one_slip_apart(register: Register, index: dict[str, int], left: str, right: str) -> bool:
    """Whether two rooms of a site differ as a slip of the pen would have it, see `slips.slip_between`.

    A building or unit may be any other, for the room is the same, or they are exchanged; of a room, one digit or two
    neighbouring ones.
    """
    return slip_between(door_of(register.rows[index[left]]), door_of(register.rows[index[right]])) is not None


def _outvoted(votes: pl.DataFrame, register: Register, index: dict[str, int]) -> pl.DataFrame:
    """Mentions that no other feed confirms, and whose room has no more support than one a slip apart: mention, said."""
    mine = votes.filter(pl.col("room_code") == pl.col("room_code_other"))
    votes = votes.join(mine.filter("elsewhere"), on="mention", how="anti")
    mine = mine.select("mention", own="weight")
    rival = votes.filter(pl.col("room_code") != pl.col("room_code_other")).join(mine, on="mention", how="left")
    rival = rival.filter(pl.col("weight") >= pl.col("trust") + pl.col("own").fill_null(0.0))
    pairs = rival.select("room_code", "room_code_other").unique().sort("room_code", "room_code_other")
    near = [one_slip_apart(register, index, *pair) for pair in pairs.iter_rows()]
    doubted = rival.join(pairs.filter(pl.Series(near, dtype=pl.Boolean)), on=["room_code", "room_code_other"])
    ranked = doubted.sort("mention", "weight", "room_code_other", descending=[False, True, False])
    return ranked.unique("mention", keep="first", maintain_order=True).select("mention", said="room_code_other")


def doubt_neighbours(matches: pl.DataFrame, register: Register, evidence: pl.DataFrame) -> pl.DataFrame:
    """Turns matched rooms into `ambiguous` with reason `conflict` where other records name a room one slip apart.

    Args:
        matches: `master.address_match`, one row per (feed, record_key, address_role).
        register: the register that the codes are of.
        evidence: the frame of `collect_address_evidence`.

    Returns:
        The same rows in the same order. A doubted row keeps its building (code and level), or its estate where the
        building is in doubt; both rooms are candidates, the others' first, and confidence is 0.5. A room that another
        feed confirms has at least the confidence `CONFIRMED`.
    """
    index = {row.code: number for number, row in enumerate(register.rows)}
    held = held_rooms(matches, evidence, register)
    doubted = _outvoted(_votes(held), register, index)
    mentions = matches.with_row_index("mention").join(doubted, on="mention", how="left", maintain_order="left")
    mentions = mentions.join(_confirmed(held), on="mention", how="left", maintain_order="left")
    surer = pl.when("confirmed").then(pl.max_horizontal("confidence", pl.lit(CONFIRMED))).otherwise("confidence")
    return _soften(mentions.with_columns(confidence=surer), register, index).drop("mention", "said", "confirmed")


def _confirmed(held: pl.DataFrame) -> pl.DataFrame:
    """Mentions whose room another feed names for the same person, phone or parcel: mention, confirmed."""
    place = ["entity", "site", "room_code"]
    shared = held.group_by(place).agg(pl.col("feed").n_unique().alias("feeds")).filter(pl.col("feeds") > 1)
    return held.join(shared, on=place, how="semi").select("mention", pl.lit(value=True).alias("confirmed")).unique()


def _soften(joined: pl.DataFrame, register: Register, index: dict[str, int]) -> pl.DataFrame:
    pairs = joined.filter(pl.col("said").is_not_null()).select("said", "room_code").unique().sort("said", "room_code")
    listed = [
        orjson.dumps([{"address_code": code, "level": "room", "score": 0.5} for code in pair]).decode()
        for pair in pairs.iter_rows()
    ]
    same = [register.rows[index[a]].building == register.rows[index[b]].building for a, b in pairs.iter_rows()]
    told = pairs.with_columns(pl.Series("listed", listed, pl.String), pl.Series("same", same, pl.Boolean))
    joined = joined.join(told, on=["said", "room_code"], how="left", maintain_order="left")
    hit = pl.col("said").is_not_null()
    keeps = hit & pl.col("same") & pl.col("building_code").is_not_null()
    level = pl.when(keeps).then(pl.lit("building")).when(hit).then(pl.lit("estate")).otherwise("matched_level")
    return joined.with_columns(
        address_code=pl.when(keeps).then("building_code").when(hit).then("estate_code").otherwise("address_code"),
        matched_level=level,
        building_code=pl.when(hit & ~keeps).then(None).otherwise("building_code"),
        candidates=pl.when(hit).then("listed").otherwise("candidates"),
        status=pl.when(hit).then(pl.lit("ambiguous")).otherwise("status"),
        reason=pl.when(hit).then(pl.lit("conflict")).otherwise("reason"),
        confidence=pl.when(hit).then(0.5).otherwise("confidence"),
        **{name: pl.when(hit).then(None).otherwise(name) for name in ("room_code", "unit_key", "unit_code")},
    ).drop("listed", "same")
