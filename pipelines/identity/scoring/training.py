"""Train the linkage model: Splink 5 estimates m by EM, one session per rule; strangers and house-mates are counted.

Truth is nowhere used: `m` comes from EM; `u` from random pairs that another comparison shows to be two persons (so
that unlinked pairs of one person do not pass for strangers); `h` from pairs with two different valid numbers at one
address or phone.
"""

from __future__ import annotations

import duckdb
import numpy as np
import polars as pl

from pipelines.identity.candidates.blocking import Rule, _columns, _pairs_of
from pipelines.identity.candidates.coding import code_nodes
from pipelines.identity.candidates.features import node_features
from pipelines.identity.candidates.nodes import build_nodes
from pipelines.identity.scoring.comparison import compare
from pipelines.identity.scoring.levels import COMPARISONS, Comparison
from pipelines.identity.scoring.model import ComparisonModel, LevelModel, Model
from pipelines.identity.scoring.splink_settings import read_chances, splink_settings

SEED = 20250601
RANDOM_PAIRS = 1_000_000
# One EM session per rule; Splink leaves the comparisons of the rule's own columns out of that session.
# One EM session per rule, each with the comparisons that its columns decide, which Splink leaves out of it.
EM_RULES: dict[str, tuple[str, ...]] = {
    "l.id_number = r.id_number": ("id",),
    "l.name = r.name AND l.birth = r.birth": ("name", "birth"),
    "l.name = r.name AND l.phone_1 = r.phone_1": ("name", "phone"),
    "l.name = r.name AND l.room_1 = r.room_1": ("name", "address"),
}
# A level that no training pair showed is rare, not impossible.
PSEUDO_COUNT = 0.5
# What a title or a community-only row can show at best is this level, so its chances are those among such pairs
# alone; EM, which sees them beside all others, cannot tell. Surnames are written alike but for slips; most take part
# where they live.
CONDITIONAL_M = {("name", "titled"): 0.97, ("address", "community_only"): 0.75}
CONDITIONAL_H = {("address", "community_only"): 0.95}
# No department writes better than this, whatever one city's EM says: least chances of a slip among pairs of one
# person. From the rates of wrong characters, homophones, titles, changed phones and others' numbers that the feed
# specification lists as usual.
LEAST_M = {
    "name": {
        "former": 0.002,
        "sound": 0.008,
        "swapped": 0.002,
        "slip": 0.008,
        "given": 0.002,
        "short_slip": 0.004,
        "titled": 0.015,
        "surname": 0.001,
        "else": 0.002,
    },
    "birth": {"month": 0.05, "year": 0.005, "slip": 0.008, "same_year": 0.004, "else": 0.006},
    "sex": {"else": 0.004},
    "id": {
        "fits_many": 0.01,
        "fits_some": 0.05,
        "fits_few": 0.03,
        "one_digit": 0.008,
        "two_digits": 0.004,
        "one_of_few": 0.004,
        "both_valid_differ": 0.001,
        "else": 0.008,
    },
    "phone": {"family": 0.03, "shared": 0.005, "masked": 0.02, "else": 0.15},
    "address": {
        "busy_room": 0.01,
        "unit": 0.01,
        "building": 0.01,
        "estate": 0.01,
        "community": 0.01,
        "community_only": 0.005,
        "else": 0.08,
    },
    "kin": {"else": 0.05},
}


def train_model(mentions: pl.DataFrame, *, seed: int = SEED) -> Model:
    """Train a model on the mentions of a night.

    Args:
        mentions: frame of `MENTION_SCHEMA`, a few thousand at least, part of them with numbers.
        seed: of the random pairs.

    Returns:
        A model with chances and counts only; the same mentions and seed give the same model.
    """
    records = _single_mentions(mentions)
    strangers = _stranger_chances(records, seed)
    strangers["name"] = _titled_as_surname(strangers["name"])
    housemates = _household_chances(records)
    matched, sessions = _splink_m(records, strangers)
    parts = tuple(_part(comparison, matched, strangers, housemates) for comparison in COMPARISONS)
    provenance = {
        "tool": "Splink 5 (EM); strangers and house-mates counted",
        "mentions": mentions.height,
        "records": records.height,
        "random_pairs": RANDOM_PAIRS,
        "em_rules": sessions,
        "seed": seed,
    }
    return Model(provenance=provenance, comparisons=parts)


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


