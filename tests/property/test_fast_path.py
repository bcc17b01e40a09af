"""The fast path answers what the cascade answers, over a register of neighbours that matchers confuse."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.addresses.deciding.answers import NO_HINTS
from pipelines.addresses.deciding.decide import Decider
from pipelines.addresses.forms.said import Parts
from pipelines.addresses.match import resolve_texts
from pipelines.addresses.mentions import HINTS
from pipelines.addresses.register.index import build_register
from pipelines.addresses.resolving.plain_tails import TAIL, plain_place, read_tails

COLUMNS = (
    "address_code", "province", "city", "district", "street", "community", "road", "house_number", "estate",
    "building", "unit", "floor", "room", "aliases", "status",
)  # fmt: skip
TOWN = ("云岭省", "云川市", "川东区", "青洲街道", "东泉社区")
VILLAGE = ("云岭省", "云川市", "川东区", "石关镇", "三合村")
NEXT = ("云岭省", "云川市", "望云区", "长坊街道", "白龙社区")


def _listed(code: str, place: tuple[object, ...], doors: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [(f"{code}{i:03}", *place, *door, None, "在用") for i, door in enumerate(doors)]


def _rows() -> list[tuple[object, ...]]:
    estate, phase = (*TOWN, "朝阳街", "247号", "翠湖雅居"), (*TOWN, "朝阳街", "249号", "翠湖雅居二期")
    sides, yard, house = (*NEXT, "钟楼路", "9号", "康乐公寓"), (*NEXT, "钟楼路", "11号", "粮站大院"), (*NEXT, "油坊巷")
    floors = [(room, int(room[:-2])) for room in ("101", "502", "1102")]
    doors: list[tuple[object, ...]] = [
        (None, None, None, None),
        ("1号楼", None, None, None),
        ("2号楼", "1单元", None, None),
    ]
    doors += [(f"{b}号楼", f"{u}单元", floor, room) for b in (1, 2, 11) for u in (1, 2) for room, floor in floors]
    doors += [("3号楼", None, floor, room) for room, floor in floors] + [("3号楼", "1单元", 5, "502")]
    doors += [
        ("2栋", None, None, None),
        ("A座", "1单元", 5, "502"),
        ("A座", "1单元", 5, "0502"),
        ("1号楼", None, 1, "商铺4"),
    ]
    rows = _listed("E", estate, doors) + _listed("F", phase, doors[:9])
    rows += _listed(
        "S", sides, [(None,) * 4, ("东楼", None, 3, "303"), ("西楼", None, 3, "303"), ("东楼", "1单元", 5, "502")]
    )
    rows += _listed(
        "Y", yard, [(None, None, 1, "101"), (None, None, 5, "502"), (None, "1单元", 5, "601"), (None, None, 1, "S4")]
    )
    for number in ("30号", "30-1号", "甲30号"):
        rows += _listed(
            f"H{number}", (*house, number, None), [(None,) * 4, (None, None, 1, "101"), (None, None, 5, "502")]
        )
    for group in ("五组", "六组"):
        rows += _listed(f"G{group}", (*VILLAGE, None, None, group), [(None,) * 4])
        rows += _listed(f"G{group}8", (*VILLAGE, None, "8号", group), [(None,) * 4])
    return rows


REGISTER = build_register(
    pl.DataFrame(_rows(), schema=dict.fromkeys(COLUMNS, pl.String) | {"floor": pl.Int64}, orient="row")
)
HEADS = (
    "翠湖雅居", "朝阳街247号", "朝阳街247号翠湖雅居", "朝阳街249号翠湖雅居2期", "翠湖", "翠胡雅居", "朝阳街",
    "东泉社区翠湖雅居", "康乐公寓", "钟楼路9号", "粮站大院", "钟楼路11号", "油坊巷30号", "油坊巷30-1号", "油坊巷甲30号",
    "油坊巷", "三合村5组8号", "三合村6组", "三合村5组9号", "石关镇三合村", "江苏省南京市", "江苏省南京市鼓楼区中山路",
    "翠湖雅居东楼", "",
)  # fmt: skip
NUMBERS = ("1", "2", "3", "4", "8", "11", "A", "东", "101", "0502", "502", "601", "1102", "02", "7", "0050", "S4")
WORDS = ("号楼", "栋", "座", "楼", "单元", "层", "室", "号", "户", "-", "/", "#", "#楼", "、", "", "商铺", "组")
PIECES = st.lists(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(WORDS)), max_size=4)
PLAIN = st.sampled_from(
    [
        f"{b}{word}{unit}{floor}{room}{end}"
        for b, word in (
            ("1", "号楼"),
            ("2", "栋"),
            ("11", "幢"),
            ("3", "#"),
            ("A", "座"),
            ("1", "-"),
            ("11", "-"),
            ("4", "号楼"),
        )
        for unit in ("", "1单元", "2单元", "1-", "3单元")
        for floor in ("", "5层", "1层")
        for room in ("", "502", "0502", "101", "1102", "999", "05")
        for end in ("", "室")
    ]
)
TAILS = st.one_of(PIECES.map(lambda drawn: "".join(number + word for number, word in drawn)), PLAIN)
COLUMN = st.sampled_from([None, None, None, *NUMBERS])


def _texts(drawn: list[tuple[str | None, ...]]) -> pl.DataFrame:
    return pl.DataFrame(drawn, schema=dict.fromkeys(("address_text", *HINTS), pl.String), orient="row").unique(
        maintain_order=True
    )


def assert_same_answers(texts: pl.DataFrame) -> None:
    fast, slow = resolve_texts(texts, REGISTER), resolve_texts(texts, REGISTER, fast=False)
    differ = pl.Series([one != other for one, other in zip(fast.rows(), slow.rows(), strict=True)], dtype=pl.Boolean)
    assert fast.equals(slow), (texts.filter(differ), fast.filter(differ), slow.filter(differ))


@given(st.lists(st.tuples(st.sampled_from(HEADS), TAILS, COLUMN, COLUMN, COLUMN), min_size=20, max_size=60))
@settings(max_examples=15, deadline=None)
def test_the_fast_path_and_the_cascade_agree(drawn: list[tuple[str, str, str | None, str | None, str | None]]) -> None:
    assert_same_answers(_texts([(head + tail, None, b, u, r, None) for head, tail, b, u, r in drawn]))


@given(st.lists(st.tuples(st.sampled_from(HEADS), PLAIN), min_size=40, max_size=80))
@settings(max_examples=15, deadline=None)
def test_they_agree_where_no_column_says_more(drawn: list[tuple[str, str]]) -> None:
    assert_same_answers(_texts([(head + tail, None, None, None, None, None) for head, tail in drawn]))


@given(st.lists(TAILS, min_size=20, max_size=60, unique=True))
@settings(max_examples=15, deadline=None)
def test_patterns_read_tails_as_the_parser_does(tails: list[str]) -> None:
    decider = Decider(REGISTER)
    texts = pl.DataFrame({"tail": tails}).with_columns(pl.lit(None, pl.String).alias(name) for name in TAIL[1:])
    for tail, *_, kind, conflict, building, unit, floor, room, among in read_tails(texts, decider).iter_rows():
        parts = decider.plain_tail(tail, NO_HINTS)[0]
        assert (kind, conflict, building, unit, floor, room, among) == plain_place(parts), tail


def test_every_kind_of_plain_place_is_found_without_the_cascade() -> None:
    kinds = {plain_place(Decider(REGISTER).plain_tail(tail, NO_HINTS)[0])[0] for tail in ("", "2栋", "2栋1单元", "101")}
    assert kinds == {"site", "building", "unit", "room"}
    assert plain_place(Parts(storey="3"))[0] is None
