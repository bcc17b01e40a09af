"""Laws of address resolution: normal forms settle, what is written is read back, and nothing unrelated matters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl
import pytest
from address_render import AROUND, BUILDINGS, FLOORS, HOUSES, ROOMS, SHORT, UNITS, Below, below, han
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipelines.addresses.explaining.explain import Explainer
from pipelines.addresses.forms.normal import STEPS, normal_form, normal_forms
from pipelines.addresses.match import match_addresses, resolve_texts
from pipelines.addresses.mentions import HINTS, SCHEMA
from pipelines.addresses.register.index import Register, build_register

COLUMNS = (
    "address_code", "province", "city", "district", "street", "community", "road", "house_number", "estate",
    "building", "unit", "floor", "room", "aliases", "status",
)  # fmt: skip
SCHEMA_IN = dict.fromkeys(COLUMNS, pl.String) | {"floor": pl.Int64}
EAST = ("云岭省", "云川市", "川东区", "青洲街道", "东泉社区")
WEST = ("云岭省", "云川市", "望云区", "长坊街道", "白龙社区")
VILLAGE = ("云岭省", "云川市", "川东区", "石关镇", "三合村")

NASTY = st.text(
    st.sampled_from(
        "翠湖三十二百〇五之号號樓栋幢座单元层室市路组期户主王电话附近对面地址原现#＃№-－—~一()（）【】<>《》&;:：,，。"
        " \u3000\u200b\n\t\u202e\u0301０１２3ⅡaＡzOIVXßİǆﬁ½㎡①😀"
    ),
    max_size=40,
)
FRAGMENTS = [
    "翠湖雅居",
    "三号楼",
    "二单元",
    "501",
    "５０１",
    "（户主：王某）",
    "(",
    ")",
    "14200000000",
    "云川市",
    "云川市云川市",
    "(原",
    "现",
    "原地址",
    "附近",
    "对面",
    "地址:",
    "No.",
    "№",
    "#3",
    "#",
    "&amp;",
    "&lt;b&gt;",
    "<br>",
    "之2",
    "一",
    "-",
    "－",
    "东方新村Ⅱ期",
    "三零一",
    "号",
    "\u200b",
    "户主:张三",
    "，",
]
PIECES = st.lists(st.sampled_from([*FRAGMENTS, " ", "142 0000 0000"]), max_size=12).map("".join)
ANY = st.one_of(NASTY, PIECES, st.text(max_size=30))


@given(st.lists(ANY, min_size=1, max_size=12))
@settings(max_examples=30, deadline=None)
def test_the_normal_form_is_its_own_normal_form_in_one_and_in_a_column(texts: list[str]) -> None:
    single = [normal_form(text) for text in texts]
    assert [normal_form(text) for text in single] == single
    writable = pl.Series([text.encode("utf-8", "ignore").decode() for text in texts])
    found = normal_forms(writable)
    assert [text or "" for text in found["plain"].to_list()] == [
        "" if text in ("无", "不详", "NULL", "-", "/", "暂无", "未知") else text for text in single
    ]


@pytest.mark.parametrize("step", STEPS, ids=[step.name for step in STEPS])
@given(st.lists(ANY, min_size=1, max_size=8))
@settings(max_examples=20, deadline=None)
def test_every_step_is_done_once_and_is_the_same_for_a_column(step, texts: list[str]) -> None:  # type: ignore[no-untyped-def]
    once = [step.apply(text) for text in texts]
    assert [step.apply(text) for text in once] == once
    writable = [text.encode("utf-8", "ignore").decode() for text in texts]
    column = pl.Series(writable)
    assert step.over(column).to_list() == [step.apply(text) for text in writable]
    assert column.to_list() == writable, "a step never changes what it was given"


NUMBERS = (3, 12, 30, 247)
BUILT = {"1": (1, 2), "2": (1, 2), "3": (None,), "11": (1, 2, 3), "12": (1,)}
DOORS = ("101", "102", "501", "502", "1102")
Row = tuple[object, ...]


def _row(code: str, place: tuple[str, ...], **parts: object) -> Row:
    told = dict(zip(COLUMNS[1:6], place, strict=True)) | {"address_code": code, "status": "在用"} | parts
    return tuple(told.get(name) for name in COLUMNS)


def _estate(
    code: str, place: tuple[str, ...], buildings: Mapping[str, tuple[int | None, ...]], **site: str
) -> list[Row]:
    rows = [_row(code, place, **site)]
    for building, units in buildings.items():
        rows.append(_row(f"{code}-{building}", place, **site, building=building))
        rows += [
            _row(
                f"{code}-{building}-{unit or 0}-{door}", place, **site, building=building,
                unit=None if unit is None else f"{unit}单元", floor=int(door[:-2]), room=door,
            )
            for unit in units
            for door in DOORS
        ]  # fmt: skip
    return rows


def _rows() -> list[Row]:
    rows = _estate(
        "CH", EAST, {f"{b}号楼": units for b, units in BUILT.items()},
        road="朝阳街", house_number="247号", estate="翠湖雅居", aliases="船厂宿舍、翠溪街",
    )  # fmt: skip
    for phase, number in (("一期", "35号"), ("二期", "37号")):
        site = {"road": "龙泓西路", "house_number": number, "estate": f"东方新村{phase}"}
        rows += _estate(f"DF{phase}", WEST, {"1栋": (1, 2), "2栋": (1,)}, **site)
    rows += _estate("KL", WEST, {"A座": (1,), "B座": (1, 2)}, road="钟楼西路", house_number="153号", estate="康乐花园")
    rows += _estate(
        "GY", WEST, {"东楼": (None,), "西楼": (None,)}, road="钟楼路", house_number="325号", estate="康乐公寓"
    )
    rows += _estate("WY", EAST, {"1号楼": (1, 2)}, road="五一路", house_number="8号", estate="八一小区")
    for number in NUMBERS:
        for written, key in {write(number) for name, write in HOUSES.items() if name in REGISTERED}:
            rows.append(_row(f"N{key}", EAST, road="友谊巷", house_number=written))
            rows.append(_row(f"N{key}-101", EAST, road="友谊巷", house_number=written, room="101"))
    for group in ("五组", "十二组"):
        rows += [_row(f"V{group}-{n}", VILLAGE, estate=group, house_number=f"{n}号") for n in (4, 24, 31)]
    return rows


REGISTERED = ("plain", "dash", "zhi", "stem", "annex short", "letter")


@cache
def rich_register() -> Register:
    return build_register(pl.DataFrame(_rows(), schema=SCHEMA_IN, orient="row"))


@cache
def explainer() -> Explainer:
    return Explainer(rich_register())


HEADS = st.sampled_from(
    ["", "川东区", "青洲街道", "云川市川东区青洲街道东泉社区", "云岭省云川市川东区", "云川市云川市"]
)
BUILDING = st.one_of(st.integers(1, 36).map(str), st.sampled_from("ABCD"))
PARTS = st.builds(
    Below,
    building=BUILDING,
    unit=st.one_of(st.none(), st.integers(1, 12)),
    floor=st.one_of(st.none(), st.integers(1, 33)),
    room=st.one_of(st.none(), st.tuples(st.integers(1, 33), st.integers(1, 12)).map(lambda n: f"{n[0]}{n[1]:02}")),
)


def _read(text: str) -> tuple[str | None, str | None, str | None, int | None, str | None]:
    """House, building, unit, floor and room as they were read, a bare number at the end being the room."""
    reading = explainer().read(normal_form(text))
    parse, parts = reading.parse, reading.parts
    loose = list(parts.loose)
    room = parts.room or (loose.pop() if loose else None)
    building = parts.building or (loose.pop(0) if loose else None)
    unit = parts.unit or (loose.pop(0) if loose else None)
    assert not loose, text
    assert parse.estates, text
    assert parse.estates[0][0].name == "翠湖雅居", text
    return parse.house, building, unit, parts.floor, room.lstrip("0") if room is not None else None


@given(
    HEADS, st.sampled_from(sorted(HOUSES)), st.sampled_from(NUMBERS), PARTS, st.sampled_from(sorted(BUILDINGS)),
    st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(FLOORS)), st.sampled_from(sorted(ROOMS)),
    st.sampled_from(sorted(AROUND)),
)  # fmt: skip
@settings(max_examples=50, deadline=None)
def test_parts_that_are_written_out_are_read_back(
    head: str, house: str, number: int, parts: Below, building: str, unit: str, floor: str, room: str, around: str
) -> None:
    written, key = HOUSES[house](number)
    tail = "".join(below(parts, building, unit, floor, room))
    text = AROUND[around](f"{head}朝阳街{written}翠湖雅居{tail}")
    told = parts.floor if FLOORS[floor](1) else None
    unit_key = None if parts.unit is None else str(parts.unit)
    assert _read(text) == (key, parts.building, unit_key, told, parts.room), (text, normal_form(text))


@given(
    st.sampled_from(["翠湖雅居", "朝阳街247号", "朝阳街二百四十七号翠湖雅居", "船厂宿舍", "东泉社区翠湖雅居"]),
    st.sampled_from(sorted(BUILT)), st.data(), st.sampled_from(sorted(SHORT)), st.sampled_from(sorted(AROUND)),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_a_short_form_finds_its_room(head: str, building: str, data: st.DataObject, short: str, around: str) -> None:
    unit = data.draw(st.sampled_from(BUILT[building]))
    door = data.draw(st.sampled_from(DOORS))
    text = AROUND[around](head + SHORT[short](building, unit, door))
    assert _codes([text]) == [f"CH-{building}号楼-{unit or 0}-{door}"], (text, normal_form(text))


def _codes(texts: list[str]) -> list[str | None]:
    asked = pl.DataFrame({"address_text": texts}, schema={"address_text": pl.String})
    asked = asked.with_columns(pl.lit(None, pl.String).alias(hint) for hint in HINTS)
    found = resolve_texts(asked, rich_register())
    return [code if status == "matched" else None for code, status in found.select("address_code", "status").rows()]


SITES = {
    "CH": [
        "翠湖雅居",
        "朝阳街247号翠湖雅居",
        "朝阳街247号",
        "川东区青洲街道东泉社区朝阳街247号翠湖雅居",
        "翠溪街247号",
    ],
    "DF一期": [
        "东方新村一期",
        "龙泓西路35号东方新村一期",
        "東方新村1期",
        "东方新村（一期）",
        "东方新村Ⅰ期",
        "龙泓西路35号",
    ],
    "DF二期": ["东方新村二期", "望云区东方新村2期", "东方新村Ⅱ期", "龙泓西路三十七号"],
    "KL": ["康乐花园", "钟楼西路153号", "白龙社区康乐花园"],
    "GY": ["康乐公寓", "钟楼路325号", "钟楼路三百二十五号康乐公寓"],
    "WY": ["八一小区", "五一路8号", "五一路八号八一小区"],
}
WORDS = {
    "号楼": ("号楼", "栋", "幢", "#", "座"),
    "栋": ("栋", "号楼", "幢"),
    "座": ("座", "栋", "楼", "幢"),
    "楼": ("楼", "座"),
}


@st.composite
def registered_rooms(draw: st.DrawFn) -> tuple[str, str]:
    """A room of the register as somebody writes it, and its code."""
    rooms_all = [row for row in _rows() if row[12] is not None and str(row[0])[:2] in {"CH", "DF", "KL", "GY", "WY"}]
    row = dict(zip(COLUMNS, draw(st.sampled_from(rooms_all)), strict=True))
    code, building = str(row["address_code"]), str(row["building"])
    site = draw(st.sampled_from(SITES[code.split("-")[0]]))
    word = next(word for word in ("号楼", "栋", "座", "楼") if building.endswith(word))
    name = building.removesuffix(word)
    said = draw(st.sampled_from(sorted({name, han(int(name))}))) if name.isdigit() else name
    parts = [f"{said}{draw(st.sampled_from(WORDS[word]))}"]
    if row["unit"] is not None:
        parts.append(UNITS[draw(st.sampled_from(sorted(UNITS)))](int(str(row["unit"])[:-2])))
    parts.append(FLOORS[draw(st.sampled_from(["", "层", "han", "層"]))](int(str(row["floor"]))))
    order = draw(st.sampled_from(["down", "up", "site last", "in brackets"]))
    rooms_in = ["室", "房", "zero室", "han", "wide"] + ["号"] * (order != "up")  # `101号` at the start is a house
    parts.append(ROOMS[draw(st.sampled_from(rooms_in))](str(row["room"])))
    parts = [part for part in parts if part]
    if order == "down":
        return site + "".join(parts), code
    if order == "up":
        return "".join(reversed(parts)) + site, code
    if order == "site last":
        return "".join(parts) + site, code
    return f"{''.join(parts)}（{site}）", code


@given(st.lists(registered_rooms(), min_size=1, max_size=10))
@settings(max_examples=30, deadline=None)
def test_a_room_is_found_however_it_is_written(rooms: list[tuple[str, str]]) -> None:
    found = _codes([text for text, _ in rooms])
    wrong = [(text, code, got) for (text, code), got in zip(rooms, found, strict=True) if got != code]
    assert not wrong


@given(
    st.sampled_from(NUMBERS), st.sampled_from(sorted(HOUSES)), st.sampled_from(["", "101", "101室", "0101", "-101"]),
    st.sampled_from(["友谊巷", "川东区友谊巷", "青洲街道东泉社区友谊巷"]),
)  # fmt: skip
@settings(max_examples=30, deadline=None)
def test_neighbouring_house_numbers_stay_apart(number: int, house: str, room: str, head: str) -> None:
    written, key = HOUSES[house](number)
    assume(house not in ("zhi digit", "sign") or not room[:1].isdigit())  # where is `号之2101` to be cut?
    expect = f"N{key}-101" if room else f"N{key}"
    assert _codes([f"{head}{written}{room}"]) == [expect], f"{head}{written}{room}"


@given(
    st.sampled_from(["五组", "5组", "第五村民小组", "第5小组", "五队", "十二组", "12组", "第十二组"]),
    st.sampled_from([4, 24, 31]), st.sampled_from(["", "三合村", "石关镇三合村", "川东区石关镇三合村", "三合村委会"]),
    st.sampled_from(["plain", "han", "wide", "spaced", "sign", "numero"]),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_a_village_house_is_found(group: str, number: int, head: str, house: str) -> None:
    code = f"V{'十二组' if '12' in group or '十二' in group else '五组'}-{number}"
    text = f"{head}{group}{HOUSES[house](number)[0]}"
    assert _codes([text]) == [code], text


def _mentions(texts: list[str], feed: str = "f") -> pl.DataFrame:
    rows = [
        dict.fromkeys(SCHEMA)
        | {"feed": feed, "record_key": f"{n:05}", "address_role": "location", "address_text": text}
        for n, text in enumerate(texts)
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def _writable(texts: list[str]) -> list[str]:
    return [text.encode("utf-8", "ignore").decode() for text in texts]


SLIPS = ["翠湖", "翠胡雅居", "康乐小区", "东方新村", "友谊巷30", "三合村五组", "钟楼西路"]
CLERKS = st.one_of(
    registered_rooms().map(lambda room: room[0]),
    st.tuples(st.sampled_from(SLIPS), PIECES).map("".join),
    ANY,
)  # fmt: skip


@given(st.lists(CLERKS, min_size=1, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None)
def test_neither_order_nor_repeats_of_rows_matter(texts: list[str], random) -> None:  # type: ignore[no-untyped-def]
    texts = _writable(texts)
    mentions = _mentions(texts)
    found = match_addresses(mentions, rich_register())
    order = list(range(len(texts)))
    random.shuffle(order)
    assert match_addresses(mentions[order], rich_register()).equals(found)
    twice = match_addresses(pl.concat([mentions, _mentions(texts, "g")]), rich_register())
    assert twice.filter(pl.col("feed") == "f").equals(found)
    assert twice.filter(pl.col("feed") == "g").drop("feed").equals(found.drop("feed"))


@given(st.lists(CLERKS, min_size=1, max_size=12))
@settings(max_examples=5, deadline=None)
def test_a_register_delivered_in_another_order_or_twice_answers_alike(texts: list[str]) -> None:
    mentions = _mentions(_writable(texts))
    rows = pl.DataFrame(_rows(), schema=SCHEMA_IN, orient="row")
    found = match_addresses(mentions, rich_register())
    for other in (rows.reverse(), pl.concat([rows, rows])):
        assert match_addresses(mentions, build_register(other)).equals(found)


@given(st.lists(CLERKS, min_size=1, max_size=15))
@settings(max_examples=20, deadline=None)
def test_the_fast_path_and_the_cascade_agree_on_what_clerks_write(texts: list[str]) -> None:
    asked = pl.DataFrame({"address_text": _writable(texts)}, schema={"address_text": pl.String})
    asked = asked.unique().with_columns(pl.lit(None, pl.String).alias(hint) for hint in HINTS)
    fast, slow = resolve_texts(asked, rich_register()), resolve_texts(asked, rich_register(), fast=False)
    assert fast.equals(slow), [
        a for a, b, c in zip(asked["address_text"], fast.rows(), slow.rows(), strict=True) if b != c
    ]


# A new register entry: its estate and road, each another name than those the texts use, or the same one elsewhere.
ESTATES = ["丰泽里", "翠湖", "翠湖雅苑", "翠湖花园", "翠湖雅居东苑", "新翠湖雅居", "翠胡雅居", "湖翠雅居", "雅居",
           "东方新村三期", "东方新村", "康乐新村", "康乐", "八一新村", "船厂宿舍区", "翠湖雅居"]  # fmt: skip
ROADS = [
    "钟鼓路",
    "朝阳路",
    "朝阳西街",
    "朝杨街",
    "朝阳街",
    "钟楼中路",
    "钟楼路",
    "友谊路",
    "友谊巷",
    "五一街",
    "三合村路",
]
NUMBERED = ["9号", "247号", "248号", "24号", "30-2号", "30号", "153号"]
ELSEWHERE = ("云岭省", "云川市", "望云区", "长坊街道", "新桥社区")


@st.composite
def entries(draw: st.DrawFn) -> tuple[list[Row], set[str]]:
    """A site that comes into the register, alone or with a room that other sites have too, and its names."""
    code = f"NEW{draw(st.integers(1, 9))}"
    estate, road = draw(st.sampled_from([None, *ESTATES])), draw(st.sampled_from(ROADS))
    site: dict[str, object] = {"estate": estate, "road": road, "house_number": draw(st.sampled_from(NUMBERED))}
    place = draw(st.sampled_from([EAST, WEST, ELSEWHERE]))
    rows = [_row(code, place, **site)]
    if draw(st.booleans()):
        door: dict[str, object] = {"building": "2号楼", "unit": "1单元", "floor": 5, "room": "502"}
        rows += [_row(f"{code}-2", place, **site, building="2号楼"), _row(f"{code}-2-1-502", place, **site, **door)]
    return rows, {name for name in (estate, road) if name is not None}


INEXACT = [
    "翠湖2栋1单元502",
    "翠胡雅居2-1-502",
    "朝杨街247号2号楼1单元502",
    "船厂宿舍2-1-502",
    "翠溪街247号2栋1单元502",
]


@given(st.lists(registered_rooms(), min_size=3, max_size=12), st.lists(entries(), min_size=1, max_size=3))
@settings(max_examples=20, deadline=None)
def test_a_new_entry_never_moves_a_match(rooms: list[tuple[str, str]], new: list[tuple[list[Row], set[str]]]) -> None:
    """Unrelated is an entry whose names the text does not write.

    It changes nothing for a text whose names are the register's own, and never moves another one, which it may open:
    a short or misspelt name can come to fit two places. An entry that bears the same name may open the first kind too.
    """
    texts = [text for text, _ in rooms] + ["友谊巷30号101", "翠湖雅居2-1-502", "朝阳街247号2号楼1单元502", *INEXACT]
    added = {row[0]: row for rows, _ in new for row in rows}
    wider = build_register(pl.DataFrame([*_rows(), *added.values()], schema=SCHEMA_IN, orient="row"))
    before, after = match_addresses(_mentions(texts), rich_register()), match_addresses(_mentions(texts), wider)
    names = {name for _, found in new for name in found}
    for old, now in zip(before.rows(named=True), after.rows(named=True), strict=True):
        text = old["address_text"]
        if old["status"] != "matched":
            continue
        written = any(name in normal_form(text) for name in names)
        if old["method"] in ("parsed", "exact") and not written:
            assert now == old, (text, new)
        elif now["status"] == "matched" and not (written and text in INEXACT):
            assert now["address_code"] == old["address_code"], (text, new)
