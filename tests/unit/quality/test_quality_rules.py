"""Hand-written expectations: strict to read, and each condition with a row that keeps it and a row that breaks it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.contracts.loader import load_contracts
from pipelines.contracts.schema import polars_schema
from pipelines.errors import ContractError
from pipelines.quality.rules import RULE_PREFIX, load_table_suites, row_rules
from pipelines.quality.specs import RuleSpec

EIGHT = datetime(2025, 6, 1, 8, tzinfo=UTC)
NINE = EIGHT + timedelta(hours=1)
MAY, JUNE = date(2025, 5, 1), date(2025, 6, 1)
WOMAN = "990101198001012327"  # 9901.. is no assigned division, so nobody has this number

# table, rule, a row that keeps it, what to change so that it breaks it
CASES: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    (
        "raw.police_residents",
        "birth_date_agrees_with_id_number",
        {"birth_date": date(1980, 1, 1), "birth_date_precision": "day", "id_number": WOMAN},
        {"birth_date": date(1908, 1, 1)},
    ),
    ("raw.police_residents", "sex_agrees_with_id_number", {"sex": "2", "id_number": WOMAN}, {"sex": "1"}),
    (
        "raw.police_residents",
        "registered_after_birth",
        {"birth_date": date(1980, 1, 1), "registered_on": MAY},
        {"registered_on": date(1925, 1, 1)},
    ),
    (
        "raw.police_incidents",
        "dispatched_after_report",
        {"reported_at": EIGHT, "dispatched_at": EIGHT},
        {"reported_at": NINE},
    ),
    (
        "raw.police_incidents",
        "arrived_after_dispatch",
        {"dispatched_at": EIGHT, "arrived_at": NINE},
        {"dispatched_at": NINE + timedelta(seconds=1)},
    ),
    (
        "raw.police_incidents",
        "closed_after_arrival",
        {"arrived_at": EIGHT, "closed_at": NINE},
        {"arrived_at": NINE + timedelta(seconds=1)},
    ),
    (
        "raw.police_incidents",
        "alert_number_with_pushed_alarm",
        {"origin": "预警推送", "alert_no": "A1"},
        {"alert_no": None},
    ),
    (
        "raw.property_workorders",
        "closed_after_report",
        {"reported_at": EIGHT, "closed_at": NINE},
        {"reported_at": None},
    ),
    ("raw.property_workorders", "rating_is_one_to_five", {"rating": 5}, {"rating": 0}),
    ("raw.sensors_events", "handled_after_event", {"ts": EIGHT, "handled_at": EIGHT}, {"ts": NINE}),
    ("raw.sensors_events", "only_alarms_are_handled", {"type": "fault", "handled_at": NINE}, {"type": "heartbeat"}),
    (
        "raw.street_office_disputes",
        "closed_after_receipt",
        {"received_on": MAY, "closed_on": JUNE},
        {"closed_on": None},
    ),
    (
        "raw.street_office_disputes",
        "ended_disputes_have_a_closing_date",
        {"outcome": "成功", "closed_on": JUNE},
        {"closed_on": None},
    ),
    ("raw.street_office_surveys", "positive_within_sample", {"sampled": 9, "positive": 9}, {"positive": 10}),
    ("raw.street_office_surveys", "sample_is_not_empty", {"sampled": 1}, {"sampled": 0}),
    ("raw.housing_leases", "ends_after_start", {"starts_on": MAY, "ends_on": JUNE}, {"starts_on": date(2026, 1, 1)}),
    (
        "raw.housing_leases",
        "lasts_at_most_twenty_years",
        {"starts_on": MAY, "ends_on": date(2045, 4, 30)},
        {"ends_on": date(2055, 4, 30)},
    ),
    (
        "raw.housing_properties",
        "built_before_registration",
        {"built_year": 2025, "registered_on": MAY},
        {"built_year": 2026},
    ),
    (
        "raw.property_occupants",
        "moves_out_after_moving_in",
        {"moved_in_on": MAY, "moved_out_on": JUNE},
        {"moved_in_on": date(2026, 1, 1)},
    ),
    (
        "raw.civil_affairs_benefits",
        "stops_after_approval",
        {"approved_on": MAY, "stopped_on": JUNE},
        {"stopped_on": date(2024, 1, 1)},
    ),
    ("raw.civil_affairs_benefits", "household_counts_its_member", {"household_size": 1}, {"household_size": 0}),
    (
        "master.address_match",
        "an_unmatched_text_has_no_code",
        {"address_code": None, "status": "unmatched"},
        {"address_code": "B1"},
    ),
    (
        "master.address_match",
        "an_ambiguous_text_has_candidates",
        {"status": "ambiguous", "candidates": "[]"},
        {"candidates": None},
    ),
    (
        "master.address_match",
        "feeds_resolve",
        {"address_role": "location", "address_text": "某址", "status": "matched"},
        {"status": "unmatched"},
    ),
    (
        "master.address_match",
        "what_was_read_is_kept",
        {"steps": "phone", "status": "matched", "reason": None, "normal_text": "某路1号"},
        {"normal_text": None},
    ),
    (
        "master.address_alias",
        "an_alias_has_one_target",
        {"kind": "estate", "estate_code": "B1", "road": None},
        {"estate_code": None},
    ),
    (
        "master.address_alias",
        "nothing_guarded_applies_by_itself",
        {"status": "applied", "guard": "two_places", "decided_by": "steward"},
        {"decided_by": None},
    ),
    (
        "master.address_alias",
        "what_applies_says_since_when",
        {"status": "applied", "applied_from": "r1"},
        {"applied_from": None},
    ),
    (
        "master.address_history",
        "a_merged_code_says_into_what",
        {"change": "merged_into", "successor_codes": "B1"},
        {"successor_codes": None},
    ),
    (
        "master.address_history",
        "a_split_code_says_from_what",
        {"change": "split_from", "predecessor_codes": "B1"},
        {"predecessor_codes": None},
    ),
    (
        "master.address_history",
        "a_change_ends_after_it_began",
        {"valid_from": MAY, "valid_to": JUNE},
        {"valid_to": MAY},
    ),
    (
        "master.address_match_history",
        "a_change_is_one",
        {
            "from_status": "matched",
            "to_status": "matched",
            "from_matched_level": "room",
            "to_matched_level": "room",
            "from_address_code": "B1",
            "to_address_code": "B1",
            "from_room_code": "R1",
            "to_room_code": "R2",
        },
        {"to_room_code": "R1"},
    ),
    (
        "master.register_finding",
        "what_lacks_is_named_by_several",
        {"kind": "missing_room", "support_departments": 2, "support_persons": 1},
        {"support_departments": 1},
    ),
    (
        "master.person_crosswalk",
        "only_organisations_have_no_person",
        {"person_id": "p1", "method": "model"},
        {"person_id": None},
    ),
    ("master.person", "seen_first_before_last", {"first_seen": MAY, "last_seen": MAY}, {"first_seen": JUNE}),
    ("master.person", "lived_at_most_120_years", {"birth_date": date(1900, 1, 1)}, {"birth_date": date(1899, 12, 31)}),
    (
        "master.person",
        "residence_is_known",
        {"status": "正常", "residence_address_code": "B1"},
        {"residence_address_code": None},
    ),
    ("master.household", "ends_after_start", {"since": MAY, "until": JUNE}, {"since": date(2026, 1, 1)}),
    ("master.household_member", "ends_after_start", {"since": MAY, "until": JUNE}, {"since": date(2026, 1, 1)}),
    ("master.dwelling", "one_parcel_per_dwelling", {"parcels": 1}, {"parcels": 2}),
    ("master.enterprise", "code_is_valid", {"is_credit_code_valid": True}, {"is_credit_code_valid": False}),
    ("master.enterprise", "address_resolves", {"address_code": "B1"}, {"address_code": None}),
    (
        "marts.kpi_monthly",
        "small_cells_show_nothing",
        {"suppressed": True, "value": None, "numerator": None, "denominator": None, "light": "grey"},
        {"denominator": 3.0},
    ),
    ("marts.kpi_monthly", "shares_are_shares", {"unit": "share", "value": 1.0}, {"value": 1.01}),
    (
        "marts.kpi_monthly",
        "a_colour_has_a_value",
        {"light": "red", "value": 0.1, "target": 0.5},
        {"target": None},
    ),
    ("marts.data_quality", "shares_are_shares", {"unit": "share", "value": 0.0}, {"value": -0.01}),
    (
        "ops.delivery",
        "rows_are_conserved",
        {"status": "loaded", "rows_read": 6, "rows_loaded": 1, "rows_duplicate": 2, "rows_quarantined": 3},
        {"rows_read": 7},
    ),
    ("ops.delivery", "rejected_files_say_why", {"status": "rejected", "reason": "no_header"}, {"reason": None}),
]
# A null on either side is no breach: the rule does not judge the row.
NOT_JUDGED = {
    ("raw.property_workorders", "closed_after_report"),
    ("raw.street_office_disputes", "closed_after_receipt"),
}


@pytest.mark.parametrize(("table", "rule", "good", "change"), CASES, ids=[f"{t}-{r}" for t, r, _, _ in CASES])
def test_a_rule_holds_and_breaks(table: str, rule: str, good: dict[str, Any], change: dict[str, Any]) -> None:
    rows = pl.DataFrame([good, good | change]).with_columns(pl.col(pl.Null).cast(pl.String))
    condition = load_table_suites()[table].derived[RULE_PREFIX + rule]
    broken = None if (table, rule) in NOT_JUDGED else False
    assert rows.select(pl.sql_expr(condition)).to_series().to_list() == [True, broken]


def test_rules_of_raw_tables_name_columns_of_the_contract() -> None:
    for name, contract in load_contracts().items():
        suite = load_table_suites()[f"raw.{name}"]
        known = {*polars_schema(contract), *suite.borrowed}
        for condition in suite.derived.values():
            assert set(pl.sql_expr(condition).meta.root_names()) <= known, (name, condition)


def test_every_rule_on_rows_of_a_feed_names_the_column_to_correct() -> None:
    for name, contract in load_contracts().items():
        columns = {column.name for column in contract.columns}
        rules = row_rules(f"raw.{name}")
        assert rules, name
        assert [rule.name for rule in rules if rule.about not in columns] == []


def test_every_rule_says_why_and_whom_it_asks() -> None:
    for suite in load_table_suites().values():
        assert [s.title_en for s in suite.specs if not isinstance(s, RuleSpec)] == []
        told = [(s.owner, s.reason) for s in suite.specs if isinstance(s, RuleSpec)]
        assert all(owner and reason.endswith(".") for owner, reason in told), suite.table


GOOD = """
table: master.thing
owner: team:quality
rules:
  - check: expect_column_values_to_be_unique
    kwargs: {column: thing_id}
    severity: critical
    dimension: uniqueness
    title_zh: "编号唯一"
    title_en: "thing_id is unique"
    reason: "One row a thing."
