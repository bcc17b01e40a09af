"""A growing cluster and the reasons why two of them may not become one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

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


@dataclass(slots=True)
class ClusterState:
    """What a cluster has gathered so far.

    Attributes:
        nodes: its nodes.
        numbers: own valid ID numbers; more than one only where a steward joined them.
        persons: distinct certain (sex, birth day number) of its nodes.
        forbidden: nodes that a steward said are somebody else.
        patterns: masked numbers, tails and passports of its nodes.
        row_mates: nodes that one row names beside these: husband and wife, landlord and tenant, two owners.
        contested: numbers that are no proof of being their owner, and exclude everybody with another number.
        registered: whole numbers of its rows in the police register, which lists a resident under one number.
        listed: rooms in whose roll its rows stand; a roll lists everybody once.
    """

    nodes: set[int]
    numbers: frozenset[str] = frozenset()
    persons: frozenset[tuple[str, int]] = frozenset()
    forbidden: set[int] = field(default_factory=set)
    row_mates: set[int] = field(default_factory=set)
    patterns: frozenset[str] = frozenset()
    contested: frozenset[str] = frozenset()
    registered: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()

    @property
    def told_numbers(self) -> frozenset[str]:
        """Valid numbers that exclude others, whether they prove anything or not."""
        return self.numbers | self.contested if self.contested else self.numbers

    def conflict(self, other: ClusterState) -> str | None:
        """The constraint that keeps the two apart, or None.

        Number sets may differ only where one contains the other: that is how a steward's yes between two numbers
        stays open to further rows of either number, and closed to a third.
        """
        if not self.forbidden.isdisjoint(other.nodes) or not other.forbidden.isdisjoint(self.nodes):
            return STEWARD_NO
        if not self.row_mates.isdisjoint(other.nodes) or not other.row_mates.isdisjoint(self.nodes):
            return SAME_ROW
        if not self.listed.isdisjoint(other.listed):
            return SAME_ROW
        if _exclude(self.told_numbers, other.told_numbers) or _exclude(self.registered, other.registered):
            return DIFFERENT_NUMBERS
        if self.numbers and self.numbers == other.numbers:
            return None
        if self.persons and any(a[0] != b[0] and a[1] != b[1] for a in self.persons for b in other.persons):
            return DIFFERENT_SEX_AND_BIRTH
        return OTHER_DIGITS if self._digits_differ(other) else None

    def _digits_differ(self, other: ClusterState) -> bool:
        """No pattern fits: a tail on one side belongs to none of the numbers or tails on the other."""
        mine, theirs = self.told_numbers or self.patterns, other.told_numbers or other.patterns
        if not mine or not theirs or (self.told_numbers and other.told_numbers):
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
        self.contested |= other.contested
        self.registered |= other.registered
        self.listed |= other.listed


def _exclude(one: frozenset[str], other: frozenset[str]) -> bool:
    return not (one <= other or other <= one)


STATE_COLUMNS = ["numbers", "sex", "birth", "patterns", "contested", "registered", "listed"]


def node_states(rows: pl.DataFrame) -> Iterator[tuple[int, int, int, ClusterState]]:
    """A state for each row of node features.

    Args:
        rows: ``component, group, i`` (three numbers to tell the row by) and the features of a node.

    Yields:
        The three numbers, and the state of a cluster of ``i`` alone.
    """
    told = rows.select("component", "group", "i", *STATE_COLUMNS).with_columns(pl.col("birth").cast(pl.Int32))
    for component, group, i, numbers, sex, birth, patterns, contested, registered, listed in told.iter_rows():
        state = ClusterState(
            {i},
            numbers=frozenset(numbers),
            persons=frozenset() if sex is None or birth is None else frozenset({(sex, birth)}),
            patterns=frozenset(patterns),
            contested=frozenset(contested),
            registered=frozenset(registered),
            listed=frozenset(listed),
        )
        yield component, group, i, state
