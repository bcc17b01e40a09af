"""Households and their members as tonight's data tell them, with ids that last."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.identity.golden.kin_ties import MAX_FAMILY_HUKOU
from pipelines.identity.households.group import group_households
from pipelines.identity.ledger.carry import carry_over
from pipelines.identity.ledger.persons import Mint, mint_ids
from pipelines.identity.outputs import HOUSEHOLD_MEMBER_SCHEMA, HOUSEHOLD_SCHEMA

SAME_SPELL = 0.5
"""A member whose stay began on the same day in the same place pulls the id a little more than one who moved: where one
of two leaves, the id stays with the dwelling; a majority that moves takes it along."""


@dataclass(frozen=True)
class Households:
    """``master.household`` and ``master.household_member``; what a row itself says has ended carries ``until``."""

    household: pl.DataFrame
    household_member: pl.DataFrame


def build_households(
    persons: pl.DataFrame,
    members: pl.DataFrame,
    facts: pl.DataFrame,
    previous_member: pl.DataFrame,
    born: pl.DataFrame,
    mint: Mint = mint_ids,
) -> Households:
    """Build the households that tonight's data tell; only their ids come from the night before.

    A household keeps the id of the earlier one of its basis with which it shares most persons; ties go to the older,
    then the smaller id.

    Args:
        persons: golden records with ``person_rank``.
        members: mentions with ``person_id``.
        facts: ``facts.record_facts``.
        previous_member: ``master.household_member`` of the last snapshot, person ids already following merges.
        born: ``household_id, born``: when each id was minted.
        mint: source of new ids.

    Returns:
        Both tables, sorted; a person is in at most one current household per basis.
    """
    groups, evidence = group_households(persons, members, facts)
    named = _named(groups, previous_member, born, persons, mint)
    memberships = named.select(HOUSEHOLD_MEMBER_SCHEMA.names()).cast(HOUSEHOLD_MEMBER_SCHEMA)
    return Households(
        household=_households(named, evidence).sort("household_id"),
        household_member=memberships.sort("household_id", "person_id", "since", "until"),
    )


def _named(
    groups: pl.DataFrame, previous_member: pl.DataFrame, born: pl.DataFrame, persons: pl.DataFrame, mint: Mint
) -> pl.DataFrame:
    keyed = groups.with_columns(new=pl.col("basis") + "/" + pl.col("group"))
    kept = carry_over(
        _overlap(keyed, previous_member).join(born, left_on="old_id", right_on="household_id", how="left")
    )
    order = (
        keyed.join(persons.select("person_id", "person_rank"), on="person_id")
        .group_by("new")
        .agg(rank=pl.col("person_rank").min())
        .sort("rank", "new")
        .join(kept, on="new", how="left", maintain_order="left")
    )
    fresh = order.filter(pl.col("old_id").is_null())
    minted = fresh.select("new", new_id=pl.Series(mint(fresh.height), dtype=pl.String))
    ids = order.join(minted, on="new", how="left").select("new", household_id=pl.coalesce("old_id", "new_id"))
    return keyed.join(ids, on="new")


def _overlap(keyed: pl.DataFrame, previous_member: pl.DataFrame) -> pl.DataFrame:
    """``new, old_id, weight``; what had ended is met only by the same spell, so that no ended id comes back to life."""
    spell = ["address_code", "since", "until"]
    old = previous_member.select("person_id", "basis", *spell, old_id="household_id")
    pairs = keyed.select("new", "person_id", "basis", *spell).join(old, on=["person_id", "basis"], suffix="_old")
    same = pl.col("address_code").eq_missing(pl.col("address_code_old")) & pl.col("since").eq_missing(
        pl.col("since_old")
    )
    both_current = pl.col("until").is_null() & pl.col("until_old").is_null()
    reopened = pl.col("until").is_null() & pl.col("until_old").is_not_null()
    met = pairs.filter(both_current | (same & ~reopened))
    return met.group_by("new", "old_id").agg(weight=pl.len() + SAME_SPELL * same.sum())


def _households(named: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    over = pl.col("until").is_not_null().all()
    return (
        named.group_by("household_id")
        .agg(
            pl.col("basis", "group").first(),
            pl.col("address_code").drop_nulls().sort().first(),
            member_count=pl.len(),
            head_person_id=pl.col("person_id").filter("is_head").first(),
            since=pl.col("since").min(),
            until=pl.when(over).then(pl.col("until").max()),
        )
        .with_columns(is_collective=(pl.col("basis") == "hukou") & (pl.col("member_count") > MAX_FAMILY_HUKOU))
        .join(evidence.with_columns(basis=pl.lit("residence")), on=["basis", "group"], how="left")
        .with_columns(pl.col("evidence").fill_null(pl.concat_list("basis")))
        .select(HOUSEHOLD_SCHEMA.names())
        .cast(HOUSEHOLD_SCHEMA)
    )
