"""Names of persons as clerks write them: one normal form, and what a remark or a title beside the name tells.

Normal form: NFKC, simplified characters, no spaces inside a Han name, minority names with one middle dot, Latin names
in upper case; remarks (`张三(户主)`) and titles (`张女士`) stripped. Lists of titles, surnames and endings are data
(`data/reference`).
"""

from __future__ import annotations

import re

import polars as pl

from pipelines.normalise.han import simplify, spell
from pipelines.normalise.organisations import is_organisation
from pipelines.normalise.reference import reference

DOT = "·"
_DOTS = r"[·•・‧∙⋅●．.。･᛫▪\u2022\u30fb]"
_BRACKETS = r"[(\[【〔{<《][^)\]】〕}>》]*[)\]】〕}>》]?"
_HIDDEN = r"[*×xX某○●?？#_]"

SCHEMA: tuple[str, ...] = (
    "name_text",
    "name",
    "name_kind",
    "surname",
    "given",
    "pinyin",
    "remark_former_name",
    "title_sex",
)


def parse_names(texts: pl.Series) -> pl.DataFrame:
    """Read every text of a column as the name of one person.

    Args:
        texts: one text a row, as delivered; null where the cell is empty.

    Returns:
        One row a text, in the same order: `name_text` (trimmed, null when blank), `name` (normal form; null when
        there is no usable name), `name_kind` (han, minority, latin, titled, none, organisation), `surname` and
        `given` (Han names; a titled mention keeps its surname; null for other kinds), `pinyin`,
        `remark_former_name` (a former name in brackets),
        `title_sex` ("1", "2" or null, from a title or a remark such as `(女)`).

    Example:
        >>> parse_names(pl.Series(["欧 阳 娜（户主）", "张女士"])).select("name", "surname", "title_sex").rows()
        [('欧阳娜', '欧阳', None), (None, '张', '2')]
    """
    keys = texts.cast(pl.String).rename("key").to_frame()
    parsed = _parse_distinct(keys.unique(maintain_order=True))
    return keys.join(parsed, on="key", how="left", nulls_equal=True, maintain_order="left").select(*SCHEMA)


def _parse_distinct(keys: pl.DataFrame) -> pl.DataFrame:
    frame = keys.with_columns(name_text=_trimmed(pl.col("key")))
    frame = frame.with_columns(wide=simplify(pl.col("name_text").str.normalize("NFKC")))
    frame = frame.with_columns(organisation=is_organisation(pl.col("wide").str.replace_all(r"\s", "")))
    frame = frame.with_columns(bare=_without_remarks(pl.col("wide")))
    frame = frame.with_columns(bare=_one_spacing(pl.col("bare")))
    frame = frame.with_columns(untitled=_without_title(pl.col("bare"))).with_columns(title_sex=_title_sex())
    frame = frame.with_columns(name_kind=_kind())
    frame = frame.with_columns(
        name=pl.when(pl.col("name_kind").is_in(["han", "minority", "latin"])).then(pl.col("untitled")),
        surname=_surname(),
        remark_former_name=_one_spacing(
            pl.col("wide").str.extract(r"(?:曾用名|原名|又名|别名|曾名)[:为是]?\s*(\p{Han}[\p{Han}·]{1,9})", 1)
        ),
    )
    frame = frame.with_columns(
        given=pl.when(pl.col("name_kind") == "han").then(pl.col("name").str.slice(pl.col("surname").str.len_chars()))
    )
    frame = frame.with_columns(given=pl.when(pl.col("given") != "").then(pl.col("given")))
    return frame.with_columns(spell(frame["name"], frame["surname"]))


def _trimmed(text: pl.Expr) -> pl.Expr:
    bare = text.str.replace_all(r"[\u200b-\u200d\ufeff\x00-\x1f\x7f\u00a0]", " ").str.strip_chars(
        " \t\r\n\u3000'\"`“”‘’"
    )
    return pl.when(bare != "").then(bare)


def _without_remarks(text: pl.Expr) -> pl.Expr:
    """`户主:张三(已故)等2人` -> `张三`; a text that is nothing but a remark becomes empty."""
    remarks = "|".join(sorted(map(re.escape, reference("titles")["remarks"]), key=len, reverse=True))
    bare = text.str.replace_all(_BRACKETS, "").str.replace(r"^\p{Han}{1,5}[::]\s*", "")
    bare = bare.str.replace(r"等?\d*[人户名]?$", "").str.replace(r"等$", "").str.replace(r"^\d+[.、]?", "")
    stripped = bare.str.replace(rf"(\p{{Han}}{{2}})[-—/\s]*(?:{remarks})$", "$1", literal=False)
    long_remark = bare.str.len_chars() >= 4  # 王新 and 李代 are names; 王小明代签 is one with a remark
    return pl.when(long_remark).then(stripped).otherwise(bare)


