"""Facts of a few made-up buildings, of the shape that dbt gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import polars as pl

Row = dict[str, Any]
Scan = Callable[[str], pl.LazyFrame]

AS_OF = date(2026, 3, 1)
S, N, F, D, B, T = pl.String(), pl.Int64(), pl.Float64(), pl.Date(), pl.Boolean(), pl.Datetime("us", "UTC")
PLACE = {"building_code": S, "estate_code": S, "estate": S, "community": S, "street": S, "district": S}
AREA = {"district": "云中区", "street": "东河街道", "community": "一里社区"}
DEVICES = ("smoke", "camera", "access_gate", "fire_lane", "falling_object", "water_level")

FACTS: Mapping[str, dict[str, pl.DataType]] = {
    "facts.building": {
        "building_code": S, "level": S, "name": S, "district": S, "street": S, "community": S, "estate_code": S,
        "estate": S, "address_status": S, "lon": F, "lat": F, "rooms": N, "dwellings": N, "storeys": N,
        "built_year": N, "structure": S, "homes_vacant": N, "homes_unknown": N, "commercial_units": N,
        "lift_evidence": S, "lift_reason": S, **{f"{kind}_devices": N for kind in DEVICES},
    },
    "facts.device": {"record_key": S, "device_id": S, "type": S, "status": S, **PLACE},
    "facts.incident": {"record_key": S, "incident_no": S, "reported_on": D, "category": S, "outcome": S, "alert_no": S,
                       "is_future": B, **PLACE},
    "facts.workorder": {"record_key": S, "order_no": S, "kind": S, "reported_on": D, "closed_at": T,
                        "is_clock_ordered": B, "is_future": B, **PLACE},
    "facts.dispute": {"record_key": S, "dispute_no": S, "received_on": D, "kind": S, "origin": S, "outcome": S,
                      "closed_on": D, "response_minutes": F, "is_clock_ordered": B, "is_future": B, **PLACE},
    "facts.sensor_alarm": {"event_id": S, "device_id": S, "type": S, "device_type": S, "happened_on": D,
                           "handled_at": T, "is_future": B, **PLACE},
    "facts.community": {"district": S, "street": S, "community": S},
}  # fmt: skip


def building(code: str, **told: Any) -> Row:
    """A house of 30 homes of 2010 in the estate before the dash of its code, of which everything is known."""
    estate = code.split("-")[0]
    base: Row = {
        "building_code": code, "level": "building", "name": code, "estate_code": estate, "estate": estate,
        "address_status": "在用", "rooms": 30, "dwellings": 30, "storeys": 6, "built_year": 2010, "structure": "钢混",
        "homes_vacant": 0, "homes_unknown": 0, "commercial_units": 0, "lift_evidence": "unknown",
        "lift_reason": "not_required_by_code", **AREA, **{f"{kind}_devices": 0 for kind in DEVICES},
    }  # fmt: skip
    return base | told


def at(code: str | None, **told: Any) -> Row:
    """The place columns of a fact at a building (`E1-1`), at an estate alone (`E1`), or nowhere (None)."""
    if code is None:
        return dict(told)
    return {"building_code": code if "-" in code else None, "estate_code": code.split("-")[0], **AREA, **told}


def incident(code: str | None, on: date, category: str = "火灾", **told: Any) -> Row:
    return at(code, reported_on=on, category=category, outcome="已处置", is_future=False) | told


def order(code: str | None, on: date, kind: str = "消防通道占用", **told: Any) -> Row:
    return at(code, reported_on=on, kind=kind, is_clock_ordered=True, is_future=False) | told


def dispute(number: str, code: str | None, on: date, outcome: str | None, closed: date | None, **told: Any) -> Row:
    base = {"dispute_no": number, "received_on": on, "outcome": outcome, "closed_on": closed, "kind": "邻里"}
    return at(code, **base, origin="群众反映", is_clock_ordered=True, is_future=False) | told


def alarm(event: str, device: str, code: str, on: date, *, handled: bool = True, **told: Any) -> Row:
    when = datetime.combine(on, time(12), UTC) if handled else None
    kind = {"type": "alarm", "device_type": "smoke", "event_id": event, "device_id": device}
    return at(code, **kind, happened_on=on, handled_at=when, is_future=False) | told


def facts(**tables: Sequence[Row]) -> Scan:
    """A reader of `facts.<name>`, empty where nothing is given."""
    frames = {}
    for table, schema in FACTS.items():
        rows = tables.get(table.removeprefix("facts."), ())
        filled = [{column: row.get(column) for column in schema} for row in rows]
        frames[table] = pl.DataFrame(filled, schema=schema, orient="row")
    return lambda table: frames[table].lazy()


def shuffled(scan: Scan) -> Scan:
    """The same facts in another order of rows."""
    return lambda table: scan(table).collect().sample(fraction=1, shuffle=True, seed=7).lazy()
