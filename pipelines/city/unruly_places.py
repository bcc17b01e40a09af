"""The register of an unruly city: house numbers of more forms, gaps, doors with two codes, and the held-out names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from pipelines.city.places import Places
from pipelines.city.unruly import Mix
from pipelines.city.words import places as words
from pipelines.city.words import unruly
from pipelines.city.writing.estate_names import split_estate

UNRULY_ROOMS_PER_ESTATE = 100  # many small estates, so that names have neighbours
GAP_SHARE, TWICE_SHARE, COURT_SHARE, ATTACHED_SHARE = 0.006, 0.002, 0.05, 0.04
LETTERED_SHARE, BASEMENT_SHARE = 0.06, 0.08


def unruly_places(rng: np.random.Generator, places: Places, mix: Mix) -> Places:
    """Return `places` as an unruly city has them.

    Two columns are added to the register: `in_register` (false for a room that the register lacks) and `second_code`
    (of a door that stands in it twice).
    """
    register, communities, roads = places.register, places.communities, places.roads
    if mix.name == "held_out":
        register = _renamed(register)
        communities = communities.with_columns(*_divisions(communities))
        roads = roads.with_columns(*_road_names(roads))
    register = _with_basements(rng, _lettered_units(rng, _more_numbers(rng, register)))
    shops = register.filter(pl.col("kind") == "shop")["place"].to_numpy()
    return replace(places, register=_with_faults(rng, register), shops=shops, communities=communities, roads=roads)


def _renamed(register: pl.DataFrame) -> pl.DataFrame:
    estates = register.filter(pl.col("kind").is_in(["estate", "shop"]))["estate"].unique().drop_nulls().sort()
    names = {name: _estate(name) for name in estates}
    new = unruly()["held_out"]
    nicknames = register["nickname"].unique().drop_nulls().sort()
    swapped = dict(zip(words()["nickname_words"], new["nickname_words"], strict=True))
    people = {n: next((n.replace(a, b) for a, b in swapped.items() if n.endswith(a)), n) for n in nicknames}
    group = pl.col("kind") == "village"
    renamed = register.with_columns(
        pl.when(group).then("estate").otherwise(pl.col("estate").replace(names)).alias("estate"),
        pl.col("nickname").replace(people),
        *_road_names(register),
        *_divisions(register),
    )
    return renamed.with_columns(_short_name(renamed))


def _estate(name: str) -> str:
    stem, kind, rest = split_estate(name)
    new, own = unruly()["held_out"], words()
    new_stem: str = new["estate_names"][own["estate_names"].index(stem)]
    new_kind: str = new["estate_kinds"][own["estate_kinds"].index(kind)]
    return new_stem + new_kind + rest


def _short_name(register: pl.DataFrame) -> pl.Expr:
    estates = register["estate"].unique().drop_nulls().sort()
    return pl.col("estate").replace_strict(
        {name: "".join(split_estate(name)[::2]) for name in estates}, default=None, return_dtype=pl.String
    ).alias("short_name")  # fmt: skip


def _road_names(frame: pl.DataFrame) -> list[pl.Expr]:
    """Put the held-out words for the stems of roads and old roads; what follows the stem stays."""
    own, new = words(), unruly()["held_out"]
    exprs = []
    for column, key in (("road", "road_names"), ("old_road", "old_road_words")):
        stems = sorted(zip(own[key], new[key], strict=True), key=lambda pair: -len(pair[0]))
        found = frame[column].unique().drop_nulls().sort()
        table = {n: next((b + n.removeprefix(a) for a, b in stems if n.startswith(a)), n) for n in found}
        exprs.append(pl.col(column).replace(table))
    return exprs


def _divisions(frame: pl.DataFrame) -> list[pl.Expr]:
    own, new = words(), unruly()["held_out"]
    streets = dict(zip(own["streets"], new["streets"], strict=True))
    communities = dict(zip(own["communities"], new["communities"], strict=True))
    street_table = {s: streets[s[:2]] + s[2:] for s in frame["street"].unique().sort() if s[:2] in streets}
    table = {}
    for name in frame["community"].unique().sort():
        body = name.removesuffix("社区")
        if body != name:
            table[name] = streets.get(body[:-2], body[:-2]) + communities.get(body[-2:], body[-2:]) + "社区"
    return [pl.col("street").replace(street_table), pl.col("community").replace(table)]


def _more_numbers(rng: np.random.Generator, register: pl.DataFrame) -> pl.DataFrame:
    """Make `30号院` and `30号附1号` of some plain numbers of old houses."""
    houses = register.filter((pl.col("kind") == "house") & (pl.col("level") == "house_number"))
    plain = houses.filter(pl.col("house_number").str.contains(r"^\d+号$")).select("building_place", "house_number")
    draw = pl.Series("draw", rng.random(len(plain)))
    form = (
        pl.when(draw < COURT_SHARE)
        .then(pl.col("house_number") + "院")
        .when(draw < COURT_SHARE + ATTACHED_SHARE)
        .then(pl.col("house_number") + "附1号")
    )
    new = plain.select("building_place", form.alias("new_number")).drop_nulls()
    joined = register.join(new, on="building_place", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("new_number", "house_number").alias("house_number")).drop("new_number")


def _lettered_units(rng: np.random.Generator, register: pl.DataFrame) -> pl.DataFrame:
    """Let some estates name their units by letters (A单元)."""
    estates = register.filter((pl.col("kind") == "estate") & (pl.col("unit_no") > 0))["estate_place"].unique().sort()
    chosen = estates.filter(pl.Series(rng.random(len(estates)) < LETTERED_SHARE))
    letter = pl.col("unit_no").replace_strict({n: "ABCDEFGH"[n - 1] for n in range(1, 9)}, default=None)
    lettered = pl.col("estate_place").is_in(chosen.implode()) & (pl.col("unit_no") > 0)
    return register.with_columns(pl.when(lettered).then(letter + "单元").otherwise("unit").alias("unit"))


def _with_basements(rng: np.random.Generator, register: pl.DataFrame) -> pl.DataFrame:
    """Add two basement rooms (地下室1) to some buildings of estates; firms sit in them as in shops."""
    buildings = register.filter((pl.col("level") == "building") & (pl.col("kind") == "estate"))
    chosen = buildings.filter(pl.Series(rng.random(len(buildings)) < BASEMENT_SHARE))
    twice = pl.concat([chosen.with_columns(pl.lit(f"地下室{n}").alias("room")) for n in (1, 2)]).sort("place", "room")
    first = len(register)
    rows = twice.with_columns(
        pl.lit("room").alias("level"),
        pl.lit("shop").alias("kind"),
        pl.lit(-1, dtype=pl.Int64).alias("floor"),
        pl.col("place").alias("building_place"),
        (pl.col("address_code") + "B" + pl.col("room").str.slice(-1)).alias("address_code"),
        pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias("place"),
    )
    return pl.concat([register, rows.select(register.columns)])


def _with_faults(rng: np.random.Generator, register: pl.DataFrame) -> pl.DataFrame:
    """Mark rooms that the register lacks, and doors that it has twice."""
    size = len(register)
    gap, twice = pl.Series(rng.random(size) < GAP_SHARE), pl.Series(rng.random(size) < TWICE_SHARE)
    room = (pl.col("level") == "room") & (pl.col("kind") == "estate")
    return register.with_columns(
        (~(room & gap)).alias("in_register"),
        pl.when(room & twice & ~gap).then(pl.col("address_code") + "D").alias("second_code"),
    )
