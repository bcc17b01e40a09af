"""`marts.attention_household` of one night: households that need a visit, or help to get out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from pipelines.needs.alone import living_alone
from pipelines.needs.flood import TABLES as FLOOD_TABLES
from pipelines.needs.flood import flooded_buildings
from pipelines.needs.homes import TABLES as HOME_TABLES
from pipelines.needs.homes import homes_of
from pipelines.needs.households import household_needs
from pipelines.needs.members import LIKELY, elderly, member_needs
from pipelines.needs.order import evacuation_order, help_of
from pipelines.needs.residents import TABLES as RESIDENT_TABLES
from pipelines.needs.residents import residents_of, standing_couples
from pipelines.needs.vocabulary import NEED_ORDER, TITLES_EN, TITLES_ZH
from pipelines.needs.witnesses import TABLES as WITNESS_TABLES
from pipelines.needs.witnesses import Scan, witness_rows

TABLE: Final = "marts.attention_household"
TABLES: Final = tuple(
    sorted(
        {
            *HOME_TABLES,
            *FLOOD_TABLES,
            *RESIDENT_TABLES,
            *WITNESS_TABLES,
            "facts.building",
            "master.address_match",
        }
    )
)
"""Tables that a night scans."""

ATTENTION_SCHEMA: Final = pl.Schema(
    {
        "household_id": pl.String(),
        "address_code": pl.String(),
        "building_code": pl.String(),
        "estate_code": pl.String(),
        "district": pl.String(),
        "street": pl.String(),
        "community": pl.String(),
        "estate": pl.String(),
        "building": pl.String(),
        "unit": pl.String(),
        "floor": pl.Int64(),
        "floor_source": pl.String(),
        "room": pl.String(),
        "storeys": pl.Int64(),
        "lift": pl.String(),
        "members": pl.Int64(),
        "person_ids": pl.List(pl.String()),
        "person_needs": pl.List(pl.Struct({"person_id": pl.String(), "needs": pl.List(pl.String())})),
        "needs": pl.List(pl.String()),
        "needs_zh": pl.String(),
        "needs_en": pl.String(),
        "help": pl.String(),
        "evacuation_order": pl.Int64(),
        "lives_alone": pl.Boolean(),
        "lives_alone_confidence": pl.Float64(),
        "lives_alone_signs": pl.List(pl.String()),
        "flood_prone": pl.Boolean(),
        "sources": pl.List(pl.String()),
        "as_of": pl.Date(),
    }
)


@dataclass(frozen=True)
class Judged:
    """What is known of people before any building comes in.

    Attributes:
        homes: ``homes.homes_of``.
        residents: ``residents.residents_of``.
        alone: ``alone.living_alone`` of everybody of 60 and more.
        needs: ``members.member_needs``.
    """

    homes: pl.DataFrame
    residents: pl.DataFrame
    alone: pl.DataFrame
    needs: pl.DataFrame


def judge_people(scan: Scan, as_of: date) -> Judged:
    """Judge who lives alone and who needs what, from the lists and the fused records."""
    homes = homes_of(scan)
    places = homes.select("address_code", "is_home", estate=pl.coalesce("estate_code", "address_code"))
    witnesses = witness_rows(scan, places, as_of)
    residents = residents_of(scan, places, witnesses, as_of)
    couples = standing_couples(scan, residents)
    alone = living_alone(elderly(residents), residents, witnesses, couples, as_of)
    return Judged(homes, residents, alone, member_needs(residents, witnesses, alone))


def attention_households(scan: Scan, as_of: date) -> pl.DataFrame:
    """Build ``marts.attention_household``.

    Args:
        scan: gives a table as a lazy frame; it is asked for ``TABLES``.
        as_of: the day of the newest delivery.

    Returns:
        One row a current household of residence with at least one need, sorted by household_id, with the schema
        ``ATTENTION_SCHEMA``. ``evacuation_order`` is an order of help inside one building, no measure of anybody.
    """
    judged = judge_people(scan, as_of)
    situated = _situated(scan, judged.residents, judged.homes, as_of)
    needs = household_needs(judged.residents, judged.needs, situated)
    return _told(situated, judged, needs, as_of)


def _situated(scan: Scan, residents: pl.DataFrame, homes: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row a household: its home, the lift and the storeys of its building, and whether water rose there."""
    buildings = scan("facts.building").select("building_code", "storeys", "lon", "lat", lift="lift_evidence").collect()
    flooded = flooded_buildings(scan, buildings, as_of).with_columns(is_flooded=pl.lit(value=True))
    households = residents.group_by("household_id").agg(
        address_code=pl.col("place").min(),
        person_ids=pl.col("person_id").sort(),
        members=pl.len(),
        oldest=pl.col("birth_date").min(),
    )
    return (
        households.join(homes, on="address_code", how="left")
        .join(buildings.drop("lon", "lat"), on="building_code", how="left")
        .join(flooded, on="building_code", how="left")
        .with_columns(pl.col("lift").fill_null("unknown"), pl.col("is_flooded").fill_null(value=False))
    )


def _told(situated: pl.DataFrame, people: Judged, needs: pl.DataFrame, as_of: date) -> pl.DataFrame:
    helped = help_of(needs).join(
        needs.group_by("household_id").agg(sources=pl.col("source").unique().sort()), on="household_id"
    )
    homes = situated.join(helped, on="household_id").join(
        _by_person(people.needs, people.residents), on="household_id", how="left"
    )
    judged = homes.join(_judged(people.residents, people.alone), on="household_id", how="left")
    rows = judged.with_columns(
        pl.col("person_needs").fill_null([]),
        evacuation_order=evacuation_order(judged),
        needs_zh=_in_words("needs", TITLES_ZH, "；"),
        needs_en=_in_words("needs", TITLES_EN, "; "),
        lives_alone=(pl.col("lives_alone_confidence") >= LIKELY).fill_null(value=False),
        flood_prone=pl.col("needs").list.contains("flood_prone"),
        as_of=pl.lit(as_of),
    )
    return rows.select(ATTENTION_SCHEMA.names()).cast(ATTENTION_SCHEMA).sort("household_id")


def _by_person(person_needs: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    """``household_id, person_needs``: who of the household needs what, so that a sheet can say whom to carry."""
    ranked = (
        person_needs.select("person_id", "need")
        .unique()
        .with_columns(place=pl.col("need").replace_strict(NEED_ORDER, return_dtype=pl.Int64))
    )
    people = ranked.group_by("person_id").agg(needs=pl.col("need").sort_by("place"))
    return (
        people.join(residents.select("person_id", "household_id"), on="person_id")
        .sort("person_id")
        .group_by("household_id", maintain_order=True)
        .agg(person_needs=pl.struct("person_id", "needs"))
    )


def _judged(residents: pl.DataFrame, alone: pl.DataFrame) -> pl.DataFrame:
    """The surest of a household's elderly members; null where nobody there is elderly."""
    people = alone.join(residents.select("person_id", "household_id"), on="person_id")
    told = people.with_columns(text=pl.col("signs").list.join(","))  # ids are minted by each home: they decide nothing
    by = ["household_id", "confidence", "text", "person_id"]
    surest = told.sort(by, descending=[name == "confidence" for name in by])
    return surest.unique("household_id", keep="first", maintain_order=True).select(
        "household_id", lives_alone_confidence="confidence", lives_alone_signs="signs"
    )


def _in_words(column: str, titles: dict[str, str], between: str) -> pl.Expr:
    words = pl.element().replace_strict(titles, return_dtype=pl.String)
    return pl.col(column).list.eval(words).list.join(between)
