"""The state of each feed in each community: known, thin, stale or silent, with the reason."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from pipelines.risk.stale.sources import AREA, Source

# Fewer rows than this cannot be missed: a small community may have none by chance.
LEAST_EXPECTED: Final = 5.0
# Under this share of what its homes let expect, a register covers a community thinly. What happens differs more between
# places than what stands: a fifth of the usual incidents is a safe place, a tenth is one of which nobody tells.
THIN_REGISTER: Final = 0.25
THIN_EVENTS: Final = 0.10
# Of random days with a mean gap, one gap in fifty is longer than four means (e^-4).
STALE_GAPS: Final = 4.0
STALE_CADENCES: Final = 2.0
# Counts are told in steps, and small ones not at all: some feeds are of persons.
STEP: Final = 5
SMALL: Final = 10


def community_sizes(buildings: pl.DataFrame, communities: pl.DataFrame) -> pl.DataFrame:
    """Return every community of the register: district, street, community, buildings, homes; sorted.

    Args:
        buildings: `facts.building`.
        communities: `facts.community`.
    """
    in_use = buildings.filter(pl.col("address_status").fill_null("在用") != "停用")
    sizes = in_use.group_by(AREA).agg(buildings=pl.len().cast(pl.Int64), homes=pl.col("dwellings").sum().cast(pl.Int64))
    named = communities.select(AREA).unique().join(sizes, on=AREA, how="left")
    return named.with_columns(pl.col("buildings", "homes").fill_null(0)).sort(AREA)


def states_of(source: Source, rows: pl.DataFrame, sizes: pl.DataFrame, buildings: pl.DataFrame, as_of: dt.date,
              delivery_gap: float | None) -> pl.DataFrame:  # fmt: skip
    """Return one row a community: rows, rows_usual, newest_on, lag_days, usual_gap_days, coverage, state and reason.

    Args:
        source: the feed.
        rows: of `located_rows`.
        sizes: of `community_sizes`.
        buildings: `facts.building`.
        as_of: the day that the snapshot speaks of.
        delivery_gap: usual days between deliveries of the feed; null before the second.
    """
    measured = _measured(source, rows, sizes, buildings, as_of, delivery_gap)
    total, homes = pl.col("rows").sum(), pl.col("homes").sum()
    expected = pl.when(homes > 0).then(pl.col("homes") * total / homes).otherwise(total / pl.len())
    judged = measured.with_columns(expected=expected, anywhere=total > 0)
    late = pl.max_horizontal(STALE_GAPS * pl.col("usual_gap_days"), pl.lit(STALE_CADENCES * source.cadence_days))
    is_stale = (pl.col("lag_days") > late).fill_null(value=False)
    thin = pl.col("rows") < (THIN_REGISTER if source.is_register else THIN_EVENTS) * pl.col("expected")
    return judged.with_columns(
        state=pl.when((pl.col("rows") == 0) & (~pl.col("anywhere") | (pl.col("expected") >= LEAST_EXPECTED)))
        .then(pl.lit("silent"))
        .when(is_stale)
        .then(pl.lit("stale"))
        .when((pl.col("rows") == 0) | (thin & (pl.col("expected") >= LEAST_EXPECTED)))
        .then(pl.lit("thin"))
        .otherwise(pl.lit("known"))
    )


def _measured(source: Source, rows: pl.DataFrame, sizes: pl.DataFrame, buildings: pl.DataFrame, as_of: dt.date,
              delivery_gap: float | None) -> pl.DataFrame:  # fmt: skip
    known = rows.with_columns(at=pl.col("place").is_in(buildings["building_code"].implode()).fill_null(value=False))
    first = rows["day"].min()
    seen = (as_of - first).days if isinstance(first, dt.date) else 0
    # The mean gap of the days since the feed was first told, so that two rows a year do not make a place stale.
    gap = seen / pl.col("day").n_unique()
    counted = known.group_by(AREA).agg(
        rows=pl.col("rows").sum(),
        newest_on=pl.col("day").max(),
        oldest_on=pl.col("day").min(),
        usual_gap_days=pl.lit(delivery_gap, pl.Float64) if source.is_register else gap,
        covered=pl.col("place").filter(pl.col("at")).n_unique(),
        has_places=pl.col("place").is_not_null().any(),
    )
    joined = sizes.join(counted, on=AREA, how="left").with_columns(pl.col("rows", "covered").fill_null(0))
    span = (pl.lit(as_of) - pl.col("oldest_on")).dt.total_days().clip(30)
    monthly = pl.col("rows") if source.is_register else pl.col("rows") * 30 / span
    in_steps = (monthly.cast(pl.Float64).fill_null(0) / STEP).round() * STEP
    share = (pl.col("covered") / pl.col("buildings")).clip(0, 1)
    names_places = pl.lit(bool(rows["place"].is_not_null().any()) or rows.is_empty())
    return joined.with_columns(
        rows_usual=pl.when(monthly.fill_null(0).is_between(0, SMALL, closed="none")).then(None).otherwise(in_steps),
        lag_days=(pl.lit(as_of) - pl.col("newest_on")).dt.total_days(),
        usual_gap_days=pl.col("usual_gap_days").round(1),
        coverage=pl.when(names_places & (pl.col("buildings") > 0)).then((share * 20).round() / 20),
    )


def with_words(states: pl.DataFrame, source: Source) -> pl.DataFrame:
    """Add feed, titles, `reason_zh` and `reason_en`.

    Args:
        states: of `states_of`.
        source: the feed.
    """
    share = (100 * pl.col("rows") / pl.col("expected")).round(0).cast(pl.Int64)
    gap = pl.col("usual_gap_days").round(0).cast(pl.Int64)
    zh = {
        "silent": pl.when("anywhere").then(pl.lit("其他社区有资料，此社区从未有：此处情况未知"))
        .otherwise(pl.lit("全区从未收到该资料：此处情况未知")),
        "stale": pl.concat_str(pl.format("最近一条距今{}天", "lag_days"), pl.format("，通常每{}天一条", gap),
                               pl.lit("：此处近况未知"), ignore_nulls=True),
        "thin": pl.when(pl.col("rows") == 0).then(pl.lit("尚无资料，规模太小无从判断：此处情况未知"))
        .otherwise(pl.format("按住宅数折算仅为全区的{}%：此处所知不全", share)),
        "known": pl.lit("资料正常"),
    }  # fmt: skip
    en = {
        "silent": pl.when("anywhere").then(pl.lit("told of other communities, never of this one: here we do not know"))
        .otherwise(pl.lit("never delivered for any community: here we do not know")),
        "stale": pl.concat_str(pl.format("the newest is {} days old", "lag_days"),
                               pl.format(", usually one comes every {} days", gap),
                               pl.lit(": here we do not know the present"), ignore_nulls=True),
        "thin": pl.when(pl.col("rows") == 0).then(pl.lit("nothing yet, and too small to tell: here we do not know"))
        .otherwise(pl.format("{} % of what its homes let expect: here we know only part", share)),
        "known": pl.lit("as usual"),
    }  # fmt: skip
    return states.with_columns(
        feed=pl.lit(source.feed),
        title_zh=pl.lit(source.title_zh),
        title_en=pl.lit(source.title_en),
        reason_zh=_by_state(zh),
        reason_en=_by_state(en),
    )


def _by_state(words: dict[str, pl.Expr]) -> pl.Expr:
    return pl.coalesce(pl.when(pl.col("state") == state).then(said) for state, said in words.items())
