"""Splink as its own documentation sets it up for these data sets; nothing of Streetlake is imported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import polars as pl
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

SEED = 1


def link(name: str, table: pl.DataFrame) -> pl.DataFrame:
    """Train and predict; returns `left_row, right_row, probability` of the pairs that Splink returns.

    Args:
        name: of the data set.
        table: the rows without truth and without identifiers.
    """
    connection = duckdb.connect()
    api = DuckDBAPI(connection=connection)
    linker = SETTINGS[name](api, connection, table.with_row_index("unique_id"))
    predicted = linker.inference.predict(threshold_match_probability=PREDICT_FROM[name])
    pairs = pl.DataFrame(predicted.as_duckdbpyrelation().to_arrow_table())
    return pairs.select(
        left_row=pl.min_horizontal("unique_id_l", "unique_id_r").cast(pl.UInt32),
        right_row=pl.max_horizontal("unique_id_l", "unique_id_r").cast(pl.UInt32),
        probability="match_probability",
    )


def _historical(api: DuckDBAPI, connection: duckdb.DuckDBPyConnection, table: pl.DataFrame) -> Linker:
    """Docs, "Linking a dataset of real historical persons"."""
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("substr(first_name,1,3)", "substr(surname,1,4)"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode_fake", "first_name"),
            block_on("postcode_fake", "surname"),
            block_on("dob", "birth_place"),
            block_on("substr(postcode_fake,1,3)", "dob"),
            block_on("substr(postcode_fake,1,3)", "first_name"),
            block_on("substr(postcode_fake,1,3)", "surname"),
            block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
        ],
        comparisons=[
            cl.ForenameSurnameComparison(
                "first_name", "surname", forename_surname_concat_col_name="first_name_surname_concat"
            ),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
        retain_intermediate_calculation_columns=True,
    )
    rows = connection.from_arrow(table.to_arrow())
    linker = Linker(
        api.register(rows.project("*, first_name || ' ' || surname as first_name_surname_concat")), settings
    )
    linker.training.estimate_probability_two_random_records_match(
        [
            block_on("first_name", "surname", "dob"),
            block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"),
            block_on("dob", "postcode_fake"),
        ],
        recall=0.6,
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=SEED)
    _train(linker, [block_on("first_name", "surname"), block_on("dob")], estimate_without_term_frequencies=True)
    return linker


def _febrl3(api: DuckDBAPI, connection: duckdb.DuckDBPyConnection, table: pl.DataFrame) -> Linker:
    """Docs, "Deduplicating the febrl3 dataset"."""
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on(column) for column in ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")
        ],
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        ],
        retain_intermediate_calculation_columns=True,
    )
    linker = Linker(api.register(connection.from_arrow(table.to_arrow())), settings)
    linker.training.estimate_probability_two_random_records_match(
        [
            block_on("soc_sec_id"),
            block_on("given_name", "surname", "date_of_birth"),
            "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth",
        ],
        recall=0.9,
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=2)
    _train(linker, [block_on("date_of_birth"), block_on("postcode")])
    return linker


def _fake_1000(api: DuckDBAPI, connection: duckdb.DuckDBPyConnection, table: pl.DataFrame) -> Linker:
    """README of Splink, "Quickstart"."""
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.NameComparison("first_name"),
            cl.JaroAtThresholds("surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ],
        blocking_rules_to_generate_predictions=[block_on("first_name", "dob"), block_on("surname")],
    )
    linker = Linker(api.register(connection.from_arrow(table.to_arrow())), settings)
    linker.training.estimate_probability_two_random_records_match([block_on("first_name", "surname")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=SEED)
    _train(linker, [block_on("first_name", "surname"), block_on("email")])
    return linker


def _train(linker: Linker, rules: list[Any], **how: bool) -> None:
    for rule in rules:
        linker.training.estimate_parameters_using_expectation_maximisation(rule, **how)


SETTINGS: dict[str, Callable[[DuckDBAPI, duckdb.DuckDBPyConnection, pl.DataFrame], Linker]] = {
    "historical_50k": _historical,
    "febrl3": _febrl3,
    "fake_1000": _fake_1000,
}
# The documentation predicts from here on; below it no pair is returned, and none can be linked.
PREDICT_FROM: dict[str, float | None] = {"historical_50k": None, "febrl3": 0.2, "fake_1000": 0.03}
