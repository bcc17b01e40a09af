"""The marts of a district small enough to compute by hand (`dbt_district`)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from dbt_district import district_tables
from dbt_runner import Built, run_dbt

from pipelines.contracts.loader import load_contracts

pytestmark = pytest.mark.slow

FEEDS = len(load_contracts())
EAST_1, EAST_2, WEST_1 = "东河街道/一里社区", "二里社区", "西河街道/一里社区"

# indicator, area, month, numerator, denominator, value, light and why
BY_HAND: list[tuple[str, str, str, float | None, float | None, float | None, str, str]] = [
    ("mediation_success", EAST_1, "2025-05", 8, 9, 8 / 9, "grey", "too_small"),
    ("mediation_success", EAST_1, "2025-06", 0, 1, 0, "grey", "too_small"),
    ("disputes_found_proactively", EAST_1, "2025-05", 3, 11, 3 / 11, "red", "missed"),
    ("disputes_closed_in_time", EAST_1, "2025-05", 9, 10, 0.9, "yellow", "near"),
    ("joint_response_median_minutes", EAST_1, "2025-05", None, 11, 60, "red", "missed"),
    ("joint_response_p90_minutes", EAST_1, "2025-05", None, 11, 100, "red", "missed"),
    ("police_arrival_median_minutes", EAST_1, "2025-05", None, 10, 6.5, "green", "reached"),
    ("police_arrival_p90_minutes", EAST_1, "2025-05", None, 10, 10.1, "green", "reached"),
    ("alarm_precision", EAST_1, "2025-05", 1, 2, 0.5, "grey", "too_small"),
    # All on one day, so that May is not held whole.
    # 14 have a place; one is a false alarm, one of them happened in another community, one is of the year 2052
    ("incidents_per_10000_residents", "云中区", "2025-05", 12, 43, 120000 / 43, "grey", "not_held"),
    ("incidents_per_10000_residents", EAST_2, "2025-05", 0, 12, 0, "grey", "not_held"),
    ("incidents_per_10000_residents", WEST_1, "2025-05", None, None, None, "grey", "suppressed"),
    # 13 residents, hidden so that the five of 西河 are not what the street's neighbours leave of the district
    ("incidents_per_10000_residents", "南河街道", "2025-05", None, None, None, "grey", "suppressed"),
    # p01 and p13 of 24 adults in 东河; the child does not count; three months end with June
    ("residents_taking_part", "东河街道", "2025-06", 2, 24, 2 / 24, "grey", "too_small"),
    ("residents_taking_part", EAST_1, "2025-05", 1, 12, 1 / 12, "grey", "too_small"),
    ("residents_taking_part", EAST_2, "2025-06", 1, 12, 1 / 12, "grey", "too_small"),
    ("satisfaction_with_safety", EAST_2, "2025-05", 85, 100, 0.85, "yellow", "near"),
    ("mechanism_awareness", EAST_2, "2025-05", None, None, None, "grey", "suppressed"),
    ("camera_coverage", EAST_2, "2025-06", 5, 8, 0.625, "red", "missed"),
    ("supplies_in_order", EAST_2, "2025-06", 1, 2, 0.5, "red", "missed"),
    ("realistic_drills", EAST_2, "2025-06", 3, 4, 0.75, "green", "reached"),
    ("social_organisations", "东河街道", "2025-06", 12, None, 12, "green", "reached"),
    ("alarms_handled", EAST_2, "2025-06", 2, 3, 2 / 3, "grey", "too_small"),
    ("alarms_handled_within_15_minutes", EAST_2, "2025-06", 1, 3, 1 / 3, "grey", "too_small"),
    ("device_fault_rate", EAST_2, "2025-06", 1, 2, 0.5, "grey", "not_held"),
    # of 20 old people at home here 16 are known to the police; p25 to p28 live in 西河, which has 5 persons
    ("register_overlap", "云中区", "2025-06", 16, 20, 0.8, "red", "missed"),
    ("double_entry", "东河街道", "2025-06", 1, 24, 1 / 24, "green", "reached"),
    ("workorders_closed_in_time", EAST_1, "2025-05", 2, 3, 2 / 3, "grey", "too_small"),
    ("returns_corrected", "云中区", "2025-05", 1, 2, 0.5, "grey", "too_small"),
    ("smart_device_coverage", EAST_2, "2025-06", 7, 10, 0.7, "red", "missed"),
    ("plans_in_force", EAST_2, "2025-06", 2, 2, 1, "green", "reached"),
    ("night_safety", EAST_2, "2025-05", 30, 40, 0.75, "red", "missed"),
    ("self_rescue_skill", EAST_2, "2025-05", 24, 40, 0.6, "green", "reached"),
    # three of the thirteen who moved to 南河 in May
    ("floating_updates_late", "三里社区", "2025-05", 3, 13, 3 / 13, "grey", "too_small"),
    # none in the two homes of 乙苑 (1999), eleven in the two of 甲苑 (2001)
    ("old_to_new_estate_rate", "云中区", "2025-05", 0, 11, 0, "grey", "not_held"),
    ("incidents_on_base_year", "云中区", "2025-05", 12, None, None, "grey", "no_base_year"),
    # at its target: self_rescue_skill; satisfaction and coverage of the month before it miss theirs
    ("feeds_fresh", "云中区", "2025-06", FEEDS - 1, FEEDS, (FEEDS - 1) / FEEDS, "yellow", "near"),
]


def test_every_node_and_test_passes(built: Built) -> None:
    bad = {node: status for node, status in built.statuses.items() if status not in ("success", "pass")}
    assert bad == {}
    assert sum(node.startswith("unit_test.") for node in built.statuses) >= 4


@pytest.mark.parametrize(
    ("indicator", "area", "month", "numerator", "denominator", "value", "light", "why"),
    BY_HAND,
    ids=[f"{row[0]}-{row[1]}-{row[2]}" for row in BY_HAND],
)
def test_an_indicator_computed_by_hand(
    built: Built,
    indicator: str,
    area: str,
    month: str,
    numerator: float | None,
    denominator: float | None,
    value: float | None,
    light: str,
    why: str,
) -> None:
    kpis = built.table("marts.kpi_monthly")
    row = kpis.filter(indicator=indicator, area=area, month=month).row(0, named=True)
    found = (row["numerator"], row["denominator"], row["value"], row["light"], row["light_reason"])
    assert found == (
        numerator,
        denominator,
        None if value is None else pytest.approx(value),
        light,
        why,
    )


def test_no_month_of_a_mistyped_year_and_none_before_the_data(built: Built) -> None:
    kpis = built.table("marts.kpi_monthly")
    assert kpis["month"].max() == "2025-06"
    assert kpis.filter(indicator="residents_taking_part")["month"].min() == "2025-03"


def test_a_share_lies_within_its_interval(built: Built) -> None:
    shares = built.table("marts.kpi_monthly").filter(pl.col("unit") == "share", pl.col("value").is_not_null())
    assert shares.height > 20
    assert shares.select((pl.col("value_low") <= pl.col("value")).all()).item()
    assert shares.select((pl.col("value") <= pl.col("value_high")).all()).item()
    # 8 of 9, Wilson, 95 %: 0.5650 to 0.9801
    eight_of_nine = shares.filter(indicator="mediation_success", area=EAST_1, month="2025-05").row(0, named=True)
    assert eight_of_nine["value_low"] == pytest.approx(0.5650, abs=1e-4)
    assert eight_of_nine["value_high"] == pytest.approx(0.9801, abs=1e-4)


def test_the_dwelling_tells_owner_occupants_and_the_running_lease(built: Built) -> None:
    row = built.table("master.dwelling").filter(address_code="B1-101").row(0, named=True)
    assert (row["owner_person_ids"], row["owner_organisations"]) == (["p01", "p02"], 1)
    assert (row["parcel_unit_no"], row["parcels"], row["area_m2"]) == ("X2", 2, 90.0)
    assert (row["lease_no"], row["tenant_person_ids"], row["landlord_person_ids"]) == ("L2", ["p12"], ["p01"])
    assert (row["occupants"], row["occupant_person_ids"][-1]) == (13, "p90")
    empty = built.table("master.dwelling").filter(address_code="B2-102").row(0, named=True)
    assert (empty["owner_person_ids"], empty["occupants"], empty["lease_no"]) == ([], 0, None)


def test_the_check_character_of_a_credit_code(built: Built) -> None:
    codes = dict(built.table("master.enterprise").select("credit_code", "is_credit_code_valid").iter_rows())
    assert codes == {"91350100M000100Y43": True, "91350100M000100Y44": False}


def test_incidents_keep_every_row_and_flag_what_is_odd(built: Built) -> None:
    incidents = built.table("facts.incident")
    assert incidents.height == 15
    assert incidents.filter(pl.col("is_future"))["incident_no"].to_list() == ["I15"]
    assert incidents.filter(~pl.col("is_clock_ordered"))["incident_no"].to_list() == ["I14", "I15"]
    assert incidents.filter(incident_no="I2")["month"].item() == "2025-05"  # 15:50 UTC is 23:50 in Shanghai


def test_data_quality_of_the_district(built: Built) -> None:
    quality = built.table("marts.data_quality")

    def value(feed: str, metric: str) -> tuple[float | None, str]:
        row = quality.filter(feed=feed, metric=metric).row(0, named=True)
        return row["value"], row["light"]

    assert value("residents", "rows_accepted") == (pytest.approx(0.98), "yellow")
    assert value("leases", "age_of_newest_delivery_days") == (2, "red")
    assert value("elderly", "persons_known_to_police") == (pytest.approx(0.8), "red")
    assert value("residents", "persons_entered_twice") == (pytest.approx(1 / 37), "green")
    assert value("incidents", "addresses_resolved") == (pytest.approx(14 / 15), "yellow")
    assert value("events", "checked_values_as_expected") == (pytest.approx(5 / 6), "grey")  # six values are too few


def test_a_second_build_gives_the_same_bytes_and_leaves_links_alone(
    build_tables: Callable[[dict[str, list[dict[str, Any]]]], Path],
) -> None:
    feeds = [f"{contract.department}/{contract.feed}" for contract in load_contracts().values()]
    root = build_tables(district_tables(feeds))
    chosen = ["--select", "path:models/staging", "path:seeds", "path:models", "--exclude-resource-type", "test"]
    arguments = ["build", *chosen, "--exclude-resource-type", "unit_test"]
    run_dbt(root, *arguments)
    written = root / "build" / "marts" / "kpi_monthly.parquet"
    kept = root / "as_the_lake_holds_it.parquet"
    os.link(written, kept)
    before = kept.read_bytes()
    kept_inode = kept.stat().st_ino
    run_dbt(root, *arguments)
    assert written.read_bytes() == before
    assert written.stat().st_ino != kept_inode  # a new file: what a hard link holds can never change
    assert kept.read_bytes() == before


def test_a_first_night_without_any_row_builds_empty_tables(
    build_tables: Callable[[dict[str, list[dict[str, Any]]]], Path],
) -> None:
    root = build_tables({})
    statuses = run_dbt(root, "build", "--exclude-resource-type", "unit_test", "--exclude", "as_of,test_type:data")
    assert {status for node, status in statuses.items() if node.startswith("model.")} == {"success"}
    built = Built(root / "build", statuses)
    for table in ("facts.incident", "master.dwelling", "master.enterprise", "marts.kpi_monthly", "marts.data_quality"):
        assert built.table(table).height == 0, table
