"""Agglomeration of one component of scored pairs under constraints: strongest evidence first.

Why not connected components: one mention that resembles two people glues them together for ever. Why not a cut
afterwards: by then it is unclear which of a hundred edges was the wrong one. Merging in descending order of evidence
lets the certain part of a person form first, and lets every later merge be asked whether the two *groups* agree.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.identity.clustering.state import AMBIGUOUS, OBJECTION, WEAK_BRIDGE, ClusterState

OBJECTION_FLOOR = -12.0
"""One pair cannot object by more than this (bits): beyond it the pair only says that the names are unlike."""

RIVAL_MARGIN = 3.0
"""A mention without a number joins one of two clusters that exclude each other only when it is eight times (2^3)
likelier there than in the other; below that it stays alone and a steward is asked."""

BRIDGE_EXTRA = 4.0
"""Two groups of two nodes or more that share a single supporting pair need 2^4 times the ordinary odds: when the
groups were one person, several of their nodes would have met in a block."""


@dataclass
class Tie:
    """Scored pairs between two clusters: the best supporter, the sum of objections, and their counts."""

    best: float
    objections: float
    pairs: int
    supporters: int

    @classmethod
    def of(cls, evidence: float) -> Tie:
        """The tie of a single scored pair."""
        return cls(evidence, max(min(evidence, 0.0), OBJECTION_FLOOR), 1, int(evidence > 0))

    def joined(self, other: Tie) -> Tie:
        """The tie after two clusters on one side became one."""
        return Tie(
            max(self.best, other.best),
            self.objections + other.objections,
            self.pairs + other.pairs,
            self.supporters + other.supporters,
        )

    @property
    def linkage(self) -> float:
        """Best support plus the mean objection: one odd pair among many hardly counts, a general disagreement does."""
        return self.best + self.objections / self.pairs


@dataclass(frozen=True)
class Refusal:
    """Two clusters that evidence would have joined, and what kept them apart."""

    left: int
    right: int
    linkage: float
    constraint: str


@dataclass
class Agglomeration:
    """The state of one component while it is clustered; nodes are unsigned row numbers of the night."""

    clusters: dict[int, ClusterState]
    ties: dict[int, dict[int, Tie]]
    threshold: float
    refusals: list[Refusal]

    def run(self) -> None:
        """Merge until no two clusters that may merge have enough evidence."""
        heap = [
            (-tie.linkage, a, b)
            for a, near in self.ties.items()
            for b, tie in near.items()
            if a < b and tie.linkage >= self.threshold
        ]
        heapq.heapify(heap)
        closed: set[int] = set()
        while heap:
            negative, a, b = heapq.heappop(heap)
            tie = self.ties.get(a, {}).get(b)
            if tie is None or tie.linkage != -negative or a in closed or b in closed:
                continue
            constraint = self.clusters[a].conflict(self.clusters[b]) or self._weak_bridge(a, b, tie)
            if constraint is not None:
                self.refusals.append(Refusal(a, b, tie.linkage, constraint))
                continue
            torn = self._torn_between(a, b, tie.linkage) or self._torn_between(b, a, tie.linkage)
            if torn is not None:
                closed.add(torn)
                self.refusals.append(Refusal(a, b, tie.linkage, AMBIGUOUS))
                continue
            self._merge(a, b)
            for c, joined in self.ties[a].items():
                if joined.linkage >= self.threshold:
                    heapq.heappush(heap, (-joined.linkage, min(a, c), max(a, c)))

    def _weak_bridge(self, a: int, b: int, tie: Tie) -> str | None:
        both_groups = min(len(self.clusters[a].nodes), len(self.clusters[b].nodes)) > 1
        if both_groups and tie.supporters == 1 and tie.linkage < self.threshold + BRIDGE_EXTRA:
            return WEAK_BRIDGE
        return None

    def _torn_between(self, one: int, other: int, linkage: float) -> int | None:
        """``one`` when a rival of ``other`` claims it nearly as strongly; only a lone node without a number can be."""
        state = self.clusters[one]
        if state.numbers or len(state.nodes) > 1:
            return None
        for rival, tie in self.ties[one].items():
            if rival == other or tie.linkage < max(self.threshold, linkage - RIVAL_MARGIN):
                continue
            if state.conflict(self.clusters[rival]) is not None:
                continue
            if self.clusters[other].conflict(self.clusters[rival]) is not None:
                return one
        return None

    def _merge(self, a: int, b: int) -> None:
        self.clusters[a].absorb(self.clusters.pop(b))
        for c, tie in self.ties.pop(b).items():
            del self.ties[c][b]
            if c == a:
                continue
            joined = tie.joined(self.ties[a][c]) if c in self.ties[a] else tie
            self.ties[a][c] = joined
            self.ties[c][a] = joined


def agglomerate(
    states: dict[int, ClusterState], pairs: Iterable[tuple[int, int, float]], threshold: float
) -> tuple[dict[int, ClusterState], list[Refusal]]:
    """Cluster one component.

    Args:
        states: cluster states by id; the id is the smallest node of the state. Must-links are already joined.
        pairs: (cluster, cluster, evidence in bits), sorted; several pairs between the same two clusters add up.
        threshold: evidence in bits from which two clusters may merge.

    Returns:
        The final clusters by their smallest node, and the refusals whose two sides are still apart, strongest first,
        one per pair of clusters.
    """
    ties: dict[int, dict[int, Tie]] = {cluster: {} for cluster in states}
    for a, b, evidence in pairs:
        if a == b:
            continue
        tie = Tie.of(evidence)
        joined = tie.joined(ties[a][b]) if b in ties[a] else tie
        ties[a][b] = joined
        ties[b][a] = joined
    work = Agglomeration(states, ties, threshold, [])
    work.run()
    work.refusals.extend(
        Refusal(a, b, tie.best, OBJECTION)
        for a, near in work.ties.items()
        for b, tie in near.items()
        if a < b and tie.best >= threshold > tie.linkage
    )
    return work.clusters, _still_apart(work)


def _still_apart(work: Agglomeration) -> list[Refusal]:
    home = {node: cluster for cluster, state in work.clusters.items() for node in state.nodes}
    kept: dict[tuple[int, int], Refusal] = {}
    for refusal in sorted(work.refusals, key=lambda r: (-r.linkage, r.left, r.right, r.constraint)):
        ends = (home[refusal.left], home[refusal.right])
        key = (min(ends), max(ends))
        if ends[0] != ends[1] and key not in kept:
            kept[key] = Refusal(*key, refusal.linkage, refusal.constraint)
    return list(kept.values())
