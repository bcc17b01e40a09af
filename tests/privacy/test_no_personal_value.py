"""A scan that knows every name, number and phone of the district: none stands where people without need look."""

from __future__ import annotations

import polars as pl
import pytest
from canonical import snapshot_of
from personal_values import PersonalValues
from scanning import Scan, files, leaks

from pipelines.governance.openness import OPEN_TABLES
from pipelines.home import CHECKOUT, Home

pytestmark = pytest.mark.slow

# Told to those who run the house, not to those who may see persons.
TOLD = (
    "internal.check_result", "internal.check_history", "internal.quality_past", "ops.feed_profile", "ops.run",
    "ops.delivery", "ops.audit", "marts.quality_check",
)  # fmt: skip


def test_the_values_are_those_of_the_whole_city(values: PersonalValues) -> None:
    assert len(values.long) > 5_000
    assert len(values.short) > 100
    kinds = {
        "names": sum("\u4e00" <= value[0] <= "\u9fff" for value in values.long),
        "names between dots": sum("·" in value for value in values.long),
        "ID numbers": sum(len(value) == 18 and value[:17].isdigit() for value in values.long),
        "masked ones": sum("*" in value for value in values.long),
        "phones": sum(len(value) == 11 and value.isdigit() for value in values.long),
    }
    assert min(kinds.values()) >= 5, kinds


@pytest.mark.parametrize("folder", ["police/residents", "civil_affairs/elderly", "property/occupants"])
def test_the_scan_finds_what_departments_deliver(night_by_night: Home, scan: Scan, folder: str) -> None:
    """The positive control: the exports do hold these values, whatever their encoding and container."""
    delivered = [path.read_bytes() for path in files(night_by_night.landing / folder)]
    found: set[str] = set()
    for content in delivered:
        found |= scan.in_bytes(content) | scan.in_text(content.decode("gb18030", errors="ignore"))
    assert len(found) > 300


def test_no_personal_value_in_logs_events_and_artifacts(night_by_night: Home, scan: Scan) -> None:
    home, dbt = night_by_night, CHECKOUT / "dbt"
    looked = {
        "event log": files(home.dagster),
        "snapshots": files(home.lake / "snapshots"),
        "dbt's artifacts of the project": files(dbt / "target", dbt / "logs"),
        "dbt's artifacts of the night": files(home.workshop / "dbt"),
        "audit": files(home.root / "audit"),
        "runs": sorted(home.lake.glob("*.json*")),
    }
    assert [name for name, found in looked.items() if not found] == []
    assert leaks(scan, (path for found in looked.values() for path in found)) == []


def test_no_personal_value_in_what_is_open(night_by_night: Home, scan: Scan) -> None:
    published = files(*(night_by_night.published / "snapshots").glob("*/open"))
    tables = {path.stem for path in published}
    assert {table.removeprefix("marts.") for table in OPEN_TABLES} <= tables
    assert leaks(scan, published) == []


@pytest.mark.parametrize("schema", ["facts", "marts"])
def test_facts_and_marts_of_risk_and_needs_tell_of_places_and_cases(
    night_by_night: Home, scan: Scan, schema: str
) -> None:
    """Restricted tables may lead to a person by an id; a name, a number or a phone has no business there either."""
    snapshot = snapshot_of(night_by_night)
    told = {
        "facts": [table for table in snapshot.served() if table.startswith("facts.")],
        "marts": ["marts.attention_household", "marts.dispute_escalation"],
    }[schema]
    assert sum(snapshot.rows(table) for table in told) > 100
    assert [table for table in told if scan.in_frame(snapshot.scan(table).collect())] == []


def test_no_personal_value_on_the_pages(night_by_night: Home, scan: Scan) -> None:
    pages = files(night_by_night.published / "site")
    assert "scorecard.html" in {path.name for path in pages}
    assert leaks(scan, pages) == []


@pytest.mark.parametrize("table", TOLD)
def test_no_personal_value_in_what_is_told(night_by_night: Home, scan: Scan, table: str) -> None:
    frame = snapshot_of(night_by_night).scan(table).collect()
    assert not frame.is_empty() or table == "internal.quality_past"
    assert scan.in_frame(frame) == set()


def test_reasons_of_quarantine_quote_no_value(night_by_night: Home, scan: Scan) -> None:
    quarantine = snapshot_of(night_by_night).scan("raw.quarantine")
    assert scan.in_frame(quarantine.select("reason").collect()) == set()
    assert scan.in_frame(quarantine.select("payload").collect()), "the control: rows as delivered do name persons"


def test_closed_entries_of_the_return_list_keep_no_contents(night_by_night: Home, scan: Scan) -> None:
    entries = snapshot_of(night_by_night).scan("marts.return_list").collect()
    contents = ["row_as_delivered", "delivered_value", "proposed_value", "evidence_zh", "evidence_en"]
    for status, expected in (("open", True), ("closed", False)):
        told = entries.filter(pl.col("status") == status)
        assert not told.is_empty()
        assert bool(scan.in_frame(told.select(contents))) is expected
