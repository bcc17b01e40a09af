"""ID numbers with a slip, spoiled by a spreadsheet, or of the first generation (rules: GB 11643)."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.normalise.id_check import ID_LENGTH, OLD_LENGTH, upgraded
from pipelines.normalise.id_repair import repair_candidates
from pipelines.quality.findings.candidate import as_candidates
from pipelines.quality.findings.near import known_signs_apart, one_sign_apart, one_sign_lost, swapped_neighbours
from pipelines.quality.findings.night import Night
from pipelines.quality.findings.roles import with_column
from pipelines.quality.findings.wording import departments_en, departments_zh

_SPREADSHEET: Final = r"^\d(?:\.\d+)?[Ee]\+?\d+$"
_ROUNDED: Final = r"^\d{15}000$"
_TAIL: Final = 4  # known signs at the end without which a part of a number tells nobody


def find_number_slips(night: Night) -> pl.DataFrame:
    """Find numbers that cannot be: the check character, the length or the birth date inside is impossible.

    Where the same person, or somebody of the same name, shows the number that one slip explains in another department,
    that number is proposed; else the only candidate whose birth date and sex are those of the row.
    """
    wrong = with_column(night.witnesses.filter(pl.col("id_kind") == "invalid"), "id_number")
    wrong = wrong.with_columns(bare=pl.col("id_text").str.normalize("NFKC").str.replace_all(r"[^0-9Xx.Ee+]", ""))
    wrong = wrong.with_columns(pl.col("bare").str.to_uppercase(), case=_how_wrong())
    known = _known_numbers(night.witnesses)
    told = _confirmed(wrong, known)
    rows = wrong.join(told, on=_ROW, how="left", maintain_order="left")
    # The row's own birth date picks one of the numbers that a slip explains; nobody else has it.
    mended = pl.when((pl.col("case") == "checksum") & (pl.col("id_pattern") != pl.col("id_number"))).then("id_pattern")
    mended = pl.when(~pl.col("id_pattern").str.contains("*", literal=True)).then(mended)
    case = (
        pl.when(pl.col("repaired").is_not_null())
        .then(pl.lit("confirmed"))
        .when(mended.is_not_null())
        .then(pl.lit("mended"))
        .otherwise("case")
    )
    proposed = pl.coalesce("repaired", mended)
    return as_candidates(
        rows.with_columns(
            problem=pl.when(pl.col("case") == "spreadsheet").then(pl.lit("number_spoiled")).otherwise(
                pl.lit("number_impossible")
            ),
            case=case,
            proposed_value=proposed,
            replaces=pl.when("joint").then("id_text"),
            evidence_zh=_evidence_zh(night, mended),
            evidence_en=_evidence_en(mended),
        )
    )  # fmt: skip


_ROW: Final = ["feed", "record_key", "person_role", "person_seq"]


def _how_wrong() -> pl.Expr:
    text = pl.col("bare")
    return (
        pl.when(text.str.contains(_SPREADSHEET) | text.str.contains(_ROUNDED))
        .then(pl.lit("spreadsheet"))
        .when(text.str.len_chars() == ID_LENGTH)
        .then(pl.lit("checksum"))
        .otherwise(pl.lit("length"))
    )


def _known_numbers(witnesses: pl.DataFrame) -> pl.DataFrame:
    """Valid numbers with who shows them where: `known, person_id, name, department`."""
    valid = witnesses.filter(pl.col("id_kind") == "valid")
    return valid.select("person_id", "name", "department", known="id_number").unique()


def _confirmed(wrong: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Rows whose number is one slip from one that another department shows for the person, or the name: `repaired`."""
    text = pl.col("bare")
    asked = wrong.select(*_ROW, "person_id", "name", "department", "bare", "case")
    whole = asked.filter(pl.col("case") == "checksum")
    near = repair_candidates(whole["bare"]).rename({"number": "bare", "candidate": "known"})
    by_slip = whole.join(near, on="bare").join(known, on="known", suffix="_other")
    lost = asked.filter((pl.col("case") == "length") & text.str.len_chars().is_in([ID_LENGTH - 1, ID_LENGTH + 1]))
    by_length = lost.join(known, on="person_id", suffix="_other").filter(
        one_sign_lost(text, pl.col("known"), ID_LENGTH) | one_sign_lost(pl.col("known"), text, ID_LENGTH + 1)
    )
    by_length = by_length.with_columns(person_id_other="person_id")
    met = pl.concat([by_slip, by_length.select(by_slip.columns)])
    one = (pl.col("person_id") == pl.col("person_id_other")) | (pl.col("name") == pl.col("name_other"))
    met = met.filter(one & (pl.col("department") != pl.col("department_other")))
    numbers = met.group_by(_ROW).agg(
        repaired=pl.col("known").min(),
        choices=pl.col("known").n_unique(),
        departments=pl.col("department_other").unique().sort(),
    )
    return numbers.filter(pl.col("choices") == 1).drop("choices")


def _evidence_zh(night: Night, mended: pl.Expr) -> pl.Expr:
    fault = pl.col("case").replace_strict(
        {
            "checksum": "校验码不符或其中日期不存在",
            "length": "位数不对",
            "spreadsheet": "长数字已被电子表格改写，原号丢失",
        }
    )
    confirmed = pl.format(
        "{}；{}同一人的号码与此仅差一处", fault, departments_zh(pl.col("departments"), night.contracts)
    )
    own = pl.format("{}；与本行出生日期相符且仅差一处的号码只有一个", fault)
    return (
        pl.when(pl.col("repaired").is_not_null()).then(confirmed).when(mended.is_not_null()).then(own).otherwise(fault)
    )


