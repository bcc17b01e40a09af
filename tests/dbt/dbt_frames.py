"""Empty tables of the right types, and rows of a made-up district put into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.contracts.schema import polars_schema
from pipelines.quality.past import QUALITY_PAST_SCHEMA
from pipelines.quality.results import SCHEMA

UTC = pl.Datetime("us", "UTC")
STRING, INTEGER, NUMBER, DAY, BOOLEAN = pl.String(), pl.Int64(), pl.Float64(), pl.Date(), pl.Boolean()


def _strings(names: str) -> dict[str, pl.DataType]:
    return dict.fromkeys(names.split(), STRING)


def _integers(names: str) -> dict[str, pl.DataType]:
    return dict.fromkeys(names.split(), INTEGER)


BUILT: dict[str, dict[str, pl.DataType]] = {
    "master.address": _strings(
        "address_code level province city district street community road house_number estate building unit room status "
        "division_code estate_code building_code unit_code room_code parent_code"
    )
    | {"floor": INTEGER, "lon": NUMBER, "lat": NUMBER},
    "master.address_match": _strings(
        "feed record_key address_role address_text address_code matched_level method status candidates reason "
        "division_code district street community estate estate_code building_code unit_code unit_key room_code"
    )
    | {"confidence": NUMBER},
    "master.person_crosswalk": _strings("feed record_key person_role person_id method")
    | {"person_seq": pl.Int32(), "probability": NUMBER},
    "master.person": _strings(
        "person_id name sex birth_date_precision residence_address_code hukou_address_code residence_type status "
        "household_id"
    )
    | {"birth_date": DAY, "first_seen": DAY, "last_seen": DAY},
    "master.person_attribute": _strings("person_id attribute value source reason alternatives")
    | {"on": DAY, "confidence": NUMBER, "sources": pl.List(STRING)},
    "master.household": _strings("household_id address_code basis"),
    "master.household_member": _strings("household_id address_code person_id role basis")
    | {"since": DAY, "until": DAY},
    "ops.delivery": _strings("path sha256 department feed status reason")
    | _strings("batch_id mode")
    | _integers("bytes rows_read rows_loaded rows_duplicate rows_quarantined")
    | {"delivered_on": DAY, "first_seen_at": UTC},
    "ops.feed_profile": _strings("department feed column")
    | {"delivered_on": DAY}
    | _integers("rows nulls unread unknown_codes distinct"),
    "internal.check_result": dict(SCHEMA),
    "internal.check_history": _strings("table check column severity dimension title_zh title_en owner")
    | {"as_of": DAY, "success": BOOLEAN, "raised": BOOLEAN}
    | _integers("element_count unexpected_count missing_count"),
    "internal.quality_past": dict(QUALITY_PAST_SCHEMA),
    "marts.return_list": _strings(
        "entry_id department department_zh feed title_zh record_key row_ref column problem problem_zh problem_en "
        "dimension status closed_as first_run"
    )
    | {"opened_on": DAY, "changed_on": DAY, "closed_on": DAY, "persons_affected": INTEGER, "reopened": INTEGER},
    "raw.quarantine": _strings("batch_id department feed file file_sha256 reason_code reason payload")
    | {"row_number": INTEGER},
}


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
    schemas = BUILT | {f"raw.{name}": polars_schema(contract) for name, contract in contracts.items()}
    if unknown := set(rows) - set(schemas):
        raise KeyError(f"no such table: {sorted(unknown)}")
    for table, schema in schemas.items():
        given = [{column: row.get(column) for column in schema} for row in rows.get(table, ())]
        path = build.joinpath(*table.split(".")).with_suffix(".parquet")
        path.parent.mkdir(parents=True, exist_ok=True)
        pl.DataFrame(given, schema=schema, orient="row").write_parquet(path)
    for folder in ("facts", "master", "marts"):
        (build / folder).mkdir(exist_ok=True)
