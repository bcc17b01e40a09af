"""Estates and roads by a wrong or a former name, in texts that could be read all the same."""

from __future__ import annotations

from typing import Final

import polars as pl
from rapidfuzz.distance import OSA

from pipelines.quality.findings.addresses import with_proposals
from pipelines.quality.findings.candidate import as_candidates
from pipelines.quality.findings.night import Night

_SHORTEST_NAME: Final = 3
_NUMBERED_ROAD: Final = r"[路街巷道]\d+(?:-\d+)?号"  # 老铁路房 and 十字街大院 are no roads


def find_misspelt_places(night: Night) -> pl.DataFrame:
    """Find estates and roads written with one wrong sign, and old road names; both could be read all the same."""
    if night.address_match is None or night.register is None:
        return as_candidates(pl.DataFrame(schema={"feed": pl.String}))
    found = night.address_match.filter(
        (pl.col("status") == "matched") & pl.col("method").is_in(["fuzzy", "alias"]) & pl.col("reason").is_null()
    ).with_columns(room=pl.coalesce("room_code", "address_code"))
    sites = night.register.select(
        pl.col("road").alias("its_road"), pl.col("estate").alias("its_estate"), room="address_code"
    )
    told = found.filter(pl.col("room").is_not_null()).join(
        sites.unique("room"), on="room", how="left", maintain_order="left"
    )
    told = told.with_columns(written=pl.coalesce("normal_text", "address_text"))
    told = told.with_columns(slip=_misspelt(told, "its_estate") | _misspelt(told, "its_road"))
    # What the register knows by another name (山水水泥厂宿舍 for 山水府) is no slip of its own name.
    slip = pl.col("slip") & (pl.col("method") == "fuzzy")
    old = (pl.col("method") == "alias") & ~_has("its_road") & ~slip & pl.col("written").str.contains(_NUMBERED_ROAD)
    told = told.filter(slip | old)
    case = pl.when(slip).then(pl.lit("one_sign")).otherwise(pl.lit("old_road"))
    return as_candidates(
        with_proposals(told, night).with_columns(
            problem=pl.when(slip).then(pl.lit("address_misspelt")).otherwise(pl.lit("address_former")),
            case=case,
            evidence_zh=pl.when(slip)
            .then(pl.lit("小区或道路名称与标准地址库差一字，门牌其余部分相符"))
            .otherwise(pl.lit("道路名称为旧称或俗称，可识读")),
            evidence_en=pl.when(slip)
            .then(pl.lit("The name of the estate or road is one sign off the register; all else fits"))
            .otherwise(pl.lit("A former or common name of the road, still readable")),
        )
    )  # fmt: skip


def _has(name: str) -> pl.Expr:
    return pl.col("written").str.contains(pl.col(name), literal=True).fill_null(value=False)


def _misspelt(found: pl.DataFrame, name: str) -> pl.Series:
    """Say of each row whether a stretch of the text is the name but for one sign, and the name itself is not there."""
    pairs = found.select("written", name).unique(maintain_order=True).drop_nulls()
    slips = [_one_sign_off(text, called) for text, called in pairs.iter_rows()]
    told = pairs.with_columns(slip=pl.Series(slips, dtype=pl.Boolean))
    return found.join(told, on=["written", name], how="left", maintain_order="left")["slip"].fill_null(value=False)


def _one_sign_off(text: str, name: str) -> bool:
    width = len(name)
    if width < _SHORTEST_NAME or name in text:
        return False
    return any(OSA.distance(text[at : at + width], name, score_cutoff=1) == 1 for at in range(len(text) - width + 1))
