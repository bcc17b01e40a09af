"""What a clerk writes, what it means, and why; the register is in conftest.py."""

from __future__ import annotations

import json

import polars as pl
import pytest

from pipelines.addresses.match import SCHEMA, match_addresses
from pipelines.addresses.mentions import SCHEMA as MENTIONS
from pipelines.addresses.register.index import Register

FULL = "云岭省云川市川东区青洲街道东泉社区朝阳街247号翠湖雅居"


def match_one(register: Register, text: str | None, **hints: str | None) -> dict[str, object]:
    row = (
        dict.fromkeys(MENTIONS)
        | {"feed": "f", "record_key": "1", "address_role": "location", "address_text": text}
        | hints
    )
    return match_addresses(pl.DataFrame([row], schema=MENTIONS), register).row(0, named=True)


# text, code, level, why
MATCHED = [
    (f"{FULL}1号楼1单元501", "CH-1-1-501", "room", "as the register writes it"),
    ("川东区朝阳街247号翠湖雅居1号楼1单元501室", "CH-1-1-501", "room", "室 is no part of the number"),
    ("翠湖雅居1-1-501", "CH-1-1-501", "room", "short form"),
    ("翠湖雅居1/1/501", "CH-1-1-501", "room", "short form with slashes"),
    ("翠湖雅居 1 1 501", "CH-1-1-501", "room", "short form with spaces"),
    ("翠湖雅居3-501", "CH-3-0-501", "room", "building 3 has no units"),
    ("翠湖雅居3栋1单元501", "CH-3-0-501", "room", "the only entrance is called unit 1"),
    ("翠湖雅居三幢五〇一室", "CH-3-0-501", "room", "Chinese numerals before units"),
    ("翠湖雅居3#501", "CH-3-0-501", "room", "#"),
    ("翠湖雅居3#楼0501室", "CH-3-0-501", "room", "#楼 and a leading zero"),
    ("翠湖雅居２号楼１单元１１层１１０２室", "CH-2-1-1102", "room", "full width, floor"),
    ("翠湖雅居2号楼1单元11层02室", "CH-2-1-1102", "room", "room numbered within the floor"),
    ("翠湖雅居2栋601", "CH-2-2-601", "room", "the unit is missing, but only one has a 601"),
    ("翠湖雅居2-601", "CH-2-2-601", "room", "the same as short form"),
    ("翠湖雅居601", "CH-2-2-601", "room", "one room 601 in the whole estate"),
    ("翠湖雅居5021单元2号楼", "CH-2-1-502", "room", "wrong order, glued"),
    ("翠湖雅居502室1单元2号楼", "CH-2-1-502", "room", "wrong order"),
    ("2号楼1单元502室翠湖雅居", "CH-2-1-502", "room", "estate last"),
    ("朝阳街247号2号楼1单元502（翠湖雅居）", "CH-2-1-502", "room", "estate in brackets"),
    ("朝阳街247号2号楼1单元502", "CH-2-1-502", "room", "no estate, but road and number"),
    ("翠溪街247号翠湖雅居2号楼1单元502", "CH-2-1-502", "room", "old road"),
    ("翠溪街247号2号楼1单元502", "CH-2-1-502", "room", "old road without the estate"),
    ("船厂宿舍2-1-502", "CH-2-1-502", "room", "nickname"),
    ("翠胡雅居2-1-502", "CH-2-1-502", "room", "homophone"),
    ("朝阳街247号翠湖雅苑2-1-502", "CH-2-1-502", "room", "another ending, but the number is right"),
    ("翠湖小区2-1-502", "CH-2-1-502", "room", "vague ending"),
    ("翠湖2栋1单元502", "CH-2-1-502", "room", "short name"),
    ("湖翠雅居2栋1单元502", "CH-2-1-502", "room", "characters swapped"),
    ("朝杨街247号翠湖雅居2栋1单元502", "CH-2-1-502", "room", "homophone in the road"),
    ("云川市云川市川东区川东区翠湖雅居2栋1单元502", "CH-2-1-502", "room", "doubled city"),
    ("翠湖雅居2栋1单元502（户主：王某）", "CH-2-1-502", "room", "remark"),
    ("翠湖雅居2栋1单元502 14200000001", "CH-2-1-502", "room", "phone in the text"),
    ("川東區青洲街道翠湖雅居2棟1單元502", "CH-2-1-502", "room", "traditional characters"),
    ("翠湖雅居1号楼商铺4", "CH-1-S4", "room", "shop"),
    ("翠湖雅居1号楼4号商铺", "CH-1-S4", "room", "shop, number first"),
    ("翠湖雅居1#B102", "CH-1-B102", "room", "basement room"),
    ("翠湖雅居2栋1单元1102（11楼）", "CH-2-1-1102", "room", "two numbers, a bracket between them"),
    ("翠湖雅居1号楼负一层B102", "CH-1-B102", "room", "below ground"),
    ("翠湖雅居贰栋", "CH-2", "building", "formal numeral"),
    ("翠湖雅居2号楼1单元502号", "CH-2-1-502", "room", "号 after a unit is a room"),
    ("友谊巷42号107号", "YJ-107", "room", "号 after a house number is a room, where it is no building"),
    ("友谊巷42-107", "YJ-107", "room", "neither word is written"),
    ("朝阳街247-2-1-502", "CH-2-1-502", "room", "no word is written"),
    ("2号楼1单元502翠湖雅居朝阳街247号", "CH-2-1-502", "room", "the house number last"),
    ("翠湖雅居2栋1单元502-1", "CH-2-1-502", "room", "a part of the flat"),
    ("翠湖雅居2-1-502-1", "CH-2-1-502", "room", "a part of the flat"),
    ("油坊巷30之二号", "N30号之二", "house_number", "号 at the end"),
    ("三合村5组24", "V五组-24号", "house_number", "号 is missing"),
    ("康乐花园A座楼道", "KL-A", "building", "where in the building does not matter"),
    ("川东区石关镇三合村五组24号", "V五组-24号", "house_number", "as it stands"),
    ("望云区石关镇三合村五组24号", "V五组-24号", "house_number", "the district is wrong, the town is right"),
    ("康乐花园A602", "KL-A-1-0602", "room", "building and room in one"),
    ("翠湖雅居2号2单元502室", "CH-2-2-502", "room", "号 after an estate is a building"),
    ("五组24号", "V五组-24号", "house_number", "one village has this group"),
    ("三河村五组24号", "V五组-24号", "house_number", "homophone in the village"),
    ("翠湖雅居2-1-502老王小卖部", "CH-2-1-502", "room", "a shop's name"),
    ("张三家（翠湖雅居2-1-502）", "CH-2-1-502", "room", "a person's name"),
    ("翠湖雅居2号楼", "CH-2", "building", "only a building is named"),
    ("翠湖雅居二号楼楼道", "CH-2", "building", "where in the building does not matter"),
    ("翠湖雅居2幢门口", "CH-2", "building", "noise"),
    ("翠湖雅居2栋附近", "CH-2", "building", "noise"),
    ("翠湖雅居北门", "CH", "estate", "noise"),
    ("翠湖雅居地下车库", "CH", "estate", "noise"),
    ("朝阳街247号", "CH", "estate", "the register has one row for the number, the estate's"),
    ("翠湖雅居2号楼1单元", None, "unit", "the register has no unit rows"),
    ("翠湖雅居2号楼1单元5层", None, "floor", "nor floors"),
    ("东方新村一期1栋1单元301", "DF一期-1-1-0301", "room", "phase"),
    ("东方新村(二期)1栋1单元301", "DF二期-1-1-0301", "room", "phase in brackets"),
    ("东方新村2期1栋1单元301", "DF二期-1-1-0301", "room", "phase as a digit"),
    ("东方新村3栋1单元301", "DF二期-3-1-0301", "room", "phase missing, but building 3 is in the second"),
    ("龙泓西路35号东方新村1栋1单元301", "DF一期-1-1-0301", "room", "phase missing, but the number tells"),
    ("康乐花园A座1单元602", "KL-A-1-0602", "room", "lettered building"),
    ("康乐花园a-1-602", "KL-A-1-0602", "room", "lower case short form"),
    ("康乐花园B栋1单元602", "KL-B-1-0602", "room", "another word for the building"),
    ("康乐花园A楼", "KL-A", "building", "lettered building"),
    ("康乐公寓西楼303", "GY-西-303", "room", "building named by its side"),
    ("钟楼路325号西楼0303室", "GY-西-303", "room", "by number"),
    ("友谊巷42号永家大院107", "YJ-107", "room", "courtyard"),
    ("永家大院107", "YJ-107", "room", "courtyard"),
    ("友谊巷42号107室", "YJ-107", "room", "courtyard by its number"),
    ("友谊巷109号望善堂", "WS1", "estate", "one of two of this name"),
    ("望云区望善堂", "WS2", "estate", "the district tells"),
    ("油坊巷30号101", "N30号-101", "room", "not 30-1号, 30号之二 or 甲30号"),
    ("油坊巷30-1号101", "N30-1号-101", "room", "neighbour"),
    ("油坊巷30号之二101", "N30号之二-101", "room", "neighbour"),
    ("油坊巷30号之2", "N30号之二", "house_number", "neighbour"),
    ("油坊巷甲30号101室", "N甲30号-101", "room", "neighbour"),
    ("油坊巷30号院101室", "N30号-101", "room", "院"),
    ("油坊巷三十号101室", "N30号-101", "room", "Chinese number"),
    ("五一路三号", "W1", "house_number", "五一 is a name, 三 a number"),
    ("米市街23-3号302", "Z1-302", "room", "old road, number with a dash"),
    ("三合村五组24号", "V五组-24号", "house_number", "village"),
    ("石关镇三合村5组24号", "V五组-24号", "house_number", "village, digits"),
    ("三合村十二组8号", "V十二组-8号", "house_number", "not 2组"),
    ("三合村第五村民小组", "V五组", "estate", "group alone"),
    ("三合村五组24号（张家）", "V五组-24号", "house_number", "remark"),
    ("油坊巷90号", "NEW", "house_number", "a stopped code comes second"),
    ("川东区青洲街道东泉社区", None, "community", "no more said"),
    ("东泉社区居委会", None, "community", "its office"),
    ("川东区青洲街道", None, "street", "no more said"),
    ("望云区长坊街道油坊巷", None, "road", "no more said"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "level", "why"), MATCHED, ids=[row[0] for row in MATCHED])
