"""What clerks confuse with a person's own: names, numbers and phones of kin, neighbours, agents and offices."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from pipelines.city.numbers import Ints, landlines, mobiles
from pipelines.city.places import Places

RECYCLED_SHARE = 0.04
RESIDENTS_PER_AGENT = 1_500


def with_kin_columns(
    rng: np.random.Generator, persons: pl.DataFrame, spells: pl.DataFrame, places: Places
) -> pl.DataFrame:
    """Add to the persons' table what stands wrongly in a person's cells.

    Columns: spouse_name, parent_name, spouse_number, parent_number, sibling_number, child_number, agent_number,
    kin_mobile, family_mobile, agent_mobile, office_phone, neighbour_mobile, landline (null where there is none).
    An old_mobile may be somebody else's present one.
    """
    size = len(persons)
    spouse, father, mother = (persons[c].to_numpy() for c in ("spouse", "father", "mother"))
    parent = np.where(mother >= 0, mother, father)
    child, sibling = _first_child(father, mother, size), _sibling(mother)
    kin = np.where(spouse >= 0, spouse, np.where(parent >= 0, parent, child))
    head, place = _first_of_home(spells, size)
    agents, agent = max(2, size // RESIDENTS_PER_AGENT), rng.integers(0, size, size)
    office = _office(rng, places, place)
    persons = persons.with_columns(_recycled(rng, persons))
    columns = {
        "spouse_name": ("name", spouse), "parent_name": ("name", parent),
        "spouse_number": ("id_number", spouse), "parent_number": ("id_number", parent),
        "sibling_number": ("id_number", sibling), "child_number": ("id_number", child),
        "kin_mobile": ("mobile", kin), "family_mobile": ("mobile", head),
        "neighbour_mobile": ("mobile", _neighbour(place)),
        "agent_number": ("id_number", np.where(agent % 5 == 0, agent % agents, -1)),
    }  # fmt: skip
    told = [_gather(persons[of], index).alias(name) for name, (of, index) in columns.items()]
    homes = landlines(rng, int(max(place.max(), 0)) + 1)
    return persons.with_columns(
        *told,
        pl.Series("agent_mobile", mobiles(30_000_000, agents)[agent % agents].tolist(), dtype=pl.String),
        office.alias("office_phone"),
        _gather(pl.Series(homes.tolist(), dtype=pl.String), place).alias("landline"),
    )


def _gather(values: pl.Series, index: Ints) -> pl.Series:
    picked = pl.DataFrame({"i": index}).select(pl.when(pl.col("i") >= 0).then("i"))["i"]
    return values.gather(picked)


def _recycled(rng: np.random.Generator, persons: pl.DataFrame) -> pl.Series:
    """Let some former numbers be somebody's present one: an operator gives it out again."""
    size = len(persons)
    other = persons["mobile"].gather(rng.integers(0, size, size))
    return persons["old_mobile"].zip_with(pl.Series(rng.random(size) > RECYCLED_SHARE), other).alias("old_mobile")


def _first_child(father: Ints, mother: Ints, size: int) -> Ints:
    found = np.full(size, -1, dtype=np.int64)
    for parents in (father, mother):
        with_one = np.flatnonzero(parents >= 0)[::-1]
        found[parents[with_one]] = with_one
    return found


def _sibling(mother: Ints) -> Ints:
    """Return the next person of the same mother, -1 for an only child."""
    found = np.full(len(mother), -1, dtype=np.int64)
    known = np.flatnonzero(mother >= 0)
    order = known[np.argsort(mother[known], kind="stable")]
    same = mother[order][1:] == mother[order][:-1]
    found[order[:-1][same]], found[order[1:][same]] = order[1:][same], order[:-1][same]
    return found


def _first_of_home(spells: pl.DataFrame, size: int) -> tuple[Ints, Ints]:
    """Return for each person the first person of the household, and the place on the first night (-1 for none)."""
    head, place = np.full(size, -1, dtype=np.int64), np.full(size, -1, dtype=np.int64)
    first = spells.sort("person", "from_night").unique("person", keep="first", maintain_order=True)
    lead = first.select("person", "place", lead=pl.col("person").min().over("household"))
    who = lead["person"].to_numpy()
    head[who], place[who] = lead["lead"].to_numpy(), lead["place"].to_numpy()
    return head, place


def _neighbour(place: Ints) -> Ints:
    """Return somebody of the next home that people live in."""
    housed = np.flatnonzero(place >= 0)
    order = housed[np.argsort(place[housed], kind="stable")]
    found = np.full(len(place), -1, dtype=np.int64)
    if len(order) > 4:
        found[order] = np.roll(order, -4)
    return found


def _office(rng: np.random.Generator, places: Places, place: Ints) -> pl.Series:
    """Return the phone of the property office of each person's site."""
    site: Any = places.register["site"].to_numpy()
    numbers = landlines(rng, int(site.max()) + 1)
    return _gather(pl.Series(numbers.tolist(), dtype=pl.String), np.where(place >= 0, site[place], -1))
