"""Numbers with a slip in the birth date, mended by the birth date of the same row."""

from __future__ import annotations

import polars as pl

from pipelines.normalise.id_check import birth_inside, sex_inside
from pipelines.normalise.id_repair import repair_candidates


def with_mended_patterns(rows: pl.DataFrame) -> pl.DataFrame:
    """Put what a number most likely was into `id_pattern`, where the row's own birth date picks one candidate.

    Two witnesses agree then: the check character and the birth date. The number stays `invalid` and proves nobody.
    Where the birth date inside is right already, the slip is elsewhere and nothing picks among the candidates.

    Args:
        rows: mentions with `id_kind, id_number, id_pattern, birth_date, birth_precision, sex`.

    Returns:
        The same rows in the same order.
    """
    keys = ["id_number", "birth_date", "birth_precision", "sex"]
    whole = (pl.col("id_kind") == "invalid") & (pl.col("id_pattern") == pl.col("id_number"))
    wrong = rows.filter(whole & pl.col("birth_date").is_not_null()).select(keys).unique()
    wrong = wrong.filter(~_born(birth_inside(pl.col("id_number"))).fill_null(value=False))
    candidates = repair_candidates(wrong["id_number"]).rename({"number": "id_number"})
    fitting = wrong.join(candidates, on="id_number").filter(
        _born(birth_inside(pl.col("candidate"))),
        (sex_inside(pl.col("candidate")) == pl.col("sex")).fill_null(value=True),
    )
    mended = fitting.group_by(keys).agg(pl.col("candidate").first(), choices=pl.len()).filter(pl.col("choices") == 1)
    joined = rows.join(mended.drop("choices"), on=keys, how="left", nulls_equal=True, maintain_order="left")
    picked = pl.when(whole).then("candidate")
    return joined.with_columns(id_pattern=pl.coalesce(picked, "id_pattern")).drop("candidate")


def _born(inside: pl.Expr) -> pl.Expr:
    """The date inside a number is that of the row, as far as the row tells it; a year alone picks nothing."""
    same_month = inside.dt.truncate("1mo") == pl.col("birth_date").dt.truncate("1mo")
    return (
        pl.when(pl.col("birth_precision") == "day")
        .then(inside == pl.col("birth_date"))
        .when(pl.col("birth_precision") == "month")
        .then(same_month)
        .otherwise(pl.lit(value=False))
    )