def test_what_is_certain_is_matched_at_its_level(
    register: Register, text: str, code: str | None, level: str, why: str
) -> None:
    found = match_one(register, text)
    assert (found["status"], found["address_code"], found["matched_level"]) == ("matched", code, level), why


# text, status, level, reason, why
NOT_MATCHED = [
    ("翠湖雅居1栋501", "ambiguous", "building", "ambiguous_unit", "two units have a 501"),
    ("翠湖雅居1-501", "ambiguous", "building", "ambiguous_unit", "the same as short form"),
    ("翠湖雅居501", "ambiguous", "estate", "ambiguous_building", "three buildings have a 501"),
    ("翠湖雅居2栋1单元02", "ambiguous", "unit", "ambiguous_floor", "which floor is not said"),
    ("翠湖雅居2栋1单元501、502", "ambiguous", "building", "ambiguous_reading", "two rooms"),
    ("望善堂", "ambiguous", "none", "ambiguous_estate", "two courtyards in two districts"),
    ("东方新村1栋", "ambiguous", "community", "ambiguous_estate", "both phases have a building 1"),
    ("翠湖雅居1栋1单元503", "ambiguous", "estate", "no_room", "no such room"),
    ("翠湖雅居1栋3单元501", "ambiguous", "estate", "no_unit", "no such unit"),
    ("翠湖雅居8栋501", "ambiguous", "estate", "no_building", "no such building"),
    ("东方船厂宿舍2-1-502", "unmatched", None, None, "the short form of one estate before the nickname of another"),
    ("油坊巷30附1号", "unmatched", "road", "not_in_register", "not 30号"),
    ("油坊巷29号101", "unmatched", "road", "not_in_register", "a number between two others"),
    ("钟楼北路325号", "unmatched", "none", "not_in_register", "another road, not a slip for 钟楼路"),
    ("翠湖雅居某栋", "ambiguous", "estate", "unreadable_numbers", "a building is meant, but which"),
    ("翠湖雅居2栋1单元503-1", "ambiguous", "estate", "no_room", "part of a flat that does not exist"),
    ("翠湖雅居2栋1单元502、1102室", "ambiguous", "building", "ambiguous_reading", "two rooms, one with 室"),
    ("张三", "unmatched", "none", "not_in_register", "a person's name"),
    ("501", "unmatched", "none", "not_in_register", "a number alone"),
    ("😀<b>x</b>", "unmatched", "none", "not_in_register", "markup"),
    ("东方新村三期1栋1单元301", "unmatched", None, None, "a phase that the register lacks"),
    ("友谊巷42号望善堂", "ambiguous", None, None, "number and name contradict"),
    ("翠湖雅苑2-1-502", "unmatched", "none", "not_in_register", "another ending may be another estate"),
    ("三合村六组24号", "unmatched", "community", "not_in_register", "no such group"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "status", "level", "reason", "why"), NOT_MATCHED, ids=[row[0] for row in NOT_MATCHED])
