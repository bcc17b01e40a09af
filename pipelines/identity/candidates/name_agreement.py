"""Can two names under one number be one person's?"""

from __future__ import annotations

import numpy as np
import polars as pl
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

from pipelines.normalise.name_text import known_surnames

MIN_LENGTH = 2
MIN_LENGTH_FOR_EDIT = 3  # 王伟 and 王明 differ in one character of two: father and son, not a slip


def edit_distance(left: pl.Series, right: pl.Series, cutoff: int) -> pl.Series:
    """Levenshtein distance of each pair of texts, once per distinct pair; above `cutoff` it reads `cutoff + 1`.

    Null where a text is null.
    """
    pairs = pl.DataFrame({"left": left, "right": right}, schema={"left": pl.String, "right": pl.String})
    distinct = pairs.drop_nulls().unique(maintain_order=True)
    distance = cpdist(
        distinct["left"].to_list(),
        distinct["right"].to_list(),
        scorer=Levenshtein.distance,
        score_cutoff=cutoff,
        dtype=np.int32,
    )
    distinct = distinct.with_columns(distance=pl.Series(distance, dtype=pl.Int32))
    return pairs.join(distinct, on=["left", "right"], how="left", maintain_order="left")["distance"]


def compatible_pairs(pairs: pl.DataFrame) -> pl.Series:
    """Tell for every pair of spellings under one number whether they can be one person's.

    Equal names, homophones, one slip in the surname where one of the two is no surname, a name that holds the other's
    former name, one slip or swap in a name of three characters, a part of a minority name, a title with the same
    surname and no other sex than the number's; one slip in a name of two characters only where the number was shown at
    a registry (`documented`). A row whose own birth date contradicts the number (a parent's number on a child) agrees
    with nobody but its own name.

    Args:
        pairs: columns `name, surname, pinyin, former_name, sex, id_sex, contradicts, documented`, and with `_r`.
    """
    if pairs.is_empty():
        return pl.Series([], dtype=pl.Boolean)
    slips = edit_distance(pairs["name"], pairs["name_r"], 1)
    name, other = pl.col("name"), pl.col("name_r")
    longest = pl.max_horizontal(name.str.len_chars(), other.str.len_chars())
    same_surname = pl.col("surname") == pl.col("surname_r")
    shown = (pl.col("documented") | pl.col("documented_r")) & _sex_fits("") & _sex_fits("_r")
    long_enough = (longest >= MIN_LENGTH_FOR_EDIT) | shown
    slip = (pl.col("slips") <= 1) & long_enough & (same_surname | (longest > MIN_LENGTH_FOR_EDIT))
    odd = ~_is_surname("") | ~_is_surname("_r")  # 渡芳 for 杜芳: a sign that is no surname stands for one that is
    slip |= (pl.col("slips") <= 1) & ~same_surname & odd & (longest >= MIN_LENGTH)
    given = (name.str.slice(1) == other.str.slice(1)) & (
        name.str.len_chars() >= 2
    )  # 季梓 for 李梓: kin share surnames, not these
    sound = pl.col("pinyin") == pl.col("pinyin_r")
    swapped = (_signs(name) == _signs(other)) & (longest >= MIN_LENGTH_FOR_EDIT)
    former = (name == pl.col("former_name_r")) | (other == pl.col("former_name"))
    longer = pl.col("name_kind").is_in(["minority", "latin"]) | pl.col("name_kind_r").is_in(["minority", "latin"])
    part = longer & (_begins(name, other) | _begins(other, name) | (_parts(name) == _parts(other)))
    titled = (name.is_null() | other.is_null()) & same_surname & _sex_fits("") & _sex_fits("_r")
    nameless = (pl.col("name_kind") == "none") | (pl.col("name_kind_r") == "none")
    agree = pl.any_horizontal(
        *(
            test.fill_null(value=False)
            for test in (name == other, slip, given, sound, swapped, former, part, titled, nameless)
        )
    )
    quiet = ~pl.col("contradicts") & ~pl.col("contradicts_r")
    return pairs.with_columns(slips=slips).select(
        ((name == other).fill_null(value=False) | (agree & quiet)).alias("agree")
    )["agree"]


def _begins(longer: pl.Expr, shorter: pl.Expr) -> pl.Expr:
    return longer.str.starts_with(shorter) & (shorter.str.len_chars() >= MIN_LENGTH_FOR_EDIT)


def _signs(name: pl.Expr) -> pl.Expr:
    return name.str.split("").list.sort().list.join("")


def _parts(name: pl.Expr) -> pl.Expr:
    return name.str.split(" ").list.sort().list.join(" ")


def _is_surname(suffix: str) -> pl.Expr:
    return pl.col(f"surname{suffix}").is_in(sorted(known_surnames())).fill_null(value=True)


def _sex_fits(suffix: str) -> pl.Expr:
    return (pl.col(f"sex{suffix}") == pl.col(f"id_sex{suffix}")).fill_null(value=True)
