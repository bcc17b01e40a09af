"""Rarer ways to write a person's name: by trade or kin, with an alias, a number or a mark, in letters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pypinyin import Style, lazy_pinyin

from pipelines.city.people import MALE
from pipelines.city.words import clerks
from pipelines.city.writing.dice import Dice

Row = dict[str, Any]


def titled(row: Row, dice: Dice) -> str:
    """Return a title that fits sex and age."""
    male, age = row["sex"] == MALE, row["age"]
    if age > 60:
        return dice.pick(
            ("大爷", "爷爷", "叔叔", "师傅", "先生", "老师") if male else ("阿姨", "奶奶", "大妈", "女士", "婆婆")
        )
    if age > 40:
        return dice.pick(("先生", "师傅", "叔叔", "先生") if male else ("女士", "阿姨", "大姐", "女士"))
    return dice.pick(("先生", "先生", "师傅") if male else ("女士", "小姐", "女士"))


def _surname(row: Row) -> str:
    return str(row["name"][:1])


def _alias(row: Row, dice: Dice) -> str | None:
    other = row["former_name"] or "小" + row["name"][-1]
    return f"{row['name']}{dice.pick(('(', '（', '又名', '曾用名'))}{other}"


def _numbered(row: Row, dice: Dice) -> str | None:
    return str(row["name"] + dice.pick(("1", "2", "(2)", "（大）", "（小）", "A", "②")))


def _listed(row: Row, dice: Dice) -> str | None:
    return f"{1 + dice.below(30)}{dice.pick(('.', '、', ' '))}{row['name']}"


def _pinyin_name(row: Row, dice: Dice) -> str | None:
    syllables = [s.capitalize() for s in lazy_pinyin(row["name"], style=Style.NORMAL)]
    return f"{syllables[0]} {''.join(syllables[1:]).capitalize()}" if dice.chance(0.6) else "".join(syllables).upper()


def _dead_mark(row: Row, dice: Dice) -> str | None:
    return str(row["name"] + dice.pick(clerks()["dead_marks"])) if row["age"] > 50 else None


def _sex_in_name(row: Row, dice: Dice) -> str | None:
    sex = "男" if row["sex"] == MALE else "女"
    return str(row["name"] + dice.pick((sex, f"({sex})", f" {sex}", f"（{sex}）")))


def _rare_lost(row: Row, dice: Dice) -> str | None:
    """A character the system cannot store: a question mark, a box, its sound, or its parts one by one."""
    name = row["name"]
    if name[-1] not in clerks()["rare"]:
        return None
    lost = (
        "?",
        "？",
        "□",
        "*",
        lazy_pinyin(name[-1], style=Style.NORMAL)[0],
        clerks()["rare_parts"].get(name[-1], "〇"),
    )
    return str(name[:-1] + dice.pick(lost))


def _kin_of(row: Row, dice: Dice) -> str | None:
    """Name a person by a relative: the text tells nobody's own name."""
    other = row["spouse_name"] or row["parent_name"]
    return None if other is None else str(other + dice.pick(("爱人", "家属", "家里人")))


def _trade_title(row: Row, dice: Dice) -> str | None:
    return _surname(row) + str(dice.pick(clerks()["trades"]))


def _pet_name(row: Row, dice: Dice) -> str | None:
    last = str(row["name"])[-1]
    return dice.pick((last + ("哥" if row["sex"] == MALE else "姐"), "小" + last, "阿" + last, last + last))


def _some_one(row: Row, dice: Dice) -> str | None:
    return _surname(row) + dice.pick(("某", "某某", "XX", "姓业主", "姓住户", "同志"))


ODD: dict[str, Callable[[Row, Dice], str | None]] = {
    "alias": _alias, "numbered": _numbered, "listed": _listed, "pinyin_name": _pinyin_name, "dead_mark": _dead_mark,
    "sex_in_name": _sex_in_name, "rare_lost": _rare_lost, "kin_of": _kin_of, "trade_title": _trade_title,
    "pet_name": _pet_name, "some_one": _some_one,
}  # fmt: skip
