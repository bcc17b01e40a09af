"""In which order a building is emptied: by the help that is needed, then unit by unit, from the top floor down."""

from __future__ import annotations

import polars as pl

from pipelines.needs.vocabulary import HELP, HELP_OF, HELP_ORDER, NEED_ORDER

NO_UNIT = 10_000


def help_of(needs: pl.DataFrame) -> pl.DataFrame:
    """Tell the help a household asks for: the most that any of its needs does.

    Args:
        needs: ``household_id, need``.

    Returns:
        ``household_id, help`` (a code of ``HELP``), ``needs`` (codes in the order of the vocabulary).
    """
    ranked = (
        needs.select("household_id", "need")
        .unique()
        .with_columns(
            place=pl.col("need").replace_strict(NEED_ORDER, return_dtype=pl.Int64),
            urgency=pl.col("need")
            .replace_strict(HELP_OF, return_dtype=pl.String)
            .replace_strict(HELP_ORDER, return_dtype=pl.Int64),
        )
    )
    return ranked.group_by("household_id").agg(
        needs=pl.col("need").sort_by("place"),
        help=pl.col("urgency").min().replace_strict(dict(enumerate(HELP)), return_dtype=pl.String),
    )


def number_in(column: str) -> pl.Expr:
    """The first number in a text, to sort `2单元` before `10单元`; a text without one, or none, comes last."""
    return pl.col(column).str.extract(r"(\d+)", 1).cast(pl.Int64).fill_null(NO_UNIT)


def evacuation_order(homes: pl.DataFrame) -> pl.Expr:
    """Number the homes of each building (of an estate, where the building is not known) from 1 on.

    Args:
        homes: the frame it is for; it must have ``help, building_code, estate_code, unit, floor, room, oldest`` (birth
            date of the oldest member), ``members, household_id``.

    Returns:
        The place of each row: first who must be carried, then who must be led, accompanied, told; within that by unit,
        and from the top floor down, because the way is longest there. A home without a known floor comes first of its
        unit: somebody has to look for it.
    """
    keyed = homes.with_row_index("row").with_columns(
        where=pl.coalesce("building_code", "estate_code", pl.lit("")),
        urgency=pl.col("help").replace_strict(HELP_ORDER, return_dtype=pl.Int64),
        unit_no=number_in("unit"),
        room_no=number_in("room"),
    )
    # Behind one door the household of the oldest comes first; an id, which each home mints anew, decides last.
    by = ["where", "urgency", "unit_no", "unit", "floor", "room_no", "room", "oldest", "members", "household_id"]
    ordered = keyed.sort(by, descending=[name == "floor" for name in by], nulls_last=[name != "floor" for name in by])
    placed = ordered.with_columns(place=pl.int_range(1, pl.len() + 1).over("where")).sort("row")
    return pl.lit(placed["place"])
