"""The golden name: what departments write, weighed with what people are called.

A wrong character typed or read is mostly one that hardly occurs in names (停 for 婷, 刈 for 刘), and characters get
lost far more often than they are invented (林慧 for 林慧红). What is usual, the city's own names tell, apart for men
and women.
"""

from __future__ import annotations

from math import log
from typing import Final

import polars as pl

from pipelines.identity.golden.rules import AttributeRule
from pipelines.identity.golden.survivorship import rank_claims

USAGE_SCHEMA: Final = pl.Schema({"sign": pl.String(), "sex": pl.String(), "uses": pl.Int64()})
NO_FULL_NAME: Final = ("titled", "none", "organisation")
OTHER_SEX: Final = 0.1
"""What a use by the other sex counts: 雪 and 学 sound alike, and a woman is called 雪."""

USUAL_LENGTH: Final = 2
"""Characters of a given name; three are rare."""

SURNAME_MARK: Final = "^"
"""Stands before a character that is used as a surname, so that 李 is not counted among given names."""


def name_usage(rows: pl.DataFrame) -> pl.DataFrame:
    """Count in how many different names each character stands.

    Args:
        rows: all mentions: ``name, surname, given, sex``.

    Returns:
        Rows of ``USAGE_SCHEMA``, sorted; ``uses`` in powers of two, so that one more name a night changes little.
        A surname counts as a whole, marked with ``SURNAME_MARK``; ``sex`` null is that of names whose bearer's sex no
        row tells.
    """
    names = rows.select("name", "surname", "given", "sex").drop_nulls(["name", "given"]).unique()
    signs = pl.concat(
        [
            names.select("sex", sign=pl.col("given").str.split("")).explode("sign"),
            names.select("sex", sign=pl.lit(SURNAME_MARK) + pl.col("surname")),
        ]
    )
    counted = signs.filter(pl.col("sign") != "").drop_nulls("sign").group_by("sign", "sex").agg(uses=pl.len())
    return counted.select("sign", "sex", uses=pl.lit(2.0).pow(pl.col("uses").log(2).round()).cast(pl.Int64)).sort(
        "sign", "sex", nulls_last=True
    )


def rank_names(
    rows: pl.DataFrame, rule: AttributeRule, sexes: pl.DataFrame | None = None, usage: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Rank the full names of each person (see ``rank_claims``).

    A form that the police register lists as a former name is believed only when nothing else is there. Who is known by
    a surname and a title alone has no full name.

    Args:
        rows: mentions with ``person_id``, ``source`` and ``on``.
        rule: the rule of names.
        sexes: ``person_id, sex``: the golden sex.
        usage: ``name_usage`` of the whole night; without it and the sexes only the sources decide.
    """
    claims = _current_names(rows)
    if sexes is None or usage is None:
        return rank_claims(claims.drop("surname"), rule)
    forms = claims.select("person_id", candidate="value", surname="surname").unique(["person_id", "candidate"])
    several = forms.filter(pl.len().over("person_id") > 1)
    prior = _prior(several.join(sexes, on="person_id", how="left"), usage, rule)
    return rank_claims(claims.drop("surname"), rule, prior=prior)


def _current_names(rows: pl.DataFrame) -> pl.DataFrame:
    former = rows.filter(pl.col("former_name").is_not_null()).select("person_id", value="former_name").unique()
    full = rows.filter(pl.col("name").is_not_null() & ~pl.col("name_kind").is_in(NO_FULL_NAME))
    # The surname of a form is the same in all rows; max only makes the frame one row a form.
    claims = full.select("person_id", "source", "on", "surname", value="name")
    current = claims.join(former, on=["person_id", "value"], how="anti")
    old = claims.join(current.select("person_id").unique(), on="person_id", how="anti")
    return pl.concat([current, old]).with_columns(pl.col("surname").max().over("person_id", "value"))


def _prior(forms: pl.DataFrame, usage: pl.DataFrame, rule: AttributeRule) -> pl.DataFrame:
    """``person_id, candidate, prior``: log-odds of each form before anybody wrote it, up to a constant a person.

    A form that lacks a character of another has lost it, unless the longer one is longer than names are: then a
    character was typed twice (刘佳佳曦).
    """
    used = _used(forms, usage).with_columns(prior=rule.usage_weight * pl.col("usual"))
    pairs = forms.join(forms.select("person_id", longer="candidate"), on="person_id")
    usual = _given("longer").str.len_chars() <= USUAL_LENGTH
    shorter = pairs.filter(_lacks_one() & (pl.col("longer").str.contains("·").not_()))
    lost = shorter.filter(usual).select("person_id", "candidate")
    typed_twice = shorter.filter(~usual).select("person_id", candidate="longer")
    unlikely = pl.concat([lost, typed_twice]).unique().with_columns(unlikely=pl.lit(value=True))
    penalty = pl.when(pl.col("unlikely").fill_null(value=False)).then(log(rule.lost_character)).otherwise(0.0)
    return used.join(unlikely, on=["person_id", "candidate"], how="left").select(
        "person_id", "candidate", prior=pl.col("prior") - penalty
    )


def _given(column: str) -> pl.Expr:
    return pl.col(column).str.strip_prefix(pl.col("surname").fill_null(""))


def _used(forms: pl.DataFrame, usage: pl.DataFrame) -> pl.DataFrame:
    """``person_id, candidate, usual``: log of how usual surname and given name are.

    A given name counts as if it had two characters, so that a longer one is not the rarer for being longer.
    """
    given = _given("candidate")
    signs = pl.concat(
        [
            forms.select("person_id", "candidate", "sex", sign=given.str.split(""), part=pl.lit(2.0)).explode("sign"),
            forms.select(
                "person_id", "candidate", "sex", sign=pl.lit(SURNAME_MARK) + pl.col("surname"), part=pl.lit(1.0)
            ),
        ]
    ).filter(pl.col("sign") != "")
    same = (pl.col("sex") == pl.col("sex_right")) | pl.col("sex").is_null()
    counted = (
        signs.join(usage.rename({"sex": "sex_right"}), on="sign", how="left")
        .with_columns(worth=pl.when(same.fill_null(value=False)).then(1.0).otherwise(OTHER_SEX))
        .group_by("person_id", "candidate", "sign", "part")
        .agg(uses=(pl.col("uses").fill_null(0) * pl.col("worth")).sum())
    )
    return (
        counted.with_columns(nats=(pl.col("uses") + 1.0).log())
        .group_by("person_id", "candidate", "part")
        .agg(usual=pl.col("nats").mean() * pl.col("part").first())
        .group_by("person_id", "candidate")
        .agg(usual=pl.col("usual").sum())
    )


def _lacks_one() -> pl.Expr:
    """The candidate is the longer form without one of its characters, and begins with the same one."""
    short, long = pl.col("candidate"), pl.col("longer")
    fewer = short.str.len_chars() + 1 == long.str.len_chars()
    inside = short.str.split("").list.set_difference(long.str.split("")).list.len() == 0
    return fewer & inside & (short.str.slice(0, 1) == long.str.slice(0, 1))
