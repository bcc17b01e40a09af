"""Agglomeration of one component of scored pairs under constraints: strongest evidence first.

Why not connected components: one mention that resembles two people glues them together for ever. Why not a cut
afterwards: by then it is unclear which of a hundred edges was the wrong one. Merging in descending order of evidence
lets the certain part of a person form first, and lets every later merge be asked whether the two *groups* agree.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from pipelines.identity.clustering.dense import DenseAgglomeration, is_dense
from pipelines.identity.clustering.state import ClusterState
from pipelines.identity.clustering.ties import (
    RIVAL_MARGIN,
    Pair,
    Refusal,
    both,
    gather_ties,
    is_torn,
    is_weak_bridge,
    linkage,
    reason_apart,
)


class Agglomeration:
    """The state of one component while it is clustered; of two that merge the one with more ties takes in the other.

    The heap holds a tie anew whenever it, or the name (smallest node) of one of its clusters, changed: so a merge
    costs the ties of the smaller side, not of the larger.
    """

    def __init__(self, states: dict[int, ClusterState], pairs: Iterable[Pair], threshold: float) -> None:
        """Start with every cluster by itself."""
        self.clusters = states
        self.ties = gather_ties(states, pairs)
        self.threshold = threshold
        self.names = {slot: slot for slot in states}
        self.refused: dict[int, set[int]] = {}
        self.closed: set[int] = set()
        self.heap: list[tuple[float, int, int, int, int]] = []

    def run(self) -> None:
        """Merge until no two clusters that may merge have enough evidence."""
        for a, near in self.ties.items():
            for b, first in near.items():
                strength = linkage(first)
                if a < b and strength >= self.threshold:
                    self.heap.append((-strength, a, b, a, b))
        heapq.heapify(self.heap)
        while self.heap:
            negative, _, _, a, b = heapq.heappop(self.heap)
            tie = self.ties.get(a, {}).get(b)
            if tie is None or linkage(tie) != -negative or a in self.closed or b in self.closed:
                continue
            one, other = self.clusters[a], self.clusters[b]
            if one.conflict(other) or is_weak_bridge(one, other, tie[3], -negative, self.threshold):
                self.refused.setdefault(a, set()).add(b)
                self.refused.setdefault(b, set()).add(a)
                continue
            torn = self._torn(a, b, -negative)
            if torn is None:
                self._merge(a, b)
            else:
                self.closed.add(torn)

    def refusals(self) -> list[Refusal]:
        """Pairs of final clusters that some pair would have joined, strongest first."""
        found = []
        for a, near in self.ties.items():
            for b, tie in near.items():
                if self.names[a] < self.names[b] and tie[0] >= self.threshold:
                    closed = a in self.closed or b in self.closed
                    reason = reason_apart(self.clusters[a], self.clusters[b], tie, self.threshold, closed=closed)
                    strength = max(linkage(tie), self.threshold)
                    found.append(Refusal(self.names[a], self.names[b], strength, reason))
        return sorted(found, key=lambda refusal: (-refusal.linkage, refusal.left, refusal.right))

    def _torn(self, a: int, b: int, strength: float) -> int | None:
        lo, hi = (a, b) if self.names[a] < self.names[b] else (b, a)
        least = max(self.threshold, strength - RIVAL_MARGIN)
        for one, other in ((lo, hi), (hi, lo)):
            if self.clusters[one].numbers or len(self.clusters[one].nodes) > 1:
                continue
            rivals = (
                self.clusters[rival]
                for rival, tie in self.ties[one].items()
                if rival != other and tie[0] + tie[1] / tie[2] >= least
            )
            if is_torn(self.clusters[one], self.clusters[other], rivals):
                return one
        return None

    def _merge(self, a: int, b: int) -> None:
        if len(self.ties[a]) < len(self.ties[b]):
            a, b = b, a
        self.clusters[a].absorb(self.clusters.pop(b))
        renamed = self.names[b] < self.names[a]
        self.names[a] = min(self.names[a], self.names.pop(b))
        near = self.ties[a]
        changed = self._unrefuse(a, b)
        for c, tie in self.ties.pop(b).items():
            del self.ties[c][b]
            if c != a:
                near[c] = self.ties[c][a] = both(tie, near[c]) if c in near else tie
                changed.add(c)
        for c in near if renamed else changed:
            self._push(a, c)

    def _unrefuse(self, a: int, b: int) -> set[int]:
        """Clusters that were refused to either side: what the merged cluster has gathered may answer otherwise."""
        again = (self.refused.pop(a, set()) | self.refused.pop(b, set())) - {a, b}
        for c in again:
            self.refused[c] -= {a, b}
        return again

    def _push(self, a: int, c: int) -> None:
        strength = linkage(self.ties[a][c])
        if strength >= self.threshold:
            names = self.names[a], self.names[c]
            heapq.heappush(self.heap, (-strength, min(names), max(names), a, c))


def agglomerate(
    states: dict[int, ClusterState], pairs: Iterable[Pair], threshold: float
) -> tuple[dict[int, ClusterState], list[Refusal]]:
    """Cluster one component.

    Args:
        states: cluster states by id; the id is the smallest node of the state. Must-links are already joined.
        pairs: (cluster, cluster, evidence in bits), sorted; several pairs between the same two clusters add up.
        threshold: evidence in bits from which two clusters may merge.

    Returns:
        The final clusters by their smallest node, and what keeps apart those that some pair would have joined,
        strongest first, one per pair of clusters.
    """
    told = list(pairs)
    dense = is_dense(len(states), len(told))
    work = (DenseAgglomeration if dense else Agglomeration)(states, told, threshold)
    work.run()
    return {work.names[slot]: state for slot, state in work.clusters.items()}, work.refusals()
