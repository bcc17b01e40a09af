"""A street of two buildings, a village house and a few families, as the tables that a night of needs scans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

TODAY = date(2026, 3, 3)
PLACE = {"district": "云中区", "street": "东河街道", "community": "一里社区"}
ROLES = {
    "register": ("police_residents", "self", "residence"),
    "elderly": ("civil_affairs_elderly", "self", "residence"),
    "benefit": ("civil_affairs_benefits", "self", "residence"),
    "roll": ("property_occupants", "self", "dwelling"),
    "title": ("housing_properties", "owner", "dwelling"),
    "lease": ("housing_leases", "tenant", "dwelling"),
}
STRING, INTEGER, DAY = pl.String(), pl.Int64(), pl.Date()
RAW: dict[str, dict[str, pl.DataType]] = {
    "raw.police_residents": {"hukou_no": STRING, "status": STRING},
    "raw.civil_affairs_elderly": {"living": STRING, "health": STRING, "visited_on": DAY},
    "raw.civil_affairs_benefits": {
        "benefit": STRING,
        "household_size": INTEGER,
        "approved_on": DAY,
        "stopped_on": DAY,
    },
    "raw.property_occupants": {"role": STRING, "moved_out_on": DAY, "updated_on": DAY},
    "raw.housing_properties": {"status": STRING},
    "raw.housing_leases": {"occupants": INTEGER, "ends_on": DAY},
    "raw.civil_affairs_marriages": {"event": STRING, "registered_on": DAY},
}
BUILT: dict[str, dict[str, pl.DataType]] = {
    "master.address": dict.fromkeys(["address_code", "level", "district", "street", "community", "road"], STRING)
    | dict.fromkeys(["house_number", "estate", "building", "unit", "room", "estate_code", "building_code"], STRING)
    | {"floor": INTEGER, "lon": pl.Float64(), "lat": pl.Float64()},
    "master.person": dict.fromkeys(["person_id", "name", "sex", "status"], STRING)
    | {"birth_date": DAY, "phones": pl.List(STRING)},
    "master.household_member": dict.fromkeys(["household_id", "person_id", "basis", "address_code"], STRING)
    | {"until": DAY},
    "master.person_crosswalk": dict.fromkeys(["feed", "record_key", "person_role", "person_id"], STRING),
    "master.address_match": dict.fromkeys(
        ["feed", "record_key", "address_role", "address_code", "room_code", "matched_level"], STRING
    ),
    "facts.building": dict.fromkeys(["building_code", "name", "level", "estate_code", "lift_evidence"], STRING)
    | {"storeys": INTEGER, "lon": pl.Float64(), "lat": pl.Float64()},
    "facts.device": dict.fromkeys(["device_id", "type", "building_code", "estate_code"], STRING)
    | {"lon": pl.Float64(), "lat": pl.Float64()},
    "facts.sensor_alarm": dict.fromkeys(["device_id", "type", "device_type"], STRING) | {"happened_on": DAY},
}
SCHEMAS = BUILT | {table: {"record_key": STRING, "is_current": pl.Boolean(), **more} for table, more in RAW.items()}


@dataclass
class World:
    """Rows by table; `scan` gives them as the lake does."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {table: [] for table in SCHEMAS})
    written: int = 0

    def frames(self) -> dict[str, pl.DataFrame]:
        return {
            table: pl.DataFrame(
                [{name: row.get(name) for name in schema} for row in self.rows[table]], schema=schema, orient="row"
            )
            for table, schema in SCHEMAS.items()
        }

    @property
    def scan(self) -> Callable[[str], pl.LazyFrame]:
        frames = self.frames()
        return lambda table: frames[table].lazy()

    def building(self, code: str = "B1", lift: str = "no", rooms: Sequence[str] = (), **more: Any) -> None:
        """Register a building of an estate with its rooms, `2-501` being room 501 of unit 2 on floor 5."""
        base = {**PLACE, "estate": "柳园", "estate_code": "E1", "building": f"{code[1:]}号楼", "building_code": code}
        self.rows["master.address"].append({**base, "address_code": code, "level": "building"})
        for room in rooms:
            unit, _, door = room.rpartition("-")
            told = {"room": door, "unit": f"{unit}单元" if unit else None, "floor": int(door) // 100}
            self.rows["master.address"].append({**base, **told, "address_code": f"{code}-{room}", "level": "room"})
        name = f"柳园{code[1:]}号楼"
        row = {"building_code": code, "name": name, "level": "building", "estate_code": "E1", "lift_evidence": lift}
        self.rows["facts.building"].append(row | more)

    def estate(self) -> None:
        self.rows["master.address"].append(
            {**PLACE, "address_code": "E1", "level": "estate", "estate": "柳园", "estate_code": "E1"}
        )

    def house(self, code: str = "H1", number: str = "12号", community: str = "石关村") -> None:
        """Register a village house that is not divided."""
        told = {"house_number": number, "estate": "二组", "estate_code": code, "community": community}
        self.rows["master.address"].append({**PLACE, **told, "address_code": code, "level": "house_number"})
        row = {"building_code": code, "name": f"二组{number}", "level": "house_number", "estate_code": code}
        self.rows["facts.building"].append({**row, "storeys": 1, "lift_evidence": "no"})

    def person(
        self,
        person: str,
        age: float,
        home: str,
        household: str,
        lists: Sequence[tuple[str, dict[str, Any]]] = (("register", {}),),
        **more: Any,
    ) -> None:
        """Put somebody into a home, and into the lists that say so."""
        birth = date(TODAY.year - int(age), 1, 1) if age >= 1 else date(2025, 9, 1)
        told = {"person_id": person, "name": f"某{person}", "sex": "2", "birth_date": birth, "status": "正常"}
        self.rows["master.person"].append(told | {"phones": [f"1420000{sum(map(ord, person)):04d}"]} | more)
        stay = {"household_id": household, "person_id": person, "basis": "residence", "address_code": home}
        self.rows["master.household_member"].append(stay)
        for kind, row in lists:
            self.listed(person, kind, home, **row)

    def listed(self, person: str, kind: str, home: str | None, **row: Any) -> None:
        feed, role, address_role = ROLES[kind]
        self.written += 1
        key = f"k{self.written}"
        self.rows[f"raw.{feed}"].append({"record_key": key, "is_current": True, **row})
        keyed = {"feed": feed, "record_key": key}
        self.rows["master.person_crosswalk"].append({**keyed, "person_role": role, "person_id": person})
        level = "none" if home is None else "room" if "-" in home else "house_number"
        match = {"address_role": address_role, "address_code": home, "matched_level": level}
        self.rows["master.address_match"].append({**keyed, **match, "room_code": home if level == "room" else None})

    def married(self, husband: str, wife: str, event: str = "结婚", on: date = date(1970, 1, 1)) -> None:
        self.written += 1
        key = {"feed": "civil_affairs_marriages", "record_key": f"m{self.written}"}
        certificate = {"record_key": key["record_key"], "is_current": True, "event": event, "registered_on": on}
        self.rows["raw.civil_affairs_marriages"].append(certificate)
        for role, person in (("husband", husband), ("wife", wife)):
            self.rows["master.person_crosswalk"].append({**key, "person_role": role, "person_id": person})

    def water(self, alarmed_on: date | None, **at: Any) -> None:
        """Stand a water gauge somewhere; it alarmed on a day, or never."""
        device = f"w{len(self.rows['facts.device'])}"
        self.rows["facts.device"].append({"device_id": device, "type": "water_level", **at})
        if alarmed_on is not None:
            alarm = {"device_id": device, "type": "alarm", "device_type": "water_level", "happened_on": alarmed_on}
            self.rows["facts.sensor_alarm"].append(alarm)
