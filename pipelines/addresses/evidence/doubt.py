"""A second look at matched rooms: a wrong digit lands on a valid neighbour, and only other records can tell.

The same person, phone, parcel or registered household at one room here and at a room there whose numbers differ in one
place means that one of the two is a slip. The outvoted one is doubted, never moved. So with the houses of a village
and the house numbers of a road.
"""

from __future__ import annotations

from typing import Final

import orjson
import polars as pl

from pipelines.addresses.evidence.neighbours import places_to_confuse, shared_place, slip_apart
from pipelines.addresses.register.index import Register

_KEYS: Final = ["feed", "record_key", "address_role"]
# About minus the logarithm of the share of texts with a wrong digit: columns of their own for building and room, what
# the police check at the door, what a registration office copies, what is written down from hearsay.
_TITLES: Final = "housing_properties"
_TRUST: Final = {_TITLES: 6.0, "police_residents": 4.4, "housing_leases": 4.0}
_HEARSAY: Final = 3.2
_WITHOUT_COLUMNS: Final = 4.4  # a title of a house has no column for its number
_OWNER: Final = 2.0  # an owner who is said to live in a room one digit away may own both
CONFIRMED: Final = (
    0.9999  # 2 wrong of 70,147 rooms that another feed confirms (demo cities hard 4242, 5501, plain 7302)
)
_TOLD: Final = {
    "shared_code": pl.String, "shared_level": pl.String, "same_building": pl.Boolean, "same_site": pl.Boolean,
    "listed": pl.String,
}  # fmt: skip
_CROWD: Final = 40  # a key that more mentions of one site share belongs to an agency or a school, not to a family


def held_rooms(matches: pl.DataFrame, evidence: pl.DataFrame, register: Register) -> pl.DataFrame:
    """Mentions at a room or house, one row for each key they have: mention, feed, site, room, entity, kind, trust.

    `site` is the area where a slip in the numbers stays, `room_code` the code of the room or house.
    """
    rooms = (
        matches.with_row_index("mention")
        .filter(pl.col("status") == "matched")
        .select("mention", *_KEYS, "matched_level", room_code=pl.coalesce("room_code", "address_code"))
        .join(places_to_confuse(register), on="room_code", maintain_order="left")
    )
    trust = pl.col("feed").replace_strict(_TRUST, default=_HEARSAY, return_dtype=pl.Float64)
    trust = pl.when(pl.col("matched_level") == "room").then(trust).otherwise(trust.clip(upper_bound=_WITHOUT_COLUMNS))
    held = rooms.join(evidence, on=_KEYS).with_columns(trust.alias("trust"))
    return held.select(
        "mention", "feed", "site", "room_code", "entity", "is_owner", "kind", "trust",
        (pl.col("matched_level") == "room").alias("is_room"),
        "address_role",
    )  # fmt: skip


def _shared(held: pl.DataFrame) -> pl.DataFrame:
    """The keys that another mention of the site has too, with how many have each (`size`): no other has a vote."""
    keys = held.group_by("entity", "site").agg(pl.len().alias("size")).filter(pl.col("size") > 1)
    return held.join(keys, on=["entity", "site"])


