"""ID numbers as clerks write them, and what is left of the number in each case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from pipelines.city.clerks import CellHabits
from pipelines.city.writing.dice import Dice

Row = dict[str, Any]
STATES: dict[str, str] = {
    "none": "full", "x_form": "full", "spaced": "full", "full_width": "full", "lookalike": "full", "tab": "full",
    "quoted": "full", "fifteen": "full", "labelled": "full", "noted": "full", "dashed": "full",
    "trailing_tab": "full", "missing": "none", "float": "none", "float_form": "none", "birth_part": "none",
    "masked": "masked", "tail": "tail",
    "wrong_digit": "wrong", "swapped": "wrong", "two_digits": "wrong", "dropped_digit": "wrong",
    "doubled_digit": "wrong", "fifteen_wrong": "wrong", "check_lost": "wrong",
    "parent": "borrowed", "spouse": "borrowed", "sibling": "borrowed", "child": "borrowed", "agent": "borrowed",
}  # fmt: skip
"""Damage of a number -> its state: full, masked, tail, none, wrong, borrowed."""
_NEEDED = (
    "id_number",
    "age",
    "kind",
    "parent_number",
    "spouse_number",
    "sibling_number",
    "child_number",
    "agent_number",
)
_TRIES = 6
_FULL = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_NOTHING = (
    ("", 60.0),
    ("无", 12.0),
    ("不详", 8.0),
    ("NULL", 3.0),
    ("-", 5.0),
    ("/", 4.0),
    ("暂无", 4.0),
    ("未知", 4.0),
)
_X_FORMS, _HELD_OUT_X_FORMS = ("x", "×", "*", "Ⅹ", "Ｘ"), ("ⅹ", "х", "X ", "x.")
_MASKS = ((6, 4), (6, 4), (6, 4), (3, 4), (4, 4), (1, 1), (10, 4), (6, 2), (6, 0), (12, 0))
_HELD_OUT_MASKS = ((14, 0), (0, 4), (6, 3), (8, 4), (2, 2))


def write_clerk_numbers(rng: np.random.Generator, people: pl.DataFrame, habits: CellHabits) -> pl.DataFrame:
    """Write the ID numbers of `people`, rows of the persons' table of a city with clerks: columns text and damage."""
    dice = Dice(rng)
    written = [_written(row, habits, dice) for row in people.select(_NEEDED).to_dicts()]
    return pl.DataFrame(written, schema={"text": pl.String, "damage": pl.String}, orient="row")


def _written(row: Row, habits: CellHabits, dice: Dice) -> tuple[str, str]:
    number, draw = str(row["id_number"]), dice.roll()
    if draw < habits.missing or (row["age"] < 1 and draw < 0.4):
        return dice.weighted(_NOTHING), "missing"
    if row["age"] < 16 and row["parent_number"] is not None and dice.chance(habits.parent):
        return str(row["parent_number"]), "parent"
    if len(number) != 18:
        return number, "none"
    if draw < habits.missing + habits.masked:
        return _masked(number, dice, held_out=habits.held_out), "masked"
    if draw < habits.missing + habits.masked + habits.tail:
        return _tail(number, dice, held_out=habits.held_out), "tail"
    if dice.chance(habits.share):
        for _ in range(_TRIES):
            kind = dice.weighted(habits.kinds)
            text = _WRITERS[kind](row, dice)
            if text is not None:
                return text, kind
    if number.endswith("X") and dice.chance(0.4):
        return number[:-1] + dice.pick(_X_FORMS + (_HELD_OUT_X_FORMS if habits.held_out else ())), "x_form"
    return number, "none"


def _masked(number: str, dice: Dice, *, held_out: bool) -> str:
    head, tail = dice.pick(_MASKS + (_HELD_OUT_MASKS if held_out else ()))
    hidden = 18 - head - tail
    sign = dice.pick(("*", "*", "＊", "X") if not held_out else ("*", "＊", "x", "#", "●", "•"))
    if dice.chance(0.15 if not held_out else 0.3):
        hidden = dice.pick((3, 4, 6, 8, 10))
    return number[:head] + sign * hidden + (number[-tail:] if tail else "")


