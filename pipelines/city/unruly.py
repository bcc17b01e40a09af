"""How often each department writes an address in which unruly way: two mixes, one to tune on and one held out.

A text gets a form (order of parts, short forms, width, noise) and, by chance, one or two damages that cost information.
The held-out mix has other names, other proportions and kinds of its own; see `benchmarks/README.md` for its use.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

MixName = Literal["tuning", "held_out"]
Weights = tuple[tuple[str, float], ...]

NAMES: Weights = (
    ("nickname", 10.0),
    ("old_road", 9.0),
    ("homophone", 7.0),
    ("shape", 5.0),
    ("dropped", 3.0),
    ("doubled", 2.0),
    ("transposed", 2.0),
    ("suffix", 5.0),
    ("abbreviated", 7.0),
    ("phase_missing", 4.0),
    ("road_kind", 3.0),
    ("community_for_estate", 1.5),
    ("wrong_division", 1.5),
    ("wrong_number", 1.5),
)
NUMBERS: Weights = (("missing_unit", 10.0), ("missing_room", 6.0), ("missing_building", 2.0), ("floor_lost", 2.5))
NOISE: Weights = (("noise", 6.0), ("two_addresses", 2.0), ("repeated", 2.5))
HELD_OUT_ONLY: Weights = (
    ("side_door", 1.5),
    ("shortened_district", 2.0),
    ("mixed_script", 2.0),
    ("stuttered", 1.5),
    ("particles", 1.5),
    ("two_homophones", 2.0),
)


@dataclass(frozen=True)
class Forms:
    """Proportions of the forms that cost no information.

    Attributes:
        formal: long form in the standard order; the rest is as people write.
        orders, tails, heads: weights of the word orders, of the ways to write numbers, of the parts before the road.
        traditional, full_width, spaced, padded: chances of traditional characters, full-width signs, spaces or commas
            between parts, and a leading zero before the room.
        floor_door: chance that the room is written as floor and door (`5楼01室`), where that is what its number means.
    """

    orders: Weights
    tails: Weights
    heads: Weights
    with_road: float = 0.35
    traditional: float = 0.015
    full_width: float = 0.025
    spaced: float = 0.04
    padded: float = 0.03
    floor_door: float = 0.0


ORDERS: Weights = (("straight", 78), ("tail_first", 6), ("estate_first", 6), ("road_last", 6), ("room_first", 4))
TAILS: Weights = (
    ("words", 24),
    ("dashes", 16),
    ("slashes", 5),
    ("hash", 6),
    ("hash_unit", 4),
    ("building_dash", 6),
    ("chinese", 5),
    ("all_chinese", 4),
    ("door", 6),
    ("floor", 6),
    ("glued", 9),
    ("dash_unit", 4),
    ("house_words", 5),
)
HEADS: Weights = (
    ("full", 6), ("city", 10), ("district", 14), ("street", 14), ("community", 14), ("office", 4),
    ("city_short", 3), ("none", 35),
)  # fmt: skip
TUNING = Forms(ORDERS, TAILS, HEADS)
HELD_OUT = Forms(
    (("straight", 70), ("tail_first", 8), ("estate_first", 10), ("road_last", 8), ("room_first", 4)),
    (
        ("words", 16), ("dashes", 20), ("slashes", 8), ("hash", 9), ("hash_unit", 6), ("building_dash", 7),
        ("chinese", 4), ("all_chinese", 6), ("door", 8), ("floor", 4), ("glued", 12), ("dash_unit", 5),
        ("house_words", 4), ("dots", 3), ("tower", 3), ("ordinal", 3), ("capital", 2), ("roman_unit", 2),
        ("blanks", 2), ("underscores", 1),
    ),
    (("full", 4), ("city", 8), ("district", 12), ("street", 12), ("community", 18), ("office", 8),
     ("city_short", 6), ("none", 32)),
    with_road=0.45,
    traditional=0.03,
    full_width=0.04,
    spaced=0.07,
    padded=0.05,
    floor_door=0.03,
)  # fmt: skip


@dataclass(frozen=True)
class UnrulyErrors:
    """One department's way with addresses.

    Attributes:
        share: chance that a text is damaged at all; second: chance that a damaged text has a second damage.
        digit: chance that a digit of house number, building, unit or room is another, or two change places.
        kinds: weights of the damages; those that a place or text cannot have are drawn again among the rest.
        forms: proportions of the harmless forms.
        other_names: use the held-out lists of short words as well.
    """

    share: float
    digit: float
    kinds: Weights
    forms: Forms
    second: float = 0.15
    held_out: bool = False

    def scaled(self, factor: float) -> UnrulyErrors:
        """Return the same with the share of damaged texts and of wrong digits times `factor`."""
        return replace(self, share=min(0.9, self.share * factor), digit=min(0.9, self.digit * factor))


@dataclass(frozen=True)
class Mix:
    """Which damage, how many wrong digits.

    Attributes:
        name: `tuning`, or `held_out` for the mix that nobody looks at before a final measurement.
        digit_share: the same share of wrong digits for every department; null keeps each one's own.
    """

    name: MixName = "tuning"
    digit_share: float | None = None

    def errors(self, department: str) -> UnrulyErrors:
        """Return how a department writes its addresses."""
        share, digit, kinds = _DEPARTMENTS[department]
        if self.name == "held_out":
            kinds = _other_proportions(kinds) + HELD_OUT_ONLY
        own = digit if self.digit_share is None else self.digit_share
        forms = HELD_OUT if self.name == "held_out" else TUNING
        return UnrulyErrors(share, own, kinds, forms, held_out=self.name == "held_out")


_ALL = NAMES + NUMBERS + NOISE
_DEPARTMENTS: dict[str, tuple[float, float, Weights]] = {
    "police": (0.12, 0.008, NAMES + NUMBERS[:2] + NOISE),
    "civil_affairs": (0.36, 0.03, _ALL),
    "housing": (0.22, 0.012, _ALL),
    "property": (0.26, 0.03, NUMBERS + NOISE),
    "sensors": (0.34, 0.02, NAMES + NOISE),
    "street_office": (0.38, 0.03, _ALL),
    "market_regulation": (0.26, 0.015, NAMES + NUMBERS[1:3] + NOISE),
}


def _other_proportions(kinds: Weights) -> Weights:
    """Return the weights in other proportions: what was rare becomes commoner, what was common rarer."""
    return tuple((name, weight**0.6 * (1.5 if i % 3 == 0 else 1.0)) for i, (name, weight) in enumerate(kinds))
