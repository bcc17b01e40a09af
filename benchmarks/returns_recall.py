"""Which true errors of generated rows are told at all: cells that differ from the truth, and what became of each."""

from __future__ import annotations

import polars as pl
from returns_judge import ROW, address_columns, is_damaged, true_mentions

from pipelines.city.evaluate.linking import Truth, current_rows, with_keys
from pipelines.lake.snapshot import Snapshot
from pipelines.quality.findings.night import Night
from pipelines.quality.findings.roles import columns_of_roles

NO_ROOM = ("missing_room", "abbreviated", "unknown_nickname", "wrong_order", "wrong_district", "noise", "repeated")
"""Damages that leave the text readable, or that cannot be told from a text that never had more."""


def recall(findings: pl.DataFrame, night: Night, truth: Truth, snapshot: Snapshot) -> pl.DataFrame:
    """Return `kind, errors, told`: cells that are wrong by the truth, and those of which any finding speaks.

    Args:
        findings: what `collect_findings` returned.
        night: the tables it saw.
        truth: of the city.
        snapshot: for the rows that are current.
    """
    rows = current_rows(snapshot)
    mentions = true_mentions(night, truth, rows)
    named = findings.select("record_key", "column", "problem", feed=pl.concat_str("department", "feed", separator="_"))
    errors = pl.concat([_cells(mentions), _addresses(truth, rows), _twice(mentions)])
    told = named.select("feed", "record_key", "column").unique().with_columns(told=pl.lit(value=True))
    met = errors.join(told, on=[*ROW, "column"], how="left", nulls_equal=True)
    return met.group_by("kind").agg(errors=pl.len(), told=pl.col("told").sum()).sort("kind")


def _cells(mentions: pl.DataFrame) -> pl.DataFrame:
    columns = columns_of_roles().select("feed", "person_role", "attribute", "column")
    met = mentions.join(columns, on=["feed", "person_role"])
    attribute, shown = pl.col("attribute"), pl.col("id_text").str.normalize("NFKC").str.replace_all(r"\s", "")
    whole = pl.col("id_kind").is_in(["valid", "invalid"]) & (shown.str.len_chars() >= 15)
    old = (shown.str.len_chars() == 15) & (pl.col("id_number") == pl.col("true_number"))
    precise = pl.col("birth_precision") == "day"
    same_month = pl.col("birth_date").dt.truncate("1mo") == pl.col("true_birth").dt.truncate("1mo")
    kind = pl.coalesce(
        pl.when((attribute == "name") & (pl.col("name_kind") == "han") & (pl.col("name") != pl.col("true_name"))).then(
            pl.lit("name")
        ),
        pl.when((attribute == "id_number") & whole & ~old & (shown.str.to_uppercase() != pl.col("true_number"))).then(
            pl.lit("number")
        ),
        pl.when((attribute == "id_number") & old).then(pl.lit("number of 15 digits")),
        pl.when((attribute == "birth_date") & (pl.col("birth_source") == "column"))
        .then(pl.when(precise).then(pl.col("birth_date") != pl.col("true_birth")).otherwise(~same_month))
        .replace_strict({True: "birth date"}, default=None, return_dtype=pl.String),
    )
    wrong = met.with_columns(kind=kind).filter(pl.col("kind").is_not_null())
    return wrong.select(*ROW, "column", "kind").unique()


def _addresses(truth: Truth, rows: pl.DataFrame) -> pl.DataFrame:
    places = with_keys(truth.address, rows).unique([*ROW, "address_role"])
    damage = pl.col("damage").str.split("|").list.first().str.split("+").list.first()
    hurt = places.filter(is_damaged()).with_columns(first=damage).filter(~pl.col("first").is_in(list(NO_ROOM)))
    told = hurt.join(address_columns(), on=["feed", "address_role"])
    return told.select(*ROW, "column", kind=pl.concat_str(pl.lit("address: "), "first")).unique()


def _twice(mentions: pl.DataFrame) -> pl.DataFrame:
    once = mentions.filter(
        (pl.col("feed") == "police_residents") & pl.col("person").is_not_null() & (pl.col("status") == "正常")
    )
    several = once.filter(pl.len().over("person") > 1)
    return several.select(*ROW, column=pl.lit(None, pl.String), kind=pl.lit("entered twice"))
