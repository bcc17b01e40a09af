"""Sex and birth date: what rows say, and what the own ID number says."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from pipelines.identity.constraints import number_birth, number_sex
from pipelines.identity.golden.rules import AttributeRule
from pipelines.identity.golden.survivorship import DAYS_PER_YEAR, rank_claims

GRAIN = {"day": 0, "month": 1, "year": 2}
GRAIN_STEP = 100_000_000
NUMBER = "number"


def rank_sexes(rows: pl.DataFrame, rule: AttributeRule) -> pl.DataFrame:
    """Rank sexes: rows, and the parity digit of own valid numbers (see ``rank_claims``)."""
    inner = number_sex(pl.col("id_number"))
    told = rows.filter(_own_word("sex_source", "sex", inner)).select("person_id", "on", "source", value="sex")
    return rank_claims(pl.concat([_inside(rows, inner), told]), rule)


def rank_births(rows: pl.DataFrame, rule: AttributeRule) -> pl.DataFrame:
    """Rank birth dates.

    A claim of a month or a year supports every day inside it, and is a candidate itself only where nobody tells a finer
    date inside it. Dates after the row, before the longest life and those written for want of one are no claims.

    Args:
        rows: mentions with ``person_id``, ``source`` and ``on``.
        rule: the rule of birth dates.

    Returns:
        The columns of ``rank_claims``, ``value`` a date, and ``precision`` (day, month or year).
    """
    inner = number_birth(pl.col("id_number"))
    inside = _inside(rows, inner).with_columns(grain=pl.lit(0, dtype=pl.Int8))
    told = rows.filter(_own_word("birth_source", "birth_date", inner)).select(
        "person_id",
        "on",
        "source",
        value="birth_date",
        grain=pl.col("birth_precision").replace_strict(GRAIN, default=2, return_dtype=pl.Int8),
    )
    newest = rows.group_by("person_id").agg(latest=pl.max_horizontal("observed_on", "first_delivered_on").max())
    claims = _believable(pl.concat([inside, told]).join(newest, on="person_id"), rule)
    keyed = claims.with_columns(day="value", value=_key("value", "grain"))
    days = keyed.select("person_id", candidate="value", born="day", fine="grain").unique()
    finest = days.filter(~_has_finer(days))
    ranked = rank_claims(keyed.drop("latest"), rule, finest, _supports())
    day = pl.col("value") % GRAIN_STEP
    grain = pl.col("value") // GRAIN_STEP
    return ranked.with_columns(
        value=pl.date(day // 10_000, day // 100 % 100, day % 100),
        precision=grain.replace_strict({place: name for name, place in GRAIN.items()}, return_dtype=pl.String),
    )


def _inside(rows: pl.DataFrame, inner: pl.Expr) -> pl.DataFrame:
    """What own valid numbers say, a claim for every feed that carries the number."""
    return rows.filter("is_own").select("person_id", "on", source=pl.lit(f"{NUMBER}/") + pl.col("feed"), value=inner)


def _own_word(origin: str, column: str, inner: pl.Expr) -> pl.Expr:
    """Rows whose value did not merely come out of their number.

    A mention takes birth date and sex from its number where the row has none; counted again as the row's own word, it
    would let a borrowed number outvote the register.
    """
    copied = pl.col(origin) == NUMBER
    unknown = pl.col(origin).is_null() & (pl.col("id_kind") == "valid") & (pl.col(column) == inner)
    return ~(copied.fill_null(value=False) | unknown.fill_null(value=False))


def _believable(claims: pl.DataFrame, rule: AttributeRule) -> pl.DataFrame:
    oldest = pl.col("latest") - timedelta(days=round(rule.earliest_age_years * DAYS_PER_YEAR))
    doubt = rule.doubts(claims["source"])
    halved = pl.col("value").is_in(list(rule.doubtful)) & ~pl.col("source").str.starts_with(NUMBER)
    return claims.filter(
        ~pl.col("value").is_in(list(rule.impossible)) & pl.col("value").is_between(oldest, pl.col("latest"))
    ).with_columns(doubt=pl.when(halved).then((1.0 + doubt) / 2).otherwise(doubt))


def _key(day: str, grain: str) -> pl.Expr:
    """Grain and day in one number: 1 1980 05 01 is May 1980, 2 1980 01 01 the year."""
    date = pl.col(day).dt
    month = pl.when(pl.col(grain) == GRAIN["year"]).then(1).otherwise(date.month().cast(pl.Int32))
    first = pl.when(pl.col(grain) == GRAIN["day"]).then(date.day().cast(pl.Int32)).otherwise(1)
    return pl.col(grain).cast(pl.Int32) * GRAIN_STEP + date.year() * 10_000 + month * 100 + first


def _has_finer(days: pl.DataFrame) -> pl.Series:
    """Candidates inside which the same person has a finer one."""
    finer = days.join(days, on="person_id", suffix="_finer").filter(
        (pl.col("fine_finer") < pl.col("fine")) & _covers("fine", "born", "born_finer")
    )
    covering = finer.select("person_id", "candidate").unique().with_columns(covers=pl.lit(value=True))
    return days.join(covering, on=["person_id", "candidate"], how="left", maintain_order="left")["covers"].fill_null(
        value=False
    )


def _covers(grain: str, wide: str, narrow: str) -> pl.Expr:
    same_year = pl.col(wide).dt.year() == pl.col(narrow).dt.year()
    same_month = same_year & (pl.col(wide).dt.month() == pl.col(narrow).dt.month())
    return (
        pl.when(pl.col(grain) == 0)
        .then(pl.col(wide) == pl.col(narrow))
        .when(pl.col(grain) == 1)
        .then(same_month)
        .otherwise(same_year)
    )


def _supports() -> pl.Expr:
    """A claim supports the candidates inside it; a finer one also the coarse candidate around it."""
    return _covers("grain", "day", "born") & (pl.col("grain") >= pl.col("fine")) | (
        _covers("fine", "born", "day") & (pl.col("grain") < pl.col("fine"))
    )
