"""Names that are one slip off what other departments write for the same person."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.quality.findings.candidate import as_candidates
from pipelines.quality.findings.near import near_miss
from pipelines.quality.findings.night import Night
from pipelines.quality.findings.others import other_values
from pipelines.quality.findings.roles import with_column
from pipelines.quality.findings.wording import departments_en, departments_zh

_LONGEST: Final = 8
SURE_NAME: Final = 0.8
"""Of the fused name: where one department alone says otherwise, surer ones were right in 231 of 231 cases, less sure
ones in 25 of 29 (seven generated cities)."""
_KINDS: Final = ("han", "minority")


def find_name_slips(night: Night) -> pl.DataFrame:
    """Find names that differ by one sign, or in sound not at all, from what the other departments agree on.

    What most of them write has to be what all records together make of the person's name, which also knows how people
    are called here: of two departments alone, the one with the name that nobody bears is wrong.
    A former name is none of them: it was right once. A name that any other department writes too is left alone.
    """
    witnesses = night.witnesses.filter(pl.col("name_kind").is_in(_KINDS) & (pl.col("name").str.len_chars() >= 2))
    former = _former_names(night.witnesses)
    claims = witnesses.select("person_id", "department", value="name", on="observed_on")
    disputed = claims.group_by("person_id").agg(pl.col("value").n_unique()).filter(pl.col("value") > 1)
    mine = witnesses.join(disputed.select("person_id"), on="person_id", how="semi").with_columns(value="name")
    told = other_values(mine, claims).filter(pl.col("said").is_not_null() & (pl.col("backing") == 0))
    sounds = _spoken(witnesses)
    told = told.join(sounds, on="said", how="left", maintain_order="left")
    near = near_miss(pl.col("name"), pl.col("said"), _LONGEST) | (pl.col("pinyin") == pl.col("said_pinyin"))
    told = told.filter(near).join(former, left_on=["person_id", "name"], right_on=["person_id", "former"], how="anti")
    told = told.join(former, left_on=["person_id", "said"], right_on=["person_id", "former"], how="anti")
    told = told.join(night.fused, on="person_id", how="inner", maintain_order="left")
    agreed = told.filter(pl.col("said") == pl.col("fused_name"))
    return as_candidates(_told(with_column(agreed, "name"), night))


def _spoken(witnesses: pl.DataFrame) -> pl.DataFrame:
    """Return `said, said_pinyin`: how each name is spoken."""
    return witnesses.group_by(said="name").agg(said_pinyin=pl.col("pinyin").drop_nulls().min())


def _former_names(witnesses: pl.DataFrame) -> pl.DataFrame:
    """`person_id, former`: names that a record calls former ones."""
    known = witnesses.filter(pl.col("former_name").is_not_null())
    return known.select("person_id", former="former_name").unique()


def _told(found: pl.DataFrame, night: Night) -> pl.DataFrame:
    sure = pl.col("name_sure") >= SURE_NAME
    case = (
        pl.when(pl.col("voices") >= 3)
        .then(pl.lit("three_departments"))
        .when(pl.col("voices") == 2)
        .then(pl.lit("two_departments"))
        .when(sure & pl.col("departments").list.contains("police"))
        .then(pl.lit("police_and_usage"))
        .when(sure)
        .then(pl.lit("one_and_usage"))
        .otherwise(pl.lit("one_department"))
    )
    since = pl.col("until").dt.strftime("%Y-%m-%d")
    part = pl.col("name_text").str.contains(pl.col("name"), literal=True)
    return found.with_columns(
        problem=pl.lit("name_slip"),
        case=case,
        certainty="probability",
        proposed_value="said",
        replaces=pl.when(part).then("name").when("joint").then("name_text"),
        evidence_zh=pl.format(
            "{}将同一人写作“{}”，最近一次为{}",
            departments_zh(pl.col("departments"), night.contracts), "said", since.fill_null("日期不详"),
        ),
        evidence_en=pl.format(
            "{} write the same person {}, last on {}",
            departments_en(pl.col("departments")), "said", since.fill_null("an unknown day"),
        ),
    )  # fmt: skip
