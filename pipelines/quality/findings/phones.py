"""Phone numbers that by now are surely another person's."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.quality.findings.candidate import as_candidates
from pipelines.quality.findings.night import Night
from pipelines.quality.findings.roles import with_column
from pipelines.quality.findings.wording import departments_en, departments_zh

_OWNER_VOICES: Final = 2
_BESIDE: Final = "contact"  # whom an elder's row names; the number told there is often that of the home


def find_phones_of_others(night: Night) -> pl.DataFrame:
    """Find mobile numbers that two departments hold for somebody else, whom nothing ties to this person.

    A newer row of another department has to give this person another number: then this one was kept, not shared. Kin,
    house-mates and neighbours of one room share numbers for good reasons and are passed over. The right number is never
    told.
    """
    people = night.witnesses.filter((pl.col("phones").list.len() > 0) & (pl.col("person_role") != _BESIDE))
    told = people.explode("phones").filter(pl.col("phones").str.contains(r"^1\d{10}$"))
    claims = told.group_by("phones", "person_id").agg(
        departments=pl.col("department").unique().sort(),
        voices=pl.col("department").n_unique(),
        newest=pl.col("observed_on").max(),
    )
    shared = claims.filter(pl.col("person_id").n_unique().over("phones") == 2)
    owners = shared.filter(pl.col("voices") >= _OWNER_VOICES)
    others = shared.filter(pl.col("voices") == 1)
    pairs = others.join(owners, on="phones", suffix="_owner").filter(pl.col("person_id") != pl.col("person_id_owner"))
    # By another department's row the person has another number by now: this one was kept, not lent.
    elsewhere = claims.select("person_id", other="phones", theirs="departments", told_on="newest")
    moved_on = pairs.join(elsewhere, on="person_id").filter(
        (pl.col("other") != pl.col("phones"))
        & (pl.col("told_on") > pl.col("newest"))
        & (pl.col("theirs").list.set_difference("departments").list.len() > 0)
    )
    pairs = pairs.join(moved_on.select("phones", "person_id").unique(), on=["phones", "person_id"], how="semi")
    pairs = _strangers(pairs, night.witnesses)
    rows = told.join(
        pairs.select("phones", "person_id", "departments_owner"),
        on=["phones", "person_id"],
        how="inner",
    )
    return as_candidates(
        with_column(rows, "phone").with_columns(
            problem=pl.lit("phone_of_another"),
            case=pl.lit("newer_number_elsewhere"),
            certainty="probability",
            replaces="phones",
            evidence_zh=pl.format(
                "{}将此号码登记在另一人名下，与本行人员无同住或亲属登记",
                departments_zh(pl.col("departments_owner"), night.contracts),
            ),
            evidence_en=pl.format(
                "{} hold this number for another person, of no known kin or home in common",
                departments_en(pl.col("departments_owner")),
            ),
        )
    )  # fmt: skip


def _strangers(pairs: pl.DataFrame, witnesses: pl.DataFrame) -> pl.DataFrame:
    """Pairs of persons who share no home, no surname and no mention of each other as kin."""
    homes = witnesses.filter(pl.col("room_code").is_not_null()).group_by("person_id").agg(
        all_homes=pl.col("room_code").unique(), all_kin=pl.col("kin_names").explode().drop_nulls().unique(),
        all_names=pl.col("name").drop_nulls().unique(),
    )  # fmt: skip
    met = pairs.join(homes, on="person_id", how="left").join(
        homes, left_on="person_id_owner", right_on="person_id", how="left", suffix="_there"
    )
    together = pl.any_horizontal(
        pl.col(one).list.set_intersection(other).list.len() > 0
        for one, other in (
            ("all_homes", "all_homes_there"),
            ("all_kin", "all_names_there"),
            ("all_names", "all_kin_there"),
        )
    )
    surnames = pl.col("all_names").list.eval(pl.element().str.head(1)).list.set_intersection(
        pl.col("all_names_there").list.eval(pl.element().str.head(1))
    )  # fmt: skip
    return met.filter(~together.fill_null(value=True) & (surnames.list.len() == 0))
