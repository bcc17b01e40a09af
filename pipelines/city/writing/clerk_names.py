"""Names as clerks write them: slips of input method, hand and reading, forms, remarks, titles.

A writer takes the person's row and returns a text, or null where the person's name cannot have that kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from pipelines.city.clerks import CellHabits
from pipelines.city.people import HAN, MALE, MINORITY
from pipelines.city.words import clerks
from pipelines.city.writing.characters import accented, alike, other_reading, same_sound, traditional
from pipelines.city.writing.clerk_names_odd import ODD, titled
from pipelines.city.writing.dice import Dice

Row = dict[str, Any]
COMPOUND = ("欧阳", "上官", "司马", "诸葛", "尉迟", "皇甫", "令狐")
_NEEDED = ("name", "former_name", "sex", "kind", "age", "mobile", "has_mobile", "spouse_name", "parent_name")
_TRIES = 8
_DOTS = ("·", "•", "・", ".", "", " ")
_HELD_OUT_DOTS = ("‧", "．", "。", "-", "∙", "· ")


def write_clerk_names(rng: np.random.Generator, people: pl.DataFrame, habits: CellHabits, role: str) -> pl.DataFrame:
    """Write the names of `people`: columns text and damage (`none`, or kinds joined by `+`).

    Args:
        rng: of all draws.
        people: rows of the persons' table of a city with clerks.
        habits: of the department.
        role: in which the person is named; chooses remarks (`city_clerks.json`).
    """
    dice = Dice(rng)
    rows = people.select(_NEEDED).to_dicts()
    written = [_written(row, habits, role, dice) for row in rows]
    return pl.DataFrame(written, schema={"text": pl.String, "damage": pl.String}, orient="row")


def _written(row: Row, habits: CellHabits, role: str, dice: Dice) -> tuple[str, str]:
    name, kinds = str(row["name"]), []
    if row["kind"] != HAN:
        name, form = (_minority if row["kind"] == MINORITY else _latin)(name, dice, held_out=habits.held_out)
        kinds += [form] if form else []
    if dice.chance(habits.share):
        for _ in range(2 if dice.chance(habits.second) else 1):
            kind, text = _damaged({**row, "name": name}, habits, role, dice)
            if text is not None and text != name:
                kinds.append(kind)
                name = text
            if kind not in _SLIPPING:
                break
    return name, "+".join(kinds) or "none"


def _damaged(row: Row, habits: CellHabits, role: str, dice: Dice) -> tuple[str, str | None]:
    for _ in range(_TRIES):
        kind = dice.weighted(habits.kinds)
        if (row["kind"] != HAN and kind in _HAN_ONLY) or (role == "owner" and kind in _CUTTING):
            continue
        if kind == "no_name" and role not in _ROWS_OF_THEIR_OWN:
            continue
        writer = _WRITERS.get(kind)
        text = writer(row, dice) if writer else _FORMS[kind](row, role, dice)
        if text is not None:
            return kind, text
    return "none", None


def surname_of(name: str) -> str:
    """Return the family name of a Han name."""
    return name[:2] if name[:2] in COMPOUND else name[:1]


def _replaced(name: str, first: int, likes: Callable[[str], str], dice: Dice) -> str | None:
    able = [at for at in range(first, len(name)) if likes(name[at])]
    if not able:
        return None
    at = dice.pick(able)
    return name[:at] + dice.pick(likes(name[at])) + name[at + 1 :]


def _homophone(row: Row, dice: Dice) -> str | None:
    """Take another character of the sound; an input method offers the commonest of them, so half the time a name's."""
    name = row["name"]
    return _replaced(name, len(surname_of(name)), same_sound, dice)


def _surname_slip(row: Row, dice: Dice) -> str | None:
    surname = surname_of(row["name"])
    if len(surname) != 1:
        return None
    likes = same_sound(surname) + alike(surname, "shapes")
    return dice.pick(likes) + row["name"][1:] if likes else None


def _shape(row: Row, dice: Dice) -> str | None:
    return _replaced(row["name"], 0, lambda c: alike(c, "shapes"), dice)


def _far_shape(row: Row, dice: Dice) -> str | None:
    return _replaced(row["name"], 0, lambda c: alike(c, "far_shapes"), dice)


def _accent(row: Row, dice: Dice) -> str | None:
    return _replaced(row["name"], 0, accented, dice)


def _polyphone(row: Row, dice: Dice) -> str | None:
    return _replaced(row["name"], 0, other_reading, dice)


def _two_slips(row: Row, dice: Dice) -> str | None:
    given = row["name"][len(surname_of(row["name"])) :]
    if len(given) != 2 or not all(same_sound(c) for c in given):
        return None
    return surname_of(row["name"]) + "".join(dice.pick(same_sound(c)) for c in given)


def _dropped(row: Row, dice: Dice) -> str | None:
    name = row["name"]
    at = dice.below(len(name) - 1) + 1
    return name[:at] + name[at + 1 :] if len(name) >= 3 else None


def _doubled(row: Row, dice: Dice) -> str | None:
    at = dice.below(len(row["name"]))
    return str(row["name"][: at + 1] + row["name"][at:])


def _transposed(row: Row, dice: Dice) -> str | None:
    name = row["name"]
    at = len(name) - 2 if dice.chance(0.7) else 0
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :] if len(name) >= 3 else None


def _traditional(row: Row, _dice: Dice) -> str | None:
    changed = traditional(row["name"])
    return changed if changed != row["name"] else None


def _half_simplified(row: Row, dice: Dice) -> str | None:
    """Write one character only in the other script, as registers copied from older ones do."""
    name = row["name"]
    return _replaced(name, 0, lambda c: "" if traditional(c) == c else traditional(c)[:1], dice)