def _disputed(held: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All keys of the mentions that share one with a mention at another room of the same site, and all keys."""
    near = held.filter(pl.col("size") <= _CROWD)
    keys = near.group_by("entity", "site").agg(
        (pl.col("room_code") != pl.col("room_code").first()).any().alias("quarrel")
    )
    some = near.join(keys.filter("quarrel"), on=["entity", "site"], how="semi").select("mention").unique()
    return near.join(some, on="mention", how="semi"), near


def _votes(held: pl.DataFrame) -> pl.DataFrame:
    """Per disputed mention and room: the trust of the sources that name it, each source counted once.

    `bold` is the same with an owner's vote in full, for slips that no second flat explains.
    """
    mine, others = _disputed(held)
    pairs = mine.join(others, on=["entity", "site"], suffix="_other").filter(
        pl.col("mention") != pl.col("mention_other")
    )
    pairs = pairs.with_columns(source_other=pl.concat_str("feed_other", "address_role_other", separator=":"))
    same = pl.col("room_code") == pl.col("room_code_other")
    owner, owner_there = pl.col("is_owner"), pl.col("is_owner_other")
    elsewhere, titled = pl.col("feed") != pl.col("feed_other"), pl.col("feed") == _TITLES
    weight = (
        pl.when(same).then("trust_other")
        .when(owner & owner_there & (titled | ~elsewhere)).then(0.0)  # a second flat of the same owner
        .when(owner == owner_there).then("trust_other")
        .when(owner & ~pl.col("is_room")).then("trust_other")  # a village's house is lived in by its owner
        .when(owner).then(0.0)  # where its owners live says nothing against a flat
        .otherwise(_OWNER)
    )  # fmt: skip
    bold = pl.when(owner_there & ~owner).then("trust_other").otherwise(weight)
    return (
        pairs.group_by("mention", "room_code", "room_code_other", "source_other", "trust")
        .agg(weight=weight.max(), bold=bold.max(), elsewhere=elsewhere.any())
        .group_by("mention", "room_code", "room_code_other", "trust")
        .agg(pl.col("weight", "bold").sum(), pl.col("elsewhere").any())
    )


def _outvoted(votes: pl.DataFrame, register: Register, index: dict[str, int]) -> pl.DataFrame:
    """Mentions that no other feed confirms, and whose room has no more support than one a slip apart: mention, said."""
    mine = votes.filter(pl.col("room_code") == pl.col("room_code_other"))
    votes = votes.join(mine.filter("elsewhere"), on="mention", how="anti")
    mine = mine.select("mention", own="weight")
    rival = votes.filter(pl.col("room_code") != pl.col("room_code_other")).join(mine, on="mention", how="left")
    needed = pl.col("trust") + pl.col("own").fill_null(0.0)
    rival = rival.filter(pl.col("bold") >= needed)
    pairs = rival.select("room_code", "room_code_other").unique().sort("room_code", "room_code_other")
    slips = [slip_apart(register, index[one], index[other]) for one, other in pairs.iter_rows()]
    near = pairs.with_columns(pl.Series("slip", slips, pl.String)).drop_nulls("slip")
    told = rival.join(near, on=["room_code", "room_code_other"])
    told = told.with_columns(weight=pl.when(pl.col("slip") == "exchanged").then("bold").otherwise("weight"))
    doubted = told.filter(pl.col("weight") >= needed)
    ranked = doubted.sort("mention", "weight", "room_code_other", descending=[False, True, False])
    share = pl.col("weight") / (pl.col("weight") + needed)
    first = ranked.unique("mention", keep="first", maintain_order=True)
    return first.select("mention", said="room_code_other", share=share.round(3))


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
    held = _shared(held_rooms(matches, evidence, register))
    doubted = _outvoted(_votes(held), register, index)
    mentions = matches.with_row_index("mention").join(doubted, on="mention", how="left", maintain_order="left")
    mentions = mentions.join(_confirmed(held), on="mention", how="left", maintain_order="left")
    surer = pl.when("confirmed").then(pl.max_horizontal("confidence", pl.lit(CONFIRMED))).otherwise("confidence")
    return _soften(mentions.with_columns(confidence=surer), register, index).drop(
        "mention", "said", "share", "confirmed"
    )


def _confirmed(held: pl.DataFrame) -> pl.DataFrame:
    """Mentions whose room another feed names for the same person, phone or parcel: mention, confirmed."""
    place = ["entity", "site", "room_code"]
    several = (pl.col("feed") != pl.col("feed").first()).any()
    shared = held.group_by(place).agg(several.alias("several")).filter("several")
    return held.join(shared, on=place, how="semi").select("mention", pl.lit(value=True).alias("confirmed")).unique()


def _soften(joined: pl.DataFrame, register: Register, index: dict[str, int]) -> pl.DataFrame:
    hit = pl.col("said").is_not_null()
    pair = ["said", "doubted", "share"]
    joined = joined.with_columns(doubted=pl.when(hit).then(pl.coalesce("room_code", "address_code")))
    pairs = joined.filter(hit).select(pair).unique().sort(pair)
    rows = [_told(register, index, *found) for found in pairs.iter_rows()]
    joined = joined.join(
        pl.concat([pairs, pl.DataFrame(rows, _TOLD, orient="row")], how="horizontal"),
        on=pair,
        how="left",
        maintain_order="left",
    )
    kept = {"building_code": "same_building", "estate_code": "same_site", "estate": "same_site"}
    return joined.with_columns(
        address_code=pl.when(hit).then("shared_code").otherwise("address_code"),
        matched_level=pl.when(hit).then("shared_level").otherwise("matched_level"),
        candidates=pl.when(hit).then("listed").otherwise("candidates"),
        status=pl.when(hit).then(pl.lit("ambiguous")).otherwise("status"),
        reason=pl.when(hit).then(pl.lit("conflict")).otherwise("reason"),
        confidence=pl.when(hit).then(0.5).otherwise("confidence"),
        **{name: pl.when(hit & ~pl.col(same)).then(None).otherwise(name) for name, same in kept.items()},
        **{name: pl.when(hit).then(None).otherwise(name) for name in ("room_code", "unit_key", "unit_code")},
    ).drop("doubted", *_TOLD)


def _told(register: Register, index: dict[str, int], said: str, doubted: str, share: float) -> tuple[object, ...]:
    """What is left where two places are in conflict, in the columns of `_TOLD`."""
    shared = shared_place(register, index[said], index[doubted])
    both = ((said, share), (doubted, 1.0 - share))
    listed = [
        {"address_code": code, "level": register.rows[index[code]].level, "score": round(score, 3)}
        for code, score in both
    ]
    return shared.code, shared.level, shared.building, shared.site, orjson.dumps(listed).decode()
