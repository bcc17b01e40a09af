"""Neighbours on the lattice of known cells, as sparse matrices."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from pipelines.risk.places.grid import Floats, Ints

Kernel = sparse.csr_array


def index_of(column: Ints, row: Ints, at_column: Ints, at_row: Ints) -> Ints:
    """Return for each asked cell its position among the known cells, -1 where there is none.

    Args:
        column: of the known cells, each once.
        row: of the known cells.
        at_column: of the cells asked for.
        at_row: of the cells asked for.
    """
    if not len(column):
        return np.full(len(at_column), -1, dtype=np.int64)
    height = int(row.max() - row.min()) + 1
    keys = (column - column.min()) * height + (row - row.min())
    asked = (at_column - column.min()) * height + (at_row - row.min())
    order = np.argsort(keys, kind="stable")
    place = np.minimum(np.searchsorted(keys[order], asked), len(keys) - 1)
    inside = (at_row >= row.min()) & (at_row <= row.max()) & (keys[order][place] == asked)
    return np.where(inside, order[place], -1).astype(np.int64)


def kernel(column: Ints, row: Ints, reach: int, weight: Callable[[float], float]) -> Kernel:
    """Return the matrix of weights between known cells whose centres are at most `reach` cells apart.

    Args:
        column: of the known cells, each once.
        row: of the known cells.
        reach: in cells.
        weight: of a distance in cells; 0 leaves the pair out.
    """
    count = len(column)
    sources: list[Ints] = []
    targets: list[Ints] = []
    weights: list[Floats] = []
    for east, north in offsets(reach):
        distance = float(np.hypot(east, north))
        value = float(weight(distance)) if distance <= reach else 0.0
        at = index_of(column, row, column + east, row + north)
        source = np.flatnonzero(at >= 0)
        if value and len(source):
            sources.append(source)
            targets.append(at[source])
            weights.append(np.full(len(source), value))
    if not sources:
        return sparse.csr_array((count, count), dtype=np.float64)
    where = (np.concatenate(targets), np.concatenate(sources))
    return sparse.csr_array((np.concatenate(weights), where), shape=(count, count))


def offsets(reach: int) -> list[tuple[int, int]]:
    """Return the steps, east and north, to the cells of a square of `reach` cells to each side."""
    side = range(-reach, reach + 1)
    return [(east, north) for east in side for north in side]


def gaussian(column: Ints, row: Ints, cell_metres: int, bandwidth_metres: float) -> Kernel:
    """Return a Gaussian kernel cut at three bandwidths, whose columns sum to 1: smoothing loses no incident."""
    width = bandwidth_metres / cell_metres
    matrix = kernel(
        column, row, int(np.ceil(3 * width)), lambda distance: float(np.exp(-0.5 * (distance / width) ** 2))
    )
    total = np.asarray(matrix.sum(axis=0)).ravel()
    return sparse.csr_array(matrix @ sparse.diags_array(1.0 / np.maximum(total, 1e-300)))


def adjacency(column: Ints, row: Ints) -> Kernel:
    """Return 1 for each pair of the eight cells round a cell; a cell is not its own neighbour."""
    touching = np.sqrt(2.0) + 1e-9
    return kernel(column, row, 2, lambda distance: float(0.0 < distance <= touching))
