"""Whether the index of a month finds next month's quarrels and failed mediations better than counts of the month do."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from pipelines.risk.buildings.evaluation import EVALUATION, bootstrap_weights, interval, share_listed
from pipelines.risk.disputes.cases import FAILED

MART: Final = "marts.estate_pressure"
TOP: Final = 0.10
LEAST_EVENTS: Final = 30
ORDERS: Final = ("index", "counts")
# After a red month, this many days are waited for a surge.
AHEAD_DAYS: Final = 60
# A surge: at least so many quarrels and failed mediations, and twice what the estate's size lets expect.
LEAST_SURGE: Final = 3


def hold_trial(months: pl.DataFrame, cases: pl.DataFrame, events: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """Return rows of `marts.risk_evaluation`: shares held by a tenth of the estates, and what follows a red light.

    Args:
        months: of `with_pressure`.
        cases: of `dispute_cases`.
        events: of `happened`.
        as_of: the day that the snapshot speaks of.
    """
    told = _troubles(cases, events)
    judged = months.filter("is_known", pl.col("ends_on") + dt.timedelta(days=AHEAD_DAYS) <= as_of)
    listed = [
        part.with_columns(share_listed(part["index"], TOP).alias("index_list"),
                          share_listed(part["new_troubles"], TOP).alias("counts_list"))
        for part in _with_aftermath(judged, told).partition_by("month", maintain_order=True)
    ]  # fmt: skip
    months_judged = pl.concat(listed) if listed else None
    return _frame(months_judged, as_of)


def _troubles(cases: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    quarrels = events.filter(kind="quarrel").select("estate_code", "on")
    failures = cases.filter(pl.col("outcome") == FAILED).select("estate_code", on="ended_on")
    return pl.concat([quarrels, failures]).drop_nulls()


def _with_aftermath(months: pl.DataFrame, troubles: pl.DataFrame) -> pl.DataFrame:
    """Add new_troubles (of the month), after (in `AHEAD_DAYS` after it), surge_after (days to a surge, null: none)."""
    ahead = dt.timedelta(days=AHEAD_DAYS)
    key = ["estate_code", "month"]
    near = months.select(*key, "starts_on", "ends_on").join(troubles, on="estate_code", how="inner")
    own = near.filter(pl.col("on").is_between("starts_on", "ends_on")).group_by(key).agg(new_troubles=pl.len())
    later = near.filter(pl.col("on") > pl.col("ends_on"), pl.col("on") <= pl.col("ends_on") + ahead)
    days = (pl.col("on") - pl.col("ends_on")).dt.total_days()
    after = later.group_by(key).agg(after=pl.len(), third_after=days.sort().get(LEAST_SURGE - 1, null_on_oob=True))
    joined = months.join(own, on=key, how="left").join(after, on=key, how="left")
    filled = joined.with_columns(pl.col("new_troubles", "after").fill_null(0).cast(pl.Int64))
    usual = pl.col("homes") * pl.col("after").sum().over("month") / pl.col("homes").sum().over("month")
    surges = (pl.col("after") >= LEAST_SURGE) & (pl.col("after") >= 2 * usual)
    return filled.with_columns(surge_after=pl.when(surges).then(pl.col("third_after")), is_surge=surges)


def _frame(months: pl.DataFrame | None, as_of: dt.date) -> pl.DataFrame:
    names = [("index", "hit_rate_top_10"), ("counts", "hit_rate_top_10"), ("index", "gain_over_counts"),
             ("red_light", "precision"), ("red_light", "base_rate"), ("red_light", "lead_days")]  # fmt: skip
    events = 0 if months is None else int(months["after"].sum())
    enough = months is not None and events >= LEAST_EVENTS
    measured = _shares(months) | _reds(months) if enough and months is not None else {}
    first = as_of if months is None else min(months["ends_on"].to_list(), default=as_of)
    red = 0 if months is None else months.filter(pl.col("light") == "red").height
    lines = [
        (MART, *name, *measured.get(name, (None, None, None)), red if name[0] == "red_light" else events,
         f"{first}..{as_of}")
        for name in names
    ]  # fmt: skip
    return pl.DataFrame(lines, schema=EVALUATION, orient="row").sort("mart", "model", "measure")


def _shares(months: pl.DataFrame) -> dict[tuple[str, str], tuple[float, float, float]]:
    by_estate = months.group_by("estate_code").agg(
        pl.col("after").sum(), *((pl.col("after") * pl.col(f"{order}_list")).sum().alias(order) for order in ORDERS)
    )
    table = by_estate.sort("estate_code").select("after", *ORDERS).cast(pl.Float64).to_numpy()
    whole, drawn = table.sum(axis=0), bootstrap_weights(len(table)) @ table
    shares = {order: drawn[:, at] / drawn[:, 0] for at, order in enumerate(ORDERS, 1)}
    rates = {
        (order, "hit_rate_top_10"): (float(whole[at] / whole[0]), *interval(shares[order]))
        for at, order in enumerate(ORDERS, 1)
    }
    gain = shares["index"] - shares["counts"]
    return rates | {("index", "gain_over_counts"): (float((whole[1] - whole[2]) / whole[0]), *interval(gain))}


def _reds(months: pl.DataFrame) -> dict[tuple[str, str], tuple[float | None, float | None, float | None]]:
    """How many red months a surge follows, against all months, and after how many days it is seen."""
    reds = months.filter(pl.col("light") == "red")
    base = months["is_surge"].mean()
    told: dict[tuple[str, str], tuple[float | None, float | None, float | None]] = {
        ("red_light", "base_rate"): (float(base) if isinstance(base, float) else None, None, None)
    }
    if reds.is_empty():
        return told
    flags = reds.group_by("estate_code").agg(surges=pl.col("is_surge").sum(), months=pl.len()).sort("estate_code")
    table = flags.select("surges", "months").cast(pl.Float64).to_numpy()
    drawn = bootstrap_weights(len(table)) @ table
    told[("red_light", "precision")] = (
        float(table[:, 0].sum() / table[:, 1].sum()),
        *interval(drawn[:, 0] / drawn[:, 1]),
    )
    lead = reds["surge_after"].drop_nulls()
    if lead.len():
        quartiles = [float(lead.quantile(share) or 0) for share in (0.5, 0.25, 0.75)]
        told[("red_light", "lead_days")] = (quartiles[0], quartiles[1], quartiles[2])
    return told
