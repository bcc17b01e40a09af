"""A crafted district: raw rows of a few feeds, who is who, and where addresses lie; nobody in it lives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.contracts.loader import load_contracts
from pipelines.contracts.schema import polars_schema
from pipelines.errors import LakeError
from pipelines.normalise.id_check import CHECK_CHARACTERS, WEIGHTS
from pipelines.quality.findings.collect import collect_findings
from pipelines.quality.findings.night import Night
from pipelines.quality.rules import load_table_suites

DAY = date(2026, 3, 1)
MATCH = (
    *("feed", "record_key", "address_role", "address_text", "address_code", "matched_level", "method", "status"),
    *("candidates", "reason", "room_code", "unit_code", "unit_key", "building_code", "estate_code", "community"),
    "normal_text",
)
REGISTER = (
    *("address_code", "level", "district", "street", "community", "road", "house_number", "estate", "building"),
    *("unit", "room", "status"),
)
ROOM = {
    "level": "room", "district": "临江区", "street": "平安街道", "community": "金星社区", "road": "白云南街",
    "house_number": "194号", "estate": "雅居小区", "status": "在用",
}  # fmt: skip


def whole_number(body: str) -> str:
    """Return 17 digits with their check character."""
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + CHECK_CHARACTERS[total % 11]


class Crafted:
    """A night under construction."""

    def __init__(self) -> None:
        self.contracts = load_contracts()
        self.raw: dict[str, list[dict[str, Any]]] = {}
        self.who: list[dict[str, Any]] = []
        self.matches: list[dict[str, Any]] = []
        self.persons: dict[str, dict[str, Any]] = {}
        self.tables: dict[str, pl.DataFrame] = {}
        self.places: list[dict[str, Any]] = []

    def row(self, feed: str, who: dict[str, str] | str | None = None, room: str | None = None, **cells: Any) -> str:
        """Add a row; `who` is the person of each role, or of role self; `room` is where its address lies."""
        rows = self.raw.setdefault(feed, [])
        contract = self.contracts[feed]
        key = "+".join(str(cells[name]) for name in contract.key) if contract.key else f"{feed}-{len(rows) + 1}"
        known = {
            "record_key": key, "batch_id": "b", "file_sha256": f"sha-{feed}", "row_number": len(rows) + 1,
            "delivered_on": DAY, "last_delivered_on": DAY, "is_current": True,
        }  # fmt: skip
        rows.append({**known, **cells})
        for role, person in ({"self": who} if isinstance(who, str) else who or {}).items():
            seat, _, seq = role.partition(".")
            self.who.append(
                {"feed": feed, "record_key": key, "person_role": seat, "person_seq": int(seq or "1"),
                 "person_id": person, "probability": 0.999}
            )  # fmt: skip
        for mention in contract.address_mentions[:1] if room else ():
            self.match(feed, key, mention.role, room_code=room, address_code=room)
        return key

    def match(self, feed: str, key: str, role: str, **told: Any) -> None:
        """Say how an address was resolved."""
        base = {"status": "matched", "matched_level": "room", "method": "parsed", "address_text": "文字"}
        self.matches.append({"feed": feed, "record_key": key, "address_role": role, **base, **told})

    def place(self, code: str, **parts: Any) -> None:
        """Add a row to the register."""
        self.places.append({"address_code": code, **ROOM, **parts})

    def fused(self, person: str, **values: Any) -> None:
        """Say what all records together make of a person."""
        self.persons[person] = values

    def _frames(self) -> dict[str, pl.DataFrame]:
        frames = {
            f"raw.{feed}": pl.DataFrame(rows, schema=polars_schema(self.contracts[feed]), orient="row")
            for feed, rows in self.raw.items()
        }
        who = dict.fromkeys(("feed", "record_key", "person_role"), pl.String)
        crosswalk = {**who, "person_seq": pl.Int32, "person_id": pl.String, "probability": pl.Float64}
        frames["master.person_crosswalk"] = pl.DataFrame(self.who, schema=crosswalk, orient="row")
        frames["master.address_match"] = pl.DataFrame(
            self.matches, schema=dict.fromkeys(MATCH, pl.String), orient="row"
        )
        register = {**dict.fromkeys(REGISTER, pl.String), "lon": pl.Float64, "lat": pl.Float64}
        frames["master.address"] = pl.DataFrame(self.places, schema=register, orient="row")
        person = {
            "person_id": pl.String, "name": pl.String, "name_confidence": pl.Float64, "birth_date": pl.Date,
            "birth_date_confidence": pl.Float64, "household_id": pl.String,
        }  # fmt: skip
        persons = [{"person_id": one, **values} for one, values in self.persons.items()]
        frames["master.person"] = pl.DataFrame(persons, schema=person, orient="row")
        sizes = {"household_id": pl.String, "member_count": pl.Int64}
        frames["master.household"] = pl.DataFrame(schema=sizes)
        return frames | self.tables

    def scan(self, shuffled: bool = False) -> Callable[[str], pl.LazyFrame]:
        """Return the tables by their names, their rows in another order where asked."""
        frames = self._frames()

        def scan(table: str) -> pl.LazyFrame:
            if table not in frames:
                raise LakeError(f"there is no table {table}")
            frame = frames[table]
            return (frame.sample(fraction=1.0, shuffle=True, seed=7) if shuffled else frame).lazy()

        return scan

    def night(self) -> Night:
        """Return the night for a single finder."""
        return Night(self.scan(), self.contracts, load_table_suites(), DAY)

    def findings(self, shuffled: bool = False) -> pl.DataFrame:
        """Return all findings."""
        return collect_findings(self.scan(shuffled), self.contracts, load_table_suites(), DAY)

    def told(self, problem: str) -> list[dict[str, Any]]:
        """Return the findings of one problem, by row."""
        found = self.findings().filter(pl.col("problem") == problem)
        return found.sort("feed", "row_number").to_dicts()


@pytest.fixture
def crafted() -> Crafted:
    return Crafted()


@pytest.fixture
def number() -> Callable[[str], str]:
    return whole_number
