"""Ties that only a shared room makes credible: owner-occupiers, parent and child, the couple of two registers.

Each rule answers who of the residents of one room belongs together where no certificate and no registered household
says so. Who is registered as head of a household of his own is nobody's family by sharing a room alone: flat-sharers
are all heads, while members of a family carry their relation.
"""

from __future__ import annotations

import polars as pl

from pipelines.identity.golden.kin_ties import HUB_SCHEMA, NOT_KIN

MAX_FAMILY_DWELLING = 8
"""Weak ties count only in dwellings with at most this many residents; beyond, people share a roof for money."""

PARENT_YEARS = (16, 50)
"""Age of a parent at birth; inside it a shared surname in one dwelling is taken for parent and child."""

COUPLE_YEARS = 15
"""Spouses are seldom further apart in age."""

ADULT_YEARS = 18
SIBLING_YEARS = 25

LIVED_IN_BY_TITLE = ("housing_properties/owner", "property_occupants/self/业主")
"""Sources of a residence that only say who owns a dwelling."""


def dwelling_hubs(residents: pl.DataFrame, titles: pl.DataFrame, relations: pl.DataFrame) -> pl.DataFrame:
    """Ties among the residents of one room.

    Args:
        residents: ``person_id, place, is_room, surname, sex, birth_date, source`` (of the residence) and ``today`` of
            everyone with a residence.
        titles: ``titles_in_rooms``: what rolls, titles and leases say of persons in rooms.
        relations: ``kin_ties.registered_relations``.

    Returns:
        ``person_id, hub``: the family of owner-occupiers (without tenants, lodgers, heads of other households and
        owners who may live elsewhere), parent and child by surname and age, kin of a head without a household number
        (migrants have none) around the one such head, a couple registered in two households, kin of an unregistered
        head.
    """
    told = relations.select("person_id", "hukou_no", "relation", is_registered=pl.lit(value=True))
    quiet = residents.filter(pl.len().over("place") <= MAX_FAMILY_DWELLING).join(told, on="person_id", how="left")
    known = quiet.with_columns(
        pl.col("is_registered").fill_null(value=False),
        is_head=pl.col("relation").str.starts_with("0").fill_null(value=False),
        is_stranger=pl.col("relation").is_in(NOT_KIN).fill_null(value=False),
        is_adult=_age() >= ADULT_YEARS,
    ).join(titles, on=["person_id", "place"], how="left")
    rooms = known.filter(pl.col("is_room") & ~pl.col("is_stranger"))
    hubs = [
        _owner_occupiers(rooms),
        _parents_and_children(rooms),
        _children_by_surname(rooms),
        _family_on_the_roll(rooms),
        _kin_without_number(known),
        _siblings(rooms),
        _couples_of_two_registers(rooms),
        _kin_of_the_unregistered(rooms),
        _children_of_the_other_register(rooms),
    ]
    return pl.concat([hub.select(HUB_SCHEMA.names()) for hub in hubs]).unique()


def _age() -> pl.Expr:
    return (pl.col("today") - pl.col("birth_date")).dt.total_days() / 365.25


def _owner_occupiers(rooms: pl.DataFrame) -> pl.DataFrame:
    """All who live in a flat that one of them owns.

    But for its tenants, owners known by the title alone where the roll knows of no family, and those whom the register
    puts into another household: they are there because a record of theirs is wrong or because they rent.
    """
    has_family = pl.col("is_family").fill_null(value=False).any().over("place")
    led = (pl.col("is_head") & ~pl.col("is_owner").fill_null(value=False)).any().over("place")
    kept = has_family & ~led
    by_title = pl.col("source").is_in(LIVED_IN_BY_TITLE).fill_null(value=False) & ~kept
    owner = pl.col("is_owner").fill_null(value=False) & ~by_title
    tenant = pl.col("is_tenant").fill_null(value=False) & ~owner
    owned = rooms.with_columns(is_owning=owner).filter(pl.col("is_owning").any().over("place"))
    own = pl.col("is_owning") & pl.col("is_registered")
    numbers = owned.filter(own).group_by("place").agg(numbers=pl.col("hukou_no").fill_null("").unique())
    same = pl.col("hukou_no").fill_null("").is_in(pl.col("numbers")).fill_null(value=True)
    family = owned.join(numbers, on="place", how="left").filter(
        pl.col("is_owning") | (~tenant & ~by_title & ~pl.col("is_head") & (~pl.col("is_registered") | same))
    )
    return family.select("person_id", hub=pl.lit("owned/") + pl.col("place"))


