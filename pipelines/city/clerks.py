"""How often clerks of each department damage what they write about a person, and in which ways: two mixes.

`tuning` may be looked at while a resolver is built. `held_out` has other shares and kinds of its own; only its figures
are for looking at. Both are guesses at what registers hold, made from the forms that the specification of the feeds
names; no register was counted. The kinds are written by `pipelines.city.writing.clerk_*`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

ClerkMixName = Literal["tuning", "held_out"]
Kinds = tuple[tuple[str, float], ...]

SLIPS: Kinds = (
    ("homophone", 10.0), ("shape", 5.0), ("dropped", 3.0), ("doubled", 1.0), ("transposed", 1.5), ("surname_slip", 2.0),
)  # fmt: skip
FORMS: Kinds = (
    ("traditional", 2.5), ("spaced", 4.0), ("former", 2.0), ("remark", 4.0), ("prefix", 2.0), ("no_name", 1.0),
    ("phone_in_name", 1.5),
    ("two_persons", 1.5), ("full_width_space", 1.0),
)  # fmt: skip
TITLES: Kinds = (("title", 12.0), ("nick_title", 4.0), ("masked_name", 3.0), ("name_and_title", 3.0))
HELD_OUT_SLIPS: Kinds = (
    ("accent", 7.0), ("two_slips", 2.0), ("rare_lost", 3.0), ("variant", 2.0), ("polyphone", 1.5), ("far_shape", 3.0),
)  # fmt: skip
HELD_OUT_FORMS: Kinds = (
    ("alias", 2.5), ("numbered", 1.5), ("pinyin_name", 2.0), ("dead_mark", 1.0), ("sex_in_name", 1.0), ("listed", 1.5),
    ("half_simplified", 1.5),
)  # fmt: skip
HELD_OUT_TITLES: Kinds = (("kin_of", 3.0), ("trade_title", 3.0), ("pet_name", 2.0), ("some_one", 2.0))

NUMBERS: Kinds = (
    ("wrong_digit", 5.0), ("swapped", 2.5), ("spouse", 1.2), ("fifteen", 4.0), ("spaced", 2.5),
    ("full_width", 1.5), ("lookalike", 1.5), ("tab", 1.0), ("quoted", 1.0), ("float", 0.8), ("agent", 0.5),
)  # fmt: skip
HELD_OUT_NUMBERS: Kinds = (
    ("dropped_digit", 2.0), ("doubled_digit", 1.5), ("two_digits", 1.5), ("sibling", 2.0), ("fifteen_wrong", 0.8),
    ("labelled", 2.0), ("noted", 1.0), ("birth_part", 1.0), ("check_lost", 1.0), ("dashed", 1.5), ("child", 0.8),
)  # fmt: skip
PHONES: Kinds = (
    ("several", 6.0), ("landline", 4.0), ("masked", 4.0), ("stale", 9.0), ("kin", 8.0), ("wrong_digit", 4.0),
    ("family", 5.0), ("grouped", 4.0), ("country_code", 1.5), ("agent", 3.0),
)  # fmt: skip
HELD_OUT_PHONES: Kinds = (
    ("swapped", 2.5), ("dropped_digit", 1.5), ("office", 2.0), ("leading_zero", 1.5), ("float", 1.0),
    ("neighbour", 1.5), ("short_number", 1.5), ("worded", 1.5), ("full_width", 1.0),
)  # fmt: skip
BIRTHS: Kinds = (
    ("missing", 6.0), ("year_only", 3.0), ("january_first", 3.0), ("lunar", 4.0), ("digit", 4.0), ("month_only", 3.0),
    ("next_year", 1.5),
)  # fmt: skip
HELD_OUT_BIRTHS: Kinds = (
    ("day_month_swapped", 2.0), ("short_year", 2.0), ("decade", 1.5), ("first_of_month", 2.5), ("day_lost", 1.0),
)  # fmt: skip


@dataclass(frozen=True)
class CellHabits:
    """One department's way with one kind of cell.

    Attributes:
        share: chance that a cell is damaged at all; kinds that a person cannot have leave it whole.
        kinds: weights of the damages.
        missing, masked, tail: chances that a number or phone is absent, masked, or its last digits only.
        parent: chance that a child's row shows a parent's number.
        held_out: write with the held-out words as well.
        second: chance that a damaged name has a second damage.
    """

    share: float
    kinds: Kinds
    missing: float = 0.0
    masked: float = 0.0
    tail: float = 0.0
    parent: float = 0.0
    held_out: bool = False
    second: float = 0.08

    def scaled(self, factor: float) -> CellHabits:
        """Return the same with the share of damaged cells times `factor`."""
        return replace(self, share=min(0.9, self.share * factor))


@dataclass(frozen=True)
class Clerks:
    """How one department writes persons: names, numbers, phones, births, and the chance of a wrong or absent sex.

    `unlisted` is the chance that somebody who lives here is missing from a register that should hold everybody.
    """

    name: CellHabits
    number: CellHabits
    phone: CellHabits
    birth: CellHabits
    sex: float
    unlisted: float = 0.0


@dataclass(frozen=True)
class _Shares:
    """Shares of one department: names, numbers (damaged, missing, masked, tail), phones, births, sexes."""

    name: float
    number: tuple[float, float, float, float]
    phone: tuple[float, float]
    birth: float
    sex: float
    titles: float = 0.0
    parent: float = 0.15


_DEPARTMENTS: dict[str, _Shares] = {
    "police": _Shares(0.05, (0.05, 0.03, 0.0, 0.0), (0.22, 0.2), 0.02, 0.004, parent=0.07),
    "civil_affairs": _Shares(0.15, (0.14, 0.1, 0.38, 0.04), (0.22, 0.18), 0.12, 0.015, 0.15),
    "housing": _Shares(0.07, (0.1, 0.14, 0.2, 0.0), (0.22, 0.12), 0.0, 0.0),
    "property": _Shares(0.24, (0.08, 0.42, 0.05, 0.36), (0.24, 0.14), 0.0, 0.0, 1.0),
    "sensors": _Shares(0.0, (0.0, 0.0, 0.0, 0.0), (0.0, 0.0), 0.0, 0.0),
    "street_office": _Shares(0.26, (0.0, 1.0, 0.0, 0.0), (0.22, 0.12), 0.0, 0.0, 1.0),
    "market_regulation": _Shares(0.05, (0.0, 1.0, 0.0, 0.0), (0.0, 1.0), 0.0, 0.0),
}


UNLISTED = {"tuning": 0.1, "held_out": 0.16}


@dataclass(frozen=True)
class ClerkMix:
    """Which mix of damage to persons.

    Attributes:
        name: `tuning`, or `held_out` for the mix that nobody looks at before a final measurement.
    """

    name: ClerkMixName = "tuning"

    def clerks(self, department: str) -> Clerks:
        """Return how a department writes persons; KeyError for a department that does not exist."""
        shares = _DEPARTMENTS[department]
        held = self.name == "held_out"
        titles = tuple((kind, weight * shares.titles) for kind, weight in TITLES + (HELD_OUT_TITLES if held else ()))
        names = SLIPS + FORMS + (HELD_OUT_SLIPS + HELD_OUT_FORMS if held else ()) + titles
        number, missing, masked, tail = shares.number
        phone, phoneless = shares.phone
        return Clerks(
            CellHabits(shares.name, self._turned(names), held_out=held, second=0.12 if held else 0.08),
            CellHabits(number, self._turned(NUMBERS, HELD_OUT_NUMBERS), missing, masked, tail, shares.parent, held),
            CellHabits(phone, self._turned(PHONES, HELD_OUT_PHONES), phoneless, held_out=held),
            CellHabits(shares.birth, self._turned(BIRTHS, HELD_OUT_BIRTHS), held_out=held),
            shares.sex,
            UNLISTED["held_out" if held else "tuning"],
        )

    def _turned(self, kinds: Kinds, more: Kinds = ()) -> Kinds:
        """Return the weights as they are, or for the held-out mix in other proportions and with further kinds."""
        if self.name == "tuning":
            return kinds
        return tuple((k, w**0.7 * (1.6 if at % 3 == 1 else 1.0)) for at, (k, w) in enumerate(kinds)) + more
