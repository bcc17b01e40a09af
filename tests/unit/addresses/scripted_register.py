"""Deliveries of a register over several nights, as the raw table keeps them: one row a version."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

PLACE = (
    "province", "city", "district", "street", "community", "road", "house_number", "estate", "building", "unit",
    "floor", "room", "aliases", "status",
)  # fmt: skip
FIRST = date(2026, 3, 1)
SCHEMA = {"address_code": pl.String, **dict.fromkeys(PLACE, pl.String), "lon": pl.Float64, "lat": pl.Float64}
Night = dict[str, dict[str, object]]


def night(number: int) -> date:
    return FIRST + timedelta(days=7 * (number - 1))


def place(
    estate: str | None, building: str | None = None, unit: str | None = None, room: str | None = None, **other: object
) -> dict[str, object]:
    made: dict[str, object] = {
        "province": "云岭省", "city": "云川市", "district": "临江区", "street": "平安街道", "community": "幸福社区",
        "road": "中山路", "house_number": "30号", "estate": estate, "building": building, "unit": unit, "room": room,
        "status": "在用",
    }  # fmt: skip
    return {**dict.fromkeys(SCHEMA), **made, **other}


def estate(name: str, prefix: str, buildings: int = 2, **other: object) -> Night:
    """An estate of some buildings with two units of three rooms each: `P`, `P-1`, `P-1-2-301`, …"""
    rows: Night = {prefix: place(name, **other)}
    for building in range(1, buildings + 1):
        rows[f"{prefix}-{building}"] = place(name, f"{building}栋", **other)
        for unit in (1, 2):
            for room in (101, 201, 301):
                code = f"{prefix}-{building}-{unit}-{room}"
                rows[code] = place(name, f"{building}栋", f"{unit}单元", str(room), **other)
    return rows


def changed(rows: Night, codes: str, **to: object) -> Night:
    """The same deliveries with some columns changed in the rows whose code begins with `codes`."""
    return {code: {**row, **to} if code.startswith(codes) else row for code, row in rows.items()}


def versions(nights: list[Night]) -> pl.DataFrame:
    """`raw.police_addresses` after these full deliveries: versions with first and last day, and which is current."""
    seen: dict[tuple[str, tuple[object, ...]], list[object]] = {}
    for number, rows in enumerate(nights, start=1):
        for code, row in rows.items():
            content = tuple(row.get(name) for name in list(SCHEMA)[1:])
            kept = seen.setdefault((code, content), [night(number), night(number)])
            kept[1] = night(number)
    frame = pl.DataFrame(
        [(code, *content, *days) for (code, content), days in seen.items()],
        schema={**SCHEMA, "delivered_on": pl.Date, "last_delivered_on": pl.Date},
        orient="row",
    )
    newest = frame.with_columns(is_current=pl.col("last_delivered_on") == night(len(nights)))
    return newest.with_columns(pl.col("floor").cast(pl.Int64), batch_id=pl.lit("b"), row_number=pl.int_range(pl.len()))
