"""Normal form of free Chinese text: width, script, number signs, spaces, dashes, and numerals before a unit.

Pure. Every rule is a `Step` with a name, so that what was done to a text can be told. `normalise_text` is for one
value, `normalise_texts` for a column; both give the same result, and applying either again changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import polars as pl
from opencc import OpenCC

from pipelines.normalise.numerals import NEAR_NUMERALS, spell_numbers

_DASHES: Final = "‐‑‒–—―−﹣－~～﹘_ー─━"
DASH_RUN: Final = re.compile(f"[{_DASHES}-]+|(?<=[0-9])一(?=[0-9])")
_DIGIT_GAPS: Final = re.compile(r"(?<![0-9])[0-9]+(?:\s+[0-9]+)+")
_AFTER_PART: Final = frozenset("元栋幢楼层号座#-/")
# Controls, and the marks that show nothing: zero width, direction, joiners, variation selectors. They part no numbers.
_INVISIBLE: Final = (
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u115f\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u3164\ufe00-\ufe0f\ufeff\ufff9-\ufffb]+"
)
_BLANK: Final = r"[\s\x1c-\x1f]+"
SPACE: Final = f"{_INVISIBLE}|{_BLANK}"
_LONE_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_HIDDEN: Final = re.compile(_INVISIBLE)
_BLANKS: Final = re.compile(_BLANK)
# All that NFKC or upper case could change; and what may need more than one turn of them.
_NEAR_WIDTH: Final = r"[^\x00-`\{-~\u3001\u3002\u3400-\u9fff]"
_RARE: Final = r"[^\x00-\x7f\u3000-\u9fff\uff00-\uffef]"
# NFKC would make letters of Roman numerals, which name buildings too.
_ROMAN_SIGN: Final = re.compile("[\u2160-\u216b\u2170-\u217b](?=期|区|号楼|號樓|栋|棟|幢|座|单元|單元)")
_FIRST, _LAST = 0x3400, 0x9FFF
# GB 2312 has these beside their simplified forms; nobody writes them in a simplified address.
_ALSO_TRADITIONAL: Final = {"後": "后", "於": "于"}


def replaced(values: pl.Series, at: pl.Series, new: pl.Series | list[str]) -> pl.Series:
    """A copy of `values` with `new` at the positions `at`; `Series.scatter` alone would change its own series."""
    return values.clone().scatter(at, new)


@dataclass(frozen=True, slots=True)
class Step:
    """One rule of normalisation.

    Attributes:
        name: what it is called in data and output.
        title: the Chinese term.
        does: one sentence in English.
        apply: the rule for one text; applying it again changes nothing.
        near: pattern (Polars) that every text matches which the rule could change; the rule is run on those alone.
        column: the rule for a whole column where that is quicker; same result as `apply`.
    """

    name: str
    title: str
    does: str
    apply: Callable[[str], str]
    near: str = ""
    column: Callable[[pl.Series], pl.Series] | None = None

    def over(self, values: pl.Series) -> pl.Series:
        """The rule over a column without nulls, in the same order; the same object where nothing can change."""
        if self.column is not None:
            return self.column(values)
        hits = values.str.contains(self.near).arg_true()
        if hits.is_empty():
            return values
        return replaced(values, hits, [self.apply(text) for text in values.gather(hits).to_list()])


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


def to_simplified(text: str) -> str:
    """Traditional characters to simplified ones, by phrase; what has no simplified form stays."""
    return str(_converter().convert(text))


@cache
def simplified_forms() -> dict[str, str]:
    """Traditional or variant character -> simplified one, for every character outside GB 2312 that has one.

    A character that GB 2312 has is simplified already and stays: 乾县 and 李乾 keep their 乾.
    """
    outside = [chr(code) for code in range(_FIRST, _LAST + 1) if not _in_gb2312(chr(code))]
    converted = to_simplified("\n".join(outside)).split("\n")
    forms = {old: new for old, new in zip(outside, converted, strict=True) if old != new}
    return {old: forms.get(new, new) for old, new in forms.items()}


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _script_table() -> dict[int, str]:
    return str.maketrans(simplified_forms() | _ALSO_TRADITIONAL)


def simplify_text(text: str) -> str:
    """Traditional characters to simplified ones, character by character, so that neighbours do not matter."""
    return text.translate(_script_table())


def _simplify_column(values: pl.Series) -> pl.Series:
    return values.str.replace_many(simplified_forms() | _ALSO_TRADITIONAL)


def _roman_value(match: re.Match[str]) -> str:
    return str(int(unicodedata.numeric(match.group())))


def widen(text: str) -> str:
    """NFKC and upper case until neither changes anything; `Ⅱ` before a unit is a number.

    Halves of a surrogate pair, which no file can hold, go.
    """
    plain = _ROMAN_SIGN.sub(_roman_value, _LONE_SURROGATES.sub("", text))
    while True:
        turned = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", plain).upper())
        if turned == plain:
            return plain
        plain = turned


def _widen_column(values: pl.Series) -> pl.Series:
    near = values.str.contains(_NEAR_WIDTH).arg_true()
    if near.is_empty():
        return values
    some = values.gather(near)
    rare = some.str.contains(_RARE).arg_true()
    plain = some.str.normalize("NFKC").str.to_uppercase()
    if not rare.is_empty():
        plain = replaced(plain, rare, [widen(text) for text in some.gather(rare).to_list()])
    return replaced(values, near, plain)


def _close_gap(match: re.Match[str]) -> str:
    """`3 2 501` and `翠湖雅居3 501` are separated parts, `2单元0 103室` is one number with a stray space."""
    numbers = match.group().split()
    if max(map(len, numbers)) >= 7:
        return ",".join(numbers)  # a phone beside the room
    before = match.string[: match.start()].rstrip()[-1:]
    separated = len(numbers) > 2 or (
        len(numbers[0]) <= 2 <= len(numbers[1]) - 1 and numbers[0][0] != "0" and before not in _AFTER_PART
    )
    return ("-" if separated else "").join(numbers)


def close_spaces(text: str) -> str:
    """No spaces and no invisible marks; a space that separated two numbers becomes `-`."""
    return _BLANKS.sub("", _DIGIT_GAPS.sub(_close_gap, _HIDDEN.sub("", text)))


def _close_column(values: pl.Series) -> pl.Series:
    near = values.str.contains(SPACE).arg_true()
    if near.is_empty():
        return values
    some = values.gather(near).str.replace_all(_INVISIBLE, "")
    plain = some.str.replace_all(_BLANK, "")
    gaps = some.str.contains(f"[0-9]{_BLANK}[0-9]").arg_true()
    if not gaps.is_empty():
        plain = replaced(plain, gaps, [close_spaces(text) for text in some.gather(gaps).to_list()])
    return replaced(values, near, plain)


def join_dashes(text: str) -> str:
    """Dashes of every kind, and the 一 that stands for one between digits, to a single `-`."""
    return DASH_RUN.sub("-", text)


_NUMBER_SIGN: Final = re.compile(r"(?<![A-Z0-9])NO[.:]?\s?(?=[0-9])([0-9]+)(?P<unit>[号栋幢座楼室单#-]?)")
_HASH_FIRST: Final = re.compile(
    r"(?P<before>^|[^0-9A-Z#〇零一二三四五六七八九十])#\s?(?P<number>[0-9]+)(?P<after>[0-9A-Z号栋幢座楼室单#]?)"
)
_LETTER_O: Final = re.compile(r"(?<=[0-9])O(?=[0-9])")
_PARTS_BEFORE: Final = frozenset("栋幢座元层-/")


def _number_after_sign(match: re.Match[str]) -> str:
    return match.group(1) + (match.group("unit") or "号")


def _hash_after(match: re.Match[str]) -> str:
    before, number, after = match.group("before"), match.group("number"), match.group("after")
    building = len(number) <= 2 and before not in _PARTS_BEFORE and after in ("", "楼")
    return f"{before}{number}{'#' if building else ''}{after}"


def place_signs(text: str) -> str:
    """Signs before a number to the words after it: `No.3` is `3号`, `#3楼` is `3#楼`, `#501` is `501`, `5O1` too.

    >>> place_signs("朝阳街NO.247翠湖雅居#3-2-5O1")
    '朝阳街247号翠湖雅居3#-2-501'
    """
    text = _LETTER_O.sub("0", text)
    return _HASH_FIRST.sub(_hash_after, _NUMBER_SIGN.sub(_number_after_sign, text))


WIDTH: Final = Step(
    "width", "全角半角", "Full-width forms to half-width, upper case (NFKC).", widen, column=_widen_column
)
SCRIPT: Final = Step(
    "script", "繁体转简体", "Traditional characters to simplified.", simplify_text, column=_simplify_column
)
SIGNS: Final = Step(
    "signs", "编号符号", "`No.3` to `3号`, `#3楼` to `3#楼`.", place_signs, near=r"O[.:]?\s?[0-9]|#\s?[0-9]"
)
SPACES: Final = Step("spaces", "空格", "No spaces, no invisible marks.", close_spaces, column=_close_column)
DASHES: Final = Step(
    "dashes", "连接符", "Dashes of every kind to `-`.", join_dashes, near=f"[{_DASHES}]|--|[0-9]一[0-9]"
)
NUMERALS: Final = Step(
    "numerals", "中文数字", "Chinese numerals before a unit to digits; 五一路 stays.", spell_numbers, near=NEAR_NUMERALS
)
STEPS: Final = (WIDTH, SCRIPT, SIGNS, SPACES, DASHES, NUMERALS)
"""The rules that hold for the register's names as well as for what departments write, in order."""


