"""Numbers that are somebody else's: a parent's on a child's row, a husband's on his wife's."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.identity.constraints.numbers import BORROWED_YEARS, is_contradicted, number_birth, number_sex
from pipelines.quality.findings.candidate import joined
from pipelines.quality.findings.near import near_miss
from pipelines.quality.findings.night import Night
from pipelines.quality.findings.roles import with_column
from pipelines.quality.findings.wording import departments_en, departments_zh

_LONGEST: Final = 8


def find_numbers_of_others(night: Night) -> pl.DataFrame:
    """Find valid numbers that belong to another person of the city.

    The owner is who shows the number in most departments, the police register before all; the row is another person,
    of a name that no slip explains. No number is proposed: the department has none of its own.
    """
    valid = night.witnesses.filter(pl.col("id_kind") == "valid")
    claims = valid.group_by("id_number", "person_id").agg(
        departments=pl.col("department").unique().sort(),
        voices=pl.col("department").n_unique(),
        police=(pl.col("department") == "police").any(),
        rows=pl.len(),
        owner_names=pl.col("name").drop_nulls().unique().sort(),
    )
    contested = claims.filter(pl.col("person_id").n_unique().over("id_number") > 1)
    ranked = contested.sort(
        ["id_number", "police", "voices", "rows", "person_id"], descending=[False, True, True, True, False]
    )
    owners = ranked.group_by("id_number", maintain_order=True).agg(
        pl.col("person_id", "departments", "voices", "police", "rows", "owner_names").first(),
        margin=(pl.col("voices") + 2 * pl.col("police"))
        .cast(pl.Int64)
        .diff(null_behavior="ignore")
        .slice(1, 1)
        .first(),
    )
    rows = valid.join(owners.rename({"person_id": "owner"}), on="id_number").filter(
        (pl.col("person_id") != pl.col("owner")) & (pl.col("margin") < 0) & pl.col("name").is_not_null()
    )
    owned = _told(with_column(_of_another_name(rows), "id_number"), night)
    return joined([owned, _of_a_generation(valid.join(owned, on=_ROW, how="anti"))])


def _of_a_generation(valid: pl.DataFrame) -> pl.DataFrame:
    """Rows born half a generation or more after the number, or before: whoever owns it, it is not the row's person."""
    told = valid.filter(pl.col("birth_source") == "column").with_columns(
        inner_birth=number_birth(pl.col("id_number")), inner_sex=number_sex(pl.col("id_number"))
    )
    years = (pl.col("birth_date").dt.year() - pl.col("inner_birth").dt.year()).abs()
    apart = with_column(
        told.filter(is_contradicted() & (years >= BORROWED_YEARS)).with_columns(years=years), "id_number"
    )
    return apart.with_columns(
        problem=pl.lit("number_of_another"),
        case=pl.lit("generation_apart"),
        evidence_zh=pl.format("号码中的出生年与本行相差{}年，疑为父母等他人的号码", "years"),
        evidence_en=pl.format(
            "The birth year in the number is {} years from that of the row: likely a parent's number", "years"
        ),
        replaces=pl.when("joint").then("id_text"),
    )


_ROW: Final = ["feed", "record_key", "person_role", "person_seq"]


def _of_another_name(rows: pl.DataFrame) -> pl.DataFrame:
    """Without rows whose name, or birth date, is the owner's."""
    rows = rows.with_columns(inner_birth=number_birth(pl.col("id_number")), inner_sex=number_sex(pl.col("id_number")))
    owner = pl.col("owner_names").list.first()
    alike = pl.col("owner_names").list.contains(pl.col("name")) | near_miss(pl.col("name"), owner, _LONGEST)
    told = pl.col("birth_source") == "column"
    own_birth = told & (pl.col("birth_date") == pl.col("inner_birth")) & (pl.col("birth_precision") == "day")
    rows = rows.with_columns(contradicted=is_contradicted())
    return rows.filter(~alike.fill_null(value=False) & ~own_birth.fill_null(value=False))


def _told(rows: pl.DataFrame, night: Night) -> pl.DataFrame:
    kin = pl.col("kin_names").list.set_intersection("owner_names").list.len() > 0
    case = (
        pl.when("contradicted")
        .then(pl.lit("birth_contradicts"))
        .when(kin)
        .then(pl.lit("owner_beside"))
        .when(pl.col("police"))
        .then(pl.lit("police_owner"))
        .otherwise(pl.lit("other_owner"))
    )
    return rows.with_columns(
        problem=pl.lit("number_of_another"),
        case=case,
        evidence_zh=pl.format(
            "{}以此号码登记的是另一人（{}条记录）", departments_zh(pl.col("departments"), night.contracts), "rows"
        ),
        evidence_en=pl.format(
            "{} hold this number for another person ({} records)", departments_en(pl.col("departments")), "rows"
        ),
        replaces=pl.when("joint").then("id_text"),
    )
