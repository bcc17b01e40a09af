"""What every entry carries: the row, its file, titles, confidence, priority; and nothing of anybody else's."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from pipelines.contracts.loader import load_contracts
from pipelines.errors import LakeError
from pipelines.quality.findings import collect
from pipelines.quality.findings.collect import collect_findings
from pipelines.quality.findings.problems import all_problems, confidence_table, problem_table
from pipelines.quality.findings.schema import FINDING_GRAIN, FINDING_SCHEMA, no_findings
from pipelines.quality.rules import load_table_suites

Number = Callable[[str], str]
BODY = "99010219800101231"


def _busy(crafted: Any, number: Number) -> None:
    """A night on which several things are wrong, among them on lists that must not be told of."""
    right = number(BODY)
    wrong = right[:13] + "7" + right[14:]
    crafted.row("police_residents", "p1", resident_no="R1", name="赵明玉", id_number=right, phone="14200000001")
    crafted.row("civil_affairs_benefits", "p1", name="赵明玉", id_number=right, benefit="特困", phone="14200000002")
    crafted.row("civil_affairs_elderly", "p1", name="赵明玉", id_number=right, health="失能")
    crafted.row(
        "property_occupants", "p1", estate="雅居", room_text="1", name="赵朋玉", id_tail=wrong, role="业主",
        moved_in_on=date(2020, 5, 1), moved_out_on=date(2019, 5, 1), extra='{"moved_in_on":"?","车位":"甲\\"1"}',
    )  # fmt: skip
    crafted.fused("p1", name="赵明玉", name_confidence=0.99)


def test_the_row_is_told_by_its_own_headers_and_files(crafted: Any, number: Number) -> None:
    _busy(crafted, number)
    crafted.tables["ops.delivery"] = pl.DataFrame(
        {
            "path": ["landing/property/occupants/2026-03-01/雅居.xlsx"], "sha256": ["sha-property_occupants"],
            "status": ["loaded"], "department": ["property"], "feed": ["occupants"], "delivered_on": [date(2026, 3, 1)],
        }
    )  # fmt: skip
    (entry,) = crafted.told("name_slip")
    assert entry["file"] == "property/occupants/2026-03-01/雅居.xlsx"
    assert entry["row_ref"] == "sha-property_occupants:1"
    assert (entry["department_zh"], entry["title_zh"], entry["header"]) == ("物业", "住户名册", "姓名")
    row = json.loads(entry["row_as_delivered"])
    assert row["入住日期"] == "?" or row["入住日期"] == "2020-05-01"
    assert row["车位"] == '甲"1'
    assert set(row) <= {c.headers[0] for c in load_contracts()["property_occupants"].columns} | {"车位"}


def test_no_entry_tells_what_another_department_keeps(crafted: Any, number: Number) -> None:
    _busy(crafted, number)
    theirs = crafted.findings().filter(pl.col("department") == "property").write_json()
    for private in ("特困", "失能", "14200000001", "14200000002", "R1", "p1", "民政", "civil_affairs"):
        assert private not in theirs
    assert "另2个部门" in theirs or "另1个部门" in theirs


def test_what_a_finding_says_better_is_not_said_by_a_rule_as_well(crafted: Any, number: Number) -> None:
    wrong = number(BODY)[:13] + "7" + number(BODY)[14:]
    crafted.row(
        "police_residents", "p1", resident_no="R1", name="赵明玉", id_number=wrong, sex="1",
        birth_date=date(1980, 1, 1), birth_date_precision="day",
    )  # fmt: skip
    assert crafted.findings()["problem"].to_list() == ["number_impossible"]


def test_a_broken_rule_is_told_by_row_and_column(crafted: Any) -> None:
    for order, closed in (("W1", 8), ("W2", 10)):
        crafted.row(
            "property_workorders",
            order_no=order,
            reported_at=datetime(2026, 1, 1, 9, tzinfo=UTC),
            closed_at=datetime(2026, 1, 1, closed, tzinfo=UTC),
        )
    (entry,) = crafted.told("closed_after_report")
    assert (entry["record_key"], entry["column"], entry["header"]) == ("W1", "closed_at", "办结时间")
    assert "办结不早于上报" in entry["problem_zh"]
    assert entry["dimension"] == "consistency"


def test_a_rule_that_a_whole_export_breaks_is_left_to_the_check(crafted: Any) -> None:
    for place in range(80):
        crafted.row(
            "property_workorders", order_no=f"W{place}", reported_at=datetime(2026, 1, 1, 9, tzinfo=UTC),
            closed_at=datetime(2026, 1, 1, 8, tzinfo=UTC),
        )  # fmt: skip
    assert crafted.told("closed_after_report") == []


def test_unread_cells_and_rare_codes_are_told_and_habits_are_not(crafted: Any) -> None:
    crafted.row("housing_properties", parcel_unit_no="Q0", usage="仓库", extra='{"area_m2":"一百多","别的":"x"}')
    for place in range(1, 30):
        crafted.row("housing_properties", parcel_unit_no=f"Q{place}", usage="车库")
    (unread,) = crafted.told("cell_unread")
    assert (unread["column"], unread["delivered_value"]) == ("area_m2", "一百多")
    assert [entry["delivered_value"] for entry in crafted.told("code_unknown")] == ["仓库"]


def test_every_refused_row_is_told_by_file_and_number(crafted: Any) -> None:
    crafted.row("police_residents", resident_no="R1", name="赵明玉")
    crafted.tables["raw.quarantine"] = pl.DataFrame(
        {
            "batch_id": ["b", "b"], "department": ["police"] * 2, "feed": ["residents"] * 2, "file": ["f.csv"] * 2,
            "file_sha256": ["s"] * 2, "row_number": [4, 9], "reason_code": ["missing_key", "bad_value"],
            "reason": ["no value in the key resident_no", "registered_on is no date"],
            "payload": ['{"姓名":"某"}', '{"登记日期":"昨天"}'],
        }
    )  # fmt: skip
    crafted.tables["ops.delivery"] = pl.DataFrame(
        {
            "path": ["f.csv"], "sha256": ["s"], "status": ["loaded"], "department": ["police"], "feed": ["residents"],
            "delivered_on": [date(2026, 3, 1)],
        }
    )  # fmt: skip
    (key,) = crafted.told("row_missing_key")
    (value,) = crafted.told("row_bad_value")
    assert (key["record_key"], key["row_ref"], key["column"]) == (None, "s:4", None)
    assert (value["row_ref"], value["column"], value["header"]) == ("s:9", "registered_on", "登记日期")
    assert value["row_as_delivered"] == '{"登记日期":"昨天"}'


def test_the_order_of_rows_changes_nothing(crafted: Any, number: Number) -> None:
    _busy(crafted, number)
    for place in range(5):
        crafted.row(
            "property_occupants", "p1", estate="雅居", room_text=str(place), name="赵朋玉", id_tail=number(BODY)[-6:]
        )
    assert crafted.findings().equals(crafted.findings(shuffled=True))


def test_the_worst_comes_first_and_grains_are_single(crafted: Any, number: Number) -> None:
    _busy(crafted, number)
    found = crafted.findings()
    assert found.height >= 3
    assert found["priority"].is_sorted(descending=True)
    assert not found.select(FINDING_GRAIN).is_duplicated().any()
    assert found.select(pl.col("confidence").is_between(0.9, 1.0).all()).item()
    assert found.select((pl.col("proposed_value").is_null() == pl.col("proposal_confidence").is_null()).all()).item()


def test_a_night_without_tables_finds_nothing() -> None:
    def scan(table: str) -> pl.LazyFrame:
        raise LakeError(f"there is no table {table}")

    found = collect_findings(scan, load_contracts(), load_table_suites(), date(2026, 3, 1))
    assert found.equals(no_findings())
    assert dict(found.schema) == FINDING_SCHEMA


def test_raw_rows_alone_are_enough_for_what_needs_no_other_table(crafted: Any) -> None:
    crafted.row(
        "property_workorders",
        order_no="W1",
        reported_at=datetime(2026, 1, 1, 9, tzinfo=UTC),
        closed_at=datetime(2026, 1, 1, 8, tzinfo=UTC),
    )
    frame = crafted._frames()["raw.property_workorders"]

    def scan(table: str) -> pl.LazyFrame:
        if table != "raw.property_workorders":
            raise LakeError(f"there is no table {table}")
        return frame.lazy()

    found = collect_findings(scan, crafted.contracts, load_table_suites(), date(2026, 3, 1))
    assert found["problem"].to_list() == ["closed_after_report"]


def test_every_confidence_belongs_to_a_problem_and_is_a_share() -> None:
    table, problems = confidence_table(), problem_table()
    assert set(problems["problem"]) <= set(table["problem"]), "each problem has a confidence"
    assert set(table["problem"]) <= set(all_problems(load_table_suites())["problem"]), "and nothing else but rules"
    assert not table.select("problem", "case").is_duplicated().any()
    assert table.select(pl.col("confidence", "proposal_confidence").is_between(0, 1).fill_null(value=True).all()).row(
        0
    ) == (
        True,
        True,
    )
    assert not problems["problem"].is_duplicated().any()
    assert problems.null_count().select("problem_zh", "problem_en", "why_this_weight").row(0) == (0, 0, 0)


def test_every_rule_of_a_raw_table_has_a_title_as_a_problem() -> None:
    suites = load_table_suites()
    named = set(all_problems(suites)["problem"])
    rules = {rule.name for table, suite in suites.items() if table.startswith("raw.") for rule in suite.row_rules}
    assert rules <= named
    covered = set(problem_table()["covers"].drop_nulls().str.split(";").explode())
    assert covered <= named, "what a finding covers is a rule or a problem"


def test_the_finders_are_an_ordered_list_to_show() -> None:
    names = [name for name, _ in collect.FINDERS]
    assert len(names) == len(set(names)) == 24
