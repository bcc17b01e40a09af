"""What speaks for and against joining two clusters, gathered from the scored pairs between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.identity.clustering.state import (
    AMBIGUOUS,
    OBJECTION,
    WEAK_BRIDGE,
    ClusterState,
)

OBJECTION_FLOOR = -12.0
"""One pair cannot object by more than this (bits): beyond it the pair only says that the names are unlike."""

RIVAL_MARGIN = 3.0
"""A mention without a number joins one of two clusters that exclude each other only when it is eight times (2^3)
likelier there than in the other; below that it stays alone and a steward is asked."""

BRIDGE_EXTRA = 4.0
"""Two groups of two nodes or more that share a single supporting pair need 2^4 times the ordinary odds: when the
groups were one person, several of their nodes would have met in a block."""

Tie = tuple[float, float, int, int]
"""The best supporter (bits), the sum of objections (bits, not above 0), how many pairs, how many of them support."""

Ties = dict[int, dict[int, Tie]]

Pair = tuple[int, int, float]
"""Two clusters and the evidence (bits) of one scored pair between them."""


@dataclass(frozen=True)
class Refusal:
    """Two clusters that evidence would have joined, and what kept them apart."""

    left: int
    right: int
    linkage: float
    constraint: str


def linkage(tie: Tie) -> float:
    """Best support plus the mean objection: one odd pair among many hardly counts, a general disagreement does."""
    return tie[0] + tie[1] / tie[2]


def both(one: Tie, other: Tie) -> Tie:
    """The tie after two clusters on one side became one."""
    best = one[0] if one[0] >= other[0] else other[0]
    return (best, one[1] + other[1], one[2] + other[2], one[3] + other[3])


def gather_ties(states: Iterable[int], pairs: Iterable[Pair]) -> Ties:
    """Ties by cluster and other cluster; several pairs between the same two clusters add up."""
    ties: Ties = {cluster: {} for cluster in states}
    for a, b, evidence in pairs:
        if a == b:
            continue
        tie = (evidence, max(min(evidence, 0.0), OBJECTION_FLOOR), 1, int(evidence > 0))
        near = ties[a]
        if b in near:
            tie = both(tie, near[b])
        near[b] = tie
        ties[b][a] = tie
    return ties


def is_weak_bridge(one: ClusterState, other: ClusterState, supporters: int, strength: float, threshold: float) -> bool:
    """A single supporting pair between two groups, and not a very strong one."""
    groups = len(one.nodes) > 1 and len(other.nodes) > 1
    return groups and supporters == 1 and strength < threshold + BRIDGE_EXTRA


def is_torn(one: ClusterState, other: ClusterState, rivals: Iterable[ClusterState]) -> bool:
    """``one`` is a lone node without a number and some rival, which ``other`` excludes, may claim it as well.

    Args:
        one: who would join.
        other: whom it would join.
        rivals: other clusters whose tie to ``one`` comes within ``RIVAL_MARGIN`` of that to ``other``.
    """
    if one.numbers or len(one.nodes) > 1:
        return False
    return any(other.conflict(rival) is not None and one.conflict(rival) is None for rival in rivals)


def reason_apart(one: ClusterState, other: ClusterState, tie: Tie, threshold: float, *, closed: bool) -> str:
    """What kept two clusters apart that some pair would have joined, when nothing more may merge."""
    constraint = one.conflict(other)
    if constraint is not None:
        return constraint
    if closed:
        return AMBIGUOUS
    return OBJECTION if linkage(tie) < threshold else WEAK_BRIDGE
