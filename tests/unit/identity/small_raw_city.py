"""Raw rows of 36 made-up people in three feeds, each written in four ways; what the tests edit over nights."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from pipelines.normalise.ids import CHECK_CHARACTERS, WEIGHTS

Records = dict[tuple[str, str], dict[str, Any]]
SURNAMES, GIVEN = "王李张刘陈", "伟芳娜敏静丽强磊"
POLICE = {
    "name": pl.String, "id_number": pl.String, "former_name": pl.String, "sex": pl.String, "birth_date": pl.Date,
    "birth_date_precision": pl.String, "phone": pl.String, "hukou_no": pl.String, "relation_to_head": pl.String,
    "residence_type": pl.String, "status": pl.String, "registered_on": pl.Date, "updated_at": pl.Date,
}  # fmt: skip
ROLL = {
    "name": pl.String, "id_tail": pl.String, "phone": pl.String, "moved_in_on": pl.Date, "moved_out_on": pl.Date,
    "updated_on": pl.Date, "role": pl.String,
}  # fmt: skip
TALK = {"name": pl.String, "phone": pl.String, "community": pl.String, "day": pl.Date}
FEEDS = {"police_residents": POLICE, "property_occupants": ROLL, "street_office_participation": TALK}


def number_of(born: date, sequence: int) -> str:
    """A number of division 990101, which belongs to nobody."""
    body = f"990101{born:%Y%m%d}{sequence:03d}"
    return body + CHECK_CHARACTERS[sum(int(sign) * weight for sign, weight in zip(body, WEIGHTS, strict=True)) % 11]


@cache
def small_records() -> dict[tuple[str, str], tuple[dict[str, Any], ...]]:
    """Feed and record key -> the record as it may be written: plain, other phone, other name, moved and numberless."""
    random = np.random.default_rng(11)
    records: dict[tuple[str, str], tuple[dict[str, Any], ...]] = {}
    for person in range(36):
        born = date(1950, 1, 1) + timedelta(days=int(random.integers(0, 20_000)))
        sequence = int(random.integers(1, 999))
        name = str(random.choice(list(SURNAMES))) + "".join(random.choice(list(GIVEN), size=int(random.integers(1, 3))))
        number, phone, room = number_of(born, sequence), f"142{person:08d}", f"room-{person // 3}"
        told = {
            "name": name, "id_number": number, "former_name": None, "sex": "1" if sequence % 2 else "2",
            "birth_date": born, "birth_date_precision": "day", "phone": phone, "hukou_no": f"hukou-{person // 3}",
            "relation_to_head": "02" if person % 3 == 0 else "20", "residence_type": "常住", "status": "正常",
            "registered_on": date(2020, 1, 1), "updated_at": date(2026, 1, 1), "room": room,
            "address_role": "residence",
        }  # fmt: skip
        records["police_residents", f"P{person:03d}"] = _ways(told, "id_number")
        if person % 3 != 2:
            roll = {
                "name": name if person % 5 else name[0] + "女士", "id_tail": number[-6:] if person % 2 else None,
                "phone": phone, "moved_in_on": date(2021, 5, 1), "moved_out_on": None, "updated_on": date(2026, 2, 1),
                "role": "业主", "room": room, "address_role": "dwelling",
            }  # fmt: skip
            records["property_occupants", f"R{person:03d}"] = _ways(roll, "id_tail")
        if person % 4 == 1:
            talk = {
                "name": name, "phone": phone, "community": "一社区", "day": date(2026, 2, 3), "room": None,
                "address_role": "none",
            }  # fmt: skip
            records["street_office_participation", f"T{person:03d}"] = _ways(talk, "phone")
    return records


def _ways(row: dict[str, Any], evidence: str) -> tuple[dict[str, Any], ...]:
    slip = row["name"][0] + "玉" + row["name"][2:]
    return (row, row | {"phone": "14299999999"}, row | {"name": slip}, row | {evidence: None, "room": "room-0"})


def raw_of(records: Records, today: date) -> dict[str, pl.LazyFrame]:
    """Raw tables of one night; every record was delivered today again."""
    tables = {}
    for feed, columns in FEEDS.items():
        rows = [{"record_key": key, **row} for (of, key), row in sorted(records.items()) if of == feed]
        frame = pl.DataFrame(rows, schema={"record_key": pl.String, **columns})
        tables[feed] = frame.with_columns(
            batch_id=pl.lit("batch"), row_number=pl.int_range(pl.len(), dtype=pl.Int64), is_current=pl.lit(value=True),
            delivered_on=pl.lit(date(2026, 3, 1)), last_delivered_on=pl.lit(today),
        ).lazy()  # fmt: skip
    return tables


def matches_of(records: Records) -> pl.DataFrame:
    """Where the rows say that they live: a room, its building and its estate."""
    rows = [
        (feed, key, row["address_role"], row["room"], row["room"], "building-1", "estate-1", "room", "一社区")
        for (feed, key), row in sorted(records.items())
        if row["room"] is not None
    ]
    names = (
        "feed", "record_key", "address_role", "address_code", "room_code", "building_code", "estate_code",
        "matched_level", "community",
    )  # fmt: skip
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
