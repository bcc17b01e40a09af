"""A scan that knows every name, number and phone of the district: none stands where people without need look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from canonical import snapshot_of

from pipelines.home import CHECKOUT, Home

pytestmark = pytest.mark.slow

# Names of two characters are ordinary words too often (`高山`); longer ones and numbers are not.
SHORTEST_NAME, LONGEST_NAME = 3, 4
HAN_RUN = re.compile(rf"[\u4e00-\u9fff]{{{SHORTEST_NAME},}}")
DIGITS = re.compile(r"\d{17}[\dXx]|1\d{10}")
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def personal_values(home: Home) -> set[str]:
    """Every name of three or four characters, every ID number and every mobile phone in the raw tables."""
    residents = snapshot_of(home).scan("raw.police_residents").select("name", "id_number", "phone").collect()
    names = residents["name"].drop_nulls().str.extract(HAN_RUN.pattern, 0).drop_nulls()
    names = names.filter(names.str.len_chars() <= LONGEST_NAME)
    numbers = residents["id_number"].drop_nulls().str.extract(r"(\d{17}[\dXx])").drop_nulls()
    phones = residents["phone"].drop_nulls().str.extract_all(r"1\d{10}").list.explode().drop_nulls()
    return set(pl.concat([names, numbers, phones]))


def said_in(text: str) -> set[str]:
    """Every stretch of `text` that could be a name, a number or a phone; `\\uXXXX` is read as JSON writes it."""
    plain = text + ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "\\u" in text else text
    said = set(DIGITS.findall(plain))
    for run in set(HAN_RUN.findall(plain)):
        for length in range(SHORTEST_NAME, LONGEST_NAME + 1):
            said |= {run[start : start + length] for start in range(len(run) - length + 1)}
    return said


def leaks(paths: Iterator[Path], values: set[str]) -> list[str]:
    """Return the files that hold a value, with how many; the value itself is not quoted."""
    counts = {path.name: len(values & said_in(path.read_bytes().decode("utf-8", errors="ignore"))) for path in paths}
    return [f"{name}: {count} values" for name, count in counts.items() if count]


def files(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def test_the_scan_finds_what_is_there(night_by_night: Home) -> None:
    """The positive control: the police export does hold these values, plain or as JSON escapes them."""
    values = personal_values(night_by_night)
    assert len(values) > 1_000
    police = "".join(path.read_bytes().decode("gb18030") for path in files(night_by_night.landing / "police/residents"))
    assert len(values & said_in(police)) > 0.9 * len(values)
    assert len(values & said_in(police.encode("ascii", "backslashreplace").decode())) > 0.9 * len(values)


def test_no_personal_value_in_logs_events_and_artifacts(night_by_night: Home) -> None:
    values = personal_values(night_by_night)
    dbt = CHECKOUT / "dbt"
    looked = [night_by_night.dagster, night_by_night.lake / "snapshots", dbt / "target", dbt / "logs"]
    logs = night_by_night.root / "audit"
    assert any(True for _ in files(night_by_night.dagster)), "there is no event log to look at"
    assert leaks(files(*looked, logs), values) == []


def test_no_personal_value_in_what_is_open(night_by_night: Home) -> None:
    values = personal_values(night_by_night)
    published = night_by_night.published / "snapshots"
    for path in files(*published.glob("*/open")):
        frame = pl.read_parquet(path)
        for column in frame.select(pl.selectors.string()).columns:
            assert not set(frame[column].drop_nulls().unique()) & values, f"{path.stem}.{column}"


def test_no_personal_value_in_check_results(night_by_night: Home) -> None:
    values = personal_values(night_by_night)
    snapshot = snapshot_of(night_by_night)
    for table in ("internal.check_result", "ops.run", "ops.delivery"):
        frame = snapshot.scan(table).select(pl.selectors.string()).collect()
        for column in frame.columns:
            assert not set(frame[column].drop_nulls().unique()) & values, f"{table}.{column}"


def test_reasons_of_quarantine_quote_no_value(night_by_night: Home) -> None:
    reasons = snapshot_of(night_by_night).scan("raw.quarantine").select("reason").unique().collect()["reason"]
    values = personal_values(night_by_night)
    assert [reason for reason in reasons if any(value in reason for value in values)] == []
