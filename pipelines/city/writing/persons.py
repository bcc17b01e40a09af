"""Names, ID numbers and phones of persons as clerks write them."""

from __future__ import annotations

from typing import Any

import numpy as np
import opencc
import polars as pl

from pipelines.city.clerks import CellHabits
from pipelines.city.error_model import NameErrors, NumberErrors, PhoneErrors
from pipelines.city.numbers import Ints, landlines
from pipelines.city.people import HAN, MALE
from pipelines.city.words import confusions
from pipelines.city.writing.clerk_names import write_clerk_names
from pipelines.city.writing.clerk_numbers import write_clerk_numbers
from pipelines.city.writing.clerk_phones import write_clerk_phones
from pipelines.city.writing.draws import choice, draw_damage, uniform

NULL_TOKENS = ["", "无", "不详", "NULL", "-", "/", "暂无", "未知"]
NULL_WEIGHTS = [0.6, 0.12, 0.08, 0.03, 0.05, 0.04, 0.04, 0.04]
_FULL_WIDTH = (list("0123456789X"), list("０１２３４５６７８９Ｘ"))
_COMPOUND = ("欧阳", "上官", "司马", "诸葛", "尉迟", "皇甫", "令狐")


def nulls(rng: np.random.Generator, size: int) -> pl.Series:
    """Draw texts that mean nothing was known; empty is the usual one."""
    return choice(rng, [*NULL_TOKENS], size, NULL_WEIGHTS)


def write_names(
    rng: np.random.Generator,
    people: pl.DataFrame,
    errors: NameErrors | CellHabits,
    remark: str = "",
    role: str = "resident",
) -> pl.DataFrame:
    """Write the names of `people` (columns name, former_name, sex, kind, age): columns text and damage.

    `remark` is what `remark` errors append, such as `(户主)`; clerks with habits choose theirs by `role`.
    """
    if isinstance(errors, CellHabits):
        return write_clerk_names(rng, people, errors, role)
    size = len(people)
    frame = people.select("name", "former_name", "sex", "kind", "age").with_columns(
        pl.Series("damage", draw_damage(rng, errors, size).tolist(), dtype=pl.String),
        uniform(rng, size).alias("u0"),
        choice(rng, ["·", "•", ".", "·", "·"], size).alias("dot"),
        choice(rng, [remark or "(户主)", "（代）"], size, [0.8, 0.2]).alias("remark"),
    )
    d, name = pl.col("damage"), pl.col("name")
    surname = pl.when(name.str.slice(0, 2).is_in(_COMPOUND)).then(name.str.slice(0, 2)).otherwise(name.str.slice(0, 1))
    title = (
        pl.when(pl.col("age") > 65)
        .then(pl.lit("阿姨"))
        .when(pl.col("sex") == MALE)
        .then(pl.lit("先生"))
        .otherwise(pl.lit("女士"))
    )
    title = pl.when((pl.col("sex") == MALE) & (pl.col("age") > 65)).then(pl.lit("师傅")).otherwise(title)
    frame = frame.with_columns(
        _confused("homophones").alias("homophone_text"),
        _confused("shapes").alias("shape_text"),
        _traditional(frame["name"]).alias("traditional_text"),
    )
    text = (
        pl.when(pl.col("kind") != HAN)
        .then(name.str.replace("·", pl.col("dot"), literal=True))
        .when(d == "homophone")
        .then("homophone_text")
        .when(d == "shape")
        .then("shape_text")
        .when((d == "lost_character") & (name.str.len_chars() == 3))
        .then(name.str.slice(0, 2))
        .when(d == "traditional")
        .then("traditional_text")
        .when(d == "spaced")
        .then(name.str.replace(r"^(.)(.+)$", "${1}  ${2}"))
        .when(d == "title")
        .then(surname + title)
        .when(d == "remark")
        .then(name + pl.col("remark"))
        .when((d == "former") & pl.col("former_name").is_not_null())
        .then("former_name")
        .otherwise(name)
    )
    frame = frame.with_columns(text.alias("text"))
    return frame.select(
        "text", pl.when(pl.col("text") == pl.col("name")).then(pl.lit("none")).otherwise(d).alias("damage")
    )


def _confused(kind: str) -> pl.Expr:
    """Replace the last confusable character after the surname; the name itself where there is none."""
    table = confusions(kind)
    name = pl.col("name")
    last = name.str.slice(-1).replace_strict(table, default=None)
    second = name.str.slice(1, 1).replace_strict(table, default=None)
    changed_last = name.str.slice(0, name.str.len_chars() - 1) + last
    changed_second = name.str.slice(0, 1) + second + name.str.slice(2)
    return (
        pl.when(pl.col("u0") < 0.5)
        .then(pl.coalesce(changed_last, changed_second, name))
        .otherwise(pl.coalesce(changed_second, changed_last, name))
    )


def _traditional(names: pl.Series) -> pl.Series:
    convert = opencc.OpenCC("s2t").convert
    characters = names.str.split("").explode().unique().drop_nulls().sort()
    table = {c: convert(c) for c in characters if c and convert(c) != c}
    return names.str.replace_many(list(table), list(table.values()))


