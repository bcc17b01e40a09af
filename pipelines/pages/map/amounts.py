"""How expected incidents are written: two figures are as much as a forecast of a place can bear."""

from __future__ import annotations

import polars as pl

from pipelines.pages.text import Text

DASH = "–"
DRIFTS = {
    "rising": ("↗", Text("上升", "rising")),
    "falling": ("↘", Text("下降", "falling")),
    "steady": ("→", Text("平稳", "steady")),
}
"""The course of the last weeks against all weeks, as an arrow and as a word."""


def amount(value: pl.Expr) -> pl.Expr:
    """Write an expected count: `0.04`, `0.7`, `3.2`, `14`; below 0.005 it is `<0.01`, and null is a dash."""
    rounded = pl.when(value < 1).then(value.round(2)).when(value < 10).then(value.round(1)).otherwise(value.round(0))
    written = rounded.cast(pl.String).str.strip_suffix(".0")
    return (
        pl.when(value.is_null() | value.is_nan())
        .then(pl.lit(DASH))
        .when((value > 0) & (value < 0.005))
        .then(pl.lit("<0.01"))
        .otherwise(written)
    )


def whole(value: pl.Expr) -> pl.Expr:
    """Write a count; null is a dash."""
    return value.cast(pl.Int64).cast(pl.String).fill_null(DASH)


def drift_arrow(drift: str | None) -> str:
    """Return the arrow of a drift; nothing where none is told."""
    return DRIFTS[drift][0] if drift in DRIFTS else ""


def drift_word(drift: str | None) -> Text | None:
    """Return the word of a drift; None where none is told."""
    return DRIFTS[drift][1] if drift in DRIFTS else None
