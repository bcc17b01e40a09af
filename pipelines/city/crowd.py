"""People who are hard to tell apart: twins, namesakes, cousins, relatives elsewhere, people no register knows.

`crowd` takes a population and returns one in which such people are as common as in a real district. Nobody's house or
number of nights changes but where said.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from pipelines.city import families as fam
from pipelines.city.clerks import ClerkMix
from pipelines.city.crowd_kin import add_outsiders, link_old_couples, part_families
from pipelines.city.crowd_phones import with_kin_columns
from pipelines.city.life import Population
from pipelines.city.numbers import Ints, Objects, id_numbers
from pipelines.city.people import FOREIGN, HAN, MALE, MINORITY
from pipelines.city.places import Places
from pipelines.city.words import clerks, pick
from pipelines.city.writing.characters import same_sound

TWIN_SHARE, SIBLING_NAME_SHARE = 0.08, 0.4
PARENT_SOUND_SHARE = 0.01
NAMESAKE_SHARE, NEIGHBOUR_SHARE, COUSIN_SHARE = 0.012, 0.004, 0.006
RARE_SHARE, MINORITY_ALONE_SHARE, COLLECTIVE_SHARE = 0.02, 0.02, 0.006
_FIRST_SEQUENCE = 300  # counters from here on are free for people whose number is made anew
Columns = dict[str, Any]


def crowd(rng: np.random.Generator, population: Population, places: Places, start: date, mix: ClerkMix) -> Population:
    """Return the population with people who are hard to tell apart.

    Args:
        rng: of all draws.
        population: as `build_population` makes it.
        places: of the city.
        start: date of the first delivery; nobody is made to be born after it who was not.
        mix: of the clerks; the held-out one has half as many namesakes again.
    """
    p: Columns = {name: population.persons[name].to_numpy(writable=True) for name in population.persons.columns}
    more = 1.5 if mix.name == "held_out" else 1.0
    place = _places_at_start(population, len(p["sex"]))
    _foreign_and_minority(rng, p)
    _siblings(rng, p)
    _namesakes(rng, p, place, places, more)
    _cousins(rng, p, more)
    _rare_characters(rng, p)
    link_old_couples(rng, p, place)
    _collective_hukou(rng, p, place, places)
    lived = (np.datetime64(start, "D") - p["birth"].astype("datetime64[D]")).astype(np.int64) / 365.25
    p["age"] = np.maximum(lived, 0.0)
    spells = part_families(rng, p, population.spells, places)
    add_outsiders(rng, p, more)
    persons = pl.DataFrame({name: _column(values) for name, values in p.items()})
    return replace(population, persons=with_kin_columns(rng, persons, spells, places), spells=spells)


def _column(values: Any) -> pl.Series:
    return pl.Series(values.tolist(), dtype=pl.String) if values.dtype == object else pl.Series(values)


def _places_at_start(population: Population, size: int) -> Ints:
    place = np.full(size, -1, dtype=np.int64)
    first = population.spells.filter(pl.col("from_night") == 0)
    place[first["person"].to_numpy()] = first["place"].to_numpy()
    return place


def renumber(p: Columns, who: Ints) -> None:
    """Give `who` numbers that fit their births and sexes, apart from every other number."""
    if not len(who):
        return
    taken = set(p["id_number"].tolist())
    for offset, person in enumerate(who.tolist()):
        for step in range(500):
            sequence = np.array([(_FIRST_SEQUENCE + offset + step) % 500])
            one = slice(person, person + 1)
            number = id_numbers(
                p["area"][one], p["birth"][one].astype("datetime64[D]"), sequence, p["sex"][one] == MALE
            )[0]
            if number not in taken:
                break
        taken.add(number)
        p["id_number"][person] = number


def _foreign_and_minority(rng: np.random.Generator, p: Columns) -> None:
    """Let foreigners have names of many kinds, and some people without kin in the city be of a minority."""
    words = clerks()
    foreign = np.flatnonzero(p["kind"] == FOREIGN)
    p["name"][foreign] = (
        pick(rng, words["latin_given"], len(foreign)) + " " + pick(rng, words["latin_family"], len(foreign))
    )
    alone = (p["kind"] == HAN) & (p["father"] < 0) & (p["spouse"] < 0) & (p["role"] != fam.OUTSIDER) & ~_has_children(p)
    chosen = np.flatnonzero(alone & (rng.random(len(alone)) < MINORITY_ALONE_SHARE * 4))
    p["kind"][chosen] = MINORITY
    everyone = np.flatnonzero(p["kind"] == MINORITY)
    two = pick(rng, words["minority_first"], len(everyone)) + "·" + pick(rng, words["minority_last"], len(everyone))
    whole = pick(rng, words["minority_whole"], len(everyone))
    p["name"][everyone] = np.where(rng.random(len(everyone)) < 0.7, two, whole)


def _has_children(p: Columns) -> np.ndarray[Any, np.dtype[np.bool_]]:
    found = np.zeros(len(p["sex"]), dtype=bool)
    for parent in ("father", "mother"):
        found[p[parent][p[parent] >= 0]] = True
    return found


def _siblings(rng: np.random.Generator, p: Columns) -> None:
    """Make twins of some pairs of children, and let many pairs share a character of the given name."""
    born = p["born_night"] == 0
    children = np.flatnonzero((p["role"] == fam.CHILD) & (p["mother"] >= 0) & (p["kind"] == HAN) & born)
    order = children[np.argsort(p["mother"][children], kind="stable")]
    pairs = np.flatnonzero(p["mother"][order][1:] == p["mother"][order][:-1])
    elder, younger = order[pairs], order[pairs + 1]
    twin = rng.random(len(pairs)) < TWIN_SHARE
    p["birth"][younger[twin]], p["age"][younger[twin]] = p["birth"][elder[twin]], p["age"][elder[twin]]
    same_sex = twin & (rng.random(len(pairs)) < 0.7)
    p["sex"][younger[same_sex]] = p["sex"][elder[same_sex]]
    renumber(p, younger[twin])
    alike = twin | (rng.random(len(pairs)) < SIBLING_NAME_SHARE)
    _share_character(p, elder[alike], younger[alike])
    one_sound = twin & (rng.random(len(pairs)) < 0.2)
    _sound_alike(rng, p, elder[one_sound], younger[one_sound])
    heard = children[(p["father"][children] >= 0) & (rng.random(len(children)) < PARENT_SOUND_SHARE)]
    _sound_alike(rng, p, p["father"][heard], heard)


def _sound_alike(rng: np.random.Generator, p: Columns, models: Ints, others: Ints) -> None:
    """Give `others` a name of the sound of their models', written with another character."""
    for model, other in zip(models.tolist(), others.tolist(), strict=True):
        name = p["name"][model]
        likes = same_sound(name[-1])
        if likes and name[:1] == p["name"][other][:1]:
            p["name"][other] = name[:-1] + likes[int(rng.integers(0, min(6, len(likes))))]


