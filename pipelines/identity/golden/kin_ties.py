"""Who is family: ties that departments record, and weak ones that only a shared dwelling makes credible.

A tie is written as membership of a *hub* (a certificate, a registered household, an owner-occupied flat): persons of
one dwelling in one hub are one family. That needs no pair of persons and so survives a collective hukou of 400.
"""

from __future__ import annotations

import polars as pl

from pipelines.identity.constraints import POLICE_FEED

MAX_FAMILY_HUKOU = 12
"""A registered household with more persons is a collective one (集体户): an address of convenience, not a family."""

MAX_FAMILY_DWELLING = 8
"""Weak ties count only in dwellings with at most this many residents; beyond, people share a roof for money."""

PARENT_YEARS = (16, 50)
"""Age of a parent at birth; inside it a shared surname in one dwelling is taken for parent and child."""

NOT_KIN = ("79", "97", "98", "99")
"""GB/T 4761: 保姆 and 非亲属 live in a household without being family."""

HUB_SCHEMA = pl.Schema({"person_id": pl.String(), "hub": pl.String()})

ENDED = ("离婚",)
OWNER_ROLES = ("业主", "家属")


def registered_households(members: pl.DataFrame) -> pl.DataFrame:
    """The registered household of each person, by its newest police row.

    Returns:
        ``person_id, hukou_no, relation, since_on, size`` (persons in the household); persons without one are absent.
    """
    rows = members.filter((pl.col("feed") == POLICE_FEED) & pl.col("hukou_no").is_not_null())
    return (
        rows.sort(["person_id", "observed_on", "record_key"], descending=[False, True, False], nulls_last=True)
        .group_by("person_id", maintain_order=True)
        .agg(pl.col("hukou_no", "since_on").first(), relation=pl.col("relation_to_head").first())
        .with_columns(size=pl.len().over("hukou_no"))
    )


