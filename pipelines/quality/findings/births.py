"""Birth dates and sexes that contradict the row's own number, or what the other departments know."""

from __future__ import annotations

import polars as pl

from pipelines.identity.constraints.numbers import is_contradicted
from pipelines.quality.findings.candidate import as_candidates, joined
from pipelines.quality.findings.night import Night
from pipelines.quality.findings.others import other_values
from pipelines.quality.findings.roles import with_column
from pipelines.quality.findings.wording import departments_en, departments_zh

SURE_BIRTH = 0.9
"""Of the fused birth date."""

_FORMAT = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}


def find_birth_slips(night: Night) -> pl.DataFrame:
    """Find birth dates that are not those of the person, with the right one in the precision that the row has.

    The number of the row decides where it is valid and the person's own; else the numbers that other departments show
    for the same person. A number that contradicts the row by a generation is taken for somebody else's (`owners`).
    """
    told = with_column(night.witnesses.filter(pl.col("birth_source") == "column"), "birth_date")
    own = told.filter(pl.col("id_kind") == "valid").with_columns(
        inner_birth="id_birth_date", inner_sex="id_sex", right="id_birth_date"
    )
    differs = own.filter(_differs(pl.col("birth_date"), pl.col("right")) & ~is_contradicted())
    backed = other_values(
        differs.with_columns(value="right"),
        _numbered(night.witnesses).with_columns(value="birth"),
    )
    from_number = _told_by_number(backed)
    others = told.filter(pl.col("id_kind") != "valid")
    asked = other_values(
        others.with_columns(value="birth_date"), _numbered(night.witnesses).with_columns(value="birth")
    )
    asked = asked.filter(
        (pl.col("rivals") == 0) & (pl.col("backing") == 0) & _differs(pl.col("birth_date"), pl.col("said"))
    )
    asked = asked.join(night.fused, on="person_id", how="inner", maintain_order="left")
    asked = asked.filter((pl.col("said") == pl.col("fused_birth")) & (pl.col("birth_sure") >= SURE_BIRTH))
    return joined([from_number, _told_by_others(asked.with_columns(right="said"), night)])


def _numbered(witnesses: pl.DataFrame) -> pl.DataFrame:
    """Birth dates inside valid numbers: `person_id, department, birth, on`."""
    return witnesses.filter(pl.col("id_kind") == "valid").select(
        "person_id", "department", birth="id_birth_date", on="observed_on"
    )


def _differs(told: pl.Expr, right: pl.Expr) -> pl.Expr:
    """The dates differ in what the row's precision tells."""
    return (
        pl.when(pl.col("birth_precision") == "day")
        .then(told != right)
        .when(pl.col("birth_precision") == "month")
        .then(told.dt.truncate("1mo") != right.dt.truncate("1mo"))
        .otherwise(told.dt.year() != right.dt.year())
    )


def _in_precision(day: pl.Expr) -> pl.Expr:
    precise = pl.col("birth_precision")
    return pl.coalesce(pl.when(precise == name).then(day.dt.strftime(form)) for name, form in _FORMAT.items())


def _told_by_number(rows: pl.DataFrame) -> pl.DataFrame:
    confirmed = pl.col("backing") > 0
    return as_candidates(
        rows.with_columns(
            problem=pl.lit("birth_date_not_in_number"),
            case=pl.when(confirmed).then(pl.lit("number_confirmed")).otherwise(pl.lit("number_alone")),
            proposed_value=_in_precision(pl.col("right")),
            evidence_zh=pl.when(confirmed)
            .then(pl.format("本行身份证号有效，且另有{}个部门登记了同一出生日期", "backing"))
            .otherwise(pl.lit("与本行有效身份证号中的出生日期不同")),
            evidence_en=pl.when(confirmed)
            .then(pl.format("The row's number is valid, and {} other departments hold the same birth date", "backing"))
            .otherwise(pl.lit("The row's own valid number holds another birth date")),
        )
    )


def _told_by_others(rows: pl.DataFrame, night: Night) -> pl.DataFrame:
    return as_candidates(
        rows.with_columns(
            problem=pl.lit("birth_date_differs"),
            case=pl.when(pl.col("voices") >= 2)
            .then(pl.lit("two_departments"))
            .otherwise(pl.lit("one_department")),
            certainty="probability",
            proposed_value=_in_precision(pl.col("right")),
            evidence_zh=pl.format(
                "{}同一人的有效身份证号中为另一日期", departments_zh(pl.col("departments"), night.contracts)
            ),
            evidence_en=pl.format(
                "The valid number of the same person holds another date: {}", departments_en(pl.col("departments"))
            ),
        )
    )  # fmt: skip


def find_sex_slips(night: Night) -> pl.DataFrame:
    """Find sexes that contradict the row's own valid number, where the birth date agrees with it or is not told."""
    told = with_column(
        night.witnesses.filter((pl.col("sex_source") == "column") & (pl.col("id_kind") == "valid")), "sex"
    )
    agrees = pl.col("birth_date").is_null() | ~_differs(pl.col("birth_date"), pl.col("id_birth_date"))
    wrong = told.filter((pl.col("sex") != pl.col("id_sex")) & agrees)
    return as_candidates(
        wrong.with_columns(
            problem=pl.lit("sex_not_in_number"),
            case=pl.when(pl.col("birth_source") == "column")
            .then(pl.lit("birth_agrees"))
            .otherwise(pl.lit("sex_alone")),
            proposed_value="id_sex",
            evidence_zh=pl.lit("有效身份证号第17位奇数为男、偶数为女，与此列相反"),
            evidence_en=pl.lit("Sign 17 of the valid number, odd for men and even for women, says the opposite"),
        )
    )
