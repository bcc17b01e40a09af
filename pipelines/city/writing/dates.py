"""Dates and instants in the forms that departments use."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.writing.draws import choice

_EXCEL_EPOCH = pl.lit("1899-12-30").str.to_date()


def date_text(form: str, column: str = "day") -> pl.Expr:
    """Return the text of a date column in one of the forms below; KeyError for another form."""
    day = pl.col(column)
    year, month, number = day.dt.year().cast(pl.String), day.dt.month().cast(pl.String), day.dt.day().cast(pl.String)
    forms = {
        "compact": day.dt.strftime("%Y%m%d"),
        "dashed": day.dt.strftime("%Y-%m-%d"),
        "slashed": year + "/" + month + "/" + number,
        "dotted": day.dt.strftime("%Y.%m.%d"),
        "chinese": year + "年" + month + "月" + number + "日",
        "dotted_month": day.dt.strftime("%Y.%m"),
        "dashed_month": day.dt.strftime("%Y-%m"),
        "chinese_month": year + "年" + month + "月",
        "serial": (day - _EXCEL_EPOCH).dt.total_days().cast(pl.String),
        "timed": day.dt.strftime("%Y-%m-%d 00:00:00"),
    }
    return forms[form]


def write_dates(rng: np.random.Generator, days: pl.Series, forms: dict[str, float]) -> pl.Series:
    """Write each date in a form drawn by weight; null stays null."""
    drawn = choice(rng, list(forms), len(days), list(forms.values()))
    frame = pl.DataFrame({"day": days.cast(pl.Date), "form": drawn})
    text = pl.coalesce(*(pl.when(pl.col("form") == form).then(date_text(form)) for form in forms))
    return frame.select(text.alias("text"))["text"]


def write_instants(instants: pl.Series, form: str = "%Y-%m-%d %H:%M:%S") -> pl.Series:
    """Write local instants (naive datetimes); null stays null."""
    return instants.dt.strftime(form)
