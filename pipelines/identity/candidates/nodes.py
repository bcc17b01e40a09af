"""Mentions that are surely one person, before anything is scored.

One node is: mentions that agree on a valid number (or passport) and whose names can be one person's; exact repeats;
and the two roles of a row that says it speaks of the same person (the beneficiary who is his own head of household).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipelines.identity.candidates.name_agreement import compatible_pairs
from pipelines.identity.constraints import DOCUMENTED_ROLES
from pipelines.identity.mentions.kin import HEADS

# A number under more names than this is a default value of some clerk, no identity: only equal names are joined.
MAX_NAMES_PER_NUMBER = 12
_OF_NAMES = ("name", "name_kind", "surname", "pinyin", "former_name", "sex", "id_sex")
# What compatible_pairs asks of names under one number holds for two names of one row as well.
_OPEN = {"contradicts": False, "documented": True}


def build_nodes(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return `mention_index, node` (both UInt32), one row a mention; `node` is the smallest mention_index in it.

    Args:
        mentions: frame of `MENTION_SCHEMA`. Mentions with a `reason` stay alone.
    """
    linkable = mentions.filter(pl.col("reason").is_null())
    edges = pl.concat([_by_number(linkable), _repeats(linkable), _own_heads(linkable)])
    indices = mentions["mention_index"].to_numpy()
    labels = _components(
        len(indices), *(np.searchsorted(indices, edges[side].to_numpy()) for side in ("left", "right"))
    )
    return pl.DataFrame({"mention_index": indices, "label": labels}).select(
        "mention_index", node=pl.col("mention_index").min().over("label")
    )


def _components(size: int, left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    return np.asarray(labels, dtype=np.int32)


def _by_number(mentions: pl.DataFrame) -> pl.DataFrame:
    """Edges between mentions of one number: within one spelling of the name, and between spellings that agree."""
    numbered = mentions.filter(pl.col("id_kind").is_in(["valid", "passport"]))
    years_apart = (pl.col("birth_date") - pl.col("id_birth_date")).dt.total_days().abs() > 366
    numbered = numbered.with_columns(contradicts=years_apart.fill_null(value=False))
    variants = (
        numbered.group_by("id_number", "name", "name_kind", "surname", "contradicts")
        .agg(
            pl.col("mention_index").min().alias("first"),
            pl.col("pinyin").first(),
            pl.col("former_name").drop_nulls().min(),
            pl.col("id_sex").first(),
            sex=pl.col("sex").drop_nulls().mode().sort().first(),
            documented=pl.col("person_role").is_in(DOCUMENTED_ROLES).any(),
        )
        .sort("id_number", "first")
    )
    keys = ["id_number", "name", "name_kind", "surname", "contradicts"]
    inside = numbered.join(variants.select(*keys, "first"), on=keys, nulls_equal=True).select(
        left="first", right="mention_index"
    )
    few = variants.filter(pl.len().over("id_number") <= MAX_NAMES_PER_NUMBER)
    pairs = few.join(few, on="id_number", suffix="_r").filter(pl.col("first") < pl.col("first_r"))
    between = pairs.filter(compatible_pairs(pairs)).select(left="first", right="first_r")
    same_name = variants.filter(pl.col("name").is_not_null()).select(
        left=pl.col("first").min().over("id_number", "name"), right="first"
    )
    return pl.concat([inside, between, same_name])


def _repeats(mentions: pl.DataFrame) -> pl.DataFrame:
    """Rows that say the very same: name, number, birth date, phones, place, with enough said to tell people apart."""
    place = pl.coalesce("room_code", "unit_key", "address_code")
    named = mentions.filter(pl.col("name").is_not_null()).with_columns(
        place=place, phone=pl.col("phones").list.sort().list.join(",")
    )
    told = (
        (pl.col("phone") != "")
        | pl.col("room_code").is_not_null()
        | (pl.col("id_pattern").is_not_null() & (pl.col("birth_precision") == "day"))
    )
    # A passport has no pattern: two of one name in one room are a couple, not a repeat.
    key = ["name", "sex", "id_pattern", "id_number", "birth_date", "birth_precision", "phone", "place"]
    return named.filter(told).select(left=pl.col("mention_index").min().over(key), right="mention_index")


def _own_heads(mentions: pl.DataFrame) -> pl.DataFrame:
    """The head of a benefits row who is the beneficiary: the same name, or a like one where the relation says so."""
    benefits = mentions.filter(pl.col("feed") == "civil_affairs_benefits").select(
        "record_key", "person_role", "mention_index", "relation_to_head", *_OF_NAMES
    )
    persons, heads = (
        benefits.filter(pl.col("person_role") == role).rename({"mention_index": side}).drop("person_role")
        for role, side in (("self", "left"), ("head", "right"))
    )
    both = persons.join(heads.drop("relation_to_head"), on="record_key", suffix="_r")
    flags = (pl.lit(value=value).alias(f"{name}{side}") for name, value in _OPEN.items() for side in ("", "_r"))
    alike = compatible_pairs(both.with_columns(flags))
    same = (pl.col("name") == pl.col("name_r")) | (pl.col("relation_to_head").is_in(HEADS) & alike)
    return both.filter(same.fill_null(value=False)).select("left", "right")
