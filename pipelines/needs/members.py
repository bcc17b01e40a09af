"""What each resident needs: by age, by the lists of civil affairs, by living alone."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.needs.vocabulary import ELDERLY_YEARS, INFANT_YEARS, VERY_OLD_YEARS

LIKELY: Final = 0.5
"""From here somebody is said to live alone: it is likelier than not."""

WORTH_A_LOOK: Final = 1 / 3
"""From here the door is on the list, with the request to look: two knocks in vain weigh less than one person left."""

DEPENDENCE: Final = {"失能": "dependent", "半失能": "semi_dependent"}
DISABILITY: Final = "残疾补贴"
IN_CARE: Final = "flag_institution"
NEED_SCHEMA: Final = pl.Schema({"person_id": pl.String(), "need": pl.String(), "source": pl.String()})


def member_needs(residents: pl.DataFrame, witnesses: pl.DataFrame, alone: pl.DataFrame) -> pl.DataFrame:
    """Tell the needs of persons, each with the list that says so.

    Args:
        residents: rows of ``residents.residents_of``.
        witnesses: rows of ``witnesses.WITNESS_SCHEMA``.
        alone: ``person_id, confidence, signs`` of ``alone.living_alone``.

    Returns:
        Rows of ``NEED_SCHEMA``. Of several states of health on a list the gravest counts: whoever is carried down
        without need has lost a few minutes.
    """
    found = [_ages(residents), _health(witnesses), _disability(witnesses), _alone(alone)]
    people = residents.select("person_id")
    return pl.concat(found).join(people, on="person_id", how="semi").unique().sort(NEED_SCHEMA.names())


def _ages(residents: pl.DataFrame) -> pl.DataFrame:
    need = (
        pl.when(pl.col("age") >= VERY_OLD_YEARS)
        .then(pl.lit("very_old"))
        .when(pl.col("age").is_between(0, INFANT_YEARS, closed="left"))
        .then(pl.lit("infant"))
    )
    return residents.select("person_id", need=need, source=pl.lit("master.person")).drop_nulls("need")


def _health(witnesses: pl.DataFrame) -> pl.DataFrame:
    listed = witnesses.filter(pl.col("health").is_in(list(DEPENDENCE))).with_columns(
        gravity=pl.col("health").eq("失能").cast(pl.Int8)
    )
    gravest = listed.sort("person_id", "gravity", descending=[False, True]).unique(
        "person_id", keep="first", maintain_order=True
    )
    need = pl.col("health").replace_strict(DEPENDENCE, return_dtype=pl.String)
    return gravest.select("person_id", need=need, source=pl.lit("civil_affairs_elderly"))


def _disability(witnesses: pl.DataFrame) -> pl.DataFrame:
    paid = witnesses.filter(pl.col("benefit") == DISABILITY)
    return paid.select("person_id", need=pl.lit("disabled"), source=pl.lit("civil_affairs_benefits"))


def _alone(alone: pl.DataFrame) -> pl.DataFrame:
    """A visitor's word that the person is in a home for the aged makes it a door to look at, however likely."""
    in_care = pl.col("signs").list.contains(IN_CARE)
    need = (
        pl.when((pl.col("confidence") >= LIKELY) & ~in_care)
        .then(pl.lit("elderly_alone"))
        .when(pl.col("confidence") >= WORTH_A_LOOK)
        .then(pl.lit("perhaps_alone"))
    )
    return alone.select("person_id", need=need, source=pl.lit("master.household")).drop_nulls("need")


def elderly(residents: pl.DataFrame) -> pl.DataFrame:
    """Residents of 60 and more."""
    return residents.filter(pl.col("age") >= ELDERLY_YEARS)
