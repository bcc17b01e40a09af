"""Measures of a list, computed by hand; ties, intervals over origins that overlap, and the gate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from pipelines.risk.places.backtesting import AREA_SHARES, Trial
from pipelines.risk.places.gate import Bar, judge_models, published_model
from pipelines.risk.places.intervals import inflation, mean_interval
from pipelines.risk.places.measures import best_hits, hits, jaccard, log_score, memberships
from pipelines.risk.places.summary import Summary, summarise

BAR = Bar(gain=0.05, origins=12, sparse_events=150)


def listed(values: list[float], share: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the list of one length."""
    return memberships(np.array(values), [share])[0]


def test_a_list_takes_the_highest_and_shares_the_last_place_among_equals() -> None:
    assert listed([5, 1, 3, 2], 0.5).tolist() == [1, 0, 1, 0]
    assert_allclose(listed([5, 3, 3, 3], 0.5), [1, 1 / 3, 1 / 3, 1 / 3])
    assert_allclose(listed([0, 0, 0, 0, 0], 0.2), [0.2] * 5)  # nothing known: each by chance
    assert_allclose(listed([9, 5, 1, 1], 0.3), [1, 0.2, 0, 0])  # 1.2 places
    assert listed([1, 2], 1.0).tolist() == [1, 1]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.floats(0.01, 1.0), st.randoms(use_true_random=False))
def test_the_order_of_cells_changes_no_hit(values: list[int], share: float, random: object) -> None:
    order = list(range(len(values)))
    random.shuffle(order)  # type: ignore[attr-defined]
    expected = np.array(values, dtype=float)
    happened = np.array(values[::-1], dtype=float)
    [whole], [turned] = memberships(expected, [share]), memberships(expected[order], [share])
    assert whole.sum() == pytest.approx(share * len(values))
    assert hits(whole, happened) == pytest.approx(hits(turned, happened[order]))


def test_hit_rate_pai_and_pei_by_hand() -> None:
    # 100 places, 10 incidents; the first place was expected highest and had 4, place 50 had 6 unexpected.
    expected, happened = np.zeros(100), np.zeros(100)
    expected[0], happened[0], happened[50] = 9.0, 4.0, 6.0
    trial = Trial("m", 0, -1, 10.0, *_on_lists(expected, happened), (np.nan,) * 3, 2.0, 4.0, -0.1)
    one, five, ten = summarise([trial], [trial], 0.5)
    assert (one.hit_rate, one.pai) == (pytest.approx(0.4), pytest.approx(40.0))
    assert one.pei == pytest.approx(4 / 6)  # the best single place has 6
    # at 5 %: the first place, and 4/99 of each other, so 4 + 6 x 4/99 incidents of 10
    assert five.hit_rate == pytest.approx((4 + 24 / 99) / 10)
    assert five.pei == pytest.approx((4 + 24 / 99) / 10)  # five places hold all
    assert ten.pai == pytest.approx((4 + 6 * 9 / 99) / 10 / 0.1)
    assert (one.calibration, one.gain) == (pytest.approx(0.5), pytest.approx(0.0))
    assert np.isnan(one.hit_rate_low)
    assert np.isnan(one.jaccard)


def _on_lists(expected: np.ndarray, happened: np.ndarray) -> tuple[tuple[float, ...], tuple[float, ...]]:  # type: ignore[type-arg]
    got = tuple(hits(one, happened) for one in memberships(expected, AREA_SHARES))
    return got, best_hits(happened, AREA_SHARES)


def test_how_much_two_lists_share() -> None:
    assert jaccard(np.array([1.0, 1, 0]), np.array([0.0, 1, 1])) == pytest.approx(1 / 3)
    assert jaccard(np.array([1.0, 0.5]), np.array([0.5, 1.0])) == pytest.approx(0.5)
    assert np.isnan(jaccard(np.zeros(2), np.zeros(2)))


def test_log_score_by_hand() -> None:
    wanted = (2 * np.log(2) - 2 - np.log(2) + 0 - 0.5) / 2  # Poisson(2; 2) and Poisson(0; 0.5)
    assert log_score(np.array([2.0, 0.5]), np.array([2.0, 0.0])) == pytest.approx(wanted)