def _share_character(p: Columns, models: Ints, others: Ints) -> None:
    """Give `others` the generation character of `models`, and another last one."""
    for model, other in zip(models.tolist(), others.tolist(), strict=True):
        name, own = p["name"][model], p["name"][other]
        if len(name) == 3 and len(own) >= 2 and name[:1] == own[:1] and name[-1] != own[-1]:
            p["name"][other] = name[:2] + own[-1]


def _namesakes(rng: np.random.Generator, p: Columns, place: Ints, places: Places, more: float) -> None:
    """Copy names onto people without kin by blood here: across the city, many of one year, and among neighbours."""
    free = (
        (p["kind"] == HAN) & (p["father"] < 0) & (p["mother"] < 0) & ~_has_children(p) & (p["age"] > 18) & (place >= 0)
    )
    pool = np.flatnonzero(free)
    count = round(len(place) * NAMESAKE_SHARE * more)
    copies = rng.permutation(pool)[:count]
    adults = np.flatnonzero((p["kind"] == HAN) & (p["age"] > 18) & (place >= 0))
    models = adults[rng.integers(0, len(adults), len(copies))]
    _copy_names(p, models, copies)
    same_year = copies[rng.random(len(copies)) < 0.6]
    _move_to_year(rng, p, same_year, models[np.isin(copies, same_year)])
    site = places.register["site"].to_numpy()
    neighbours = np.setdiff1d(pool, copies)
    neighbours = rng.permutation(neighbours)[: round(len(place) * NEIGHBOUR_SHARE * more)]
    by_site: dict[int, list[int]] = {}
    for person in adults.tolist():
        by_site.setdefault(int(site[place[person]]), []).append(person)
    near = np.array([_one(rng, by_site[int(site[place[n]])]) for n in neighbours.tolist()], dtype=np.int64)
    _copy_names(p, near, neighbours)


