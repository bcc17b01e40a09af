"""Mentions as witnesses: which source speaks, and of which day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import polars as pl

DATED_FEEDS: Final = (
    "police_residents",
    "civil_affairs_marriages",
    "property_occupants",
    "street_office_participation",
)
"""Feeds whose rows carry a date of their own; others are dated by what their record tells, else by their delivery."""

EVIDENCE_COLUMNS: Final = (
    "mention_index",
    "person_id",
    "feed",
    "record_key",
    "person_role",
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
    "address_code",
    "room_code",
    "unit_code",
    "unit_key",
    "building_code",
    "estate_code",
    "matched_level",
    "hukou_address_code",
    "hukou_no",
    "relation_to_head",
    "residence_type",
    "status",
    "observed_on",
    "first_delivered_on",
    "last_delivered_on",
    "since_on",
    "until_on",
)
"""Columns of mentions that golden values and households look at; the others would only be copied along."""

UNDATED_AGE: Final = timedelta(days=365)
"""A list that is delivered whole says nothing of when its rows were last looked at: taken for a year before."""

EARLIEST: Final = date(1980, 1, 1)
"""Registers on computers are younger; an earlier date (1900-01-01) was written for want of one."""


def dated_rows(members: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Mentions with the source that speaks and the day it speaks of.

    Args:
        members: mentions with ``person_id``.
        facts: rows of ``facts.FACT_SCHEMA``.

    Returns:
        ``EVIDENCE_COLUMNS`` of ``members``, as far as they are there, with ``source`` (``<feed>/<role>``, on a roll
        also the role it gives), ``fact``, ``people``, ``on`` (day of the evidence: the row's own date or that of its
        record, never after its delivery) and ``is_dated`` (that date was told). A beginning of a stay that cannot be
        is null.
    """
    told = facts.select("feed", "record_key", "fact", "seen_on", "people")
    rows = members.select(name for name in EVIDENCE_COLUMNS if name in members.columns).join(
        told, on=["feed", "record_key"], how="left", maintain_order="left"
    )
    own = pl.when(pl.col("feed").is_in(DATED_FEEDS)).then("observed_on")
    day = pl.coalesce(pl.when(_possible("seen_on")).then("seen_on"), pl.when(_possible(own)).then(own))
    roll = (pl.col("feed") == "property_occupants") & pl.col("fact").is_not_null()
    role = pl.concat_str("feed", "person_role", separator="/")
    return rows.with_columns(
        source=pl.when(roll).then(pl.concat_str(role, "fact", separator="/")).otherwise(role),
        on=pl.coalesce(day, _delivered()),
        is_dated=day.is_not_null(),
        since_on=pl.when(_possible("since_on")).then("since_on"),
    ).drop("seen_on")


def _possible(day: str | pl.Expr) -> pl.Expr:
    told = pl.col(day) if isinstance(day, str) else day
    return told.is_between(pl.lit(EARLIEST), pl.col("last_delivered_on"))


def _delivered() -> pl.Expr:
    dated = pl.col("feed").is_in(DATED_FEEDS)
    return pl.when(dated).then("first_delivered_on").otherwise(pl.col("first_delivered_on") - UNDATED_AGE)
