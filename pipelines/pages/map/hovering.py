"""What the page's script knows: the value of every cell in every class, in as few characters as possible.

The map shows one class without a script. Other classes, and what a pointer finds under itself, are drawn from this:
cells as runs along the rows, values as codes into a table of the distinct ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from markupsafe import Markup

from pipelines.pages.map.ground import Ground
from pipelines.pages.map.lists import ListedCell, Lists
from pipelines.pages.map.values import IncidentClass
from pipelines.pages.text import Text

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
BETWEEN = Text("；", "; ")
TOLD = ["past", "expected_text", "low_text", "high_text", "drift", "band"]


class Sentences:
    """Sentences of reasons, each kept once: most of them stand in many rows."""

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []
        self._places: dict[tuple[str, str], int] = {}

    def refer(self, reasons: Text) -> list[int]:
        """Return the numbers of the sentences of `reasons`; unequal numbers of them count as one."""
        chinese, english = reasons.zh.split(BETWEEN.zh), reasons.en.split(BETWEEN.en)
        pairs = list(zip(chinese, english, strict=True)) if len(chinese) == len(english) else [(reasons.zh, reasons.en)]
        for pair in pairs:
            if pair not in self._places:
                self._places[pair] = len(self.pairs)
                self.pairs.append(pair)
        return [self._places[pair] for pair in pairs]


def map_data(ground: Ground, values: pl.DataFrame, classes: Sequence[IncidentClass], lists: Lists) -> Markup:
    """Return the JSON for the script; safe inside a `script` element.

    Its keys: `communities` (names), `parts` (runs `row, column, length, community, zone` one after another),
    `classes` (by key: `values`, `codes` by part, `lists` by zone), `sentences` (in both languages). Code 0 is a cell
    that nothing is known of.
    """
    cells = ground.cells.sort("part", "row", "col")
    names = cells["community"].drop_nulls().unique().sort().to_list()
    sentences = Sentences()
    told = {
        "communities": names,
        "parts": _runs(cells, names),
        "classes": {kind.key: _class_data(cells, values, kind.key, lists, sentences) for kind in classes},
        "sentences": sentences.pairs,
    }
    written = json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(written.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704 - made harmless here


def _runs(cells: pl.DataFrame, names: Sequence[str]) -> list[list[int]]:
    place = pl.col("community").replace_strict(list(names), list(range(len(names))), default=-1, return_dtype=pl.Int64)
    same = ["part", "row", "zone", "community"]
    begins = pl.any_horizontal(
        *(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in same), pl.col("col") != pl.col("col").shift(1) + 1
    ).fill_null(value=True)
    runs = (
        cells.with_columns(place.alias("community"))
        .with_columns(run=begins.cum_sum())
        .group_by("part", "run", maintain_order=True)
        .agg(
            told=pl.concat_list(
                pl.col("row").first(),
                pl.col("col").first(),
                pl.len().cast(pl.Int64),
                pl.col("community").first(),
                pl.col("zone").first(),
            )
        )
        .group_by("part", maintain_order=True)
        .agg(pl.col("told").list.explode())
    )
    return [list(numbers) for numbers in runs["told"].to_list()]


def _class_data(
    cells: pl.DataFrame, values: pl.DataFrame, key: str, lists: Lists, sentences: Sentences
) -> dict[str, Any]:
    here = values.filter((pl.col("incident_class") == key) & pl.col("band").is_not_null())
    distinct = here.select(TOLD).unique().sort(TOLD, nulls_last=True).with_row_index("code", offset=1)
    width = 1 if distinct.height < len(DIGITS) else 2 if distinct.height < len(DIGITS) ** 2 else 3
    coded = (
        cells.join(here.select("col", "row", *TOLD), on=["col", "row"], how="left", maintain_order="left")
        .join(distinct, on=TOLD, how="left", nulls_equal=True, maintain_order="left")
        .select("part", digits=_digits(pl.col("code").fill_null(0).cast(pl.Int64), width))
        .group_by("part", maintain_order=True)
        .agg(pl.col("digits").str.join(""))
    )
    rows = {str(zone): [_listed(cell, sentences) for cell in found] for (of, zone), found in lists.items() if of == key}
    return {
        "width": width,
        "values": [list(row) for row in distinct.select(TOLD).rows()],
        "codes": coded["digits"].to_list(),
        "lists": rows,
    }


def _digits(code: pl.Expr, width: int) -> pl.Expr:
    letters = pl.lit(pl.Series(list(DIGITS)))
    places = [(code // len(DIGITS) ** power) % len(DIGITS) for power in reversed(range(width))]
    return pl.concat_str([letters.gather(place) for place in places])


def _listed(cell: ListedCell, sentences: Sentences) -> list[Any]:
    return [
        cell.number,
        cell.patch,
        cell.col,
        cell.row,
        cell.name.zh,
        cell.community,
        cell.buildings,
        cell.past,
        cell.expected,
        cell.low,
        cell.high,
        cell.drift,
        sentences.refer(cell.reasons),
    ]


def lists_without_script(lists: Lists, classes: Sequence[IncidentClass]) -> Mapping[int, tuple[ListedCell, ...]]:
    """Return the lists of the class that is shown before a script runs, by street."""
    shown = classes[0].key if classes else ""
    return {zone: rows for (key, zone), rows in lists.items() if key == shown}
