"""Dwellings of whose residents the police register knows nothing."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.quality.findings.candidate import as_candidates
from pipelines.quality.findings.night import Night
from pipelines.quality.findings.residence import living

_FEED: Final = "police_addresses"
_LEAST_DEPARTMENTS: Final = 2
_ZH: Final = "至少{}个部门登记此户有{}人居住（最近{}），实有人口中查无此人，请核实"
_EN: Final = (
    "At least {} departments have {} persons living here (last on {}) whom the register of residents does not know; "
    "please verify"
)


def find_unregistered(night: Night) -> pl.DataFrame:
    """Find rooms where people live by two departments' records whom the police register of residents does not know.

    Told at the room's row of the address register, as a number of persons to look for, nothing else: whoever lives
    there is for the register to find out. Rooms where the register itself has people elsewhere in doubt are left out.
    """
    if "police_residents" not in night.feeds or night.register is None:
        return as_candidates(pl.DataFrame(schema={"feed": pl.String}))
    rows = living(night)
    known = night.witnesses.filter(pl.col("feed") == "police_residents").select("person_id").unique()
    strangers = rows.join(known, on="person_id", how="anti")
    told = strangers.group_by("person_id", "room_code").agg(
        departments=pl.col("department").n_unique(), sure=pl.col("probability").min(), until=pl.col("told_on").max()
    )
    told = told.filter(pl.col("departments") >= _LEAST_DEPARTMENTS)
    rooms = told.group_by(record_key="room_code").agg(
        persons=pl.len(),
        departments=pl.col("departments").max(),
        certainty=pl.col("sure").max(),
        until=pl.col("until").max(),
    )
    since = pl.col("until").dt.strftime("%Y-%m-%d")
    return as_candidates(
        _rows_of_register(rooms, night).with_columns(
            feed=pl.lit(_FEED),
            problem=pl.lit("residents_unregistered"),
            case=pl.lit("two_departments"),
            evidence_zh=pl.format(_ZH, "departments", "persons", since),
            evidence_en=pl.format(_EN, "departments", "persons", since),
        )
    )  # fmt: skip


def _rows_of_register(rooms: pl.DataFrame, night: Night) -> pl.DataFrame:
    """Rooms that the register has a current row for."""
    table = night.current(_FEED)
    if table is None:
        return rooms.head(0)
    keys = table.select("record_key").unique().collect()
    return rooms.join(keys, on="record_key", how="semi")
