"""Which pairs of nodes are compared at all: rules with bounded blocks, and a count of what a bound drops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from pipelines.identity.candidates.features import SLOTS

Keys = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Rule:
    """One blocking rule.

    Attributes:
        name: as served in `master.person_link`.
        keys: features -> `node, key`; a node may have several keys.
        bound: blocks with more nodes than this are dropped and counted; a value so many share tells nobody apart.
    """

    name: str
    keys: Keys
    bound: int


@dataclass(frozen=True)
class Candidates:
    """Candidate pairs and what was not compared.

    Attributes:
        pairs: `left_node, right_node` (left < right), `rule` (the first rule that brought the pair), sorted.
        blocks: one row a rule: `rule, blocks, pairs, dropped_blocks, dropped_pairs, largest_block`.
    """

    pairs: pl.DataFrame
    blocks: pl.DataFrame


def _columns(*columns: str) -> Keys:
    """Keys that are the values of columns side by side; null where any is missing."""

    def keys(features: pl.DataFrame) -> pl.DataFrame:
        return features.select("node", key=pl.concat_str(columns, separator="|"))

    return keys


def _derived(*parts: pl.Expr) -> Keys:
    def keys(features: pl.DataFrame) -> pl.DataFrame:
        return features.select("node", key=pl.concat_str(parts, separator="|"))

    return keys


def _slotted(slot: str, *parts: pl.Expr) -> Keys:
    """Keys of every slot of a kind, together with other parts."""

    def keys(features: pl.DataFrame) -> pl.DataFrame:
        return pl.concat(
            features.select("node", key=pl.concat_str([pl.col(f"{slot}_{place + 1}"), *parts], separator="|"))
            for place in range(SLOTS[slot])
        )

    return keys


def _names(features: pl.DataFrame) -> pl.DataFrame:
    """The name and the former name, so that a former name meets the name it was."""
    return pl.concat([features.select("node", key="name"), features.select("node", key="former_name")])


def _former_with_birth(features: pl.DataFrame) -> pl.DataFrame:
    month = pl.col("birth").str.head(7)
    return pl.concat(
        features.select("node", key=pl.concat_str([column, month], separator="|")) for column in ("name", "former_name")
    )


_month = pl.when(pl.col("birth").str.len_chars() >= 7).then(pl.col("birth").str.head(7))
_day = pl.when(pl.col("birth").str.len_chars() == 10).then(pl.col("birth"))
_head = pl.coalesce("surname", pl.col("name").str.head(2))
_last = pl.col("name").str.tail(1)
_tail = pl.col("id_pattern").str.tail(4)
_known_tail = pl.when(~_tail.str.contains("*", literal=True)).then(_tail)
_known_birth = pl.when(~pl.col("id_pattern").str.slice(6, 8).str.contains("*", literal=True)).then(
    pl.col("id_pattern").str.slice(6, 8)
)

# The order is that of how much a rule says: a pair is credited to the first that brings it.
RULES: tuple[Rule, ...] = (
    Rule("id_number", _columns("id_pattern"), 20),
    Rule("name_birth", _former_with_birth, 60),
    Rule("id_tail_surname", _derived(_known_tail, _head), 120),
    Rule("id_birth_tail", _derived(_known_birth, _known_tail), 30),
    Rule("phone", _slotted("phone"), 25),
    Rule("phone_surname", _slotted("phone", _head), 60),
    Rule("phone_ends_surname", _slotted("ends", _head), 60),
    Rule("name_room", _slotted("room", pl.col("name")), 30),
    Rule("surname_room", _slotted("room", _head), 30),
    Rule("given_room", _slotted("room", pl.col("given")), 30),
    Rule("birth_room", _slotted("room", _month), 30),
    Rule("sound_birth", _derived(pl.col("pinyin"), _month), 60),
    Rule("birth_surname", _derived(_day, _head), 40),
    Rule("birth_last", _derived(_day, _last, pl.col("sex")), 40),
    Rule("name_kin", _slotted("kin", pl.col("name")), 30),
    Rule("surname_kin", _slotted("kin", _head), 30),
    Rule("given_kin", _slotted("kin", pl.col("given")), 30),
    Rule("name_building", _slotted("building", pl.col("name")), 40),
    Rule("sound_unit", _slotted("unit", pl.col("pinyin")), 40),
    Rule("name_estate", _slotted("estate", pl.col("name")), 40),
    Rule("name_community", _slotted("community", pl.col("name")), 40),
    Rule("sound_estate", _slotted("estate", pl.col("pinyin")), 30),
    Rule("swapped_name", _columns("name_sorted"), 25),
    Rule("rare_name", _names, 25),
    Rule("rare_sound", _columns("pinyin"), 20),
)


def candidate_pairs(features: pl.DataFrame, rules: tuple[Rule, ...] = RULES) -> Candidates:
    """Return the pairs of nodes that any rule brings together.

    Args:
        features: frame of `node_features`.
        rules: the rules in order of precedence.

    Returns:
        Distinct pairs, sorted by left and right node, and the counts of every rule. Two nodes with two valid numbers
        of their own are two persons and are never compared (counted as `two_numbers`). Nothing depends on the order
        of rows.
    """
    counts: list[dict[str, object]] = []
    parts: list[pl.DataFrame] = []
    for order, rule in enumerate(rules):
        pairs, count = _pairs_of(rule.keys(features), rule)
        counts.append(count)
        parts.append(pairs.with_columns(order=pl.lit(order, dtype=pl.UInt8)))
    united, refused = _without_two_numbers(pl.concat(parts), features)
    counts.append(refused)
    names = {order: rule.name for order, rule in enumerate(rules)}
    pairs = (
        united.group_by("left_node", "right_node")
        .agg(pl.col("order").min())
        .sort("left_node", "right_node")
        .select("left_node", "right_node", rule=pl.col("order").replace_strict(names, return_dtype=pl.String))
    )
    return Candidates(pairs, pl.DataFrame(counts))


def _without_two_numbers(pairs: pl.DataFrame, features: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, object]]:
    numbered = features.filter(pl.col("id_number").is_not_null())
    left, right = (
        pl.col(side).is_in(numbered.filter(pl.col("borrowed").not_())["node"].implode())
        for side in ("left_node", "right_node")
    )
    kept = pairs.filter(~(left & right))
    dropped = pairs.height - kept.height
    return kept, {
        "rule": "two_numbers",
        "blocks": 0,
        "pairs": 0,
        "dropped_blocks": 0,
        "dropped_pairs": dropped,
        "largest_block": 0,
    }


def _pairs_of(keys: pl.DataFrame, rule: Rule) -> tuple[pl.DataFrame, dict[str, object]]:
    keyed = keys.drop_nulls().unique().select("node", pl.col("key").hash(seed=0).alias("key"))
    sizes = keyed.group_by("key").len("size").filter(pl.col("size") > 1)
    kept = sizes.filter(pl.col("size") <= rule.bound)
    members = keyed.join(kept.select("key"), on="key").sort("key", "node")
    pairs = (
        members.join(members, on="key", suffix="_right")
        .filter(pl.col("node") < pl.col("node_right"))
        .select(left_node="node", right_node="node_right")
        .unique()
    )
    size = sizes["size"].cast(pl.Int64)
    dropped = size.filter(size > rule.bound)
    return pairs, {
        "rule": rule.name,
        "blocks": kept.height,
        "pairs": pairs.height,
        "dropped_blocks": dropped.len(),
        "dropped_pairs": int((dropped * (dropped - 1) // 2).sum()),
        "largest_block": int(str(size.max() or 0)),
    }