def strong_hubs(members: pl.DataFrame, registered: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Recorded family ties.

    Args:
        members: mentions with ``person_id``.
        registered: ``registered_households``.
        facts: ``feed, record_key, fact``: event of a certificate, role in a property roll.

    Returns:
        ``person_id, hub``: persons of one hub are kin.
    """
    hukou = registered.filter(
        (pl.col("size") <= MAX_FAMILY_HUKOU) & ~pl.col("relation").is_in(NOT_KIN).fill_null(value=False)
    ).select("person_id", hub=pl.lit("hukou/") + pl.col("hukou_no"))
    records = members.select("person_id", "feed", "record_key", "person_role").unique()
    record_hub = pl.col("feed") + "/" + pl.col("record_key")
    couples = _standing_couples(members, facts)
    named = records.filter(
        pl.col("feed").is_in(["civil_affairs_benefits", "civil_affairs_elderly"])
        | ((pl.col("feed") == "housing_properties") & (pl.col("person_role") == "owner"))
    ).select("person_id", hub=record_hub)
    return pl.concat([hukou, couples, named]).unique().sort("hub", "person_id")


def _standing_couples(members: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Husband and wife whose newest certificate together is not of a divorce."""
    sides = members.filter(pl.col("feed") == "civil_affairs_marriages").join(
        facts, on=["feed", "record_key"], how="left"
    )
    husband = sides.filter(pl.col("person_role") == "husband").select(
        "record_key", "fact", "observed_on", husband="person_id"
    )
    wife = sides.filter(pl.col("person_role") == "wife").select("record_key", wife="person_id")
    newest = (
        husband.join(wife, on="record_key")
        .sort("observed_on", "record_key")
        .group_by("husband", "wife", maintain_order=True)
        .agg(pl.col("record_key", "fact").last())
        .filter(~pl.col("fact").is_in(ENDED).fill_null(value=False))
    )
    hub = pl.lit("marriage/") + pl.col("record_key")
    return pl.concat([newest.select(person_id=side, hub=hub) for side in ("husband", "wife")])


def dwelling_hubs(residents: pl.DataFrame, members: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Ties that only a shared room makes credible.

    Args:
        residents: ``person_id, place, is_room, surname, birth_date`` of everyone with a residence.
        members: mentions with ``person_id``.
        facts: as in ``strong_hubs``.

    Returns:
        ``person_id, hub``: the owner-occupiers' family of a flat (all who live in a flat that one of them owns, but for
        its tenants and those registered as no kin), parent and child by surname and age, and those whom the register
        calls kin of a head without telling a household number (migrants have none) around the one such head there.
    """
    quiet = residents.filter(pl.len().over("place") <= MAX_FAMILY_DWELLING)
    relations = registered_relations(members)
    strangers = relations.filter(pl.col("relation").is_in(NOT_KIN)).select("person_id")
    rooms = quiet.filter("is_room")
    hubs = [
        _owner_occupiers(rooms.join(strangers, on="person_id", how="anti"), members, facts),
        _parents_and_children(rooms),
        _kin_without_number(quiet, relations),
    ]
    return pl.concat(hubs).unique()


def registered_relations(members: pl.DataFrame) -> pl.DataFrame:
    """Relation to the head by each person's newest police row: ``person_id, hukou_no, relation``."""
    rows = members.filter((pl.col("feed") == POLICE_FEED) & pl.col("relation_to_head").is_not_null())
    return (
        rows.sort(["person_id", "observed_on", "record_key"], descending=[False, True, False], nulls_last=True)
        .group_by("person_id", maintain_order=True)
        .agg(pl.col("hukou_no").first(), relation=pl.col("relation_to_head").first())
    )


def _kin_without_number(residents: pl.DataFrame, relations: pl.DataFrame) -> pl.DataFrame:
    """Head, spouse, children of one dwelling; two heads there leave open whose kin the others are."""
    told = relations.filter(pl.col("hukou_no").is_null() & ~pl.col("relation").is_in(NOT_KIN))
    there = residents.select("person_id", "place").join(told, on="person_id")
    heads = pl.col("relation").str.starts_with("0").sum().over("place")
    return there.filter(heads <= 1).select("person_id", hub=pl.lit("relation/") + pl.col("place"))


def _owner_occupiers(rooms: pl.DataFrame, members: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    told = members.join(facts, on=["feed", "record_key"], how="left").select(
        "person_id", "feed", "person_role", "fact", place="address_code"
    )
    roll = pl.col("feed") == "property_occupants"
    is_owner = (pl.col("person_role") == "owner") | (roll & pl.col("fact").is_in(OWNER_ROLES))
    is_tenant = (pl.col("person_role") == "tenant") | (roll & (pl.col("fact") == "租户"))
    at_home = told.join(rooms.select("person_id", "place"), on=["person_id", "place"], how="semi")
    owners = at_home.filter(is_owner.fill_null(value=False)).select("place").unique()
    tenants = at_home.filter(is_tenant.fill_null(value=False)).select("person_id", "place").unique()
    return (
        rooms.join(owners, on="place", how="semi")
        .join(tenants, on=["person_id", "place"], how="anti")
        .select("person_id", hub=pl.lit("owned/") + pl.col("place"))
    )


def _parents_and_children(rooms: pl.DataFrame) -> pl.DataFrame:
    aged = rooms.drop_nulls(["surname", "birth_date"]).select(
        "person_id", "place", "surname", year=pl.col("birth_date").dt.year()
    )
    pairs = aged.join(aged, on=["place", "surname"], suffix="_child").filter(
        (pl.col("year_child") - pl.col("year")).is_between(*PARENT_YEARS)
    )
    hub = pl.lit("line/") + pl.col("place") + "/" + pl.col("surname")
    return pl.concat([pairs.select("person_id", hub=hub), pairs.select(person_id="person_id_child", hub=hub)]).unique()
