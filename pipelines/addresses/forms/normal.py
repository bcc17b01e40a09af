"""From an address as delivered to the form that is read: named steps in order, and which of them changed a text.

The first steps are those of `pipelines.normalise.text`, which the register's names share; the others take away what
departments write around an address: markup, phones, remarks, brackets, repeats, and words that name no place.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

import polars as pl

from pipelines.addresses.forms.former import present_address
from pipelines.addresses.mentions import NULL_TOKENS
from pipelines.normalise import text as plain_text
from pipelines.normalise.text import SPACE, Step, replaced, settle, settle_column

LONGEST: Final = 400  # longer cells are no addresses
# A cell longer than this as delivered is not looked at, whatever would be left of it.
_LONGEST_CELL: Final = 2_000
_FORMS: Final = pl.Schema({"text": pl.String, "plain": pl.String, "steps": pl.String})

_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
_TAG: Final = re.compile(
    r"</?(?:(?i:br|div|span|font|td|tr|table|li|ul|ol|em|strong|sup|sub|nobr|html|body|img|hr)|[abipu])(?:\s[^<>]{0,200})?/?>"
)

_MOBILE: Final = r"1\d{10}|1\d{2}[\s-]\d{4}[\s-]\d{4}|1\d{2}[*X]{4}\d{4}"
_LANDLINE: Final = r"0\d{2,3}[\s-]?\d{7,8}"
_CALLED: Final = r"(?:(?:联系)?(?:电话|手机)(?:号码?)?|联系方式|TEL)?\s{0,2}[:.]?\s{0,2}"
_PHONE: Final = re.compile(rf"{_CALLED}(?<![0-9A-Z-])(?:{_MOBILE}|{_LANDLINE})(?![0-9])")

_HOLDER: Final = r"户主|房主|业主|住户|租户|房东|承租人|负责人|法人|联系人|姓名"
_STAY: Final = (
    r"自住|自用|出租|出售|已租|已售|待租|空置|空关|空房|未住|常住|暂住|装修中?|租|售|空|[\u4e00-\u9fff]{1,3}家"
)
_IN_BRACKETS: Final = re.compile(
    rf"\((?:(?:{_HOLDER}|现住|原住|备注|电话|手机|[^()]{{0,6}}:)[^()]*|(?:{_STAY}))(?:\)|$)"
)
_HOLDER_AT_END: Final = re.compile(
    rf"(?:(?:{_HOLDER}):|(?<=[0-9室号户])(?:户主|房主|业主|房东|联系人)(?!委员会|代表))[\u4e00-\u9fff·]{{2,4}}$"
)
_BRACKET_SIGNS: Final = r"()\[\]{}<>【】〔〕〖〗《》〈〉「」『』"
_BRACKETS: Final = re.compile(f"[{_BRACKET_SIGNS}]")
_NUMBERS_APART: Final = re.compile(f"(?<=[0-9A-Z])[{_BRACKET_SIGNS}]+(?=[0-9A-Z])")

# `东风路东风路社区` is a road and the community that is named after it.
_REPEAT: Final = re.compile(r"([\u4e00-\u9fff]{3,12}?)\1+(?!社区|街道|居委|村委|小区|大厦|[镇乡村里])")
_NOT_HAN: Final = r"[^\u4e00-\u9fff]+"

_NEAR_IT: Final = r"附近|斜?对面|正对面|旁边|隔壁|周边|周围|一带"
_OF_WHAT: Final = r"家庭|现|详细|经常|实际|户籍|联系|房屋|事发"
_LABEL: Final = rf"(?:(?:{_OF_WHAT})?(?:住址|地址|居住地|住所|住处|地点)|现住|家住|租住|住)(?:为|是)?:"
_STOPS: Final = r",，.。;；、!！?？'\"“”‘’|\\`^*=+"
_NOISE_END: Final = re.compile(rf"(?:(?:的|之)?(?:{_NEAR_IT})|(?<=[0-9室户])家[中里]?|[{_STOPS}])+$")
_NOISE_START: Final = re.compile(rf"^(?:{_LABEL}|(?:家住|租住|现住|位于)[于在]?|住在|[{_STOPS}:])+")


def strip_markup(text: str) -> str:
    r"""Entities to their characters, tags of web pages to a space.

    >>> strip_markup("翠湖雅居&nbsp;3<br/>2单元")
    '翠湖雅居\xa03 2单元'
    """
    while True:
        plain = _TAG.sub(" ", _ENTITY.sub(lambda match: html.unescape(match.group()), text))
        if plain == text:
            return text
        text = plain


def strip_phones(text: str) -> str:
    """Without mobile and landline numbers, masked ones too, and what announces them."""
    return _PHONE.sub(" ", text)


def strip_names(text: str) -> str:
    """Without `(户主:…)` and other remarks about persons, closed or cut off, and `户主:…` at the end."""
    while True:
        plain = _HOLDER_AT_END.sub("", _IN_BRACKETS.sub("", text))
        if plain == text:
            return text
        text = plain


def leave_former(text: str) -> str:
    """Without the addresses that the text calls former, however many: `原7-103,现2栋501` is `2栋501`."""
    while True:
        plain = present_address(text)
        if plain == text:
            return text
        text = plain


def open_brackets(text: str) -> str:
    """Without brackets; what they hold stays, for it may be the estate. Numbers stay apart by a comma."""
    return _BRACKETS.sub("", _NUMBERS_APART.sub(",", text))


def strip_remarks(text: str) -> str:
    """Without phone numbers, `(户主:…)` and brackets.

    >>> strip_remarks("翠湖雅居4栋501(户主:王某某)14200000000").strip()
    '翠湖雅居4栋501'
    """
    return open_brackets(strip_names(strip_phones(text)))


def collapse_repeats(text: str) -> str:
    """What is written twice in a row, once: `云川市云川市川东区` is `云川市川东区`."""
    while True:
        plain = _REPEAT.sub(r"\1", text)
        if plain == text:
            return text
        text = plain


def _collapse_column(values: pl.Series) -> pl.Series:
    """`collapse_repeats`, tried once for all texts that differ in their numbers only: a repeat is of Han characters."""
    shapes = values.str.replace_all(_NOT_HAN, "0")
    distinct = shapes.unique()
    repeated = [shape for shape in distinct.to_list() if _REPEAT.search(shape) is not None]
    if not repeated:
        return values
    hits = shapes.is_in(repeated).arg_true()
    return replaced(values, hits, [collapse_repeats(text) for text in values.gather(hits).to_list()])


def strip_noise(text: str) -> str:
    """Without labels and stops before, and `附近`, `对面` and stops after: words that say how near, not which place."""
    while True:
        plain = _NOISE_START.sub("", _NOISE_END.sub("", text))
        if plain == text:
            return text
        text = plain


_MARKUP: Final = Step(
    "markup", "网页标记", "Tags and entities of web pages.", strip_markup, near=r"&[#A-Za-z]|<[/A-Za-z]"
)
_PHONES: Final = Step("phone", "电话", "Phone numbers in the text.", strip_phones, near=r"[0-9][0-9*X\s-]{6}")
_REMARKS: Final = Step("remarks", "备注", "Remarks about persons: (户主:…).", strip_names, near=rf"[(:]|{_HOLDER}")
_FORMER: Final = Step("former", "原址", "An address marked as former: (原…), 原A现B.", leave_former, near=r"原|曾|旧")
_OPENED: Final = Step("brackets", "括号", "Brackets, not what they hold.", open_brackets, near=f"[{_BRACKET_SIGNS}]")
_REPEATS: Final = Step("repeats", "重复", "What is written twice in a row.", collapse_repeats, column=_collapse_column)
_NOISE: Final = Step(
    "noise", "方位与标点", "附近, 对面, 地址: and stops at the ends.", strip_noise,
    near=rf"(?:{_NEAR_IT}|家[中里]?|[{_STOPS}])$|^(?:{_LABEL}|家住|租住|现住|住在|位于|[{_STOPS}:])",
)  # fmt: skip

_WIDTH, _SCRIPT, _SIGNS, _SPACES, _DASHES, _NUMERALS = plain_text.STEPS
STEPS: Final = (
    _MARKUP, _WIDTH, _SCRIPT, _PHONES, _SIGNS, _SPACES, _DASHES, _NUMERALS, _REMARKS, _FORMER, _OPENED, _REPEATS,
    _NOISE,
)  # fmt: skip
"""All steps in the order in which they run: phones go before the spaces that keep them apart from room numbers."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one step made of a text."""

    step: Step
    before: str
    after: str


