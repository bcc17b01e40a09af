"""The three strongest reasons of a building's score, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from pipelines.risk.buildings.points import Points
from pipelines.risk.buildings.scoring import COUNTS

REASONS: Final = 3
# A part that gives less than this of the score is no reason.
LEAST_CONTRIBUTION: Final = 0.02

NUMBERS: Final[Mapping[str, str]] = {
    "fire.history": "fires",
    "fire.size": "dwellings",
    "fire.age": "built_year",
    "fire.structure": "structure",
    "fire.storeys": "storeys",
    "structure.age": "built_year",
    "structure.structure": "structure",
    "structure.leaks": "leaks",
    "structure.falling": "falls",
    "blocked_passage.history": "blocked",
}
"""The column behind the `{}` of a part's sentence; parts that are not here have sentences without a number."""

_STRUCTURES: Final = {
    "钢混": "reinforced concrete",
    "砖混": "brick and concrete",
    "砖木": "brick and timber",
    "其他": "other",
}


def with_reasons(scored: pl.DataFrame, points: Points, orders: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Add `reasons_zh` and `reasons_en`: up to three sentences, the strongest first, joined by `；` and `; `.

    Parts that say the same (the age speaks in fire and in structure) are one reason; the size, which is no fault of a
    house, comes last. A building that is not assessed
    says what is not known instead; both are empty where nothing speaks.

    Args:
        scored: of `with_score`.
        points: of `building_points`.
        orders: as given to `with_factors`.
    """
    told = _sentences(scored, points, orders or {})
    strongest = (
        told.group_by("building_code", "zh", "en")
        .agg(pl.col("contribution").sum(), pl.col("is_size").all())
        .filter(pl.col("contribution") >= LEAST_CONTRIBUTION)
        .with_columns(pl.col("contribution").round(9))
        .sort("building_code", "is_size", "contribution", "zh", descending=[False, False, True, False])
        .group_by("building_code", maintain_order=True)
        .head(REASONS)
        .group_by("building_code", maintain_order=True)
        .agg(reasons_zh=pl.col("zh").str.join("；"), reasons_en=pl.col("en").str.join("; "))
    )
    unknown = pl.col("score").is_null()
    return scored.join(strongest, on="building_code", how="left").with_columns(
        reasons_zh=pl.when(unknown).then(pl.lit("资料不足，未评估")).otherwise(pl.col("reasons_zh").fill_null("")),
        reasons_en=pl.when(unknown)
        .then(pl.lit("too little is known to assess it"))
        .otherwise(pl.col("reasons_en").fill_null("")),
    )


def _sentences(scored: pl.DataFrame, points: Points, orders: Mapping[str, str]) -> pl.DataFrame:
    """One row per assessed building and part that speaks: its sentence in both languages, and what it adds."""
    return pl.concat(
        _sentence(scored, factor, name, points, share)
        for factor, told in points.factors.items()
        for name, share in _shares(factor, list(told.parts), points, orders.get(factor, "points")).items()
    )


def _shares(factor: str, parts: list[str], points: Points, order: str) -> dict[str, pl.Expr]:
    """How much of a factor's contribution each part is; ordered by counts, all of it is the past, or else the size."""
    if order != "points":
        happened = (pl.col(COUNTS[factor]) > 0).cast(pl.Float64)
        return {"history": happened} | ({"size": 1 - happened} if "size" in parts else {})
    weights = {name: part.weight for name, part in points.factors[factor].parts.items()}
    whole = pl.sum_horizontal(pl.col(f"{factor}.{name}").fill_null(0) * weight for name, weight in weights.items())
    return {name: pl.col(f"{factor}.{name}") * weight / whole for name, weight in weights.items()}


def _sentence(scored: pl.DataFrame, factor: str, part: str, points: Points, share: pl.Expr) -> pl.DataFrame:
    name, told = f"{factor}.{part}", points.factors[factor].parts[part]
    number = pl.col(NUMBERS[name]) if name in NUMBERS else None
    added = scored.with_columns(contribution=share * pl.col(f"{factor}_contribution"))
    known = pl.col("score").is_not_null() & pl.col(f"{factor}_points").is_not_null() & (pl.col(f"{factor}_points") > 0)
    return added.filter(known, pl.col("contribution") > 0).select(
        "building_code",
        "contribution",
        is_size=pl.lit(part == "size"),
        zh=_said(told.says_zh, number),
        en=_said(told.says_en, None if number is None else _in_english(number, name)),
    )


def _said(sentence: str, number: pl.Expr | None) -> pl.Expr:
    return pl.lit(sentence) if number is None else pl.format(sentence, number)


def _in_english(number: pl.Expr, name: str) -> pl.Expr:
    return number.replace(_STRUCTURES) if name.endswith(".structure") else number
