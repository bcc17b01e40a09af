"""Phones as clerks write them: other people's, old ones, wrong digits, forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from pipelines.city.clerks import CellHabits
from pipelines.city.writing.dice import Dice

Row = dict[str, Any]
_NEEDED = (
    "mobile", "old_mobile", "has_mobile", "kin_mobile", "family_mobile", "agent_mobile", "office_phone",
    "neighbour_mobile", "landline",
)  # fmt: skip
_TRIES = 6
_NOTHING = (("", 70.0), ("无", 12.0), ("不详", 6.0), ("-", 6.0), ("/", 3.0), ("暂无", 3.0))
_FULL = str.maketrans("0123456789", "０１２３４５６７８９")


def write_clerk_phones(rng: np.random.Generator, people: pl.DataFrame, habits: CellHabits) -> pl.DataFrame:
    """Write phones of `people`, rows of the persons' table of a city with clerks: columns text, damage, has_phone.

    `has_phone` is false where the cell tells no whole number at all.
    """
    dice = Dice(rng)
    written = [_written(row, habits, dice) for row in people.select(_NEEDED).to_dicts()]
    schema = {"text": pl.String, "damage": pl.String, "has_phone": pl.Boolean}
    return pl.DataFrame(written, schema=schema, orient="row")


def _written(row: Row, habits: CellHabits, dice: Dice) -> tuple[str, str, bool]:
    own, begun = (row["mobile"], []) if row["has_mobile"] else (row["kin_mobile"], ["kin"])
    if dice.chance(habits.missing) or own is None:
        return dice.weighted(_NOTHING), "missing", False
    if dice.chance(habits.share):
        for _ in range(_TRIES):
            kind = dice.weighted(habits.kinds)
            text = _WRITERS[kind](own, row, dice)
            if text is not None and (text != own or kind == "kin"):
                return text, "+".join([*begun, kind]), kind not in _NO_NUMBER
    return own, "+".join(begun) or "none", True


def _several(own: str, row: Row, dice: Dice) -> str | None:
    second = row["old_mobile"] if row["old_mobile"] != row["mobile"] else row["kin_mobile"] or row["landline"]
    if second is None:
        return None
    pair = (own, second) if dice.chance(0.6) else (second, own)
    return dice.pick(("、", "/", ",", ";", " ", "，", "；")).join(pair)


def _stale(_own: str, row: Row, _dice: Dice) -> str | None:
    """The number of former years, which somebody else may have by now."""
    return row["old_mobile"] if row["has_mobile"] else None


def _wrong_digit(own: str, _row: Row, dice: Dice) -> str | None:
    at = 3 + dice.below(8)
    return own[:at] + str((int(own[at]) + 1 + dice.below(9)) % 10) + own[at + 1 :]


def _swapped(own: str, _row: Row, dice: Dice) -> str | None:
    at = 3 + dice.below(7)
    return own[:at] + own[at + 1] + own[at] + own[at + 2 :]


def _dropped_digit(own: str, _row: Row, dice: Dice) -> str | None:
    at = 3 + dice.below(8)
    return own[:at] + own[at + 1 :]


def _grouped(own: str, _row: Row, dice: Dice) -> str | None:
    return dice.pick(("-", " ")).join((own[:3], own[3:7], own[7:]))


def _country_code(own: str, _row: Row, dice: Dice) -> str | None:
    return dice.pick(("+86", "86-", "+86 ", "0086")) + own


def _worded(own: str, _row: Row, dice: Dice) -> str | None:
    return dice.pick(("手机", "本人", "女儿", "微信同号")) + own


def _masked(own: str, _row: Row, _dice: Dice) -> str | None:
    return own[:3] + "****" + own[7:]


def _short_number(own: str, _row: Row, _dice: Dice) -> str | None:
    return "66" + own[-4:]


def _column(name: str) -> Callable[[str, Row, Dice], str | None]:
    def write(_own: str, row: Row, _dice: Dice) -> str | None:
        value: str | None = row[name]
        return value

    return write


def _form(change: Callable[[str], str]) -> Callable[[str, Row, Dice], str | None]:
    def write(own: str, _row: Row, _dice: Dice) -> str | None:
        return change(own)

    return write


_NO_NUMBER = {"masked", "short_number", "float"}
_WRITERS: dict[str, Callable[[str, Row, Dice], str | None]] = {
    "several": _several, "stale": _stale, "wrong_digit": _wrong_digit, "swapped": _swapped,
    "dropped_digit": _dropped_digit, "grouped": _grouped, "country_code": _country_code, "worded": _worded,
    "masked": _masked, "short_number": _short_number, "landline": _column("landline"), "kin": _column("kin_mobile"),
    "family": _column("family_mobile"), "agent": _column("agent_mobile"), "office": _column("office_phone"),
    "neighbour": _column("neighbour_mobile"), "leading_zero": _form(lambda p: "0" + p),
    "float": _form(lambda p: f"{p[0]}.{p[1:5]}E+10"), "full_width": _form(lambda p: p.translate(_FULL)),
}  # fmt: skip
