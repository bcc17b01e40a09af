"""Answers kept over nights are those that a full reading gives, whatever happened to the register in between."""

from __future__ import annotations

import random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.addresses.match import KNOWN, answer_texts
from pipelines.addresses.mentions import SCHEMA
from pipelines.addresses.register.index import LEARNED, build_register
from pipelines.addresses.resolving.fingerprint import names_fingerprint, site_states
from pipelines.addresses.resolving.known_answers import still_true

COLUMNS = (
    "address_code", "province", "city", "district", "street", "community", "road", "house_number", "estate",
    "building", "unit", "floor", "room", "aliases", "status",
)  # fmt: skip
TOWN = ("云岭省", "云川市", "川东区", "青洲街道", "东泉社区")
NEXT = ("云岭省", "云川市", "望云区", "长坊街道", "白龙社区")
VILLAGE = ("云岭省", "云川市", "川东区", "石关镇", "三合村")
Rows = list[dict[str, object]]


def _base() -> Rows:
    rows: list[tuple[object, ...]] = []
    for code, place in (
        ("A", (*TOWN, "朝阳街", "247号", "翠湖雅居")),
        ("B", (*NEXT, "钟楼路", "9号", "翠湖花园")),
        ("C", (*NEXT, "钟楼西路", "11号", "康乐公寓")),
    ):
        rows.append((f"{code}", *place, None, None, None, None, "船厂宿舍" if code == "A" else None, "在用"))
        for building in ("1号楼", "2号楼"):
            rows.append((f"{code}{building}", *place, building, None, None, None, None, "在用"))
            for unit in ("1单元", "2单元"):
                rows += [
                    (f"{code}{building}{unit}{room}", *place, building, unit, int(room[0]), room, None, "在用")
                    for room in ("101", "102", "201", "502")
                ]
    for number in ("30号", "28号"):
        rows.append((f"H{number}", *NEXT, "油坊巷", number, *[None] * 5, None, "在用"))
        rows.append((f"H{number}101", *NEXT, "油坊巷", number, None, None, None, 1, "101", None, "在用"))
    for group in ("五组", "六组"):
        rows += [(f"V{group}{n}", *VILLAGE, None, f"{n}号", group, *[None] * 4, None, "在用") for n in (4, 8)]
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


BASE = _base()
NAMES = (
    "翠湖雅居", "翠湖", "翠湖花园", "康乐公寓", "康乐", "朝阳街247号", "钟楼路9号", "油坊巷30号", "油坊巷28号、30号",
    "船厂宿舍", "三合村5组8号", "三合村六组", "东泉社区", "白龙社区", "钟楼路", "老船厂", "川东区青洲街道翠湖雅居",
    "江苏省南京市鼓楼区5号", "翠胡雅居", "新家园", "油坊巷32号", "",
)  # fmt: skip
NUMBERS = (
    "",
    "1栋1单元101",
    "2号楼2单元502室",
    "1-101",
    "1栋101",
    "2-2-201",
    "3栋1单元101",
    "101",
    "1栋",
    "1-2",
    "05",
    "2栋1单元999",
)
TEXTS = [name + number for name in NAMES for number in NUMBERS]
MENTIONS = pl.DataFrame(
    [
        dict.fromkeys(SCHEMA) | {"feed": "f", "record_key": f"{i:05}", "address_role": "r", "address_text": text}
        for i, text in enumerate(TEXTS)
    ],
    schema=SCHEMA,
)


def _register_frame(rows: Rows) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String) | {"floor": pl.Int64})


EDITS = (
    "new room", "new building", "new estate", "new house", "stopped", "gone", "renamed road", "renamed estate", "alias",
    "other code", "moved community", "floor",
)  # fmt: skip


