"""Registered addresses in other provinces as people write them: real divisions, and details made up, some like ours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipelines.city.numbers import Ints
from pipelines.city.places import Places
from pipelines.city.unruly import UnrulyErrors, Weights
from pipelines.city.words import places as words
from pipelines.city.words import unruly
from pipelines.city.writing.dice import Dice
from pipelines.city.writing.slips import full_width, traditional

FORMS: Weights = (
    ("full", 34), ("no_city", 16), ("no_province", 12), ("short_province", 14), ("short_both", 12), ("county", 6),
    ("shortest", 6),
)  # fmt: skip
DETAILS: Weights = (("village", 40), ("town_road", 20), ("road", 20), ("estate", 20))
_ENDINGS = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市")


def write_outside(
    rng: np.random.Generator, places: Places, counties: Sequence[Sequence[str]], county: Ints, errors: UnrulyErrors
) -> pl.DataFrame:
    """Write an address in each `county` (an index of `counties`).

    Returns:
        text, level (`district` where the divisions in the text lead to one county, else `province`), and damage: how
        the divisions are written and what follows them.
    """
    dice = Dice(rng)
    roads = places.roads["road"].to_list()
    estates = places.register.filter(pl.col("kind") == "estate")["estate"].drop_nulls().unique().sort().to_list()
    rows = [_write(dice, counties[int(i)], errors, roads, estates) for i in county]
    return pl.DataFrame(rows, schema=["text", "level", "damage"], orient="row")


def with_outside(written: pl.DataFrame, elsewhere: pl.DataFrame, outside: pl.Series) -> pl.DataFrame:
    """Put what addresses outside the city support into the truth of those rows."""
    return written.with_columns(
        written[column].zip_with(~outside, elsewhere[own]).alias(column)
        for column, own in (("supported_level", "level"), ("damage", "damage"))
    )


def _short(name: str) -> str:
    for ending in _ENDINGS:
        if name.endswith(ending):
            return name.removesuffix(ending)
    return name


def _write(
    dice: Dice, county: Sequence[str], errors: UnrulyErrors, roads: list[str], estates: list[str]
) -> tuple[str, str, str]:
    _, province, city, name, _ = county
    shared = name in unruly()["shared_districts"]
    form = dice.weighted(FORMS)
    if shared and form in ("county", "shortest"):
        form = "short_both"
    divisions = {
        "full": province + city + name,
        "no_city": province + name,
        "no_province": city + name,
        "short_province": _short(province) + city + name,
        "short_both": _short(province) + _short(city) + name,
        "county": name,
        "shortest": _short(province) + (name[:-1] if len(name) > 2 else name),
    }[form]
    detail = dice.weighted(DETAILS)
    text = divisions + _detail(dice, detail, roads, estates)
    if dice.chance(errors.forms.traditional):
        text = traditional(text)
    if dice.chance(errors.forms.full_width):
        text = full_width(text)
    level = "province" if shared and form == "no_city" else "district"
    return text, level, f"outside|{form}+{detail}"


def _detail(dice: Dice, detail: str, roads: list[str], estates: list[str]) -> str:
    table = words()
    town, village = str(dice.pick(table["outside_towns"])), str(dice.pick(table["outside_villages"]))
    number = dice.below(200) + 1
    if detail == "village":
        group = dice.pick(("", "", "3组", "五组", "第二村民小组"))
        return f"{town}{village}{group}{number}号"
    if detail == "town_road":
        return f"{town}{dice.pick(roads)}{number}号"
    if detail == "road":
        return f"{dice.pick(roads)}{number}号{dice.below(6) + 1}0{dice.below(4) + 1}室"
    door = dice.pick(("{b}栋{u}单元{r}室", "{b}-{u}-{r}", "{b}号楼{r}"))
    return str(dice.pick(estates)) + door.format(b=dice.below(9) + 1, u=dice.below(3) + 1, r=dice.below(6) * 100 + 101)
