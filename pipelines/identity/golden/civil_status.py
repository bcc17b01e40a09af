"""Alive, moved away, cancelled: what the police register says, and what outweighs it."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from pipelines.identity.constraints import POLICE_FEED

DEAD = "死亡"
GONE_STATUSES = (DEAD, "迁出", "注销")
"""Police statuses after which a person no longer lives here: died, moved away, registration cancelled."""

POLICE_SELF = f"{POLICE_FEED}/self"

LATE_NEWS = timedelta(days=90)
"""A death travels slowly: what other departments date up to three months after it is no sign of life."""

SEEN_ALIVE = (
    "civil_affairs_elderly/self",
    "civil_affairs_marriages/husband",
    "civil_affairs_marriages/wife",
    "street_office_participation/participant",
)
"""Roles in which a person is seen in the flesh: a visit, a registry, an activity."""


def police_now(rows: pl.DataFrame) -> pl.DataFrame:
    """Status and residence type by the police register.

    The newest row speaks; of two on one day the one that says a person is gone. A death stands against a newer row of
    the same register (a second record that nobody closed) unless another department saw the person later.

    Args:
        rows: mentions with ``person_id``, ``source`` and ``on`` (date of the evidence).

    Returns:
        ``person_id, residence_type, status`` with their source and date; only persons whom the register names.
    """
    police = rows.filter(pl.col("source") == POLICE_SELF).with_columns(
        is_gone=pl.col("status").is_in(GONE_STATUSES).fill_null(value=False),
        is_dead=(pl.col("status") == DEAD).fill_null(value=False),
    )
    seen = rows.filter(pl.col("source").is_in(SEEN_ALIVE)).group_by("person_id").agg(seen=pl.col("on").max())
    judged = police.join(seen, on="person_id", how="left").with_columns(
        is_final=pl.col("is_dead") & (pl.col("seen") <= pl.col("on") + LATE_NEWS).fill_null(value=True)
    )
    order = ["person_id", "is_final", "on", "is_gone", "record_key"]
    newest = judged.sort(order, descending=[False, True, True, True, False], nulls_last=True)
    told = newest.group_by("person_id", maintain_order=True)
    return told.agg(*_first("residence_type"), *_first("status"))


def _first(column: str) -> list[pl.Expr]:
    is_told = pl.col(column).is_not_null()
    return [
        pl.col(column).drop_nulls().first(),
        pl.col("source").filter(is_told).first().alias(f"{column}_source"),
        pl.col("on").filter(is_told).first().alias(f"{column}_on"),
    ]


def without_residence_of_the_gone(persons: pl.DataFrame) -> pl.DataFrame:
    """Nobody lives on after death; who moved away or was cancelled lives here again if newer evidence says so."""
    dead = pl.col("status") == DEAD
    away = pl.col("status").is_in(GONE_STATUSES) & (
        (pl.col("residence_address_code_source") == POLICE_SELF)
        | (pl.col("residence_address_code_on") <= pl.col("status_on"))
    )
    gone = (dead | away).fill_null(value=False)
    columns = [name for name in persons.columns if name.startswith(("residence_address_code", "residence_l"))]
    return persons.with_columns(pl.when(~gone).then(pl.col(name)).alias(name) for name in [*columns, "residence_since"])
