"""A scan that knows every name, number and phone of the district: none stands where people without need look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from canonical import snapshot_of
from small_district import District

from pipelines.home import CHECKOUT, Home

pytestmark = pytest.mark.slow

# Names of two characters are ordinary words too often (`高山`); longer ones and numbers are not.
SHORTEST_NAME = 3


def personal_values(home: Home) -> set[bytes]:
    """Every name of three characters, every ID number and every mobile phone in the raw tables."""
    snapshot = snapshot_of(home)
    residents = snapshot.scan("raw.police_residents").select("name", "id_number", "phone").collect()
    names = residents["name"].drop_nulls().filter(residents["name"].drop_nulls().str.len_chars() >= SHORTEST_NAME)
    numbers = residents["id_number"].drop_nulls().str.extract(r"(\d{17}[\dXx])").drop_nulls()
    phones = residents["phone"].drop_nulls().str.extract_all(r"1\d{10}").list.explode().drop_nulls()
    return {value.encode() for value in pl.concat([names, numbers, phones]).unique()}


def leaks(paths: Iterator[Path], values: set[bytes]) -> list[str]:
    """Return the files that hold a value, with how many; the value itself is not quoted."""
    found = []
    for path in paths:
        content = path.read_bytes()
        escaped = content.decode("utf-8", errors="ignore").encode("utf-8")
        count = sum(value in escaped for value in values)
        # JSON writes Chinese as \\uXXXX: look for names in that form too.
        count += sum(value.decode().encode("unicode_escape") in content for value in values if not value.isalnum())
        if count:
            found.append(f"{path.name}: {count} values")
    return found


def files(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def test_the_scan_finds_what_is_there(night_by_night: Home, district: District) -> None:
    """The positive control: the police export does hold these values."""
    values = personal_values(night_by_night)
    assert len(values) > 1_000
    police = night_by_night.landing / "police" / "residents"
    texts = [path.read_bytes().decode("gb18030") for path in files(police)]
    assert sum(any(value.decode() in text for text in texts) for value in list(values)[:200]) > 150


def test_no_personal_value_in_logs_events_and_artifacts(night_by_night: Home) -> None:
    values = personal_values(night_by_night)
    dbt = CHECKOUT / "dbt"
    looked = [night_by_night.dagster, night_by_night.lake / "snapshots", dbt / "target", dbt / "logs"]
    logs = night_by_night.root / "audit"
    assert any(True for _ in files(night_by_night.dagster)), "there is no event log to look at"
    assert leaks(files(*looked, logs), values) == []


def test_no_personal_value_in_what_is_open(night_by_night: Home) -> None:
    values = {value.decode() for value in personal_values(night_by_night)}
    published = night_by_night.published / "snapshots"
    for path in files(*published.glob("*/open")):
        frame = pl.read_parquet(path)
        for column in frame.select(pl.selectors.string()).columns:
            assert not set(frame[column].drop_nulls().unique()) & values, f"{path.stem}.{column}"


def test_no_personal_value_in_check_results(night_by_night: Home) -> None:
    values = {value.decode() for value in personal_values(night_by_night)}
    snapshot = snapshot_of(night_by_night)
    for table in ("internal.check_result", "ops.run", "ops.delivery"):
        frame = snapshot.scan(table).select(pl.selectors.string()).collect()
        for column in frame.columns:
            assert not set(frame[column].drop_nulls().unique()) & values, f"{table}.{column}"


def test_reasons_of_quarantine_quote_no_value(night_by_night: Home) -> None:
    reasons = snapshot_of(night_by_night).scan("raw.quarantine").select("reason").unique().collect()["reason"]
    values = {value.decode() for value in personal_values(night_by_night)}
    assert [reason for reason in reasons if any(value in reason for value in values)] == []
