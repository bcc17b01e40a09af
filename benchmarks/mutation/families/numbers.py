"""Measures in the wrong unit, and coordinates."""

from __future__ import annotations

import numpy as np
import polars as pl

from mutation.case import Case, Rng, columns, header_of, pick, put, some_rows, texts
from mutation.frames import Corrupted, frame_corruption


def _scaled(cells: pl.Series, factor: float) -> pl.Series:
    """Return the texts of numbers times a factor, written like the number before where that is whole."""
    values = cells.cast(pl.Float64, strict=False) * factor
    shown = [None if v is None else (f"{v:.0f}" if abs(v - round(v)) < 1e-9 else f"{v:.4g}") for v in values]
    return pl.Series(shown, dtype=pl.String).fill_null(cells)


def _measure(case: Case, frame: pl.DataFrame, rng: Rng) -> str | None:
    found = [c for c in columns(case, frame, "number", "integer", distinct=2) if c.name not in ("lon", "lat")]
    column = pick(rng, found)
    return header_of(frame, column) if column else None


@frame_corruption
def unit_changed(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A measure comes in another unit: seconds for minutes, mu for square metres, fen for yuan."""
    header = _measure(case, frame, rng)
    if header is None:
        return None
    factor = float(rng.choice([60.0, 1 / 666.67, 100.0, 1 / 60, 1000.0]))
    everything = pl.Series(np.ones(len(frame), dtype=bool))
    return put(frame, header, everything, _scaled(texts(frame, header), factor)), f"{header} times {factor:.4g}"


@frame_corruption
def decimal_point_moved(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """The decimal point slipped in a share of rows."""
    header = _measure(case, frame, rng)
    if header is None:
        return None
    factor = float(rng.choice([10.0, 100.0, 0.1, 0.01]))
    mask, share = some_rows(rng, len(frame), 0.1, 0.5)
    return put(frame, header, mask, _scaled(texts(frame, header), factor)), f"{header} times {factor:g} in {share:.0%}"


@frame_corruption
def negative_numbers(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A share of measures is negative."""
    header = _measure(case, frame, rng)
    if header is None:
        return None
    mask, share = some_rows(rng, len(frame), 0.06, 0.4)
    return put(frame, header, mask, _scaled(texts(frame, header), -1.0)), f"{header} negative in {share:.0%} of rows"


def point_headers(case: Case, frame: pl.DataFrame) -> tuple[str, str] | None:
    """Return the headers of longitude and latitude; null where the feed has none."""
    named = {c.name: header_of(frame, c) for c in columns(case, frame, filled=0.1)}
    lon, lat = named.get("lon"), named.get("lat")
    return (lon, lat) if lon and lat else None


@frame_corruption
def coordinates_swapped(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Longitude stands under latitude, in all rows or in some."""
    point = point_headers(case, frame)
    if point is None:
        return None
    lon, lat = point
    mask, share = some_rows(rng, len(frame), 0.2, 1.0)
    first, second = texts(frame, lon), texts(frame, lat)
    return put(put(frame, lon, mask, second), lat, mask, first), f"{lon} and {lat} swapped in {share:.0%} of rows"


@frame_corruption
def coordinates_constant(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Many rows stand at one point: the town hall, or the centre of the map."""
    point = point_headers(case, frame)
    if point is None:
        return None
    mask, share = some_rows(rng, len(frame), 0.2, 1.0)
    known = frame.select(pl.col(point[0]).is_not_null() & pl.col(point[1]).is_not_null()).to_series()
    one = frame.filter(known).head(1)
    for header in point:
        frame = put(frame, header, mask & known, texts(one, header).new_from_index(0, len(frame)))
    return frame, f"one point for {share:.0%} of rows"


@frame_corruption
def coordinates_zero(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Missing coordinates are written as zero."""
    point = point_headers(case, frame)
    if point is None:
        return None
    mask, share = some_rows(rng, len(frame), 0.1, 0.6)
    zero = pl.Series(["0"]).new_from_index(0, len(frame))
    for header in point:
        frame = put(frame, header, mask, zero)
    return frame, f"zero for {share:.0%} of rows"
