"""A city that lives through months: who delivers when, and what stands in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from city_reading import rows_of

from pipelines.city import CityReport, generate_city
from pipelines.city.calendar import Calendar

START, NIGHTS = date(2026, 3, 1), 37


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> CityReport:
    folder = tmp_path_factory.mktemp("months")
    return generate_city(
        folder / "nights", folder / "truth", residents=500, nights=NIGHTS, seed=4, start=START, calendar=Calendar()
    )


def dates_of(city: CityReport, feed: str) -> list[date]:
    files = [(night.day, name) for night in city.nights for name in night.files]
    return sorted({day for day, name in files if name.startswith(f"{feed}/")})


@pytest.mark.parametrize("feed", ["sensors/events", "police/incidents", "property/workorders"])
def test_machines_and_hotlines_deliver_every_day(months: CityReport, feed: str) -> None:
    assert len(dates_of(months, feed)) == NIGHTS


def test_counters_are_shut_on_weekends_but_for_the_first_of_a_month(months: CityReport) -> None:
    days = dates_of(months, "police/residents")
    assert {day for day in days if day.weekday() >= 5} == {date(2026, 3, 1)}
    assert date(2026, 4, 1) in days


@pytest.mark.parametrize("feed", ["civil_affairs/elderly", "property/occupants", "street_office/readiness"])
def test_lists_come_on_the_first_of_a_month(months: CityReport, feed: str) -> None:
    assert dates_of(months, feed) == [date(2026, 3, 1), date(2026, 4, 1)]


def test_registers_come_on_mondays_or_a_day_late(months: CityReport) -> None:
    days = dates_of(months, "housing/properties")[1:]
    assert len(days) == 6
    assert {day.weekday() for day in days} <= {0, 1}


def test_residents_come_whole_on_the_first_and_only_once_each(months: CityReport) -> None:
    name = "police/residents/2026-04-01/实有人口.csv"
    rows = rows_of(name, (months.landing / name).read_bytes())
    first = "police/residents/2026-03-01/实有人口.csv"
    before = {row["人员编号"] for row in rows_of(first, (months.landing / first).read_bytes()) if row["人员编号"]}
    now = [row["人员编号"] for row in rows if row["人员编号"]]
    assert before <= set(now), "who was registered stays in the register, the dead with their status"
    repeated = len(now) - len(set(now))
    assert repeated < 0.02 * len(now), "one version a person, but for rows that are typed twice"


def test_nothing_that_happened_on_days_without_a_delivery_is_lost(months: CityReport) -> None:
    rows = pl.read_parquet(months.truth / "truth_row.parquet").filter(pl.col("feed") == "street_office_participation")
    later = rows.filter(pl.col("delivered_on") > START)["rows"].sum()
    assert later >= (NIGHTS - 1) * 3, "three entries a day or more"


def test_the_same_calendar_gives_the_same_bytes(months: CityReport, tmp_path: Path) -> None:
    again = generate_city(
        tmp_path / "n", tmp_path / "t", residents=500, nights=NIGHTS, seed=4, start=START, calendar=Calendar()
    )
    assert [night.files for night in again.nights] == [night.files for night in months.nights]
    for name in again.nights[-2].files:
        assert (again.landing / name).read_bytes() == (months.landing / name).read_bytes()
