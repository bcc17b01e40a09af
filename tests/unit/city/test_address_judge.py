"""The judge of the address benchmark on a handful of answers that can be judged by hand."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "address_judge.py"
TRUE = "R1"
REGISTER = [
    ("E", None, None, None), ("B1", "1栋", None, None), ("R1", "1栋", "1单元", "501"), ("R2", "1栋", "2单元", "501"),
    ("R1D", "1栋", "1单元", "501"), ("B2", "2栋", None, None), ("R3", "2栋", "1单元", "501"),
]  # fmt: skip


@pytest.fixture(scope="module")
def judging() -> ModuleType:
    spec = importlib.util.spec_from_file_location("address_judge", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judged(judging: ModuleType, level: str, damage: str, *answers: tuple[object, ...]) -> pl.DataFrame:
    """Judge answers (code, level, status, building, unit_key) to texts about one room; the first is a right room."""
    known = [("R1", "room", "matched", "B1", "1/1"), *answers]
    keys = {"feed": ["f"] * len(known), "record_key": [str(i) for i in range(len(known))]}
    keys["address_role"] = ["residence"] * len(known)
    truth = pl.DataFrame(keys).with_columns(
        true_code=pl.lit(TRUE), supported_level=pl.lit(level), damage=pl.lit(damage), outside_code=pl.lit(None)
    )
    parts = ["address_code", "matched_level", "status", "building_code", "unit_key"]
    given = pl.DataFrame(known, schema=dict.fromkeys(parts, pl.String), orient="row")
    found = pl.concat([pl.DataFrame(keys), given], how="horizontal").with_columns(
        address_text=pl.lit("x"), confidence=pl.lit(0.9), reason=pl.lit(None), candidates=pl.lit('["E", "R2"]')
    )
    register = pl.DataFrame(REGISTER, schema=["address_code", "building", "unit", "room"], orient="row")
    place = pl.DataFrame(
        [("E", None, "E", 0), ("B1", "B1", "E", 0), ("R1", "B1", "E", 1), ("R2", "B1", "E", 2), ("R3", "B2", "E", 1)],
        schema=["address_code", "building_code", "estate_code", "unit_no"], orient="row",
    )  # fmt: skip
    result: pl.DataFrame = judging.judge(truth, found, place, register)
    return result.sort("record_key")


@pytest.mark.parametrize(
    ("level", "answer", "right", "covered", "why"),
    [
        ("room", ("R1", "room", "matched", "B1", "1/1"), True, True, "the room"),
        ("room", ("R1D", "room", "matched", "B1", "1/1"), True, True, "the second code of the same door"),
        ("room", ("B1", "building", "matched", "B1", None), True, False, "right, but not as deep as the text"),
        ("building", ("B1", "building", "ambiguous", "B1", None), True, True, "as deep as the text"),
        ("building", ("E", "estate", "ambiguous", None, None), True, False, "above what the text supports"),
        ("unit", (None, "unit", "matched", "B1", "1/1"), True, True, "a unit without a row"),
        ("unit", (None, "unit", "matched", "B1", "1/2"), False, False, "the other unit of the building"),
        ("building", (None, "floor", "matched", "B1", "1/2"), True, True, "a floor, where the text names no unit"),
        ("unit", (None, "unit", "matched", "B2", "2/1"), False, False, "a unit of another building"),
        ("room", ("R3", "room", "matched", "B2", "2/1"), False, False, "another room"),
        ("estate", ("B2", "building", "matched", "B2", None), False, False, "another building"),
        ("room", (None, "community", "unmatched", None, None), False, False, "no answer"),
    ],
)
def test_an_answer_is_right_and_deep_enough(
    judging: ModuleType, level: str, answer: tuple[object, ...], right: bool, covered: bool, why: str
) -> None:
    row = judged(judging, level, "none", answer).row(1, named=True)
    assert (row["right"], row["covered"]) == (right, covered), why
    assert row["wrong"] == (not right and answer[1] != "community"), why


def test_wrong_answers_to_honest_texts_are_counted_apart(judging: ModuleType) -> None:
    wrong = ("R3", "room", "matched", "B2", "2/1")
    asked = ("R3", "room", "ambiguous", "B2", "2/1")
    for damage, honest in (("digit|dashes", 1), ("digit!+noise", 0)):
        found = judging.shares(judged(judging, "room", damage, wrong, asked)).row(0, named=True)
        assert (found["wrong_match"], found["wrong"], found["wrong_honest"]) == (1, 2, honest)
        assert found["wrong_share"] == pytest.approx(0.5)
        assert found["wrong_code_share"] == pytest.approx(2 / 3, abs=1e-4)


def test_calibration_compares_confidence_with_what_was_right(judging: ModuleType) -> None:
    wrong = ("R3", "room", "matched", "B2", "2/1")
    found = judging.calibration(judged(judging, "room", "none", wrong))
    assert found["ece"] == pytest.approx(0.4)
    assert [b["texts"] for b in found["bins"]] == [2]


def test_candidates_hold_the_truth_or_an_ancestor(judging: ModuleType) -> None:
    asked = ("E", "estate", "ambiguous", None, None)
    found = judging.ambiguity(judged(judging, "room", "none", asked))
    assert found["texts"] == 1
    assert found["truth_among_candidates"] == 1.0
    assert found["needless"] == 1