def _variant(row: Row, dice: Dice) -> str | None:
    return _replaced(row["name"], 0, lambda c: clerks()["variants"].get(c, ""), dice)


def _spaced(row: Row, dice: Dice) -> str | None:
    return dice.pick((" ", "  ", "\u3000")).join((row["name"][:1], row["name"][1:]))


def _full_width_space(row: Row, _dice: Dice) -> str | None:
    return "\u3000".join(row["name"]) if len(row["name"]) <= 3 else row["name"] + "\u3000"


def _former(row: Row, _dice: Dice) -> str | None:
    return None if row["former_name"] is None else str(row["former_name"])


def _no_name(_row: Row, dice: Dice) -> str | None:
    return dice.pick(("", "", "不详", "无"))


def _phone_in_name(row: Row, dice: Dice) -> str | None:
    if not row["has_mobile"]:
        return None
    phone = str(row["mobile"])
    return str(row["name"]) + dice.pick(("", " ", "/")) + (phone if dice.chance(0.7) else phone[:7])


def _two_persons(row: Row, dice: Dice) -> str | None:
    other = row["spouse_name"] or row["parent_name"]
    return None if other is None else row["name"] + dice.pick(("、", "/", "，", " ", "和", ";")) + other


def _remark(row: Row, role: str, dice: Dice) -> str:
    return str(row["name"] + dice.pick(_fitting(clerks()["remarks"][role], row)))


def _prefix(row: Row, role: str, dice: Dice) -> str:
    return str(dice.pick(_fitting(clerks()["prefixes"][role], row)) + row["name"])


def _fitting(words: list[str], row: Row) -> list[str]:
    """Leave out words for the other sex: a son is no 女儿."""
    others = ("女",) if row["sex"] == MALE else ("儿子", "(子)", "男")
    return [word for word in words if not any(other in word for other in others)]


def _title(row: Row, dice: Dice) -> str | None:
    return surname_of(str(row["name"])) + titled(row, dice)


def _name_and_title(row: Row, dice: Dice) -> str | None:
    return str(row["name"] + titled(row, dice))


def _nick_title(row: Row, dice: Dice) -> str | None:
    old = row["age"] > 45
    return dice.pick(("老",) if old else ("小", "阿") if dice.chance(0.9) else ("大",)) + surname_of(row["name"])


def _masked_name(row: Row, dice: Dice) -> str | None:
    name, sign = str(row["name"]), dice.pick(("*", "＊", "某", "×"))
    surname = surname_of(name)
    if len(name) - len(surname) == 2 and dice.chance(0.5):
        return surname + sign + name[-1]
    return surname + sign * max(1, len(name) - len(surname))


def _minority(name: str, dice: Dice, *, held_out: bool) -> tuple[str, str | None]:
    """Write the dot as registers do, or not at all; half of them keep it."""
    form = None
    if held_out and dice.chance(0.12):
        for group in clerks()["spellings"]:
            for one, other in (group, group[::-1]):
                if one in name and form is None:
                    name, form = name.replace(one, other, 1), "spelling"
    if "·" in name and dice.chance(0.5):
        dot = dice.pick(_DOTS + (_HELD_OUT_DOTS if held_out else ()))
        if held_out and dice.chance(0.1):
            return name.split("·")[0], "first_part"
        return name.replace("·", dot), form or ("dot" if dot != "·" else None)
    return name, form


def _latin(name: str, dice: Dice, *, held_out: bool) -> tuple[str, str | None]:
    """Write given and family name in any order and case."""
    given, _, family = name.rpartition(" ")
    forms = [
        name,
        name,
        name.title(),
        f"{family} {given}",
        f"{family}, {given}".title(),
        f"{family},{given}",
        name.lower(),
    ]
    if held_out:
        forms += [given + family, f"{given[0]}. {family}", f"{family}/{given}", f"{family.title()} {given.title()}"]
        forms += [clerks()["latin_sounds"].get(name, name)]
    text = dice.pick(forms)
    return text, "latin_form" if text != name else None


_WRITERS: dict[str, Callable[[Row, Dice], str | None]] = {
    "homophone": _homophone, "surname_slip": _surname_slip, "shape": _shape, "far_shape": _far_shape, "accent": _accent,
    "polyphone": _polyphone, "two_slips": _two_slips, "dropped": _dropped, "doubled": _doubled,
    "transposed": _transposed, "traditional": _traditional, "half_simplified": _half_simplified, "variant": _variant,
    "spaced": _spaced, "full_width_space": _full_width_space, "former": _former, "phone_in_name": _phone_in_name,
    "no_name": _no_name,
    "two_persons": _two_persons, "title": _title, "name_and_title": _name_and_title, "nick_title": _nick_title,
    "masked_name": _masked_name, **ODD,
}  # fmt: skip
_FORMS: dict[str, Callable[[Row, str, Dice], str]] = {"remark": _remark, "prefix": _prefix}
_SLIPPING = {
    "homophone", "shape", "far_shape", "accent", "dropped", "surname_slip", "traditional", "polyphone", "former",
    "variant",
}  # fmt: skip
_ROWS_OF_THEIR_OWN = {"resident", "occupant"}  # elsewhere an empty cell names nobody
_CUTTING = {
    "two_persons",
    "listed",
    "no_name",
}  # several owners share a cell, so that a further name would move the next one
_HAN_ONLY = set(_WRITERS) - {
    "phone_in_name",
    "two_persons",
    "alias",
    "dead_mark",
    "sex_in_name",
    "listed",
    "numbered",
}
