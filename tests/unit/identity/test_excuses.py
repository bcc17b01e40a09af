"""What a role's place must not be held against, and titles of children."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from made_up_people import lone_nodes, mentions_of

from pipelines.identity.scoring.excuses import excuse, without_titled_children

ELDERLY, ROLL, POLICE = "civil_affairs_elderly", "property_occupants", "police_residents"


def weighed(address: float, kin: float) -> pl.DataFrame:
    told = pl.DataFrame(
        {"left_node": [0], "right_node": [1], "weight_address": [address], "weight_kin": [kin]},
        schema_overrides={"left_node": pl.UInt32, "right_node": pl.UInt32},
    )
    odds = 2.0 ** (1 + address + kin)
    return told.with_columns(match_weight=1 + address + kin, probability=pl.lit(odds / (1 + odds)))


@pytest.mark.parametrize(
    ("role", "address", "kin", "expect"),
    [
        ("contact", -2.0, -3.0, 1.0),
        ("contact", 5.0, 4.0, 10.0),
        ("legal_representative", -2.0, -3.0, -2.0),
        ("self", -2.0, -3.0, -4.0),
    ],
)
def test_anothers_place_speaks_for_but_not_against(role: str, address: float, kin: float, expect: float) -> None:
    mentions = mentions_of(
        {"feed": ELDERLY, "name": "王伟", "person_role": role}, {"feed": POLICE, "name": "王伟", "address_code": "R1"}
    )
    row = excuse(weighed(address, kin), mentions, lone_nodes(mentions)).row(0, named=True)
    assert row["match_weight"] == pytest.approx(expect)
    assert row["probability"] == pytest.approx(2**expect / (1 + 2**expect))


def test_a_person_known_elsewhere_too_is_not_excused() -> None:
    mentions = mentions_of(
        {"feed": ELDERLY, "name": "王伟", "person_role": "contact"},
        {"feed": POLICE, "name": "王伟"},
        {"feed": ROLL, "name": "王伟"},
    )
    together = pl.DataFrame(
        {"mention_index": [0, 1, 2], "node": [0, 1, 0]}, schema={"mention_index": pl.UInt32, "node": pl.UInt32}
    )
    before = weighed(-2.0, 0.0)
    assert excuse(before, mentions, together)["match_weight"].equals(before["match_weight"])


@pytest.mark.parametrize(
    ("born", "rule", "kept"), [(2020, "phone", False), (2020, "id_tail_surname", True), (1980, "phone", True)]
)
def test_nobody_titles_a_child_unless_the_number_says_so(born: int, rule: str, kept: bool) -> None:
    mentions = mentions_of(
        {"feed": POLICE, "name": "王小", "birth_date": date(born, 5, 1), "birth_precision": "day"},
        {"feed": ROLL, "name": None, "name_kind": "titled", "surname": "王"},
    )
    pairs = pl.DataFrame(
        {"left_node": [0], "right_node": [1], "rule": [rule]},
        schema_overrides={"left_node": pl.UInt32, "right_node": pl.UInt32},
    )
    assert (without_titled_children(pairs, mentions, lone_nodes(mentions)).height == 1) is kept
