"""The comparison levels, as plain SQL conditions on the columns of two nodes (`_l` and `_r`).

One definition serves Splink on any engine (it trains on these conditions) and our own comparison (`comparison.py`,
which must give the same level for the same pair: a test holds them together). Conditions use `levenshtein`, `substr`,
`length` and `LIKE` only, so that they mean the same in DuckDB and in Spark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipelines.identity.candidates.features import SLOTS
from pipelines.normalise.ids import ID_LENGTH


@dataclass(frozen=True)
class Level:
    """One level of a comparison.

    Attributes:
        label: name of the level, unique in its comparison; `null` is the level that says nothing.
        sql: the condition; levels are tried in order, and the last is `ELSE`.
        frequency: column whose term frequency replaces the average chance of agreement.
    """

    label: str
    sql: str
    frequency: str | None = None


@dataclass(frozen=True)
class Comparison:
    """One comparison: its levels in order, `null` first and `else` last."""

    name: str
    levels: tuple[Level, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels in order; the place of a label is the level's number in our own comparison."""
        return tuple(level.label for level in self.levels)


def _any_equal(slot: str, ending: str | None = None) -> str:
    """Some slot of the left equals some slot of the right (and ends on the given text)."""
    count = SLOTS[slot]
    kept = f" AND {{left}} LIKE '%{ending}'" if ending else ""
    return " OR ".join(
        f"({slot}_{left}_l = {slot}_{right}_r{kept.format(left=f'{slot}_{left}_l')})"
        for left in range(1, count + 1)
        for right in range(1, count + 1)
    )


def _signs(test: str, first: int) -> str:
    """Count the places of two id patterns, from `first` on, where both are known and `test` holds."""
    terms = []
    for place in range(first, ID_LENGTH + 1):
        left, right = f"substr(id_pattern_l, {place}, 1)", f"substr(id_pattern_r, {place}, 1)"
        terms.append(f"(CASE WHEN {left} <> '*' AND {right} <> '*' AND {left} {test} {right} THEN 1 ELSE 0 END)")
    return "(" + " + ".join(terms) + ")"


# All of a district share the first six digits, so they count against a pair and never for it.
REGION: Final = 6
_EQUAL, _DIFFERENT = _signs("=", REGION + 1), _signs("<>", 1)
# The last four tell persons apart; the eight before them are the birth date, which thousands share.
TAIL: Final = 14
_TAIL = f"{_signs('=', TAIL + 1)} >= 3"
# What both read from their numbers is in the comparison of the numbers already.
YEAR, SEX_DIGIT = slice(6, 10), 16
_SEX_IN_NUMBERS = (
    f"(substr(id_pattern_l, {SEX_DIGIT + 1}, 1) <> '*' AND substr(id_pattern_r, {SEX_DIGIT + 1}, 1) <> '*')"
)
_YEAR_IN_NUMBERS = " AND ".join(f"substr(id_pattern_{side}, {YEAR.start + 1}, 4) NOT LIKE '%*%'" for side in ("l", "r"))
_BOTH_VALID = "(id_number_l IS NOT NULL AND id_number_r IS NOT NULL)"
_PLACES = ("room", "unit", "building", "estate", "community")


def _no_place(side: str) -> str:
    return " AND ".join(f"{place}_1_{side} IS NULL" for place in _PLACES)


def _nowhere(side: str) -> str:
    """No place finer than a community: an entry of a community's activity, which can agree no better."""
    return " AND ".join(f"{place}_1_{side} IS NULL" for place in _PLACES[:-1])


_NAME_PART = (
    "(name_kind_r = 'minority' AND length(name_l) >= 3 AND substr(name_r, 1, length(name_l)) = name_l)"
    " OR (name_kind_l = 'minority' AND length(name_r) >= 3 AND substr(name_l, 1, length(name_r)) = name_r)"
)
SHORT_NAME: Final = 5  # characters; longer names are compared by sound, where one edit is one letter


def _one_edit() -> str:
    """One character replaced, dropped or added, in names of at most `SHORT_NAME` characters.

    Written with `substr`: DuckDB's `levenshtein` counts bytes, and a Han character has three.
    """
    places = range(1, SHORT_NAME + 1)
    differing = " + ".join(
        f"(CASE WHEN substr(name_l, {place}, 1) <> substr(name_r, {place}, 1) THEN 1 ELSE 0 END)" for place in places
    )
    replaced = f"(length(name_l) = length(name_r) AND length(name_l) <= {SHORT_NAME} AND ({differing}) <= 1)"
    dropped = []
    for long, short in (("name_l", "name_r"), ("name_r", "name_l")):
        without = " OR ".join(
            f"concat(substr({long}, 1, {place - 1}), substr({long}, {place + 1})) = {short}" for place in places
        )
        dropped.append(f"(length({long}) = length({short}) + 1 AND length({long}) <= {SHORT_NAME} AND ({without}))")
    return f"({replaced} OR {' OR '.join(dropped)})"


