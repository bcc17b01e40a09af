"""Kin across dwellings: old couples with grown children elsewhere, families over two dwellings, relatives outside."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from pipelines.city import families as fam
from pipelines.city.families import OLD
from pipelines.city.life import FOREVER, OUTSIDE_AREA_FIRST
from pipelines.city.numbers import Ints, day_sequences, id_numbers, mobiles
from pipelines.city.people import HAN, MALE, draw_given, draw_surnames
from pipelines.city.places import Places

LINKED_SHARE, OUTSIDE_CHILD_SHARE = 0.5, 0.5
APART_CHILD_SHARE, APART_SPOUSE_SHARE = 0.08, 0.008
UNKNOWN_SHARE, NAMED_LIKE_RESIDENT_SHARE = 0.06, 0.12
Columns = dict[str, Any]


def link_old_couples(rng: np.random.Generator, p: Columns, place: Ints) -> None:
    """Make some old people parents of a head of another household, of the same surname and a fitting age."""
    old = np.flatnonzero(np.isin(p["template"], OLD) & (p["sex"] == MALE) & (p["kind"] == HAN) & (place >= 0))
    heads = np.flatnonzero((p["role"] == fam.HEAD) & (p["father"] < 0) & (p["kind"] == HAN) & (p["age"] < 62))
    waiting: dict[str, list[int]] = {}
    for head in rng.permutation(heads).tolist():
        waiting.setdefault(p["surname"][head], []).append(head)
    for man in old[rng.random(len(old)) < LINKED_SHARE].tolist():
        group = waiting.get(p["surname"][man], [])
        fitting = [
            h for h in group if 21 < p["age"][man] - p["age"][h] < 38 and p["household"][h] != p["household"][man]
        ]
        if fitting:
            group.remove(fitting[0])
            p["father"][fitting[0]], p["mother"][fitting[0]] = man, p["spouse"][man]


def part_families(rng: np.random.Generator, p: Columns, spells: pl.DataFrame, places: Places) -> pl.DataFrame:
    """Let some grown children and spouses live in a dwelling of their own, still registered with the family."""
    size = len(p["sex"])
    draw = rng.random(size)
    child = (p["role"] == fam.CHILD) & (p["age"] > 19) & (draw < APART_CHILD_SHARE)
    spouse = (p["role"] == fam.SPOUSE) & (p["age"] < 60) & (draw < APART_SPOUSE_SHARE)
    once = spells.filter(pl.len().over("person") == 1, from_night=0)["person"]
    apart = np.intersect1d(np.flatnonzero(child | spouse), once.to_numpy())
    taken = set(spells["place"].to_list())
    vacant = [home for home in rng.permutation(places.homes).tolist() if home not in taken][: len(apart)]
    apart = apart[: len(vacant)]
    first = int(max(p["household"].max(), spells["household"].max())) + 1
    p["household"][apart] = np.arange(first, first + len(apart))
    moved = pl.DataFrame({"person": apart, "new_place": vacant[: len(apart)], "new_household": p["household"][apart]})
    joined = spells.join(moved.cast({"new_place": pl.Int64}), on="person", how="left", maintain_order="left")
    return joined.select(
        "person",
        pl.coalesce("new_household", "household").alias("household"),
        pl.coalesce("new_place", "place").alias("place"),
        "from_night",
        "to_night",
    )


def add_outsiders(rng: np.random.Generator, p: Columns, more: float) -> None:
    """Append people who live elsewhere: children of old people here, and others, some with a resident's name."""
    residents = np.flatnonzero(p["role"] != fam.OUTSIDER)
    parents = np.flatnonzero(np.isin(p["template"], OLD) & (p["role"] == fam.HEAD) & (p["kind"] == HAN))
    parents = parents[rng.random(len(parents)) < OUTSIDE_CHILD_SHARE]
    others = round(len(residents) * UNKNOWN_SHARE * more)
    size, first = len(parents) + others, len(p["sex"])
    age = np.concatenate([p["age"][parents] - rng.uniform(22, 34, len(parents)), rng.uniform(20, 70, others)])
    age = np.maximum(age, 19)
    sex = rng.integers(1, 3, size)
    surname = np.concatenate([p["surname"][parents], draw_surnames(rng, others)])
    birth = np.datetime64("2026-02-01") - np.floor(age * 365.25).astype("timedelta64[D]")
    name = surname + draw_given(rng, sex, birth.astype("datetime64[Y]").astype(np.int64) + 1970)
    like = np.flatnonzero(rng.random(size) < NAMED_LIKE_RESIDENT_SHARE)
    like = like[like >= len(parents)]
    models = residents[rng.integers(0, len(residents), len(like))]
    name[like], sex[like], surname[like] = p["name"][models], p["sex"][models], p["surname"][models]
    outside = rng.integers(0, int(p["outside"].max()) + 1, size)
    area = OUTSIDE_AREA_FIRST + outside
    male = p["sex"][parents] == MALE
    none = np.full(others, -1)
    new: Columns = {
        "person": np.arange(first, first + size),
        "father": np.concatenate([np.where(male, parents, p["spouse"][parents]), none]),
        "mother": np.concatenate([np.where(male, p["spouse"][parents], parents), none]),
        "role": np.full(size, fam.OUTSIDER),
        "sex": sex, "age": age, "surname": surname, "name": name, "birth": birth.astype(p["birth"].dtype),
        "kind": np.full(size, HAN), "migrant": np.ones(size, dtype=bool), "outside": outside, "area": area,
        "id_number": id_numbers(area, birth, day_sequences(area, birth, 250), sex == MALE),
        "mobile": mobiles(20_000_000, size), "old_mobile": mobiles(20_000_000, size),
        "has_mobile": rng.random(size) < 0.97, "former_name": np.full(size, None),
        "born_night": np.zeros(size, dtype=np.int64), "died_night": np.full(size, FOREVER),
    }  # fmt: skip
    for column, values in p.items():
        p[column] = np.concatenate([values, new.get(column, np.full(size, -1)).astype(values.dtype)])
