"""The judge of the public linkage benchmark, held against counts done by hand."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import polars as pl
import pytest

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"
_spec = importlib.util.spec_from_file_location("public_linkage_judge", BENCHMARKS / "public_linkage_judge.py")
assert _spec is not None
assert _spec.loader is not None
judged = importlib.util.module_from_spec(_spec)
sys.modules["public_linkage_judge"] = judged
_spec.loader.exec_module(judged)

TRUTH = pl.Series(["a", "a", "a", "b", "b", "c"])
CLUSTERS = pl.Series([1, 1, 2, 2, 3, 3])


def test_pairs_and_rows_are_counted() -> None:
    found = judged.judge(CLUSTERS, TRUTH)
    assert found["precision"] == pytest.approx(1 / 3, abs=1e-4)  # three pairs said, of which a-a is right
    assert found["recall"] == pytest.approx(1 / 4)  # three of a, one of b
    assert found["b3_precision"] == pytest.approx((1 + 1 + 4 * 0.5) / 6, abs=1e-4)
    assert found["b3_recall"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 / 2 + 1 / 2 + 1) / 6, abs=1e-4)


def test_two_halves_of_the_persons_make_the_whole() -> None:
    half = pl.Series([True, True, True, False, False, False])
    first, second = judged.judge(CLUSTERS, TRUTH, half), judged.judge(CLUSTERS, TRUTH, ~half)
    assert first["recall"] == pytest.approx(2 / 6, abs=1e-4)
    assert second["recall"] == 0.0
    assert (first["b3_recall"] + second["b3_recall"]) / 2 == pytest.approx(
        judged.judge(CLUSTERS, TRUTH)["b3_recall"], abs=1e-4
    )


def test_a_perfect_clustering_and_one_of_single_rows() -> None:
    assert set(judged.judge(TRUTH, TRUTH).values()) == {1.0}
    alone = judged.judge(pl.Series(range(6)), TRUTH)
    assert (alone["recall"], alone["f1"], alone["b3_precision"]) == (0.0, 0.0, 1.0)


def test_components_curve_and_calibration() -> None:
    scored = pl.DataFrame({"left_row": [0, 1, 3, 4], "right_row": [1, 2, 4, 5], "probability": [0.99, 0.6, 0.96, 0.5]})
    assert judged.components(scored, 6, 0.95).to_list() == [0, 0, 1, 2, 2, 3]
    pairs = judged.judged_pairs(scored, TRUTH)
    assert pairs["same"].to_list() == [True, True, True, False]
    assert judged.precision_recall(pairs, TRUTH)[-1] == (0.75, 0.75)
    assert judged.calibration(pairs)["error"] == pytest.approx((0.01 + 0.04 + 0.4 + 0.5) / 4, abs=1e-4)
