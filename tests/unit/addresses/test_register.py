"""The register's table, and keys of the parts."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.addresses.country.divisions import national_divisions
from pipelines.addresses.forms.keys import building_key, column_room_key, group_key, house_key, room_key, unit_key
from pipelines.addresses.register.index import LEARNED, Register, build_register

COLUMNS = [
    "address_code", "level", "province", "city", "district", "street", "community", "road", "house_number", "estate",
    "building", "unit", "floor", "room", "lon", "lat", "status", "division_code", "estate_code", "building_code",
    "unit_code", "room_code", "parent_code",
]  # fmt: skip


def test_every_row_knows_its_ancestors(register: Register, addresses: pl.DataFrame) -> None:
    table = register.table
    assert table.columns == COLUMNS
    assert table["address_code"].to_list() == sorted(addresses["address_code"].to_list())
    row = table.row(by_predicate=pl.col("address_code") == "CH-1-2-501", named=True)
    assert (row["level"], row["estate_code"], row["building_code"], row["room_code"], row["parent_code"]) == (
        "room", "CH", "CH-1", "CH-1-2-501", "CH-1",
    )  # fmt: skip
    building = table.row(by_predicate=pl.col("address_code") == "CH-1", named=True)
    assert (building["level"], building["parent_code"], building["room_code"]) == ("building", "CH", None)


@pytest.mark.parametrize(
    ("code", "level"),
    [("CH", "estate"), ("CH-1", "building"), ("CH-1-1-501", "room"), ("N30号", "house_number"), ("V五组", "estate"),
     ("V五组-24号", "house_number")],
)  # fmt: skip
def test_level_of_a_row(register: Register, code: str, level: str) -> None:
    assert register.table.filter(pl.col("address_code") == code)["level"].to_list() == [level]


def test_order_of_register_rows_does_not_matter(addresses: pl.DataFrame, register: Register) -> None:
    assert build_register(addresses.reverse()).table.equals(register.table)


def test_rows_that_have_gone_are_left_out(addresses: pl.DataFrame) -> None:
    gone = addresses.with_columns((pl.col("address_code") != "CH-1-1-501").alias("is_current"))
    assert "CH-1-1-501" not in build_register(gone).table["address_code"].to_list()


def test_aliases_may_come_as_lists(addresses: pl.DataFrame, register: Register) -> None:
    lists = addresses.with_columns(pl.col("aliases").str.split("、"))
    assert build_register(lists).roads == register.roads
    assert "翠溪街" in register.roads


def test_an_empty_register_is_a_register(addresses: pl.DataFrame) -> None:
    assert build_register(addresses.clear()).table.height == 0


@pytest.mark.parametrize(
    ("key", "text", "expect"),
    [
        (house_key, "030号", "30"), (house_key, "30号院", "30"), (house_key, "30-1号", "30-1"),
        (house_key, "30号之二", "30之二"), (house_key, "甲30号", "甲30"), (house_key, "30号附1号", "30附1"),
        (building_key, "3#楼", "3"), (building_key, "03幢", "3"), (building_key, "A座", "A"),
        (building_key, "东楼", "东"),
        (unit_key, "02单元", "2"), (unit_key, "2门", "2"),
        (room_key, "0501室", "501"), (room_key, "商铺012", "商铺12"), (room_key, "12号商铺", "商铺12"),
        (room_key, "B102", "B102"), (room_key, "地下102室", "B102"), (room_key, "负102", "B102"),
        (room_key, "地下室102", "B102"), (room_key, "B1-02", "B102"), (column_room_key, "-102", "B102"),
        (room_key, "-501室", "501"), (room_key, "底商012", "商铺12"), (room_key, "商12", "商铺12"),
        (room_key, "商业12号", "商铺12"), (room_key, "12号铺", "商铺12"), (group_key, "第5村民小组", "5组"),
        (house_key, "30号甲", "甲30"), (house_key, "30甲号", "甲30"), (house_key, "125弄", "125弄"),
        (unit_key, "2梯", "2"), (unit_key, "第2单元", "2"), (building_key, "第4栋", "4"),
    ],
)  # fmt: skip
def test_two_spellings_have_one_key(key, text: str, expect: str) -> None:  # type: ignore[no-untyped-def]
    assert key(text) == expect


@pytest.mark.parametrize(
    ("province", "city", "district", "code", "why"),
    [
        ("江苏省", "南京市", "鼓楼区", "320106", "named in full"),
        (None, "南京市", "鼓楼区", "320106", "the city exists once"),
        (None, None, "鼓楼区", None, "four cities have one"),
        ("江苏省", None, "鼓楼区", "320000", "two cities of the province have one"),
        ("江苏省", "南京市", "福田区", "320100", "what was sure stays sure"),
        ("海东省", "明川市", None, None, "no such province"),
        ("北京市", None, "海淀区", "110108", "a city that is a province"),
    ],
)
def test_divisions_are_as_deep_as_sure(
    province: str | None, city: str | None, district: str | None, code: str | None, why: str
) -> None:
    assert national_divisions().find(province, city, district) == code, why


LEARNED_ROWS = [
    ("estate", "老船厂", "CH", None),
    ("road", "官帽街", None, "和门街"),
    ("estate", "康乐花园", "CH", None),  # the register's own name stays its own
    ("road", "油坊巷", None, "和门街"),
    ("estate", "川东区", "CH", None),
    ("estate", "没有的", "no such code", None),
    ("road", "没有街", None, "也没有街"),
]


def test_learned_aliases_resolve_as_aliases_and_shadow_nothing(addresses: pl.DataFrame) -> None:
    plain = build_register(addresses)
    taught = build_register(addresses, pl.DataFrame(LEARNED_ROWS, schema=LEARNED, orient="row"))
    assert taught.estates["老船厂"] == taught.estates["船厂宿舍"]
    assert taught.roads["官帽街"] == [("和门街", "alias")]
    assert set(taught.estates) - set(plain.estates) == {"老船厂"}
    assert set(taught.roads) - set(plain.roads) == {"官帽街"}
    assert taught.estates["康乐花园"] == plain.estates["康乐花园"]
    assert taught.roads["油坊巷"] == plain.roads["油坊巷"]


def test_learned_aliases_do_not_depend_on_their_order(addresses: pl.DataFrame) -> None:
    learned = pl.DataFrame([*LEARNED_ROWS, ("estate", "老船厂", "KL", None)], schema=LEARNED, orient="row")
    one, other = build_register(addresses, learned), build_register(addresses, learned.reverse())
    assert one.estates == other.estates
    assert len(one.estates["老船厂"]) == 2


def test_a_row_of_a_floor_stands_for_no_building_and_units_need_none() -> None:
    place = ("云岭省", "云川市", "川东区", "青洲街道", "东泉社区", "朝阳街", "247号", "翠湖雅居")
    rows = [
        ("E", *place, None, None, None, None, None, "在用"),
        ("F2", *place, "3号楼", None, 2, None, None, "在用"),
        ("U1", *place, None, "1单元", None, None, None, "在用"),
        ("R", *place, "3号楼", None, 2, "201", None, "在用"),
    ]
    schema = [
        "address_code", "province", "city", "district", "street", "community", "road", "house_number", "estate",
        "building", "unit", "floor", "room", "aliases", "status",
    ]  # fmt: skip
    register = build_register(pl.DataFrame(rows, schema=schema, orient="row"))
    codes = register.table.select("address_code", "estate_code", "building_code", "unit_code", "parent_code").rows()
    assert codes == [
        ("E", "E", None, None, None),
        ("F2", "E", None, None, "E"),
        ("R", "E", None, None, "E"),
        ("U1", "E", None, "U1", "E"),
    ]
    assert register.buildings == {}
    assert register.sites[0].buildings == {"3": {""}, "": {"1"}}


def test_indexes_hold_what_the_rows_say(register: Register) -> None:
    rooms = [index for index, row in enumerate(register.rows) if row.room]
    assert rooms
    for index in rooms:
        row = register.rows[index]
        assert index in register.rooms[row.site, row.room]
        assert index in register.in_building[row.site, row.building]
        assert index in register.doors[row.site, row.building, row.unit, row.room]
        assert row.unit in register.sites[row.site].buildings[row.building]
    for found in (register.rooms, register.in_building, register.doors):
        assert sum(map(len, found.values())) == len(rooms)
    assert [row.code for row in register.rows] == register.table["address_code"].to_list()


def test_names_of_the_register_are_read_without_their_brackets(addresses: pl.DataFrame) -> None:
    north = addresses.with_columns(pl.col("estate").replace("康乐公寓", "康乐公寓（北区）"))
    register = build_register(north)
    assert "康乐公寓北区" in register.estates
    assert register.table.filter(pl.col("address_code") == "GY")["estate"].item() == "康乐公寓（北区）"
