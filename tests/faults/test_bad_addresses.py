"""Bad addresses: whatever stands in the cell, there is an answer soon, and no place that it does not name."""

from __future__ import annotations

import time
from functools import cache

import polars as pl
import pytest

from pipelines.addresses.explaining.explain import Explainer
from pipelines.addresses.forms.grammar import NOISE, NOISE_HEAD, NOISE_TAIL, TOKENS, UNREAD_PART
from pipelines.addresses.forms.normal import LONGEST, STEPS, normal_form
from pipelines.addresses.match import match_addresses
from pipelines.addresses.mentions import SCHEMA
from pipelines.addresses.register.index import Register, build_register

EAST = {"province": "云岭省", "city": "云川市", "district": "川东区", "street": "青洲街道", "community": "东泉社区"}
PARTS = ("road", "house_number", "estate", "building", "unit", "floor", "room", "aliases", "status")
MOST_SECONDS = 0.05  # of one text, beside what a run costs that has nothing to read


@cache
def register() -> Register:
    site = {"road": "朝阳街", "house_number": "247号", "estate": "翠湖雅居", "aliases": "船厂宿舍"}
    rows: list[dict[str, object]] = [{"address_code": "E", **site}]
    for building in "123":
        rows.append({"address_code": f"B{building}", **site, "building": f"{building}号楼"})
        rows += [
            {
                "address_code": f"R{building}-{unit}-{room}", **site, "building": f"{building}号楼",
                "unit": f"{unit}单元", "floor": int(room[0]), "room": room,
            }
            for unit in "12"
            for room in ("101", "501")
        ]  # fmt: skip
    rows += [{"address_code": f"N{n}", "road": "友谊巷", "house_number": f"{n}号"} for n in (3, 30)]
    full = [dict.fromkeys(PARTS) | EAST | row for row in rows]
    return build_register(pl.DataFrame(full, schema_overrides={"floor": pl.Int64}))


def answers(texts: list[str]) -> list[dict[str, object]]:
    rows = [
        dict.fromkeys(SCHEMA) | {"feed": "f", "record_key": f"{n:04}", "address_role": "location", "address_text": text}
        for n, text in enumerate(texts)
    ]
    return match_addresses(pl.DataFrame(rows, schema=SCHEMA), register()).rows(named=True)


NOWHERE = {
    "empty": "",
    "blanks": " \u3000\t\n ",
    "ten thousand blanks": " " * 10_000,
    "ten thousand digits": "1" * 10_000,
    "ten thousand characters": "翠湖雅居1号楼" * 1_500,
    "a megabyte": "".join(map(chr, range(0x4E00, 0x9000))) * 60,
    "a megabyte of one line": "翠湖雅居1号楼1单元101室," * 60_000,
    "emoji": "😀👨\u200d👩\u200d👧\u200d👦🏠",
    "mixed scripts": "ул. Ленина 3 кв 501 شارع 통로",
    "only digits": "99010019900101001X",
    "a number like a room": "501",
    "numbers like a short form": "3-2-501",
    "markup": "<script>alert(1)</script>",
    "entities": "&lt;b&gt;&amp;amp;nbsp;&#x1F600;",
    "a broken tag": "<<<b <a href='",
    "a person": "王小明",
    "a person and a phone": "王小明14200000000",
    "SQL": "'; DROP TABLE master.address; --",
    "a formula": "=HYPERLINK(\"http://example.invalid\",\"1\")",
    "another formula": "+cmd|' /C calc'!A0",
    "a path": "../../etc/passwd",
    "a format string": "%s%n{0}{__class__}",
    "a regular expression": "(.*)+$",
    "controls": "\x00\x01\x02\x1b[31m\x7f\x85",
    "direction marks": "\u202e\u200f\u202b",
    "combining marks": "a" + "\u0301" * 300,
    "brackets only": "((((【【【《《《",
    "brackets that never close": "(" * 390,
    "dashes": "-" * 390,
    "units without numbers": "号楼栋幢单元层室",
    "many units": "号" * 390,
    "no place": "某某小区附近某处",
    "the noise alone": "附近" * 30,
}  # fmt: skip


@pytest.mark.parametrize("text", NOWHERE.values(), ids=NOWHERE)
def test_what_is_no_address_names_no_place(text: str) -> None:
    found = answers([text])[0]
    assert (found["status"], found["address_code"], found["room_code"]) == ("unmatched", None, None)
    assert found["reason"] in ("no_text", "too_long", "not_in_register")
    assert found["address_text"] == text
    assert len(str(found["normal_text"] or "")) <= LONGEST


ELSEWHERE = [
    "江苏省南京市鼓楼区中山北路30号",
    "北京市海淀区翠湖雅居3号楼",
    "海东省临汐市港区友谊巷30号",
    "南京市鼓楼区朝阳街247号",
]