def settle(text: str, steps: Sequence[Step]) -> str:
    """The steps in order, again and again until none changes anything: so a normal form has itself as normal form."""
    while True:
        plain = text
        for step in steps:
            plain = step.apply(plain)
        if plain == text:
            return text
        text = plain


def settle_column(values: pl.Series, steps: Sequence[Step]) -> tuple[pl.Series, pl.Series]:
    """`settle` over a column without nulls, and which steps changed each text: bit n of a number for step n."""
    marks = pl.Series(values.name, [0], pl.UInt32).new_from_index(0, len(values))
    active = pl.Series(range(len(values)), dtype=pl.UInt32)
    current = values
    while len(active):
        begun = current.gather(active) if len(active) < len(current) else current
        now, seen = begun, marks.gather(active)
        for number, step in enumerate(steps):
            before, now = now, step.over(now)
            if now is not before:
                seen = seen | (before != now).cast(pl.UInt32) * (1 << number)
        changed = (begun != now).arg_true()
        active = active.gather(changed)
        current = replaced(current, active, now.gather(changed))
        marks = replaced(marks, active, seen.gather(changed))
    return current, marks


def normalise_text(text: str) -> str:
    """The normal form of one text: `STEPS` in order. Idempotent.

    >>> normalise_text("翠溪街２４７號 翠湖雅居四幢一單元")
    '翠溪街247号翠湖雅居4幢1单元'
    """
    return settle(text, STEPS)


def normalise_texts(texts: pl.Series) -> pl.Series:
    """`normalise_text` over a column of distinct texts; null stays null. Order and length are those of the input."""
    present = texts.is_not_null().arg_true()
    plain, _ = settle_column(texts.gather(present), STEPS)
    return plain if len(present) == len(texts) else replaced(texts, present, plain)
