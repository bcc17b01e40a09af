"""One person, one record (一人一档): golden values over all mentions of a person, each with its source and date."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.identity.golden.attributes import ATTRIBUTE_SCHEMA, conflicts_kept
from pipelines.identity.golden.civil_status import police_now, without_residence_of_the_gone
from pipelines.identity.golden.contact import Tokenise, id_tokens, rank_phones
from pipelines.identity.golden.evidence import dated_rows
from pipelines.identity.golden.facts import complete_facts
from pipelines.identity.golden.kin_ties import registered_households, strong_hubs
from pipelines.identity.golden.names import name_usage, rank_names
from pipelines.identity.golden.residence import golden_residence
from pipelines.identity.golden.rules import Attributes, shipped_rules
from pipelines.identity.golden.survivorship import rank_claims, winners
from pipelines.identity.golden.vital import rank_births, rank_sexes

CHILD_YEARS = 16
"""Below this age nobody keeps house alone: compulsory schooling ends at fifteen."""


@dataclass(frozen=True)
class GoldenRecords:
    """Golden values and what they were chosen from.

    Attributes:
        person: one row per person, sorted: the columns of ``master.person`` without ``household_id``.
        person_attribute: ``ATTRIBUTE_SCHEMA``: one row per person and attribute with a value, conflicts kept; sorted.
    """

    person: pl.DataFrame
    person_attribute: pl.DataFrame


def build_persons(members: pl.DataFrame, facts: pl.DataFrame, tokenise: Tokenise) -> pl.DataFrame:
    """Build the golden record of every person: ``golden_records`` without what it was chosen from."""
    return golden_records(members, facts, tokenise).person


def golden_records(
    members: pl.DataFrame, facts: pl.DataFrame, tokenise: Tokenise, rules: Attributes | None = None
) -> GoldenRecords:
    """Build the golden record of every person.

    Args:
        members: person mentions with ``person_id`` and ``is_own`` (the valid number is the mention's own; null when
            the mention has none).
        facts: ``facts.record_facts``.
        tokenise: keyed one-way tokens of ID numbers (a number never enters a master table).
        rules: the rules of survivorship; the shipped ones when none are given.

    Returns:
        Both frames. A null golden value means that no source tells it; the residence of a person who died or moved
        away is null.
    """
    told = rules or shipped_rules()
    values = own_values(members, facts, tokenise, name_usage(members), told)
    return with_residence(values, members, facts, told)


def own_values(
    members: pl.DataFrame, facts: pl.DataFrame, tokenise: Tokenise, usage: pl.DataFrame, rules: Attributes
) -> GoldenRecords:
    """Everything but the residence: a function of each person's own mentions, their facts and the usage of names.

    Args:
        members: as in ``golden_records``.
        facts: as in ``golden_records``.
        tokenise: as in ``golden_records``.
        usage: ``names.name_usage`` of the whole night.
        rules: the rules of survivorship.
    """
    rows = dated_rows(members, complete_facts(facts))
    sexes = rank_sexes(rows, rules.sex)
    sex = winners(sexes, "sex")
    names = rank_names(rows, sex.select("person_id", "sex"), usage, rules.name)
    births = rank_births(rows, rules.birth_date)
    phones = rank_phones(rows, rules.phone)
    tokens = id_tokens(rows, tokenise)
    hukou = rank_claims(rows.select("person_id", "source", "on", value="hukou_address_code"), rules.hukou)
    persons = _seen(rows)
    parts = [
        winners(names, "name"),
        sex,
        winners(births, "birth_date").join(
            births.filter(pl.col("place") == 0).select("person_id", birth_date_precision="precision"), on="person_id"
        ),
        winners(phones, "phones").drop("phones", "phones_confidence"),
        phones.group_by("person_id", maintain_order=True).agg(phones="value"),
        tokens.group_by("person_id").agg(id_tokens=pl.col("token").drop_nulls().unique().sort()),
        winners(hukou, "hukou_address_code"),
        police_now(rows),
    ]
    for part in parts:
        persons = persons.join(part, on="person_id", how="left")
    kept = {"name": names, "sex": sexes, "birth_date": births, "phone": phones, "hukou_address_code": hukou}
    attributes = [conflicts_kept(name, ranked) for name, ranked in kept.items()]
    return GoldenRecords(
        person=persons.with_columns(pl.col("phones", "id_tokens").fill_null([])).sort("person_id"),
        person_attribute=pl.concat(attributes),
    )


def with_residence(
    values: GoldenRecords, members: pl.DataFrame, facts: pl.DataFrame, rules: Attributes
) -> GoldenRecords:
    """Add where everybody lives: looks at kin and at the dwelling, and changes with the day as leases end.

    Args:
        values: ``own_values`` of all persons.
        members: mentions of all persons.
        facts: as in ``golden_records``.
        rules: the rules of survivorship.
    """
    rows = dated_rows(members, complete_facts(facts))
    hubs = strong_hubs(members, registered_households(members), facts)
    home, ranked = golden_residence(rows, hubs, _minors(values.person, members), rules.residence)
    persons = without_residence_of_the_gone(values.person.join(home, on="person_id", how="left"))
    settled = persons.filter(pl.col("residence_address_code").is_not_null()).select("person_id")
    alive = ranked.join(settled, on="person_id", how="semi")
    kept = pl.concat([values.person_attribute, conflicts_kept("residence_address_code", alive)])
    return GoldenRecords(
        person=persons.sort("person_id"),
        person_attribute=kept.select(ATTRIBUTE_SCHEMA.names()).cast(ATTRIBUTE_SCHEMA).sort("person_id", "attribute"),
    )


def _minors(persons: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """``person_id`` of those too young to have a home of their own."""
    today = pl.lit(members["last_delivered_on"].max(), dtype=pl.Date)
    return persons.filter(pl.col("birth_date") > today.dt.offset_by(f"-{CHILD_YEARS}y")).select("person_id")


def _seen(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by("person_id").agg(
        sources=pl.col("feed").unique().sort(),
        mention_count=pl.len(),
        first_seen=pl.col("first_delivered_on").min(),
        last_seen=pl.col("last_delivered_on").max(),
    )