def _parents_and_children(rooms: pl.DataFrame) -> pl.DataFrame:
    aged = rooms.drop_nulls(["surname", "birth_date"]).select(
        "person_id", "place", "surname", year=pl.col("birth_date").dt.year()
    )
    pairs = aged.join(aged, on=["place", "surname"], suffix="_child").filter(
        (pl.col("year_child") - pl.col("year")).is_between(*PARENT_YEARS)
    )
    hub = pl.lit("line/") + pl.col("place") + "/" + pl.col("surname")
    return pl.concat([pairs.select("person_id", hub=hub), pairs.select(person_id="person_id_child", hub=hub)]).unique()


def _siblings(rooms: pl.DataFrame) -> pl.DataFrame:
    """Young people of one surname who head no household: a child registered with one parent, beside the other's."""
    young = rooms.filter((_age() < SIBLING_YEARS) & ~pl.col("is_head")).drop_nulls("surname")
    several = young.filter(pl.len().over("place", "surname") > 1)
    return several.select("person_id", hub=pl.lit("siblings/") + pl.col("place") + "/" + pl.col("surname"))


def _children_by_surname(rooms: pl.DataFrame) -> pl.DataFrame:
    """Who is in no register and of no known age, beside registered kin of the same surname."""
    family = ~pl.col("is_head") | (pl.col("is_registered").sum().over("place") > 1)
    told = rooms.with_columns(
        is_unknown=~pl.col("is_registered") & pl.col("birth_date").is_null(), is_kin=pl.col("is_registered") & family
    ).drop_nulls("surname")
    both = pl.col("is_unknown").any().over("place", "surname") & pl.col("is_kin").any().over("place", "surname")
    tied = told.filter(both).filter(pl.col("is_unknown") | pl.col("is_kin"))
    return tied.select("person_id", hub=pl.lit("surname/") + pl.col("place") + "/" + pl.col("surname"))


def _family_on_the_roll(rooms: pl.DataFrame) -> pl.DataFrame:
    """Whom a roll calls family and the register lacks, around the one tenant, owner or head who could be meant."""
    on_roll = pl.col("is_family").fill_null(value=False) & ~pl.col("is_registered")
    holds = pl.col("is_owner").fill_null(value=False) | pl.col("is_tenant").fill_null(value=False)
    told = rooms.with_columns(is_kin=on_roll, leads=pl.col("is_head") | (holds & pl.col("relation").is_null()))
    one = pl.col("is_kin").any().over("place") & ((pl.col("leads") & ~pl.col("is_kin")).sum().over("place") == 1)
    tied = told.filter(one).filter(pl.col("is_kin") | pl.col("leads"))
    return tied.select("person_id", hub=pl.lit("roll/") + pl.col("place"))


def _kin_without_number(residents: pl.DataFrame) -> pl.DataFrame:
    """Head, spouse, children of one dwelling; two heads there leave open whose kin the others are."""
    told = residents.filter(
        pl.col("is_registered")
        & pl.col("hukou_no").is_null()
        & pl.col("relation").is_not_null()
        & ~pl.col("is_stranger")
    )
    one = told.filter(pl.col("is_head").sum().over("place") <= 1)
    return one.select("person_id", hub=pl.lit("relation/") + pl.col("place"))


