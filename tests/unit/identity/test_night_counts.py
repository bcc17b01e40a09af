"""Counts of a night: coarse steps that a little growth leaves alone, frequencies of others, habits of the city."""

from __future__ import annotations

import polars as pl
import pytest
from small_city import small_city

from pipelines.identity.candidates.features import node_features
from pipelines.identity.candidates.nodes import build_nodes
from pipelines.identity.scoring.frequency import FREQUENCY_COLUMNS, Night, count_night
from pipelines.identity.scoring.habits import MAX_CHANGED, changed_phones, tonight
from pipelines.identity.scoring.model import Model
from pipelines.identity.scoring.steps import STEPS_PER_OCTAVE, stepped, stepped_column, stepped_share


def counted(mentions: pl.DataFrame) -> Night:
    nodes = build_nodes(mentions)
    return count_night(node_features(mentions, nodes).frame, changed_phones(mentions, nodes))


@pytest.fixture(scope="module")
def mentions() -> pl.DataFrame:
    return small_city(200).drop("truth")


@pytest.mark.parametrize("value", [1e-7, 0.003, 0.35, 1.0, 7.0, 4097.0, 1e6])
def test_a_step_is_near_and_stays(value: float) -> None:
    step = stepped(value)
    assert abs(step / value - 1) < 0.0905
    assert stepped(step) == step
    frame = pl.DataFrame({"value": [value, step]}).with_columns(stepped=stepped_column(pl.col("value")))
    assert frame["stepped"].to_list() == [step, step]


def test_steps_grow_with_the_value() -> None:
    values = [2 ** (exponent / 10) for exponent in range(-100, 100)]
    steps = [stepped(value) for value in values]
    assert steps == sorted(steps)
    assert len(set(steps)) == 20 * STEPS_PER_OCTAVE + 1
    assert stepped(0.0) == 0.0
    shares = pl.DataFrame({"share": [0.0, 0.009, 0.011, 0.5, 1.0]}).select(stepped_share(pl.col("share")))
    assert shares["share"].to_list() == pytest.approx([0.0, 0.0, 0.02, 0.5, 1.0])


def test_one_row_more_leaves_nearly_all_as_it_was(mentions: pl.DataFrame) -> None:
    before, after = counted(mentions.head(mentions.height - 1)), counted(mentions)
    for name in ("prior", "household", "persons", "anchors"):
        assert getattr(before, name) == getattr(after, name)
    same = sum(before.chances[level] == after.chances[level] for level in before.chances)
    assert same >= len(before.chances) - 1
    for column in FREQUENCY_COLUMNS:
        both = before.frequencies[column].join(after.frequencies[column], on="value")
        assert both.filter(pl.col("tf") != pl.col("tf_right")).height <= 2


def test_frequencies_count_the_others(mentions: pl.DataFrame) -> None:
    night = counted(mentions)
    for column in FREQUENCY_COLUMNS:
        table = night.frequencies[column]
        assert table["value"].is_unique().all()
        assert table["tf"].is_between(0, 1, closed="right").all()
    features = node_features(mentions, build_nodes(mentions)).frame
    bearers = features.group_by("name").agg(pl.col("id_number").drop_nulls().n_unique()).drop_nulls()
    shared = bearers.join(night.frequencies["name"], left_on="name", right_on="value")
    lone, several = (shared.filter(pl.col("id_number") == count)["tf"].mean() for count in (1, 3))
    assert lone is not None
    assert several is not None
    assert lone < several  # type: ignore[operator]


def test_homophones_are_one_name_to_the_ear() -> None:
    names = pl.DataFrame(
        {"node": range(4), "name": ["王伟", "王玮", "王炜", "李强"], "pinyin": ["wang wei"] * 3 + ["li qiang"],
         "surname": ["王"] * 3 + ["李"], "given": ["伟", "玮", "炜", "强"], "id_number": list("abcd"),
         "birth": [None] * 4, **{f"{slot}_{place}": [None] * 4 for slot, count in
                                 {"phone": 4, "room": 4, "unit": 3, "building": 3, "estate": 3, "community": 2}.items()
                                 for place in range(1, count + 1)}},
        schema_overrides={"birth": pl.String} | {f"{slot}_{place}": pl.String for slot, count in
                                                {"phone": 4, "room": 4, "unit": 3, "building": 3, "estate": 3,
                                                 "community": 2}.items() for place in range(1, count + 1)},
    )  # fmt: skip
    frequencies = count_night(names).frequencies
    sounds = dict(frequencies["pinyin"].iter_rows())
    assert sounds["wang wei"] > 2 * sounds["li qiang"]
    written = dict(frequencies["name"].iter_rows())
    assert written["王伟"] < sounds["wang wei"]


@pytest.mark.parametrize(("phones", "least", "most"), [((0, 5000), 0.02, 0.03), ((2500, 5000), 0.48, 0.52)])
def test_the_city_says_how_often_phones_change(
    mentions: pl.DataFrame, phones: tuple[int, int], least: float, most: float
) -> None:
    model, night = Model.load(), counted(mentions)
    told = tonight(model, Night(**{**vars(night), "phones": phones}))
    levels = next(part.levels for part in told.comparisons if part.name == "phone")
    assert least <= (levels[-1].m or 0) <= most <= MAX_CHANGED
    assert sum(level.m or 0 for level in levels) == pytest.approx(1)
    assert told.provenance == model.provenance


def test_changed_phones_are_those_of_numbered_persons(mentions: pl.DataFrame) -> None:
    whole = pl.col("id_kind") == "valid"
    nodes = build_nodes(mentions)
    changed, pairs = changed_phones(mentions, nodes)
    assert 0 < changed < pairs
    assert changed_phones(mentions.filter(~whole), nodes) == (0, 0)
    nobody = mentions.with_columns(phones=pl.lit(["14200000000"]))
    assert changed_phones(nobody, nodes)[0] == 0
