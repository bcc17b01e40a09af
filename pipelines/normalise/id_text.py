"""The text of a cell to the bare signs of a number: labels, spaces, look-alike letters and masks of every kind.

What comes out has digits, `X`, letters of a passport, and `*` for every hidden sign; nothing else is decided here.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipelines.normalise.id_check import ID_LENGTH, OLD_LENGTH, check_character

# What vendors draw over hidden digits, after NFKC (a full-width asterisk is one already).
_MASK_SIGNS = r"[*×✱✻✳✕✖╳●○◯◎■□◆◇▪•·・#?？_…某~\u25AA\u2022\u2217\u204E]"
_BLANKS = r"[\s\u00a0\u200b-\u200f\u2060\ufeff'\"`’‘“”]"
# Letters of other scripts that look like the check character or like a digit.
_OTHER_SCRIPTS = {"Х": "X", "Χ": "X", "О": "O", "Ο": "O", "І": "I", "Ι": "I", "З": "3", "В": "B"}
# Letters that typists and scanners put for digits; a passport has letters at its head and is kept apart by length.
_LOOK_ALIKES = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "|": "1", "Z": "2", "S": "5", "B": "8"}
_SAFE_LOOK_ALIKES = {"O": "0", "I": "1", "L": "1", "|": "1"}
MAX_LETTERS = 7  # every zero of a number typed as O
_LABEL = (
    r"^(?:中华人民共和国|公民|居民|身份证明?|身份|证件|有效|护照|通行证|港澳|回乡证|台胞证|居留证|居住证"
    r"|号码|证号|编号|号|ID|CARD|NO\.?|NUMBER|[::№.])+"
)
_COUNT = r"(?:[四五六4-6]|十四|14)"


def bare_signs(texts: pl.Series) -> pl.Series:
    """Return the signs of every number as delivered; null where nothing is left.

    Example:
        >>> bare_signs(pl.Series(["身份证：3301 06…123х"])).to_list()
        ['330106*123X']
    """
    frame = texts.cast(pl.String).alias("code").to_frame()
    for _, step in STEPS:
        frame = frame.with_columns(code=step(pl.col("code")))
    return frame.select(pl.when(pl.col("code") != "").then("code").alias("code"))["code"]


def _one_script(code: pl.Expr) -> pl.Expr:
    return code.str.normalize("NFKC").str.to_uppercase().str.replace_many(_OTHER_SCRIPTS)


def _without_blanks(code: pl.Expr) -> pl.Expr:
    return code.str.replace_all(r"\.\.+", "*").str.replace_all(_BLANKS, "")


def _without_labels(code: pl.Expr) -> pl.Expr:
    """`尾号1234` and `后四位1234` to `*1234`."""
    code = code.str.replace_all(r"\([^)]*\p{Han}[^)]*\)", "")
    code = code.str.replace(rf"^.*?(?:尾号|末尾|[后末尾]{_COUNT}位(?:数字?)?)(?:[为是]|:)?(\d{{3,7}}[\dX])$", "*$1")
    code = code.str.replace(rf"^.*?[前头](?:[六八十68]|{_COUNT})位(?:数字?)?(?:[为是]|:)?(\d{{4,14}})$", "$1*")
    return code.str.replace(_LABEL, "").str.replace(r"^(\d{3,18})\.0+$", "$1")


def _without_words(code: pl.Expr) -> pl.Expr:
    """`9901...张三` to the number alone: one whole number among other words."""
    inside = code.str.extract(r"^(?:.*[^\dX*])?(\d{17}[\dX]|\d{15})(?:[^\dX*].*)?$", 1)
    worded = code.str.contains(r"\p{Han}|[,;/]")
    return pl.when(worded & inside.is_not_null()).then(inside).otherwise(code)


def _one_mask_sign(code: pl.Expr) -> pl.Expr:
    return code.str.replace_all(_MASK_SIGNS, "*")


def _without_hyphens(code: pl.Expr) -> pl.Expr:
    code = code.str.replace(r"^(\d{6})[-./](\d{8})[-./](\d{3}[\dX])$", "$1$2$3")
    return code.str.replace(r"^(\d{6}|\d{10}|\d{14})-(\d)", "$1$2").str.replace(r"^(\d{14})-(\d{3}[\dX])$", "$1$2")


def _check_character_drawn_as_cross(code: pl.Expr) -> pl.Expr:
    """Seventeen digits and a cross: the check character X drawn as ×, where the digits ask for X; else it is hidden."""
    crossed = code.str.contains(r"^\d{17}\*$") & (check_character(code.str.head(17)) == "X")
    return pl.when(crossed).then(pl.concat_str(code.str.head(17), pl.lit("X"))).otherwise(code)


def _hidden_by_x(code: pl.Expr) -> pl.Expr:
    """320106XXXXXXXX1234: an X inside hides a digit; at the end of a run of them it does so too."""
    body = code.str.head(-1).str.replace_all("X", "*")
    hidden = body.str.ends_with("*") & code.str.ends_with("X") & body.str.contains(r"\*{3}$")
    masked = code.str.contains(r"X{3}") & code.str.contains(r"^[\dX*]+$")
    by_x = pl.concat_str(body, pl.when(hidden).then(pl.lit("*")).otherwise(code.str.tail(1)))
    return pl.when(masked).then(by_x).otherwise(code)


def _letters_to_digits(code: pl.Expr) -> pl.Expr:
    repaired = code.str.replace_many(_LOOK_ALIKES)
    long_enough = code.str.len_chars().is_in([OLD_LENGTH, ID_LENGTH])
    mostly_digits = code.str.count_matches(r"\d") >= code.str.len_chars() - MAX_LETTERS
    number = repaired.str.contains(r"^\d{15}$|^\d{17}[\dX]$")
    # 外国人永久居留证 of the old form (three letters, twelve digits) has the length of an old ID number.
    permit = code.str.contains(r"^[A-Z]{3}\d{12}$")
    partial = code.str.contains(r"^[\dOIL|*]+[\dXOIL|*]$") & (
        code.str.contains("*", literal=True) | (code.str.len_chars() <= 6)
    )
    return (
        pl.when(long_enough & mostly_digits & number & ~permit)
        .then(repaired)
        .when(partial)
        .then(code.str.replace_many(_SAFE_LOOK_ALIKES))
        .otherwise(code)
    )


STEPS: tuple[tuple[str, Callable[[pl.Expr], pl.Expr]], ...] = (
    ("one_script", _one_script),
    ("without_blanks", _without_blanks),
    ("without_labels", _without_labels),
    ("without_words", _without_words),
    ("one_mask_sign", _one_mask_sign),
    ("check_character_drawn_as_cross", _check_character_drawn_as_cross),
    ("without_hyphens", _without_hyphens),
    ("hidden_by_x", _hidden_by_x),
    ("letters_to_digits", _letters_to_digits),
)
"""In order; each is applied to the text that the one before left."""
