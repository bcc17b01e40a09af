"""Our comparison gives, for every pair, the level that the SQL conditions give in DuckDB."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest
from small_city import small_city

from pipelines.identity.candidates.blocking import candidate_pairs
from pipelines.identity.candidates.coding import code_nodes
from pipelines.identity.candidates.features import node_features
from pipelines.identity.scoring.comparison import compare
from pipelines.identity.scoring.levels import COMPARISONS, Comparison


@pytest.fixture(scope="module")
def compared() -> tuple[pl.DataFrame, pl.DataFrame]:
    mentions = small_city().drop("truth")
    alone = mentions.select("mention_index", node="mention_index")
    features = node_features(mentions, alone).frame
    pairs = candidate_pairs(features.with_columns(id_number=pl.lit(None, dtype=pl.String))).pairs
    return features, compare(pairs, code_nodes(features))


@pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda part: part.name)
def test_levels_equal_the_sql(compared: tuple[pl.DataFrame, pl.DataFrame], comparison: Comparison) -> None:
    features, pairs = compared
    sides = ", ".join(f'l."{name}" AS {name}_l, r."{name}" AS {name}_r' for name in features.columns)
    cases = " ".join(f"WHEN {level.sql} THEN {place}" for place, level in enumerate(comparison.levels[:-1]))
    with duckdb.connect() as connection:
        connection.register("features", features.to_arrow())
        connection.register("pairs", pairs.select("left_node", "right_node").to_arrow())
        table = connection.sql(
            f"""
            WITH sides AS (
              SELECT p.left_node, p.right_node, {sides}
              FROM pairs p JOIN features l ON l.node = p.left_node JOIN features r ON r.node = p.right_node
            )
            SELECT left_node, right_node, CASE {cases} ELSE {len(comparison.levels) - 1} END AS level FROM sides
            """  # noqa: S608 - the conditions are ours
        ).to_arrow_table()
    by_sql = pl.DataFrame(table)
    both = pairs.join(by_sql, on=["left_node", "right_node"])
    assert both.height == pairs.height > 1000
    assert both.filter(pl.col("level") != pl.col(f"level_{comparison.name}")).height == 0


def test_the_small_city_shows_most_levels(compared: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    _, pairs = compared
    seen = {part.name: set(pairs[f"level_{part.name}"].unique().to_list()) for part in COMPARISONS}
    labels = {part.name: {part.labels[place] for place in seen[part.name]} for part in COMPARISONS}
    assert labels["name"] >= {"equal", "sound", "slip", "titled", "surname", "else"}
    assert labels["id"] >= {"null", "fits_few", "fits_some", "both_valid_differ", "else"}
    assert labels["birth"] >= {"null", "month", "else"}
    assert labels["address"] >= {"room", "unit", "building", "estate", "else"}
