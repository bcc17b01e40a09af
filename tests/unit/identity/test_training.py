"""Training: EM in four sessions without truth, chances that sum to one, and where they come from."""

from __future__ import annotations

from math import isclose

import polars as pl
import pytest
from small_city import small_city

from pipelines.errors import ConfigError
from pipelines.identity.scoring.bounds import CONDITIONAL, LEAST_H, LEAST_M
from pipelines.identity.scoring.model import ComparisonModel, LevelModel, Model
from pipelines.identity.scoring.report import render_report
from pipelines.identity.scoring.training import EM_RULES, train_model


@pytest.fixture(scope="module")
def cities() -> list[pl.DataFrame]:
    # Every row tells the sex, and house-mates one another's mother, which the small city leaves out.
    sex = pl.col("sex").drop_nulls().first().over("truth")
    kin = pl.when(pl.col("room_code").is_not_null()).then(pl.concat_list(pl.lit("王") + pl.col("room_code")))
    return [small_city(size, seed=size).with_columns(sex=sex, kin_names=kin).drop("truth") for size in (250, 200)]


@pytest.fixture(scope="module")
def model(cities: list[pl.DataFrame]) -> Model:
    return train_model(cities, names=["one", "other"])


def part_of(model: Model, name: str) -> ComparisonModel:
    return next(part for part in model.comparisons if part.name == name)


def level_of(model: Model, comparison: str, label: str) -> LevelModel:
    return next(level for level in part_of(model, comparison).levels if level.label == label)


def test_the_same_mentions_give_the_same_model(cities: list[pl.DataFrame], model: Model) -> None:
    shuffled = [city.sample(fraction=1.0, shuffle=True, seed=9).sort("mention_index") for city in cities]
    assert train_model(shuffled, names=["one", "other"]).digest == model.digest


def test_every_session_teaches_all_but_its_own_columns(model: Model) -> None:
    for city in model.provenance["cities"]:
        for session in city["em_sessions"]:
            assert session["taught"]
            assert not set(session["taught"]) & set(EM_RULES[session["rule"]])
    taught = {name for city in model.provenance["cities"] for s in city["em_sessions"] for name in s["taught"]}
    assert taught == {part.name for part in model.comparisons}


def test_chances_of_each_kind_of_pairs_sum_to_one(model: Model) -> None:
    for part in model.comparisons:
        apart = {label for kind in CONDITIONAL.get(part.name, ()) for label in kind}
        plain = [level for level in part.levels if level.label not in apart]
        for key in ("m", "u"):
            assert isclose(sum(getattr(level, key) or 0 for level in plain), 1, abs_tol=1e-9)
    shares = [level_of(model, "address", label).m or 0 for label in ("community_only", "community_apart")]
    assert isclose(sum(shares), 1, abs_tol=1e-9)


def test_no_level_is_rarer_than_elsewhere(model: Model) -> None:
    for least, key in ((LEAST_M, "m"), (LEAST_H, "h")):
        for name, bounds in least.items():
            # Settling the sum to one may take back a few percent of a bound.
            assert all(
                (getattr(level_of(model, name, label), key) or 0) > 0.8 * bound for label, bound in bounds.items()
            )


def test_agreement_speaks_for_and_two_numbers_against(model: Model) -> None:
    for name, label in (("name", "equal"), ("phone", "own"), ("address", "room"), ("id", "equal")):
        level = level_of(model, name, label)
        assert (level.m or 0) / (level.u or 1) > 50
    numbers = level_of(model, "id", "both_valid_differ")
    assert (numbers.m or 0) / (numbers.u or 1) < 0.01


def test_too_few_mentions_are_refused() -> None:
    few = small_city(3).drop("truth")
    with pytest.raises(ConfigError, match="too few records"):
        train_model([few.filter(pl.col("id_kind") != "valid")])


def test_a_comparison_that_nobody_tells_of_is_named(cities: list[pl.DataFrame]) -> None:
    kinless = cities[0].with_columns(kin_names=pl.lit([], dtype=pl.List(pl.String)))
    with pytest.raises(ConfigError, match="agree on kin"):
        train_model([kinless])


def test_the_report_shows_every_level_and_loads_nothing(model: Model) -> None:
    page = render_report(model)
    for part in model.comparisons:
        assert all(f"<td>{level.label}</td>" in page for level in part.levels)
    assert page.count("<svg") == len(model.comparisons)
    assert model.digest[:12] in page
    assert not any(sign in page for sign in ("http:", "https:", "<script", "src="))
