"""Whose number a number is: proof, somebody else's, or contested.

Parents write their own number on a child's row, spouses on each other's, an agent on everybody's. Such a number is no
evidence of being its owner. But not every other name means another person: clerks also mistype names, and then the
number is right. So a number is believed *borrowed* only where something else than the name says so; a quite different
name alone makes it *contested*: it proves nothing, and still keeps its bearer apart from everybody with another number.
"""

from __future__ import annotations

import polars as pl

from pipelines.identity.constraints.numbers import (
    is_confirmed,
    is_contradicted,
    is_doubted,
    number_birth,
    number_sex,
)

POLICE_FEED = "police_residents"

DOCUMENTED_ROLES = ("husband", "wife")
"""Who registers a marriage shows the own card: the number is no parent's, and another name under it is a slip. Owners
are not among them, because their numbers stand in a list that may be shorter than that of the names."""

SHARED_NAMES = 4
"""From this many persons of different names on, a number is an agent's, a head's or a default value: whoever is not
its clear owner has written down somebody else's."""

OWN, CONTESTED, BORROWED = "own", "contested", "borrowed"


def own_numbers(mentions: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Tell on every mention with a valid number whose the number is.

    Args:
        mentions: person mentions (see docs/architecture.md).
        nodes: ``mention_index, node``; a node holds the spellings of one name under a number.

    Returns:
        One row per mention with a valid number, sorted: ``mention_index, node, id_number, standing, is_own``.
        ``standing`` is ``own``; ``borrowed`` where the row contradicts the number, names its owner beside, speaks of
        somebody whom the owner's home, phone or registered household also knows under another number, or where
        ``SHARED_NAMES`` persons show it; ``contested`` under another name otherwise, and under every name where none
        has a better claim.
    """
    valid = _valid(mentions, nodes)
    holders = _holders(valid)
    rivals = holders.filter(pl.len().over("id_number") > 1)
    unproven = rivals.filter(~pl.col("shown") & ~pl.col("confirmed"))
    others = unproven.filter(~pl.col("is_owner"))
    shared = ~pl.col("is_police") & (pl.col("holders") >= SHARED_NAMES)
    apart = pl.concat(
        [
            others.filter("doubted").select("id_number", "node"),
            unproven.filter(shared).select("id_number", "node"),
            named_beside(others, rivals, mentions, nodes),
            known_at_home(rivals.filter(~pl.col("is_owner")), rivals, mentions, nodes),
        ]
    ).unique()
    keys = ["id_number", "node"]
    marked = (
        valid.join(holders.select(*keys, "is_owner", "is_clear", "shown", "confirmed"), on=keys, how="left")
        .join(apart.with_columns(is_apart=pl.lit(value=True)), on=keys, how="left")
        .with_columns(pl.col("is_apart").fill_null(value=False))
    )
    proven = (pl.col("is_owner") & pl.col("is_clear")) | ((pl.col("shown") | pl.col("confirmed")) & ~pl.col("is_apart"))
    standing = (
        pl.when(pl.col("contradicted") | pl.col("is_apart"))
        .then(pl.lit(BORROWED))
        .when(proven)
        .then(pl.lit(OWN))
        .otherwise(pl.lit(CONTESTED))
    )
    told = marked.select("mention_index", "node", "id_number", standing=standing)
    return told.with_columns(is_own=pl.col("standing") == OWN).sort("mention_index")


def _valid(mentions: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Mentions with a valid number, and what their rows say of it."""
    return (
        mentions.filter(pl.col("id_kind") == "valid", pl.col("id_number").is_not_null())
        .select(
            "mention_index", "feed", "person_role", "id_number", "birth_date", "birth_precision", "birth_source", "sex"
        )
        .join(nodes, on="mention_index", how="inner")
        .with_columns(inner_birth=number_birth(pl.col("id_number")), inner_sex=number_sex(pl.col("id_number")))
        .with_columns(contradicted=is_contradicted(), doubted=is_doubted(), confirmed=is_confirmed())
    )


def _holders(valid: pl.DataFrame) -> pl.DataFrame:
    """Each number's nodes and the one with the best claim: the register, a card that was shown, the birth date, rows.

    ``is_clear``: its claim is better than that of any other, not only earlier in the file.
    """
    ranks = ["consistent", "is_police", "shown", "confirmed", "mentions"]
    shown = pl.col("person_role").is_in(DOCUMENTED_ROLES) & ~pl.col("doubted")
    holders = (
        valid.group_by("id_number", "node")
        .agg(
            consistent=~pl.col("contradicted").all(),
            is_police=((pl.col("feed") == POLICE_FEED) & (pl.col("person_role") == "self")).any(),
            shown=shown.any(),
            confirmed=pl.col("confirmed").any(),
            doubted=pl.col("doubted").all(),
            mentions=pl.len(),
        )
        .sort(["id_number", *ranks, "node"], descending=[False, *(True for _ in ranks), False])
    )
    place = pl.int_range(pl.len()).over("id_number")
    ahead = pl.any_horizontal(pl.col(rank).ne_missing(pl.col(rank).shift(-1).over("id_number")) for rank in ranks)
    count = pl.len().over("id_number")
    return holders.with_columns(is_owner=place == 0, is_clear=ahead | (count == 1), holders=count)


def named_beside(
    others: pl.DataFrame, holders: pl.DataFrame, mentions: pl.DataFrame, nodes: pl.DataFrame
) -> pl.DataFrame:
    """Holders whose rows name the number's owner beside them, as kin or in another role of the record."""
    rows = mentions.join(nodes, on="mention_index")
    owners = holders.filter("is_owner").select("id_number", "node")
    owner_names = owners.join(rows, on="node").select("id_number", "name").drop_nulls().unique()
    shown = rows.filter(pl.col("id_kind") == "valid").join(
        others.select("id_number", "node"), on=["id_number", "node"], how="semi"
    )
    kin = shown.select("id_number", "node", name="kin_names").explode("name")
    records = rows.select("feed", "record_key", "name", mate="mention_index")
    mates = (
        shown.select("id_number", "node", "feed", "record_key", "mention_index")
        .join(records, on=["feed", "record_key"])
        .filter(pl.col("mate") != pl.col("mention_index"))
    )
    beside = pl.concat([kin.select("id_number", "node", "name"), mates.select("id_number", "node", "name")])
    return beside.join(owner_names, on=["id_number", "name"], how="semi").select("id_number", "node").unique()


def known_at_home(
    others: pl.DataFrame, holders: pl.DataFrame, mentions: pl.DataFrame, nodes: pl.DataFrame
) -> pl.DataFrame:
    """Holders whose name somebody with another number bears where the owner lives, or where the holder's rows place it.

    That somebody is whom the row speaks of: a slip of the pen does not hit the name of a house-mate, nor a name that
    lives at the row's own address under another number.
    """
    rows = mentions.join(nodes, on="mention_index")
    held = rows.join(others.select("id_number", "node"), on=["id_number", "node"], how="semi")
    names = held.select("id_number", "node", "name").drop_nulls().unique()
    owners = holders.filter("is_owner").select("node", owned="id_number")
    homes = _places(rows.join(owners, on="node")).select("place", id_number="owned").unique()
    at_owners = names.join(homes, on="id_number")
    at_rows = _places(held, kin=True).select("id_number", "node", "name", "place").drop_nulls()
    bearers = rows.filter(pl.col("id_kind") == "valid").join(names.select("name").unique(), on="name", how="semi")
    number = pl.col("id_number")
    known = _places(bearers, kin=True).group_by("name", "place").agg(low=number.min(), high=number.max())
    met = pl.concat([at_owners.select(at_rows.columns), at_rows]).unique().join(known, on=["name", "place"])
    another = (pl.col("low") != number) | (pl.col("high") != number)
    return met.filter(another).select("id_number", "node").unique()


def _places(rows: pl.DataFrame, *, kin: bool = False) -> pl.DataFrame:
    """The rows once for each room, phone and registered household (``place``) that they name, and each of their kin."""
    marks = [
        pl.concat_list(pl.lit("room ") + pl.col("room_code")),
        pl.concat_list(pl.lit("hukou ") + pl.col("hukou_no")),
        pl.col("phones").list.eval(pl.lit("phone ") + pl.element()),
    ]
    if kin:
        marks.append(pl.col("kin_names").list.eval(pl.lit("kin ") + pl.element()))
    told = rows.with_columns(place=pl.concat_list(mark.fill_null([]) for mark in marks))
    return told.explode("place").filter(pl.col("place").is_not_null())
