"""Columns that stand in the wrong place, under the wrong name, or not at all."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl

from mutation.case import Case, Rng, columns, header_of, pick, put, some_rows, texts
from mutation.frames import Corrupted, frame_corruption

_TYPES = ("string", "code", "date", "timestamp", "number", "integer")


def _swap(frame: pl.DataFrame, left: str, right: str, mask: pl.Series) -> pl.DataFrame:
    first, second = texts(frame, left), texts(frame, right)
    return put(put(frame, left, mask, second), right, mask, first)


def _headers(case: Case, frame: pl.DataFrame, *types: str, filled: float = 0.3) -> list[str]:
    found = (header_of(frame, column) for column in columns(case, frame, *types, filled=filled))
    return [header for header in found if header is not None]


def _all_rows(frame: pl.DataFrame) -> pl.Series:
    return pl.Series(np.ones(len(frame), dtype=bool))


@frame_corruption
def swap_columns_of_one_type(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Two columns of the same type change contents under their old headers, as after a wrong paste."""
    pairs = [
        (a, b)
        for kind in _TYPES
        for i, a in enumerate(_headers(case, frame, kind))
        for b in _headers(case, frame, kind)[i + 1 :]
    ]
    if not pairs:
        return None
    left, right = pairs[int(rng.integers(0, len(pairs)))]
    return _swap(frame, left, right, _all_rows(frame)), f"{left} and {right} swapped"


@frame_corruption
def swap_columns_of_two_types(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Two columns of different types change contents."""
    found = columns(case, frame)
    pairs = [(a, b) for i, a in enumerate(found) for b in found[i + 1 :] if a.type != b.type]
    if not pairs:
        return None
    one, other = pairs[int(rng.integers(0, len(pairs)))]
    left, right = header_of(frame, one), header_of(frame, other)
    if left is None or right is None:
        return None
    return _swap(frame, left, right, _all_rows(frame)), f"{left} ({one.type}) and {right} ({other.type}) swapped"


@frame_corruption
def swap_columns_in_some_rows(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A share of rows was typed with two columns the wrong way round."""
    found = _headers(case, frame)
    if len(found) < 2:
        return None
    chosen = rng.permutation(len(found))[:2]
    left, right = found[int(chosen[0])], found[int(chosen[1])]
    mask, share = some_rows(rng, len(frame), 0.08, 0.5)
    return _swap(frame, left, right, mask), f"{left} and {right} swapped in {share:.0%} of rows"


@frame_corruption
def header_shifted(_case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """All headers stand one column off against the data."""
    step = 1 if rng.random() < 0.5 else -1
    names = frame.columns
    turned = names[step:] + names[:step]
    moved = pl.DataFrame([frame[old].alias(new) for old, new in zip(names, turned, strict=True)])
    return moved.select(turned), f"header {step:+d} against the data"


@frame_corruption
def column_renamed(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """The export has a new name for a column that no contract knows."""
    column = pick(rng, columns(case, frame))
    header = header_of(frame, column) if column else None
    if header is None:
        return None
    new = [f"{header}_new", f"FIELD_{rng.integers(1, 40)}", f"原{header}（旧）"][int(rng.integers(0, 3))]
    return frame.rename({header: new}), f"{header} renamed"


@frame_corruption
def column_dropped(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A column is gone."""
    column = pick(rng, columns(case, frame))
    header = header_of(frame, column) if column else None
    return None if header is None else (frame.drop(header), f"{header} dropped")


@frame_corruption
def column_added(_case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """The vendor adds a column of its own."""
    name = ["数据来源系统", "操作员工号", "备用字段1", "SYS_FLAG"][int(rng.integers(0, 4))]
    at = int(rng.integers(0, frame.width + 1))
    extra = pl.Series(name, [f"{n % 7}" for n in range(len(frame))])
    return frame.clone().insert_column(at, extra), f"{name} added at position {at}"


@frame_corruption
def column_blanked(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A column that is usually filled is empty in 30 to 100 of a hundred rows."""
    found = columns(case, frame, filled=0.7)
    column = pick(rng, found)
    header = header_of(frame, column) if column else None
    if header is None:
        return None
    mask, share = some_rows(rng, len(frame), 0.3, 1.0)
    empty = pl.Series([None], dtype=pl.String).new_from_index(0, len(frame))
    return put(frame, header, mask, empty), f"{header} blank in {share:.0%} of rows"


@frame_corruption
def column_scrambled(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """The cells of one column stand in other rows, as after a formula that was dragged wrongly."""
    column = pick(rng, columns(case, frame, filled=0.5, distinct=3))
    header = header_of(frame, column) if column else None
    if header is None:
        return None
    mask, share = some_rows(rng, len(frame), 0.3, 1.0)
    places = np.flatnonzero(mask.to_numpy())
    order = np.arange(len(frame))
    order[places] = rng.permutation(places)
    return put(frame, header, mask, texts(frame, header).gather(order)), f"{header} permuted among {share:.0%} of rows"


@frame_corruption
def column_shifted_by_a_row(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """One column slipped a row up or down: every row has its neighbour's cell."""
    column = pick(rng, columns(case, frame, filled=0.5, distinct=3))
    header = header_of(frame, column) if column else None
    if header is None:
        return None
    step = 1 if rng.random() < 0.5 else -1
    order = np.roll(np.arange(len(frame)), step)
    return put(frame, header, _all_rows(frame), texts(frame, header).gather(order)), f"{header} {step:+d} row"


@frame_corruption
def column_constant(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A column says the same in every row: statuses all 正常, a default that overwrote everything."""
    column = pick(rng, columns(case, frame))
    header = header_of(frame, column) if column else None
    if header is None:
        return None
    usual = texts(frame, header).drop_nulls().mode().sort().head(1)
    return put(frame, header, _all_rows(frame), usual.new_from_index(0, len(frame))), f"{header} the same in every row"


@frame_corruption
def columns_merged(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Two neighbouring columns were joined into the first, and the second is empty."""
    found = _headers(case, frame)
    pairs = [(a, b) for a, b in pairwise(found) if frame.schema[a] == frame.schema[b] == pl.String]
    if not pairs:
        return None
    left, right = pairs[int(rng.integers(0, len(pairs)))]
    joined = frame.select(pl.concat_str(left, right, separator=" ", ignore_nulls=True).alias("j"))["j"]
    empty = pl.Series([None], dtype=pl.String).new_from_index(0, len(frame))
    rows = _all_rows(frame)
    return put(put(frame, left, rows, joined), right, rows, empty), f"{right} joined to {left}"
