"""Clusters under constraints: who may share a person, who must not, and what is asked of a steward."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from made_up_people import DAUGHTER, FATHER, SON, lone_nodes, mentions_of, scored

from pipelines.identity.clustering.cluster import cluster
from pipelines.identity.clustering.collective import join_lone_nodes
from pipelines.identity.constraints import node_features, one_number_per_node, own_numbers

POLICE = "police_residents"
ROLL = "property_occupants"


def clusters(mentions: pl.DataFrame, pairs: pl.DataFrame, decisions: pl.DataFrame | None = None) -> list[int]:
    features = node_features(mentions, lone_nodes(mentions))
    return cluster(features, pairs, decisions).assignment["cluster"].to_list()


def answers(*rows: tuple[int, int, str]) -> pl.DataFrame:
    schema = {"left_node": pl.UInt32, "right_node": pl.UInt32, "answer": pl.String}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def signed(*pairs: tuple[int, int, float]) -> pl.DataFrame:
    """Scored pairs of equal names and, where they support each other, of one phone."""
    return scored(*pairs).with_columns(weight_phone=pl.when(pl.col("match_weight") > 0).then(5.0).otherwise(0.0))


def named(feed: str, name: str, **more: object) -> dict[str, object]:
    return {"feed": feed, "name": name, **more}


@pytest.mark.parametrize(
    ("pairs", "expect", "why"),
    [
        ([(0, 1, 5.0)], [0, 0, 2], "a good pair links"),
        ([(0, 1, -0.5)], [0, 1, 2], "a pair below even odds stays apart"),
        ([(0, 1, 5.0), (1, 2, 5.0)], [0, 0, 0], "evidence is carried through a common row"),
        ([(0, 1, 5.0), (1, 2, 2.0), (0, 2, -12.0)], [0, 0, 2], "a general disagreement outweighs one weak pair"),
    ],
)
def test_evidence_alone(pairs: list[tuple[int, int, float]], expect: list[int], why: str) -> None:
    people = mentions_of(*(named(ROLL, "王伟") for _ in range(3)))
    assert clusters(people, signed(*pairs)) == expect, why


def test_two_valid_numbers_never_share_a_person() -> None:
    people = mentions_of(named(POLICE, "王伟", number=FATHER), named(POLICE, "王伟", number=SON))
    assert clusters(people, signed((0, 1, 40.0))) == [0, 1]


def test_sex_and_birth_date_both_certain_and_different_keep_apart() -> None:
    people = mentions_of(
        named(ROLL, "王晶", sex="1", birth_date=date(1980, 1, 1), birth_precision="day"),
        named(ROLL, "王晶", sex="2", birth_date=date(1984, 1, 1), birth_precision="day"),
        named(ROLL, "王晶", sex="2", birth_date=date(1980, 1, 1), birth_precision="day"),
    )
    assert clusters(people, signed((0, 1, 9.0))) == [0, 1, 2]
    assert clusters(people, signed((0, 2, 9.0))) == [0, 1, 0], "one slip in the sex is no other person"


def test_a_row_between_two_people_stays_alone_when_both_claim_it() -> None:
    people = mentions_of(named(POLICE, "王伟", number=FATHER), named(POLICE, "王伟", number=SON), named(ROLL, "王伟"))
    features = node_features(people, lone_nodes(people))
    torn = cluster(features, signed((0, 2, 6.0), (1, 2, 5.0)))
    assert torn.assignment["cluster"].to_list() == [0, 1, 2]
    assert torn.refusals["constraint"].to_list() == ["ambiguous", "ambiguous"]
    clear = cluster(features, signed((0, 2, 9.0), (1, 2, 5.0)))
    assert clear.assignment["cluster"].to_list() == [0, 1, 0]


def test_a_weak_bridge_between_two_groups_is_cut() -> None:
    people = mentions_of(*(named(ROLL, "王伟") for _ in range(4)))
    thin = signed((0, 1, 12.0), (2, 3, 12.0), (1, 2, 2.0))
    assert clusters(people, thin) == [0, 0, 2, 2]
    broad = signed((0, 1, 12.0), (2, 3, 12.0), (1, 2, 2.0), (0, 3, 2.0))
    assert clusters(people, broad) == [0, 0, 0, 0]


def test_a_steward_is_obeyed() -> None:
    people = mentions_of(
        named(POLICE, "王伟", number=FATHER), named(POLICE, "王伟", number=SON), named(ROLL, "王伟", number=FATHER)
    )
    pairs = signed((0, 2, 20.0))
    assert clusters(people, pairs, answers((0, 1, "same"))) == [0, 0, 0]
    assert clusters(people, pairs, answers((0, 2, "different"))) == [0, 1, 2]


def test_a_third_number_does_not_follow_two_that_a_steward_joined() -> None:
    people = mentions_of(
        named(POLICE, "王伟", number=FATHER),
        named(POLICE, "王伟", number=SON),
        named(POLICE, "王伟", number=DAUGHTER),
    )
    assert clusters(people, signed((0, 2, 30.0)), answers((0, 1, "same"))) == [0, 0, 2]


def test_a_parents_number_on_a_childs_row_binds_nobody() -> None:
    people = mentions_of(
        named(POLICE, "王伟", number=FATHER),
        named("civil_affairs_benefits", "王小明", number=FATHER, birth_date=date(2012, 3, 1), birth_precision="month"),
    )
    told = own_numbers(people, lone_nodes(people)).sort("mention_index")
    by_feed = dict(zip(people["feed"].gather(told["mention_index"]), told["is_own"], strict=True))
    assert by_feed == {POLICE: True, "civil_affairs_benefits": False}


def test_a_node_never_holds_two_numbers() -> None:
    people = mentions_of(named(POLICE, "王伟", number=FATHER), named(POLICE, "王伟", number=SON), named(ROLL, "王伟"))
    one = people.select("mention_index", node=pl.lit(0, dtype=pl.UInt32))
    assert one_number_per_node(people, one)["node"].n_unique() == 2


def collective(mentions: pl.DataFrame, pairs: pl.DataFrame) -> tuple[list[int], pl.DataFrame]:
    nodes = lone_nodes(mentions)
    features = node_features(mentions, nodes)
    second = join_lone_nodes(cluster(features, pairs), features, pairs, mentions, nodes)
    return second.assignment["cluster"].to_list(), second.torn


def test_a_titled_mention_joins_the_one_person_that_fits() -> None:
    titled = {"feed": "street_office_participation", "name_text": "张女士", "name_kind": "titled", "surname": "张"}
    people = mentions_of(
        named(POLICE, "张敏", sex="2", phones=["14200000001"], room_code="R1"),
        named(POLICE, "张磊", sex="1", phones=["14200000001"], room_code="R1"),
        named(POLICE, "李敏", sex="2", phones=["14200000001"], room_code="R1"),
        {**titled, "sex": "2", "phones": ["14200000001"]},
    )
    assert collective(people, scored())[0] == [0, 1, 2, 0]


def test_a_titled_mention_that_fits_two_stays_alone_and_is_torn() -> None:
    titled = {"feed": "street_office_participation", "name_text": "张女士", "name_kind": "titled", "surname": "张"}
    people = mentions_of(
        named(POLICE, "张敏", sex="2", phones=["14200000001"]),
        named(POLICE, "张丽", sex="2", phones=["14200000001"]),
        {**titled, "sex": "2", "phones": ["14200000001"]},
    )
    assignment, torn = collective(people, scored())
    assert assignment == [0, 1, 2]
    assert torn.height == 1


def test_known_digits_of_a_masked_number_keep_namesakes_apart() -> None:
    def masked(pattern: str) -> list[int]:
        people = mentions_of(
            named(POLICE, "王伟", number=FATHER, record_key="a"),
            named(POLICE, "王伟", number=SON, record_key="b"),
            {**named(ROLL, "王伟", record_key="c"), "id_kind": "masked", "id_pattern": pattern},
        )
        return clusters(people, signed((0, 1, 8.0), (0, 2, 8.0)))

    assert masked("990101********3034") == [0, 1, 0]
    assert masked("990101********3035") == [0, 1, 0], "one digit may be mistyped"
    assert masked("990101********7788") == [0, 1, 2]


def test_a_name_that_one_resident_bears_is_believed_without_a_second_sign() -> None:
    rows = [named(POLICE, f"王{chr(0x4E00 + n)}", record_key=f"a{n:02d}") for n in range(30)]
    talk = [
        {
            **named("street_office_participation", f"王{chr(0x4E00 + n)}", record_key=f"b{n:02d}"),
            "person_role": "participant",
        }
        for n in range(30)
    ]
    people = mentions_of(*rows, *talk)
    found, _ = collective(people, scored(*((n, 30 + n, 1.0) for n in range(30))))
    assert found[30:] == list(range(30))
    rivals = scored(*((n, 30 + m, 1.0) for n in range(30) for m in range(30)))
    assert collective(people, rivals)[0] == list(range(60)), "thirty candidates for each leave everyone alone"


def test_two_passports_keep_apart_and_a_passport_says_nothing_of_a_citizens_number() -> None:
    def foreigner(passport: str) -> dict[str, object]:
        return named(ROLL, "TANAKA YUKI", name_kind="latin", id_kind="passport", id_number=passport)

    two = mentions_of(foreigner("E17294117"), foreigner("E98350774"), named(ROLL, "TANAKA YUKI"))
    found = clusters(two, signed((0, 1, 9.0), (0, 2, 1.0), (1, 2, 8.0)))
    assert found == [0, 1, 1]
    slip = mentions_of(foreigner("E17294117"), foreigner("E17294177"))
    assert clusters(slip, signed((0, 1, 9.0))) == [0, 0]
    mixed = mentions_of(named(POLICE, "TANAKA YUKI", number=FATHER), foreigner("E17294117"))
    assert clusters(mixed, signed((0, 1, 9.0))) == [0, 0]


def test_a_number_shown_at_a_marriage_is_no_parents_under_any_name() -> None:
    people = mentions_of(
        named("civil_affairs_marriages", "刘凯", person_role="husband", number=FATHER, sex="1"),
        named(POLICE, "刘海", number=FATHER),
        named(POLICE, "刘凯", number=SON, record_key="z"),
    )
    assert clusters(people, signed((0, 2, 12.0))) == [0, 1, 2], "the namesake has another number"
    own = own_numbers(people, lone_nodes(people))
    assert own["is_own"].to_list() == [True, True, True]


def test_house_mates_with_two_given_names_are_not_joined_by_what_they_share() -> None:
    people = mentions_of(
        named(POLICE, "王来昌", number=FATHER), named("civil_affairs_benefits", "王刚健", person_role="head")
    )
    shared = scored((0, 1, -1.0)).with_columns(weight_name=-5.0, weight_phone=9.0, weight_address=9.0, weight_kin=11.0)
    assert collective(people, shared)[0] == [0, 1]
    same_name = scored((0, 1, 2.0)).with_columns(weight_name=12.0, weight_address=9.0)
    assert collective(people, same_name)[0] == [0, 0]
