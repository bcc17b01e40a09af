"""Components that cannot be taken as they stand: somebody in them disagrees, or they hang together thinly."""

from __future__ import annotations

import polars as pl

from pipelines.identity.clustering.evidence import APART, Evidence
from pipelines.identity.clustering.ties import BRIDGE_EXTRA
from pipelines.normalise.ids import ID_LENGTH


def troubled_components(evidence: Evidence, threshold: float) -> pl.Series:
    """Labels of the components that have to be clustered, sorted; every other one is one person."""
    found = [_disputed(evidence.table), _uneasy(evidence, threshold), _digits_apart(evidence.table)]
    home = evidence.table["component"]
    bound = evidence.law.filter(pl.col("answer").is_in(APART))
    inside = bound.with_columns(component=home.gather(bound["left"]), other=home.gather(bound["right"]))
    found.append(inside.filter(pl.col("component") == pl.col("other"))["component"])
    return pl.concat([series.rename("component") for series in found]).unique().sort()


def _disputed(table: pl.DataFrame) -> pl.Series:
    """Two numbers or surnames, two rows of one roll, or sexes and birth dates that both differ."""
    several = table.filter(pl.len().over("component") > 1)
    told = several.group_by("component").agg(
        numbers=pl.concat([pl.col("numbers").explode(), pl.col("contested").explode()]).drop_nulls().n_unique(),
        sexes=pl.col("sex").drop_nulls().n_unique(),
        births=pl.col("birth").drop_nulls().n_unique(),
        surnames=pl.col("names").explode().drop_nulls().str.head(1).n_unique(),
        listed_twice=pl.col("listed").explode().drop_nulls().is_duplicated().any(),
    )
    other_person = (pl.col("sexes") > 1) & (pl.col("births") > 1)
    others = (pl.col("numbers") > 1) | (pl.col("surnames") > 1) | pl.col("listed_twice")
    return told.filter(others | other_person)["component"]


def _uneasy(evidence: Evidence, threshold: float) -> pl.Series:
    """A pair that does not support the merge, or a pair so thin that it may be the only bridge between two groups."""
    sizes = evidence.table.group_by("component").agg(nodes=pl.len())
    weakest = evidence.scored.group_by("component").agg(low=pl.col("evidence").min())
    weak, thin = pl.col("low") < threshold, pl.col("low") < threshold + BRIDGE_EXTRA
    uneasy = weakest.join(sizes, on="component").filter(((pl.col("nodes") > 2) & weak) | ((pl.col("nodes") > 3) & thin))
    return uneasy["component"]


def _digits_apart(table: pl.DataFrame) -> pl.Series:
    """Components whose numbers, masks and passports show different signs at some place."""
    lists = pl.concat_list("numbers", "contested", "patterns")
    texts = table.select("component", text=lists).explode("text").drop_nulls().unique()
    several = texts.filter(pl.len().over("component") > 1)
    known = [pl.col("text").str.slice(place, 1).replace({"*": None, "": None}) for place in range(ID_LENGTH)]
    apart = [sign.drop_nulls().n_unique().gt(1).cast(pl.Int32).alias(str(place)) for place, sign in enumerate(known)]
    places = several.group_by("component").agg(apart)
    return places.filter(pl.sum_horizontal(pl.exclude("component")) > 0)["component"]