def _stranger_chances(records: pl.DataFrame, seed: int) -> dict[str, list[float | None]]:
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


def _household_chances(records: pl.DataFrame) -> dict[str, list[float | None]]:
    """h: levels of pairs with two numbers in one room; for the address, of pairs with two numbers on one phone."""
    numbered = records.filter(pl.col("id_number").is_not_null())
    at_room, _ = _pairs_of(_columns("room_1")(numbered), Rule("room", _columns("room_1"), 30))
    at_phone, _ = _pairs_of(_columns("phone_1")(numbered), Rule("phone", _columns("phone_1"), 30))
    differ = pl.col("level_id") == _place("id", "both_valid_differ")
    rooms = _levels(at_room, records).filter(differ)
    phones = _levels(at_phone, records).filter(differ)
    chances = {part.name: _shares(phones if part.name == "address" else rooms, part) for part in COMPARISONS}
    chances["id"] = [None] * len(chances["id"])
    return {**chances, "name": _titled_as_surname(chances["name"])}


def _titled_as_surname(shares: list[float | None]) -> list[float | None]:
    """A titled mention (张女士) agrees with a house-mate as often as surnames do: numbered records bear no titles."""
    labels = next(part.labels for part in COMPARISONS if part.name == "name")
    same = {"equal", "sound", "swapped", "slip", "surname"}
    total = sum(share or 0.0 for label, share in zip(labels, shares, strict=True) if label in same)
    return [min(total, 1.0) if label == "titled" else share for label, share in zip(labels, shares, strict=True)]


def _splink_m(
    records: pl.DataFrame, strangers: dict[str, list[float | None]]
) -> tuple[dict[str, list[float | None]], list[str]]:
    """Return m of every level, the mean of the sessions that taught it, and the rules of those sessions."""
    taught = {rule: chances for rule in EM_RULES if (chances := _session(records, strangers, rule)) is not None}
    result = {}
    for part in COMPARISONS:
        lists = [chances[part.name] for rule, chances in taught.items() if part.name not in EM_RULES[rule]]
        means = [None if level[0] is None else float(np.mean(level)) for level in zip(*lists, strict=True)]
        result[part.name] = _with_doubt(part, means)
    return result, list(taught)


def _session(
    records: pl.DataFrame, strangers: dict[str, list[float | None]], rule: str
) -> dict[str, list[float | None]] | None:
    """Run one EM session in a linker of its own; null where a chance underflows, which teaches nothing."""
    from splink import DuckDBAPI, Linker

    with duckdb.connect() as connection:
        api = DuckDBAPI(connection=connection)
        table = api.register(records.rename({"node": "unique_id"}).to_arrow())
        linker = Linker(table, splink_settings(strangers), log_level=40)
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(
                rule, estimate_without_term_frequencies=True
            )
        except ValueError:
            return None
        return read_chances(linker.misc.save_model_to_json(), "m_probability")


def _with_doubt(part: Comparison, chances: list[float | None]) -> list[float | None]:
    """Raise the chances of slips to their least values, and let all levels sum to one."""
    least = LEAST_M[part.name]
    raised = [
        None if chance is None else max(chance, least.get(label, 0.0))
        for label, chance in zip(part.labels, chances, strict=True)
    ]
    total = sum(chance for chance in raised if chance is not None)
    return [None if chance is None else chance / total for chance in raised]


def _shares(compared: pl.DataFrame, part: Comparison) -> list[float | None]:
    """Share of each level among comparable pairs; null for the null level."""
    counts = dict(compared[f"level_{part.name}"].value_counts().iter_rows())
    seen = [float(counts.get(place, 0)) + PSEUDO_COUNT for place in range(1, len(part.levels))]
    return [None, *(count / sum(seen) for count in seen)]


def _place(comparison: str, label: str) -> int:
    return next(part for part in COMPARISONS if part.name == comparison).labels.index(label)


def _part(
    comparison: Comparison,
    matched: dict[str, list[float | None]],
    strangers: dict[str, list[float | None]],
    housemates: dict[str, list[float | None]],
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
                m=CONDITIONAL_M.get((name, level.label), m),
                u=u,
                h=CONDITIONAL_H.get((name, level.label), h),
            )
            for level, m, u, h in chances
        ),
    )
