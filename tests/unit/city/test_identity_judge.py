"""The judge of the identity benchmark, against counts made by hand."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "benchmarks"))

from identity_goals import goal_rows, reached
from identity_judge import (
    calibration,
    children_apart,
    cluster_counts,
    feed_pair_figures,
    judged_mentions,
    kind_figures,
    lookalike_figures,
    outsider_figures,
    pair_figures,
    precision_recall,
)

KEY = ("feed", "record_key", "person_role", "person_seq")
# person 0 and 1 are a child and its mother, 2 and 3 namesakes of one year, 4 lives elsewhere
PERSON = pl.DataFrame(
    {
        "person": [0, 1, 2, 3, 4],
        "name": ["何雨", "何琳", "王伟", "王伟", "李明"],
        "birth_date": [date(2015, 5, 1), date(1988, 2, 3), date(1990, 1, 2), date(1990, 8, 9), date(1970, 7, 7)],
        "residence_code": ["A1", "A1", "A2", "A3", None],
        "is_alive": [True] * 5,
        "father": [-1] * 5,
        "mother": [1, -1, -1, -1, -1],
    }
)
# feed, person, person_id given, number_damage, damage, name_only, probability
ROWS = [
    ("police", 0, "a", "parent", "number:parent", False, 0.9),
    ("police", 1, "a", "none", "none", False, 0.9),
    ("roll", 1, "a", "none", "name:homophone+remark|phone:kin", False, 0.9),
    ("police", 2, "b", "none", "none", False, 1.0),
    ("roll", 2, "b", "masked", "number:masked", False, 1.0),
    ("police", 3, "b", "none", "none", False, 0.6),
    ("roll", 3, "c", None, "none", True, 0.5),
    ("roll", 4, None, None, "none", True, None),
]


@pytest.fixture
def frame() -> pl.DataFrame:
    known = pl.DataFrame(
        {
            "feed": [r[0] for r in ROWS],
            "record_key": [str(n) for n in range(len(ROWS))],
            "person_role": ["self"] * len(ROWS),
            "person_seq": pl.Series([1] * len(ROWS), dtype=pl.Int32),
            "person": [r[1] for r in ROWS],
            "name_only": [r[5] for r in ROWS],
            "number_damage": [r[3] for r in ROWS],
            "damage": [r[4] for r in ROWS],
        }
    )
    answers = known.select(
        *KEY,
        pl.Series("person_id", [r[2] for r in ROWS]),
        pl.Series("probability", [r[6] for r in ROWS]),
        method=pl.lit("model"),
    )
    return judged_mentions(known, answers, PERSON)


def test_a_mention_without_an_answer_is_a_person_of_its_own(frame: pl.DataFrame) -> None:
    assert frame["lost"].to_list() == [False] * 7 + [True]
    assert frame["person_id"].null_count() == 0
    assert frame["person_id"].n_unique() == 4


def test_pairs_are_counted_as_by_hand(frame: pl.DataFrame) -> None:
    found = pair_figures(frame)
    # found: 3 within a, 3 within b; true: 1-1, 2-2, 3-3; both: 1-1 and 2-2
    assert (found["true_pairs"], found["wrong_pairs"], found["missed_pairs"]) == (3, 4, 1)
    assert found["precision"] == pytest.approx(2 / 6, abs=1e-5)
    assert found["f1"] == pytest.approx(4 / 9, abs=1e-5)


def test_pairs_that_touch_a_group_have_one_end_in_it_or_both(frame: pl.DataFrame) -> None:
    found = pair_figures(frame, pl.col("state") == "borrowed")
    assert (found["mentions"], found["true_pairs"], found["wrong_pairs"]) == (1, 0, 2)
    rolls = pair_figures(frame, pl.col("feed") == "roll")
    assert (rolls["true_pairs"], rolls["wrong_pairs"], rolls["missed_pairs"]) == (3, 2, 1)


def test_pairs_between_feeds_add_up_to_all_pairs(frame: pl.DataFrame) -> None:
    rows = feed_pair_figures(frame)
    assert sum(row["true_pairs"] for row in rows) == pair_figures(frame)["true_pairs"]
    assert sum(row["wrong_pairs"] for row in rows) == pair_figures(frame)["wrong_pairs"]


def test_kinds_name_their_cell(frame: pl.DataFrame) -> None:
    kinds = {row["kind"]: row["mentions"] for row in kind_figures(frame)}
    assert kinds == {
        "none": 5, "name:homophone": 1, "name:remark": 1, "phone:kin": 1, "number:masked": 1, "number:parent": 1,
    }  # fmt: skip


def test_clusters_that_hold_what_must_not_stand_together(frame: pl.DataFrame) -> None:
    found = cluster_counts(frame)
    assert found["mixed_clusters"] == 2
    assert found["two_numbers_merged"] == 1, "b holds the whole numbers of 2 and 3; a child's row shows its mother's"
    assert (found["clusters"], found["persons"], found["lost_mentions"]) == (4, 5, 1)


def test_children_and_namesakes(frame: pl.DataFrame) -> None:
    children = children_apart(frame, PERSON)
    assert (children["mentions"], children["apart"], children["apart_share"]) == (1, 0, 0.0)
    alike = lookalike_figures(frame, PERSON)
    assert alike["namesakes_same_year"]["persons"] == 2
    assert alike["namesakes_same_year"]["wrong_pairs"] == 2
    assert alike["twins"]["persons"] == 0
    free = frame.with_columns(person_id=pl.when(pl.col("row") == 0).then(pl.lit("x")).otherwise("person_id"))
    assert children_apart(free, PERSON)["apart_share"] == 1.0


def test_outsiders_are_wrongly_linked_when_somebody_else_stands_there(frame: pl.DataFrame) -> None:
    assert outsider_figures(frame)["wrongly_linked"] == 0
    joined = frame.with_columns(person_id=pl.when("lost").then(pl.lit("c")).otherwise("person_id"))
    found = outsider_figures(joined)
    assert (found["mentions"], found["wrongly_linked"], found["of_them_name_only"]) == (1, 1, 1)


def test_calibration_weighs_bins_by_mentions(frame: pl.DataFrame) -> None:
    found = calibration(frame)
    assert found["mentions"] == 7
    # .9: 2 of 3 at home; 1.0: both; .6: not; .5: alone, at home
    expected = (3 * abs(0.9 - 2 / 3) + 0 + 1 * 0.6 + 1 * 0.5) / 7
    assert found["ece"] == pytest.approx(expected, abs=1e-4)


def test_a_higher_least_probability_cuts_pairs_off(frame: pl.DataFrame) -> None:
    curve = precision_recall(frame)
    assert [row["least_probability"] for row in curve] == sorted(row["least_probability"] for row in curve)
    assert curve[0]["wrong_pairs"] == pair_figures(frame)["wrong_pairs"]
    assert curve[-1]["true_pairs"] == curve[0]["true_pairs"]
    assert curve[-1]["wrong_pairs"] == 0


@pytest.mark.parametrize(
    ("value", "sign", "goal", "answer"),
    [(0.98, "≥", 0.98, True), (0.97, "≥", 0.98, False), (25, "<", 25, False), (0, "≤", 0, True), (None, "≤", 0, None)],
)
def test_goals_are_reached_or_not(value: float | None, sign: str, goal: float, answer: bool | None) -> None:
    assert reached(value, sign, goal) is answer


def test_a_goal_without_a_figure_is_left_open() -> None:
    assert {row[3] for row in goal_rows({})} == {"—"}