def write_numbers(
    rng: np.random.Generator, people: pl.DataFrame, parent_number: pl.Series, errors: NumberErrors | CellHabits
) -> pl.DataFrame:
    """Write ID numbers (columns id_number, age, kind of `people`; a parent's number, null where none): text, damage."""
    if isinstance(errors, CellHabits):
        return write_clerk_numbers(rng, people, errors)
    size = len(people)
    frame = people.select("id_number", "age", "kind").with_columns(
        pl.Series("damage", draw_damage(rng, errors, size).tolist(), dtype=pl.String),
        parent_number.alias("parent"),
        nulls(rng, size).alias("null_text"),
        pl.Series("position", rng.integers(8, 16, size)),
        pl.Series("shift", rng.integers(1, 10, size)),
    )
    d, number = pl.col("damage"), pl.col("id_number")
    usual = number.str.len_chars() == 18
    digit = number.str.slice(pl.col("position"), 1).cast(pl.Int64, strict=False)
    wrong = (
        number.str.slice(0, pl.col("position"))
        + ((digit + pl.col("shift")) % 10).cast(pl.String)
        + number.str.slice(pl.col("position") + 1)
    )
    swapped = number.str.slice(0, 14) + number.str.slice(15, 1) + number.str.slice(14, 1) + number.str.slice(16)
    text = (
        pl.when(d == "missing")
        .then("null_text")
        .when(~usual)
        .then(number)
        .when(d == "masked")
        .then(number.str.slice(0, 6) + "********" + number.str.slice(14))
        .when(d == "tail")
        .then(number.str.slice(12))
        .when(d == "wrong_digit")
        .then(wrong)
        .when(d == "swapped")
        .then(swapped)
        .when((d == "parent") & (pl.col("age") < 16) & pl.col("parent").is_not_null())
        .then("parent")
        .when((d == "fifteen") & (pl.col("age") > 42) & (number.str.slice(6, 2) == "19"))
        .then(number.str.slice(0, 6) + number.str.slice(8, 9))
        .when(d == "spaced")
        .then(number.str.slice(0, 6) + " " + number.str.slice(6, 8) + " " + number.str.slice(14))
        .when(d == "full_width")
        .then(number.str.replace_many(*_FULL_WIDTH))
        .when(d == "trailing_tab")
        .then(number + "\t")
        .when(d == "float_form")
        .then(number.str.slice(0, 1) + "." + number.str.slice(1, 5) + "E+17")
        .when(number.str.ends_with("X") & (pl.col("shift") < 4))
        .then(number.str.to_lowercase())
        .otherwise(number)
    )
    frame = frame.with_columns(text.alias("text"))
    return frame.select(
        "text", pl.when(pl.col("text") == pl.col("id_number")).then(pl.lit("none")).otherwise(d).alias("damage")
    )


def write_phones(
    rng: np.random.Generator, people: pl.DataFrame, kin_mobile: pl.Series, errors: PhoneErrors | CellHabits
) -> pl.DataFrame:
    """Write phones (columns mobile, old_mobile, has_mobile of `people`; a relative's mobile): text, damage."""
    if isinstance(errors, CellHabits):
        return write_clerk_phones(rng, people, errors)
    size = len(people)
    frame = people.select("mobile", "old_mobile", "has_mobile").with_columns(
        pl.Series("damage", draw_damage(rng, errors, size).tolist(), dtype=pl.String),
        kin_mobile.alias("kin"),
        nulls(rng, size).alias("null_text"),
        pl.Series("landline", landlines(rng, size).tolist(), dtype=pl.String),
        choice(rng, ["、", "/", ",", ";", " "], size).alias("separator"),
    )
    d = pl.col("damage")
    own = pl.when("has_mobile").then("mobile").otherwise(pl.col("kin"))
    second = (
        pl.when(pl.col("old_mobile") != pl.col("mobile")).then("old_mobile").otherwise(pl.coalesce("kin", "landline"))
    )
    text = (
        pl.when(d == "missing")
        .then("null_text")
        .when(d == "several")
        .then(pl.concat_str(own, "separator", second))
        .when(d == "landline")
        .then("landline")
        .when(d == "masked")
        .then(own.str.slice(0, 3) + "****" + own.str.slice(7))
        .when((d == "stale") & pl.col("has_mobile"))
        .then("old_mobile")
        .when((d == "kin") & pl.col("kin").is_not_null())
        .then("kin")
        .otherwise(own)
    )
    frame = frame.with_columns(text.alias("text"))
    return frame.select("text", d)


def has_phone(phones: pl.DataFrame, pattern: str = "142") -> pl.Series:
    """Tell which of the phones written by `write_phones` hold a number; `pattern` is what one begins with."""
    return phones["has_phone"] if "has_phone" in phones.columns else phones["text"].str.contains(pattern)


def kin_columns(persons: pl.DataFrame, who: Ints) -> tuple[pl.Series, pl.Series]:
    """Return for each of `who` a parent's ID number, and the mobile of spouse, mother or father (null where none)."""
    father, mother = persons["father"].to_numpy()[who], persons["mother"].to_numpy()[who]
    spouse = persons["spouse"].to_numpy()[who]
    parent = np.where(father >= 0, father, mother)
    relative = np.where(spouse >= 0, spouse, np.where(mother >= 0, mother, father))
    return _gather(persons["id_number"], parent), _gather(persons["mobile"], relative)


def _gather(values: pl.Series, index: Any) -> pl.Series:
    picked = pl.DataFrame({"i": index}).with_columns(pl.when(pl.col("i") >= 0).then("i").alias("i"))["i"]
    return values.gather(picked)
