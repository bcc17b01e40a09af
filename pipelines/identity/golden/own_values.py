"""Golden values that follow from a person's own rows alone, so that who has no news needs no second look."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.identity.golden.attributes import ATTRIBUTE_SCHEMA, conflicts_kept
from pipelines.identity.golden.civil_status import police_now
from pipelines.identity.golden.codes import with_codes, without_codes
from pipelines.identity.golden.contact import Tokenise, id_tokens, rank_phones, token_attributes
from pipelines.identity.golden.names import rank_names
from pipelines.identity.golden.records import GoldenRecords
from pipelines.identity.golden.rules import Attributes
from pipelines.identity.golden.survivorship import rank_claims, winners
from pipelines.identity.golden.vital import rank_births, rank_sexes

OWN_COLUMNS: Final = (
    "person_id",
    "feed",
    "record_key",
    "person_role",
    "source",
    "on",
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
    "observed_on",
    "first_delivered_on",
    "id_kind",
    "id_number",
    "is_own",
    "phones",
    "hukou_address_code",
    "residence_type",
    "status",
)
"""All that ``own_values`` reads of the rows of ``evidence.dated_rows``: where these are unchanged, so are its values. A
delivery that repeats a row changes none of them."""


def own_values(rows: pl.DataFrame, tokenise: Tokenise, rules: Attributes) -> GoldenRecords:
    """Name, sex, birth date, phones, tokens, place of registration and status of each person.

    Args:
        rows: dated rows of the persons wanted (``evidence.dated_rows``), only ``OWN_COLUMNS`` of them.
        tokenise: keyed one-way tokens of ID numbers.
        rules: the rules of survivorship.

    Returns:
        ``person``: ``person_id`` and these values with source, date and confidence, one row per person;
        ``person_attribute``: what they were chosen from. Names know nothing of usage yet (``with_usage``).
    """
    told, codes = with_codes(rows.select(OWN_COLUMNS))
    sexes = rank_sexes(told, rules.sex)
    births = rank_births(told, rules.birth_date)
    names = rank_names(told, rules.name)
    phones = rank_phones(told, rules.phone)
    tokens = id_tokens(told, tokenise)
    hukou = rank_claims(told.select("person_id", "source", "on", value="hukou_address_code"), rules.hukou)
    persons = told.select("person_id").unique()
    precision = births.filter(pl.col("place") == 0).select("person_id", birth_date_precision="precision")
    parts = [
        winners(names, "name"),
        winners(sexes, "sex"),
        winners(births, "birth_date").join(precision, on="person_id"),
        winners(phones, "phones").drop("phones", "phones_confidence"),
        phones.group_by("person_id", maintain_order=True).agg(phones="value"),
        tokens.group_by("person_id").agg(id_tokens=pl.col("token").drop_nulls().unique().sort()),
        winners(hukou, "hukou_address_code"),
        police_now(told),
    ]
    for part in parts:
        persons = persons.join(part, on="person_id", how="left")
    ranked = {"name": names, "sex": sexes, "birth_date": births, "phone": phones, "hukou_address_code": hukou}
    kept = [*(conflicts_kept(name, frame) for name, frame in ranked.items()), token_attributes(tokens)]
    person = persons.with_columns(pl.col("phones", "id_tokens").fill_null([])).sort("person_id")
    attributes = pl.concat(kept).sort("person_id", "attribute", "value")
    return GoldenRecords(
        person=without_codes(person, codes),
        person_attribute=without_codes(attributes, codes).select(ATTRIBUTE_SCHEMA.names()),
    )


def with_usage(values: GoldenRecords, rows: pl.DataFrame, usage: pl.DataFrame, rules: Attributes) -> GoldenRecords:
    """Choose again among several forms of a name, now with what people in this city are called.

    Args:
        values: ``own_values`` of the persons in ``rows``.
        rows: dated rows.
        usage: ``names.name_usage`` of the whole night.
        rules: the rules of survivorship.
    """
    several = (pl.col("attribute") == "name") & pl.col("alternatives").is_not_null()
    disputed = values.person_attribute.filter(several).select("person_id")
    theirs = rows.join(disputed, on="person_id", how="semi")
    sexes = values.person.select("person_id", "sex")
    names = rank_names(theirs, rules.name, sexes, usage)
    chosen = winners(names, "name")
    kept = values.person_attribute.filter(~several.fill_null(value=False))
    return GoldenRecords(
        person=values.person.update(chosen, on="person_id", how="left").sort("person_id"),
        person_attribute=pl.concat([kept, conflicts_kept("name", names)]).sort("person_id", "attribute", "value"),
    )
