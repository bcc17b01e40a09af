"""What training may not believe of one city: least chances of levels, and chances that hold under a condition.

A city of a few thousand shows rare slips a few times or never, and another city writes otherwise. So each level keeps
the share that it had in a delivery of another make, counted by hand against the register of residents (2,600 persons,
9,700 mentions): of 1,000 mentions some 12 had a homophone, 4 a character alike in shape, 3 traditional ones, 2 two
characters exchanged, 1 a character dropped; of 730 birth dates 7 were a year late, 5 had month and day exchanged, 5
were told by the lunar calendar; of 2,700 numbers 9 had a wrong digit or two exchanged. What training finds above these
shares counts; below them it is chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Least = Mapping[str, Mapping[str, float]]

LEAST_M: Final[Least] = {
    "name": {
        "sound": 0.012,
        "shape": 0.004,
        "accent": 0.003,
        "swapped": 0.002,
        "slip": 0.006,
        "given": 0.002,
        "short_slip": 0.003,
        "titled": 0.015,
        "surname": 0.001,
        "else": 0.002,
    },
    "birth": {"month": 0.05, "year": 0.005, "slip": 0.007, "same_year": 0.005, "else": 0.012},
    "sex": {"else": 0.004},
    "id": {
        "fits_many": 0.01,
        "fits_some": 0.05,
        "fits_few": 0.03,
        "fits_birth": 0.01,
        "one_digit": 0.004,
        "two_digits": 0.004,
        "one_of_few": 0.004,
        "both_valid_differ": 0.001,
        "else": 0.008,
    },
    "phone": {"family": 0.03, "shared": 0.005, "masked": 0.02, "else": 0.02},
    "address": {
        "busy_room": 0.01,
        "unit": 0.01,
        "building": 0.01,
        "estate": 0.01,
        "community": 0.01,
        "else": 0.08,
    },
    "kin": {"else": 0.05},
}
"""Least chance of a level among pairs of one person. Phones, places and kin change: of those only the least that any
city showed."""

LEAST_U: Final[Least] = {
    "id": {"equal": 1e-7, "fits_many": 2e-6, "fits_some": 5e-6, "fits_few": 9e-5, "fits_birth": 1e-3},
}
"""Least chance of a level among two persons. Of all pairs of numbers in two registers of 2,800 and 3,900 persons, 3 to
5 in a million share the last six signs, 9 in 100,000 the last four, and 14 in 1,000 the year."""

LEAST_H: Final[Least] = {
    "name": {"slip": 0.02, "short_slip": 0.02, "sound": 0.003, "accent": 0.003, "shape": 0.001, "swapped": 0.001},
    "birth": {"day": 0.003, "month": 0.003, "slip": 0.003},
}
"""Least chance of a level among two persons of one household. Siblings share a character by custom (字辈): of some
3,000 pairs under one roof 106 had names that differ in one character and 9 names that sound alike. Of 1,000 births
some 16 are twins, and one pair in eight under one roof are siblings."""

FORMER: Final = 0.2
"""Chance that a mention uses the former or second name of a person who is known by two."""

TITLED: Final = 0.97
"""Chance that the surname before a title is the person's: surnames are written alike but for slips. EM sees only that
titles agree, never one that does not."""

CONDITIONAL: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "name": (("former",), ("titled",)),
    "address": (("community_only", "community_apart"),),
}
"""Levels of pairs in which one side tells less than others do, or more. Whether it does is a matter of the list, not of
the person, so the chances of such levels are shares among such pairs, and those of the others among the others."""

TAKE_PART_AT_HOME: Final = 0.95
"""Chance that two house-mates, one of them known by a community alone, are of one community."""
