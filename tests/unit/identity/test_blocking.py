"""Blocks are bounded, what a bound drops is counted, and hostile data does not explode."""

from __future__ import annotations

import polars as pl
from made_up_people import lone_nodes, mentions_of

from pipelines.identity.candidates.blocking import RULES, candidate_pairs
from pipelines.identity.candidates.features import PHONE_BUCKETS, ROOM_BUCKETS, node_features
from pipelines.normalise.names import parse_names

CROWD = 400


def _crowd(**shared: object) -> pl.DataFrame:
    signs = [chr(0x4E00 + place) for place in range(CROWD)]
    names = [f"{'赵钱孙李周吴郑王'[place % 8]}{sign}" for place, sign in enumerate(signs)]
    parsed = parse_names(pl.Series(names)).to_dicts()
    told = [{key: row[key] for key in ("name", "surname", "given", "pinyin")} for row in parsed]
    return mentions_of(*({"feed": "property_occupants", **row, **shared} for row in told))


def test_a_phone_of_a_thousand_people_is_no_evidence() -> None:
    crowd = _crowd(phones=["14200000001"])
    features = node_features(crowd, lone_nodes(crowd))
    assert features.left_out["phone"] == 1
    assert features.frame["phone_1"].null_count() == CROWD > PHONE_BUCKETS[2]
    assert candidate_pairs(features.frame).pairs.height < CROWD


def test_a_room_with_four_hundred_registered_is_no_evidence() -> None:
    crowd = _crowd(room_code="R1", building_code="B1")
    features = node_features(crowd, lone_nodes(crowd))
    assert features.left_out["room"] == 1
    assert features.frame["room_1"].null_count() == CROWD > ROOM_BUCKETS[2]
    assert candidate_pairs(features.frame).pairs.height < CROWD


def test_one_name_for_all_is_dropped_and_counted() -> None:
    same = mentions_of(*({"feed": "property_occupants", "name": "王伟", "pinyin": "wang wei"} for _ in range(CROWD)))
    candidates = candidate_pairs(node_features(same, lone_nodes(same)).frame)
    blocks = {row["rule"]: row for row in candidates.blocks.to_dicts()}
    assert candidates.pairs.is_empty()
    assert blocks["rare_name"]["dropped_pairs"] == CROWD * (CROWD - 1) // 2
    assert blocks["rare_name"]["largest_block"] == CROWD


def test_titles_alone_bring_nobody_together() -> None:
    titled = mentions_of(
        *({"feed": "property_occupants", "name": None, "name_kind": "titled", "surname": "张"} for _ in range(CROWD))
    )
    assert candidate_pairs(node_features(titled, lone_nodes(titled)).frame).pairs.is_empty()


def test_two_own_numbers_are_never_compared() -> None:
    both = {"feed": "police_residents", "name": "王伟", "phones": ["14200000001"]}
    mentions = mentions_of(
        both | {"number": "990101195505263034", "id_pattern": "990101195505263034"},
        both | {"number": "990102198102010597", "id_pattern": "990102198102010597"},
    )
    candidates = candidate_pairs(node_features(mentions, lone_nodes(mentions)).frame)
    assert candidates.pairs.is_empty()
    assert candidates.blocks.filter(pl.col("rule") == "two_numbers")["dropped_pairs"].sum() > 0


def test_every_pair_is_credited_to_one_known_rule() -> None:
    crowd = _crowd(estate_code="E1")
    pairs = candidate_pairs(node_features(crowd, lone_nodes(crowd)).frame).pairs
    assert set(pairs["rule"].unique()) <= {rule.name for rule in RULES}
    assert pairs.select("left_node", "right_node").is_unique().all()
    assert (pairs["left_node"] < pairs["right_node"]).all()
