"""Pressure on estates: the counts of a month, the index against estates of their size, and what it found."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from buildings_facts import Row, Scan, building, dispute, facts, incident, order, shuffled

import pipelines.risk.estates.night as night
from pipelines.risk.buildings.evaluation import EVALUATION
from pipelines.risk.estates.months import month_ends
from pipelines.risk.register import Permission

AS_OF = date(2026, 2, 28)
COUNTS = ["open_disputes", "new_disputes", "fee_disputes", "quarrels", "open_workorders", "workorders"]


@pytest.fixture(autouse=True)
def _allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(night, "may_publish", lambda *_: Permission(True, "", ""))


def closed_at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def test_counts_of_a_month_by_hand() -> None:
    january, february = date(2026, 1, 10), date(2026, 2, 10)
    scan = facts(
        building=[building("E1-1"), building("E1-2"), building("N1", level="house_number", estate="五组")],
        dispute=[
            dispute(
                "J1", "E1-1", january, "成功", february, kind="物业"
            ),  # open at the end of January, closed in February
            dispute("J2", "E1", january, "调解中", None),  # of the estate as a whole, open still
            dispute("J3", "E1-2", february, "成功", february),
            dispute("J4", "N1", february, "调解中", None),  # a house of a village group is no estate
        ],
        incident=[
            incident("E1-1", february, "邻里纠纷"),
            incident("E1", february, "打架斗殴"),
            incident("E1-1", february),
        ],
        workorder=[
            order("E1-1", january, "物业费纠纷", closed_at=closed_at(february)),
            order("E1-1", january, "漏水", closed_at=closed_at(date(2026, 1, 31))),
            order("E1", february, "漏水"),
        ],
    )
    table = night.assess_estates(scan, AS_OF)
    assert table.select("estate_code", "month", "rooms", *COUNTS).rows() == [
        ("E1", "2026-01", 60, 2, 2, 2, 0, 1, 2),
        ("E1", "2026-02", 60, 1, 1, 0, 2, 1, 1),
    ]


def unequal_city(quarrels: int = 12) -> Scan:
    """Six estates of 30 homes with a quarrel, a dispute and a leak a month; E0 has more quarrels. And a courtyard."""
    months = [date(2025, month, 5) for month in range(4, 13)] + [date(2026, 1, 5), date(2026, 2, 5)]
    estates = [f"E{n}" for n in range(6)]
    rows: dict[str, list[Row]] = {"incident": [], "dispute": [], "workorder": []}
    for at, day in enumerate(months):
        for estate in estates:
            rows["incident"] += [incident(estate, day, "邻里纠纷")] * (quarrels if estate == "E0" else 1)
            rows["dispute"].append(dispute(f"{estate}.{at}", estate, day, "成功", day))
            rows["workorder"].append(order(estate, day, "漏水", closed_at=closed_at(day)))
    small = building("C1", level="estate", estate="双合院", dwellings=9)
    rows["incident"].append(incident("C1-1", months[-1], "邻里纠纷", building_code=None))
    return facts(building=[*(building(f"{estate}-1") for estate in estates), small], **rows)


def test_an_estate_like_the_others_has_fifty_and_one_with_more_is_named_with_its_driver() -> None:
    table = night.assess_estates(unequal_city(), AS_OF)
    last = {row["estate_code"]: row for row in table.filter(month="2026-02").iter_rows(named=True)}
    assert 40 < last["E1"]["index"] < 50 < last["E0"]["index"]
    assert last["E0"]["index_low"] < last["E0"]["index"] < last["E0"]["index_high"]
    assert last["E0"]["drivers_zh"].startswith("争吵警情为同规模小区")
    assert last["E0"]["drivers_en"].startswith("quarrels ")
    assert last["E1"]["drivers_zh"] == ""
    points = table.filter(pl.col("index").is_not_null()).select(pl.sum_horizontal(f"{name}_points" for name in COUNTS))
    assert (points.to_series() + 50 - table["index"].drop_nulls()).abs().max() < 0.02
    equal = night.assess_estates(unequal_city(quarrels=1), AS_OF)
    assert set(equal["index"].drop_nulls()) == {50.0}
    assert dict(table.schema) == night.ESTATE_PRESSURE


def test_a_courtyard_of_nine_homes_shows_no_count() -> None:
    rows = night.assess_estates(unequal_city(), AS_OF).filter(estate_code="C1")
    assert set(rows["light"]) == {"grey"}
    assert rows.select(pl.all_horizontal(pl.col(*COUNTS, "index").is_null().all())).item()


def test_an_estate_nobody_tells_of_is_grey_not_green() -> None:
    silent = facts(
        building=[building("E1-1"), building("E2-1")], incident=[incident("E1-1", date(2026, 2, 1), "邻里纠纷")]
    )
    lights = dict(night.assess_estates(silent, AS_OF).select("estate_code", "light").iter_rows())
    assert lights == {"E1": "green", "E2": "grey"}


def test_a_month_that_has_only_begun_is_not_shown() -> None:
    assert month_ends(date(2026, 1, 20), date(2026, 3, 3))["month"].to_list() == ["2026-01", "2026-02"]
    ends = month_ends(date(2026, 1, 20), date(2026, 3, 15))
    assert ends.select("month", "ends_on").rows()[-1] == ("2026-03", date(2026, 3, 15))
    assert month_ends(None, date(2026, 3, 3))["month"].to_list() == ["2026-02"]
    assert month_ends(date(1999, 1, 1), date(2026, 3, 31)).height == 24


def test_what_the_index_found_is_told_beside_counts() -> None:
    found = night.evaluate_estates(unequal_city(), AS_OF)
    assert dict(found.schema) == EVALUATION
    told = {(row["model"], row["measure"]): row["value"] for row in found.iter_rows(named=True)}
    # E0 has 12 of 17 quarrels of each month; a tenth of six estates is six tenths of one
    assert told[("index", "hit_rate_top_10")] == pytest.approx(0.6 * 12 / 17, abs=0.01)
    assert told[("index", "gain_over_counts")] == pytest.approx(0)
    assert 0 <= told[("red_light", "base_rate")] <= 1
    assert night.evaluate_estates(facts(), AS_OF)["value"].null_count() == 6


def test_the_order_of_rows_changes_nothing_and_no_row_in_the_register_means_no_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = night.assess_estates(unequal_city(), AS_OF)
    assert table.equals(night.assess_estates(shuffled(unequal_city()), AS_OF))
    assert night.assess_estates(facts(), AS_OF).height == 0
    monkeypatch.setattr(night, "may_publish", lambda *_: Permission(False, "无", "none"))
    assert night.assess_estates(unequal_city(), AS_OF).height == 0
