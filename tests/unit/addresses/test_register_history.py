"""What became of address codes over scripted deliveries, and where texts of former days lead."""

from __future__ import annotations

import polars as pl
import pytest
from scripted_register import Night, changed, estate, night, place, versions

from pipelines.addresses.match import match_addresses
from pipelines.addresses.mentions import SCHEMA as MENTIONS
from pipelines.addresses.register.index import build_register
from pipelines.addresses.upkeep.follow import MOVED, UNCLEAR, follow_register
from pipelines.addresses.upkeep.former import former_addresses
from pipelines.addresses.upkeep.history import read_history
from pipelines.addresses.upkeep.mention_days import first_delivered

BASE = {**estate("翠湖花园", "CH"), **estate("金桂小区", "JG", road="解放路", house_number="8号")}


def events(nights: list[Night]) -> dict[str, list[tuple[object, ...]]]:
    told = read_history(versions(nights), [night(number + 1) for number in range(len(nights))]).events
    found: dict[str, list[tuple[object, ...]]] = {}
    for row in told.iter_rows(named=True):
        found.setdefault(row["address_code"], []).append((row["change"], row["valid_from"]))
    return found


def answers(nights: list[Night], *texts: str) -> list[tuple[object, ...]]:
    """Status, code and reason of each text after these deliveries."""
    table = versions(nights)
    former = former_addresses(read_history(table))
    register = build_register(table, former.names)
    rows = [
        {"feed": "f", "record_key": f"{n:03d}", "address_role": "r", "address_text": t} for n, t in enumerate(texts)
    ]
    mentions = pl.DataFrame(rows, schema=MENTIONS)
    matches = match_addresses(mentions, register)
    led = follow_register(matches, mentions, register, table, former, former.names)
    assert led.columns == matches.columns
    return list(led.select("status", "address_code", "reason").iter_rows())


def test_a_register_that_never_changed_has_no_history() -> None:
    history = read_history(versions([BASE, BASE, BASE]))
    assert history.events.is_empty()
    assert former_addresses(history).heirs.is_empty()


def test_new_stopped_restarted_vanished() -> None:
    new = {"JG-9": place("金桂小区", "9栋", road="解放路", house_number="8号")}
    stopped = changed(BASE, "CH-1-1-101", status="停用")
    without = {code: row for code, row in BASE.items() if code != "CH-1-1-201"}
    found = events([BASE, {**stopped, **new}, {**without, **new}])
    assert found == {
        "JG-9": [("new", night(2))],
        "CH-1-1-101": [("stopped", night(2)), ("restarted", night(3))],
        "CH-1-1-201": [("vanished", night(3))],
    }


def test_what_comes_back_after_it_had_gone_is_restarted() -> None:
    without = {code: row for code, row in BASE.items() if code != "CH-1-1-201"}
    back = {**BASE, "CH-1-1-201": {**BASE["CH-1-1-201"], "aliases": "老房子"}}
    assert events([BASE, without, back]) == {"CH-1-1-201": [("vanished", night(2)), ("restarted", night(3))]}


def test_an_estate_with_a_new_name_is_renamed_and_one_row_of_another_moved() -> None:
    renamed = changed(BASE, "CH", estate="翠湖名邸")
    assert {change for found in events([BASE, renamed]).values() for change, _ in found} == {"renamed"}
    other = changed(BASE, "CH-2-2-301", estate="金桂小区", road="解放路", house_number="8号", building="3栋")
    assert events([BASE, other]) == {"CH-2-2-301": [("moved", night(2))]}


def test_a_spelling_is_no_event() -> None:
    assert events([BASE, changed(BASE, "CH-1", building="1号楼")]) == {}


def test_events_have_their_end() -> None:
    nights = [BASE, changed(BASE, "CH", road="滨江路"), changed(BASE, "CH", road="滨江大道")]
    rows = read_history(versions(nights)).events.filter(pl.col("address_code") == "CH")
    assert rows.select("change", "valid_from", "valid_to", "parts_changed").rows() == [
        ("renamed", night(2), night(3), "road"),
        ("renamed", night(3), None, "road"),
    ]


