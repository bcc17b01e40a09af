"""Records over several nights: fulls, increments, late files, conflicts. Rules: feeds.md."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from landing_desk import RUN_COLUMNS, Desk, csv_text, touch_later

RESIDENTS = "police_residents"
RESIDENT_HEADER = "人员编号,姓名,公民身份号码,出生日期,居住地址,更新时间"
DEVICES = "sensors_devices"
OCCUPANTS = "property_occupants"
OCCUPANT_HEADER = "小区,房号,姓名,类别,手机号"
EVENTS = "sensors_events"


def resident(number: int, address: str = "嘉禾府1栋101", updated: str = "2026-01-01 08:00:00") -> str:
    return f"R{number},张三,,19900101,{address},{updated}"


def residents(*rows: str) -> str:
    return csv_text(RESIDENT_HEADER, *rows)


def devices(*numbers: int, status: str = "online") -> str:
    return "\n".join(
        f'{{"device_id":"D{n}","type":"smoke","location":"嘉禾府{n}栋","status":"{status}"}}' for n in numbers
    )


def keys(desk: Desk, feed: str) -> list[str]:
    return desk.current(feed)["record_key"].to_list()


def test_every_raw_table_exists_though_nothing_was_delivered(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.load()
    assert len(desk.contracts) >= 17
    assert all(desk.raw(feed).is_empty() for feed in desk.contracts)
    assert desk.deliveries().is_empty()
    assert desk.refused_rows() == []


def test_a_full_takes_away_what_it_lacks(tmp_path: Path) -> None:
    desk = Desk(tmp_path, DEVICES)
    desk.put("sensors/devices/2026-01-01/d.jsonl", devices(1, 2, 3))
    desk.load()
    desk.put("sensors/devices/2026-01-02/d.jsonl", devices(1, 3))
    desk.load()
    assert keys(desk, DEVICES) == ["D1", "D3"]
    assert desk.raw(DEVICES).height == 3
    last = dict(desk.raw(DEVICES).select("record_key", "last_delivered_on").iter_rows())
    assert last == {"D1": date(2026, 1, 2), "D2": date(2026, 1, 1), "D3": date(2026, 1, 2)}
    assert desk.outcome("sensors/devices/2026-01-02/d.jsonl") == ("loaded", None, 2, 0, 2, 0)


def test_parts_of_one_date_are_one_full(tmp_path: Path) -> None:
    desk = Desk(tmp_path, DEVICES)
    for part, numbers in (("1", (1, 2)), ("2", (3, 4))):
        desk.put(f"sensors/devices/2026-01-01/d_{part}.jsonl", devices(*numbers))
        desk.put(f"sensors/devices/2026-01-02/d_{part}.jsonl", devices(*numbers, status="offline"))
    desk.load()
    assert keys(desk, DEVICES) == ["D1", "D2", "D3", "D4"]
    assert set(desk.current(DEVICES)["status"]) == {"offline"}


def test_a_shrunken_full_is_not_believed_until_somebody_says_so(tmp_path: Path) -> None:
    desk = Desk(tmp_path, DEVICES)
    desk.put("sensors/devices/2026-01-01/d.jsonl", devices(*range(10)))
    desk.load()
    path = "sensors/devices/2026-01-02/d.jsonl"
    desk.put(path, devices(1, 2, 3))
    desk.load()
    assert desk.outcome(path) == ("rejected", "shrunk_full", 0, 0, 0, 0)
    assert len(keys(desk, DEVICES)) == 10
    desk.load()
    assert desk.outcome(path)[:2] == ("rejected", "shrunk_full")
    desk.load("sensors/devices")
    assert desk.outcome(path) == ("loaded", None, 3, 0, 3, 0)
    assert keys(desk, DEVICES) == ["D1", "D2", "D3"]


def test_half_of_the_rows_is_believed(tmp_path: Path) -> None:
    desk = Desk(tmp_path, DEVICES)
    desk.put("sensors/devices/2026-01-01/d.jsonl", devices(1, 2, 3, 4))
    desk.put("sensors/devices/2026-01-02/d.jsonl", devices(1, 2))
    desk.load()
    assert keys(desk, DEVICES) == ["D1", "D2"]


def test_an_identical_full_of_a_later_date_confirms_or_brings_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path, DEVICES)
    desk.put("sensors/devices/2026-01-01/d.jsonl", devices(1, 2))
    desk.put("sensors/devices/2026-01-02/d.jsonl", devices(1))
    desk.put("sensors/devices/2026-01-03/d.jsonl", devices(1, 2))
    desk.load()
    assert keys(desk, DEVICES) == ["D1", "D2"]
    assert desk.outcome("sensors/devices/2026-01-03/d.jsonl") == ("duplicate", "duplicate", 2, 0, 2, 0)
    assert set(desk.current(DEVICES)["last_delivered_on"]) == {date(2026, 1, 3)}


def test_an_old_full_sent_again_beside_a_new_one_says_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path, DEVICES)
    desk.put("sensors/devices/2026-01-01/d.jsonl", devices(1, 2))
    desk.put("sensors/devices/2026-01-02/d.jsonl", devices(1))
    desk.put("sensors/devices/2026-01-02/d_again.jsonl", devices(1, 2))
    desk.load()
    assert keys(desk, DEVICES) == ["D1"]
    assert desk.outcome("sensors/devices/2026-01-02/d_again.jsonl") == ("duplicate", "duplicate", 2, 0, 2, 0)


def test_increments_upsert_and_the_first_delivery_is_full(tmp_path: Path) -> None:
    desk = Desk(tmp_path, RESIDENTS)
    desk.put("police/residents/2026-01-02/r.csv", residents(resident(1), resident(2)))
    desk.load()
    changed = resident(2, "翠湖雅居2栋", "2026-01-03 09:00:00")
    desk.put("police/residents/2026-01-03/r.csv", residents(changed, resident(3)))
    desk.load()
    assert keys(desk, RESIDENTS) == ["R1", "R2", "R3"]
    assert desk.current(RESIDENTS)["residence_address"].to_list() == ["嘉禾府1栋101", "翠湖雅居2栋", "嘉禾府1栋101"]
    assert desk.raw(RESIDENTS).height == 4


@pytest.mark.parametrize(
    ("path", "is_full"),
    [
        ("2026-02-01/r.csv", True),
        ("2026-02-02/r.csv", False),
        ("2026-02-02/全量.csv", True),
        ("2026-02-02/residents_FULL.csv", True),
    ],
)
def test_when_an_increment_is_full(tmp_path: Path, path: str, is_full: bool) -> None:
    desk = Desk(tmp_path, RESIDENTS)
    desk.put("police/residents/2026-01-15/r.csv", residents(resident(1), resident(2)))
    desk.put(f"police/residents/{path}", residents(resident(1)))
    desk.load()
    assert keys(desk, RESIDENTS) == (["R1"] if is_full else ["R1", "R2"])


def test_an_older_version_that_arrives_late_is_kept_and_not_current(tmp_path: Path) -> None:
    desk = Desk(tmp_path, RESIDENTS)
    desk.put("police/residents/2026-01-02/r.csv", residents(resident(9)))
    desk.put("police/residents/2026-01-05/r.csv", residents(resident(1, "新址", "2026-01-05 08:00:00")))
    desk.load()
    desk.put("police/residents/2026-01-03/late.csv", residents(resident(1, "旧址", "2026-01-03 08:00:00")))
    desk.put("police/residents/2026-01-06/r.csv", residents(resident(1, "更旧", "2026-01-01 08:00:00")))
    desk.load()
    flags = dict(desk.raw(RESIDENTS).select("residence_address", "is_current").iter_rows())
    assert flags == {"嘉禾府1栋101": True, "新址": True, "旧址": False, "更旧": False}


def test_the_one_updated_last_wins_a_conflict_within_a_file(tmp_path: Path) -> None:
    desk = Desk(tmp_path, RESIDENTS)
    later, earlier = resident(1, "新址", "2026-01-03 08:00:00"), resident(1, "旧址", "2026-01-02 08:00:00")
    rows = [later, earlier, resident(2), resident(2), ",李四,,19900101,嘉禾府,2026-01-01"]
    desk.put("police/residents/2026-01-05/r.csv", residents(*rows))
    desk.load()
    assert desk.current(RESIDENTS)["residence_address"].to_list() == ["新址", "嘉禾府1栋101"]
    assert desk.refused_rows() == [(2, "key_conflict"), (5, "missing_key")]
    assert desk.outcome("police/residents/2026-01-05/r.csv") == ("loaded", None, 5, 2, 1, 2)
    payload = desk.table("raw.quarantine")["payload"][0]
    assert '"居住地址":"旧址"' in payload


def test_without_an_update_time_the_later_row_wins(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "housing_leases")
    header = "备案号,房屋坐落,出租人,承租人,起租日期,终止日期,月租金"
    rows = [f"Z1,嘉禾府1栋{room},王一,赵二,20260101,20261231,{rent}" for room, rent in ((101, 900), (102, 950))]
    desk.put("housing/leases/2026-01-05/l.csv", csv_text(header, *rows))
    desk.load()
    assert desk.current("housing_leases")["rent_cny"].to_list() == [950.0]
    assert desk.refused_rows() == [(1, "key_conflict")]


def test_an_identical_file_of_an_increment_brings_nothing_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "housing_leases")
    header = "备案号,房屋坐落,出租人,承租人,起租日期,终止日期,月租金"
    old = csv_text(header, "Z1,嘉禾府1栋101,王一,赵二,20260101,20261231,900")
    desk.put("housing/leases/2026-01-05/l.csv", old)
    desk.load()
    desk.put("housing/leases/2026-01-06/l.csv", old.replace("900", "950"))
    desk.put("housing/leases/2026-01-06/l_again.csv", old)
    desk.load()
    assert desk.current("housing_leases")["rent_cny"].to_list() == [950.0]
    assert desk.outcome("housing/leases/2026-01-06/l_again.csv") == ("duplicate", "duplicate", 1, 0, 1, 0)


def test_occupants_are_full_by_estate(tmp_path: Path) -> None:
    desk = Desk(tmp_path, OCCUPANTS)
    first = [f"甲苑,1-{n},王{n},业主,1420000000{n}" for n in range(1, 5)]
    other = [f"乙苑,1-{n},李{n},业主,1420000001{n}" for n in range(1, 3)]
    desk.put("property/occupants/2026-01-01/甲.csv", csv_text(OCCUPANT_HEADER, *first))
    desk.put("property/occupants/2026-01-01/乙.csv", csv_text(OCCUPANT_HEADER, *other))
    desk.load()
    desk.put("property/occupants/2026-01-02/甲.csv", csv_text(OCCUPANT_HEADER, *first[:3]))
    desk.load()
    assert sorted(desk.current(OCCUPANTS)["name"]) == ["李1", "李2", "王1", "王2", "王3"]
    desk.put("property/occupants/2026-01-03/乙.csv", csv_text(OCCUPANT_HEADER, other[0]))
    desk.put("property/occupants/2026-01-03/甲.csv", csv_text(OCCUPANT_HEADER, first[0]))
    desk.load()
    assert desk.outcome("property/occupants/2026-01-03/甲.csv")[:2] == ("rejected", "shrunk_full")
    assert sorted(desk.current(OCCUPANTS)["name"]) == ["李1", "王1", "王2", "王3"]


def test_namesakes_without_own_key_are_two_people_for_ever(tmp_path: Path) -> None:
    desk = Desk(tmp_path, OCCUPANTS)
    twins = ["甲苑,1-1,王一,业主,14200000001", "甲苑,1-1,王一,家属,14200000002"]
    desk.put("property/occupants/2026-01-01/a.csv", csv_text(OCCUPANT_HEADER, *twins, twins[0]))
    desk.load()
    before = dict(desk.current(OCCUPANTS).select("role", "record_key").iter_rows())
    assert desk.outcome("property/occupants/2026-01-01/a.csv") == ("loaded", None, 3, 2, 1, 0)
    assert before["家属"] == before["业主"] + "~2"
    desk.put("property/occupants/2026-01-02/a.csv", csv_text(OCCUPANT_HEADER, twins[1], twins[0], "甲苑,1-2,李,业主,"))
    desk.load()
    after = dict(desk.current(OCCUPANTS).filter(pl.col("name") == "王一").select("role", "record_key").iter_rows())
    assert after == before
    assert desk.raw(OCCUPANTS).height == 3


def event(number: int, handled: str = "null", value: str = "1.0") -> str:
    return (
        f'{{"event_id":"E{number}","device_id":"D1","type":"alarm","ts":1748715776603,'
        f'"value":{value},"handled_at":{handled}}}'
    )


def test_an_event_handled_later_is_an_update(tmp_path: Path) -> None:
    desk = Desk(tmp_path, EVENTS)
    desk.put("sensors/events/2026-01-01/e.jsonl", "\n".join([event(1), event(2), event(2, "1748715799999"), event(3)]))
    desk.load()
    assert desk.refused_rows() == []
    assert desk.current(EVENTS)["handled_at"].is_not_null().to_list() == [False, True, False]
    desk.put("sensors/events/2026-01-02/e.jsonl", "\n".join([event(1, "1748715800000"), event(2), event(3)]))
    desk.load()
    assert desk.current(EVENTS)["handled_at"].is_not_null().to_list() == [True, True, False]
    assert desk.outcome("sensors/events/2026-01-02/e.jsonl") == ("loaded", None, 3, 1, 2, 0)


def test_events_that_contradict_are_in_conflict(tmp_path: Path) -> None:
    desk = Desk(tmp_path, EVENTS)
    desk.put("sensors/events/2026-01-01/e.jsonl", "\n".join([event(1, value="1.0"), event(1, value="2.0")]))
    desk.load()
    assert desk.current(EVENTS)["value"].to_list() == [2.0]
    assert desk.refused_rows() == [(1, "key_conflict")]


def test_the_line_number_of_a_list_is_no_content(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "civil_affairs_elderly")
    header = "序号,姓名,身份证号,性别,出生年月,住址"
    desk.put("civil_affairs/elderly/2026-01-01/e.csv", csv_text(header, "1,王一,,男,1940.01,嘉禾府1栋"))
    desk.put(
        "civil_affairs/elderly/2026-01-02/e.csv",
        csv_text(header, "1,李二,,女,1941.01,嘉禾府2栋", "2,王一,,男,1940.01,嘉禾府1栋"),
    )
    desk.load()
    assert desk.outcome("civil_affairs/elderly/2026-01-02/e.csv") == ("loaded", None, 2, 1, 1, 0)


def test_three_nights_at_once_equal_night_by_night(tmp_path: Path) -> None:
    nights = {
        "2026-01-01": [resident(n) for n in range(1, 7)],
        "2026-01-02": [resident(2, "新址", "2026-01-02 10:00:00"), resident(3), resident(7)],
        "2026-02-01": [resident(n) for n in (1, 2, 3, 7)],
    }
    slow, fast = Desk(tmp_path / "slow", RESIDENTS), Desk(tmp_path / "fast", RESIDENTS)
    for night, rows in nights.items():
        for desk in (slow, fast):
            desk.put(f"police/residents/{night}/r.csv", residents(*rows))
        slow.load()
    fast.load()
    for table in ("raw.police_residents", "raw.quarantine", "ops.delivery"):
        told = [column for column in RUN_COLUMNS if column in slow.table(table).columns]
        assert slow.table(table).drop(told).equals(fast.table(table).drop(told)), table


def test_a_second_load_changes_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path, RESIDENTS)
    file = desk.put("police/residents/2026-01-01/r.csv", residents(resident(1)))
    desk.load()
    before = desk.lake.current()
    desk.load()
    touch_later(file)
    desk.load()
    after = desk.lake.current()
    assert before is not None
    assert after is not None
    assert before.id == after.id


def test_only_files_with_a_changed_row_are_written_anew(tmp_path: Path) -> None:
    desk = Desk(tmp_path, EVENTS)
    desk.config = desk.config.model_copy(update={"lake": desk.config.lake.model_copy(update={"part_rows": 10})})
    desk.put("sensors/events/2026-01-01/e.jsonl", "\n".join(event(n) for n in range(35)))
    desk.load()
    first = desk.lake.current()
    assert first is not None
    assert [entry.rows for entry in first.tables["raw.sensors_events"]] == [10, 10, 10, 5]
    desk.put("sensors/events/2026-01-02/e.jsonl", "\n".join([event(12, "1748715800000"), event(40)]))
    desk.load()
    second = desk.lake.current()
    assert second is not None
    kept = {e.file for e in first.tables["raw.sensors_events"]} & {e.file for e in second.tables["raw.sensors_events"]}
    assert len(kept) == 2
    assert desk.current(EVENTS).height == 36
    assert desk.raw(EVENTS).height == 37
