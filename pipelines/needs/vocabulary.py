"""The words of the room: needs, their titles, and the help that each asks for in an evacuation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Need:
    """One reason why a household is visited, or helped out of a building.

    Attributes:
        code: as in ``needs``.
        zh, en: its title.
        help: what it asks for in an evacuation, a code of ``HELP``.
    """

    code: str
    zh: str
    en: str
    help: str


HELP: Final[dict[str, tuple[str, str]]] = {
    "carry": ("需抬送", "to be carried"),
    "support": ("需搀扶", "to be led by the arm"),
    "accompany": ("需陪同", "to be accompanied"),
    "knock": ("敲门告知", "needs a knock"),
}
"""Kinds of help, the most first: a team of four, one helper, one who waits and goes along, a knock on the door."""

NEEDS: Final = (
    Need("dependent", "失能", "cannot care for themselves", "carry"),
    Need("semi_dependent", "半失能", "partly cannot care for themselves", "support"),
    Need("disabled", "残疾补贴对象", "receives the disability allowance", "support"),
    Need("infant", "三岁以下婴幼儿", "a child under three", "accompany"),
    Need("elderly_alone", "独居老人", "an elderly person who lives alone", "accompany"),
    Need("perhaps_alone", "或为独居老人，请核实", "an elderly person who may live alone: look", "accompany"),
    Need("elderly_couple", "空巢老人", "elderly people by themselves", "accompany"),
    Need("very_old", "八十岁以上高龄", "a person of 80 or more", "accompany"),
    Need("high_floor_no_lift", "高层无电梯", "a high floor without a lift", "knock"),
    Need("high_floor_lift_unknown", "高层，电梯情况不明", "a high floor, and nobody knows of a lift", "knock"),
    Need("flood_prone", "易涝底层", "a low floor where water has risen", "knock"),
    Need("basement", "地下室居住", "a home below ground", "knock"),
)
"""All needs, in the order in which they are told.

Poverty (低保, 特困, 临时救助) is none of them: it says nothing of how somebody gets down a staircase, and a list of who
is poor has no place on a sheet that ten people carry about.
"""

TITLES_ZH: Final = {need.code: need.zh for need in NEEDS}
TITLES_EN: Final = {need.code: need.en for need in NEEDS}
HELP_OF: Final = {need.code: need.help for need in NEEDS}
HELP_ORDER: Final = {code: place for place, code in enumerate(HELP)}
NEED_ORDER: Final = {need.code: place for place, need in enumerate(NEEDS)}

ELDERLY_YEARS: Final = 60
"""老年人: Law on the Protection of the Rights of the Elderly (2018), article 2."""

VERY_OLD_YEARS: Final = 80
"""高龄: the age from which provinces pay the allowance for the very old."""

INFANT_YEARS: Final = 3
"""Under three a child is carried; the usual bound of 婴幼儿照护."""

HIGH_FLOOR: Final = 4
"""Three flights of stairs: from here a climb keeps the frail at home. A judgement; the code of dwellings (GB 50096)
asks for a lift from the seventh storey only."""
