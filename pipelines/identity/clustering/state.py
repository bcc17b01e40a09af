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


REGION = 6
"""Digits of the region, which all of a district share."""

FEWEST_EQUAL = 3
"""Digits beyond the region that must agree before a single differing one passes for mistyped."""


def digits_fit(one: str, other: str) -> bool:
    """Whether two numbers of which not all is known can be one.

    ``*`` tells nothing. A passport (it begins with a letter) and a citizen's number say nothing of each other.
    """
    if one[:1].isalpha() != other[:1].isalpha():
        return True
    told = [(place, a == b) for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != "*" != b]
    differing = sum(not equal for _, equal in told)
    beyond = 0 if one[:1].isalpha() else REGION
    equal_beyond = sum(equal and place >= beyond for place, equal in told)
    return differing == 0 or (differing == 1 and equal_beyond >= FEWEST_EQUAL)


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
        listed: rooms in whose roll its rows stand; a roll lists everybody once.
        signs: characters of its Han names; two names without a common one are no spellings of each other.
    """

    nodes: set[int]
    numbers: frozenset[str] = frozenset()
    persons: frozenset[tuple[str, int]] = frozenset()
    forbidden: set[int] = field(default_factory=set)
    row_mates: set[int] = field(default_factory=set)
    patterns: frozenset[str] = frozenset()
    contested: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    signs: frozenset[str] = frozenset()

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
        if _exclude(self.told_numbers, other.told_numbers):
            return DIFFERENT_NUMBERS
        if self.numbers and self.numbers == other.numbers:
            return None
        if self.persons and any(a[0] != b[0] and a[1] != b[1] for a in self.persons for b in other.persons):
            return DIFFERENT_SEX_AND_BIRTH
        if not (self._digits_fit(other) and other._digits_fit(self)):
            return OTHER_DIGITS
        return OBJECTION if self.signs and other.signs and self.signs.isdisjoint(other.signs) else None

    def _digits_fit(self, other: ClusterState) -> bool:
        """Every row's digits fit a number that the other surely has, or some row's fit some row's of the other."""
        theirs = other.told_numbers
        if theirs:
            return all(any(digits_fit(mine, number) for number in theirs) for mine in self.patterns)
        if self.told_numbers or not self.patterns or not other.patterns:
            return True
        return any(digits_fit(mine, pattern) for mine in self.patterns for pattern in other.patterns)

    def absorb(self, other: ClusterState) -> None:
        """Take over everything the other gathered."""
        self.nodes |= other.nodes
        self.numbers |= other.numbers
        self.persons |= other.persons
        self.forbidden |= other.forbidden
        self.row_mates |= other.row_mates
        self.patterns |= other.patterns
        self.contested |= other.contested
        self.listed |= other.listed
        self.signs |= other.signs


def _exclude(one: frozenset[str], other: frozenset[str]) -> bool:
    return not (one <= other or other <= one)


STATE_COLUMNS = ["numbers", "sex", "birth", "patterns", "contested", "listed", "signs"]


def node_states(rows: pl.DataFrame) -> Iterator[tuple[int, int, int, ClusterState]]:
    """A state for each row of node features.

    Args:
        rows: ``component, group, i`` (three numbers to tell the row by) and the features of a node.

    Yields:
        The three numbers, and the state of a cluster of ``i`` alone.
    """
    told = rows.select("component", "group", "i", *STATE_COLUMNS).with_columns(pl.col("birth").cast(pl.Int32))
    for component, group, i, numbers, sex, birth, patterns, contested, listed, signs in told.iter_rows():
        state = ClusterState(
            {i},
            numbers=frozenset(numbers),
            persons=frozenset() if sex is None or birth is None else frozenset({(sex, birth)}),
            patterns=frozenset(patterns),
            contested=frozenset(contested),
            listed=frozenset(listed),
            signs=frozenset(signs),
        )
        yield component, group, i, state
