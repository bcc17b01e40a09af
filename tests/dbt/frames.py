"""Empty tables of the right types, and rows of a made-up district put into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.contracts.model import Contract

UTC = pl.Datetime("us", "UTC")
TYPES: dict[str, pl.DataType] = {
    "string": pl.String(),
    "code": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "date": pl.Date(),
    "timestamp": UTC,
    "boolean": pl.Boolean(),
    "list": pl.List(pl.String()),
}
TECHNICAL: dict[str, pl.DataType] = {
    "record_key": pl.String(),
    "batch_id": pl.String(),
    "file_sha256": pl.String(),
    "row_number": pl.Int64(),
    "delivered_on": pl.Date(),
    "last_delivered_on": pl.Date(),
    "ingested_at": UTC,
    "is_current": pl.Boolean(),
    "extra": pl.String(),
}
S, I, F, D, B = pl.String(), pl.Int64(), pl.Float64(), pl.Date(), pl.Boolean()
BUILT: dict[str, dict[str, pl.DataType]] = {
    "master.address": dict.fromkeys(
        (
            "address_code level province city district street community road house_number estate building unit floor "
            "room lon lat status division_code estate_code building_code unit_code room_code parent_code"
        ).split(),
        S,
    )
    | {"floor": I, "lon": F, "lat": F},
    "master.address_match": dict.fromkeys(
        (
            "feed record_key address_role address_text address_code matched_level confidence method status candidates "
            "reason division_code district street community estate estate_code building_code unit_code unit_key "
            "room_code"
        ).split(),
        S,
    )
    | {"confidence": F},
    "master.person_crosswalk": {
        "feed": S,
        "record_key": S,
        "person_role": S,
        "person_seq": pl.Int32(),
        "person_id": S,
        "probability": F,
        "method": S,
    },
    "master.person": dict.fromkeys(
        "person_id name sex birth_date_precision residence_address_code hukou_address_code residence_type status "
        "household_id".split(),
        S,
    )
    | {"birth_date": D, "first_seen": D, "last_seen": D},
    "master.household": {"household_id": S, "address_code": S},
    "master.household_member": {
        "household_id": S,
        "address_code": S,
        "person_id": S,
        "role": S,
        "basis": S,
        "since": D,
        "until": D,
    },
    "ops.delivery": dict.fromkeys("path sha256 department feed status reason".split(), S)
    | dict.fromkeys("bytes rows_read rows_loaded rows_duplicate rows_quarantined".split(), I)
    | {"delivered_on": D, "first_seen_at": UTC},
    "internal.check_result": dict.fromkeys("table check column severity dimension title_zh title_en".split(), S)
    | {"success": B}
    | dict.fromkeys("element_count unexpected_count missing_count".split(), I),
    "raw.quarantine": dict.fromkeys("batch_id department feed file file_sha256 reason_code reason payload".split(), S)
    | {"row_number": I},
}


def raw_schema(contract: Contract) -> dict[str, pl.DataType]:
    """Columns of a raw table: the contract's, their precision companions, and the technical ones."""
    columns: dict[str, pl.DataType] = {}
    for column in contract.columns:
        columns[column.name] = TYPES[column.type]
        if column.with_precision:
            columns[f"{column.name}_precision"] = S
    return columns | TECHNICAL


def raw_rows(prefix: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give each row what the reader would: a key, its delivery, and that it is current."""
    return [
        {
            "record_key": f"{prefix}{number}",
            "file_sha256": "0" * 64,
            "batch_id": "b1",
            "row_number": number,
            "delivered_on": date(2025, 6, 1),
            "last_delivered_on": date(2025, 6, 3),
            "ingested_at": datetime.fromisoformat("2025-06-03T18:00:00+00:00"),
            "is_current": True,
            **row,
        }
        for number, row in enumerate(rows, 1)
    ]


def write_build(
    build: Path, contracts: Mapping[str, Contract], rows: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """Write every table that dbt reads below `build`, empty where no rows are given; make dbt's own folders."""
    schemas = BUILT | {f"raw.{name}": raw_schema(contract) for name, contract in contracts.items()}
    if unknown := set(rows) - set(schemas):
        raise KeyError(f"no such table: {sorted(unknown)}")
    for table, schema in schemas.items():
        given = [{column: row.get(column) for column in schema} for row in rows.get(table, ())]
        path = build.joinpath(*table.split(".")).with_suffix(".parquet")
        path.parent.mkdir(parents=True, exist_ok=True)
        pl.DataFrame(given, schema=schema, orient="row").write_parquet(path)
    for folder in ("facts", "master", "marts"):
        (build / folder).mkdir(exist_ok=True)
