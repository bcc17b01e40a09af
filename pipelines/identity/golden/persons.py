"""One person, one record (一人一档): golden values over all mentions of a person, each with its source and date."""

from __future__ import annotations

import polars as pl

from pipelines.identity.golden.attributes import ATTRIBUTE_SCHEMA, conflicts_kept
from pipelines.identity.golden.civil_status import without_residence_of_the_gone
from pipelines.identity.golden.codes import with_codes, without_codes
from pipelines.identity.golden.contact import Tokenise
from pipelines.identity.golden.evidence import dated_rows
from pipelines.identity.golden.facts import complete_facts
from pipelines.identity.golden.kin_ties import registered_households, strong_hubs
from pipelines.identity.golden.names import name_usage
from pipelines.identity.golden.own_values import own_values, with_usage
from pipelines.identity.golden.records import GoldenRecords
from pipelines.identity.golden.residence import golden_residence
from pipelines.identity.golden.rules import Attributes, shipped_rules

__all__ = ["GoldenRecords", "Tokenise", "build_persons", "golden_records", "with_residence"]

WITHOUT_PLACE = (
    "name",
    "name_kind",
    "surname",
    "given",
    "former_name",
    "sex",
    "sex_source",
    "birth_date",
    "birth_precision",
    "birth_source",
    "id_kind",
    "id_number",
    "is_own",
    "phones",
    "hukou_address_code",
)
"""Columns that say nothing of where somebody lives."""

CHILD_YEARS = 16
"""Below this age nobody keeps house alone: compulsory schooling ends at fifteen."""


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
        Both frames, with the columns of ``master.person`` but ``household_id``. A null golden value means that no
        source tells it; the residence of a person who died or moved away is null.
    """
    told = rules or shipped_rules()
    rows = dated_rows(members, complete_facts(facts))
    values = with_usage(own_values(rows, tokenise, told), rows, name_usage(rows), told)
    return with_residence(values, rows, facts, told)


def with_residence(values: GoldenRecords, rows: pl.DataFrame, facts: pl.DataFrame, rules: Attributes) -> GoldenRecords:
    """Add where everybody lives and when they were seen: looks at kin and at dwellings, and leases end with the day.

    Args:
        values: ``own_values.with_usage`` of all persons.
        rows: dated rows of all persons.
        facts: as in ``golden_records``.
        rules: the rules of survivorship.
    """
    coded, codes = with_codes(rows.select(pl.exclude(WITHOUT_PLACE)))
    hubs = strong_hubs(coded.drop("fact"), registered_households(coded), facts)
    minors = codes.join(_minors(values.person, rows), on="person_id", how="semi").select(person_id="code")
    home, ranked = (without_codes(frame, codes) for frame in golden_residence(coded, hubs, minors, rules.residence))
    known = values.person.join(_seen(rows), on="person_id", how="left").join(home, on="person_id", how="left")
    persons = without_residence_of_the_gone(known)
    settled = persons.filter(pl.col("residence_address_code").is_not_null()).select("person_id")
    lived_in = conflicts_kept("residence_address_code", ranked.join(settled, on="person_id", how="semi"))
    return GoldenRecords(
        person=persons.sort("person_id"),
        person_attribute=pl.concat([values.person_attribute, lived_in])
        .select(ATTRIBUTE_SCHEMA.names())
        .cast(ATTRIBUTE_SCHEMA)
        .sort("person_id", "attribute", "value"),
    )


def _minors(persons: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """``person_id`` of those too young to have a home of their own."""
    today = pl.lit(rows["last_delivered_on"].max(), dtype=pl.Date)
    return persons.filter(pl.col("birth_date") > today.dt.offset_by(f"-{CHILD_YEARS}y")).select("person_id")


def _seen(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by("person_id").agg(
        sources=pl.col("feed").unique().sort(),
        mention_count=pl.len(),
        first_seen=pl.col("first_delivered_on").min(),
        last_seen=pl.col("last_delivered_on").max(),
    )
