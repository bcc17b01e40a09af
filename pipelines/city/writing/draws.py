"""Draws of one named outcome a row."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import polars as pl

from pipelines.city.error_model import Rates


def draw_damage(rng: np.random.Generator, rates: Rates, size: int) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Draw for each row the name of one rate of `rates`, or `none`."""
    names = [f.name for f in fields(rates)]
    edges = np.cumsum([getattr(rates, name) for name in names])
    outcome = np.searchsorted(edges, rng.random(size) * max(1.0, edges[-1]), side="right")
    chosen: np.ndarray[Any, np.dtype[np.object_]] = np.array([*names, "none"], dtype=object)[outcome]
    return chosen


def choice(rng: np.random.Generator, values: list[Any], size: int, weights: list[float] | None = None) -> pl.Series:
    """Draw `size` values, with equal chances or by `weights`."""
    p = None if weights is None else np.array(weights) / sum(weights)
    return pl.Series(values).gather(rng.choice(len(values), size, p=p).astype(np.uint32))


def uniform(rng: np.random.Generator, size: int) -> pl.Series:
    """Draw `size` numbers in 0..1."""
    return pl.Series(rng.random(size))
