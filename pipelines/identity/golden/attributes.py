"""What departments say differently of one person, kept beside the value that won and the reason why it did."""

from __future__ import annotations

from typing import Final

import polars as pl

ATTRIBUTE_SCHEMA: Final = pl.Schema(
    {
        "person_id": pl.String(),
        "attribute": pl.String(),
        "value": pl.String(),
        "source": pl.String(),
        "on": pl.Date(),
        "confidence": pl.Float64(),
        "sources": pl.List(pl.String()),
        "reason": pl.String(),
        "alternatives": pl.String(),
    }
)
"""One row per person and attribute with a value (``name, sex, birth_date, phone, hukou_address_code,
residence_address_code``), and one per ``id_token``. ``alternatives`` is a JSON list of the other values, best first,
each with its sources, date and confidence; null where nobody says otherwise."""

REASONS: Final = ("undisputed", "agreement", "newer", "trusted", "likelier", "several_numbers")
"""Why a value won: nobody says otherwise; more departments say it than the next value; it is the newer one; its source
is more reliable; or all of it together (usage of names, finer evidence). Of a token: the person has several numbers."""


def conflicts_kept(attribute: str, ranked: pl.DataFrame) -> pl.DataFrame:
    """The chosen value of an attribute with what speaks against it.

    Args:
        attribute: name of the attribute.
        ranked: its ranked values (``survivorship.rank_claims``).

    Returns:
        Rows of ``ATTRIBUTE_SCHEMA``, one per person; ``person_id`` as it stands in ``ranked``.
    """
    words = ranked.with_columns(pl.col("value").cast(pl.String)).with_columns(attribute=pl.lit(attribute))
    best = words.filter(pl.col("place") == 0)
    others = words.filter(pl.col("place") > 0).sort("person_id", "place")
    losing = others.group_by("person_id", maintain_order=True).agg(
        alternatives=_as_json(),
        next_witnesses=pl.col("witnesses").first(),
        next_on=pl.col("on").first(),
        next_confidence=pl.col("confidence").first(),
        next_source=pl.col("source").first(),
    )
    return (
        best.join(losing, on="person_id", how="left")
        .with_columns(reason=_reason())
        .select(ATTRIBUTE_SCHEMA.names())
        .cast({name: kind for name, kind in ATTRIBUTE_SCHEMA.items() if name != "person_id"})
    )


def _as_json() -> pl.Expr:
    told = pl.struct("value", "sources", pl.col("on").dt.to_string("%Y-%m-%d"), "confidence")
    return pl.concat_str(pl.lit("["), told.struct.json_encode().str.join(","), pl.lit("]"))


def _reason() -> pl.Expr:
    return (
        pl.when(pl.col("alternatives").is_null())
        .then(pl.lit("undisputed"))
        .when(pl.col("witnesses") > pl.col("next_witnesses"))
        .then(pl.lit("agreement"))
        .when(pl.col("source") == pl.col("next_source"), pl.col("on") > pl.col("next_on"))
        .then(pl.lit("newer"))
        .when(pl.col("source") != pl.col("next_source"))
        .then(pl.lit("trusted"))
        .otherwise(pl.lit("likelier"))
    )