"""


def _write(folder: Path, text: str, name: str = "thing") -> Path:
    path = folder / "master" / f"{name}.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_a_good_file_is_a_suite(tmp_path: Path) -> None:
    suites = load_table_suites(_write(tmp_path, GOOD))
    assert [spec.type for spec in suites["master.thing"].specs] == ["expect_column_values_to_be_unique"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("severity: critical", "severity: fatal", "severity"),
        ("owner: team:quality", "owner: team:quality\nwoner: x", "woner"),
        ("expect_column_values_to_be_unique", "expect_column_distinct_values_to_be_in_set", "check"),
        ('reason: "One row a thing."', 'reason: ""', "reason"),
        ("table: master.thing", "table: master.other", "the path says master.thing"),
        ("check: expect_column_values_to_be_unique", "holds: odd", "need `where`"),
        ("rules:", "rules: [", "line"),
        (
            "check: expect_column_values_to_be_unique\n    kwargs: {column: thing_id}",
            "share: odd\n    where: thing_id > 0",
            "needs `least` or `most`",
        ),
        ("severity: critical", "severity: critical\n    least_rows: 3", "`least_rows` is for `share`"),
        ("severity: critical", "severity: critical\n    mostly: 0.5", "`mostly` is for `holds`"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, old: str, new: str, why: str) -> None:
    assert old in GOOD
    with pytest.raises(ContractError, match=why):
        load_table_suites(_write(tmp_path, GOOD.replace(old, new)))


def test_all_wrong_files_are_named_at_once(tmp_path: Path) -> None:
    _write(tmp_path, GOOD.replace("critical", "fatal"), "one")
    _write(tmp_path, GOOD.replace("critical", "fatal"), "two")
    with pytest.raises(ContractError, match=r"(?s)one\.yml.*two\.yml"):
        load_table_suites(tmp_path)
