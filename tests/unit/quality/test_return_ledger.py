"""What becomes of an entry over deliveries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from landing_desk import csv_text
from return_desk import BAD, ReturnDesk, told

from pipelines.quality.returns.answers import append_answers
from pipelines.quality.returns.schema import ACCEPTED, CONTENTS, OPEN, RETURN_SCHEMA

DEVICES = "sensors_devices"  # full, own key
ELDERLY = "civil_affairs_elderly"  # full, no own key
RESIDENTS = "police_residents"  # increment, own key, update time
OCCUPANTS = "property_occupants"  # full per estate, no own key
ENTERPRISES = "market_regulation_enterprises"
LIFE = ("status", "closed_as", "opened_on", "closed_on", "reopened")

D1, D2, D3, D4 = (date(2026, 1, day) for day in (1, 2, 3, 4))


def devices(*rows: tuple[str, str]) -> str:
    return "".join(f'{{"device_id":"{n}","type":"smoke","location":"{place}","vendor":"甲"}}\n' for n, place in rows)


def device_night(desk: ReturnDesk, day: date, *rows: tuple[str, str]) -> pl.DataFrame:
    desk.put(f"sensors/devices/{day}/d.jsonl", devices(*rows))
    return desk.night()


def resident_night(desk: ReturnDesk, day: date, *rows: str) -> pl.DataFrame:
    desk.put(f"police/residents/{day}/r.csv", csv_text("人员编号,姓名,公民身份号码,居住地址,联系电话,更新时间", *rows))
    return desk.night()


def test_a_wrong_cell_opens_an_entry_and_its_correction_closes_it(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, DEVICES)
    entries = device_night(desk, D1, ("D1", BAD), ("D2", "一号楼"))
    assert entries.schema == pl.Schema(RETURN_SCHEMA)
    assert told(entries, "record_key", *LIFE) == [("D1", "open", None, D1, None, 0)]
    entries = device_night(desk, D2, ("D1", "二号楼"), ("D2", "一号楼"))
    assert told(entries, *LIFE) == [("closed", "corrected", D1, D2, 0)]
    assert entries.select(pl.col(CONTENTS).is_null().all()).row(0) == (True,) * len(CONTENTS)


def test_a_row_that_a_full_lacks_is_removed_not_corrected(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, DEVICES)
    device_night(desk, D1, ("D1", BAD), ("D2", "一号楼"))
    assert told(device_night(desk, D3, ("D2", "一号楼")), *LIFE) == [("closed", "removed", D1, D3, 0)]


def test_leaving_out_a_row_that_was_wrong_as_a_whole_is_its_correction(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, DEVICES)
    desk.suspects = {"D1"}
    device_night(desk, D1, ("D1", "一号楼"), ("D2", "一号楼"))
    assert told(device_night(desk, D3, ("D2", "一号楼")), *LIFE) == [("closed", "corrected", D1, D3, 0)]


def test_evidence_that_goes_while_the_row_stays_is_withdrawn(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, DEVICES)
    desk.suspects = {"D1"}
    device_night(desk, D1, ("D1", "一号楼"), ("D2", "一号楼"))
    desk.suspects = set()
    entries = device_night(desk, D2, ("D1", "一号楼"), ("D2", "三号楼"))
    assert told(entries, *LIFE) == [("closed", "withdrawn", D1, D2, 0)]


def test_another_update_time_is_no_correction(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, RESIDENTS)
    desk.suspects = {"R1"}
    resident_night(desk, D1, "R1,张三,,甲里1号,,2026-01-01 08:00:00")
    desk.suspects = set()
    entries = resident_night(desk, D2, "R1,张三,,甲里1号,,2026-01-02 08:00:00")
    assert told(entries, "status", "closed_as") == [("closed", "withdrawn")]


def test_mending_another_cell_of_the_row_counts_as_correction(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, RESIDENTS)
    desk.suspects = {"R1"}
    resident_night(desk, D1, "R1,张三,,甲里1号,,2026-01-01 08:00:00")
    desk.suspects = set()
    entries = resident_night(desk, D2, "R1,张三,,甲里2号,,2026-01-02 08:00:00")
    assert told(entries, *LIFE) == [("closed", "corrected", D1, D2, 0)]


def test_a_problem_that_comes_back_gets_its_old_entry_back(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, DEVICES)
    first = device_night(desk, D1, ("D1", BAD), ("D2", "一号楼"))
    device_night(desk, D2, ("D1", "好"), ("D2", "一号楼"))
    entries = device_night(desk, D3, ("D1", BAD + BAD), ("D2", "一号楼"))
    assert told(entries, *LIFE) == [("open", None, D1, None, 1)]
    assert entries["entry_id"].to_list() == first["entry_id"].to_list()
    assert entries["changed_on"].to_list() == [D3]
    assert entries["delivered_value"].to_list() == [BAD + BAD]
    assert entries["first_run"].to_list() == ["night1"]


def test_an_entry_stays_while_the_cell_is_wrong_in_another_way(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, DEVICES)
    device_night(desk, D1, ("D1", BAD), ("D2", "一号楼"))
    entries = device_night(desk, D2, ("D1", BAD + "了"), ("D2", "一号楼"))
    assert told(entries, *LIFE, "changed_on") == [("open", None, D1, None, 0, D1)]


def test_the_same_inputs_again_change_nothing(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, DEVICES)
    device_night(desk, D1, ("D1", BAD), ("D2", BAD))
    entries = device_night(desk, D2, ("D1", BAD), ("D2", "一号楼"), ("D3", BAD))
    again = desk.follow(desk.findings().reverse(), entries.reverse())
    assert again.equals(entries)


def test_the_day_a_cell_was_mended_is_told_though_the_row_changed_again(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, RESIDENTS)
    resident_night(desk, D1, f"R1,张三,,{BAD},,2026-01-01 08:00:00")
    desk.put("police/residents/2026-01-02/r.csv", csv_text("人员编号,姓名,公民身份号码,居住地址,联系电话,更新时间",
             "R1,张三,,甲里1号,,2026-01-02 08:00:00"))  # fmt: skip
    entries = resident_night(desk, D3, "R1,张三,,甲里1号,14200000001,2026-01-03 08:00:00")
    assert told(entries, *LIFE) == [("closed", "corrected", D1, D2, 0)]


def elderly(*rows: str) -> str:
    return csv_text("姓名,身份证号,出生年月,住址,紧急联系人", *rows)


def elderly_night(desk: ReturnDesk, day: date, *rows: str) -> pl.DataFrame:
    desk.put(f"civil_affairs/elderly/{day}/e.csv", elderly(*rows))
    return desk.night()


OTHERS = ("李四,,1940-02,乙里2号,", "王五,,1941-03,丙里3号,")


def test_correcting_an_identifying_cell_is_a_correction_though_the_key_changes(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, ELDERLY)
    elderly_night(desk, D1, f"张三,{BAD}号,1939-01,甲里1号,", *OTHERS)
    entries = elderly_night(desk, D2, "张三,990101193901010017,1939-01,甲里1号,", *OTHERS)
    assert told(entries, "column", *LIFE) == [("id_number", "closed", "corrected", D1, D2, 0)]


def test_two_identifying_cells_corrected_loaded(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, ELDERLY)
    elderly_night(desk, D1, f"张三,{BAD}号,1939-01,{BAD}里,", *OTHERS)
    entries = elderly_night(desk, D2, "张三,990101193901010017,1939-01,甲里1号,", *OTHERS)
    assert told(entries, "column", "closed_as") == [("address", "corrected"), ("id_number", "corrected")]


def test_a_stranger_in_the_place_of_a_gone_row_is_no_correction(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, ELDERLY)
    elderly_night(desk, D1, f"张三,{BAD}号,1939-01,甲里1号,", *OTHERS)
    entries = elderly_night(desk, D2, "赵六,,1950-01,甲里1号,", *OTHERS)
    assert told(entries, "status", "closed_as") == [("closed", "removed")]


def test_a_problem_that_goes_on_under_a_new_key_is_moved_and_keeps_its_age(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, ELDERLY)
    elderly_night(desk, D1, f"张三,{BAD}号,1939-01,甲里1号,{BAD}人", *OTHERS)
    entries = elderly_night(desk, D2, f"张三,990101193901010017,1939-01,甲里1号,{BAD}人", *OTHERS)
    assert told(entries, "column", *LIFE) == [
        ("contact_name", "closed", "moved", D1, D2, 0),
        ("contact_name", "open", None, D1, None, 0),
        ("id_number", "closed", "corrected", D1, D2, 0),
    ]


def test_a_corrected_own_key_is_a_correction(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, ENTERPRISES)
    header = "统一社会信用代码,名称,法定代表人,住所,成立日期"
    place = "market_regulation/enterprises/{}/e.csv"
    desk.put(
        place.format(D1), csv_text(header, f"{BAD}码,甲店,张三,甲里1号,2020-01-01", "B,乙店,李四,乙里2号,2020-01-01")
    )
    desk.night()
    desk.put(place.format(D2), csv_text(header, "A1,甲店,张三,甲里1号,2020-01-01", "B,乙店,李四,乙里2号,2020-01-01"))
    assert told(desk.night(), "column", *LIFE) == [("credit_code", "closed", "corrected", D1, D2, 0)]


def test_an_estate_that_is_not_delivered_keeps_its_entries(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, OCCUPANTS)
    header = "小区,房号,姓名,手机号"
    for estate in ("甲苑", "乙苑"):
        desk.put(f"property/occupants/{D1}/{estate}.csv", csv_text(header, f"{estate},1-101,张三,{BAD}",
                 f"{estate},1-102,李四,14200000001"))  # fmt: skip
    desk.night()
    desk.put(f"property/occupants/{D2}/甲苑.csv", csv_text(header, "甲苑,1-102,李四,14200000001"))
    entries = desk.night()
    assert told(entries, "status", "closed_as", "closed_on") == [("closed", "removed", D2), ("open", None, None)]


# --- refused rows ---


def test_the_same_broken_row_every_night_is_one_entry(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, DEVICES)
    for day in (D1, D2, D3):
        entries = device_night(desk, day, ("", "一号楼"), ("D2", f"{day.day}号楼"))
    assert told(entries, "problem", *LIFE) == [("refused_missing_key", "open", None, D1, None, 0)]
    assert entries["delivered_on"].to_list() == [D3]


def test_a_row_without_a_key_is_settled_by_a_full_without_it(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, DEVICES)
    device_night(desk, D1, ("", "一号楼"), ("D2", "二号楼"))
    entries = device_night(desk, D2, ("D1", "一号楼"), ("D2", "二号楼"))
    assert told(entries, *LIFE) == [("closed", "corrected", D1, D2, 0)]


def test_an_increment_that_is_silent_settles_nothing(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, "property_workorders")
    header = "工单号,小区,房号,类型,上报时间"
    desk.put(
        f"property/workorders/{D1}/w.csv", csv_text(header, ",甲苑,1-101,漏水,2026-01-01", "W2,甲苑,1,噪音,2026-01-01")
    )
    desk.night()
    desk.put(f"property/workorders/{D2}/w.csv", csv_text(header, "W3,甲苑,1-102,噪音,2026-01-02"))
    assert told(desk.night(), *LIFE) == [("open", None, D1, None, 0)]


def test_a_row_that_comes_again_with_its_key_is_settled_by_it(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, "property_workorders")
    header = "工单号,小区,房号,类型,上报时间"
    broken, other = ",甲苑,1-101,漏水,2026-01-01", "无,甲苑,1-102,漏水,2026-01-01"
    desk.put(f"property/workorders/{D1}/w.csv", csv_text(header, broken, other))
    assert told(desk.night(), "status") == [("open",), ("open",)]
    desk.put(f"property/workorders/{D2}/w.csv", csv_text(header, "W1,甲苑,1-101,漏水,2026/1/1"))
    assert told(desk.night(), *LIFE) == [("closed", "corrected", D1, D2, 0), ("open", None, D1, None, 0)]


def test_a_count_in_a_ragged_row_is_not_taken_for_a_key(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, "property_workorders")
    header = "工单号,小区,房号,类型,上报时间"
    desk.put(
        f"property/workorders/{D1}/w.csv", csv_text(header, "W1,甲苑,7,漏,水,2026-01-01", "W2,甲苑,1,噪音,2026-01-01")
    )
    desk.night()
    desk.put(f"property/workorders/{D2}/w.csv", csv_text(header, "7,乙苑,1-101,漏水,2026-01-02"))
    assert told(desk.night(), "status") == [("open",)]


def test_a_ragged_row_is_settled_when_its_key_is_delivered(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, "property_workorders")
    header = "工单号,小区,房号,类型,上报时间"
    desk.put(
        f"property/workorders/{D1}/w.csv",
        csv_text(header, "W1,甲苑,1-101,漏,水,2026-01-01", "W2,甲苑,1,噪音,2026-01-01"),
    )
    assert told(desk.night(), "problem", "status") == [("refused_ragged_row", "open")]
    desk.put(f"property/workorders/{D2}/w.csv", csv_text(header, "W1,甲苑,1-101,漏水,2026-01-01"))
    assert told(desk.night(), *LIFE) == [("closed", "corrected", D1, D2, 0)]


def test_a_file_sent_anew_under_its_name_settles_what_it_no_longer_has(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, "property_workorders")
    header = "工单号,小区,房号,类型,上报时间"
    path = f"property/workorders/{D1}/w.csv"
    desk.put(path, csv_text(header, ",甲苑,1-101,漏水,2026-01-01", "W2,甲苑,1,噪音,2026-01-01"))
    desk.night()
    desk.put(
        path,
        csv_text(header, "W1,甲苑,1-101,漏水,2026-01-01", "W2,甲苑,1,噪音,2026-01-01", "W3,甲苑,2,噪音,2026-01-01"),
    )
    assert told(desk.night(), *LIFE) == [("closed", "corrected", D1, D1, 0)]


def test_rows_in_conflict_are_settled_by_one_of_them(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, RESIDENTS)
    both = ("R1,张三,,甲里1号,,2026-01-01 08:00:00", "R1,李四,,乙里1号,,2026-01-01 09:00:00")
    entries = resident_night(desk, D1, *both, "R2,王五,,丙里1号,,2026-01-01 09:00:00")
    assert told(entries, "problem", "status") == [("refused_key_conflict", "open")]
    entries = resident_night(desk, D2, "R2,王五,,丙里2号,,2026-01-02 09:00:00")
    assert entries["status"].to_list() == [OPEN]
    entries = resident_night(desk, D3, "R1,李四,,乙里1号,,2026-01-03 09:00:00")
    assert told(entries, *LIFE) == [("closed", "corrected", D1, D3, 0)]


def test_a_row_that_is_refused_later_moves_and_comes_back_as_itself(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, "housing_properties")
    header = "不动产单元号,坐落,产权人,登记日期"
    place = "housing/properties/{}/p.csv"
    first = f"U1,{BAD}里,张三,2020-01-01"
    desk.put(place.format(D1), csv_text(header, first, "U2,乙里1号,李四,2020-01-01"))
    desk.night()
    desk.put(place.format(D2), csv_text(header, first + ",多", "U2,乙里1号,李四,2020-01-01"))
    entries = desk.night()
    assert told(entries, "problem", "status") == [("bad_text", "closed"), ("refused_ragged_row", "open")]
    desk.put(place.format(D3), csv_text(header, first, "U2,乙里1号,李四,2020-01-01"))
    entries = desk.night()
    assert told(entries, "problem", "status", "closed_as", "reopened") == [
        ("bad_text", "open", None, 1), ("refused_ragged_row", "closed", "corrected", 0),
    ]  # fmt: skip


# --- answers of clerks ---


def accept(desk: ReturnDesk, entries: pl.DataFrame) -> None:
    answers = entries.select("entry_id", "file_sha256", "row_number", pl.lit(ACCEPTED).alias("answer")).to_dicts()
    append_answers(desk.home, answers, "clerk", datetime(2026, 1, 5, tzinfo=UTC))


def test_an_accepted_row_is_not_returned_again_unless_it_changes(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, RESIDENTS)
    accept(desk, resident_night(desk, D1, f"R1,张三,,{BAD},,2026-01-01 08:00:00"))
    entries = resident_night(desk, D2, f"R1,张三,,{BAD},,2026-01-02 08:00:00", "R2,李四,,乙里,,2026-01-02")
    assert told(entries, *LIFE) == [("closed", "accepted", D1, D2, 0)]
    entries = resident_night(desk, D3, f"R1,张三,,{BAD},,2026-01-03 08:00:00")
    assert told(entries, *LIFE) == [("closed", "accepted", D1, D2, 0)]
    assert entries["row_as_delivered"].to_list() == [None]
    entries = resident_night(desk, D4, f"R1,张三,,{BAD}了,,2026-01-04 08:00:00")
    assert told(entries, *LIFE) == [("open", None, D1, None, 1)]


def test_answers_given_twice_are_kept_once(tmp_path: Path) -> None:
    desk = ReturnDesk(tmp_path, DEVICES)
    entries = device_night(desk, D1, ("D1", BAD), ("D2", "一号楼"))
    rows = entries.select("entry_id", "file_sha256", "row_number", pl.lit(ACCEPTED).alias("answer")).to_dicts()
    at = datetime(2026, 1, 5, tzinfo=UTC)
    assert [append_answers(desk.home, rows, "clerk", at) for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("loaded", [(1, 2, 3), (1, 3)])
def test_open_entries_do_not_depend_on_how_nights_were_loaded(tmp_path: Path, loaded: tuple[int, ...]) -> None:
    nights = [
        [("D1", BAD), ("D2", "一号楼"), ("", "某处"), ("D4", BAD)],
        [("D1", BAD), ("D2", BAD), ("", "某处"), ("D4", "好")],
        [("D1", BAD), ("D2", BAD), ("D3", BAD), ("", "某处"), ("D4", "好")],
    ]
    slow, fast = ReturnDesk(tmp_path / "slow", DEVICES), ReturnDesk(tmp_path / "fast", DEVICES)
    for number, rows in enumerate(nights, start=1):
        device_night(slow, date(2026, 1, number), *rows)
        fast.put(f"sensors/devices/2026-01-0{number}/d.jsonl", devices(*rows))
        if number == loaded[-1] or (number == 1 and len(loaded) == 2):
            fast.night()
    seen = [n for n in RETURN_SCHEMA if n not in ("changed_on", "first_run")]
    left, right = (d.entries.filter(pl.col("status") == OPEN).select(seen).sort("entry_id") for d in (slow, fast))
    assert left.height == 4
    assert left.equals(right)
