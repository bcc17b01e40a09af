"""What is usual of a feed, and the band outside which a delivery is told as drift.

Everything is compared with up to eight earlier deliveries of the same feed and kind (full or increment); before there
are three, nothing is said. The bands are wide on purpose: some 250 columns and 17 files are compared each night, and at
most one night in twenty may raise a false alarm.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.quality.profile.codes import codes_moved

HISTORY = 8
LEAST_HISTORY = 3
# Standard deviations of a count or a median that chance explains; 4.5 of them once in 10^5 comparisons.
CHANCE = 4.5
# What a share of cells moves from night to night without any reason, such as another clerk on duty.
SHARE_SLACK = 0.02
# A full list changes by a few of a hundred rows between deliveries; the busiest day of an increment is a quarter busier
# than what eight deliveries showed.
FULL_SLACK = 0.05
FULL_ROWS = 5.0
BUSY = 1.25
# Rows that come by chance spread by the root of their number; what comes by a plan (one entry a household and week)
# spreads less, and three deliveries cannot tell: take seven tenths of it at least.
STEADY = 0.7
# Weekends are quiet: that a count is low is told only by a history that holds one.
WEEK_DAYS = 7
# A weekend, and the bank holiday after it.
LAG_SLACK = 3
LAG_FACTOR = 2.0
# Of fewer rows the middle, the length and the newest date say nothing.
FEW_ROWS = 12
# Mean length of texts, in characters: a change of half a word in each cell.
CHARS_SLACK = 0.15
# Different values of a column, of the fewest that eight deliveries showed in as many rows.
DISTINCT = 0.6
# Fresh rows that are expected and do not come: nine of them once in 10^4 (e^-9), twice as many because clerks enter
# changes by the batch.
FROZEN = 18.0
EMPTY_BY_CHANCE = 1e-4

# Rows and cells counted whose share has a band.
FILE_COUNTS = ("repeated", "quarantined", "keys_new", "keys_gone", "copies")
CELL_COUNTS = (
    *("nulls", "unread", "unknown_codes", "top_rows", "far", "changed"),
    *("digits", "masked", "rounded", "garbled", "tests"),
)

KEYS = ("department", "feed", "column")


def with_bands(tonight: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Add to the rows of one delivery date what is usual, and the bands.

    Args:
        tonight: rows of `ops.feed_profile` of one delivery date, without what this adds.
        earlier: rows of earlier dates, of any feed.
    """
    history = _history(tonight, earlier)
    usual = history.filter(pl.col("back") <= HISTORY).group_by(KEYS).agg(*_usual())
    rates = history.filter(_tells_rate()).group_by(KEYS).agg(*_rates())
    joined = tonight.join(usual, on=KEYS, how="left", maintain_order="left")
    joined = joined.join(rates, on=KEYS, how="left", maintain_order="left")
    joined = joined.with_columns(
        pl.col("earlier").fill_null(0),
        pl.col("new_columns_most").fill_null(0),
        pl.when(pl.col("column") != "").then(_is_missing().cast(pl.Int64)).alias("missing_columns"),
        codes_moved(joined),
    )
    missing = pl.col("missing_columns").sum().over("department", "feed", "delivered_on")
    enough = pl.col("earlier") >= LEAST_HISTORY
    bands = {**_file_bands(), **_share_bands(), **_value_bands()}
    return joined.with_columns(
        pl.when(pl.col("column") == "").then(missing).otherwise(pl.col("missing_columns")).alias("missing_columns"),
        *(pl.when(enough).then(band).alias(name) for name, band in bands.items()),
    )


def usual_values(earlier: pl.DataFrame, department: str, feed: str) -> Mapping[str, tuple[float, float]]:
    """Return the median and the quartile distance of each column over the last deliveries of a feed.

    Of the newest eight dates; only columns that three of them could measure.
    """
    own = earlier.filter((pl.col("department") == department) & (pl.col("feed") == feed))
    measured = own.drop_nulls(["median", "spread"]).sort("delivered_on", descending=True)
    newest = measured.group_by("column", maintain_order=True).head(HISTORY)
    usual = newest.group_by("column").agg(pl.col("median", "spread").median(), pl.len().alias("dates"))
    kept = usual.filter(pl.col("dates") >= LEAST_HISTORY).sort("column")
    return {name: (median, spread) for name, median, spread, _ in kept.iter_rows()}


