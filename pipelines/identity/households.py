"""Households and their members with ids that last and a history, as served."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.identity.households_group import group_households
from pipelines.identity.households_kin import MAX_FAMILY_HUKOU
from pipelines.identity.ledger import Mint, mint_ids
from pipelines.identity.ledger_carry import carry_over
from pipelines.identity.outputs import HOUSEHOLD_MEMBER_SCHEMA, HOUSEHOLD_SCHEMA


@dataclass(frozen=True)
class Households:
    """``master.household`` and ``master.household_member``, current and past."""

    household: pl.DataFrame
    household_member: pl.DataFrame


def build_households(
    persons: pl.DataFrame,
    members: pl.DataFrame,
    facts: pl.DataFrame,
    previous_household: pl.DataFrame,
    previous_member: pl.DataFrame,
    mint: Mint = mint_ids,
) -> Households:
    """Build tonight's households.

    A household keeps the id of the earlier one of its basis with which it shares most persons; ties go to the older,
    then the smaller id. What is no longer true stays, ended on the day of the newest delivery.

    Args:
        persons: golden records with ``person_rank``.
        members: mentions with ``person_id``.
        facts: ``feed, record_key, fact``.
        previous_household: households so far, their history included.
        previous_member: memberships so far, person ids already following merges.
        mint: source of new ids.

    Returns:
        Both tables, sorted; a person is in at most one current household per basis.
    """
    today: date | None = members.select(pl.col("last_delivered_on").max()).item()
    groups = group_households(persons, members, facts)
    named = _named(groups, previous_household, previous_member, persons, mint)
    households = _households(named)
    memberships = named.select(
        "household_id", "address_code", "person_id", "role", "basis", "since", until=pl.lit(None, dtype=pl.Date)
    ).cast(HOUSEHOLD_MEMBER_SCHEMA)
    return Households(
        household=_with_past(households, previous_household, ["household_id"], today).sort("household_id", "until"),
        household_member=_with_past(memberships, previous_member, ["household_id", "person_id"], today).sort(
            "household_id", "person_id", "since", "until"
        ),
    )


def _named(
    groups: pl.DataFrame,
    previous_household: pl.DataFrame,
    previous_member: pl.DataFrame,
    persons: pl.DataFrame,
    mint: Mint,
) -> pl.DataFrame:
    keyed = groups.with_columns(new=pl.col("basis") + "/" + pl.col("group"))
    old = previous_member.filter(pl.col("until").is_null()).select("person_id", "basis", old_id="household_id")
    born = previous_household.group_by("household_id").agg(born=pl.col("since").min())
    overlap = (
        keyed.join(old, on=["person_id", "basis"])
        .group_by("new", "old_id")
        .agg(weight=pl.len())
        .join(born, left_on="old_id", right_on="household_id", how="left")
    )
    kept = carry_over(overlap)
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


def _households(named: pl.DataFrame) -> pl.DataFrame:
    return (
        named.group_by("household_id")
        .agg(
            pl.col("basis").first(),
            pl.col("address_code").drop_nulls().sort().first(),
            member_count=pl.len(),
            head_person_id=pl.col("person_id").filter("is_head").first(),
            since=pl.col("since").min(),
        )
        .with_columns(
            is_collective=(pl.col("basis") == "hukou") & (pl.col("member_count") > MAX_FAMILY_HUKOU),
            until=pl.lit(None, dtype=pl.Date),
        )
        .select(HOUSEHOLD_SCHEMA.names())
        .cast(HOUSEHOLD_SCHEMA)
    )


def _with_past(tonight: pl.DataFrame, previous: pl.DataFrame, key: list[str], today: date | None) -> pl.DataFrame:
    past = previous.filter(pl.col("until").is_not_null())
    ended = previous.filter(pl.col("until").is_null()).join(tonight, on=key, how="anti")
    ended = ended.with_columns(until=pl.lit(today, dtype=pl.Date))
    return pl.concat([tonight, past, ended])
