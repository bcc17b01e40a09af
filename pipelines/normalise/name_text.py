"""The text of a name cell to the bare name: brackets, labels, telephone numbers, words before and remarks behind it.

Steps are listed in `STEPS`. All word lists are data (`data/reference/titles.json`, `surnames.json`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

import polars as pl

from pipelines.normalise.reference import reference

DOT = "·"
DOTS = r"[·•・‧∙⋅●．.。･᛫▪\u2022\u30fb]"
_BRACKETS = r"[(\[【〔{<《][^)\]】〕}>》]*[)\]】〕}>》]?"
_WHOLE_NAME = r"\p{Han}{2,4}"
_LONGEST_PLAIN = 4  # signs of a Han name
_LONG_WORD = 3
MAX_TURNS = 4  # 户主已故张三(本人): words stand behind words
_DOUBLE_BY_NATURE = "买"  # 买买提江: Muhammadjan


def words(kinds: Iterable[str]) -> str:
    """All words of some lists of `titles.json` as one pattern, the longest first."""
    listed = {word for kind in kinds for word in reference("titles")[kind]}
    return "|".join(map(re.escape, sorted(listed, key=lambda word: (-len(word), word))))


def compound_surnames() -> str:
    """The compound surnames as one pattern."""
    return "|".join(reference("surnames")["compound"])


def trimmed(text: pl.Expr) -> pl.Expr:
    """Without invisible signs and quotes around it; null where nothing is left."""
    bare = text.str.replace_all(r"[\u200b-\u200f\u2060\ufeff\x00-\x1f\x7f\u00a0]", " ").str.strip_chars(
        " \t\r\n\u3000'\"`“”‘’"
    )
    return pl.when(bare != "").then(bare)


def _without_brackets(text: pl.Expr) -> pl.Expr:
    """`户主:张三(已故)` -> `张三`; a text that is nothing but a remark becomes empty."""
    return text.str.replace_all(_BRACKETS, "").str.replace(r"^\p{Han}{1,7}\s*[::]\s*", "")


def _without_numbers(text: pl.Expr) -> pl.Expr:
    """`张三 14212345678`, `1.张三`, `张三2`, `张三等2人` -> `张三`."""
    bare = trimmed(text).str.replace(r"(?:等\s*\d*\s*[人户名]?|[共计]?\d+\s*[人户名])$", "")
    bare = bare.str.replace(r"[\s::,,;;/、]*(?:电话|手机|联系方式|TEL)?[::\s]*\+?\d[\d\-*\s]{6,}$", "")
    return bare.str.replace(r"^\d+[.、\s]*", "").str.replace(r"(\p{Han})\d{1,2}$", "$1")


def _without_former_name(text: pl.Expr) -> pl.Expr:
    """`张三曾用名李四` -> `张三`."""
    return text.str.replace(r"[\s,,;;/]*(?:曾用名|原名|又名|别名|曾名).*$", "")


def _without_word_before(text: pl.Expr) -> pl.Expr:
    """`户主张华淑`, `儿子 姚晨超` -> the name; 房东东 and 党员 stay, because no whole name would be left."""
    listed = words(("before_male", "before_female", "before_neutral"))
    name = text.str.extract(rf"^(?:{listed})[\s:：\-]*({_WHOLE_NAME}|\p{{Han}}+(?:{DOTS}\p{{Han}}+)+)$", 1)
    # 权利人塔依尔尼亚孜: a long word before a long name that lost its dot.
    name = pl.coalesce(name, text.str.extract(rf"^(?:{_long_words()})[\s:：\-]*(\p{{Han}}{{5,10}})$", 1))
    return pl.when(name.is_not_null() & (name.str.len_chars() >= 2)).then(name).otherwise(text)


def _long_words() -> str:
    return "|".join(word for word in words(("before_neutral",)).split("|") if len(word) >= _LONG_WORD)


def _without_remark_behind(text: pl.Expr) -> pl.Expr:
    """`王小明代签` -> `王小明`; 王新 and 李代 are names, and so is 欧阳建新."""
    remarks = reference("titles")["remarks"]
    long = "|".join(map(re.escape, sorted((word for word in remarks if len(word) > 1), key=lambda w: (-len(w), w))))
    short = "".join(word for word in remarks if len(word) == 1)
    bare = text.str.replace(rf"(\p{{Han}}{{2}})[-—/\s]*(?:{long})$", "$1")
    compound = bare.str.contains(rf"^(?:{compound_surnames()})")
    stripped = bare.str.replace(rf"^(\p{{Han}}{{3,}})[-—/\s]*[{short}]$", "$1")
    return pl.when(compound | (text.str.len_chars() < _LONGEST_PLAIN)).then(bare).otherwise(stripped)


def one_spacing(text: pl.Expr) -> pl.Expr:
    """Han names without any space and with one kind of dot; Latin names in upper case with single spaces."""
    han = text.str.replace_all(r"\s", "").str.replace_all(DOTS, DOT).str.replace_all(f"{DOT}{DOT}+", DOT)
    han = han.str.strip_chars(f"{DOT}-—,，、;；:：/\\")
    latin = text.str.to_uppercase().str.replace_all(r"[^A-ZÀ-ÞА-ЯЁ0-9'\-]+", " ").str.strip_chars(" -'")
    return pl.when(text.str.contains(r"\p{Han}")).then(han).otherwise(latin)


def _without_doubled_sign(text: pl.Expr) -> pl.Expr:
    """`王王亮文`, `李辉辉海`, `张慧慧慧`: a sign typed twice makes a name of four; 张慧慧, 林林旭 and 欧阳娜娜 stay."""
    sign = [text.str.slice(place, 1) for place in range(_LONGEST_PLAIN)]
    plain = text.str.contains(rf"^\p{{Han}}{{{_LONGEST_PLAIN}}}$")
    plain &= ~text.str.contains(rf"^(?:{compound_surnames()}|{_DOUBLE_BY_NATURE})")
    return (
        pl.when(plain & (sign[0] == sign[1]))
        .then(text.str.slice(1))
        .when(plain & (sign[1] == sign[2]))
        .then(pl.concat_str(sign[0], text.str.slice(2)))
        .when(plain & (sign[2] == sign[3]))
        .then(text.str.head(3))
        .otherwise(text)
    )


STEPS: tuple[tuple[str, Callable[[pl.Expr], pl.Expr]], ...] = (
    ("without_former_name", _without_former_name),
    ("without_numbers", _without_numbers),
    ("without_brackets", _without_brackets),
    ("without_word_before", _without_word_before),
    ("without_remark_behind", _without_remark_behind),
    ("one_spacing", one_spacing),
    ("without_doubled_sign", _without_doubled_sign),
)
"""In order; each is applied to the text that the one before left."""


def bare_names(texts: pl.Series) -> pl.Series:
    """Apply `STEPS` to texts that are simplified and of one width already, until nothing changes any more.

    Example:
        >>> bare_names(pl.Series(["户主张华淑(已故)", "李辉辉海"])).to_list()
        ['张华淑', '李辉海']
    """
    names = texts.alias("name")
    for _ in range(MAX_TURNS):
        frame = names.to_frame()
        for _, step in STEPS:
            frame = frame.with_columns(name=step(pl.col("name")))
        if frame["name"].equals(names, null_equal=True):
            break
        names = frame["name"]
    return names


@cache
def known_surnames() -> frozenset[str]:
    """Single and compound surnames."""
    listed = reference("surnames")
    return frozenset(listed["single"]) | frozenset(listed["compound"])
