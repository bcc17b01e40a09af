"""Who else is said to live with an elderly person, and how surely."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.needs.vocabulary import ELDERLY_YEARS

SPOUSE_DOUBT: Final = 0.3
"""What is left of the doubt about a housemate who is the spouse: few couples live apart and share a room on paper."""

MOST_COVERED: Final = 0.95
"""A list of the elderly is never believed to name more of them than this."""


def on_the_list(witnesses: pl.DataFrame) -> pl.DataFrame:
    """``person_id, is_listed``: who stands on the list of the elderly."""
    return witnesses.filter(pl.col("kind") == "elderly").select("person_id", is_listed=pl.lit(value=True)).unique()


def housemates(
    elderly: pl.DataFrame, residents: pl.DataFrame, couples: pl.DataFrame, listed: pl.DataFrame
) -> pl.DataFrame:
    """Find all others of the room; where no room is known, of the household.

    Args:
        elderly: the persons asked about, rows of ``residents``.
        residents: rows of ``residents.residents_of``.
        couples: ``person_id, spouse_id`` of standing certificates.
        listed: ``on_the_list``.

    Returns:
        ``person_id, mate_id, presence`` (0..1). A housemate of the same name whose sex and birth date do not speak
        against it is the same person under a second id, and left out. A spouse is doubted less. An elderly housemate
        whom the list of the elderly lacks, though it has the person asked about, is doubted more: most often the dead
        who still stand in the register.
    """
    pairs = _pairs(elderly, residents)
    spouses = couples.select("person_id", mate_id="spouse_id", is_spouse=pl.lit(value=True)).unique()
    mates = listed.rename({"person_id": "mate_id", "is_listed": "is_mate_listed"})
    told = (
        pairs.join(spouses, on=["person_id", "mate_id"], how="left")
        .join(listed, on="person_id", how="left")
        .join(mates, on="mate_id", how="left")
    )
    doubt = (1.0 - pl.col("presence")) * pl.when("is_spouse").then(SPOUSE_DOUBT).otherwise(1.0)
    is_missing = (
        pl.col("is_listed") & pl.col("is_mate_listed").is_null() & (pl.col("mate_age") >= ELDERLY_YEARS)
    ).fill_null(value=False)
    left_out = 1.0 - _coverage(elderly, listed)
    there = pl.when(is_missing).then((1.0 - doubt) * left_out).otherwise(1.0 - doubt)
    return told.select("person_id", "mate_id", presence=there / (there + doubt))


def _pairs(elderly: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    mates = residents.select(
        "household_id",
        "place",
        "presence",
        mate_id="person_id",
        mate_name="name",
        mate_sex="sex",
        mate_birth="birth_date",
        mate_age="age",
    )
    own = elderly.select("person_id", "household_id", "place", "is_room", "name", "sex", "birth_date")
    in_room = own.filter("is_room").join(mates.drop("household_id"), on="place")
    in_home = own.filter(~pl.col("is_room")).join(mates.drop("place"), on="household_id")
    pairs = pl.concat([in_room.drop("place", "household_id"), in_home.drop("place", "household_id")])
    same_sex = (pl.col("sex") == pl.col("mate_sex")).fill_null(value=True)
    same_year = (pl.col("birth_date").dt.year() == pl.col("mate_birth").dt.year()).fill_null(value=True)
    same = ((pl.col("name") == pl.col("mate_name")) & same_sex & same_year).fill_null(value=False)
    return pairs.filter((pl.col("person_id") != pl.col("mate_id")) & ~same)


def _coverage(elderly: pl.DataFrame, listed: pl.DataFrame) -> float:
    """Share of the elderly residents of the place whom the list has: what it means to be missing there."""
    held = elderly.join(listed, on="person_id", how="semi").height
    return min(held / elderly.height, MOST_COVERED) if elderly.height else 0.0
