"""Our weights are Splink's, to the ninth digit, for the same levels, chances and term frequencies."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest
from small_city import small_city

from pipelines.errors import ConfigError
from pipelines.identity.candidates.blocks import block_pairs
from pipelines.identity.candidates.coding import code_nodes
from pipelines.identity.candidates.features import node_features
from pipelines.identity.candidates.keys import columns
from pipelines.identity.candidates.nodes import build_nodes
from pipelines.identity.night.linkage import link_mentions
from pipelines.identity.scoring.bounds import CONDITIONAL
from pipelines.identity.scoring.comparison import compare
from pipelines.identity.scoring.frequency import FREQUENCY_COLUMNS, count_night
from pipelines.identity.scoring.habits import tonight
from pipelines.identity.scoring.model import Model
from pipelines.identity.scoring.score import WEIGHTS, add_frequencies, score
from pipelines.identity.scoring.splink_settings import splink_settings


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load()


def test_weights_equal_splinks(model: Model) -> None:
    from splink import DuckDBAPI, Linker

    mentions = small_city().drop("truth")
    features = node_features(mentions, build_nodes(mentions)).frame
    pairs = block_pairs(columns("surname")(features), "surname", 10_000).pairs.with_columns(rule=pl.lit("surname"))
    night = count_night(features)
    model = tonight(model, night)
    ours = score(add_frequencies(compare(pairs, code_nodes(features)), features, night), model, night)

    chances = {part.name: [level.m for level in part.levels] for part in model.comparisons}
    strangers = {part.name: [level.u for level in part.levels] for part in model.comparisons}
    settings = splink_settings(strangers, chances, prior=night.prior, rules=["l.surname = r.surname"])
    with duckdb.connect() as connection:
        api = DuckDBAPI(connection=connection)
        linker = Linker(api.register(features.rename({"node": "unique_id"}).to_arrow()), settings, log_level=40)
        for column in FREQUENCY_COLUMNS:
            table = night.frequencies[column].rename({"value": column, "tf": f"tf_{column}"})
            linker.table_management.register_term_frequency_lookup(api.register(table.to_arrow()), column)
        predicted = pl.DataFrame(linker.inference.predict().as_duckdbpyrelation().to_arrow_table())

    left, right = pl.min_horizontal("unique_id_l", "unique_id_r"), pl.max_horizontal("unique_id_l", "unique_id_r")
    theirs = predicted.select(
        left_node=left.cast(pl.UInt32), right_node=right.cast(pl.UInt32), theirs=pl.col("match_weight")
    )
    both = ours.join(theirs, on=["left_node", "right_node"])
    difference = (both["match_weight"] - both["weight_household"] - both["theirs"]).abs()
    assert both.height == ours.height > 500
    assert difference.max() < 1e-9  # type: ignore[operator]


def test_weights_sum_to_the_match_weight(model: Model) -> None:
    mentions = small_city(60).drop("truth")
    scored = link_mentions(mentions, model).scored
    prior = scored["match_weight"] - sum((scored[name] for name in (*WEIGHTS, "weight_household")), pl.Series([0.0]))
    assert prior.max() - prior.min() < 1e-9  # type: ignore[operator]
    assert scored["probability"].is_between(0, 1).all()
    assert scored["weight_household"].max() < 0.5  # type: ignore[operator]
    assert scored["weight_household"].min() < -5  # type: ignore[operator]


def test_most_persons_are_found_without_their_numbers(model: Model) -> None:
    city = small_city()
    linkage = link_mentions(city.drop("truth"), model)
    truth = (
        linkage.nodes.join(city.select("mention_index", "truth"), on="mention_index")
        .group_by("node")
        .agg(pl.col("truth").first(), pl.col("truth").n_unique().alias("persons"))
    )
    assert truth["persons"].max() == 1
    sides = linkage.scored.join(truth.select(left_node="node", left="truth"), on="left_node").join(
        truth.select(right_node="node", right="truth"), on="right_node"
    )
    linked = sides.filter(pl.col("probability") > 0.5)
    right = linked.filter(pl.col("left") == pl.col("right")).height
    sizes = truth.group_by("truth").len()["len"]
    assert right / linked.height > 0.97
    assert right / float((sizes * (sizes - 1) / 2).sum()) > 0.85


def test_order_of_rows_does_not_matter(model: Model) -> None:
    mentions = small_city(60).drop("truth")
    once = link_mentions(mentions, model).scored
    again = link_mentions(mentions.sample(fraction=1.0, shuffle=True, seed=3).sort("mention_index"), model).scored
    assert once.equals(again)


def test_a_model_for_other_levels_is_refused(tmp_path: object, model: Model) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "model.json"
    Model(provenance={}, comparisons=model.comparisons[:-1]).save(path)
    with pytest.raises(ConfigError, match="other comparison levels"):
        Model.load(path)
    with pytest.raises(ConfigError, match="no such model"):
        Model.load(path.with_name("absent.json"))


def test_the_shipped_model_holds_no_text_of_a_person(model: Model) -> None:
    for part in model.comparisons:
        apart = [label for kind in CONDITIONAL.get(part.name, ()) for label in kind]
        plain = [level for level in part.levels if level.label not in apart]
        assert sum(level.m or 0 for level in plain) == pytest.approx(1)
        assert sum(level.u or 0 for level in plain) == pytest.approx(1, abs=1e-3)
    assert not any(sign.isdigit() and len(sign) > 10 for sign in str(model.provenance).split())
