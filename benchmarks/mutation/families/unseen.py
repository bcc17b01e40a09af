"""Corruptions that nobody who wrote rules was told of before the run that the results report."""

from __future__ import annotations

import numpy as np
import polars as pl

from mutation.case import Case, Rng, columns, header_of, pick, put, some_rows, texts
from mutation.families.lists import scope_headers
from mutation.families.numbers import point_headers
from mutation.frames import Corrupted, frame_corruption

UNSEEN = (
    "column_sorted_alone",
    "cells_cut_short",
    "default_dates",
    "header_repeated",
    "names_masked",
    "other_map_datum",
    "merged_cells_undone",
    "clocks_at_export",
)


@frame_corruption
def column_sorted_alone(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """One column was sorted without the others."""
    column = pick(rng, columns(case, frame, filled=0.6, distinct=5))
    header = header_of(frame, column) if column else None
    if header is None:
        return None
    everything = pl.Series(np.ones(len(frame), dtype=bool))
    return put(frame, header, everything, texts(frame, header).sort(nulls_last=True)), f"{header} sorted alone"


@frame_corruption
def cells_cut_short(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A field of the database is too narrow: texts end early."""
    found = [
        c
        for c in columns(case, frame, "string", "list")
        if (h := header_of(frame, c)) and (texts(frame, h).str.len_chars().mean() or 0) > 6  # type: ignore[operator]
    ]
    column = pick(rng, found)
    header = header_of(frame, column) if column else None
    if header is None or frame.schema[header] != pl.String:
        return None
    cells = texts(frame, header)
    length = int(cells.str.len_chars().quantile(0.5) or 8)
    width = max(3, round(length * float(rng.uniform(0.5, 0.9))))
    everything = pl.Series(np.ones(len(frame), dtype=bool))
    return put(frame, header, everything, cells.str.head(width)), f"{header} cut to {width} characters"


@frame_corruption
def default_dates(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A database writes its first day where it knows none."""
    column = pick(rng, columns(case, frame, "date", "timestamp"))
    header = header_of(frame, column) if column else None
    if header is None or frame.schema[header] != pl.String:
        return None
    word = ["1900-01-01", "1970-01-01", "0001-01-01", "9999-12-31"][int(rng.integers(0, 4))]
    mask, share = some_rows(rng, len(frame), 0.08, 0.5)
    return put(frame, header, mask, pl.Series([word]).new_from_index(0, len(frame))), f"{header} {word} in {share:.0%}"


@frame_corruption
def header_repeated(_case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Pages were joined with their headers: the header stands again among the rows."""
    if any(kind != pl.String for kind in frame.dtypes):
        return None
    every = max(3, min(40, round(len(frame) * float(rng.uniform(0.05, 0.2)))))
    line = pl.DataFrame({name: [name] for name in frame.columns})
    pieces = [part for start in range(0, len(frame), every) for part in (frame.slice(start, every), line)]
    return pl.concat(pieces[:-1]), f"header again after every {every} rows"


@frame_corruption
def names_masked(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A privacy patch masks names: 张*."""
    found = [c for c in columns(case, frame, "string") if c.data_class == "direct" and c.name.endswith("name")]
    column = pick(rng, found)
    header = header_of(frame, column) if column else None
    if header is None:
        return None
    mask, share = some_rows(rng, len(frame), 0.6, 1.0)
    cells = texts(frame, header).str.replace(r"^(.)..?", "${1}*")
    return put(frame, header, mask, cells), f"{header} masked in {share:.0%} of rows"


@frame_corruption
def other_map_datum(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Coordinates of the commercial maps' datum, half a kilometre off."""
    point = point_headers(case, frame)
    if point is None:
        return None
    everything = pl.Series(np.ones(len(frame), dtype=bool))
    for header, step in zip(point, (float(rng.uniform(0.004, 0.012)), float(rng.uniform(-0.006, -0.002))), strict=True):
        moved = texts(frame, header).cast(pl.Float64, strict=False) + step
        frame = put(frame, header, everything, moved.round(6).cast(pl.String))
    return frame, "coordinates half a kilometre off"


@frame_corruption
def merged_cells_undone(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Merged cells were undone: only the first row of each group still says where it belongs."""
    found = scope_headers(case, frame)
    if not found:
        return None
    header = found[int(rng.integers(0, len(found)))]
    cells = texts(frame, header)
    again = (cells == cells.shift(1)).fill_null(value=False)
    empty = pl.Series([None], dtype=pl.String).new_from_index(0, len(frame))
    return put(frame, header, again, empty), f"{header} only in the first row of a group"


@frame_corruption
def clocks_at_export(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Every record carries the moment of the export."""
    column = pick(rng, [c for c in columns(case, frame, "timestamp", "date") if c.name != "birth_date"])
    header = header_of(frame, column) if column else None
    if header is None or frame.schema[header] != pl.String:
        return None
    mask, share = some_rows(rng, len(frame), 0.5, 1.0)
    day = case.exports[0].day.isoformat()
    moment = day if column and column.type == "date" else f"{day} 01:00:07"
    return put(
        frame, header, mask, pl.Series([moment]).new_from_index(0, len(frame))
    ), f"{header} one moment: {share:.0%}"
