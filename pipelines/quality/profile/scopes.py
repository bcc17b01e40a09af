"""Parts of the city in a delivery: which communities or estates vanished, appeared, or hold rows of another."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.contracts.model import Contract

# Public names of parts of the city, in the order in which a feed is split by them.
SCOPES = ("community", "estate", "street")
# A full list holds what it held: of a part with three rows all are missed, and a fifth of the rows (five at least) is
# more than people move in a night. Rows of an increment come by chance (Poisson): twelve expected and none come once in
# 10^5.
FULL_LEAST = 3
FULL_SLACK = 5
FULL_SHARE = 0.2
INCREMENT_LEAST = 12
# Standard deviations; about three hundred parts are looked at a night.
CHANCE = 5.0

NOTHING: dict[str, int | None] = {
    "scopes": None,
    "scopes_usual": None,
    "scopes_vanished": None,
    "scopes_appeared": None,
    "scopes_moved": None,
}


@dataclass(frozen=True)
class Before:
    """Rows to compare with.

    Attributes:
        rows: what the delivery before contained, for a full; all of some earlier deliveries, for an increment.
        ever: every row of an earlier delivery.
    """

    rows: pl.LazyFrame
    ever: pl.LazyFrame


def scope_column(contract: Contract) -> str | None:
    """Return the column that splits a feed by part of the city; None where it has none.

    It is the one that its fulls are bound to, else a public one called community, estate or street.
    """
    if contract.full_scope is not None:
        return contract.full_scope
    public = {c.name for c in contract.columns if c.data_class == "public" and c.type == "string"}
    return next((name for name in SCOPES if name in public), None)


def count_scopes(tonight: pl.LazyFrame, before: Before, column: str, *, is_full: bool) -> dict[str, int | None]:
    """Return how many parts of the city have rows, and how many vanished, appeared or changed beyond chance.

    Args:
        tonight: what the delivery contained.
        before: what to compare with; without a row of it only `scopes` is counted.
        column: the part of the city.
        is_full: whether the delivery is a full list.
    """
    counts = _count(tonight, column, "now").join(
        _count(before.rows, column, "then"), on=column, how="full", coalesce=True
    )
    known = before.ever.select(column).drop_nulls().unique().with_columns(is_known=pl.lit(value=True))
    parts = counts.join(known, on=column, how="left").with_columns(
        pl.col("now", "then").fill_null(0), pl.col("is_known").fill_null(value=False)
    )
    found = parts.select(*_findings(is_full=is_full)).collect().row(0, named=True)
    if found["scopes_usual"] == 0:
        return NOTHING | {"scopes": found["scopes"]}
    return {name: int(found[name]) for name in NOTHING}


def before_full(
    rows: pl.LazyFrame, contract: Contract, on: date, fulls: pl.DataFrame, delivered: Collection[str] | None
) -> Before:
    """Return what the full list before a delivery contained.

    Args:
        rows: the raw table.
        contract: of the feed.
        on: the delivery date.
        fulls: earlier full deliveries: `delivered_on`, and `scope` (null: the whole feed).
        delivered: the scopes of this delivery, others are not compared; None for the whole feed.
    """
    earlier = rows.filter(pl.col("delivered_on") < on)
    if contract.full_scope is None or delivered is None:
        newest = fulls["delivered_on"].max()
        return Before(earlier.filter(pl.col("last_delivered_on") >= newest), earlier)
    marks = (
        fulls.lazy()
        .filter(pl.col("scope").is_in(sorted(delivered)))
        .group_by("scope")
        .agg(pl.col("delivered_on").max().alias("mark"))
    )
    joined = earlier.join(marks, left_on=contract.full_scope, right_on="scope")
    return Before(joined.filter(pl.col("last_delivered_on") >= pl.col("mark")), earlier)


def before_increment(rows: pl.LazyFrame, on: date, since: date) -> Before:
    """Return the rows of the earlier deliveries of an increment from `since` on."""
    earlier = rows.filter(pl.col("delivered_on") < on)
    return Before(earlier.filter(pl.col("delivered_on") >= since), earlier)


def _count(rows: pl.LazyFrame, column: str, name: str) -> pl.LazyFrame:
    return rows.drop_nulls(column).group_by(column).agg(pl.len().cast(pl.Int64).alias(name))


def _findings(*, is_full: bool) -> list[pl.Expr]:
    now, then = pl.col("now"), pl.col("then")
    if is_full:
        vanished = (then >= FULL_LEAST) & (now == 0)
        room = pl.max_horizontal(pl.lit(FULL_SLACK), FULL_SHARE * then)
        moved = (now > 0) & (then > 0) & ((now - then).abs() > room)
    else:
        share = then / then.sum()
        expected = share * now.sum()
        # The share itself was counted from `then` rows and is as uncertain as these are few.
        spread = (expected * (1 - share) * (1 + now.sum() / then.sum())).sqrt()
        vanished = (expected >= INCREMENT_LEAST) & (now == 0)
        moved = (now > 0) & (then > 0) & ((now - expected).abs() > CHANCE * spread + FULL_LEAST)
    return [
        (now > 0).sum().alias("scopes"),
        (then > 0).sum().alias("scopes_usual"),
        vanished.sum().alias("scopes_vanished"),
        ((now > 0) & ~pl.col("is_known")).sum().alias("scopes_appeared"),
        moved.sum().alias("scopes_moved"),
    ]
