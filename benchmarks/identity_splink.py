"""Splink 5 over the normalised mentions, in two settings: as its tutorial has it, and prepared for Chinese registers.

Both: u from a million random pairs, EM in three sessions, links at .95, connected components. `vanilla` compares one
column a fact with the comparisons of Splink's own library. `prepared` adds what a knowing user would: pinyin, the last
four digits where a number is masked, births of month precision, blocks by name and by tail. No threshold is chosen on
truth in either.
"""

from __future__ import annotations

import logging
from typing import Any

import polars as pl
import splink.comparison_level_library as levels
import splink.comparison_library as library
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLD, PREDICTED_FROM = 0.95, 0.5
SEED = 1
ONE_NUMBER_MISSING = "(id_number_l IS NULL OR id_number_r IS NULL) AND tail_l = tail_r"


def flat(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return one scalar column a fact; a birth of month precision is no `birth_date`, but has a `birth_month`."""
    people = mentions.filter(pl.col("name_kind") != "organisation")
    day = pl.when(pl.col("birth_precision") == "day").then(pl.col("birth_date").dt.to_string())
    known = pl.col("birth_precision").is_in(["day", "month"])
    tail = pl.coalesce("id_number", "id_pattern").str.slice(-4)
    return people.select(
        "mention_index",
        "name",
        "surname",
        "pinyin",
        "sex",
        "id_number",
        tail=pl.when(~tail.str.contains("*", literal=True)).then(tail),
        birth_date=day,
        birth_month=pl.when(known).then(pl.col("birth_date").dt.strftime("%Y-%m")),
        phone=pl.col("phones").list.first(),
        room="room_code",
        estate="estate_code",
    )


def vanilla() -> SettingsCreator:
    """A comparison a column from Splink's library."""
    return _settings(
        [
            library.NameComparison("name").configure(term_frequency_adjustments=True),
            library.DateOfBirthComparison("birth_date", input_is_string=True),
            library.ExactMatch("sex"),
            library.LevenshteinAtThresholds("id_number", [1, 2]),
            library.LevenshteinAtThresholds("phone", [1]).configure(term_frequency_adjustments=True),
            library.ExactMatch("room").configure(term_frequency_adjustments=True),
        ],
        [
            ("id_number",),
            ("phone",),
            ("name", "birth_date"),
            ("name", "room"),
            ("name", "estate"),
            ("birth_date", "room"),
        ],
    )


def prepared() -> SettingsCreator:
    """Comparisons that know pinyin, masked numbers and months of birth."""
    number = library.CustomComparison(
        output_column_name="number",
        comparison_levels=[
            levels.CustomLevel(
                "(id_number_l IS NULL AND tail_l IS NULL) OR (id_number_r IS NULL AND tail_r IS NULL)"
            ).configure(is_null_level=True),
            levels.CustomLevel("id_number_l = id_number_r"),
            levels.CustomLevel("levenshtein(id_number_l, id_number_r) <= 1"),
            levels.CustomLevel(f"{ONE_NUMBER_MISSING} AND birth_month_l = birth_month_r"),
            levels.CustomLevel(ONE_NUMBER_MISSING),
            levels.ElseLevel(),
        ],
    )
    name = library.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            levels.NullLevel("name"),
            levels.ExactMatchLevel("name", term_frequency_adjustments=True),
            levels.ExactMatchLevel("pinyin"),
            levels.LevenshteinLevel("name", 1),
            levels.ElseLevel(),
        ],
    )
    birth = library.CustomComparison(
        output_column_name="birth",
        comparison_levels=[
            levels.NullLevel("birth_month"),
            levels.CustomLevel("birth_date_l = birth_date_r"),
            levels.CustomLevel("birth_month_l = birth_month_r"),
            levels.CustomLevel("substr(birth_month_l, 1, 4) = substr(birth_month_r, 1, 4)"),
            levels.ElseLevel(),
        ],
    )
    exact = [library.ExactMatch(c).configure(term_frequency_adjustments=True) for c in ("phone", "room")]
    return _settings(
        [name, birth, library.ExactMatch("sex"), number, *exact],
        [("id_number",), ("phone",), ("name",), ("pinyin", "room"), ("tail", "surname"), ("birth_date", "room")],
    )


def _settings(comparisons: list[Any], blocks: list[tuple[str, ...]]) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="mention_index",
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in blocks],
        comparisons=comparisons,
        max_iterations=20,
    )


def link(mentions: pl.DataFrame, settings: SettingsCreator) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Train, predict and cluster: `mention_index, cluster`, and the number of pairs scored above .5."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    linker = Linker(DuckDBAPI().register(flat(mentions).to_arrow()), settings)
    certain = [block_on("id_number"), block_on("name", "birth_date"), block_on("name", "phone")]
    linker.training.estimate_probability_two_random_records_match(certain, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=SEED)
    for column in ("name", "phone", "id_number"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(column))
    predicted = linker.inference.predict(threshold_match_probability=PREDICTED_FROM)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, THRESHOLD)
    clusters = pl.from_arrow(found.as_duckdbpyrelation().to_arrow_table())
    assert isinstance(clusters, pl.DataFrame)
    counted = predicted.as_duckdbpyrelation().aggregate("count(*)").fetchall()
    return clusters.select("mention_index", cluster="cluster_id"), {"pairs": int(counted[0][0])}
