"""Names of persons as clerks write them: one normal form, and what a remark or a title beside the name tells.

Normal form: NFKC, simplified characters, no spaces inside a Han name, minority names with one middle dot, Latin names
in upper case; remarks (`张三(户主)`) and titles (`张女士`) stripped. Lists of titles, surnames and endings are data
(`data/reference`).
"""

from __future__ import annotations

import polars as pl

from pipelines.normalise.han import simplify, spell
from pipelines.normalise.latin import order_pinyin
from pipelines.normalise.name_text import DOT, bare_names, compound_surnames, one_spacing, trimmed, words
from pipelines.normalise.organisations import is_organisation
from pipelines.normalise.reference import reference

_HIDDEN = r"[*×xX某○●?？#_]"

SCHEMA: tuple[str, ...] = (
    "name_text",
    "name",
    "name_kind",
    "surname",
    "given",
    "pinyin",
    "remark_former_name",
    "remark_kin_name",
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
        `remark_former_name` (a former name told beside), `remark_kin_name` (张三, where `张三的儿子` is all that is
        said of somebody), `title_sex` ("1", "2" or null, from a title, a word such as 女儿 or a remark such as `(女)`).

    Example:
        >>> parse_names(pl.Series(["欧 阳 娜（户主）", "张女士"])).select("name", "surname", "title_sex").rows()
        [('欧阳娜', '欧阳', None), (None, '张', '2')]
    """
    keys = texts.cast(pl.String).rename("key").to_frame()
    parsed = _parse_distinct(keys.unique(maintain_order=True))
    return keys.join(parsed, on="key", how="left", nulls_equal=True, maintain_order="left").select(*SCHEMA)


def _parse_distinct(keys: pl.DataFrame) -> pl.DataFrame:
    frame = keys.with_columns(name_text=trimmed(pl.col("key")))
    frame = frame.with_columns(wide=simplify(pl.col("name_text").str.normalize("NFKC")))
    frame = frame.with_columns(organisation=is_organisation(pl.col("wide").str.replace_all(r"\s", "")))
    frame = frame.with_columns(bare=bare_names(frame["wide"]))
    frame = frame.with_columns(remark_kin_name=_relative_of(pl.col("bare")))
    frame = frame.with_columns(untitled=_without_title(pl.col("bare"))).with_columns(title_sex=_title_sex())
    frame = frame.with_columns(name_kind=_kind())
    frame = frame.with_columns(
        name=pl.when(pl.col("name_kind").is_in(["han", "minority", "latin"])).then(pl.col("untitled")),
        surname=_surname(),
        remark_former_name=one_spacing(
            pl.col("wide").str.extract(r"(?:曾用名|原名|又名|别名|曾名)[:为是]?\s*(\p{Han}[\p{Han}·]{1,9})", 1)
        ),
    )
    frame = frame.with_columns(
        given=pl.when(pl.col("name_kind") == "han").then(pl.col("name").str.slice(pl.col("surname").str.len_chars()))
    )
    frame = frame.with_columns(given=pl.when(pl.col("given") != "").then(pl.col("given")))
    frame = frame.with_columns(spell(frame["name"], frame["surname"]))
    latin = pl.when(pl.col("name_kind") == "latin").then("name").alias("name")
    return frame.with_columns(pinyin=pl.coalesce(order_pinyin(frame.select(latin)["name"]), "pinyin"))


def _relative_of(bare: pl.Expr) -> pl.Expr:
    """`张三的儿子` names 张三, who is not the person meant."""
    return bare.str.extract(rf"^(\p{{Han}}{{2,4}}?)的?(?:{words(('relations',))})$", 1)


def _without_title(bare: pl.Expr) -> pl.Expr:
    """`张女士` -> `张`, `张丽女士` -> `张丽`, `老张` -> `张`; a single-character title only after a lone surname."""
    compound, titles = compound_surnames(), words(("female", "male", "neutral"))
    long_titles = "|".join(title for title in titles.split("|") if len(title) > 1)
    prefixes = "".join(reference("titles")["prefixes"])
    bare = bare.str.replace(rf"^[{prefixes}]?((?:{compound})|\p{{Han}})(?:{titles})$", "$1")
    bare = bare.str.replace(rf"^(\p{{Han}}{{2,4}})(?:{long_titles})$", "$1")
    bare = bare.str.replace(rf"^((?:{compound})|\p{{Han}})\p{{Han}}?{_HIDDEN}+\p{{Han}}?$", "$1")  # 张*, 张某某, 张*明
    return bare.str.replace(rf"^[{prefixes}](\p{{Han}})$", "$1")


def _title_sex() -> pl.Expr:
    female, male = words(("female",)), words(("male",))
    before_female, before_male = words(("before_female",)), words(("before_male",))
    titled = pl.col("bare") != pl.col("untitled")
    remark = pl.col("wide").str.extract(r"[(\[【]\s*(男|女)", 1)
    return (
        pl.when(titled & pl.col("bare").str.contains(rf"(?:{female})$"))
        .then(pl.lit("2"))
        .when(titled & pl.col("bare").str.contains(rf"(?:{male})$"))
        .then(pl.lit("1"))
        .when(pl.col("wide").str.contains(rf"^(?:{before_female})[\s:\-]*\p{{Han}}{{2}}"))
        .then(pl.lit("2"))
        .when(pl.col("wide").str.contains(rf"^(?:{before_male})[\s:\-]*\p{{Han}}{{2}}"))
        .then(pl.lit("1"))
        .otherwise(remark.replace_strict({"男": "1", "女": "2"}, default=None, return_dtype=pl.String))
    )


def _kind() -> pl.Expr:
    untitled, bare = pl.col("untitled"), pl.col("bare")
    compound = reference("surnames")["compound"]
    told_nothing = words(("before_male", "before_female", "before_neutral", "relations"))
    no_name = bare.is_in(reference("titles")["no_name"]) | bare.str.contains(rf"^(?:{told_nothing})娘?$")
    no_name = no_name | pl.col("remark_kin_name").is_not_null()
    nothing = bare.is_null() | no_name | (untitled.str.len_chars() == 0)
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
    compound = compound_surnames()
    found = pl.col("untitled").str.extract(rf"^((?:{compound})|\p{{Han}})", 1)
    return pl.when(pl.col("name_kind").is_in(["han", "titled"])).then(found)
