"""The reasons of a forecast in words, Chinese and English: what was counted, nothing that was guessed."""

from __future__ import annotations

import polars as pl

DRIFTS_ZH = {"rising": "近期上升", "falling": "近期下降", "steady": "无明显变化"}
DRIFTS_EN = {"rising": "rising", "falling": "falling", "steady": "no clear change"}


def word_reasons(forecast: pl.DataFrame) -> pl.DataFrame:
    """Return the forecast with reasons_zh and reasons_en.

    Args:
        forecast: history_weeks, past_count, newest_on, street_share, around, drift, drift_ratio, state, stale, shown,
            trained_until.

    Sentences are joined by `；` and `; `, as many in one language as in the other.
    """
    known = pl.col("state") == "known"
    return forecast.with_columns(
        reasons_zh=pl.when(known).then(_known_zh()).otherwise(_unknown_zh()),
        reasons_en=pl.when(known).then(_known_en()).otherwise(_unknown_en()),
    )


def _known_zh() -> pl.Expr:
    happened = pl.when(pl.col("past_count") > 0).then(
        pl.format(
            "近{}周{}起，最近一起{}；占本街道同类的{}%",
            "history_weeks",
            "past_count",
            _day("newest_on"),
            _percent("street_share"),
        )
    )
    none = pl.format("近{}周无记录", "history_weeks")
    around = pl.format("；相邻处{}起", "around")
    drift = pl.format("；{}{}", pl.col("drift").replace_strict(DRIFTS_ZH, default=None), _ratio("（加权为平均的{}倍）"))
    return pl.concat_str(pl.coalesce(happened, none), around, _where_any(drift))


def _known_en() -> pl.Expr:
    happened = pl.when(pl.col("past_count") > 0).then(
        pl.format(
            "{} in {} weeks, newest on {}; {} % of this sub-district's",
            "past_count",
            "history_weeks",
            _day("newest_on"),
            _percent("street_share"),
        )
    )
    none = pl.format("None in {} weeks", "history_weeks")
    around = pl.format("; {} next to it", "around")
    drift = pl.format(
        "; {}{}", pl.col("drift").replace_strict(DRIFTS_EN, default=None), _ratio(" (weighted {} times the mean)")
    )
    return pl.concat_str(pl.coalesce(happened, none), around, _where_any(drift))


def _unknown_zh() -> pl.Expr:
    none = pl.format("近{}周本处及相邻处均无记录：此处未知，不等于安全", "history_weeks")
    return (
        pl.when(~pl.col("shown"))
        .then(pl.lit("住户不足十户，不分类公布，仅计入全部警情"))
        .when(pl.col("stale"))
        .then(pl.format("警情数据只到{}，已过期：此处未知", _day("trained_until")))
        .when(pl.col("history_weeks") == 0)
        .then(pl.lit("警情记录不足一周：此处未知"))
        .otherwise(none)
    )


def _unknown_en() -> pl.Expr:
    none = pl.format(
        "No record here or next to it in {} weeks: not known, which is not the same as safe", "history_weeks"
    )
    return (
        pl.when(~pl.col("shown"))
        .then(pl.lit("Fewer than ten homes: the kind of call is not told, all calls together are"))
        .when(pl.col("stale"))
        .then(pl.format("The record of incidents ends on {} and is out of date: not known", _day("trained_until")))
        .when(pl.col("history_weeks") == 0)
        .then(pl.lit("Less than a week of incidents was recorded: not known"))
        .otherwise(none)
    )


def _day(name: str) -> pl.Expr:
    return pl.col(name).dt.to_string("%Y-%m-%d")


def _where_any(text: pl.Expr) -> pl.Expr:
    """Return the text where the place has an incident of its own, else nothing: no drift without one."""
    return pl.when(pl.col("past_count") > 0).then(text).otherwise(pl.lit(""))


def _ratio(pattern: str) -> pl.Expr:
    """Return the ratio in words where the drift is one, else nothing."""
    moved = pl.col("drift").is_in(["rising", "falling"])
    return pl.when(moved).then(pl.format(pattern, _one_decimal("drift_ratio"))).otherwise(pl.lit(""))


def _one_decimal(name: str) -> pl.Expr:
    return pl.col(name).round(1).cast(pl.String)


def _percent(name: str) -> pl.Expr:
    return (100 * pl.col(name)).round(0).cast(pl.Int64).cast(pl.String)
