"""The forecast on the grid: one value a cell and class, its colour band, and the order of the classes."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.pages.map.amounts import amount, whole
from pipelines.pages.map.bands import Scale, scale_of
from pipelines.pages.map.ground import Ground
from pipelines.pages.text import Text, translated

FIRST_CLASS = "all"
KNOWN = "known"


@dataclass(frozen=True)
class IncidentClass:
    """One class of incidents.

    Attributes:
        key: as in the mart.
        title: in both languages.
        scale: its colour bands; classes differ by powers of ten, so each has its own.
    """

    key: str
    title: Text
    scale: Scale


def classes_of(forecasts: pl.DataFrame) -> tuple[IncidentClass, ...]:
    """Return the classes that cells are forecast for, all incidents first, then by their expected number."""
    known = forecasts.filter((pl.col("place_kind") == "cell") & pl.col("incident_class").is_not_null())
    grouped = (
        known.group_by("incident_class")
        .agg(
            pl.col("class_zh").drop_nulls().sort().first(),
            pl.col("class_en").drop_nulls().sort().first(),
            expected=pl.col("expected").filter(_judged()).drop_nulls(),
        )
        .with_columns(total=pl.col("expected").list.sum().fill_null(0).round(6))
        .sort(pl.col("incident_class") != FIRST_CLASS, -pl.col("total"), "incident_class")
    )
    return tuple(
        IncidentClass(
            row["incident_class"],
            translated(row["class_zh"], row["class_en"], row["incident_class"]),
            scale_of(row["expected"]),
        )
        for row in grouped.to_dicts()
    )


def values_of(forecasts: pl.DataFrame, ground: Ground, classes: tuple[IncidentClass, ...]) -> pl.DataFrame:
    """Lay the forecasts of cells on the grid.

    Returns:
        One row a cell and class that the mart knows: `incident_class, col, row, part, patch, zone, band`, the texts
        `past`, `expected_text`, `low_text`, `high_text`, and `drift`. A cell whose state is not `known` has no band: it
        gets no colour of the scale.
    """
    cells = forecasts.filter(pl.col("place_kind") == "cell").join(
        ground.cells.select("cell", "col", "row", "part", "patch", "zone"),
        left_on="place",
        right_on="cell",
        how="inner",
    )
    band = pl.lit(None, pl.Int64)
    for kind in classes:
        band = pl.when(pl.col("incident_class") == kind.key).then(kind.scale.band(pl.col("expected"))).otherwise(band)
    return (
        cells.with_columns(
            band=pl.when(_judged()).then(band),
            past=whole(pl.col("past_count")),
            expected_text=amount(pl.col("expected")),
            low_text=amount(pl.col("expected_low")),
            high_text=amount(pl.col("expected_high")),
        )
        .unique(["incident_class", "col", "row"], keep="first", maintain_order=True)
        .sort("incident_class", "part", "row", "col")
    )


def _judged() -> pl.Expr:
    return (pl.col("state") == KNOWN) & pl.col("expected").is_finite()
