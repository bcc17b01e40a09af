"""The same agglomeration for a large component in which nearly all are compared with all: rows of matrices.

The heap of ``agglomerate`` holds every tie, and in such a component every merge changes all ties of a cluster. Here a
merge is a handful of operations on whole rows. Both give the same clusters (a property test holds them together).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipelines.identity.clustering.state import ClusterState
from pipelines.identity.clustering.ties import (
    OBJECTION_FLOOR,
    RIVAL_MARGIN,
    Pair,
    Refusal,
    Tie,
    is_torn,
    is_weak_bridge,
    reason_apart,
)

FEWEST, MOST = 48, 3_000
"""Clusters in a component from which matrices pay, and up to which they fit (five of 9 million cells: 300 MB)."""

DENSITY = 0.25
"""Share of all pairs that are tied from which matrices pay."""

MANY_NUMBERS = -2
NO_NUMBER = -1


def is_dense(clusters: int, pairs: int) -> bool:
    """Whether a component of so many clusters and pairs is better clustered here."""
    return FEWEST <= clusters <= MOST and pairs >= DENSITY * clusters * clusters / 2


class DenseAgglomeration:
    """One component as matrices; row and column are the place of a cluster among the sorted names."""

    def __init__(self, states: dict[int, ClusterState], pairs: Sequence[Pair], threshold: float) -> None:
        """Start with every cluster by itself."""
        slots = sorted(states)
        self.clusters = dict(enumerate(states[slot] for slot in slots))
        self.names = dict(enumerate(slots))
        self.threshold = threshold
        self.closed: set[int] = set()
        self._gather(pairs)
        self.alive = np.ones(len(slots), dtype=np.bool_)
        self.code = self._codes()
        self.open = self._askable(np.arange(len(slots)))
        self.row_at = self.open.argmax(axis=1)
        self.row_best = self.open.max(axis=1)

    def _gather(self, pairs: Sequence[Pair]) -> None:
        size = len(self.names)
        slots = np.array([self.names[place] for place in range(size)])
        ends = np.searchsorted(slots, np.array([pair[:2] for pair in pairs], dtype=np.int64).reshape(-1, 2))
        evidence = np.array([pair[2] for pair in pairs])
        apart = ends[:, 0] != ends[:, 1]
        rows = np.concatenate([ends[apart, 0], ends[apart, 1]])
        columns = np.concatenate([ends[apart, 1], ends[apart, 0]])
        bits = np.concatenate([evidence[apart]] * 2)
        self.best = np.full((size, size), -np.inf)
        self.objections = np.zeros((size, size))
        self.pairs = np.zeros((size, size), dtype=np.int32)
        self.supporters = np.zeros((size, size), dtype=np.int32)
        np.maximum.at(self.best, (rows, columns), bits)
        np.add.at(self.objections, (rows, columns), np.clip(bits, OBJECTION_FLOOR, 0.0))
        np.add.at(self.pairs, (rows, columns), 1)
        np.add.at(self.supporters, (rows, columns), (bits > 0).astype(np.int32))

    def run(self) -> None:
        """Merge until no two clusters that may merge have enough evidence."""
        while True:
            a = int(self.row_best.argmax())
            strength = float(self.row_best[a])
            if strength == -np.inf:
                return
            a, b = sorted((a, int(self.row_at[a])))
            one, other = self.clusters[a], self.clusters[b]
            supporters = int(self.supporters[a, b])
            if one.conflict(other) or is_weak_bridge(one, other, supporters, strength, self.threshold):
                self._refuse(a, b)
                continue
            torn = self._torn(a, b, strength)
            if torn is None:
                self._merge(a, b)
            else:
                self.closed.add(torn)
                self._shut(torn)

    def refusals(self) -> list[Refusal]:
        """Pairs of final clusters that some pair would have joined, strongest first."""
        rows, columns = np.nonzero(np.triu((self.best >= self.threshold) & self.alive[:, None] & self.alive[None, :]))
        found = []
        for a, b in zip(rows.tolist(), columns.tolist(), strict=True):
            closed = a in self.closed or b in self.closed
            tie = self._tie(a, b)
            reason = reason_apart(self.clusters[a], self.clusters[b], tie, self.threshold, closed=closed)
            strength = max(tie[0] + tie[1] / tie[2], self.threshold)
            found.append(Refusal(self.names[a], self.names[b], strength, reason))
        return sorted(found, key=lambda refusal: (-refusal.linkage, refusal.left, refusal.right))

    def _tie(self, a: int, b: int) -> Tie:
        return (
            float(self.best[a, b]),
            float(self.objections[a, b]),
            int(self.pairs[a, b]),
            int(self.supporters[a, b]),
        )

    def _codes(self) -> npt.NDArray[np.int64]:
        """One code per valid number: two clusters of one number each need not be asked whether they exclude."""
        told = [sorted(state.told_numbers) for state in self.clusters.values()]
        code = {number: i for i, number in enumerate(sorted({number for numbers in told for number in numbers}))}
        several = {0: NO_NUMBER}
        codes = [code[one[0]] if len(one) == 1 else several.get(len(one), MANY_NUMBERS) for one in told]
        return np.array(codes, dtype=np.int64)

    def _askable(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Linkage of the given rows with all others; minus infinity where it is too weak or surely forbidden."""
        with np.errstate(divide="ignore", invalid="ignore"):
            strength = self.best[rows] + self.objections[rows] / self.pairs[rows]
        code = self.code[rows][:, None]
        excluded = (code >= 0) & (self.code >= 0) & (code != self.code)
        shut = ~self.alive.copy()
        shut[list(self.closed)] = True
        none = (self.pairs[rows] == 0) | excluded | shut
        return np.where(none | (strength < self.threshold), -np.inf, strength)

    def _refuse(self, a: int, b: int) -> None:
        self.open[a, b] = self.open[b, a] = -np.inf
        self._renew(np.array([a, b]))

    def _renew(self, rows: npt.NDArray[np.int64]) -> None:
        self.row_at[rows] = self.open[rows].argmax(axis=1)
        self.row_best[rows] = self.open[rows, self.row_at[rows]]

    def _shut(self, row: int) -> None:
        self.open[row, :] = self.open[:, row] = -np.inf
        self.row_best[row] = -np.inf
        self._renew(np.nonzero(self.row_at == row)[0])

    def _torn(self, a: int, b: int, strength: float) -> int | None:
        least = max(self.threshold, strength - RIVAL_MARGIN)
        for one, other in ((a, b), (b, a)):
            state = self.clusters[one]
            if state.numbers or len(state.nodes) > 1:
                continue
            with np.errstate(divide="ignore", invalid="ignore"):
                near = self.best[one] + self.objections[one] / self.pairs[one]
            rivals = np.nonzero((near >= least) & self.alive & (self.pairs[one] > 0))[0].tolist()
            if is_torn(state, self.clusters[other], (self.clusters[c] for c in rivals if c not in (one, other))):
                return one
        return None

    def _merge(self, a: int, b: int) -> None:
        """Cluster ``a``, which has the smaller name, takes in ``b``."""
        self.clusters[a].absorb(self.clusters.pop(b))
        del self.names[b]
        self.alive[b] = False
        self.best[a] = np.maximum(self.best[a], self.best[b])
        self.objections[a] += self.objections[b]
        self.pairs[a] += self.pairs[b]
        self.supporters[a] += self.supporters[b]
        for matrix, nothing in ((self.best, -np.inf), (self.objections, 0), (self.pairs, 0), (self.supporters, 0)):
            matrix[a, a] = nothing
            matrix[:, a] = matrix[a]
        numbers = self.clusters[a].told_numbers
        if len(numbers) > 1:
            self.code[a] = MANY_NUMBERS
        else:
            self.code[a] = max(self.code[a], self.code[b])
        self._shut(b)
        row = self._askable(np.array([a]))[0]
        self.open[a] = self.open[:, a] = row
        better = (row > self.row_best) | ((row == self.row_best) & (a < self.row_at))
        stale = (self.row_at == a) & (row < self.row_best)
        self.row_best[better] = row[better]
        self.row_at[better] = a
        self._renew(np.nonzero(stale)[0])
        self._renew(np.array([a]))