def test_history_at_once_is_history_night_by_night() -> None:
    """The raw table is the same whether it grew or came at once; an earlier history is the beginning of a later one."""
    nights = [BASE, changed(BASE, "CH", estate="翠湖名邸"), changed(BASE, "CH", estate="翠湖华府")]
    whole = read_history(versions(nights)).events
    shuffled = read_history(versions(nights).sample(fraction=1.0, shuffle=True, seed=1)).events
    assert whole.equals(shuffled)
    before = read_history(versions(nights[:2])).events
    assert whole.filter(pl.col("valid_from") <= night(2)).drop("valid_to").equals(before.drop("valid_to"))


def test_a_renamed_estate_is_found_by_its_former_names() -> None:
    nights = [BASE, changed(BASE, "CH", estate="云溪名邸"), changed(BASE, "CH", estate="望江华府")]
    texts = ("翠湖花园1栋2单元301", "云溪名邸1栋2单元301", "望江华府1栋2单元301")
    assert [answer[:2] for answer in answers(nights, *texts)] == [("matched", "CH-1-2-301")] * 3


def test_a_renamed_road_is_found_by_its_former_name() -> None:
    told = {
        "N": place(None, road="跃进路", house_number="12号"),
        "N-1": place(None, road="跃进路", house_number="12号", room="101"),
    }
    after = {**BASE, **changed(told, "N", road="云溪大道")}
    assert answers([{**BASE, **told}, after], "跃进路12号101", "云溪大道12号101") == [
        ("matched", "N-1", None),
        ("matched", "N-1", None),
    ]


def test_a_name_that_another_place_bears_now_is_the_other_places() -> None:
    after = {**changed(BASE, "CH", estate="望江华府"), **estate("翠湖花园", "XC", road="创业路", house_number="5号")}
    assert answers([BASE, after], "翠湖花园1栋2单元301")[0][:2] == ("matched", "XC-1-2-301")


def test_a_new_code_for_the_same_door_takes_over() -> None:
    for went in (
        changed(BASE, "CH-1-1-101", status="停用"),
        {code: row for code, row in BASE.items() if code != "CH-1-1-101"},
    ):
        after = {**went, "X-77": {**BASE["CH-1-1-101"]}}
        assert answers([BASE, after], "翠湖花园1栋1单元101")[0][:2] == ("matched", "X-77")


def test_an_estate_that_got_new_codes_with_its_new_name_takes_over() -> None:
    after = {**changed(BASE, "CH", status="停用"), **estate("望江华府", "WJ")}
    history = read_history(versions([BASE, after])).events
    assert history.filter(pl.col("address_code") == "CH-1-2-301").select("change", "successor_codes").rows() == [
        ("stopped", "WJ-1-2-301")
    ]
    assert answers([BASE, after], "翠湖花园1栋2单元301") == [("matched", "WJ-1-2-301", MOVED)]


def test_a_renumbered_building_is_found_by_its_former_number() -> None:
    after = changed(BASE, "CH-2", building="9栋")
    told = answers([BASE, after], "翠湖花园2栋1单元301", "翠湖花园9栋1单元301", "翠湖花园2栋1单元999")
    assert told[0] == ("matched", "CH-2-1-301", MOVED)
    assert told[1][:2] == ("matched", "CH-2-1-301")
    assert told[2][0] == "ambiguous"


def test_joined_rooms_lead_to_the_room_that_they_became() -> None:
    rooms = ("CH-1-1-201", "CH-1-1-301")
    after = {code: row for code, row in BASE.items() if code not in rooms}
    after["J"] = place("翠湖花园", "1栋", "1单元", "201-301")
    found = read_history(versions([BASE, after])).events
    assert found.select("address_code", "change", "successor_codes", "predecessor_codes").rows() == [
        ("CH-1-1-201", "merged_into", "J", None),
        ("CH-1-1-301", "merged_into", "J", None),
        ("J", "new", None, "CH-1-1-201,CH-1-1-301"),
    ]
    assert answers([BASE, after], "翠湖花园1栋1单元201", "翠湖花园1栋1单元301") == [("matched", "J", MOVED)] * 2