def _couples_of_two_registers(rooms: pl.DataFrame) -> pl.DataFrame:
    """One man and one woman of about one age, each in a registered household of which no spouse lives there."""
    numbered = rooms.filter(pl.col("hukou_no").is_not_null() & pl.col("is_adult").fill_null(value=False))
    spouse = pl.col("relation").str.starts_with("1").fill_null(value=False)
    leading = numbered.filter(pl.col("is_head") | spouse)
    single = leading.filter(pl.len().over("place", "hukou_no") == 1)
    two = single.filter((pl.len().over("place") == 2) & (pl.col("sex").n_unique().over("place") == 2))
    years = (pl.col("birth_date").max() - pl.col("birth_date").min()).over("place").dt.total_days() / 365.25
    others = leading.group_by("place").agg(leading=pl.len())
    alone = two.join(others.filter(pl.col("leading") == 2), on="place", how="semi")
    return alone.filter(years <= COUPLE_YEARS).select("person_id", hub=pl.lit("couple/") + pl.col("place"))


def _kin_of_the_unregistered(rooms: pl.DataFrame) -> pl.DataFrame:
    """Registered spouse and children without their head, beside the one adult there whom the register lacks."""
    by_title = pl.col("source").is_in(LIVED_IN_BY_TITLE).fill_null(value=False)
    rented = pl.col("is_tenant").fill_null(value=False).any().over("place")
    lone = ~pl.col("is_registered") & pl.col("is_adult").fill_null(value=True) & ~(by_title & rented)
    kin = pl.col("is_registered") & pl.col("relation").is_not_null()
    headless = kin.any().over("place") & (pl.col("is_head").sum().over("place") == 0)
    tied = rooms.filter(headless & (lone.sum().over("place") == 1)).filter(lone | kin)
    return tied.select("person_id", hub=pl.lit("headless/") + pl.col("place"))


def _children_of_the_other_register(rooms: pl.DataFrame) -> pl.DataFrame:
    """Children of a registered household of which no adult lives anywhere, beside adults of one other household."""
    grown = pl.col("is_adult").fill_null(value=False) & pl.col("is_registered")
    child = pl.col("relation").str.contains("^[234]").fill_null(value=False) & pl.col("hukou_no").is_not_null()
    number = pl.col("hukou_no").fill_null("")
    told = rooms.with_columns(
        alone=child & ((grown & ~child).sum().over(number) == 0),
        parent=grown & ~child & ~pl.col("is_tenant").fill_null(value=False),
    )
    households = told.filter("parent").group_by("place").agg(parents=number.n_unique())
    around = told.join(households.filter(pl.col("parents") == 1), on="place", how="semi")
    tied = around.filter(pl.col("alone").any().over("place")).filter(pl.col("alone") | pl.col("parent"))
    return tied.select("person_id", hub=pl.lit("minors/") + pl.col("place"))


def titles_in_rooms(rows: pl.DataFrame, today: pl.Expr) -> pl.DataFrame:
    """Who owns or rents the rooms that rows name.

    Args:
        rows: mentions with ``person_id, source, fact`` (``evidence.dated_rows``).
        today: day of the newest delivery, a literal.

    Returns:
        ``person_id, place, is_owner, is_tenant, is_family`` (家属 on the roll), one row per person and room.
    """
    roll = pl.col("feed") == "property_occupants"
    running = pl.col("until_on").is_null() | (pl.col("until_on") >= today)
    cancelled = (pl.col("feed") == "housing_properties") & (pl.col("fact") == "注销").fill_null(value=False)
    told = rows.filter(running & ~cancelled).select(
        "person_id",
        place=pl.coalesce("room_code", pl.when(pl.col("matched_level") == "room").then("address_code")),
        is_owner=(pl.col("person_role") == "owner") | (roll & (pl.col("fact") == "业主")),
        is_tenant=(pl.col("person_role") == "tenant") | (roll & (pl.col("fact") == "租户")),
        is_family=roll & (pl.col("fact") == "家属"),
    )
    return (
        told.drop_nulls("place")
        .group_by("person_id", "place")
        .agg(pl.col("is_owner", "is_tenant", "is_family").fill_null(value=False).any())
    )
