"""Unruly addresses: their truth can be derived, their shares are those asked for, and the same seed gives the same."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from test_city_generate import digests

from pipelines.city import generate_city
from pipelines.city.feeds.police_addresses import address_rows
from pipelines.city.unruly import Mix
from pipelines.city.words import places as words
from pipelines.city.words import unruly
from pipelines.city.world import World, build_world
from pipelines.city.writing.addresses import write_addresses
from pipelines.city.writing.dice import Dice
from pipelines.city.writing.door_text import Door, write_door, write_door_backwards
from pipelines.city.writing.estate_names import split_estate
from pipelines.city.writing.outside import write_outside
from pipelines.city.writing.reader import NOWHERE, Claim, Reader
from pipelines.city.writing.slips import change_digit, other_phase, slip

WORDED = re.compile(r"^(\d+)(?:栋|幢|号楼)(\d+)单元(\d{3,4})室?$")


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(4_000, 1, 5, "unruly", date(2026, 3, 1))


@pytest.fixture(scope="module")
def written(world: World) -> pl.DataFrame:
    """Every home of the city written once by the civil affairs department, with its register row."""
    homes = world.places.homes
    errors = world.habits("civil_affairs").address
    texts = write_addresses(np.random.default_rng(1), world.places, homes, errors, 0.3)
    return pl.concat([texts.drop("place"), world.places.register[homes]], how="horizontal")


def kinds(column: str = "damage") -> pl.Expr:
    return pl.col(column).str.split("|").list.get(0).str.split("+")


def flat(text: str) -> str:
    return re.sub(r"[\s,，]", "", unicodedata.normalize("NFKC", text))


def test_the_same_seed_gives_the_same_files_and_another_mix_others(tmp_path: Path) -> None:
    made = []
    for name, mix in (("a", None), ("b", Mix("tuning")), ("c", Mix("held_out"))):
        generate_city(tmp_path / name, tmp_path / f"{name}_truth", 300, 1, 3, "unruly", mix=mix)
        made.append({**digests(tmp_path / name), **digests(tmp_path / f"{name}_truth")})
    assert made[0] == made[1]
    assert made[0] != made[2]


def test_what_a_text_supports_is_the_true_place_or_holds_it(written: pl.DataFrame) -> None:
    target = pl.col("supported_place")
    own = written.filter(target.is_not_null()).select(
        pl.when(pl.col("supported_level") == "room").then(target == pl.col("place"))
        .when(pl.col("supported_level").is_in(["unit", "building"])).then(target == pl.col("building_place"))
        .when(pl.col("supported_level") == "estate").then(target == pl.col("estate_place"))
        .otherwise(target == pl.col("building_place"))
        .alias("ok")
    )["ok"]  # fmt: skip
    assert len(own) > 1_000
    assert own.all()
    assert written.filter(target.is_null())["supported_level"].unique().to_list() == ["none"]


def test_an_undamaged_text_supports_its_place_and_holds_its_parts(written: pl.DataFrame) -> None:
    whole = written.filter((pl.col("damage") == "none") & pl.col("in_register"))
    assert len(whole) > 300
    assert (whole["supported_place"] == whole["place"]).all()
    for text, road, number, estate, room in whole.select("text", "road", "house_number", "estate", "room").iter_rows():
        assert (estate is not None and estate in flat(text)) or f"{road}{number}" in flat(text)
        assert room is None or room in flat(text)


def test_a_room_without_its_unit_is_supported_only_where_the_building_has_it_once(written: pl.DataFrame) -> None:
    lost = written.filter(pl.col("damage").str.contains(r"^missing_unit(\||$)") & pl.col("in_register"))
    assert len(lost) > 30
    once = lost.filter(pl.col("supported_level") == "room")
    assert once["door_unique"].all()
    assert not lost.filter(pl.col("supported_level") == "building")["door_unique"].any()


def test_a_digit_is_a_lie_exactly_where_its_door_stands_in_the_register(world: World) -> None:
    register = world.places.register.filter("in_register")
    doors = set(register.filter(pl.col("unit_no") > 0).select("estate", "building_no", "unit_no", "room").iter_rows())
    homes = world.places.homes[world.places.register["kind"].to_numpy()[world.places.homes] == "estate"]
    errors = Mix(digit_share=0.5).errors("property")
    texts = write_addresses(np.random.default_rng(6), world.places, homes, errors, 0.9, room_only=True)
    estates = world.places.register["estate"][homes]
    checked = {True: 0, False: 0}
    for estate, text, damage in zip(estates, texts["text"], texts["damage"], strict=True):
        if not re.match(r"digit!?(\||$)", damage):
            continue
        door = WORDED.match(flat(text))
        if door is None:
            continue
        lies = damage.startswith("digit!")
        numbered = {(int(b), int(u), r.lstrip("0")) for e, b, u, r in doors if e == estate}
        assert ((int(door[1]), int(door[2]), door[3].lstrip("0")) in numbered) is lies, (estate, text)
        checked[lies] += 1
    assert min(checked.values()) > 20


def test_shares_of_damage_are_near_the_rates(world: World, written: pl.DataFrame) -> None:
    errors = Mix().errors("civil_affairs")
    damaged = written.filter(kinds().list.eval(~pl.element().is_in(["none", "gap", "digit", "digit!"])).list.any())
    assert len(damaged) / len(written) == pytest.approx(errors.share, abs=0.05)
    for share in (0.0, 0.1):
        some = Mix(digit_share=share).errors("civil_affairs")
        texts = write_addresses(np.random.default_rng(2), world.places, world.places.homes, some, 0.3)
        digits = texts.filter(pl.col("damage").str.contains("digit"))
        assert len(digits) / len(texts) == pytest.approx(share, abs=0.015)


def test_names_of_the_held_out_mix_are_its_own() -> None:
    mixes = [build_world(3_000, 1, 5, "unruly", date(2026, 3, 1), Mix(name)) for name in ("tuning", "held_out")]
    for column in ("road", "nickname", "old_road"):
        tuned, other = (set(w.places.register[column].drop_nulls()) for w in mixes)
        assert tuned
        assert other
        assert not tuned & other, column
    stems = [
        {split_estate(n)[0] for n in w.places.register.filter(pl.col("kind") == "estate")["estate"]} for w in mixes
    ]
    assert not stems[0] & stems[1]
    assert mixes[0].outside != mixes[1].outside
    for key in ("estate_names", "estate_kinds", "road_names", "old_road_words", "communities", "streets"):
        assert len(set(unruly()["held_out"][key])) == len(words()[key]), key


def test_the_register_has_gaps_and_doors_with_two_codes(world: World) -> None:
    kept, register = address_rows(world).frame, world.places.register
    assert kept["地址编码"].is_unique().all()
    parts = ["社区", "街路巷", "门牌号", "小区", "楼栋", "单元", "户室"]
    twice = kept.filter(kept.select(parts).is_duplicated())
    assert 0 < len(twice) < len(kept) * 0.01
    missing = register.filter(~pl.col("address_code").is_in(kept["地址编码"].implode()))
    assert 0 < len(missing) < len(register) * 0.01
    assert set(missing["level"]) == {"room"}


@pytest.mark.parametrize(
    ("form", "expect"),
    [
        ("slashes", "3/2/501"), ("hash", "3#2-501"), ("hash_unit", "3#2单元501"), ("dash_unit", "3-2单元501室"),
        ("dots", "3.2.501"), ("tower", "3座2单元501室"),
    ],
)  # fmt: skip
def test_short_forms(form: str, expect: str) -> None:
    dice = Dice(np.random.default_rng(1))
    assert write_door(Door(3, 2, floor=5, room="501"), form, dice) == expect
    assert write_door(Door(3, 2, lettered=True, room="501"), form, dice) == expect.replace("2", "B", 1)


def test_forms_in_words() -> None:
    dice = Dice(np.random.default_rng(1))
    door = Door(21, 2, floor=5, room="501")
    assert re.fullmatch("二十一(栋|号楼|幢)二单元五[零〇]一[室号]?", write_door(door, "all_chinese", dice))
    assert write_door(door, "door", dice).startswith("21号楼2门501")
    assert re.fullmatch("501室21(栋|号楼|幢)2单元", write_door_backwards(door, dice))
    assert write_door(Door(), "words", dice) == ""
    shops = {write_door(Door(3, room="2", shop=True), "tower", dice) for _ in range(50)}
    assert all("2" in shop and shop.startswith("3") for shop in shops)
    assert any("门面" in shop for shop in shops)


def register_frame() -> pl.DataFrame:
    """Two phases of one estate, a house with rooms, and the same village group in two villages."""
    rows: list[dict[str, object]] = []

    def add(kind: str, level: str, estate_place: int | None, building_place: int | None, **more: object) -> int:
        place = len(rows)
        empty = dict.fromkeys(("road", "house_number", "estate", "building", "room", "nickname", "old_road"))
        rows.append(
            {"place": place, "kind": kind, "level": level, "community": "甲社区", "street": "东街道",
             "district": "东区", "building_no": 0, "unit_no": 0, "in_register": True, **empty,
             "estate_place": place if estate_place == NOWHERE else estate_place,
             "building_place": place if building_place == NOWHERE else building_place, **more}
        )  # fmt: skip
        return place

    for estate, number in (("翠湖花园一期", "1号"), ("翠湖花园二期", "3号")):
        named = {"estate": estate, "road": "中山路", "house_number": number}
        site = add("estate", "estate", NOWHERE, None, **named)
        for building in (1, 2):
            own = add("estate", "building", site, NOWHERE, building_no=building, building=f"{building}栋", **named)
            for unit, room in ((1, "501"), (2, "501"), (2, "602" if estate.endswith("二期") else "603")):
                add("estate", "room", site, own, building_no=building, unit_no=unit, room=room, **named)
    house = add("house", "house_number", None, NOWHERE, road="中山路", house_number="30号")
    add("house", "room", None, house, road="中山路", house_number="30号", room="101")
    for village in ("石村", "柳村"):
        group = add("village", "estate", NOWHERE, None, estate="五组", community=village)
        add("village", "house_number", group, NOWHERE, estate="五组", community=village, house_number="7号")
    return pl.DataFrame(rows, infer_schema_length=None)


BOTH = ("翠湖花园一期", "翠湖花园二期")


@pytest.mark.parametrize(
    ("claim", "level", "place", "why"),
    [
        (Claim(BOTH[:1], exact=True, building=1, unit=1, room="501"), "room", 2, "all parts"),
        (Claim(BOTH[:1], exact=True, building=1, room="501"), "building", 1, "two units have 501"),
        (Claim(BOTH[:1], exact=True, building=1, room="603"), "room", 4, "one unit has 603"),
        (Claim(BOTH[:1], exact=True, building=1, unit=2), "unit", 1, "a unit has no row, its building has"),
        (Claim(BOTH[:1], exact=True, building=9, room="501"), "estate", 0, "no such building"),
        (Claim(BOTH[:1], exact=True, building=1, unit=1, room="999"), "estate", 0, "no such room"),
        (Claim(BOTH, building=1, unit=1, room="501"), "none", NOWHERE, "the phase is missing"),
        (Claim(BOTH, building=1, unit=2, room="602"), "room", 13, "only the second phase has 602"),
        (Claim(BOTH, roads=("中山路",), number="3号", building=2), "building", 14, "the house number tells the phase"),
        (Claim(()), "none", NOWHERE, "a nickname nobody knows"),
        (Claim(roads=("中山路",), number="30号", room="101"), "room", 19, "an old house"),
        (Claim(roads=("中山路",), number="30号", room="102"), "house_number", 18, "no such room in it"),
        (Claim(group="五组", number="7号"), "none", NOWHERE, "two villages have a 五组"),
        (Claim(group="五组", number="7号", community="柳村"), "house_number", 23, "the village tells which"),
        (Claim(group="五组", number="8号", community="柳村"), "none", NOWHERE, "no such house in the group"),
        (Claim(BOTH[:1], exact=True, district="西区", building=1), "building", 1, "a wrong district is outweighed"),
        (Claim(community="甲社区", building=1, unit=2, room="602"), "room", 13, "one estate of it has that door"),
        (Claim(community="甲社区", building=1, unit=1, room="501"), "none", NOWHERE, "both estates of it have it"),
        (Claim(community="甲社区"), "none", NOWHERE, "a community alone"),
        (Claim(site=9, building=2, unit=1, room="501"), "room", 15, "the estate stands in a column"),
    ],
)
def test_the_reader_finds_the_deepest_certain_place(claim: Claim, level: str, place: int, why: str) -> None:
    assert Reader(register_frame()).read(claim) == (level, place), why


def test_a_garbled_name_stands_for_all_that_are_as_near() -> None:
    reader = Reader(register_frame())
    assert reader.near_estates("翠胡花园一期", "翠湖花园一期") == ("翠湖花园一期",)
    assert reader.near_estates("翠湖花园期", "翠湖花园一期") == BOTH


def test_slips_keep_the_length_they_should() -> None:
    dice = Dice(np.random.default_rng(3))
    for _ in range(200):
        assert len(str(slip("翠湖花园", "homophone", dice))) == 4
        assert len(str(slip("翠湖花园", "dropped", dice))) == 3
        assert len(str(slip("翠湖花园", "doubled", dice))) == 5
        assert sorted(str(slip("翠湖花园", "transposed", dice))) == sorted("翠湖花园")
        changed = change_digit("501", dice)
        assert changed != "501"
        assert changed[0] != "0"
        assert other_phase("翠湖花园二期", dice) in {
            f"翠湖花园{f}" for f in ("2期", "II期", "（二期）", "(2期)", "Ⅱ期")
        }
    assert slip("翠湖", "dropped", dice) is None


def test_addresses_elsewhere_lead_to_one_county_but_where_its_name_is_shared(world: World) -> None:
    errors = Mix("held_out").errors("police")
    counties = unruly()["held_out"]["outside"]
    index = np.arange(3_000) % len(counties)
    found = write_outside(np.random.default_rng(4), world.places, counties, index, errors)
    county = pl.Series([counties[i][3] for i in index])
    unclear = found.filter(pl.col("level") == "province")
    assert 0 < len(unclear) < 300
    assert county.filter(found["level"] == "province").is_in(unruly()["shared_districts"]).all()
    assert unclear["damage"].str.starts_with("outside|no_city").all()
