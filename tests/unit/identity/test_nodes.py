"""What is one node before anything is scored, and what stays apart although the number is the same."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from made_up_people import FATHER, SON, mentions_of

from pipelines.identity.candidates.features import node_features
from pipelines.identity.candidates.nodes import build_nodes
from pipelines.normalise.names import parse_names

BORN_FATHER, BORN_SON = date(1955, 5, 26), date(1981, 2, 1)


def _named(text: str, **told: Any) -> dict[str, Any]:
    parsed = parse_names(pl.Series([text])).row(0, named=True)
    kept = {key: parsed[key] for key in ("name", "name_kind", "surname", "given", "pinyin")}
    return {"feed": "police_residents", "name_text": text, **kept, "sex": parsed["title_sex"], **told}


def _father(text: str, **told: Any) -> dict[str, Any]:
    return _named(text, number=FATHER, id_pattern=FATHER, id_birth_date=BORN_FATHER, id_sex="1", **told)


SAME_NUMBER = [
    ("王建国", "王建国", True, "the same name"),
    ("王建国", "王健国", True, "a homophone"),
    ("王建国", "王建固", True, "one slip in three characters"),
    ("王建国", "王建", True, "one character dropped"),
    ("陈晨俊", "陈俊晨", True, "two characters swapped"),
    ("王伟", "伟王", False, "too short to tell a swap"),
    ("李梓", "季梓", True, "a slip in the surname: kin share surnames"),
    ("杜芳", "渡芳", True, "no surname for one that sounds like it"),
    ("吴欣", "昊欣", True, "no surname for one that looks like it"),
    ("王建国", "王先生", True, "a title of the number's sex"),
    ("王建国", "王女士", False, "a title of the other sex"),
    ("王建国", "李秀兰", False, "a wife under her husband's number"),
    ("王伟", "王强", False, "two characters, one differs: father and son"),
    ("古丽娜尔·玉素甫", "古丽娜尔", True, "part of a minority name"),
    ("JOHN SMITH", "Smith John", True, "order of a Latin name"),
]


@pytest.mark.parametrize(("one", "other", "joined", "why"), SAME_NUMBER)
def test_one_number_and_two_names(one: str, other: str, joined: bool, why: str) -> None:
    nodes = build_nodes(mentions_of(_father(one), _father(other)))
    assert (nodes["node"].n_unique() == 1) is joined, why


def test_a_former_name_joins() -> None:
    nodes = build_nodes(mentions_of(_father("王建国", former_name="王爱民"), _father("王爱民")))
    assert nodes["node"].n_unique() == 1


def test_a_parents_number_on_a_child_stays_apart_and_is_not_the_childs_own() -> None:
    child = _father("王建华", birth_date=BORN_SON, birth_precision="day", birth_source="column")
    mentions = mentions_of(_father("王建国"), _father("王建国"), child)
    nodes = build_nodes(mentions)
    features = node_features(mentions, nodes).frame.sort("node")
    assert nodes["node"].to_list() == [0, 0, 2]
    assert features["borrowed"].to_list() == [False, True]
    assert features["id_number"].to_list() == [FATHER, None]
    assert features["birth"].to_list()[1] == "1981-02-01"


def test_a_chain_of_numbers_does_not_join_two_persons() -> None:
    son = _named("王建军", number=SON, id_pattern=SON, id_birth_date=BORN_SON)
    nodes = build_nodes(mentions_of(_father("王建国"), son))
    assert nodes["node"].n_unique() == 2


def test_exact_repeats_are_one_and_bare_names_are_not() -> None:
    told = {"phones": ["14200000001"]}
    mentions = mentions_of(_named("王建国", **told), _named("王建国", **told), _named("李强"), _named("李强"))
    assert build_nodes(mentions)["node"].to_list() == [0, 0, 2, 3]


def test_two_passports_of_one_name_in_one_room_are_a_couple() -> None:
    def guest(passport: str) -> dict[str, Any]:
        return _named("NGUYEN VAN AN", room_code="R1", id_kind="passport", id_number=passport)

    mentions = mentions_of(guest("E98008945"), guest("E90640158"), guest("E98008945"))
    assert build_nodes(mentions)["node"].to_list() == [0, 1, 0]


def test_the_head_of_his_own_household_is_the_beneficiary() -> None:
    row = {"feed": "civil_affairs_benefits", "record_key": "b1"}
    other = {"feed": "civil_affairs_benefits", "record_key": "b2"}
    mentions = mentions_of(
        _named("王建国", **row | {"relation_to_head": "01", "person_role": "self"}),
        _named("王建国", **row | {"person_role": "head"}),
        _named("王小明", **other | {"relation_to_head": "20", "person_role": "self"}),
        _named("王建军", **other | {"person_role": "head"}),
    )
    by_record = (
        mentions.join(build_nodes(mentions), on="mention_index").group_by("record_key").agg(pl.col("node").n_unique())
    )
    assert dict(by_record.iter_rows()) == {"b1": 1, "b2": 2}


def test_a_number_under_many_names_is_no_identity() -> None:
    names = [
        "赵一",
        "钱二",
        "孙三",
        "李四",
        "周五",
        "吴六",
        "郑七",
        "王八",
        "冯九",
        "陈十",
        "褚甲",
        "卫乙",
        "蒋丙",
        "沈丁",
    ]
    nodes = build_nodes(mentions_of(*(_father(name) for name in names)))
    assert nodes["node"].n_unique() == len(names)


def test_a_relation_that_contradicts_the_names_joins_nobody() -> None:
    """本人 beside another person's name is a slip in the relation; beside a slip in the name it is right."""
    mentions = mentions_of(
        *(
            _named(name, feed="civil_affairs_benefits", record_key=key, person_role=role, relation_to_head=relation)
            for key, role, name, relation in (
                ("b1", "self", "王小明", "本人"),
                ("b1", "head", "李秀兰", None),
                ("b2", "self", "贺玉兰", "本人"),
                ("b2", "head", "贺玉", None),
            )
        )
    )
    nodes = build_nodes(mentions)
    by_record = mentions.join(nodes, on="mention_index").group_by("record_key").agg(pl.col("node").n_unique())
    assert dict(by_record.iter_rows()) == {"b1": 2, "b2": 1}
    assert "贺玉兰" in node_features(mentions, nodes).frame["name"].to_list()