@pytest.mark.parametrize("keeps_its_code", [True, False])
def test_a_divided_room_is_ambiguous_between_its_parts(keeps_its_code: bool) -> None:
    parts = {code: place("翠湖花园", "1栋", "1单元", room) for code, room in (("S-A", "201A"), ("S-B", "201B"))}
    after = {code: row for code, row in BASE.items() if code != "CH-1-1-201"} | parts
    if keeps_its_code:
        after["CH-1-1-201"] = after.pop("S-A")
    first = "CH-1-1-201" if keeps_its_code else "S-A"
    found = read_history(versions([BASE, after])).events.filter(pl.col("change") == "split_from")
    assert set(found["predecessor_codes"]) == {"CH-1-1-201"}
    assert "S-B" in set(found["address_code"])
    table = versions([BASE, after])
    former = former_addresses(read_history(table))
    assert set(former.heirs["heir"]) == {first, "S-B"}
    told = answers([BASE, after], "翠湖花园1栋1单元201", "翠湖花园1栋1单元201B")
    assert told == [("ambiguous", "CH-1", UNCLEAR), ("matched", "S-B", None)]


def test_a_divided_estate_is_told_by_its_numbers() -> None:
    big = estate("翠湖花园", "CH", buildings=4)
    after = {**changed(changed(big, "CH", estate="翠湖花园一期"), "CH-3", estate="翠湖花园二期")}
    after = {**changed(after, "CH-4", estate="翠湖花园二期")}
    told = answers([big, after], "翠湖花园1栋1单元101", "翠湖花园4栋1单元101")
    assert [answer[:2] for answer in told] == [("matched", "CH-1-1-101"), ("matched", "CH-4-1-101")]


def test_a_text_that_is_older_than_a_renumbering_keeps_its_place() -> None:
    """Building 1 becomes 2 and 2 becomes 3: `2栋` written before means what is building 3 now."""
    later = changed(changed(BASE, "CH-1", building="2栋"), "CH-2", building="3栋")
    table = versions([BASE, later])
    former = former_addresses(read_history(table))
    register = build_register(table, former.names)
    texts = {"old": "翠湖花园2栋1单元301", "new": "翠湖花园2栋1单元301", "kept": "金桂小区2栋1单元301"}
    rows = [
        {"feed": "property_workorders", "record_key": k, "address_role": "location", "address_text": t}
        for k, t in texts.items()
    ]
    mentions = pl.DataFrame(rows, schema=MENTIONS)
    days_of = [("old", night(1)), ("old", night(3)), ("new", night(2)), ("kept", night(1))]
    delivered = pl.LazyFrame(
        [(key, texts[key], day) for key, day in days_of],
        schema={"record_key": pl.String, "location": pl.String, "delivered_on": pl.Date},
        orient="row",
    )
    matches = match_addresses(mentions, register)
    days = first_delivered({"property_workorders": delivered}, matches)
    assert dict(days.select("record_key", "written_on").iter_rows()) == {
        "old": night(1),
        "new": night(2),
        "kept": night(1),
    }
    led = follow_register(matches, mentions, register, table, former, former.names, written_on=days)
    assert dict(led.select("record_key", "address_code").iter_rows()) == {
        "old": "CH-2-1-301", "new": "CH-1-1-301", "kept": "JG-2-1-301",
    }  # fmt: skip
    assert answers([BASE, later], "翠湖花园3栋1单元301", "翠湖花园1栋1单元301")[0][:2] == ("matched", "CH-2-1-301")


def test_a_stopped_address_without_successor_keeps_its_answer() -> None:
    assert answers([BASE, changed(BASE, "CH-1-1-101", status="停用")], "翠湖花园1栋1单元101") == [
        ("matched", "CH-1-1-101", None)
    ]


def test_texts_of_today_are_answered_as_if_there_were_no_past() -> None:
    after = changed(BASE, "CH-2", building="9栋")
    texts = ("金桂小区1栋1单元101", "翠湖花园1栋1单元101", "金桂小区9栋1单元101", "翠湖花园2栋", "不知道哪里1栋101")
    without = [answers([after], text)[0] for text in texts[:3]]
    assert answers([BASE, after], *texts[:3]) == without
