"""Rows that are missing, doubled, foreign, or stand under the wrong head."""

from __future__ import annotations

import numpy as np
import polars as pl

from mutation.case import Case, Rng, columns, header_of, some_rows
from mutation.frames import Corrupted, frame_corruption

SCOPES = ("community", "estate", "building", "street", "district")
MOST_DROPPED = 0.45  # more than half is refused at the door as a shrunken full, which is no test of the rest


def scope_headers(case: Case, frame: pl.DataFrame) -> list[str]:
    """Return the headers of columns that name a community, an estate or a building."""
    found = [column for column in columns(case, frame, filled=0.2) if column.name in SCOPES]
    return [header for column in found if (header := header_of(frame, column)) is not None]


def key_headers(case: Case, frame: pl.DataFrame) -> list[str]:
    """Return the headers of the feed's own key."""
    named = {column.name: column for column in case.contract.columns}
    found = (header_of(frame, named[name]) for name in case.contract.key)
    return [header for header in found if header is not None]


def new_keys(cells: pl.Series, rng: Rng) -> pl.Series:
    """Return keys of the same shape with other digits: the last six are drawn anew."""
    width = 6
    drawn = rng.permutation(10**width - 1)[: len(cells)]
    tails = pl.Series([f"{n:0{width}d}" for n in drawn])
    return cells.cast(pl.String).str.slice(0, cells.cast(pl.String).str.len_chars() - width) + tails


@frame_corruption
def rows_doubled(_case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A share of rows stands twice, exactly alike."""
    mask, share = some_rows(rng, len(frame), 0.05, 0.4)
    return pl.concat([frame, frame.filter(mask)]), f"{share:.0%} of rows twice"


@frame_corruption
def rows_doubled_under_new_keys(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A share of rows stands twice, the second time under keys of their own."""
    keys = [h for h in key_headers(case, frame) if frame.schema[h] == pl.String]
    if not keys:
        return None
    mask, share = some_rows(rng, len(frame), 0.05, 0.4)
    again = frame.filter(mask)
    again = again.with_columns(new_keys(again[keys[0]], rng).alias(keys[0]))
    return pl.concat([frame, again]), f"{share:.0%} of rows again under new keys"


@frame_corruption
def scope_dropped(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A whole community, estate or building is missing."""
    if case.contract.mode != "full":
        return None
    choices = [
        (header, value, count)
        for header in scope_headers(case, frame)
        for value, count in frame.group_by(header).len().sort(header).drop_nulls().iter_rows()
        if 0.03 * len(frame) <= count <= MOST_DROPPED * len(frame)
    ]
    if not choices:
        return None
    header, value, count = choices[int(rng.integers(0, len(choices)))]
    kept = frame.filter((pl.col(header) != value) | pl.col(header).is_null())
    return kept, f"one {header} of {count / len(frame):.0%} of rows dropped"


@frame_corruption
def rows_dropped(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A full lacks rows here and there."""
    if case.contract.mode != "full":
        return None
    mask, share = some_rows(rng, len(frame), 0.08, MOST_DROPPED)
    return frame.filter(~mask), f"{share:.0%} of rows dropped"


@frame_corruption
def end_cut_off(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """An export that stops early: the last rows are missing, and the file ends well."""
    if case.contract.mode != "full":
        return None
    share = float(rng.uniform(0.1, MOST_DROPPED))
    return frame.head(round(len(frame) * (1 - share))), f"last {share:.0%} of rows missing"


@frame_corruption
def scopes_mixed(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Rows of one community, estate or building stand under the name of another."""
    found = scope_headers(case, frame)
    if not found:
        return None
    header = found[int(rng.integers(0, len(found)))]
    sizes = frame.group_by(header).len().drop_nulls().sort(header)
    sizes = sizes.filter(pl.col("len") >= 0.04 * len(frame))
    if len(sizes) < 2:
        return None
    chosen = rng.permutation(len(sizes))[:2]
    name, other = (sizes[header][int(i)] for i in chosen)
    part = float(rng.uniform(0.5, 1.0))
    moved = (pl.col(header) == name) & pl.Series(rng.random(len(frame)) < part)
    mixed = frame.with_columns(pl.when(moved).then(pl.lit(other)).otherwise(pl.col(header)).alias(header))
    return mixed, f"{part:.0%} of one {header} under the name of another"


@frame_corruption
def partial_period(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Only the first rows of the period were exported: an increment is cut to a part of itself."""
    if case.contract.mode == "full" or len(frame) < 15:
        return None
    share = float(rng.uniform(0.15, 0.4))
    return frame.head(max(1, round(len(frame) * share))), f"only {share:.0%} of the period"


@frame_corruption
def neighbouring_district(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Rows of another district stand in the export: other names of places, other division codes, other keys."""
    keys = [h for h in key_headers(case, frame) if frame.schema[h] == pl.String]
    strings = [h for h in frame.columns if frame.schema[h] == pl.String]
    mask, share = some_rows(rng, len(frame), 0.1, 0.8)
    rows = frame.filter(mask)
    if keys:
        rows = rows.with_columns(new_keys(rows[keys[0]], rng).alias(keys[0]))
    names = {"云川": "江浦", "9901": "9907", "社区": "新村", "小区": "里弄", "路": "大街", "花园": "公馆", "苑": "坊"}
    rows = rows.with_columns(pl.col(h).str.replace_many(list(names), list(names.values())) for h in strings)
    return pl.concat([frame, rows]), f"{share:.0%} more rows, of a neighbouring district"


@frame_corruption
def vendor_test_rows(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Rows of a vendor's test were left in."""
    size = max(4, round(len(frame) * float(rng.uniform(0.05, 0.15))))
    rows = frame.head(1)[[0] * size]
    keys = key_headers(case, frame)
    cells = [pl.Series(h, [f"TEST{n:04d}" for n in range(size)]) for h in keys if frame.schema[h] == pl.String]
    free = [h for c in columns(case, frame, "string") if (h := header_of(frame, c)) and h not in keys]
    word = ["测试", "test", "测试数据请勿使用", "111"][int(rng.integers(0, 4))]
    cells += [pl.Series(h, [f"{word}{n}" if n % 2 else word for n in range(size)]) for h in free]
    return pl.concat([frame, rows.with_columns(cells)]), f"{size} test rows"


@frame_corruption
def rows_under_each_other_mixed(_case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Half of each of some rows belongs to another row, as after a filter that hid rows while pasting."""
    if frame.width < 4:
        return None
    mask, share = some_rows(rng, len(frame), 0.15, 0.6)
    places = np.flatnonzero(mask.to_numpy())
    order = np.arange(len(frame))
    order[places] = np.roll(places, 1)
    right = frame.columns[frame.width // 2 :]
    return frame.with_columns(frame[h].gather(order).alias(h) for h in right), f"right half of {share:.0%} of rows"


@frame_corruption
def filter_left_on(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A filter was on: only rows of one category were exported from a full list."""
    if case.contract.mode != "full":
        return None
    headers = [h for c in columns(case, frame, "code") if (h := header_of(frame, c)) is not None]
    choices = [
        (header, value, count)
        for header in headers
        for value, count in frame.group_by(header).len().sort(header).drop_nulls().iter_rows()
        if (1 - MOST_DROPPED) * len(frame) <= count <= 0.95 * len(frame)
    ]
    if not choices:
        return None
    header, value, count = choices[int(rng.integers(0, len(choices)))]
    return frame.filter(pl.col(header) == value), f"only one {header}, {count / len(frame):.0%} of rows"
