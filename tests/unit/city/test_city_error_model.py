"""The error model scales as it says, and the city shows the shares it is asked for."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import pipelines.city
from pipelines.city import CityReport
from pipelines.city.error_model import CEILING, ErrorModel
from pipelines.city.world import build_world

FORBIDDEN = (
    "pipelines.addresses",
    "pipelines.identity",
    "pipelines.normalise",
    "pipelines.ingest",
    "pipelines.contracts",
)


def test_presets_scale_rates_and_leave_habits() -> None:
    mild, plain, hard = (ErrorModel.preset(style) for style in ("mild", "plain", "hard"))
    assert plain == ErrorModel()
    assert mild.property.name.title == pytest.approx(plain.property.name.title * 0.35)
    assert hard.property.address.wrong_digit == pytest.approx(plain.property.address.wrong_digit * 2)
    assert hard.property.number.tail == CEILING
    assert mild.police.formal == plain.police.formal == hard.police.formal


def test_shares_of_damage_are_near_the_rates_asked_for(city: CityReport) -> None:
    addresses = pl.read_parquet(city.truth / "truth_address.parquet").filter(pl.col("address_code").is_not_null())
    first = addresses.unique(["feed", "record_no", "address_role"], maintain_order=True)
    shares = dict(first.group_by("feed").agg((pl.col("damage") != "none").mean()).iter_rows())
    assert 0.2 < shares["civil_affairs_elderly"] < 0.42, "30 % of addresses held by communities have a defect"
    assert 0.02 < shares["police_residents"] < 0.12
    numbers = pl.read_parquet(city.truth / "truth_mention.parquet").filter(pl.col("feed") == "property_occupants")
    assert 0.35 < (numbers["number_damage"] == "tail").to_numpy().mean() < 0.55


def test_the_generator_shares_no_code_with_what_it_tests() -> None:
    folder = Path(pipelines.city.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [n for n in names if n.startswith(FORBIDDEN)], path.name


@pytest.mark.parametrize("residents", [200, 1_000, 10_000])
def test_every_family_finds_a_home(residents: int) -> None:
    for seed in (1, 2, 3):
        world = build_world(residents, 1, seed, "plain", date(2026, 3, 1))
        lived_in = world.people.spells["place"].n_unique()
        assert lived_in < len(world.places.homes) < lived_in * 2 + 100
        assert world.people.spells["person"].n_unique() == residents
