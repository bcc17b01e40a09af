"""Blocks are bounded, what a bound drops is counted, and hostile data does not explode."""

from __future__ import annotations

from datetime import date

import polars as pl
from made_up_people import SON, lone_nodes, mentions_of

from pipelines.identity.candidates.blocking import RULES, candidate_pairs
from pipelines.identity.candidates.blocks import block_pairs
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
    frame = node_features(mentions, lone_nodes(mentions)).frame
    assert frame["id_number"].null_count() == 0
    assert candidate_pairs(frame).pairs.is_empty()


def test_every_pair_is_credited_to_one_known_rule() -> None:
    crowd = _crowd(estate_code="E1")
    pairs = candidate_pairs(node_features(crowd, lone_nodes(crowd)).frame).pairs
    assert set(pairs["rule"].unique()) <= {rule.name for rule in RULES}
    assert pairs.select("left_node", "right_node").is_unique().all()
    assert (pairs["left_node"] < pairs["right_node"]).all()


def test_a_common_name_is_cut_up_by_what_else_is_known() -> None:
    same = {"feed": "property_occupants", "name": "王伟", "pinyin": "wang wei"}
    crowd = [same | {"estate_code": f"E{place // 2}"} for place in range(CROWD)]
    candidates = candidate_pairs(node_features(made := mentions_of(*crowd), lone_nodes(made)).frame)
    told = candidates.blocks.filter(pl.col("rule") == "rare_name").row(0, named=True)
    assert candidates.pairs.height == CROWD // 2
    assert (told["refined_blocks"], told["refined_pairs"], told["dropped_blocks"]) == (1, CROWD // 2, 1)
    assert told["dropped_pairs"] == CROWD * (CROWD - 1) // 2 - CROWD // 2


def test_a_cut_that_is_too_large_is_cut_again() -> None:
    keys = pl.DataFrame({"node": range(60), "key": ["k"] * 60}, schema={"node": pl.UInt32, "key": pl.String})
    by_half = keys.select("node", key=(pl.col("node") % 2).cast(pl.String))
    by_third = keys.select("node", key=(pl.col("node") % 30).cast(pl.String))
    blocks = block_pairs(keys, "k", 5, {"half": lambda: by_half, "third": lambda: by_third})
    assert blocks.pairs.height == 30
    alone = block_pairs(keys, "k", 5, {"half": lambda: by_half})
    assert (alone.pairs.height, alone.counts["dropped_pairs"]) == (0, 60 * 59 // 2)


def test_what_is_kept_apart_neither_meets_nor_counts() -> None:
    keys = pl.DataFrame({"node": range(50), "key": ["k"] * 50}, schema={"node": pl.UInt32, "key": pl.String})
    traits = keys.select("node", anchor=pl.col("node") > 0, kind=pl.when(pl.col("node") < 2).then(pl.lit("one")))
    blocks = block_pairs(keys, "k", 12, traits=traits)
    assert set(blocks.pairs["left_node"]) == {0}
    assert sorted(blocks.pairs["right_node"]) == list(range(2, 50))
    assert blocks.counts["largest_block"] == 50


def test_pairs_do_not_depend_on_the_order_of_rows() -> None:
    crowd = _crowd(estate_code="E1", community="C1")
    frame = node_features(crowd, lone_nodes(crowd)).frame
    assert candidate_pairs(frame).pairs.equals(candidate_pairs(frame.reverse()).pairs)


def test_a_city_of_one_name_stays_small() -> None:
    """Every refinement shared by all as well: nothing to tell them apart, and no explosion on the way to saying so."""
    same = {"feed": "property_occupants", "name": "王伟", "pinyin": "wang wei", "estate_code": "E", "community": "C"}
    many = mentions_of(*(same | {"birth_date": date(1980, 1, 1), "birth_precision": "year"} for _ in range(3_000)))
    assert candidate_pairs(node_features(many, lone_nodes(many)).frame).pairs.is_empty()


def test_a_number_with_a_slip_meets_the_number_it_was() -> None:
    """990102198102010597 with two neighbours swapped, under a name without a common sign."""
    mentions = mentions_of(
        {"feed": "police_residents", "name": "王伟", "number": SON, "id_pattern": SON},
        {"feed": "property_occupants", "name": "李强", "id_kind": "invalid", "id_pattern": "990102198102015097"},
        {"feed": "property_occupants", "name": "孙明", "id_kind": "invalid", "id_pattern": "990102198102015097"}
        | {"birth_date": date(1990, 5, 1), "birth_precision": "day"},
    )
    pairs = candidate_pairs(node_features(mentions, lone_nodes(mentions)).frame).pairs
    assert pairs.filter(pl.col("rule") == "id_repair").rows() == [(0, 1, "id_repair")]