_LONG_SLIP = (
    f"({_one_edit()} AND surname_l = surname_r AND (length(name_l) >= 3 OR length(name_r) >= 3))"
    f" OR (length(name_l) > {SHORT_NAME} AND length(name_r) > {SHORT_NAME} AND levenshtein(pinyin_l, pinyin_r) <= 2)"
)
_DATES = "length(birth_l) = 10 AND length(birth_r) = 10"
_SHORT = "(length(birth_l) = {n} OR length(birth_r) = {n})"
_SWAPPED = (
    "(substr(birth_l, 1, 4) = substr(birth_r, 1, 4) AND substr(birth_l, 6, 2) = substr(birth_r, 9, 2)"
    " AND substr(birth_l, 9, 2) = substr(birth_r, 6, 2))"
)

COMPARISONS: Final[tuple[Comparison, ...]] = (
    Comparison(
        "name",
        (
            Level(
                "null",
                "(name_l IS NULL OR name_r IS NULL) AND (surname_l IS NULL OR surname_r IS NULL)",
            ),
            Level("equal", "name_l = name_r", "name"),
            Level("former", "name_l = former_name_r OR former_name_l = name_r", "name"),
            Level("sound", "pinyin_l = pinyin_r", "pinyin"),
            Level("shape", "shape_l = shape_r", "name"),
            Level("accent", "accent_l = accent_r", "pinyin"),
            Level("swapped", "name_sorted_l = name_sorted_r", "name"),
            Level("slip", f"{_LONG_SLIP} OR {_NAME_PART}"),
            Level("given", "given_l = given_r AND length(given_l) >= 2", "given"),
            Level("short_slip", _one_edit()),
            Level("titled", "(name_l IS NULL OR name_r IS NULL) AND surname_l = surname_r", "surname"),
            Level("surname", "surname_l = surname_r", "surname"),
            Level("else", "ELSE"),
        ),
    ),
    Comparison(
        "birth",
        (
            Level("null", f"birth_l IS NULL OR birth_r IS NULL OR ({_YEAR_IN_NUMBERS})"),
            Level("day", f"{_DATES} AND birth_l = birth_r"),
            Level("month", f"substr(birth_l, 1, 7) = substr(birth_r, 1, 7) AND {_SHORT.format(n=7)}"),
            Level("year", f"substr(birth_l, 1, 4) = substr(birth_r, 1, 4) AND {_SHORT.format(n=4)}"),
            Level("slip", f"{_DATES} AND (levenshtein(birth_l, birth_r) <= 1 OR {_SWAPPED})"),
            Level("same_year", "substr(birth_l, 1, 4) = substr(birth_r, 1, 4)"),
            Level("else", "ELSE"),
        ),
    ),
    Comparison(
        "sex",
        (
            Level("null", f"sex_l IS NULL OR sex_r IS NULL OR {_SEX_IN_NUMBERS}"),
            Level("equal", "sex_l = sex_r"),
            Level("else", "ELSE"),
        ),
    ),
    Comparison(
        "id",
        (
            Level("null", f"id_pattern_l IS NULL OR id_pattern_r IS NULL OR {_EQUAL} + {_DIFFERENT} = 0"),
            Level("equal", f"{_DIFFERENT} = 0 AND {_EQUAL} >= 12"),
            Level("fits_many", f"{_DIFFERENT} = 0 AND {_EQUAL} >= 9"),
            Level("fits_some", f"{_DIFFERENT} = 0 AND {_EQUAL} >= 5 AND {_TAIL}"),
            Level("fits_few", f"{_DIFFERENT} = 0 AND {_TAIL}"),
            Level("fits_birth", f"{_DIFFERENT} = 0"),
            Level("both_valid_differ", _BOTH_VALID),
            Level("one_digit", f"{_DIFFERENT} = 1 AND {_EQUAL} >= 8"),
            Level("two_digits", f"{_DIFFERENT} = 2 AND {_EQUAL} >= 9"),
            Level("one_of_few", f"{_DIFFERENT} = 1"),
            Level("else", "ELSE"),
        ),
    ),
    Comparison(
        "phone",
        (
            Level("null", "ends_1_l IS NULL OR ends_1_r IS NULL"),
            Level("own", _any_equal("phone", "#1")),
            Level("family", _any_equal("phone", "#2")),
            Level("shared", _any_equal("phone", "#3")),
            Level("masked", _any_equal("ends")),
            Level("else", "ELSE"),
        ),
    ),
    Comparison(
        "address",
        (
            Level("null", f"({_no_place('l')}) OR ({_no_place('r')})"),
            Level("room", _any_equal("room", "#1")),
            Level("busy_room", _any_equal("room", "#2") + " OR " + _any_equal("room", "#3")),
            Level("community_only", f"(({_nowhere('l')}) OR ({_nowhere('r')})) AND ({_any_equal('community')})"),
            Level("community_apart", f"({_nowhere('l')}) OR ({_nowhere('r')})"),
            Level("unit", _any_equal("unit")),
            Level("building", _any_equal("building")),
            Level("estate", _any_equal("estate")),
            Level("community", _any_equal("community")),
            Level("else", "ELSE"),
        ),
    ),
    Comparison(
        "kin",
        (
            Level("null", "kin_1_l IS NULL OR kin_1_r IS NULL"),
            Level("same", _any_equal("kin")),
            Level("else", "ELSE"),
        ),
    ),
)
