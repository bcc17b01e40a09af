"""Persons of whom no row has changed keep their own golden values: only the others are looked at again.

What a person's own rows tell (``own_values``) is a function of these rows; residence, usage of names and what was seen
when look around and are settled for everybody every night.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from pipelines.identity.golden.contact import Tokenise
from pipelines.identity.golden.evidence import dated_rows
from pipelines.identity.golden.facts import complete_facts
from pipelines.identity.golden.names import name_usage
from pipelines.identity.golden.own_values import OWN_COLUMNS, own_values, with_usage
from pipelines.identity.golden.persons import with_residence
from pipelines.identity.golden.records import GoldenRecords
from pipelines.identity.golden.rules import shipped_rules
from pipelines.identity.outputs import FINGERPRINT

_SEEDS: Final = (20260301, 20260302)


@dataclass(frozen=True)
class KnownValues:
    """Golden records, and what to remember of them.

    Attributes:
        golden: the records.
        value: own values of every person, with the fingerprint (128 bits) of the rows that they follow from.
        value_attribute: what they were chosen from.
    """

    golden: GoldenRecords
    value: pl.DataFrame
    value_attribute: pl.DataFrame


def golden_from_memory(
    members: pl.DataFrame, facts: pl.DataFrame, tokenise: Tokenise, value: pl.DataFrame, value_attribute: pl.DataFrame
) -> KnownValues:
    """Give what ``golden_records`` gives, looking only at persons of whom a row is new, changed or gone.

    Args:
        members: as in ``golden_records``.
        facts: as in ``golden_records``.
        tokenise: as in ``golden_records``; the same key as on the night of the memory.
        value: as an earlier night of the same release kept it; empty for nothing.
        value_attribute: beside it.
    """
    rules = shipped_rules()
    rows = dated_rows(members, complete_facts(facts))
    prints = _fingerprints(rows)
    standing = value.join(prints, on=["person_id", *FINGERPRINT], how="semi")
    asked = rows.join(standing, on="person_id", how="anti", maintain_order="left")
    fresh = own_values(asked, tokenise, rules)
    persons, attributes = fresh.person, fresh.person_attribute
    if standing.height:
        held = value_attribute.join(standing, on="person_id", how="semi", maintain_order="left")
        persons = pl.concat([standing.select(persons.columns), persons]).sort("person_id")
        attributes = pl.concat([held.select(attributes.columns), attributes])
        attributes = attributes.sort("person_id", "attribute", "value")
    values = with_usage(GoldenRecords(persons, attributes), rows, name_usage(rows), rules)
    return KnownValues(
        golden=with_residence(values, rows, facts, rules),
        value=persons.join(prints, on="person_id", how="left", maintain_order="left"),
        value_attribute=attributes,
    )


def _fingerprints(rows: pl.DataFrame) -> pl.DataFrame:
    """``person_id`` and the hashes of everything that own values look at, whatever the order of the rows.

    Every row holds its record, so that no two rows of a person are equal and a sum loses nothing.
    """
    texts = [
        (pl.col(name).list.join("\x1e") if isinstance(rows.schema[name], pl.List) else pl.col(name).cast(pl.String))
        .fill_null("\0")
        .alias(name)
        for name in OWN_COLUMNS
    ]
    whole = pl.concat_str(texts, separator="\x1f")
    ways = (pl.struct(texts).hash(_SEEDS[0]), whole.hash(_SEEDS[1]))
    hashed = rows.select("person_id", **dict(zip(FINGERPRINT, ways, strict=True)))
    return hashed.group_by("person_id").agg(pl.col(FINGERPRINT).sum())
