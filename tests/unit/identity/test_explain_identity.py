"""Why records are one person: the strongest chain, the waterfall, and doubtful joins in the review queue."""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

from pipelines.identity.outputs import LEVEL_COLUMNS, MENTION_KEY, WEIGHT_COLUMNS
from pipelines.identity.scoring.levels import COMPARISONS
from pipelines.identity.stewarding.evidence import mention_called
from pipelines.identity.stewarding.explain import ends, strongest_chain
from pipelines.identity.stewarding.links import level_labels
from pipelines.identity.stewarding.waterfall import svg, text_bar, waterfall


def key(record: str) -> tuple[str, str, str, int]:
    return ("property_occupants", record, "self", 1)


def link(left: str, right: str, probability: float, **told: Any) -> dict[str, Any]:
    sides = {
        f"{side}_{name}": value
        for side, record in (("left", left), ("right", right))
        for name, value in zip(MENTION_KEY, key(record), strict=True)
    }
    blank = dict.fromkeys([*WEIGHT_COLUMNS, *LEVEL_COLUMNS, "weight_household", "match_weight"])
    return {**sides, **blank, "probability": probability, "is_linked": True, "rule": "phone", **told}


def test_the_chain_avoids_the_weakest_link() -> None:
    links = [link("a", "d", 0.8), link("a", "b", 0.99), link("b", "c", 0.95), link("c", "d", 0.97)]
    chain = strongest_chain(links, {key("a")}, {key("d")})
    assert [one["probability"] for one in chain] == [0.99, 0.95, 0.97]


def test_a_direct_link_as_strong_as_the_chain_is_shorter() -> None:
    links = [link("a", "b", 0.9), link("b", "c", 0.9), link("a", "c", 0.9)]
    assert [ends(one) for one in strongest_chain(links, {key("a")}, {key("c")})] == [(key("a"), key("c"))]


def test_rejected_links_join_nobody() -> None:
    assert strongest_chain([link("a", "b", 0.99, is_linked=False)], {key("a")}, {key("b")}) == []


SCORED = link(
    "a", "b", 0.97, match_weight=5.0, weight_name=9.0, weight_birth=0.0, weight_sex=0.5, weight_id=0.0,
    weight_phone=12.0, weight_address=-2.0, weight_kin=0.0, weight_household=-1.5, level_name="equal",
    level_birth="null", level_sex="equal", level_id="null", level_phone="own", level_address="else", level_kin="null",
)  # fmt: skip


def test_the_steps_add_up_to_the_sum() -> None:
    steps = waterfall(SCORED)
    assert [step.name for step in steps] == ["prior", "name", "sex", "phone", "address", "household", "sum"]
    assert steps[0].bits == pytest.approx(5.0 - 18.0)
    assert sum(step.bits for step in steps[:-1]) == pytest.approx(steps[-1].bits) == pytest.approx(5.0)
    for before, after in pairwise(steps[:-1]):
        assert after.start == pytest.approx(before.start + before.bits)


def test_a_link_by_number_has_no_steps() -> None:
    assert waterfall(link("a", "b", 0.999, rule="same_number")) == []


def test_the_picture_is_xml_and_shows_every_step_with_its_sign() -> None:
    steps = waterfall(SCORED)
    texts = [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg(steps, "a < b"))]
    assert "姓名 name: equal" in texts
    assert "+9.0" in texts
    assert "-2.0" in texts
    assert "a < b" in texts


def test_bars_share_one_scale() -> None:
    steps = waterfall(SCORED)
    bars = {step.name: text_bar(step, steps) for step in steps}
    assert bars["prior"].endswith(bars["prior"].strip())
    assert len(bars["name"].rstrip()) <= 41
    assert bars["address"].strip().startswith("░")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("police_residents/RY1/self", ("police_residents", "RY1", "self", 1)),
        ("housing_properties/a/b/owner/2", ("housing_properties", "a/b", "owner", 2)),
        ("police_residents/RY1/pilot", None),
        ("00bd4e5f-fe6a", None),
    ],
)
def test_mentions_are_read_from_their_path(written: str, expected: tuple[str, str, str, int] | None) -> None:
    assert mention_called(written) == expected


def test_levels_are_served_as_labels() -> None:
    numbers = pl.DataFrame({f"level_{part.name}": [0, len(part.labels) - 1] for part in COMPARISONS})
    told = numbers.with_columns(level_labels(numbers))
    assert told["level_name"].to_list() == ["null", "else"]
    without = numbers.drop("level_kin").with_columns(level_labels(numbers.drop("level_kin")))
    assert without["level_kin"].to_list() == [None, None]
