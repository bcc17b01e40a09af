"""Which pairs of nodes are compared at all: rules with bounded blocks, and a count of what a bound drops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import polars as pl

from pipelines.identity.candidates.blocks import Blocks, Finer, block_pairs
from pipelines.identity.candidates.keys import (
    Keys,
    columns,
    day,
    head,
    known_birth,
    known_start,
    known_tail,
    last,
    long_given,
    month,
    repaired,
    second,
    slotted,
    with_names,
    year,
)


@dataclass(frozen=True)
class Rule:
    """One blocking rule.

    Attributes:
        name: as served in `master.person_link`.
        keys: features -> `node, key`; a node may have several keys.
        bound: a block with more pairs than this many nodes have is cut up by the finer keys.
        finer: names of `FINER` that cut up a large block; what none of them brings is dropped and counted.
        apart: name in `APART`: nodes alike in that need not be paired, because another rule pairs them.
        own_numbers_meet: two nodes with a number of their own are paired too; else they are two persons by law.
    """

    name: str
    keys: Keys
    bound: int
    finer: tuple[str, ...] = ()
    apart: str | None = None
    own_numbers_meet: bool = False


@dataclass(frozen=True)
class Candidates:
    """Candidate pairs and what was not compared.

    Attributes:
        pairs: `left_node, right_node` (left < right), `rule` (the first rule that brought the pair), sorted.
        blocks: one row a rule, see `blocks.Blocks`.
    """

    pairs: pl.DataFrame
    blocks: pl.DataFrame


FINER: dict[str, Keys] = {
    "year": columns(year),
    "tail": columns(known_tail),
    "second": columns(second),
    "last": columns(last),
    "name": columns("name"),
    "ends": slotted("ends"),
    "kin": slotted("kin"),
    "building": slotted("building"),
    "estate": slotted("estate"),
    "community": slotted("community"),
}
APART: dict[str, pl.Expr] = {
    "name": pl.col("name"),
    "pinyin": pl.col("pinyin"),
    "placed": pl.when(pl.col("building_1").is_not_null()).then(pl.lit("placed")),
    "named": pl.when(pl.col("name").is_not_null()).then(pl.lit("named")),
}
_OF_NAME = ("year", "tail", "ends", "kin", "estate", "community")
_OF_FAMILY = ("second", "last", "year", "building")

# The order is that of how much a rule says: a pair is credited to the first that brings it.
RULES: tuple[Rule, ...] = (
    Rule("id_number", columns("id_pattern"), 20, ("name", "year"), own_numbers_meet=True),
    Rule("name_birth", with_names(month), 60, _OF_NAME),
    Rule("id_tail_surname", columns(known_tail, head), 120, _OF_FAMILY),
    Rule("id_tail_last", columns(known_tail, last), 60, _OF_FAMILY),
    Rule("id_tail_room", slotted("room", known_tail), 20),
    Rule("id_start_surname", columns(known_start, head), 30, _OF_FAMILY),
    Rule("id_birth_tail", columns(known_birth, known_tail), 30),
    Rule("birth_tail", columns(month, known_tail), 30),
    Rule("id_repair", repaired, 20),
    Rule("phone", slotted("phone"), 25, ("name", "second", "last")),
    Rule("phone_surname", slotted("phone", head), 60, _OF_FAMILY),
    Rule("phone_ends_surname", slotted("ends", head), 60, _OF_FAMILY),
    Rule("name_room", slotted("room", pl.col("name")), 30, _OF_NAME),
    Rule("surname_room", slotted("room", head), 30, _OF_FAMILY),
    Rule("given_room", slotted("room", pl.col("given")), 30, ("year",)),
    Rule("birth_room", slotted("room", month), 30, ("second", "last")),
    Rule("sound_birth", columns("pinyin", month), 60, _OF_NAME),
    Rule("birth_surname", columns(day, head), 40, _OF_FAMILY),
    Rule("birth_last", columns(day, last, "sex"), 40, ("second", "building")),
    Rule("name_kin", slotted("kin", pl.col("name")), 30, _OF_NAME),
    Rule("surname_kin", slotted("kin", head), 30, _OF_FAMILY),
    Rule("given_kin", slotted("kin", pl.col("given")), 30, ("year", "building")),
    Rule("name_building", slotted("building", pl.col("name")), 40, _OF_NAME),
    Rule("sound_unit", slotted("unit", pl.col("pinyin")), 40, _OF_NAME),
    Rule("name_estate", slotted("estate", pl.col("name")), 40, _OF_NAME),
    Rule("name_community", slotted("community", pl.col("name")), 40, _OF_NAME),
    Rule("sound_estate", slotted("estate", pl.col("pinyin")), 30, _OF_NAME),
    Rule("given_estate", slotted("estate", long_given), 30, _OF_NAME),
    Rule("last_building", slotted("building", head, last), 30, _OF_FAMILY),
    Rule("second_building", slotted("building", head, second), 30, _OF_FAMILY),
    Rule("last_community", slotted("community", head, last), 30, _OF_FAMILY, apart="placed"),
    Rule("second_community", slotted("community", head, second), 30, _OF_FAMILY, apart="placed"),
    Rule("titled_unit", slotted("unit", head), 20, ("last", "year"), apart="named"),
    Rule("rare_name", with_names(), 25, _OF_NAME),
    Rule("swapped_name", columns("name_sorted"), 25, _OF_NAME, apart="name"),
    Rule("rare_sound", columns("pinyin"), 20, _OF_NAME, apart="name"),
    Rule("like_shape", columns("shape"), 20, _OF_NAME, apart="name"),
    Rule("like_sound", slotted("community", pl.col("accent")), 15, _OF_NAME, apart="pinyin"),
)


def candidate_pairs(features: pl.DataFrame, rules: tuple[Rule, ...] = RULES) -> Candidates:
    """Return the pairs of nodes that any rule brings together.

    Args:
        features: frame of `node_features`.
        rules: the rules in order of precedence.

    Returns:
        Distinct pairs, sorted by left and right node, and the counts of every rule. Two nodes with two valid numbers
        of their own are two persons and are never compared. Nothing depends on the order of rows.
    """
    finer = {name: cache(_bound_to(keys, features)) for name, keys in FINER.items()}
    made = [_rule_pairs(features, rule, {name: finer[name] for name in rule.finer}) for rule in rules]
    united = pl.concat(
        block.pairs.with_columns(order=pl.lit(order, dtype=pl.UInt8)) for order, block in enumerate(made)
    )
    names = {order: rule.name for order, rule in enumerate(rules)}
    pairs = (
        united.group_by("left_node", "right_node")
        .agg(pl.col("order").min())
        .sort("left_node", "right_node")
        .select("left_node", "right_node", rule=pl.col("order").replace_strict(names, return_dtype=pl.String))
    )
    return Candidates(pairs, pl.DataFrame([block.counts for block in made]))


def _bound_to(keys: Keys, features: pl.DataFrame) -> Callable[[], pl.DataFrame]:
    return lambda: keys(features)


def _rule_pairs(features: pl.DataFrame, rule: Rule, finer: Finer) -> Blocks:
    kind = APART[rule.apart] if rule.apart else pl.lit(None, dtype=pl.String)
    anchor = pl.lit(value=False) if rule.own_numbers_meet else pl.col("id_number").is_not_null()
    traits = features.select("node", anchor=anchor, kind=kind)
    return block_pairs(rule.keys(features), rule.name, rule.bound, finer, traits)
