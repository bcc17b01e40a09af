"""What each step makes of a text, in which order, and what it must leave alone."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest

from pipelines.addresses.forms.normal import LONGEST, STEPS, normal_form, normal_forms, trace_steps
from pipelines.addresses.match import match_addresses
from pipelines.addresses.mentions import SCHEMA as MENTIONS
from pipelines.addresses.register.index import Register

LONG = "".join(map(chr, range(0x4E00, 0x4E00 + LONGEST + 1)))  # a cell without anything repeated
# text, normal form, steps, why
CASES = [
    ("翠湖雅居３号楼", "翠湖雅居3号楼", "width", "full-width digits"),
    ("翠湖雅居ａ座", "翠湖雅居A座", "width", "full-width letters, upper case"),
    ("３—２—５０１", "3-2-501", "width,dashes", "full-width short form"),
    ("3 - 2 - 501", "3-2-501", "spaces", "a short form with air"),
    ("翠 湖\u3000雅\u00a0居\t3\n栋", "翠湖雅居3栋", "width,spaces", "spaces of every kind"),
    ("3\u200b \u200b2\u200b \u200b501", "3-2-501", "spaces", "marks beside spaces part no numbers"),
    ("翠湖\u200b雅居\ufeff3栋\u202e", "翠湖雅居3栋", "spaces", "marks that show nothing"),
    ("3~2–501", "3-2-501", "dashes", "what stands for a dash"),
    ("3一2一501", "3-2-501", "dashes", "一 between digits is a dash"),
    ("川東區東風後街號", "川东区东风后街号", "script", "traditional characters"),
    ("乾县城关镇", "乾县城关镇", "", "乾 is simplified here"),
    ("三号楼二单元五零一室", "3号楼2单元501室", "numerals", "numerals before units"),
    ("三十号院", "30号院", "numerals", "before 号院"),
    ("二十三栋叁单元", "23栋3单元", "numerals", "by place, and formal"),
    ("二栋一单元三零二", "2栋1单元302", "numerals", "a bare room after a unit"),
    ("A座二单元六〇一碧桂名城", "A座2单元601碧桂名城", "numerals", "the same before the estate"),
    ("中山西路865号三零二", "中山西路865号302", "numerals", "a room without 室 after the house number"),
    ("3栋五四三路口", "3栋五四三路口", "", "a road's name after a part"),
    ("30号之2", "30号之二", "numerals", "之 gets its numeral"),
    ("东方新村Ⅱ期", "东方新村2期", "width", "Roman numeral before 期"),
    ("东方新村II期", "东方新村2期", "numerals", "the same in letters"),
    ("Ⅲ单元ⅳ栋", "3单元4栋", "width", "Roman numerals before other units"),
    ("第四栋第二单元", "4栋2单元", "numerals", "第 before a unit"),
    ("第九街第五村民小组", "第九街第5村民小组", "numerals", "第 in names and groups"),
    ("3栋二门501", "3栋2门501", "numerals", "门 after a building"),
    ("西楼六零六（黄河弄361号院）", "西楼606黄河弄361号院", "width,numerals,brackets", "a room before a bracket"),
    ("1号楼一零一(自住)", "1号楼101", "numerals,remarks", "who stays there"),
    ("1号楼101(李姐家)", "1号楼101", "remarks", "whose home it is"),
    ("1号楼101家中", "1号楼101", "noise", "at home"),
    ("住在翠湖雅居2栋", "翠湖雅居2栋", "noise", "lives in"),
    ("康乐花园V座", "康乐花园V座", "", "a letter names a building"),
    ("朝阳街No.247", "朝阳街247号", "width,signs", "No. before a number"),
    ("朝阳街№247号", "朝阳街247号", "width,signs", "the sign for No."),
    ("翠湖雅居#3", "翠湖雅居3#", "signs", "# before the building"),
    ("翠湖雅居#3楼", "翠湖雅居3#楼", "signs", "# and 楼"),
    ("翠湖雅居3#2-501", "翠湖雅居3#2-501", "", "# after the building"),
    ("翠湖雅居三#101", "翠湖雅居3#101", "numerals", "# after a numeral"),
    ("翠湖雅居3栋#501", "翠湖雅居3栋501", "signs", "# before the room"),
    ("翠湖雅居3栋5O1", "翠湖雅居3栋501", "signs", "a letter O among digits"),
    ("翠湖雅居3栋501 14200000001", "翠湖雅居3栋501", "phone,spaces", "a phone after the room"),
    ("翠湖雅居3栋501 0999-8888888", "翠湖雅居3栋501", "phone,spaces", "a landline"),
    ("翠湖雅居3栋501电话：142 0000 0001", "翠湖雅居3栋501", "width,phone,spaces", "a phone in groups"),
    ("翠湖雅居3栋501,142****0001", "翠湖雅居3栋501", "phone,spaces,noise", "a masked phone"),
    ("翠湖雅居3栋501(户主:王某某)", "翠湖雅居3栋501", "remarks", "who lives there"),
    ("翠湖雅居3栋501（户主：王", "翠湖雅居3栋501", "width,remarks", "cut off by the width of the column"),
    ("翠湖雅居3栋501业主王某某", "翠湖雅居3栋501", "remarks", "without brackets and colon"),
    ("3号业主委员会", "3号业主委员会", "", "an office is no person"),
    ("朝阳街247号3栋(翠湖雅居)", "朝阳街247号3栋翠湖雅居", "brackets", "what brackets hold stays"),
    ("《翠湖雅居》【3栋】501", "翠湖雅居3栋501", "brackets", "other brackets"),
    ("2栋1102（11楼）", "2栋1102,11楼", "width,brackets", "numbers stay apart"),
    ("云川市云川市川东区", "云川市川东区", "repeats", "the city twice"),
    ("云川市川东区云川市川东区翠湖雅居", "云川市川东区翠湖雅居", "repeats", "both twice"),
    ("翠湖雅居翠湖雅居3栋", "翠湖雅居3栋", "repeats", "the estate twice"),
    ("东风路东风路社区", "东风路东风路社区", "", "a road and the community named after it"),
    ("翠湖雅居2栋附近", "翠湖雅居2栋", "noise", "how near"),
    ("翠湖雅居2栋斜对面。", "翠湖雅居2栋", "noise", "how near, and a stop"),
    ("家庭住址：翠湖雅居2栋", "翠湖雅居2栋", "width,noise", "a label"),
    ("对面坪村3组", "对面坪村3组", "", "a name that begins like noise"),
    ("翠湖雅居&nbsp;3栋<br/>501", "翠湖雅居3栋501", "markup,width,spaces", "a web page's markup"),
    ("翠湖雅居<A座>", "翠湖雅居A座", "brackets", "no tag"),
    ("翠湖雅居😀3栋", "翠湖雅居😀3栋", "", "what no step knows stays"),
    ("", "", "", "nothing"),
]  # fmt: skip
NAMES = [
    "五一路",
    "三里屯",
    "八一小区",
    "一品江南",
    "十里铺",
    "第九街",
    "五四大街",
    "百万庄",
    "千灯镇",
    "一五一公路",
    "二七塔",
]


@pytest.mark.parametrize(("text", "expect", "steps", "why"), CASES, ids=[case[3] for case in CASES])
def test_a_step_does_what_it_is_for(text: str, expect: str, steps: str, why: str) -> None:
    found = normal_forms(pl.Series([text])).row(0, named=True)
    assert (normal_form(text), found["normal_text"] or "", found["steps"]) == (expect, expect, steps), why


@pytest.mark.parametrize("name", NAMES)
def test_a_name_with_a_numeral_stays(name: str) -> None:
    assert trace_steps(name) == []
    assert normal_form(f"{name}三号") == f"{name}3号"


def test_the_trace_leads_from_the_text_to_its_normal_form() -> None:
    text = "家庭住址：雲川市雲川市翠湖雅居三號樓２單元 501（户主：王某某）附近"
    changes = trace_steps(text)
    assert changes[0].before == text
    assert changes[-1].after == normal_form(text) == "云川市翠湖雅居3号楼2单元501"
    assert all(one.after == other.before for one, other in pairwise(changes))
    told = normal_forms(pl.Series([text]))["steps"][0].split(",")
    assert {change.step.name for change in changes} == set(told)
    assert told == [step.name for step in STEPS if step.name in told]


def test_a_column_keeps_its_order_and_is_not_changed_itself() -> None:
    texts = pl.Series("t", ["三号楼", None, "翠 湖", "三号楼", "", "无", "ａ" * 3_000, " " * 3_000, LONG])
    kept = texts.to_list()
    found = normal_forms(texts)
    assert texts.to_list() == kept
    assert found["normal_text"].to_list() == ["3号楼", None, "翠湖", "3号楼", None, None, None, None, None]
    assert found["steps"].to_list()[:5] == ["numerals", "", "spaces", "numerals", ""]
    assert [text is not None and len(text) > LONGEST for text in found["plain"]] == [False] * 6 + [True, False, True]


def test_a_match_keeps_what_was_read_and_the_steps(register: Register) -> None:
    texts = ["翠湖雅居２棟一单元502（户主：王某）", "翠湖雅居2-1-502", None, LONG]
    rows = [
        dict.fromkeys(MENTIONS) | {"feed": "f", "record_key": str(i), "address_role": "location", "address_text": text}
        for i, text in enumerate(texts)
    ]
    found = match_addresses(pl.DataFrame(rows, schema=MENTIONS), register)
    assert found["address_text"].to_list() == texts
    assert found["normal_text"].to_list() == ["翠湖雅居2栋1单元502", "翠湖雅居2-1-502", None, None]
    assert found["steps"].to_list() == ["width,script,numerals,remarks", "", "", ""]
    assert found["address_code"].to_list() == ["CH-2-1-502", "CH-2-1-502", None, None]
    assert found["reason"].to_list()[2:] == ["no_text", "too_long"]
