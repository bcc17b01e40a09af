"""Who is family by what departments record: certificates, registered households, joint titles, benefits.

A tie is written as membership of a *hub* (a certificate, a registered household): persons of one dwelling in one hub
are one family. That needs no pair of persons and so survives a collective hukou of 400.
"""

from __future__ import annotations

import polars as pl

from pipelines.identity.constraints import POLICE_FEED

MAX_FAMILY_HUKOU = 12
"""A registered household with more persons is a collective one (集体户): an address of convenience, not a family."""

NOT_KIN = ("79", "97", "98", "99")
"""GB/T 4761: 保姆 and 非亲属 live in a household without being family."""

ENDED = ("离婚",)

HUB_SCHEMA = pl.Schema({"person_id": pl.String(), "hub": pl.String()})


def registered_relations(members: pl.DataFrame) -> pl.DataFrame:
    """What the register says of each person's place in a household, by the newest police row.

    Returns:
        ``person_id, hukou_no, relation, residence_type, since_on, size`` (persons registered under the same number; 0
        without a number); one row for every person whom the register names.
    """
    rows = members.filter(pl.col("feed") == POLICE_FEED)
    order = ["person_id", "observed_on", "record_key"]
    newest = rows.sort(order, descending=[False, True, False], nulls_last=True)
    one = newest.group_by("person_id", maintain_order=True).agg(
        pl.col("hukou_no").drop_nulls().first(),
        pl.col("relation_to_head").drop_nulls().first().alias("relation"),
        pl.col("residence_type").drop_nulls().first(),
        pl.col("since_on").first(),
    )
    numbered = pl.col("hukou_no").is_not_null()
    return one.with_columns(size=pl.when(numbered).then(pl.len().over("hukou_no")).otherwise(0))


def registered_households(members: pl.DataFrame) -> pl.DataFrame:
    """The rows of ``registered_relations`` with a household number: who is registered in which household."""
    return registered_relations(members).filter(pl.col("hukou_no").is_not_null())


def strong_hubs(members: pl.DataFrame, registered: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Recorded family ties.

    Args:
        members: mentions with ``person_id``.
        registered: ``registered_households``.
        facts: ``facts.record_facts``.

    Returns:
        ``person_id, hub``: persons of one hub are kin.
    """
    hukou = registered.filter(
        (pl.col("size") <= MAX_FAMILY_HUKOU) & ~pl.col("relation").is_in(NOT_KIN).fill_null(value=False)
    ).select("person_id", hub=pl.lit("hukou/") + pl.col("hukou_no"))
    records = members.select("person_id", "feed", "record_key", "person_role").unique()
    record_hub = pl.col("feed") + "/" + pl.col("record_key")
    named = records.filter(
        pl.col("feed").is_in(["civil_affairs_benefits", "civil_affairs_elderly"])
        | ((pl.col("feed") == "housing_properties") & (pl.col("person_role") == "owner"))
    ).select("person_id", hub=record_hub)
    return pl.concat([hukou, _standing_couples(members, facts), named]).unique().sort("hub", "person_id")


def _standing_couples(members: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Husband and wife whose newest certificate together is not of a divorce."""
    sides = members.filter(pl.col("feed") == "civil_affairs_marriages").join(
        facts.select("feed", "record_key", "fact"), on=["feed", "record_key"], how="left"
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
