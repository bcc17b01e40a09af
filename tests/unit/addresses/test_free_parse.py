"""Addresses of any city without a register: each row is a way in which people write."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.addresses.free.column import SCHEMA, parse_free_texts
from pipelines.addresses.free.parse import parse_free
from pipelines.addresses.free.runs import split_run

ROWS = [
    ("江苏省南京市鼓楼区湖南路街道中山北路30号", "江苏省/南京市/鼓楼区/湖南路街道//中山北路/30号/////", "in full"),
    ("中山北路30号翠湖雅居3栋2单元501室", "/////中山北路/30号/翠湖雅居/3栋/2单元//501室", "in full below the road"),
    ("翠湖雅居12-3-501", "///////翠湖雅居/12/3//501", "building, unit, room"),
    ("翠湖雅居12-1502", "///////翠湖雅居/12///1502", "building and room"),
    ("翠湖雅居12-3", "///////翠湖雅居/12/3//", "building and unit"),
    ("翠湖雅居12栋3-501", "///////翠湖雅居/12栋/3//501", "unit and room"),
    ("人民路88号富贵大厦A座12楼1203", "/////人民路/88号/富贵大厦/A座//12楼/1203", "an office tower"),
    ("人民路88号1203", "/////人民路/88号/////1203", "a room below a door"),
    ("人民路88", "/////人民路/88/////", "a door without 号"),
    ("人民路88-6号", "/////人民路/88-6号/////", "a door and its part"),
    ("人民路与解放路交叉口华联超市", "/////人民路解放路//华联超市////", "a crossing"),
    ("人民路解放路路口", "/////人民路解放路//////", "a crossing without a place"),
    ("红光村5组12号", "////红光村//12号/////", "a village group is no road"),
    ("柳林镇红光村毛塘141号", "///柳林镇/红光村//141号/毛塘////", "a hamlet"),
    ("黄河工业区解放路9号", "/////解放路/9号/黄河工业区////", "an estate before its road"),
    ("经济开发区解放路9号", "/////解放路/9号/////", "a development zone is no estate"),
    ("解放路124弄9号501室", "/////解放路/9号/////501室", "a lane"),
    ("翠湖雅居二期8幢", "///////翠湖雅居2期/8幢///", "a phase belongs to the estate"),
    ("12号大街58号", "/////12号大街/58号/////", "a road with a number"),
    ("凤阳2路148号", "/////凤阳2路/148号/////", "so too"),
    ("人民路88号对面", "/////人民路/88号/////", "a remark"),
    ("翠湖雅居8幢601室张某某收", "///////翠湖雅居/8幢///601室", "whom it is for"),
    ("义乌福田市场2楼", "//义乌市/////福田市场///2楼/", "a county-level city without its ending"),
    ("富贵大厦负二楼", "///////富贵大厦///负2楼/", "below ground"),
]  # fmt: skip
LEVELS = (
    "province", "city", "district", "street", "community", "road", "house_number", "estate", "building", "unit",
    "floor", "room",
)  # fmt: skip


@pytest.mark.parametrize(("text", "levels", "why"), ROWS)
def test_levels(text: str, levels: str, why: str) -> None:
    parse = parse_free(text)
    assert "/".join(getattr(parse, level) or "" for level in LEVELS) == levels, why


def test_parts_beside_the_twelve_levels() -> None:
    assert parse_free("红光村5组12号").group == "5组"
    assert parse_free("解放路124弄9号").lane == "124弄"
    assert parse_free("经济开发区解放路9号").zone == "经济开发区"
    assert parse_free("翠湖雅居二期8幢").phase == "2期"
    assert parse_free("湖北省襄樊市樊城区").old_name == "襄樊市"


@pytest.mark.parametrize(
    "text", ["", "5", "号", "------", "A", "😀", "路" * 50, "1" * 200, "村村村村", "<b>路</b>", "\x00"]
)
def test_nonsense_is_no_error(text: str) -> None:
    parse_free(text)


def test_ten_thousand_characters_are_no_trouble() -> None:
    parse_free("中山路与" * 2500)
    parse_free("1-" * 5000)


@pytest.mark.parametrize(
    ("run", "pieces"),
    [
        ("横塘村笕丁路", ["community:横塘村", "road:笕丁路"]),
        ("文一西路与狮山路交叉口同城印象", ["road:文一西路", "road:狮山路", "place:同城印象"]),
        ("塘口工业区罗山二路", ["place:塘口工业区", "road:罗山二路"]),
        ("文三新村", ["place:文三新村"]),
        ("迎宾大道", ["road:迎宾大道"]),
        ("", []),
    ],
)
def test_runs_of_names(run: str, pieces: list[str]) -> None:
    assert [f"{piece.kind}:{piece.text}" for piece in split_run(run)] == pieces


def test_a_column_keeps_its_order_and_its_nulls() -> None:
    texts = pl.Series(["翠湖雅居12-3-501", None, "江苏南京鼓楼区湖南路街道", "翠湖雅居12-3-501", ""])
    found = parse_free_texts(texts)
    assert found.schema == SCHEMA
    assert found["estate"].to_list() == ["翠湖雅居", None, None, "翠湖雅居", None]
    assert found["division_code"].to_list() == [None, None, "320106003", None, None]
    assert found["division_level"].to_list() == [None, None, "street", None, None]
    for index, text in enumerate(texts.to_list()):
        assert text is None or found["room"][index] == parse_free(text).room
