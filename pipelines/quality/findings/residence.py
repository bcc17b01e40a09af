"""Residences that are out of date: this register says one room, newer records of others say another."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.quality.findings.addresses import with_proposals
from pipelines.quality.findings.candidate import as_candidates
from pipelines.quality.findings.night import Night
from pipelines.quality.findings.others import other_values
from pipelines.quality.findings.wording import departments_en, departments_zh

_RESIDENCE: Final = {
    "police_residents": "residence",
    "civil_affairs_elderly": "residence",
    "civil_affairs_benefits": "residence",
}
"""Registers that say where a person lives now, with the role of that address."""

_GONE: Final = ("死亡", "迁出", "注销")


def find_moved_persons(night: Night) -> pl.DataFrame:
    """Find residences that at least two other departments contradict, none supports, and of which they are newer.

    Owners are no witnesses: who owns a flat may live elsewhere. Tenants, occupants and the other registers are.
    """
    here = living(night)
    if here.is_empty() or night.address_match is None:
        return as_candidates(pl.DataFrame(schema={"feed": pl.String}))
    claims = here.select("person_id", "department", value="room_code", on="told_on")
    asked = here.filter(pl.col("feed").is_in(list(_RESIDENCE)) & (pl.col("person_role") == "self"))
    told = other_values(asked.with_columns(value="room_code"), claims)
    told = told.filter(
        (pl.col("voices") >= 2)
        & (pl.col("backing") == 0)
        & (pl.col("rivals") == 0)
        & (pl.col("said") != pl.col("room_code"))
    )
    newer = pl.col("until") > pl.col("told_on")
    told = told.with_columns(room="said", address_role=pl.col("feed").replace_strict(_RESIDENCE, default=None))
    return as_candidates(
        with_proposals(told, night).with_columns(
            problem=pl.lit("residence_out_of_date"),
            case=pl.when(newer).then(pl.lit("newer")).otherwise(pl.lit("older")),
            certainty="probability",
            evidence_zh=pl.format(
                "{}均登记其住在另一户室，最近一次为{}（本行为{}），请核实",
                departments_zh(pl.col("departments"), night.contracts),
                pl.col("until").dt.strftime("%Y-%m-%d"),
                pl.col("told_on").dt.strftime("%Y-%m-%d"),
            ),
            evidence_en=pl.format(
                "{} have the person at another room, last on {}; this row is of {}; please verify",
                departments_en(pl.col("departments")),
                pl.col("until").dt.strftime("%Y-%m-%d"),
                pl.col("told_on").dt.strftime("%Y-%m-%d"),
            ),
        )
    )  # fmt: skip


def find_missing_rooms(night: Night) -> pl.DataFrame:
    """Find residences written without their room, where two other departments place the person in the same building.

    A text that stops at an estate or a building is true, and still leads nobody to a door.
    """
    here = living(night)
    if here.is_empty() or night.address_match is None or night.register is None:
        return as_candidates(pl.DataFrame(schema={"feed": pl.String}))
    short = night.witnesses.filter(
        pl.col("feed").is_in(list(_RESIDENCE))
        & (pl.col("person_role") == "self")
        & pl.col("room_code").is_null()
        & pl.col("matched_level").is_in(["estate", "building", "unit"])
        & ~pl.col("status").is_in(list(_GONE)).fill_null(value=False)
    )
    plain = night.address_match.filter((pl.col("status") == "matched") & pl.col("reason").is_null())
    short = short.join(plain.select("feed", "record_key", "address_role"), on=["feed", "record_key", "address_role"])
    claims = here.select("person_id", "department", value="room_code", on="told_on")
    told = other_values(short.with_columns(value="room_code"), claims)
    told = told.filter((pl.col("voices") >= 2) & (pl.col("rivals") == 0))
    rooms = here.select(said="room_code", their_building="building_code", their_estate="estate_code").unique("said")
    told = told.join(rooms, on="said", how="inner", maintain_order="left")
    inside = pl.col("building_code") == pl.col("their_building")
    inside = (
        pl.when(pl.col("building_code").is_null())
        .then(pl.col("estate_code") == pl.col("their_estate"))
        .otherwise(inside)
    )
    return as_candidates(
        with_proposals(told.filter(inside).with_columns(room="said"), night).with_columns(
            problem=pl.lit("address_lacks_part"),
            case=pl.lit("room_told"),
            certainty="probability",
            evidence_zh=pl.format(
                "地址未写到户室；{}均登记其住在此处同一户", departments_zh(pl.col("departments"), night.contracts)
            ),
            evidence_en=pl.format(
                "The address stops before the room; {} have the person at one room of this place",
                departments_en(pl.col("departments")),
            ),
        )
    )


def living(night: Night) -> pl.DataFrame:
    """Mentions that place a person at a room now, with the day of which they speak (`told_on`)."""
    rows = night.witnesses.filter(pl.col("room_code").is_not_null())
    roll = (pl.col("feed") == "property_occupants") & pl.col("until_on").is_null()
    lease = (pl.col("feed") == "housing_leases") & (pl.col("person_role") == "tenant")
    running = lease & (pl.col("until_on").is_null() | (pl.col("until_on") >= night.as_of))
    register = pl.col("feed").is_in(list(_RESIDENCE)) & (pl.col("person_role") == "self")
    here = ~pl.col("status").is_in(list(_GONE)).fill_null(value=False)
    rows = rows.filter((roll | running | register) & here)
    return _without_owners(rows, night).with_columns(told_on=pl.coalesce("observed_on", "first_delivered_on"))


def _without_owners(rows: pl.DataFrame, night: Night) -> pl.DataFrame:
    table = night.current("property_occupants")
    if table is None:
        return rows
    owners = table.filter(pl.col("role") == "业主").select("record_key", feed=pl.lit("property_occupants")).unique()
    return rows.join(owners.collect(), on=["feed", "record_key"], how="anti", maintain_order="left")