def test_what_is_not_certain_is_never_matched(
    register: Register, text: str, status: str, level: str | None, reason: str | None, why: str
) -> None:
    found = match_one(register, text)
    assert found["status"] == status, why
    if level is not None:
        assert (found["matched_level"], found["reason"]) == (level, reason), why


@pytest.mark.parametrize(
    ("text", "level", "division"),
    [
        ("海东省临汐市港区渔港路45号", "house_number", None),
        ("海东省明川市高坪县大庙乡三合村12号", "house_number", None),
        ("海东省明川市高坪县大庙乡三合村1组", "estate", None),
        ("云岭省南泽市青田县城关镇", "street", None),
        ("江苏省南京市鼓楼区中山北路30号", "house_number", "320106"),
        ("江苏南京鼓楼区中山北路30号", "house_number", "320106"),
        ("南京市鼓楼区", "none", "320106"),
        ("北京市海淀区中关村街道", "street", "110108011"),
        ("广西壮族自治区", "none", "450000"),
    ],
)
def test_another_city_is_outside(register: Register, text: str, level: str, division: str | None) -> None:
    found = match_one(register, text)
    assert found["division_code"] == division
    assert (found["status"], found["reason"]) == ("matched", "outside")
    assert (found["address_code"], found["matched_level"]) == (None, level)


