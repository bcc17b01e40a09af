"""Single Han characters: script and sound. Made once per distinct character, then applied by column.

A name is converted character by character, never by phrase: a phrase dictionary would read the same given name in two
ways depending on its neighbours, and would turn 李乾 into 李干. A character that GB 2312 has is simplified already
and stays.
"""

from __future__ import annotations

from functools import cache

import polars as pl
from pypinyin import Style, pinyin

from pipelines.normalise.reference import reference
from pipelines.normalise.text import simplified_forms

_BASIC_PLANE = 0xFFFF


def simplify(text: pl.Expr) -> pl.Expr:
    """Traditional characters of a name to simplified ones, character by character.

    A simplified form outside the basic plane (𬱖 for 頔) is one that nobody writes: the character stays.
    """
    return text.str.replace_many(_written_forms())


@cache
def _written_forms() -> dict[str, str]:
    return {old: new for old, new in simplified_forms().items() if ord(new) <= _BASIC_PLANE}


def look_alike(name: pl.Expr) -> pl.Expr:
    """Every character replaced by one of its class of like-looking characters: names that look alike become equal.

    The classes are data (`data/reference/like_shapes.json`); a character in none stays.

    Example:
        >>> pl.select(look_alike(pl.lit("阵明")) == look_alike(pl.lit("陈明"))).item()
        True
    """
    return name.str.replace_many(_shapes())


@cache
def _shapes() -> dict[str, str]:
    return {sign: alike[0] for alike in reference("like_shapes")["classes"] for sign in alike}


def without_accent(pinyin: pl.Expr) -> pl.Expr:
    """Pinyin as a speaker hears it who parts neither zh from z nor n from l nor a final ng from n.

    Example:
        >>> pl.select(without_accent(pl.lit("ling zhang"))).item()
        'lin zan'
    """
    flat = pinyin.str.replace_all(r"\b([zcs])h", "$1").str.replace_all(r"\bn", "l")
    return flat.str.replace_all(r"([aei])ng\b", "${1}n")


def spell(names: pl.Series, surnames: pl.Series) -> pl.Series:
    """Return pinyin without tones, one syllable a character, joined by spaces; the surname in its reading as a surname.

    Args:
        names: normal forms of Han names; null stays null.
        surnames: the surname at the head of each name, or null where it is not known.

    Example:
        >>> spell(pl.Series(["单雄信"]), pl.Series(["单"])).to_list()
        ['shan xiong xin']
    """
    readings: dict[str, str] = reference("surnames")["readings"]
    frame = pl.DataFrame({"name": names, "surname": surnames}, schema={"name": pl.String, "surname": pl.String})
    frame = frame.with_row_index("row")
    tokens = frame.select("row", token=pl.col("name").str.extract_all(r"\p{Han}|[A-Za-z0-9]+")).explode(
        "token", empty_as_null=True
    )
    sounds = {token: _sound(token) for token in sorted(tokens["token"].drop_nulls().unique().to_list())}
    spelled = (
        tokens.with_columns(pl.col("token").replace_strict(sounds, default=None, return_dtype=pl.String))
        .group_by("row", maintain_order=True)
        .agg(syllables=pl.col("token").drop_nulls())
    )
    frame = frame.join(spelled, on="row", how="left", maintain_order="left").with_columns(
        reading=pl.col("surname").replace_strict(readings, default=None, return_dtype=pl.String),
        length=pl.col("surname").str.len_chars().fill_null(0),
    )
    rest = pl.col("syllables").list.slice(pl.col("length")).list.join(" ")
    return frame.select(
        pl.when(pl.col("name").is_null())
        .then(None)
        .when(pl.col("reading").is_not_null())
        .then(pl.concat_str("reading", rest, separator=" ").str.strip_chars())
        .otherwise(pl.col("syllables").list.join(" "))
        .alias("pinyin")
    )["pinyin"]


@cache
def _sound(token: str) -> str:
    """The commonest reading of one character; one reading everywhere, so that equal writing sounds equal."""
    return pinyin(token, style=Style.NORMAL)[0][0].lower()