def _one_spacing(text: pl.Expr) -> pl.Expr:
    """Han names without any space and with one kind of dot; Latin names in upper case with single spaces."""
    han = text.str.replace_all(r"\s", "").str.replace_all(_DOTS, DOT).str.replace_all(f"{DOT}{DOT}+", DOT)
    han = han.str.strip_chars(f"{DOT}-—,，、;；:：/\\")
    latin = text.str.to_uppercase().str.replace_all(r"[^A-ZÀ-ÞА-ЯЁ0-9'\-]+", " ").str.strip_chars(" -'")
    return pl.when(text.str.contains(r"\p{Han}")).then(han).otherwise(latin)


def _titles() -> str:
    lists = reference("titles")
    titles = sorted({*lists["female"], *lists["male"], *lists["neutral"]}, key=lambda title: (-len(title), title))
    return "|".join(titles)


def _without_title(bare: pl.Expr) -> pl.Expr:
    """`张女士` -> `张`, `张丽女士` -> `张丽`, `老张` -> `张`; a single-character title only after a lone surname."""
    compound = "|".join(reference("surnames")["compound"])
    long_titles = "|".join(title for title in _titles().split("|") if len(title) > 1)
    prefixes = "".join(reference("titles")["prefixes"])
    bare = bare.str.replace(rf"^((?:{compound})|\p{{Han}})(?:{_titles()})$", "$1")
    bare = bare.str.replace(rf"^(\p{{Han}}{{2,4}})(?:{long_titles})$", "$1")
    bare = bare.str.replace(rf"^((?:{compound})|\p{{Han}})\p{{Han}}?{_HIDDEN}+\p{{Han}}?$", "$1")  # 张*, 张某某, 张*明
    return bare.str.replace(rf"^[{prefixes}](\p{{Han}})$", "$1")


def _title_sex() -> pl.Expr:
    female, male = ("|".join(reference("titles")[sex]) for sex in ("female", "male"))
    titled = pl.col("bare") != pl.col("untitled")
    remark = pl.col("wide").str.extract(r"[(\[【]\s*(男|女)", 1)
    return (
        pl.when(titled & pl.col("bare").str.contains(rf"(?:{female})$"))
        .then(pl.lit("2"))
        .when(titled & pl.col("bare").str.contains(rf"(?:{male})$"))
        .then(pl.lit("1"))
        .otherwise(remark.replace_strict({"男": "1", "女": "2"}, default=None, return_dtype=pl.String))
    )


def _kind() -> pl.Expr:
    untitled, bare = pl.col("untitled"), pl.col("bare")
    compound = reference("surnames")["compound"]
    nothing = bare.is_null() | bare.is_in(reference("titles")["no_name"]) | (untitled.str.len_chars() == 0)
    letters = untitled.str.contains(r"^[A-ZÀ-ÞА-ЯЁ][A-ZÀ-ÞА-ЯЁ' \-]+$")
    han_only = untitled.str.contains(r"^\p{Han}+$")
    lone = han_only & ((untitled.str.len_chars() == 1) | (untitled.is_in(compound) & (bare != untitled)))
    return (
        pl.when(pl.col("organisation"))
        .then(pl.lit("organisation"))
        .when(nothing)
        .then(pl.lit("none"))
        .when(lone)
        .then(pl.lit("titled"))
        .when(letters)
        .then(pl.lit("latin"))
        .when(
            untitled.str.contains(rf"^[\p{{Han}}A-Z]+(?:{DOT}[\p{{Han}}A-Z]+)+$")
            | (han_only & (untitled.str.len_chars() > 4))
        )
        .then(pl.lit("minority"))
        .when(han_only)
        .then(pl.lit("han"))
        .otherwise(pl.lit("none"))
    )


def _surname() -> pl.Expr:
    compound = "|".join(reference("surnames")["compound"])
    found = pl.col("untitled").str.extract(rf"^((?:{compound})|\p{{Han}})", 1)
    return pl.when(pl.col("name_kind").is_in(["han", "titled"])).then(found)
