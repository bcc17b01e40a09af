"""A growing cluster and the reasons why two of them may not become one."""

from __future__ import annotations

from dataclasses import dataclass, field

DIFFERENT_NUMBERS = "different_numbers"
DIFFERENT_SEX_AND_BIRTH = "different_sex_and_birth"
STEWARD_NO = "steward_no"
SAME_ROW = "same_row"
WEAK_BRIDGE = "weak_bridge"
OBJECTION = "members_disagree"
OTHER_DIGITS = "different_digits"
AMBIGUOUS = "ambiguous"


SLIPS = 1
"""Digits that a clerk may have mistyped: from the second on, a masked number is another number."""


def differing_digits(one: str, other: str) -> int:
    """Places at which two numbers differ, where both tell the character (``*`` does not).

    A passport (it begins with a letter) and a citizen's number say nothing of each other: 0.
    """
    if one[:1].isalpha() != other[:1].isalpha():
        return 0
    return sum(a != b and a != "*" != b for a, b in zip(one, other, strict=False))


@dataclass
class ClusterState:
    """What a cluster has gathered so far.

    Attributes:
        nodes: its nodes.
        numbers: own valid ID numbers; more than one only where a steward joined them.
        persons: distinct certain (sex, birth day number) of its nodes.
        forbidden: nodes that a steward said are somebody else.
        patterns: masked numbers, tails and passports of its nodes.
        row_mates: nodes that one row names beside these: husband and wife, landlord and tenant, two owners.
    """

    nodes: set[int]
    numbers: frozenset[str] = frozenset()
    persons: frozenset[tuple[str, int]] = frozenset()
    forbidden: set[int] = field(default_factory=set)
    row_mates: set[int] = field(default_factory=set)
    patterns: frozenset[str] = frozenset()

    def conflict(self, other: ClusterState) -> str | None:
        """The constraint that keeps the two apart, or None.

        Number sets may differ only where one contains the other: that is how a steward's yes between two numbers
        stays open to further rows of either number, and closed to a third.
        """
        if not self.forbidden.isdisjoint(other.nodes) or not other.forbidden.isdisjoint(self.nodes):
            return STEWARD_NO
        if not self.row_mates.isdisjoint(other.nodes) or not other.row_mates.isdisjoint(self.nodes):
            return SAME_ROW
        if not (self.numbers <= other.numbers or other.numbers <= self.numbers):
            return DIFFERENT_NUMBERS
        if self.numbers and self.numbers == other.numbers:
            return None
        if any(a[0] != b[0] and a[1] != b[1] for a in self.persons for b in other.persons):
            return DIFFERENT_SEX_AND_BIRTH
        return OTHER_DIGITS if self._digits_differ(other) else None

    def _digits_differ(self, other: ClusterState) -> bool:
        """No pattern fits: a tail on one side belongs to none of the numbers or tails on the other."""
        mine, theirs = self.numbers or self.patterns, other.numbers or other.patterns
        if not mine or not theirs or (self.numbers and other.numbers):
            return False
        return all(differing_digits(a, b) > SLIPS for a in mine for b in theirs)

    def absorb(self, other: ClusterState) -> None:
        """Take over everything the other gathered."""
        self.nodes |= other.nodes
        self.numbers |= other.numbers
        self.persons |= other.persons
        self.forbidden |= other.forbidden
        self.row_mates |= other.row_mates
        self.patterns |= other.patterns
