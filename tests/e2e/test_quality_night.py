"""What the nights leave for those who look after the data: profile, checks over time, return lists, pages, pictures."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import dagster as dg
import fastexcel
import polars as pl
import pytest
from canonical import snapshot_of
from small_district import District

from orchestration.announcing import announcements
from orchestration.instance import open_instance
from orchestration.reporting import asset_key
from pipelines.contracts.loader import load_contracts
from pipelines.home import Home
from pipelines.lake.published import Published
from pipelines.lake.store import Lake

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def instance(night_by_night: Home) -> Any:
    with open_instance(night_by_night) as opened:
        yield opened


def read(home: Home, table: str) -> pl.DataFrame:
    return snapshot_of(home).scan(table).collect()


def test_every_delivery_has_its_profile(night_by_night: Home) -> None:
    grain = ["department", "feed", "delivered_on"]
    taken = read(night_by_night, "ops.delivery").filter(pl.col("status") != "rejected").select(grain).unique()
    profile = read(night_by_night, "ops.feed_profile")
    whole = profile.filter(pl.col("column") == "")
    assert whole.select(grain).sort(grain).rows() == taken.sort(grain).rows()
    assert profile.select(*grain, "column").is_duplicated().sum() == 0


def test_the_history_of_checks_has_every_newest_result_and_the_earlier_nights(night_by_night: Home) -> None:
    history = read(night_by_night, "internal.check_history")
    newest = read(night_by_night, "internal.check_result").filter(pl.col("as_of").is_not_null())
    grain = ["table", "check", "as_of"]
    assert history.select(grain).is_duplicated().sum() == 0
    verdict = [*grain, "success", "element_count", "unexpected_count", "missing_count"]
    assert newest.select(verdict).join(history, on=verdict, how="anti", nulls_equal=True).is_empty()
    nights = history.filter(pl.col("table") == "raw.police_residents")["as_of"].unique()
    assert nights.len() >= 2
    assert history["owner"].null_count() == 0
    assert set(history["severity"]) <= {"critical", "warning", "info"}


def test_tables_built_tonight_are_in_the_history_too(night_by_night: Home) -> None:
    tables = set(read(night_by_night, "internal.check_history")["table"])
    assert {"ops.feed_profile", "raw.police_residents", "master.person", "marts.kpi_monthly", "ops.run"} <= tables
    checked = set(read(night_by_night, "internal.check_result").filter(pl.col("as_of").is_not_null())["table"])
    assert checked <= tables


def test_a_department_s_workbook_lists_its_open_entries(night_by_night: Home) -> None:
    entries = read(night_by_night, "marts.return_list")
    published = Published(night_by_night)
    folder = published.snapshots / str(published.current_id()) / "restricted" / "return"
    books = {path.stem: path for path in folder.iterdir()}
    assert set(books) == set(entries["department"])
    for department, path in books.items():
        mine = entries.filter((pl.col("department") == department) & (pl.col("status") == "open"))
        book = fastexcel.read_excel(path)
        cells = {
            cell
            for name in book.sheet_names
            for column in book.load_sheet(name, header_row=None, dtypes="string").to_polars()
            for cell in column.drop_nulls()
        }
        assert set(mine["entry_id"]) <= cells, department
        assert not set(entries.filter(pl.col("department") != department)["entry_id"]) & cells, department


def test_entries_are_closed_by_what_came_since(night_by_night: Home) -> None:
    entries = read(night_by_night, "marts.return_list")
    closed = entries.filter(pl.col("status") == "closed")
    assert closed.height > 0
    assert closed["closed_as"].null_count() == closed["closed_on"].null_count() == 0
    assert entries["entry_id"].is_duplicated().sum() == 0
    first_nights = entries["first_run"].n_unique()
    assert first_nights >= 2, "later nights bring entries of their own"


def test_the_page_is_of_the_published_snapshot(night_by_night: Home) -> None:
    published = Published(night_by_night)
    current = str(published.current_id())
    own = published.snapshots / current / "site" / "scorecard.html"
    assert (published.site / "scorecard.html").read_bytes() == own.read_bytes()
    text = own.read_text(encoding="utf-8")
    assert current in text
    assert "This snapshot has no" not in text, "a mart is gone"
    assert "was made by an earlier version" not in text, "a column of a mart has another name"
    assert not re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", text)


def test_the_ledger_of_past_months_is_the_mart_of_the_night_before(night_by_night: Home) -> None:
    newest, before = list(Lake(night_by_night).history())[:2]
    past = newest.scan("internal.quality_past").collect()
    assert past.height == before.rows("marts.data_quality") > 0


def test_a_clean_city_is_announced_without_persons(night_by_night: Home, district: District) -> None:
    told = announcements(read(night_by_night, "ops.feed_profile"))
    feeds = {f"{contract.department}/{contract.feed}" for contract in load_contracts().values()}
    assert all(message.split(" ")[0] in feeds for message in told)
    days = {date.fromisoformat(message.split(" ")[1].rstrip(":")) for message in told}
    assert len(days) <= len(district.report.nights)


@pytest.mark.parametrize(
    ("table", "pictures"),
    [
        ("raw.police_residents", ["rows_over_nights", "rows_read_over_nights", "rows_quarantined_over_nights"]),
        ("internal.check_history", ["failed_checks_over_dates"]),
        ("marts.return_list", ["open_entries_over_nights"]),
    ],
)
def test_the_pages_of_assets_draw_the_course_of_the_nights(
    instance: dg.DagsterInstance, table: str, pictures: list[str]
) -> None:
    event = instance.get_latest_materialization_event(asset_key(table))
    assert event is not None
    assert event.asset_materialization is not None
    for picture in pictures:
        drawn = event.asset_materialization.metadata[picture].value
        assert str(drawn).startswith("!["), picture
        assert str(drawn).endswith("nights"), picture


def test_every_check_was_told_with_a_count_or_a_verdict(night_by_night: Home, instance: dg.DagsterInstance) -> None:
    from orchestration.definitions import defs

    checks = defs.resolve_asset_graph().asset_check_keys
    mine = [key for key in checks if key.asset_key == asset_key("raw.police_residents")]
    assert len(mine) > 10
    records = instance.event_log_storage.get_latest_asset_check_execution_by_key(mine)
    assert set(records) == set(mine)
    told = [record.event.asset_check_evaluation for record in records.values() if record.event]
    evaluations = [evaluation for evaluation in told if evaluation is not None]
    assert len(evaluations) == len(mine)
    for evaluation in evaluations:
        assert evaluation.description, evaluation.check_name
        assert any("一" <= sign <= "鿿" for sign in evaluation.description), evaluation.check_name
