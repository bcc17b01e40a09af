"""Who lives where, as the fused records tell, with what the judgement of households needs."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from pipelines.needs.presence import presence
from pipelines.needs.witnesses import GONE, Scan

DIVORCE: Final = "离婚"
TABLES: Final = ("master.person", "master.household_member", "master.person_crosswalk", "raw.civil_affairs_marriages")


def residents_of(scan: Scan, homes: pl.DataFrame, witnesses: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Collect the members of current households of residence.

    Args:
        scan: gives a table as a lazy frame.
        homes: ``address_code, is_home, estate`` of every row of the register.
        witnesses: rows of ``witnesses.WITNESS_SCHEMA``.
        as_of: the day of the newest delivery.

    Returns:
        ``person_id, household_id, place, is_room`` (one home, a room or a house that is not divided), ``estate`` (the
        estate or house number it lies in), ``name, sex, birth_date, age`` (years, null where no birth is known) and
        ``presence`` (0..1), one row a person, sorted by person.
    """
    stays = (
        scan("master.household_member")
        .filter((pl.col("basis") == "residence") & pl.col("until").is_null() & pl.col("address_code").is_not_null())
        .select("person_id", "household_id", place="address_code")
        .unique("person_id", keep="first", maintain_order=True)
    )
    told = scan("master.person").select("person_id", "name", "sex", "birth_date")
    known = stays.join(told, on="person_id").collect().join(homes, left_on="place", right_on="address_code", how="left")
    people = known.select(
        "person_id",
        "household_id",
        "place",
        pl.col("is_home").fill_null(value=False).alias("is_room"),
        "estate",
        "name",
        "sex",
        "birth_date",
        age=(pl.lit(as_of) - pl.col("birth_date")).dt.total_days() / 365.25,
    )
    return people.join(presence(people, witnesses), on="person_id").sort("person_id")


def standing_couples(scan: Scan, residents: pl.DataFrame) -> pl.DataFrame:
    """Collect husbands and wives whose newest certificate together is not of a divorce, the dead left out.

    Returns:
        ``person_id, spouse_id, spouse_place``: each couple both ways; the place null where it is not known.
    """
    events = (
        scan("raw.civil_affairs_marriages")
        .filter("is_current")
        .select(pl.col("record_key").cast(pl.String), "event", "registered_on")
    )
    sides = scan("master.person_crosswalk").filter(pl.col("feed") == "civil_affairs_marriages")
    husband, wife = (
        sides.filter((pl.col("person_role") == role) & pl.col("person_id").is_not_null()).select(
            "record_key", pl.col("person_id").alias(role)
        )
        for role in ("husband", "wife")
    )
    pairs = (
        events.join(husband, on="record_key")
        .join(wife, on="record_key")
        .sort("registered_on", "record_key", nulls_last=False)
        .unique(["husband", "wife"], keep="last", maintain_order=True)
        .filter(pl.col("event").ne_missing(DIVORCE) & (pl.col("husband") != pl.col("wife")))
    )
    gone = scan("master.person").filter(pl.col("status").is_in(GONE)).select("person_id")
    both = pl.concat(
        [
            pairs.select(person_id="husband", spouse_id="wife"),
            pairs.select(person_id="wife", spouse_id="husband"),
        ]
    ).unique()
    alive = both.join(gone, left_on="spouse_id", right_on="person_id", how="anti").collect()
    return alive.join(residents.select(spouse_id="person_id", spouse_place="place"), on="spouse_id", how="left").sort(
        "person_id", "spouse_id"
    )