def normal_form(text: str) -> str:
    """The form of one address text that is read: `STEPS` in order until nothing changes. Idempotent.

    >>> normal_form("家庭住址：雲川市雲川市翠湖雅居三號樓２單元 501（户主：王某某）")
    '云川市翠湖雅居3号楼2单元501'
    """
    return settle(text, STEPS)


def trace_steps(text: str) -> list[Change]:
    """The changes that lead from a text to its normal form, in order; empty where it is in normal form."""
    changes: list[Change] = []
    while True:
        begun = text
        for step in STEPS:
            plain = step.apply(text)
            if plain != text:
                changes.append(Change(step, text, plain))
            text = plain
        if text == begun:
            return changes


def step_names(marks: int) -> str:
    """The names of the steps whose bits are set, joined by `,` in the order of `STEPS`; empty for none."""
    return ",".join(step.name for number, step in enumerate(STEPS) if marks >> number & 1)


def normal_forms(texts: pl.Series) -> pl.DataFrame:
    """The normal form of every text of a column, worked out once per distinct value.

    Args:
        texts: address texts as delivered; null stays null.

    Returns:
        One row per text in the same order: `plain` (what is read; null where the text says nothing; of a cell
        that is too long its beginning, which is longer than `LONGEST`), `normal_text` (the same, null where too long)
        and `steps` (names joined by `,`; empty where nothing was done or read).
    """
    distinct = texts.unique().drop_nulls().sort()
    lengths = distinct.str.len_chars()
    fits = (lengths <= _LONGEST_CELL).arg_true()
    long = (lengths > _LONGEST_CELL).arg_true()
    plain, marks = settle_column(distinct.gather(fits), STEPS)
    names = {number: step_names(number) for number in marks.unique().to_list()}
    read = pl.DataFrame(
        {"text": distinct.gather(fits), "plain": plain, "steps": [names[mark] for mark in marks.to_list()]},
        schema=_FORMS,
    )
    cut = distinct.gather(long).str.replace_all(SPACE, "").str.slice(0, LONGEST + 1)
    refused = pl.DataFrame({"text": distinct.gather(long), "plain": cut, "steps": [""] * len(long)}, schema=_FORMS)
    table = pl.concat([read, refused]).with_columns(plain=pl.when(~pl.col("plain").is_in(NULL_TOKENS)).then("plain"))
    too_long = pl.col("plain").str.len_chars() > LONGEST
    table = table.with_columns(
        normal_text=pl.when(~too_long).then("plain"),
        steps=pl.when(too_long).then(pl.lit("")).otherwise("steps"),
    )
    joined = texts.to_frame("text").join(table, on="text", how="left", maintain_order="left")
    return joined.select("plain", "normal_text", pl.col("steps").fill_null(""))