def test_sums_over_origins_weigh_incidents_not_origins() -> None:
    trials = [trial_of(8.0, 4.0), trial_of(2.0, 2.0)]
    baseline = [trial_of(8.0, 3.0), trial_of(2.0, 2.0)]
    five = summarise(trials, baseline, 1.0)[1]
    assert five.hit_rate == pytest.approx(0.6)
    assert five.gain == pytest.approx(0.2)
    assert five.baseline_hit_rate == pytest.approx(0.5)
    assert five.gain_low == pytest.approx(0.2 - 12.706 * 0.2, abs=1e-3)  # differences .4 and 0 of the usual 2.5 hits
    assert (five.events, five.origins) == (5.0, 2)


def trial_of(events: float, got: float) -> Trial:
    """Return a trial with as many hits at each area share."""
    return Trial("m", 0, -1, events, (got,) * 3, (events,) * 3, (0.5,) * 3, 1.0, 1.0, -1.0)


def test_nothing_tested_gives_no_figure() -> None:
    empty = summarise([], [], 0.5)[1]
    assert empty.origins == 0
    assert np.isnan([empty.hit_rate, empty.gain, empty.gain_low, empty.pei, empty.jaccard, empty.score]).all()


def test_overlap_by_hand() -> None:
    assert inflation(12, 1.0) == 1.0
    assert inflation(12, 0.5) == pytest.approx(1 + 2 * (11 / 12) * 0.5)
    assert mean_interval(np.array([1.0, 3.0]), 1.0) == (
        pytest.approx(2 - 12.706, abs=1e-2),
        pytest.approx(2 + 12.706, abs=1e-2),
    )
    assert np.isnan(mean_interval(np.array([1.0, 3.0]), 0.5)).all()  # worth 1.3 origins
    assert np.isnan(mean_interval(np.zeros(0), 0.5)).all()


def test_the_interval_of_twelve_overlapping_horizons_by_hand() -> None:
    # Grown by 23/12, so worth 144/23 = 6.26; variance 12/11 x 11/(12 - 23/12) = 144/121; t(5.26) = 2.5327.
    low, high = mean_interval(np.array([0.0, 2.0] * 6), 0.5)
    reach = 2.5327 * np.sqrt(144 / 121 * 23 / 12 / 12)
    assert (low, high) == (pytest.approx(1 - reach, abs=1e-3), pytest.approx(1 + reach, abs=1e-3))


def test_the_interval_holds_the_mean_of_overlapping_horizons_as_often_as_it_says() -> None:
    random = np.random.default_rng(7)
    weeks = random.poisson(20, (2_000, 26))
    held = naive = 0
    for line in weeks:
        months = np.array([line[start : start + 4].sum() for start in range(0, 24, 2)], dtype=float)
        low, high = mean_interval(months, 0.5)
        held += low <= 80 <= high
        low, high = mean_interval(months, 1.0)
        naive += low <= 80 <= high
    assert held / 2_000 == pytest.approx(0.95, abs=0.02)
    assert naive / 2_000 < 0.88  # what taking them for independent would give


SUMMARY = Summary(
    *(0.05, 0.5, 0.4, 0.6, 10.0, 0.8), 0.45, 0.06, 0.01, 0.11, *(1.0, 0.9, -0.1, -0.1), events=100.0, origins=12
)


@pytest.mark.parametrize(
    ("model", "change", "published"),
    [
        ("near_repeat", {}, True),
        ("near_repeat", {"gain": 0.049}, False),
        ("near_repeat", {"gain": 0.05}, True),
        ("near_repeat", {"gain_low": 0.0}, False),
        ("near_repeat", {"origins": 11}, False),
        ("near_repeat", {"gain": float("nan"), "gain_low": float("nan")}, False),
        ("near_repeat", {"events": 900.0}, True),
        ("kde", {}, True),
        ("kde", {"events": 150.0}, False),
        ("kde", {"events": 149.0}, True),
        ("counts", {}, False),
    ],
)
def test_who_passes_the_gate(model: str, change: dict[str, float], published: bool) -> None:
    verdicts = judge_models({"counts": SUMMARY, model: replace(SUMMARY, **change)}, BAR)
    assert verdicts[model].published is published
    assert published_model(verdicts) == (model if published else "gamma_poisson")
    assert sum(verdict.published for verdict in verdicts.values()) == 1
    assert all(verdict.reason_zh and verdict.reason_en for verdict in verdicts.values())


def test_of_several_that_pass_the_better_is_published() -> None:
    verdicts = judge_models({"ewma": SUMMARY, "near_repeat": replace(SUMMARY, gain=0.07)}, BAR)
    assert published_model(verdicts) == "near_repeat"
    assert "near_repeat" in verdicts["ewma"].reason_en
