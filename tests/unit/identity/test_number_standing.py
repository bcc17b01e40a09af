"""Whose number a number is: own, contested or borrowed, and what a contested one still forbids."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from made_up_people import DAUGHTER, FATHER, SON, lone_nodes, mentions_of, scored

from pipelines.identity.clustering.cluster import cluster
from pipelines.identity.constraints import node_features, own_numbers

OWNER: dict[str, Any] = {"feed": "police_residents", "name": "王伟", "number": FATHER, "room_code": "R1"}
NAMESAKE: dict[str, Any] = {"feed": "police_residents", "name": "王小明", "number": SON, "record_key": "z"}
ROW: dict[str, Any] = {"feed": "property_occupants", "name": "王小明", "number": FATHER, "record_key": "x"}


def standing_of(*rows: dict[str, Any]) -> str:
    """The standing of the number on the row of ``ROW``."""
    people = mentions_of(*rows)
    told = own_numbers(people, lone_nodes(people)).join(
        people.select("mention_index", "record_key"), on="mention_index"
    )
    return str(told.filter(pl.col("record_key") == "x")["standing"].item())


@pytest.mark.parametrize(
    ("more", "others", "expect", "why"),
    [
        ({}, [], "contested", "another name may be a slip"),
        ({}, [NAMESAKE], "contested", "a namesake elsewhere is no sign that he wrote the row"),
        ({"kin_names": ["王伟"]}, [], "borrowed", "the owner stands beside as kin"),
        ({}, [{**NAMESAKE, "room_code": "R1"}], "borrowed", "a house-mate of the owner bears the name"),
        ({"room_code": "R2"}, [{**NAMESAKE, "room_code": "R2"}], "borrowed", "the name lives at the row's own address"),
        ({"sex": "2"}, [], "borrowed", "the sex is not the owner's"),
        (
            {},
            [
                {**ROW, "name": name, "record_key": f"a{name}", "feed": "housing_leases", "person_role": "tenant"}
                for name in ("李娜", "张敏", "陈静")
            ],
            "borrowed",
            "five names show it: an agent's",
        ),
    ],
)
def test_another_name_under_a_number(more: dict[str, Any], others: list[dict[str, Any]], expect: str, why: str) -> None:
    owner = OWNER if len(others) < 3 else {**OWNER, "feed": "housing_leases", "person_role": "tenant"}
    assert standing_of(owner, {**ROW, **more}, *others) == expect, why


def test_a_contested_number_keeps_a_namesake_with_another_number_apart() -> None:
    people = mentions_of(OWNER, ROW, NAMESAKE)
    index = dict(people.select("record_key", "mention_index").iter_rows())
    pair = scored((index["z"], index["x"], 20.0)).with_columns(weight_phone=8.0)
    home = dict(cluster(node_features(people, lone_nodes(people)), pair).assignment.iter_rows())
    assert home[index["x"]] != home[index["z"]]


def test_a_number_that_two_names_show_equally_proves_neither() -> None:
    rows = [
        {"feed": "housing_leases", "person_role": "tenant", "name": name, "number": DAUGHTER, "record_key": key}
        for name, key in (("李娜", "x"), ("周敏", "y"))
    ]
    assert standing_of(*rows) == "contested"
