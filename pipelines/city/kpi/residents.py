"""Residents: how many, what happens per ten thousand of them, who takes part, who stands in which register."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.city.feeds.rows import FeedRows
from pipelines.city.happenings.arrivals import TOLD_DAYS, draw_arrivals
from pipelines.city.kpi.counting import View, month_of, parts, window_begins
from pipelines.city.life import FOREVER

POLICE, ROLL = "police_residents", "property_occupants"
CIVIL_AFFAIRS = ("civil_affairs_benefits", "civil_affairs_elderly")
REGISTERS = (POLICE, *CIVIL_AFFAIRS, ROLL)
PARTICIPATION = "street_office_participation"
KEPT = frozenset({*REGISTERS, PARTICIPATION})
"""Feeds whose rows tell which true person stands in which list; what the rows say is not read."""
ADULT_YEARS, WINDOW_MONTHS = 18, 3


def residents_of(view: View) -> pl.DataFrame:
    """Return who lives in the city on the day of the last delivery: person, community_id, is_adult."""
    now = view.placed(view.world.people.spells.filter(pl.col("to_night") == FOREVER))
    adult = pl.col("birth").cast(pl.Date).dt.offset_by(f"{ADULT_YEARS}y") <= view.as_of
    births = view.world.persons.select("person", adult.alias("is_adult"))
    return now.select("person", "community_id").join(births, on="person", how="left")


def per_resident_parts(view: View, residents: pl.DataFrame, incidents: pl.DataFrame) -> list[pl.DataFrame]:
    """Count incidents and preventable incidents by month, against the residents of the last day."""
    real = incidents.filter(~pl.col("is_false"))
    months = view.months.filter(pl.col("month") >= incidents["month"].min()).select("month")
    here = residents.group_by("community_id").len().join(months, how="cross")
    rates = []
    for indicator, counted in (
        ("incidents_per_10000_residents", real),
        ("preventable_incidents_per_10000_residents", real.filter("is_preventable")),
    ):
        happened = parts(indicator, counted, pl.len(), pl.lit(0))
        rates += [happened, parts(indicator, here, pl.lit(0), pl.col("len").sum())]
    return rates


def taking_part(view: View, residents: pl.DataFrame, entries: FeedRows) -> pl.DataFrame:
    """Count adults who took part in the three months that end with a month, where all three were lived."""
    days = entries.frame.filter(pl.col("_from") < view.world.nights).select(
        pl.col("_m.participant.1").alias("person"), day="_happened_on"
    )
    begins = window_begins(WINDOW_MONTHS)
    months = view.months.filter(begins >= days["day"].min())
    active = days.join(months, how="cross").filter(pl.col("day").is_between(begins, pl.col("closes")))
    active = active.select("person", "month", pl.lit(value=True).alias("active")).unique()
    adults = residents.filter("is_adult").join(months.select("month"), how="cross")
    both = adults.join(active, on=["person", "month"], how="left")
    return parts("residents_taking_part", both, pl.col("active").fill_null(value=False).sum())


def register_parts(view: View, residents: pl.DataFrame, kept: Mapping[str, FeedRows]) -> list[pl.DataFrame]:
    """Count who stands in two departments' registers, and who was typed into one of them twice."""
    standing = pl.concat([_standing(view, name, kept[name]) for name in REGISTERS])
    times = standing.group_by("person", "register", "scope").len("times")
    persons = times.group_by("person").agg(
        (pl.col("times").max() > 1).alias("is_double"),
        (pl.col("register") == POLICE).any().alias("is_police"),
        pl.col("register").is_in(CIVIL_AFFAIRS).any().alias("is_civil_affairs"),
    )
    here = persons.join(residents, on="person").with_columns(pl.lit(view.as_of.strftime("%Y-%m")).alias("month"))
    return [
        parts("register_overlap", here.filter("is_civil_affairs"), pl.col("is_police").sum()),
        parts("double_entry", here, pl.col("is_double").sum()),
    ]


def _standing(view: View, name: str, feed: FeedRows) -> pl.DataFrame:
    """Return the records of persons that a register holds now: register, person, and what they may have one of."""
    last = view.world.delivery_nights(name)[-1]
    stands = pl.col("_from") <= last
    rows = feed.frame.filter(stands & (pl.col("_to") > last) if feed.full else stands)
    scope = {
        "civil_affairs_benefits": pl.col("救助类别"),
        ROLL: pl.col("_a.dwelling.place").cast(pl.String),
    }.get(name, pl.lit(""))
    return rows.select(
        pl.lit(name).alias("register"), pl.col("_m.self.1").alias("person"), scope.alias("scope"), "_record"
    ).unique()


def floating_parts(view: View, police: FeedRows) -> pl.DataFrame:
    """Count arrivals of the floating population by the month in which they were to be registered, and the late ones.

    Somebody who still lives there and whom the police does not know is late.
    """
    arrivals = view.placed(draw_arrivals(view.world)).filter(
        pl.col("is_floating") & (pl.col("to_night") >= view.world.nights)
    )
    records = police.frame.filter(pl.col("_from") < view.world.nights).select(
        pl.col("_m.self.1").alias("person"), pl.col("_a.residence.place").alias("place"), told="_from"
    )
    first = records.group_by("person", "place").agg(pl.col("told").min())
    both = arrivals.join(first, on=["person", "place"], how="left").with_columns(
        due=pl.col("arrived") + pl.duration(days=TOLD_DAYS),
        learned=pl.coalesce("registered", pl.lit(view.world.start) + pl.duration(days=pl.col("told"))),
    )
    due = both.filter(pl.col("due") < view.as_of).with_columns(month_of("due"))
    is_late = pl.col("told").is_null() | (pl.col("learned") > pl.col("due"))
    return parts("floating_updates_late", due, is_late.sum())


def address_parts(view: View, addresses: pl.DataFrame) -> pl.DataFrame:
    """Count addresses whose text makes certain what it names, among those of places here (rows of truth_address).

    A text that stops short, at a building, names that; one that goes on to a room of which there are several does not.
    """
    named = addresses.filter((pl.col("address_role") != "hukou") & (pl.col("feed") != "police_addresses"))
    last = named.sort("delivered_on", "file", "row_number").unique(
        ["feed", "record_no", "address_role"], keep="last", maintain_order=True
    )
    register = view.world.places.register.select("address_code", "community_id")
    here = last.join(register, on="address_code").with_columns(pl.lit(view.as_of.strftime("%Y-%m")).alias("month"))
    stops_short = pl.col("damage").str.contains("missing_room|missing_building") & (pl.col("supported_level") != "none")
    is_certain = (pl.col("supported_code") == pl.col("address_code")).fill_null(value=False) | stops_short
    return parts("address_validity", here, is_certain.sum())
