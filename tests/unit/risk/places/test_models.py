"""Shrinkage, drift and the candidate models, on histories whose truth is known."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from pipelines.risk.places.backtesting import Plan, origins_of, run_trials, training_at
from pipelines.risk.places.counting import History
from pipelines.risk.places.drift import discoveries, measure_drift
from pipelines.risk.places.forecasting import Outlook, forecast_places_of
from pipelines.risk.places.lattice import Kernel, gaussian
from pipelines.risk.places.models import MODELS, past_counts, shrunken_counts
from pipelines.risk.places.shrinkage import Prior, fit_prior, predictive_interval

PLAN = Plan(horizon=28, weeks=26, minimum_weeks=12, origins=12, step=14, half_life_weeks=16.0)
SIDE = 40
COLUMNS, ROWS = (part.ravel() for part in np.meshgrid(np.arange(SIDE), np.arange(SIDE), indexing="ij"))


def kernel() -> Kernel:
    """Return the smoothing of a square of cells."""
    return gaussian(COLUMNS, ROWS, 100, 150.0)


def history(place: Any, day: Any, places: int = SIDE * SIDE, first_day: int = 0) -> History:
    """Return a history of these incidents."""
    return History(np.asarray(place, dtype=np.int64), np.asarray(day, dtype=np.int64), places, first_day)


def city(seed: int, days: int, shape: float = 0.5, mean: float = 0.01) -> tuple[History, Any]:
    """Return incidents at gamma-distributed daily rates, and the rates."""
    random = np.random.default_rng(seed)
    rates = random.gamma(shape, mean / shape, SIDE * SIDE)
    counts = random.poisson(rates * days)
    place = np.repeat(np.arange(SIDE * SIDE), counts)
    return history(place, random.integers(0, days, len(place))), rates


def test_counts_conserve_incidents_and_mind_no_order() -> None:
    past, _ = city(1, 400)
    turned = history(past.place[::-1], past.day[::-1])
    assert past.counts(0, 400).sum() == len(past.day)
    assert past.counts(0, 200).sum() + past.counts(200, 400).sum() == len(past.day)
    assert (past.counts(13, 57) == turned.counts(13, 57)).all()
    assert history([0, 0, 1], [5, 6, 6], 3).counts(5, 6).tolist() == [1, 0, 0]  # the end is not counted
    assert history([0, 0, 1], [5, 6, 4], 3).newest(4, 6).tolist() == [5, 4, -1]


def test_a_window_is_whole_recorded_weeks() -> None:
    assert history([], [], first_day=0).window(200, 26) == 200 - 182
    assert history([], [], first_day=100).window(200, 26) == 200 - 98  # 14 weeks were recorded
    assert history([], [], first_day=195).window(200, 26) == 200
    assert history([], [], first_day=300).window(200, 26) == 200


def test_origins_end_with_the_record_and_have_a_past() -> None:
    assert origins_of(history([], [], first_day=0), 1_000, PLAN) == [972 - 14 * back for back in range(11, -1, -1)]
    assert origins_of(history([], [], first_day=1_000 - 28 - 7 * 12 - 14), 1_000, PLAN) == [958, 972]
    assert origins_of(history([], [], first_day=990), 1_000, PLAN) == []


def test_shrinkage_by_hand() -> None:
    prior = Prior(shape=2.0, windows=4.0)
    assert_allclose(prior.expected(np.array([0.0, 8.0])), [2 / 5, 10 / 5])
    assert fit_prior(np.zeros(5)) is None


def test_the_prior_finds_the_shape_that_made_the_counts() -> None:
    random = np.random.default_rng(3)
    for shape, mean in ((0.3, 0.2), (2.0, 5.0)):
        counts = random.poisson(random.gamma(shape, mean / shape, 40_000)).astype(float)
        prior = fit_prior(counts)
        assert prior is not None
        assert prior.shape == pytest.approx(shape, rel=0.1)
        assert prior.shape / prior.windows == pytest.approx(counts.mean())


def test_shrunken_counts_promise_what_comes_where_raw_ones_promise_too_much() -> None:
    past, rates = city(5, 182)
    training = training_at(past, 182, PLAN, kernel(), "gamma_poisson")
    top = np.argsort(-past.counts(0, 182), kind="stable")[: SIDE * SIDE // 10]
    to_come = rates[top].sum() * 28
    assert shrunken_counts(training)[top].sum() == pytest.approx(to_come, rel=0.05)
    assert past_counts(training)[top].sum() > 1.1 * to_come
    assert shrunken_counts(training).sum() == pytest.approx(len(past.day) / 6.5)  # the total is kept
    order = np.argsort(past.counts(0, 182), kind="stable")
    assert (np.diff(shrunken_counts(training)[order]) >= 0).all()  # ranks are those of the counts


def test_the_interval_holds_the_count_to_come_in_four_of_five_places() -> None:
    for mean, low, high in ((0.3, 0.97, 1.0), (10.0, 0.80, 0.90)):
        random = np.random.default_rng(11)
        past, rates = city(13, 182, shape=2.0, mean=mean / 28)
        counts = past.counts(0, 182)
        prior = fit_prior(counts)
        assert prior is not None
        least, most = predictive_interval(prior.expected(counts) / 6.5, prior.shape + counts)
        to_come = random.poisson(rates * 28)
        held = ((least <= to_come) & (to_come <= most)).mean()
        assert low <= held <= high
        missed_low, missed_high = (to_come < least).mean(), (to_come > most).mean()
        assert max(missed_low, missed_high) <= 0.105


def test_the_interval_holds_the_mean_also_where_nothing_is_likely() -> None:
    low, high = predictive_interval(np.array([0.001, 2.5]), np.array([0.01, 3.0]))
    assert low[0] == 0
    assert high[0] == 1
    assert low[1] <= 2.5 <= high[1]


def test_drift_tells_a_rise_from_chance_and_from_few() -> None:
    rising = [(0, day) for day in range(150, 182)]
    falling = [(1, day) for day in range(32)]
    steady = [(2, day) for day in range(0, 180, 6)]
    few = [(3, 181)] * 4
    place, day = zip(*rising, *falling, *steady, *few, strict=True)
    drift = measure_drift(history(place, day, 6), 0, 182, 16.0)
    assert drift.direction.tolist() == [1, -1, 0, 0, 0, 0]
    assert drift.ratio[0] > 1.3
    assert drift.ratio[1] < 0.75
    assert drift.ratio[2] == pytest.approx(1.0, abs=0.03)
    assert np.isnan(drift.ratio[4])


def test_false_alarms_of_drift_are_held_over_all_places() -> None:
    random = np.random.default_rng(17)
    alarms = 0
    for _ in range(40):
        place = np.repeat(np.arange(300), random.integers(5, 40, 300))
        drift = measure_drift(history(place, random.integers(0, 182, len(place)), 300), 0, 182, 16.0)
        alarms += bool(np.any(drift.direction))
    assert alarms <= 6  # 5 % of 40 cities with any alarm at all, and chance; each of 300 at 5 % would alarm in all 40


def test_discoveries_by_hand() -> None:
    assert discoveries(np.array([0.04, 0.01, 0.9, 0.03]), 0.05).tolist() == [False, True, False, False]
    assert discoveries(np.array([0.04, 0.01, 0.02, 0.03]), 0.05).tolist() == [True] * 4
    assert discoveries(np.zeros(0), 0.05).tolist() == []


def test_all_but_the_longer_counts_read_the_same_calls() -> None:
    past, _ = city(41, 500)
    starts = {model: training_at(past, 500, PLAN, kernel(), model).start for model in MODELS}
    assert starts.pop("long_counts") == 500 - 52 * 7
    assert set(starts.values()) == {500 - 26 * 7}


def test_what_is_learned_is_told_by_what_was_known_a_horizon_earlier() -> None:
    past, _ = city(43, 500)
    before = training_at(past, 500, PLAN, kernel(), "kde").earlier()
    assert before is not None
    assert (before.start, before.origin) == (500 - 28 - 26 * 7, 500 - 28)
    assert training_at(history([3], [490]), 500, PLAN, kernel(), "kde").earlier() is None


@pytest.mark.parametrize("model", list(MODELS))
def test_no_model_sees_its_own_horizon(model: str) -> None:
    past, _ = city(19, 300)
    later = history(np.append(past.place, [7] * 50), np.append(past.day, np.arange(250, 300)))
    before, after = (MODELS[model].forecast(training_at(one, 250, PLAN, kernel(), model)) for one in (past, later))
    assert (before == after).all()


@pytest.mark.parametrize("model", list(MODELS))
def test_every_model_expects_about_as_many_as_there_were(model: str) -> None:
    past, _ = city(23, 400, mean=0.02)
    expected = MODELS[model].forecast(training_at(past, 400, PLAN, kernel(), model))
    assert (expected > 0).all()
    assert expected.sum() == pytest.approx(0.02 * SIDE * SIDE * 28, rel=0.12)


def test_near_repeats_are_learned_where_there_are_some_and_only_there() -> None:
    random = np.random.default_rng(29)
    base, _ = city(31, 300, mean=0.002)
    place, day = [base.place], [base.day]
    for _ in range(4):  # each incident may draw another next door within a week
        drawn = random.random(len(place[-1])) < 0.8
        place.append(np.clip(place[-1][drawn] + random.choice([-SIDE, -1, 0, 1, SIDE], drawn.sum()), 0, SIDE**2 - 1))
        day.append(day[-1][drawn] + random.integers(1, 8, drawn.sum()))
    contagious = history(np.concatenate(place), np.concatenate(day))
    plan = Plan(horizon=7, weeks=8, minimum_weeks=8, origins=12, step=7, half_life_weeks=16.0)
    for past, better in ((contagious, True), (base, False)):
        trials = run_trials(past, 300, plan, kernel())
        got = {m: sum(one.hits[1] for one in trials if one.model == m) for m in ("counts", "near_repeat")}
        assert (got["near_repeat"] > 1.1 * got["counts"]) is better


def test_smoothing_wins_only_where_neighbours_are_alike() -> None:
    random = np.random.default_rng(37)
    hills = np.exp(-((COLUMNS - 12) ** 2 + (ROWS - 25) ** 2) / 60.0) + 0.02
    dust = random.gamma(0.2, 5.0, SIDE * SIDE)
    for rates, better in ((hills, True), (dust, False)):
        place = random.choice(SIDE * SIDE, 600, p=rates / rates.sum())
        trials = run_trials(history(place, random.integers(0, 400, 600)), 400, PLAN, kernel())
        got = {m: sum(one.hits[1] for one in trials if one.model == m) for m in ("counts", "kde")}
        assert (got["kde"] > 1.1 * got["counts"]) is better


def test_what_is_unknown_says_nothing() -> None:
    past = history([0, 0, 1], [100, 110, 120], 4)
    training = training_at(past, 182, PLAN, gaussian(np.arange(4), np.zeros(4, dtype=np.int64), 100, 150.0), "counts")
    as_of = dt.date(1970, 1, 1) + dt.timedelta(days=181)
    around, shown = np.array([1.0, 2.0, 1.0, 0.0]), np.ones(4, dtype=bool)
    told = forecast_places_of(Outlook(training, "gamma_poisson", around, shown, as_of))
    assert told["state"].to_list() == ["known", "known", "known", "unknown"]
    assert told["past_count"].to_list() == [2, 1, 0, 0]
    assert told["expected"].is_null().to_list() == [False, False, False, True]
    assert told["drift_ratio"].is_null().to_list() == [False, False, True, True]
    still = forecast_places_of(Outlook(training, "gamma_poisson", around, shown, as_of + dt.timedelta(days=28)))
    assert set(still["state"]) == {"known", "unknown"}
    stale = forecast_places_of(Outlook(training, "gamma_poisson", around, shown, as_of + dt.timedelta(days=29)))
    assert set(stale["state"]) == {"unknown"}
    assert stale["expected"].null_count() == 4
    hidden = forecast_places_of(Outlook(training, "gamma_poisson", around, ~shown, as_of))
    assert hidden.drop("around", "shown", "state").null_count().row(0) == (4,) * 7