def _edit(rows: Rows, kind: str, rng: random.Random) -> Rows:
    rows = [dict(row) for row in rows]
    row = rng.choice(rows)
    fresh = f"Z{rng.randrange(10**6)}"
    if kind == "new room":
        rows.append(row | {"address_code": fresh, "building": "1号楼", "unit": "1单元", "floor": 9, "room": "999"})
    elif kind == "new building":
        rows.append(row | {"address_code": fresh, "building": "3号楼", "unit": None, "floor": None, "room": None})
    elif kind == "new estate":
        rows.append(row | {"address_code": fresh, "estate": "新家园"})
    elif kind == "new house":
        rows.append(
            dict.fromkeys(COLUMNS)
            | {c: BASE[-8][c] for c in COLUMNS[1:7]}
            | {"address_code": fresh, "house_number": "32号"}
        )
    elif kind == "stopped":
        row["status"] = "停用"
    elif kind == "gone":
        rows.remove(row)
    elif kind == "renamed road":
        rows = [r | {"road": "云溪大道", "aliases": "钟楼路"} if r["road"] == "钟楼路" else r for r in rows]
    elif kind == "renamed estate":
        rows = [r | {"estate": "康泰公寓"} if r["estate"] == "康乐公寓" else r for r in rows]
    elif kind == "alias":
        row["aliases"] = "老船厂"
    elif kind == "other code":
        row["address_code"] = fresh
    elif kind == "moved community":
        row["community"] = "西泉社区"
    else:
        row["floor"] = 7
    return rows


@given(st.lists(st.sampled_from(EDITS), min_size=1, max_size=4), st.integers(0, 10**6), st.booleans())
@settings(max_examples=10, deadline=None)
def test_kept_answers_are_those_of_a_full_reading(edits: list[str], seed: int, learns: bool) -> None:
    rng, rows = random.Random(seed), BASE
    known = answer_texts(MENTIONS, build_register(_register_frame(rows)))
    learned = pl.DataFrame([("estate", "老船厂", "C", None)], schema=LEARNED, orient="row") if learns else None
    for kind in edits:
        rows = _edit(rows, kind, rng)
        register = build_register(_register_frame(rows), learned)
        full = answer_texts(MENTIONS, register)
        known = answer_texts(MENTIONS, register, known)
        assert known.equals(full), (kind, known.filter(~pl.struct(KNOWN.names()).is_in(full.to_struct().implode())))


def test_a_new_room_lets_only_the_texts_of_its_site_be_read_again() -> None:
    before = build_register(_register_frame(BASE))
    known = answer_texts(MENTIONS, before)
    room = next(row for row in BASE if row["address_code"] == "C1号楼1单元101") | {"address_code": "0", "room": "901"}
    after = build_register(_register_frame([*BASE, room]))
    assert names_fingerprint(after) == names_fingerprint(before)
    kept = still_true(known, names_fingerprint(after), site_states(after))
    read_again = set(known["address_text"].to_list()) - set(kept["address_text"].to_list())
    assert {"康乐公寓1栋1单元101", "康乐1-101"} <= read_again
    assert not any("翠湖" in text or "油坊巷" in text or "三合村" in text for text in read_again)


def test_nothing_is_read_again_on_a_night_without_changes() -> None:
    register = build_register(_register_frame(BASE))
    known = answer_texts(MENTIONS, register)
    again = build_register(_register_frame(BASE[::-1]))
    assert still_true(known, names_fingerprint(again), site_states(again)).height == known.height == len(set(TEXTS))


def test_answers_of_other_code_or_shape_are_not_used() -> None:
    register = build_register(_register_frame(BASE))
    known = answer_texts(MENTIONS, register)
    spoiled = known.with_columns(read_by=pl.lit("other"), address_code=pl.lit("wrong"))
    assert answer_texts(MENTIONS, register, spoiled).equals(known)
    assert answer_texts(MENTIONS, register, known.drop("steps")).equals(known)


def test_texts_that_nobody_delivers_any_more_are_forgotten() -> None:
    register = build_register(_register_frame(BASE))
    known = answer_texts(MENTIONS, register)
    assert answer_texts(MENTIONS.head(5), register, known).height == 5