def _history(tonight: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Return the earlier comparable deliveries of each row, newest first: `back` counts them from 1.

    The first delivery of an increment is none of them, for it brings the past: ten years of marriages on one day.
    `first` is the feed's first delivery, `quiet` the deliveries in a row, tonight's the last, without a fresh row.
    """
    on, unchanged = pl.col("delivered_on").alias("on"), pl.col("unchanged").alias("quiet")
    joined = earlier.join(tonight.select(*KEYS, "is_full", on, unchanged), on=[*KEYS, "is_full"])
    first = earlier.group_by("department", "feed").agg(pl.col("delivered_on").min().alias("first"))
    joined = joined.filter(pl.col("delivered_on") < pl.col("on")).join(first, on=["department", "feed"])
    kept = joined.filter(pl.col("is_full") | (pl.col("delivered_on") > pl.col("first")))
    ordered = kept.sort("delivered_on", descending=True)
    return ordered.with_columns(back=pl.int_range(1, pl.len() + 1).over(KEYS), quiet=pl.col("quiet").fill_null(0))


def _tells_rate() -> pl.Expr:
    """Keep eight deliveries that tell how many fresh rows usually come.

    Not the feed's first, of which every row is new, nor those of the quiet run that goes on tonight.
    """
    before_quiet = pl.max_horizontal(pl.lit(0), pl.col("quiet") - 1)
    beyond = pl.col("back") - before_quiet
    return (beyond > 0) & (beyond <= HISTORY) & (pl.col("delivered_on") > pl.col("first"))


def _rates() -> list[pl.Expr]:
    return [
        pl.when(pl.len() >= LEAST_HISTORY).then(pl.col("fresh").cast(pl.Float64).median()).alias("usual_fresh"),
        pl.col("fresh").mean().alias("fresh/mean"),
        pl.col("fresh").min().alias("fresh/lowest"),
        pl.len().alias("fresh/nights"),
    ]


def _share(count: str) -> pl.Expr:
    return pl.when(pl.col("rows") > 0).then(pl.col(count) / pl.col("rows"))


def _usual() -> list[pl.Expr]:
    rows = pl.col("rows")
    plain = [
        "rows",
        "lag_days",
        "gap_days",
        "new_columns",
        "distinct",
        "share_top",
        "chars",
        "median",
        "spread",
    ]
    shares = {"null": "nulls", "digit": "digits"}
    pooled = [*CELL_COUNTS, *FILE_COUNTS]
    return [
        pl.len().cast(pl.Int64).alias("earlier"),
        *(pl.col(name).cast(pl.Float64).median().alias(f"usual_{name}") for name in plain),
        *(_share(count).median().alias(f"usual_{name}_share") for name, count in shares.items()),
        *(_share(count).max().alias(f"{count}/highest") for count in pooled),
        *(_share(count).min().alias(f"{count}/lowest") for count in pooled),
        *(
            (pl.col(count).sum() / rows.filter(pl.col(count).is_not_null()).sum()).alias(f"{count}/pooled")
            for count in pooled
        ),
        rows.sum().alias("rows/all"),
        rows.min().alias("rows/lowest"),
        rows.max().alias("rows/highest"),
        pl.col("lag_days").max().alias("lag/highest"),
        pl.col("gap_days").max().alias("gap/highest"),
        (pl.col("delivered_on").max() - pl.col("delivered_on").min()).dt.total_days().alias("span"),
        pl.col("distinct").min().alias("distinct/lowest"),
        pl.col("new_columns").max().alias("new_columns_most"),
        pl.col("chars").min().alias("chars/lowest"),
        pl.col("chars").max().alias("chars/highest"),
        pl.col("median").min().alias("median/lowest"),
        pl.col("median").max().alias("median/highest"),
        pl.col("spread").max().alias("spread/highest"),
        pl.col("code_counts").drop_nulls().alias("codes/earlier"),
    ]


def _file_bands() -> dict[str, pl.Expr]:
    usual, lowest, highest = pl.col("usual_rows"), pl.col("rows/lowest"), pl.col("rows/highest")
    is_file, is_full = pl.col("column") == "", pl.col("is_full")
    slack = pl.max_horizontal(pl.lit(FULL_ROWS), FULL_SLACK * usual)
    # An increment after a longer pause brings the rows of all its days.
    pause = pl.max_horizontal(pl.lit(1.0), pl.col("gap_days") / pl.col("usual_gap_days").clip(1))
    spread = pl.max_horizontal(STEADY * usual.sqrt(), (highest - lowest) / _range_of_normal())
    low = pl.when(pl.col("span") >= WEEK_DAYS).then(pl.min_horizontal(lowest, usual - CHANCE * spread))
    high = pl.max_horizontal(highest, usual + CHANCE * spread) * pause * BUSY + FULL_ROWS
    steady = pl.col("usual_rows") >= FEW_ROWS
    wait = pl.when(steady).then(pl.col("gap/highest") + 1).otherwise(2 * pl.col("gap/highest") + 2)
    lag = LAG_FACTOR * pl.col("lag/highest") + pl.col("gap/highest") + LAG_SLACK
    # How many rows a full list of some estates has tells nothing: other estates' were delivered before.
    whole = ~pl.col("is_scoped")
    bands = {
        "rows_least": pl.when(is_full).then(pl.when(whole).then(lowest - slack)).otherwise(low).clip(0),
        "rows_most": pl.when(is_full).then(pl.when(whole).then(highest + slack)).otherwise(high),
        "unchanged_most": _unchanged_most(),
        **{f"{count}_most": _most(count) for count in FILE_COUNTS},
        "copies_most": _copies_most(),
        # A full list of a quiet register ages by itself; that it froze is told by `unchanged`.
        "lag_days_most": pl.when(~is_full & steady).then(lag.cast(pl.Int64)),
        "age_days_most": wait.cast(pl.Int64),
    }
    return {name: pl.when(is_file).then(band) for name, band in bands.items()}


def _range_of_normal() -> pl.Expr:
    """Return how many standard deviations lie between the lowest and the highest of the earlier deliveries (d2)."""
    expected = {3: 1.69, 4: 2.06, 5: 2.33, 6: 2.53, 7: 2.70, 8: 2.85}
    return pl.col("earlier").replace_strict(expected, default=expected[LEAST_HISTORY], return_dtype=pl.Float64)


def _unchanged_most() -> pl.Expr:
    """How many deliveries in a row may bring nothing new, by the rate at which new rows usually come."""
    told = (pl.col("fresh/nights") >= LEAST_HISTORY) & (pl.col("fresh/lowest") > 0) & (pl.col("span") >= WEEK_DAYS)
    rate = pl.when(told).then(pl.col("fresh/mean"))
    return (FROZEN / rate).ceil().cast(pl.Int64) - 1


def _is_missing() -> pl.Expr:
    """Say whether a column is empty that chance does not leave empty, by how often its cells were so far."""
    pooled, before = pl.col("nulls/pooled"), pl.col("rows/all")
    share = (pooled * before + 2) / (before + 4)
    return ((pl.col("nulls") == pl.col("rows")) & (share ** pl.col("rows") < EMPTY_BY_CHANCE)).fill_null(value=False)


def _share_bands() -> dict[str, pl.Expr]:
    bands = {f"{count}_most": _most(count) for count in CELL_COUNTS}
    bands |= {f"{count}_least": _least(count) for count in ("digits", "masked")}
    return {name: pl.when(pl.col("column") != "").then(band) for name, band in bands.items()}


def _most(count: str) -> pl.Expr:
    """Return how many rows of this delivery may have a property, by the share of earlier rows that had it.

    Two rows more on either side (Agresti and Coull) keep a share of nothing from having a band of nothing.
    """
    rows, highest = pl.col("rows"), pl.col(f"{count}/highest")
    share = (pl.col(f"{count}/pooled") * pl.col("rows/all") + 2) / (pl.col("rows/all") + 4)
    spread = (share * (1 - share) * (1 / rows + 1 / pl.col("rows/all"))).sqrt()
    return pl.max_horizontal(share + CHANCE * spread, highest) * rows + SHARE_SLACK * rows + 1


def _copies_most() -> pl.Expr:
    """Return how many rows may be copies: two events alike in everything come rarely by chance, so none is assumed."""
    rows, pooled = pl.col("rows"), pl.col("copies/pooled")
    return pl.col("copies/highest") * rows + CHANCE * (pooled * rows).sqrt() + SHARE_SLACK * rows + 1


def _least(count: str) -> pl.Expr:
    rows, lowest = pl.col("rows"), pl.col(f"{count}/lowest")
    share = (pl.col(f"{count}/pooled") * pl.col("rows/all") + 2) / (pl.col("rows/all") + 4)
    spread = (share * (1 - share) * (1 / rows + 1 / pl.col("rows/all"))).sqrt()
    return (pl.min_horizontal(share - CHANCE * spread, lowest) * rows - SHARE_SLACK * rows - 1).clip(0)


def _value_bands() -> dict[str, pl.Expr]:
    filled = (pl.col("rows") - pl.col("nulls")).clip(1)
    # The standard error of a median is 1.25 sigma by the root of n, and sigma is the quartile distance by 1.35.
    error = 1.25 / 1.35 * pl.col("spread/highest") / filled.sqrt()
    room = CHANCE * error + 0.1 * pl.col("spread/highest") + (pl.col("median/highest") - pl.col("median/lowest"))
    length = CHARS_SLACK * pl.col("usual_chars") + CHANCE * pl.col("usual_chars") / (2 * filled.sqrt())
    fewest = pl.col("distinct/lowest") * pl.min_horizontal(pl.lit(1.0), pl.col("rows") / pl.col("rows/highest"))
    enough = (pl.col("rows") >= FEW_ROWS) & (pl.col("usual_rows") >= FEW_ROWS)
    bands = {
        "distinct_least": (DISTINCT * fewest - 1).clip(0),
        "median_least": pl.col("median/lowest") - room,
        "median_most": pl.col("median/highest") + room,
        "chars_least": (pl.col("chars/lowest") - length).clip(0),
        "chars_most": pl.col("chars/highest") + length,
    }
    return {name: pl.when(enough).then(band) for name, band in bands.items()}
