"""Phones and the tokens of ID numbers: values of which a person may have several."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipelines.identity.golden.attributes import ATTRIBUTE_SCHEMA
from pipelines.identity.golden.rules import AttributeRule
from pipelines.identity.golden.survivorship import DAYS_PER_YEAR

Tokenise = Callable[[pl.Series], pl.Series]


def rank_phones(rows: pl.DataFrame, rule: AttributeRule) -> pl.DataFrame:
    """Rank phones; they do not exclude each other, so each stands for itself.

    Returns:
        The columns of ``survivorship.rank_claims``; ``confidence`` is the chance that one of those who told the phone
        is right and it still rings, old evidence measured against the person's newest.
    """
    claims = (
        rows.select("person_id", "source", "on", value="phones")
        .filter(pl.col("value").list.len() > 0)
        .explode("value")
        .drop_nulls("value")
    )
    told = claims.with_columns(doubt=rule.doubts(claims["source"])).filter(pl.col("doubt").is_not_null())
    age = (pl.col("on").max().over("person_id") - pl.col("on")).dt.total_days() / DAYS_PER_YEAR
    rings = (1.0 - pl.col("doubt")) * (-rule.change_per_year * age.fill_null(0.0)).exp()
    by_source = (
        told.with_columns(rings=rings.round(6))
        .group_by("person_id", "value", "source")
        .agg(pl.col("rings", "on").max(), pl.col("doubt").min())
        .sort("person_id", "value", "doubt", "source")
    )
    return (
        by_source.group_by("person_id", "value", maintain_order=True)
        .agg(
            confidence=(1.0 - (1.0 - pl.col("rings")).product()).round(4),
            source=pl.col("source").first(),
            on=pl.col("on").max(),
            sources=pl.col("source").sort(),
            witnesses=pl.len().cast(pl.Int64),
        )
        .sort(["person_id", "confidence", "on", "value"], descending=[False, True, True, False], nulls_last=True)
        .with_columns(place=pl.int_range(pl.len()).over("person_id"))
    )


def token_attributes(tokens: pl.DataFrame) -> pl.DataFrame:
    """The tokens as rows of ``attributes.ATTRIBUTE_SCHEMA``: a number lawfully re-issued leaves a person with two."""
    several = pl.len().over("person_id") > 1
    return (
        tokens.drop_nulls("token")
        .select(
            "person_id",
            "source",
            "on",
            attribute=pl.lit("id_token"),
            value="token",
            confidence=pl.lit(None, dtype=pl.Float64),
            sources=pl.concat_list("source"),
            reason=pl.when(several).then(pl.lit("several_numbers")).otherwise(pl.lit("undisputed")),
            alternatives=pl.lit(None, dtype=pl.String),
        )
        .select(ATTRIBUTE_SCHEMA.names())
        .cast({name: kind for name, kind in ATTRIBUTE_SCHEMA.items() if name != "person_id"})
    )


def id_tokens(rows: pl.DataFrame, tokenise: Tokenise) -> pl.DataFrame:
    """Tokens of a person's own valid numbers; each distinct number is tokenised once.

    Returns:
        ``person_id, token, source, on``, one row per person and number: the smallest source that carries it and the
        newest evidence; sorted.
    """
    held = (
        rows.filter("is_own")
        .group_by("person_id", "id_number")
        .agg(pl.col("source").min(), pl.col("on").max())
        .sort("person_id", "id_number")
    )
    numbers = held.select("id_number").unique().sort("id_number")
    tokens = numbers.with_columns(token=tokenise(numbers["id_number"]))
    return held.join(tokens, on="id_number", how="left").select("person_id", "token", "source", "on")
