"""Bad incidents through a whole load: each counts once in `marts.risk_input`, with a reason, and none is dropped."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from canonical import snapshot_of
from small_district import load

from pipelines.home import Home
from pipelines.lake.snapshot import Snapshot

pytestmark = pytest.mark.slow

REGISTER = "地址编码,省,市,区县,街道,社区,街路巷,门牌号,小区,楼栋,经度,纬度,状态"
INCIDENT = "警情编号,报警时间,派警时间,到场时间,办结时间,警情类别,发生地址,经度,纬度,处置结果"
LON, LAT = 101.5, 25.0  # of the estate
DOOR = "平安街道中山路30号翠湖花园{}栋"
NOWHERE = "某处"
# number: (reported, dispatched, arrived, closed), category, address, lon, lat, outcome; and why it counts or not.
SPOKEN: dict[str, tuple[tuple[str, ...], str, str, object, object, str, str]] = {
    "plain": (("10:00", "10:05", "10:15", "11:00"), "盗窃", DOOR.format(1), LON, LAT, "已处置", "point"),
    "no_coordinates": (("10:01", "10:05", "10:15", ""), "盗窃", DOOR.format(1), "", "", "已处置", "building"),
    "half_coordinates": (("10:02", "10:05", "10:15", ""), "盗窃", DOOR.format(2), LON, "", "已处置", "building"),
    "no_place": (("10:03", "", "", ""), "盗窃", NOWHERE, "", "", "已处置", "no_place"),
    "zero": (("10:04", "", "", ""), "邻里纠纷", DOOR.format(2), 0, 0, "已处置", "far_from_address"),
    "zero_nowhere": (("10:05", "", "", ""), "邻里纠纷", NOWHERE, 0, 0, "已处置", "outside_area"),
    "sea": (("10:06", "", "", ""), "噪音", DOOR.format(1), 125.5, 30.2, "已处置", "far_from_address"),
    "sea_nowhere": (("10:07", "", "", ""), "噪音", NOWHERE, 125.5, 30.2, "已处置", "outside_area"),
    "swapped": (("10:08", "", "", ""), "噪音", DOOR.format(1), LAT, LON, "已处置", "swapped_point"),
    "backwards": (("10:09", "09:50", "09:40", "09:30"), "火灾", DOOR.format(2), "", "", "已处置", "clock_out_of_order"),
    "false_alarm": (("10:10", "10:12", "10:20", "10:30"), "火灾", DOOR.format(2), LON, LAT, "误报", "false_alarm"),
    "unheard_of": (("10:11", "", "", ""), "外星来客", DOOR.format(1), LON, LAT, "已处置", "point"),
    "entered_again": (("10:00", "10:05", "10:15", "11:00"), "盗窃", DOOR.format(1), LON, LAT, "已处置", "double_entry"),
}  # fmt: skip
FUTURE = "future,2031-01-01 10:00,,,,盗窃," + DOOR.format(1) + f",{LON},{LAT},已处置"
ELDER = "elder,2009-01-01 10:00,,,,盗窃," + DOOR.format(1) + f",{LON},{LAT},已处置"
EXPECTED = {
    **{number: row[-1] for number, row in SPOKEN.items()},
    "future": "in_future",
    "elder": "before_history",
}


def deliver(home: Home, feed: str, day: str, lines: list[str], name: str = "delivered.csv") -> None:
    folder = home.landing / feed / day
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join(lines) + "\n", encoding="gb18030")


def incident(number: str) -> str:
    clocks, category, address, lon, lat, outcome, _ = SPOKEN[number]
    times = (f"2026-02-20 {clock}" if clock else "" for clock in clocks)
    return ",".join([number, *times, category, address, str(lon), str(lat), outcome])


def register() -> list[str]:
    place = "云岭省,云川市,临江区,平安街道,幸福社区,中山路,30号,翠湖花园"
    buildings = [f"CH-{n},{place},{n}栋,{LON + n / 5000},{LAT},在用" for n in (1, 2)]
    return [REGISTER, f"CH,{place},,{LON},{LAT},在用", *buildings]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """One load of two deliveries: the second repeats the first, and one row of it stands twice in its file."""
    home = Home(tmp_path_factory.mktemp("bad_incidents") / "home").ensure()
    deliver(home, "police/addresses", "2026-03-01", register())
    first = [incident(number) for number in SPOKEN]
    deliver(home, "police/incidents", "2026-03-01", [INCIDENT, *first, FUTURE, ELDER, incident("zero")])
    deliver(home, "police/incidents", "2026-03-02", [INCIDENT, *first[::-1]])
    assert load(home).status == "published"
    return snapshot_of(home)


def test_every_incident_that_was_delivered_is_a_fact_once(night: Snapshot) -> None:
    numbers = night.scan("facts.incident").select("incident_no").collect()["incident_no"].to_list()
    assert sorted(numbers) == sorted(EXPECTED)
    log = night.scan("ops.delivery").filter(feed="incidents").collect()
    assert log["rows_read"].sum() == len(EXPECTED) + 1 + len(SPOKEN)
    assert log["rows_duplicate"].sum() == 1 + len(SPOKEN)
    assert log["rows_quarantined"].sum() == 0


def test_each_counts_once_and_says_why(night: Snapshot) -> None:
    counted = night.scan("marts.risk_input").collect()
    expected = pl.Series(list(EXPECTED.values())).value_counts().rows()
    for rows in (counted.filter(incident_class="all"), counted.filter(pl.col("incident_class") != "all")):
        told = rows.group_by("reason").agg(pl.col("incidents").sum())
        assert sorted(told.iter_rows()) == sorted(expected)
    left_out = set(counted.filter(state="left_out")["reason"])
    assert left_out == {"no_place", "outside_area", "in_future", "before_history", "false_alarm", "double_entry"}
    assert counted.select("reason_zh", "reason_en").null_count().sum_horizontal().item() == 0


def test_pages_are_drawn_of_such_a_night(night: Snapshot, tmp_path: Path) -> None:
    from orchestration.documents import write_pages

    assert write_pages(night, tmp_path) == []
    assert {"index.html", "map.html", "places.html", "backtest.html"} <= {path.name for path in tmp_path.iterdir()}