def _tail(number: str, dice: Dice, *, held_out: bool) -> str:
    tail = number[-dice.pick((6, 6, 6, 6, 4)) :]
    if held_out and dice.chance(0.25):
        return dice.pick(("后{n}位{t}", "***{t}", "尾号{t}", "{t}(后{n}位)", "…{t}")).format(t=tail, n=len(tail))
    return tail.lower() if dice.chance(0.3) else tail


def _changed(number: str, at: int, dice: Dice) -> str:
    return number[:at] + str((int(number[at]) + 1 + dice.below(9)) % 10) + number[at + 1 :]


def _wrong_digit(row: Row, dice: Dice) -> str | None:
    return _changed(row["id_number"], 6 + dice.below(11), dice)


def _two_digits(row: Row, dice: Dice) -> str | None:
    at = 8 + dice.below(8)
    return _changed(_changed(row["id_number"], at, dice), at + 1, dice)


def _swapped(row: Row, dice: Dice) -> str | None:
    number, at = row["id_number"], 6 + dice.below(10)
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :] if number[at] != number[at + 1] else None


def _dropped_digit(row: Row, dice: Dice) -> str | None:
    at = 4 + dice.below(12)
    return str(row["id_number"][:at] + row["id_number"][at + 1 :])


def _doubled_digit(row: Row, dice: Dice) -> str | None:
    at = 4 + dice.below(12)
    return str(row["id_number"][: at + 1] + row["id_number"][at:])


def _fifteen(row: Row, _dice: Dice) -> str | None:
    """Return the old form, which people born before 1984 may still show."""
    number = row["id_number"]
    return number[:6] + number[8:17] if row["age"] > 42 and number[6:8] == "19" else None


def _fifteen_wrong(row: Row, dice: Dice) -> str | None:
    old = _fifteen(row, dice)
    return None if old is None else _changed(old, 6 + dice.below(8), dice)


def _lookalike(row: Row, dice: Dice) -> str | None:
    number = row["id_number"]
    pair = dice.pick((("0", "O"), ("1", "l"), ("1", "I"), ("0", "o"), ("5", "S"), ("8", "B")))
    return number.replace(*pair, 1 + dice.below(2)) if pair[0] in number else None


def _child(row: Row, _dice: Dice) -> str | None:
    return row["child_number"] if row["age"] > 60 else None


def _other(column: str) -> Callable[[Row, Dice], str | None]:
    def write(row: Row, _dice: Dice) -> str | None:
        value: str | None = row[column]
        return value

    return write


def _form(change: Callable[[str], str]) -> Callable[[Row, Dice], str | None]:
    def write(row: Row, _dice: Dice) -> str | None:
        return change(row["id_number"])

    return write


_WRITERS: dict[str, Callable[[Row, Dice], str | None]] = {
    "wrong_digit": _wrong_digit, "two_digits": _two_digits, "swapped": _swapped, "dropped_digit": _dropped_digit,
    "doubled_digit": _doubled_digit, "fifteen": _fifteen, "fifteen_wrong": _fifteen_wrong, "lookalike": _lookalike,
    "child": _child, "spouse": _other("spouse_number"), "sibling": _other("sibling_number"),
    "agent": _other("agent_number"),
    "spaced": _form(lambda n: f"{n[:6]} {n[6:14]} {n[14:]}"), "full_width": _form(lambda n: n.translate(_FULL)),
    "tab": _form(lambda n: n + "\t"), "quoted": _form(lambda n: "'" + n),
    "float": _form(lambda n: f"{n[0]}.{n[1:6]}E+17"), "dashed": _form(lambda n: f"{n[:6]}-{n[6:14]}-{n[14:]}"),
    "labelled": _form(lambda n: f"身份证:{n}"), "noted": _form(lambda n: f"{n}(已过期)"),
    "birth_part": _form(lambda n: n[6:14]), "check_lost": _form(lambda n: n[:17]),
}  # fmt: skip