def _one(rng: np.random.Generator, people: list[int]) -> int:
    return people[int(rng.integers(0, len(people)))]


def _copy_names(p: Columns, models: Ints, copies: Ints) -> None:
    fits = p["sex"][models] == p["sex"][copies]
    flipped = copies[~fits & (p["spouse"][copies] < 0)]
    p["sex"][flipped] = 3 - p["sex"][flipped]
    renumber(p, flipped)
    fits = p["sex"][models] == p["sex"][copies]
    p["name"][copies[fits]], p["surname"][copies[fits]] = p["name"][models[fits]], p["surname"][models[fits]]


def _move_to_year(rng: np.random.Generator, p: Columns, copies: Ints, models: Ints) -> None:
    """Let copies be born in the year of their models, on another day; one in twelve in the same month."""
    for copy, model in zip(copies.tolist(), models.tolist(), strict=True):
        born = p["birth"][model].astype("datetime64[D]")
        year, month = born.astype("datetime64[Y]"), born.astype("datetime64[M]")
        if rng.random() < 1 / 12:
            day = month.astype("datetime64[D]") + np.timedelta64(int(rng.integers(0, 28)), "D")
        else:
            day = year.astype("datetime64[D]") + np.timedelta64(int(rng.integers(0, 365)), "D")
        p["birth"][copy], p["age"][copy] = day, p["age"][model]
    renumber(p, copies)


def _cousins(rng: np.random.Generator, p: Columns, more: float) -> None:
    """Let children of two families of one surname share the generation character, and be of about one age."""
    young = np.flatnonzero((p["role"] == fam.CHILD) & (p["kind"] == HAN) & (p["age"] < 30))
    young = young[np.argsort(p["surname"][young].astype("U2"), kind="stable")]
    close = np.flatnonzero(
        (p["surname"][young][1:] == p["surname"][young][:-1])
        & (p["household"][young][1:] != p["household"][young][:-1])
        & (np.abs(p["age"][young][1:] - p["age"][young][:-1]) < 3)
    )
    chosen = close[rng.random(len(close)) < COUSIN_SHARE * more * 10]
    _share_character(p, young[chosen], young[chosen + 1])


def _rare_characters(rng: np.random.Generator, p: Columns) -> None:
    """Let some given names end in a character that input methods and older systems lack."""
    chosen = np.flatnonzero((p["kind"] == HAN) & (rng.random(len(p["sex"])) < RARE_SHARE))
    rare: Objects = pick(rng, clerks()["rare"], len(chosen))
    p["name"][chosen] = [name[:-1] + last for name, last in zip(p["name"][chosen], rare, strict=True)]


def _collective_hukou(rng: np.random.Generator, p: Columns, place: Ints, places: Places) -> None:
    """Register flat-sharers and singles at two rooms of employers, under one number each (集体户)."""
    p["register_household"] = p["household"].copy()
    able = np.flatnonzero(
        ((p["role"] == fam.MATE) | (p["template"] == fam.SINGLE)) & (p["born_night"] == 0) & (place >= 0)
    )
    chosen = rng.permutation(able)[: max(20, round(len(place) * COLLECTIVE_SHARE * 2))]
    first = int(p["household"].max()) + 100_000
    for number, members in enumerate((chosen[::2], chosen[1::2])):
        p["hukou_place"][members] = places.homes[int(rng.integers(0, len(places.homes)))]
        p["migrant"][members] = False
        p["register_household"][members] = first + number
