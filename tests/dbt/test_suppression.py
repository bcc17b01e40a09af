"""Nobody finds a hidden number of persons from what is shown: attacks by linear programming."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from attacker import Area, Knowledge, intervals
from dbt_runner import Built

pytestmark = pytest.mark.slow

SMALL, WIDTH = 10, 3
CITIES = 60
LEVELS = ("district", "street", "community")


def area_of(row: dict[str, str]) -> Area:
    return tuple(row[level] for level in LEVELS[: LEVELS.index(row["area_level"]) + 1])


def random_city(number: int) -> list[dict[str, object]]:
    """Persons by community, street and district; some without a community, some without a street."""
    random = np.random.default_rng(number)
    rows: list[dict[str, object]] = []
    usual = random.choice([6, 12, 30, 200])
    in_streets = 0
    for street in range(random.integers(1, 5)):
        in_communities = 0
        for community in range(random.integers(1, 6)):
            persons = int(random.poisson(usual * random.uniform(0.2, 2)))
            in_communities += persons
            rows.append(_row("community", number, persons, f"S{street}", f"C{community}"))
        persons = in_communities + int(random.choice([0, 0, 0, 1, 4, 20]))
        in_streets += persons
        rows.append(_row("street", number, persons, f"S{street}"))
    rows.append(_row("district", number, in_streets + int(random.choice([0, 0, 0, 2, 15]))))
    return rows


def _row(
    level: str, number: int, persons: int, street: str | None = None, community: str | None = None
) -> dict[str, object]:
    return {
        "indicator": "residents_taking_part",
        "area_level": level,
        "district": "D",
        "street": street,
        "community": community,
        "month": f"city {number}",
        "denominator": float(persons),
    }


@pytest.fixture(scope="module")
def cities(built: Built) -> pl.DataFrame:
    """Random cities with what the model hides of them: its own SQL, as dbt compiled it."""
    compiled = built.folder.parent / "target/compiled/streetlake/models/indicators/int_indicators__hidden.sql"
    figures = pl.DataFrame([row for number in range(CITIES) for row in random_city(number)])
    registry = pl.DataFrame({"indicator": ["residents_taking_part"], "counts_persons": [True]})
    with duckdb.connect(":memory:") as connection:
        for schema, name, frame in (("indicators", "indicator_value", figures), ("marts", "indicator", registry)):
            connection.execute(f"create schema {schema}")
            connection.register("given", frame)
            connection.execute(f"create table {schema}.{name} as from given")
        hidden = connection.sql(_local(compiled)).pl().with_columns(hidden=True)
    keys = ["indicator", "month", "area_level", "district", "street", "community"]
    joined = figures.join(hidden, on=keys, how="left", nulls_equal=True)
    assert joined.height == figures.height
    return joined.with_columns(pl.col("hidden").fill_null(value=False))


def _local(compiled: Path) -> str:
    return compiled.read_text(encoding="utf-8").replace('"workshop".', "")


def knowledge(city: pl.DataFrame, *, knows_roles: bool) -> Knowledge:
    """What is shown of a city; and, for the best informed, which cells are small and where nobody is missing."""
    rows = city.rows(named=True)
    persons = {area_of(row): row["denominator"] for row in rows}
    shown = {area_of(row): None if row["hidden"] else row["denominator"] for row in rows}
    if not knows_roles:
        return Knowledge(shown, {})
    bounds = {
        area: (0, SMALL - 1) if persons[area] < SMALL else (SMALL, None)
        for area, number in shown.items()
        if number is None
    }
    inside: dict[Area, float] = {}
    for area, number in persons.items():
        inside[area[:-1]] = inside.get(area[:-1], 0) + number
    complete = frozenset(area for area, number in inside.items() if area and persons[area] == number)
    return Knowledge(shown, bounds, complete)


@pytest.mark.parametrize("knows_roles", [False, True], ids=["a reader", "who knows the rules and the register"])
def test_no_hidden_number_is_bounded_to_less_than_three(cities: pl.DataFrame, knows_roles: bool) -> None:
    attacked = 0
    for (name,), city in cities.group_by("month", maintain_order=True):
        for area, (low, high) in intervals(knowledge(city, knows_roles=knows_roles)).items():
            # Below a district that is small itself nothing is shown, and nothing can be subtracted.
            assert high - low >= WIDTH - 1e-6, (name, area, low, high)
            attacked += 1
    assert attacked > 120


def test_every_small_cell_is_hidden_and_most_others_are_shown(cities: pl.DataFrame) -> None:
    small = pl.col("denominator") < SMALL
    assert cities.filter(small & ~pl.col("hidden")).is_empty()
    large = cities.filter(~small)
    persons_shown = large.filter(~pl.col("hidden"))["denominator"].sum() / large["denominator"].sum()
    assert persons_shown > 0.75
    untouched = cities.filter((pl.col("denominator").min() >= SMALL).over("month"))
    assert untouched.height > 0
    assert not untouched["hidden"].any()


def test_without_the_neighbours_the_attacker_finds_small_cells(cities: pl.DataFrame) -> None:
    # The attack must be able to succeed, or the test above proves nothing.
    primary_only = cities.with_columns(hidden=pl.col("denominator") < SMALL)
    found = sum(
        high - low < WIDTH
        for _, city in primary_only.group_by("month", maintain_order=True)
        for low, high in intervals(knowledge(city, knows_roles=True)).values()
    )
    assert found > 20


def test_the_published_district_keeps_its_small_cells(built: Built) -> None:
    kpis = built.table("marts.kpi_monthly")
    of_persons = built.table("marts.indicator").filter("counts_persons")["indicator"]
    attacked = 0
    for _, cells in kpis.filter(pl.col("indicator").is_in(of_persons.implode())).group_by("indicator", "month"):
        rows = cells.rows(named=True)
        shown = {area_of(row): row["denominator"] for row in rows}
        bounds = intervals(Knowledge(shown, {}))
        assert all(high - low >= WIDTH for low, high in bounds.values()), (rows[0]["indicator"], bounds)
        attacked += len(bounds)
    assert attacked > 10
