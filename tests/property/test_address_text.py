"""Laws of normalisation and matching, on texts nobody thought of."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.addresses.deciding.decide import Decider
from pipelines.addresses.forms.grammar import SPLIT
from pipelines.addresses.match import match_addresses, resolve_texts
from pipelines.addresses.mentions import HINTS, SCHEMA
from pipelines.addresses.register.index import build_register
from pipelines.addresses.resolving.doors import find_doors
from pipelines.normalise.text import normalise_text, normalise_texts

SIGNS = "翠湖雅居三号樓楼２單元一二十之五路栋室层单元#-－—()（） 　\n0123456789aZ😀户主:甲东"
TEXTS = st.text(st.sampled_from(SIGNS), max_size=30)
COLUMNS = (
    "address_code", "province", "city", "district", "street", "community", "road", "house_number", "estate",
    "building", "unit", "floor", "room", "aliases", "status",
)  # fmt: skip
PLACE = ("云岭省", "云川市", "川东区", "青洲街道", "东泉社区", "朝阳街", "247号", "翠湖雅居")
SCHEMA_IN = dict.fromkeys(COLUMNS, pl.String) | {"floor": pl.Int64}


def _rows() -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = [("E", *PLACE, None, None, None, None, "翠溪街", "在用")]
    for building in "123":
        rows.append((f"B{building}", *PLACE, f"{building}号楼", None, None, None, None, "在用"))
        rows += [
            (f"R{building}-{unit}-{room}", *PLACE, f"{building}号楼", f"{unit}单元", int(room[0]), room, None, "在用")
            for unit in "12"
            for room in ("101", "502", "601")
        ]
    return rows


ROWS = _rows()
REGISTER = build_register(pl.DataFrame(ROWS, schema=SCHEMA_IN, orient="row"))
UNRELATED = (
    "X",
    *PLACE[:2],
    "望云区",
    "长坊街道",
    "白龙社区",
    "钟鼓路",
    "9号",
    "丰泽里",
    None,
    None,
    None,
    None,
    None,
    "在用",
)
WIDER = build_register(pl.DataFrame([*ROWS, UNRELATED], schema=SCHEMA_IN, orient="row"))


def _mentions(texts: list[str]) -> pl.DataFrame:
    empty = dict.fromkeys(SCHEMA)
    rows = [
        empty | {"feed": "f", "record_key": f"{i:05}", "address_role": "location", "address_text": text}
        for i, text in enumerate(texts)
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


@given(st.lists(TEXTS, max_size=20))
@settings(max_examples=60, deadline=None)
def test_normalisation_is_idempotent_and_the_same_for_columns(texts: list[str]) -> None:
    single = [normalise_text(text) for text in texts]
    assert [normalise_text(text) for text in single] == single
    assert normalise_texts(pl.Series("t", texts, pl.String)).to_list() == single


@given(st.sampled_from(["1", "2", "3"]), st.sampled_from(["1", "2"]), st.sampled_from(["101", "502", "601"]), st.data())
@settings(max_examples=60, deadline=None)
def test_a_rendered_room_is_found_again(building: str, unit: str, room: str, data: st.DataObject) -> None:
    head = "".join(part for part in PLACE[:5] if data.draw(st.booleans())) + data.draw(
        st.sampled_from(["翠湖雅居", "朝阳街247号", "翠溪街247号翠湖雅居", "朝阳街247号翠湖雅居"])
    )
    tail = data.draw(
        st.sampled_from(
            [
                f"{building}号楼{unit}单元{room}室",
                f"{building}栋{unit}单元0{room}",
                f"{building}#{unit}单元{room[0]}层{room}",
                f"{building}幢-{unit}单元-{room}",
            ]
        )
    )
    found = match_addresses(_mentions([head + tail]), REGISTER).row(0, named=True)
    assert (found["address_code"], found["status"]) == (f"R{building}-{unit}-{room}", "matched"), head + tail


@given(st.lists(TEXTS, min_size=1, max_size=15), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_order_of_rows_does_not_matter(texts: list[str], random) -> None:  # type: ignore[no-untyped-def]
    mentions = _mentions(texts)
    order = list(range(len(texts)))
    random.shuffle(order)
    found = match_addresses(mentions, REGISTER)
    assert found.equals(match_addresses(mentions[order], REGISTER))
    assert found.height == len(texts)


@given(st.lists(TEXTS, min_size=1, max_size=15))
@settings(max_examples=40, deadline=None)
def test_an_unrelated_register_row_changes_no_match(texts: list[str]) -> None:
    mentions = _mentions(["翠湖雅居" + text for text in texts])
    assert match_addresses(mentions, REGISTER).equals(match_addresses(mentions, WIDER))


HEADS = (
    "翠湖雅居",
    "朝阳街247号",
    "朝阳街247号翠湖雅居",
    "翠湖",
    "翠胡雅居",
    "朝阳街",
    "东泉社区翠湖雅居",
    "江苏省南京市",
    "",
)
NUMBERS = ("1", "2", "3", "4", "101", "0502", "601", "02", "7")
WORDS = ("号楼", "栋", "单元", "层", "楼", "室", "号", "户", "-", "/", "#", "、", "")
TAILS = st.lists(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(WORDS)), max_size=4)
COLUMN = st.sampled_from([None, None, *NUMBERS])


@given(st.lists(st.tuples(st.sampled_from(HEADS), TAILS, COLUMN, COLUMN, COLUMN), min_size=1, max_size=30))
@settings(max_examples=40, deadline=None)
def test_the_fast_path_and_the_cascade_agree(drawn: list[tuple[str, list[tuple[str, str]], str, str, str]]) -> None:
    texts = pl.DataFrame(
        [
            (head + "".join(number + word for number, word in tail), None, building, unit, room, None)
            for head, tail, building, unit, room in drawn
        ],
        schema=dict.fromkeys(("address_text", *HINTS), pl.String),
        orient="row",
    ).unique(maintain_order=True)
    fast, slow = resolve_texts(texts, REGISTER), resolve_texts(texts, REGISTER, fast=False)
    assert fast.equals(slow), texts.filter(pl.Series([a != b for a, b in zip(fast.rows(), slow.rows(), strict=True)]))


def test_the_fast_path_takes_the_plain_majority() -> None:
    plain = [f"{head}{b}号楼{u}单元{r}室" for head in HEADS[:3] for b in "123" for u in "12" for r in ("101", "502")]
    texts = pl.DataFrame({"index": range(len(plain)), "plain": plain}).with_columns(
        pl.col("plain").str.extract_groups(SPLIT).struct.rename_fields(["head", "tail"]).struct.unnest(),
        *(pl.lit(None, pl.String).alias(name) for name in HINTS),
    )
    assert find_doors(texts, Decider(REGISTER), REGISTER).height == len(plain)
