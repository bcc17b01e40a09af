"""What a role's place must not be held against, and titles of children."""

from __future__ import annotations

import math
from datetime import date

import polars as pl
import pytest
from made_up_people import lone_nodes, mentions_of

from pipelines.identity.candidates.features import SLOTS
from pipelines.identity.scoring.excuses import FAMILY_MEMBER, excuse, without_children, without_named_kin
from pipelines.identity.scoring.frequency import FREQUENCY_COLUMNS, Night
from pipelines.identity.scoring.levels import COMPARISONS
from pipelines.identity.scoring.model import Model

ELDERLY, ROLL, POLICE = "civil_affairs_elderly", "property_occupants", "police_residents"


NIGHT = Night(nodes=4000, persons=2000.0, anchors=2000.0, prior=0.001, household=0.001, frequencies={}, chances={})
MODEL = Model.load()
FAMILY_BITS = math.log2(FAMILY_MEMBER * NIGHT.anchors)


def weighed(address: float, kin: float, name: str = "equal", household: float = -1.0) -> pl.DataFrame:
    told = pl.DataFrame(
        {
            "left_node": [0], "right_node": [1], "weight_address": [address], "weight_kin": [kin],
            "weight_household": [household], "weight_name": [0.0], "level_name": [place_of("name", name)],
            "level_phone": [place_of("phone", "null")],
        },
        schema_overrides={"left_node": pl.UInt32, "right_node": pl.UInt32},
    )  # fmt: skip
    frequencies = {f"tf_{column}": pl.lit(1e-4) for column in FREQUENCY_COLUMNS}
    total = 1 + address + kin + household
    odds = 2.0**total
    return told.with_columns(match_weight=pl.lit(total), probability=pl.lit(odds / (1 + odds)), **frequencies)


def place_of(comparison: str, label: str) -> int:
    return next(part for part in COMPARISONS if part.name == comparison).labels.index(label)


@pytest.mark.parametrize(
    ("role", "address", "kin", "expect"),
    [
        ("contact", -2.0, -3.0, 1.0),
        ("contact", 3.0, 4.0, 8.0),
        ("contact", 13.0, 12.0, 1.0 + FAMILY_BITS),
        ("contact", 13.0, -2.0, 1.0 + FAMILY_BITS),
        ("legal_representative", -2.0, -3.0, -2.0),
        ("landlord", 13.0, 12.0, 26.0),
        ("self", -2.0, -3.0, -5.0),
    ],
)
def test_anothers_place_speaks_for_but_not_against(role: str, address: float, kin: float, expect: float) -> None:
    mentions = mentions_of(
        {"feed": ELDERLY, "name": "王伟", "person_role": role}, {"feed": POLICE, "name": "王伟", "address_code": "R1"}
    )
    row = excuse(weighed(address, kin, "else"), mentions, lone_nodes(mentions), MODEL, NIGHT).row(0, named=True)
    assert row["match_weight"] == pytest.approx(expect)
    assert row["probability"] == pytest.approx(2**expect / (1 + 2**expect))


def test_a_brothers_name_in_the_familys_home_may_be_an_unregistered_brother() -> None:
    mentions = mentions_of(
        {"feed": ELDERLY, "name": "王江", "person_role": "contact"}, {"feed": POLICE, "name": "王海"}
    )
    slip, equal = (
        excuse(weighed(13.0, 12.0, name), mentions, lone_nodes(mentions), MODEL, NIGHT)["weight_household"].item()
        for name in ("slip", "equal")
    )
    assert slip < -2
    assert slip < equal <= 0


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
    assert excuse(before, mentions, together, MODEL, NIGHT)["match_weight"].equals(before["match_weight"])


@pytest.mark.parametrize(
    ("names", "kin", "kept"),
    [
        (("尹海亮", "尹海良"), ("尹海良", None), False),
        (("尹海亮", "尹海良"), (None, "尹海亮"), False),
        (("尹海亮", "尹海良"), ("尹军", "尹军"), True),
        (("尹海亮", "尹海亮"), ("尹海亮", None), True),
        ((None, "尹海良"), ("尹海良", None), False),
    ],
)
def test_whom_a_person_names_as_kin_is_somebody_else(
    names: tuple[str | None, str], kin: tuple[str | None, str | None], kept: bool
) -> None:
    slots = {f"kin_{slot}": [None, None] for slot in range(2, SLOTS["kin"] + 1)}
    features = pl.DataFrame(
        {"node": [0, 1], "name": list(names), "kin_1": list(kin), **slots},
        schema_overrides={"node": pl.UInt32} | dict.fromkeys(["name", "kin_1", *slots], pl.String),
    )
    pairs = pl.DataFrame(
        {"left_node": [0], "right_node": [1], "rule": ["name_birth"]},
        schema_overrides={"left_node": pl.UInt32, "right_node": pl.UInt32},
    )
    assert (without_named_kin(pairs, features).height == 1) is kept


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
    assert (without_children(pairs, mentions, lone_nodes(mentions)).height == 1) is kept
