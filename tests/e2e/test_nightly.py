"""Three nights of a small district, end to end: nothing lost, nothing changed by chance, one path for all."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import polars as pl
import pytest
from canonical import canonical_tables, differences, snapshot_of
from small_district import District, load

from pipelines.addresses.aliases.ledger import latest
from pipelines.home import Home
from pipelines.lake.publish import export
from pipelines.lake.store import Lake

pytestmark = pytest.mark.slow

SERVED = {
    "ops.delivery", "ops.run", "ops.audit", "raw.quarantine", "raw.police_residents", "raw.sensors_events",
    "master.address", "master.address_match", "master.address_alias", "master.address_history",
    "master.address_match_history", "master.register_finding", "master.person_crosswalk", "master.person",
    "master.person_history",
    "master.person_link", "master.match_review", "master.steward_decision", "master.household",
    "master.household_member", "master.dwelling", "master.enterprise", "marts.kpi_monthly", "marts.data_quality",
    "facts.as_of", "facts.community", "facts.device", "facts.dispute", "facts.incident", "facts.participation",
    "facts.readiness", "facts.resident", "facts.sensor_alarm", "facts.survey", "facts.workorder",
}  # fmt: skip
# What does not rest on how addresses are read.
PLAIN = {"ops.delivery", "master.address", "master.address_history", "master.steward_decision"}


def files_of(home: Home) -> dict[str, tuple[int, int]]:
    """Every file of the lake and of the publication, but the log that says a run found nothing to do."""
    return {
        str(path.relative_to(home.root)): (path.stat().st_mtime_ns, path.stat().st_size)
        for folder in (home.lake, home.published)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "runs.jsonl"
    }


def test_every_served_table_is_there(night_by_night: Home) -> None:
    assert set(snapshot_of(night_by_night).served()) >= SERVED


def test_rows_read_are_loaded_duplicate_or_quarantined(night_by_night: Home) -> None:
    delivery = snapshot_of(night_by_night).scan("ops.delivery").collect()
    counted = pl.col("rows_loaded") + pl.col("rows_duplicate") + pl.col("rows_quarantined")
    assert delivery.filter(pl.col("rows_read") != counted).is_empty()
    assert delivery["rows_read"].sum() > 3_000


def test_every_file_delivered_is_in_the_log(night_by_night: Home, district: District) -> None:
    logged = set(snapshot_of(night_by_night).scan("ops.delivery").collect()["path"].str.split("!").list.first())
    assert {name for night in district.report.nights for name in night.files} == logged


def test_quarantine_has_as_many_rows_as_the_log_says(night_by_night: Home) -> None:
    snapshot = snapshot_of(night_by_night)
    told = snapshot.scan("ops.delivery").collect()["rows_quarantined"].sum()
    assert snapshot.scan("raw.quarantine").collect().height == told


def test_every_mention_of_a_person_has_a_person(night_by_night: Home) -> None:
    snapshot = snapshot_of(night_by_night)
    crosswalk = snapshot.scan("master.person_crosswalk").collect()
    people = crosswalk.filter(pl.col("method") != "organisation")
    assert people["person_id"].null_count() == 0
    assert crosswalk.select("feed", "record_key", "person_role", "person_seq").is_duplicated().sum() == 0
    assert set(people["person_id"]) == set(snapshot.scan("master.person").collect()["person_id"])


def test_a_second_load_changes_nothing(night_by_night: Home) -> None:
    before = files_of(night_by_night)
    result = load(night_by_night)
    assert result.status == "nothing_new"
    assert files_of(night_by_night) == before


def test_three_nights_at_once_equal_one_by_one(
    night_by_night: Home, at_once: Home, night_after: Home, tmp_path: Path
) -> None:
    """Names of places that one load learned are read from the next: both homes are compared after one load more.

    What does not rest on the reading of addresses is equal before it too.
    """
    by_night, whole = canonical_tables(night_by_night), canonical_tables(at_once)
    told = [
        one
        for one in differences(by_night, whole)
        if one.split(":")[0].startswith("raw.") or one.split(":")[0] in PLAIN
    ]
    assert told == []
    homes = [night_after, once_more(at_once, tmp_path / "home")]
    assert differences(*map(canonical_tables, homes)) == []
    ledgers = [latest(snapshot_of(home).scan("master.address_alias").collect()) for home in homes]
    names = [ledger.select("alias_id", "written", "status").sort("alias_id").rows() for ledger in ledgers]
    assert names[0] == names[1]
    assert "applied" in {status for _, _, status in names[0]}


@pytest.fixture(scope="module")
def night_after(night_by_night: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return once_more(night_by_night, tmp_path_factory.mktemp("after") / "home")


def once_more(home: Home, folder: Path) -> Home:
    """A copy of `home` after a load to which nothing new came but a file that it has already."""
    copy = Home(folder)
    shutil.copytree(home.root, copy.root)
    residents = next(path for path in sorted(copy.landing.rglob("*.csv")) if "police/residents" in str(path))
    (residents.parent / f"again_{residents.name}").write_bytes(residents.read_bytes())
    assert load(copy).status == "published"
    return copy


def test_ids_stay_or_the_ledger_says_why(night_by_night: Home) -> None:
    """Whoever was a person on the first night is one still, or the ledger says what became of the id."""
    snapshots = sorted(Lake(night_by_night).history(), key=lambda snapshot: snapshot.id)
    first, last = snapshots[0], snapshots[-1]
    was = set(first.scan("master.person").collect()["person_id"])
    now = set(last.scan("master.person").collect()["person_id"])
    history = last.scan("master.person_history").collect()
    ended = set(history.filter(pl.col("event").is_in(["merged_into", "retired"]))["person_id"])
    born = set(history.filter(pl.col("event").is_in(["created", "split_from"]))["person_id"])
    assert was - now <= ended
    assert now - was <= born
    assert len(was & now) > 0.9 * len(was)


def test_the_catalogues_show_what_the_snapshot_holds(night_by_night: Home) -> None:
    snapshot = snapshot_of(night_by_night)
    with duckdb.connect(str(night_by_night.published / "restricted.duckdb"), read_only=True) as reader:
        for table in snapshot.served():
            count = reader.sql(f"select count(*) from {table}").fetchall()[0][0]  # noqa: S608
            assert count == snapshot.rows(table), table
        assert reader.sql("select count(*) from marts.snapshot").fetchall()[0][0] > 0


def test_the_open_catalogue_names_no_person(night_by_night: Home) -> None:
    with duckdb.connect(str(night_by_night.published / "open.duckdb"), read_only=True) as reader:
        columns = {
            (schema, column)
            for schema, column in reader.sql(
                "select table_schema, column_name from information_schema.columns"
            ).fetchall()
        }
    assert {"marts"} <= {schema for schema, _ in columns}
    assert not {schema for schema, _ in columns} & {"raw", "master", "facts"}
    assert not {column for _, column in columns} & {"person_id", "id_number", "phone", "phones", "record_key", "name"}


def test_indicators_have_lights(night_by_night: Home) -> None:
    kpi = snapshot_of(night_by_night).scan("marts.kpi_monthly").collect()
    assert kpi["indicator"].n_unique() >= 12
    assert set(kpi["area_level"]) == {"district", "street", "community"}
    assert set(kpi["light"]) <= {"red", "yellow", "green", "grey"}
    assert len(set(kpi["light"])) >= 3
    assert kpi.select("indicator", "area_level", "area", "month").is_duplicated().sum() == 0


def test_export_writes_one_file_a_table(night_by_night: Home, tmp_path: Path) -> None:
    written = {f"{path.parent.name}.{path.stem}" for path in export(night_by_night, tmp_path)}
    assert written == {*snapshot_of(night_by_night).served(), "marts.snapshot"}


def test_a_file_that_comes_again_is_a_duplicate_and_moves_no_id(night_by_night: Home, night_after: Home) -> None:
    before = canonical_tables(night_by_night)
    after = canonical_tables(night_after)
    log = snapshot_of(night_after).scan("ops.delivery").filter(pl.col("path").str.contains("again_")).collect()
    assert log["status"].to_list() == ["duplicate"]
    assert differences(
        {name: table for name, table in before.items() if name.startswith("master.")},
        {name: table for name, table in after.items() if name.startswith("master.")},
    ) == []  # fmt: skip