@pytest.mark.parametrize("text", ELSEWHERE)
def test_a_place_of_another_city_is_none_of_ours(text: str) -> None:
    found = answers([text])[0]
    assert (found["address_code"], found["reason"]) == (None, "outside")


PLAIN = "翠湖雅居1号楼1单元501"
AROUND = {
    "emoji": f"🏠{PLAIN}😀",
    "zero width": "\u200b".join(PLAIN),
    "direction marks": f"\u202e{PLAIN}\u202c",
    "controls": f"\x00{PLAIN}\x1f",
    "byte order mark": f"\ufeff{PLAIN}",
    "markup": f"<td>{PLAIN}</td>",
    "entities": f"&nbsp;{PLAIN}&#160;",
    "a formula's sign": f"={PLAIN}",
    "quotes": f'"{PLAIN}"',
    "a phone": f"{PLAIN} 14200000000",
    "a person": f"{PLAIN}(户主:王某某)",
    "a person cut off": f"{PLAIN}（户主：王",
    "a doubled cell": f"{PLAIN}{PLAIN}"[: len(PLAIN)],
    "many blanks": f"{PLAIN}{' ' * 1_500}",
}


@pytest.mark.parametrize("text", AROUND.values(), ids=AROUND)
def test_what_stands_around_an_address_does_not_hide_it(text: str) -> None:
    found = answers([text])[0]
    assert (found["status"], found["address_code"]) == ("matched", "R1-1-501")


DAMAGED = [
    "翠湖雅居1号楼1单元50", "翠湖雅居11号楼1单元501", "翠湖雅居1号楼1单元5011", "翠湖雅居1号楼1单元501502",
    "翠湖雅居-1-501", "翠湖雅居1号楼3单元501", "翠湖雅居1--501", "翠湖雅居501501501", "翠湖雅居①①⑤0①",
]  # fmt: skip


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_number_is_never_taken_for_a_room(text: str) -> None:
    found = answers([text])[0]
    assert (found["status"], found["room_code"]) == ("ambiguous", None)
    assert found["address_code"] in ("E", "B1")


def test_halves_of_a_surrogate_pair_reach_no_table_and_do_no_harm() -> None:
    assert normal_form("翠湖\ud83d雅居") == "翠湖雅居"
    assert Explainer(register()).explain("翠湖雅居\udcff1号楼").decision.address_code == "B1"


def test_bad_texts_beside_a_good_one_change_nothing() -> None:
    alone = answers([PLAIN])[0]
    among = answers([PLAIN, *NOWHERE.values(), *ELSEWHERE, *DAMAGED])[0]
    assert among == alone


UNITS = [
    "-", "--", "(", "()", "号", "号号", "1", "1-", "1号", "栋", "1栋", "之", "之一", "一", "一二", "#", "1#", "A1",
    "<b ", "&a", "&#1;", "户主", "户主:", "(户主:", "地址:", "的附近", "附近", "对面", "，", "翠湖雅居", "翠湖雅",
    "云川市", "市", "路", "0571-", "1 4", "142 ", "142 0000 ", "1*", "NO.", "第1", "IV", "1楼", "1单元", "地下",
    "负1层", "甲1", "附1", "1号附", "商铺1", "东楼", "门口", "院内", "里", "家", "原", "(原", "原1,现", "旧址", "、",
    "1、", "Ⅱ", "\u0301", "ß", "😀", "一期", "江苏省", "1弄", "30号之二", "湖翠", "五组", "道",
]  # fmt: skip
SHAPES = [("", ""), ("翠湖雅居", ""), ("", "x"), ("朝阳街", "室"), ("(", ")")]


def _repeated(unit: str, length: int) -> list[str]:
    whole = (unit * length)[:length]
    return [before + whole + after for before, after in SHAPES]


@pytest.mark.parametrize("unit", UNITS)
def test_no_pattern_goes_back_over_a_text_again_and_again(unit: str) -> None:
    patterns = (TOKENS, NOISE, NOISE_TAIL, NOISE_HEAD, UNREAD_PART)
    texts = _repeated(unit, 60) + _repeated(unit, LONGEST - 10)
    started = time.process_time()
    for text in texts:
        for step in STEPS:
            step.apply(text)
        for pattern in patterns:
            sum(1 for _ in pattern.finditer(text))
    assert time.process_time() - started < MOST_SECONDS * len(texts)


def test_no_repeated_sign_makes_matching_slow() -> None:
    texts = [text for unit in UNITS for text in _repeated(unit, LONGEST - 10)]
    answers(["翠湖雅居"])
    started = time.process_time()
    found = answers(texts)
    assert time.process_time() - started < MOST_SECONDS * len(texts)
    assert not [row["address_text"] for row in found if row["room_code"] is not None]
