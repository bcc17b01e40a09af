"""Train the linkage model: Splink 5 estimates m by EM, one session per rule; strangers and house-mates are counted.

Truth is nowhere used. `m` comes from EM, one session per training rule, with the comparisons of that rule's columns
left out of it. `u` comes from random pairs that another comparison shows to be two persons (so that unlinked pairs of
one person do not pass for strangers); `h` from pairs with two different valid numbers at one address or phone.
Several cities may be given: what they teach is averaged, so that no one city's habits become everybody's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import duckdb
import numpy as np
import polars as pl

from pipelines.errors import ConfigError
from pipelines.identity.candidates.blocks import block_pairs
from pipelines.identity.candidates.coding import code_nodes
from pipelines.identity.candidates.features import node_features
from pipelines.identity.candidates.keys import columns
from pipelines.identity.candidates.nodes import build_nodes
from pipelines.identity.scoring.bounds import (
    CONDITIONAL,
    FORMER,
    LEAST_H,
    LEAST_M,
    LEAST_U,
    TAKE_PART_AT_HOME,
    TITLED,
    Least,
)
from pipelines.identity.scoring.comparison import compare
from pipelines.identity.scoring.levels import COMPARISONS, Comparison
from pipelines.identity.scoring.model import ComparisonModel, LevelModel, Model
from pipelines.identity.scoring.splink_settings import read_chances, splink_settings

SEED = 20250601
RANDOM_PAIRS = 1_000_000
# One EM session per rule, each with the comparisons that its columns decide, which Splink leaves out of it.
EM_RULES: dict[str, tuple[str, ...]] = {
    "l.id_number = r.id_number": ("id",),
    "l.name = r.name AND l.birth = r.birth": ("name", "birth"),
    "l.name = r.name AND l.phone_1 = r.phone_1": ("name", "phone"),
    "l.name = r.name AND l.room_1 = r.room_1": ("name", "address"),
}
# A level that no training pair showed is rare, not impossible.
PSEUDO_COUNT = 0.5

Chances = dict[str, list[float | None]]


def train_model(cities: Sequence[pl.DataFrame], *, seed: int = SEED, names: Sequence[str] = ()) -> Model:
    """Train a model on the mentions of one or several cities.

    Args:
        cities: frames of `MENTION_SCHEMA`, a few thousand mentions each at least, part of them with numbers.
        seed: of the random pairs.
        names: what to call the cities in the provenance.

    Returns:
        A model with chances and counts only; the same mentions and seed give the same model.

    Raises:
        ConfigError: the mentions hold too little for some training session, or nothing for some comparison.
    """
    taught = [_taught(mentions, seed) for mentions in cities]
    untaught = [part.name for part in COMPARISONS if not any(t.matched[part.name] for t in taught)]
    if untaught:
        raise ConfigError(f"nothing shows how persons agree on {', '.join(untaught)}: add a home that tells of it")
    matched = {
        part.name: _settled(part, (t.matched[part.name] for t in taught if t.matched[part.name]), LEAST_M)
        for part in COMPARISONS
    }
    strangers = {part.name: _settled(part, (t.strangers[part.name] for t in taught), LEAST_U) for part in COMPARISONS}
    housemates = {part.name: _settled(part, (t.housemates[part.name] for t in taught), LEAST_H) for part in COMPARISONS}
    matched["name"] = _replaced("name", matched["name"], {"former": FORMER, "titled": TITLED})
    at_home = {"community_only": TAKE_PART_AT_HOME, "community_apart": 1 - TAKE_PART_AT_HOME}
    housemates["address"] = _replaced("address", housemates["address"], at_home)
    provenance = {
        "tool": f"Splink {version('splink')} (EM); strangers and house-mates counted",
        "seed": seed,
        "random_pairs": RANDOM_PAIRS,
        "cities": [
            {"name": name, **t.provenance}
            for name, t in zip(names or [f"city {place + 1}" for place in range(len(taught))], taught, strict=True)
        ],
    }
    parts = tuple(_part(comparison, matched, strangers, housemates) for comparison in COMPARISONS)
    return Model(provenance=provenance, comparisons=parts)


@dataclass(frozen=True)
class _Taught:
    """What one city teaches: chances by comparison and level, and how they came about."""

    matched: Chances
    strangers: Chances
    housemates: Chances
    provenance: dict[str, Any]


def _taught(mentions: pl.DataFrame, seed: int) -> _Taught:
    records = _single_mentions(mentions)
    strangers = _stranger_chances(records, seed)
    strangers["name"] = _titled_as_surname(strangers["name"])
    sessions = {rule: _session(records, strangers, rule) for rule in EM_RULES}
    provenance = {
        "mentions": mentions.height,
        "records": records.height,
        "records_sha256": sha256(records.write_csv().encode()).hexdigest(),
        "em_sessions": [
            {"rule": rule, "left_out": list(EM_RULES[rule]), "taught": {name: _rounded(m) for name, m in found.items()}}
            for rule, found in sessions.items()
        ],
    }
    matched = {
        part.name: _mean(found[part.name] for found in sessions.values() if part.name in found) for part in COMPARISONS
    }
    return _Taught(matched, strangers, _household_chances(records), provenance)


def _rounded(chances: Sequence[float | None]) -> list[float | None]:
    return [None if chance is None else round(chance, 6) for chance in chances]


def _mean(lists: Iterable[Sequence[float | None]]) -> list[float | None]:
    """The mean of every level; null where it is null in all, empty where there is nothing to take a mean of."""
    return [
        None if not known else float(np.mean(known))
        for known in ([chance for chance in level if chance is not None] for level in zip(*lists, strict=True))
    ]


def _single_mentions(mentions: pl.DataFrame) -> pl.DataFrame:
    """Features of every mention by itself, so that mentions of one number show how persons agree with themselves."""
    nodes = build_nodes(mentions)
    gathered = node_features(mentions, nodes).frame.select("node", node_borrowed="borrowed")
    alone = mentions.select("mention_index", node="mention_index")
    single = node_features(mentions, alone).frame.drop("id_number", "id_pattern", "borrowed")
    valid = pl.when(pl.col("id_kind") == "valid").then("id_number")
    own = (
        mentions.select("mention_index", "id_pattern", id_number=valid)
        .join(nodes, on="mention_index")
        .join(gathered, on="node", how="left")
        .select(
            node="mention_index",
            id_number=pl.when(~pl.col("node_borrowed")).then("id_number"),
            id_pattern=pl.when(~pl.col("node_borrowed")).then("id_pattern"),
            borrowed="node_borrowed",
        )
    )
    return single.join(own, on="node", how="left").sort("node")


def _levels(pairs: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    return compare(pairs, code_nodes(records))


def _stranger_chances(records: pl.DataFrame, seed: int) -> Chances:
    """u: levels of random pairs that differ plainly in name (for the name itself: in birth date)."""
    random = np.random.default_rng(seed)
    nodes = records["node"].to_numpy()
    drawn = nodes[random.integers(0, len(nodes), size=(2, RANDOM_PAIRS))]
    pairs = pl.DataFrame({"left_node": drawn.min(axis=0), "right_node": drawn.max(axis=0)})
    compared = _levels(pairs.filter(pl.col("left_node") != pl.col("right_node")), records)
    other_name = pl.col("level_name") == _place("name", "else")
    other_birth = pl.col("level_birth") == _place("birth", "else")
    return {
        part.name: _shares(compared.filter(other_birth if part.name == "name" else other_name), part)
        for part in COMPARISONS
    }


def _household_chances(records: pl.DataFrame) -> Chances:
    """h: levels of pairs with two numbers in one room; for the address, of pairs with two numbers on one phone."""
    numbered = records.filter(pl.col("id_number").is_not_null())
    at_room = block_pairs(columns("room_1")(numbered), "room", 30).pairs
    at_phone = block_pairs(columns("phone_1")(numbered), "phone", 30).pairs
    differ = pl.col("level_id") == _place("id", "both_valid_differ")
    # Birth date and sex are compared as they stand: where both numbers show them, they are left to the numbers.
    unnumbered = records.with_columns(id_pattern=pl.lit(None, dtype=pl.String))
    pairs = {
        source: _levels(at_place, records).filter(differ).select("left_node", "right_node")
        for source, at_place in (("room", at_room), ("phone", at_phone))
    }
    rooms, phones = (_levels(found, unnumbered) for found in pairs.values())
    chances = {part.name: _shares(phones if part.name == "address" else rooms, part) for part in COMPARISONS}
    chances["id"] = [None] * len(chances["id"])
    return {**chances, "name": _titled_as_surname(chances["name"])}


def _titled_as_surname(shares: list[float | None]) -> list[float | None]:
    """A titled mention (张女士) agrees with a house-mate as often as surnames do: numbered records bear no titles."""
    labels = next(part.labels for part in COMPARISONS if part.name == "name")
    same = {"equal", "sound", "shape", "accent", "swapped", "slip", "surname"}
    total = sum(share or 0.0 for label, share in zip(labels, shares, strict=True) if label in same)
    return [min(total, 1.0) if label == "titled" else share for label, share in zip(labels, shares, strict=True)]


def _session(records: pl.DataFrame, strangers: Chances, rule: str) -> Chances:
    """Run one EM session in a linker of its own, and return m of the comparisons that it taught."""
    from splink import DuckDBAPI, Linker
    from splink.internals.exceptions import EMTrainingException

    # On one thread, so that sums run in one order and equal records make equal models.
    with duckdb.connect(config={"threads": 1}) as connection:
        api = DuckDBAPI(connection=connection)
        table = api.register(records.rename({"node": "unique_id"}).to_arrow())
        linker = Linker(table, splink_settings(strangers), log_level=40)
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(
                rule, estimate_without_term_frequencies=True
            )
        except (ValueError, EMTrainingException) as error:
            raise ConfigError(f"too few records agree on {rule} to train a model on: load more nights first") from error
        taught = read_chances(linker.misc.save_model_to_json(), "m_probability")
    return {name: chances for name, chances in taught.items() if name not in EM_RULES[rule]}


def _settled(part: Comparison, lists: Iterable[Sequence[float | None]], least: Least) -> list[float | None]:
    """The mean over cities, each level at its least value at the least, each kind of pairs summing to one."""
    bounds, kinds = least.get(part.name, {}), CONDITIONAL.get(part.name, ())
    plain = tuple(label for label in part.labels if not any(label in kind for kind in kinds))
    raised = {
        label: None if chance is None else max(chance, bounds.get(label, 0.0))
        for label, chance in zip(part.labels, _mean(lists), strict=True)
    }
    for labels in (plain, *(kind for kind in kinds if len(kind) > 1)):
        total = sum(raised[label] or 0.0 for label in labels)
        raised |= {label: chance / total for label in labels if (chance := raised[label]) is not None}
    return list(raised.values())


def _replaced(name: str, chances: list[float | None], values: Mapping[str, float]) -> list[float | None]:
    labels = next(part.labels for part in COMPARISONS if part.name == name)
    return [values.get(label, chance) for label, chance in zip(labels, chances, strict=True)]


def _shares(compared: pl.DataFrame, part: Comparison) -> list[float | None]:
    """Share of each level among comparable pairs; null for the null level."""
    counts = dict(compared[f"level_{part.name}"].value_counts().iter_rows())
    seen = [float(counts.get(place, 0)) + PSEUDO_COUNT for place in range(1, len(part.levels))]
    return [None, *(count / sum(seen) for count in seen)]


def _place(comparison: str, label: str) -> int:
    return next(part for part in COMPARISONS if part.name == comparison).labels.index(label)


def _part(
    comparison: Comparison,
    matched: Chances,
    strangers: Chances,
    housemates: Chances,
) -> ComparisonModel:
    name = comparison.name
    chances = zip(comparison.levels, matched[name], strangers[name], housemates[name], strict=True)
    return ComparisonModel(
        name=name,
        levels=tuple(
            LevelModel(
                label=level.label,
                sql=level.sql,
                frequency=level.frequency,
                m=m,
                u=u,
                h=h,
            )
            for level, m, u, h in chances
        ),
    )
