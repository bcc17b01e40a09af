"""How right the resolved addresses are: coverage of what each text supports, and wrong ones among those resolved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.city.evaluate.linking import Truth, with_keys
from pipelines.lake.snapshot import Snapshot

KEY = ["feed", "record_key", "address_role"]
ANSWER = ("address_code", "matched_level", "status", "confidence", "building_code", "division_code")


@dataclass(frozen=True)
class AddressQuality:
    """Shares are 0..1, null where nothing was to be counted.

    Attributes:
        overall: texts, resolved, covered, wrong, coverage, wrong_share, wrong_share_without_digit_errors, level_right.
        by_feed: the same by feed and role; `by_damage`: the same by kind of damage.
        outside: texts, right, coverage of addresses outside the city, by division code.
        missing: current address texts without a row in `master.address_match`.
    """

    overall: dict[str, Any]
    by_feed: list[dict[str, Any]]
    by_damage: list[dict[str, Any]]
    outside: dict[str, Any]
    missing: int


def measure_addresses(snapshot: Snapshot, truth: Truth, rows: pl.DataFrame) -> AddressQuality:
    """Judge every current address mention whose truth is known."""
    matched = (
        snapshot.scan("master.address_match").select(*KEY, *(pl.col(c).alias(f"got_{c}") for c in ANSWER)).collect()
    )
    judged = with_keys(truth.address, rows).unique(KEY, keep="first", maintain_order=True)
    judged = judged.join(matched, on=KEY, how="left", maintain_order="left")
    inside = _judge(judged.filter(pl.col("address_code").is_not_null()), truth.place)
    outside = judged.filter(pl.col("address_code").is_null())
    return AddressQuality(
        overall=_shares(inside).row(0, named=True),
        by_feed=_shares(inside, "feed", "address_role").to_dicts(),
        by_damage=_shares(inside.with_columns(pl.col("damage").str.split("|").list.first()), "damage").to_dicts(),
        outside=_outside(outside),
        missing=judged["got_status"].null_count(),
    )


def _judge(judged: pl.DataFrame, place: pl.DataFrame) -> pl.DataFrame:
    """Add resolved, right, covered, wrong and level_right to each mention.

    Right is the true code or an ancestor of it; covered is right and at least as deep as the text supports.
    """
    own = place.select("address_code", true_building="building_code", true_estate="estate_code")
    joined = judged.join(own, on="address_code", how="left", maintain_order="left")
    code, level = pl.col("got_address_code"), pl.col("got_matched_level")
    exact = code == pl.col("address_code")
    building = code == pl.col("true_building")
    estate = code == pl.col("true_estate")
    unit = code.is_null() & (level == "unit") & (pl.col("got_building_code") == pl.col("true_building"))
    wrong_unit = code.is_null() & (level == "unit") & (pl.col("got_building_code") != pl.col("true_building"))
    supported = pl.col("supported_level")
    covered = (
        pl.when(supported == "none")
        .then(None)
        .when(supported == "unit")
        .then(exact | unit)
        .when(supported == "building")
        .then(exact | unit | building)
        .when(supported == "estate")
        .then(exact | unit | building | estate)
        .otherwise(exact | ((supported == "house_number") & building))
    )
    right = (exact | building | estate | unit).fill_null(value=False)
    resolved = code.is_not_null() | (level == "unit").fill_null(value=False)
    return joined.with_columns(
        resolved=resolved,
        covered=covered.fill_null(value=False) & (supported != "none"),
        supports=supported != "none",
        wrong=((code.is_not_null() & ~right) | wrong_unit.fill_null(value=False)),
        level_right=(level == supported),
    )


def _shares(judged: pl.DataFrame, *by: str) -> pl.DataFrame:
    digits = pl.col("damage").is_in(["wrong_digit", "swapped"]) | pl.col("damage").str.contains("!", literal=True)
    sums = [
        pl.len().alias("texts"),
        pl.col("supports").sum().alias("resolvable"),
        pl.col("resolved").sum(),
        pl.col("covered").sum(),
        pl.col("wrong").sum(),
        (pl.col("wrong") & ~digits).sum().alias("wrong_without_digit_errors"),
        (pl.col("resolved") & ~digits).sum().alias("resolved_without_digit_errors"),
        (pl.col("level_right") & pl.col("supports")).sum().alias("levels_right"),
    ]
    counted = judged.group_by(*by, maintain_order=True).agg(sums).sort(*by) if by else judged.select(sums)
    return counted.with_columns(
        coverage=ratio("covered", "resolvable"),
        wrong_share=ratio("wrong", "resolved"),
        wrong_share_without_digit_errors=ratio("wrong_without_digit_errors", "resolved_without_digit_errors"),
        level_right=ratio("levels_right", "resolvable"),
    )


def ratio(part: str, whole: str) -> pl.Expr:
    """One column as a share of another, null where there is nothing to share."""
    return pl.when(pl.col(whole) > 0).then((pl.col(part) / pl.col(whole)).round(5))


def _outside(judged: pl.DataFrame) -> dict[str, Any]:
    """Count addresses outside the city whose division is told rightly, to the county."""
    given = pl.col("got_division_code")
    right = judged.filter(given.str.slice(0, 6) == pl.col("division_code")).height  # a town below it is right too
    invented = judged.filter(pl.col("got_address_code").is_not_null()).height
    return {
        "texts": len(judged),
        "right": right,
        "invented_codes": invented,
        "coverage": round(right / len(judged), 5) if len(judged) else None,
    }