def _evidence_en(mended: pl.Expr) -> pl.Expr:
    fault = pl.col("case").replace_strict(
        {
            "checksum": "The check character or the date inside cannot be",
            "length": "The number has too few or too many digits",
            "spreadsheet": "A spreadsheet has rounded the number; the digits are lost",
        }
    )
    confirmed = pl.format(
        "{}; the same person's number differs in one place: {}", fault, departments_en(pl.col("departments"))
    )
    own = pl.format("{}; only one number one slip away has the birth date of the row", fault)
    return (
        pl.when(pl.col("repaired").is_not_null()).then(confirmed).when(mended.is_not_null()).then(own).otherwise(fault)
    )


def find_old_numbers(night: Night) -> pl.DataFrame:
    """Find numbers of 15 digits (in force until 2012): readable, and the number of 18 follows from them."""
    bare = pl.col("id_text").str.normalize("NFKC").str.replace_all(r"\s", "")
    valid = night.witnesses.filter((pl.col("id_kind") == "valid") & bare.str.contains(rf"^\d{{{OLD_LENGTH}}}$"))
    return as_candidates(
        with_column(valid, "id_number").with_columns(
            problem=pl.lit("number_of_15_digits"),
            case=pl.lit("upgraded"),
            proposed_value=upgraded(bare),
            replaces=pl.when("joint").then("id_text"),
            evidence_zh=pl.lit("15位号码自2013年起停用；按国家标准补全为18位"),
            evidence_en=pl.lit("Numbers of 15 digits ended in 2013; completed to 18 by the national standard"),
        )
    )


WHOLE_SHARE: Final = 0.9
"""A register with this share of whole numbers could hold the others whole as well; elsewhere masking is policy."""


def find_masked_numbers(night: Night) -> pl.DataFrame:
    """Find numbers with hidden signs in the register of residents, where it otherwise holds whole ones.

    In every other list a hidden number is a department's choice, and no fault.
    """
    register = night.witnesses.filter(pl.col("feed") == "police_residents")
    hidden = pl.col("id_kind").is_in(["masked", "tail"])
    shown = register.filter(hidden | pl.col("id_kind").is_in(["valid", "invalid"]))
    few = shown.filter((~hidden).mean() >= WHOLE_SHARE).filter(hidden & pl.col("id_text").str.contains(r"[*×＊]"))
    return as_candidates(
        with_column(few, "id_number").with_columns(
            problem=pl.lit("number_masked"),
            case=pl.lit("others_whole"),
            evidence_zh=pl.lit("本库其他行多为完整号码，此行部分位数被遮盖"),
            evidence_en=pl.lit("The other rows of this register have whole numbers; some signs of this one are hidden"),
        )
    )


def find_tail_slips(night: Night) -> pl.DataFrame:
    """Find tails and masked numbers of which one known sign, or two neighbours, contradict the person's number.

    The whole number is one that another department shows, valid; the proposal has only the signs that the row shows.
    """
    parts = night.witnesses.filter(pl.col("id_kind").is_in(["tail", "masked"]) & pl.col("id_pattern").is_not_null())
    known = _known_numbers(night.witnesses).drop("name")
    per_person = known.group_by("person_id").agg(pl.col("known").n_unique().alias("numbers")).filter(
        pl.col("numbers") == 1
    )  # fmt: skip
    sure = known.join(per_person, on="person_id", how="semi")
    met = parts.join(sure, on="person_id", suffix="_other").filter(pl.col("department") != pl.col("department_other"))
    pattern, number, shown = pl.col("id_pattern"), pl.col("known"), pl.col("shown")
    apart = known_signs_apart(pattern, number)
    met = met.filter(apart.is_between(1, 2)).with_columns(shown=_masked_like(pattern, number))
    slip = one_sign_apart(pattern, shown, ID_LENGTH) | swapped_neighbours(pattern, shown, ID_LENGTH)
    met = met.filter(slip)
    tail = pl.col("id_pattern").str.extract(r"([\dX]+)$", 1)
    found = met.group_by(*_ROW, "person_id").agg(
        pl.col("id_text", "id_pattern", "known", "probability", "department").first(),
        departments=pl.col("department_other").unique().sort(),
    )
    found = found.filter(tail.str.len_chars() >= _TAIL).with_columns(
        right=pl.col("known").str.slice(ID_LENGTH - tail.str.len_chars().cast(pl.Int64))
    )
    cell = pl.col("id_text").str.to_uppercase()
    return as_candidates(
        with_column(found, "id_number").filter(cell.str.ends_with(tail)).with_columns(
            problem=pl.lit("number_tail_differs"),
            case=pl.when(pl.col("departments").list.len() >= 2).then(pl.lit("two_departments")).otherwise(
                pl.lit("one_department")
            ),
            certainty="probability",
            proposed_value=pl.when(tail != pl.col("right")).then(
                pl.concat_str(cell.str.head(cell.str.len_chars() - tail.str.len_chars()), "right")
            ),
            replaces=pl.when("joint").then("id_text"),
            evidence_zh=pl.format("{}同一人的号码与此差一处", departments_zh(pl.col("departments"), night.contracts)),
            evidence_en=pl.format(
                "The same person's number differs in one place: {}", departments_en(pl.col("departments"))
            ),
        )
    )  # fmt: skip


def _masked_like(pattern: pl.Expr, number: pl.Expr) -> pl.Expr:
    """The number with the pattern's unknown signs hidden."""
    return pl.concat_str(
        pl.when(pattern.str.slice(place, 1) == "*").then(pl.lit("*")).otherwise(number.str.slice(place, 1))
        for place in range(ID_LENGTH)
    )
