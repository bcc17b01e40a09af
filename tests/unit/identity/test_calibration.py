"""Calibrated probabilities: candidates, unseen namesakes, house-mates and outsiders compete for an open node."""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl
import pytest

from pipelines.identity.scoring.calibration import BOUNDS, calibrate, open_claims, open_nodes, role_coverage
from pipelines.identity.scoring.frequency import Night
from pipelines.identity.scoring.levels import COMPARISONS
from pipelines.identity.scoring.steps import SHARE_STEP

PERSONS = 1000
PRIOR = 1 / PERSONS
NIGHT = Night(
    nodes=1500, persons=float(PERSONS), anchors=float(PERSONS), prior=PRIOR, household=0.001, frequencies={}, chances={}
)
NAMES = next(part.labels for part in COMPARISONS if part.name == "name")


def features_of(named: Sequence[str | None], anchors: int = PERSONS) -> pl.DataFrame:
    """Anchors 0.. of made-up names, then open nodes with the given names."""
    return pl.DataFrame(
        {
            "node": range(anchors + len(named)),
            "name": [f"人{n}" for n in range(anchors)] + list(named),
            "surname": ["人"] * (anchors + len(named)),
            "id_number": [str(n) for n in range(anchors)] + [None] * len(named),
        },
        schema_overrides={"node": pl.UInt32},
    )


def scored_of(pairs: Sequence[tuple[int, int, float]], household: float = 0.0, label: str = "equal") -> pl.DataFrame:
    """Pairs with so many bits of evidence against strangers, before the prior."""
    prior = math.log2(PRIOR / (1 - PRIOR))
    frame = pl.DataFrame(
        [
            {"left_node": left, "right_node": right, "match_weight": prior + bits + household}
            for left, right, bits in pairs
        ],
        schema_overrides={"left_node": pl.UInt32, "right_node": pl.UInt32},
    )
    odds = pl.lit(2.0).pow("match_weight")
    return frame.with_columns(
        probability=odds / (1 + odds),
        weight_household=pl.lit(household),
        level_name=pl.lit(NAMES.index(label), dtype=pl.Int8),
    ).sort("left_node", "right_node")


def roles_of(features: pl.DataFrame) -> pl.DataFrame:
    return features.select("node", role=pl.lit("feed/role"))


def probabilities(scored: pl.DataFrame, features: pl.DataFrame) -> dict[tuple[int, int], float]:
    told = calibrate(scored, features, roles_of(features), NIGHT)
    return {(left, right): p for left, right, p in told.select("left_node", "right_node", "probability").iter_rows()}


def test_two_candidates_of_equal_evidence_share_the_node() -> None:
    features = features_of(["人0"])
    found = probabilities(scored_of([(0, PERSONS, 20.0), (1, PERSONS, 20.0)]), features)
    assert found[0, PERSONS] == pytest.approx(found[1, PERSONS])
    assert 0.45 < found[0, PERSONS] < 0.5


def test_a_single_candidate_of_a_rare_name_is_likely_but_not_sure() -> None:
    alone = probabilities(scored_of([(0, PERSONS, 12.0)]), features_of(["人0"]))[0, PERSONS]
    with_phone = probabilities(scored_of([(0, PERSONS, 26.0)]), features_of(["人0"]))[0, PERSONS]
    assert 0.75 < alone < 0.99 < with_phone


def test_namesakes_that_no_block_brought_up_take_their_share() -> None:
    features = features_of(["人0"]).with_columns(
        name=pl.when(pl.col("node") < 10).then(pl.lit("人0")).otherwise("name")
    )
    found = probabilities(scored_of([(0, PERSONS, 10.0)]), features)[0, PERSONS]
    assert found < probabilities(scored_of([(0, PERSONS, 10.0)]), features_of(["人0"]))[0, PERSONS]


def test_an_unregistered_house_mate_is_weighed_against() -> None:
    features = features_of(["人0"])
    stranger, mate = (
        probabilities(scored_of([(0, PERSONS, 15.0)], household), features)[0, PERSONS] for household in (0.0, -8.0)
    )
    assert mate < stranger


def test_two_open_nodes_of_one_anchor_are_one() -> None:
    features = features_of(["人0", "人0"])
    pairs = [(0, PERSONS, 30.0), (0, PERSONS + 1, 30.0), (PERSONS, PERSONS + 1, 2.0)]
    found = probabilities(scored_of(pairs), features)
    assert found[PERSONS, PERSONS + 1] > 0.99


@pytest.mark.parametrize("covered", [0.2, 0.5, 0.9])
def test_coverage_is_found_without_truth(covered: float) -> None:
    people = 400
    claimed = int(people * covered)
    features = features_of([f"人{n}" if n < claimed else f"外{n}" for n in range(people)])
    scored = scored_of([(n, PERSONS + n, 22.0) for n in range(claimed)])
    told = open_nodes(open_claims(scored, features, NIGHT), features, roles_of(features))
    found = role_coverage(told, NIGHT)["coverage"].item()
    assert found == pytest.approx(covered, abs=0.04)
    assert found / SHARE_STEP == pytest.approx(round(found / SHARE_STEP))
    assert BOUNDS[0] <= found <= BOUNDS[1]


def test_a_probability_depends_on_its_own_candidates_alone() -> None:
    features = features_of(["人0", "人5", "人6"])
    own = [(0, PERSONS, 14.0), (3, PERSONS, 12.0)]
    # Within one step of the coverage of the role, others' evidence moves not a bit of it.
    many = probabilities(scored_of([*own, (5, PERSONS + 1, 21.0), (6, PERSONS + 2, 23.0)]), features)
    others = probabilities(scored_of([*own, (5, PERSONS + 1, 22.0), (6, PERSONS + 2, 25.0)]), features)
    assert many[0, PERSONS] == others[0, PERSONS]
    assert many[3, PERSONS] == others[3, PERSONS]


def test_without_a_register_pairs_keep_their_own_probability() -> None:
    features = features_of(["人0"] * 20, anchors=5)
    scored = scored_of([(0, 6, 12.0), (1, 7, 3.0)])
    few = Night(nodes=25, persons=100.0, anchors=5.0, prior=PRIOR, household=0.001, frequencies={}, chances={})
    assert calibrate(scored, features, roles_of(features), few).equals(scored)