@pytest.mark.parametrize("text", [None, "", "  ", "无", "不详", "-", "暂无"])
def test_a_blank_text_says_so(register: Register, text: str | None) -> None:
    found = match_one(register, text)
    assert (found["status"], found["matched_level"], found["reason"]) == ("unmatched", "none", "no_text")


@pytest.mark.parametrize("text", ["翠" * 10_000, "1" * 10_000, "翠湖雅居" + "3-" * 3_000, "(" * 300])
def test_a_very_long_text_is_refused_quickly(register: Register, text: str) -> None:
    assert match_one(register, text)["status"] == "unmatched"


def test_columns_win_over_the_text_and_the_conflict_is_told(register: Register) -> None:
    found = match_one(register, "翠湖雅居1栋1单元501", hint_building="2", hint_unit="1", hint_room="502")
    assert (found["address_code"], found["reason"]) == ("CH-2-1-502", "column_conflict")


def test_columns_complete_the_text(register: Register) -> None:
    found = match_one(register, "朝阳街247号翠湖雅居2幢", hint_building="2", hint_unit="1", hint_room="502")
    assert (found["address_code"], found["reason"]) == ("CH-2-1-502", None)


def test_a_courtyard_is_building_one_to_the_housing_office(register: Register) -> None:
    found = match_one(register, "友谊巷42号永家大院", hint_building="1", hint_room="107")
    assert found["address_code"] == "YJ-107"


def test_the_estate_column_places_a_room(register: Register) -> None:
    assert match_one(register, "2-1-502", hint_estate="翠湖雅居")["address_code"] == "CH-2-1-502"


def test_numbers_that_do_not_exist_leave_the_estate(register: Register) -> None:
    found = match_one(register, "翠湖雅居1栋1单元503")
    assert (found["address_code"], found["estate_code"], found["room_code"]) == ("CH", "CH", None)
    assert [row["address_code"] for row in json.loads(str(found["candidates"]))] == ["CH-1-1-501", "CH-1-1-502", "CH"]
    assert "CH" in str(match_one(register, "翠湖雅居某栋")["candidates"])


def test_an_ambiguous_text_lists_its_candidates(register: Register) -> None:
    found = match_one(register, "翠湖雅居1栋501")
    assert "CH-1-1-501" in str(found["candidates"])
    assert "CH-1-2-501" in str(found["candidates"])
    assert (found["address_code"], found["building_code"]) == ("CH-1", "CH-1")


def test_the_frame_has_the_contract_columns_and_the_order_of_rows_does_not_matter(register: Register) -> None:
    rows = [
        dict.fromkeys(MENTIONS) | {"feed": "f", "record_key": str(i), "address_role": "location", "address_text": text}
        for i, (text, *_) in enumerate(MATCHED)
    ]
    mentions = pl.DataFrame(rows, schema=MENTIONS)
    found = match_addresses(mentions, register)
    assert found.schema == SCHEMA
    assert found.equals(match_addresses(mentions.reverse(), register))
