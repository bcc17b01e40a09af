"""Each node summarised to what the constraints look at."""

from __future__ import annotations

import polars as pl

from pipelines.identity.constraints.numbers import number_birth, number_sex
from pipelines.identity.constraints.standing import CONTESTED, OWN, own_numbers

ROLL_FEED = "property_occupants"
"""The roll of a room lists everybody once: two rows of one room are two persons, however alike."""

HAN_KINDS = ("han", "titled")
"""Kinds of names of which every sign is the bearer's; a minority or Latin name is written in many ways."""


def node_features(mentions: pl.DataFrame, nodes: pl.DataFrame, numbers: pl.DataFrame | None = None) -> pl.DataFrame:
    """Summarise each node to what the constraints look at.

    Args:
        mentions: person mentions.
        nodes: ``mention_index, node``.
        numbers: ``own_numbers`` of these, where it is at hand; worked out here otherwise.

    Returns:
        One row per node, sorted: ``node, size, is_usable`` (some mention can be linked), ``numbers`` (own valid
        numbers, sorted, empty when none), ``contested`` (numbers that prove nothing and exclude all others),
        ``patterns`` (numbers of which some digit is unknown, ``*``, or wrong; passports), ``signs`` (characters of Han
        names), ``listed`` (rooms in which the roll of occupants lists it), ``names`` (whole names), ``kin`` and
        ``spouses`` (names of the persons beside it), ``has_borrowed`` (a number that is not surely its own), ``sex``,
        ``birth`` (null unless certain: from an own number, else a single value of day precision over the node's
        mentions, that of a number which is not its own left out).
    """
    marked = _marked(mentions, nodes, own_numbers(mentions, nodes) if numbers is None else numbers)
    foreign = pl.col("standing").is_not_null() & (pl.col("standing") != OWN)
    own = (pl.col("standing") == OWN).fill_null(value=False)
    told_birth = pl.col("birth_date").filter(
        (pl.col("birth_precision") == "day") & ~(foreign & (pl.col("birth_date") == pl.col("inner_birth")))
    )
    told_sex = pl.col("sex").filter(~(foreign & (pl.col("sex") == pl.col("inner_sex")))).drop_nulls()
    han = pl.concat_list(pl.coalesce("name", "surname"), "former_name").filter(pl.col("name_kind").is_in(HAN_KINDS))
    return (
        marked.group_by("node")
        .agg(
            size=pl.len(),
            is_usable=pl.col("reason").is_null().any(),
            numbers=_texts("id_number", own),
            contested=_texts("id_number", (pl.col("standing") == CONTESTED).fill_null(value=False)),
            patterns=_texts("pattern", pl.col("pattern").is_not_null()),
            signs=han.explode().drop_nulls().str.split("").explode().unique().sort(),
            listed=_texts("room_code", pl.col("feed") == ROLL_FEED),
            names=pl.col("name").drop_nulls().unique().sort(),
            kin=pl.col("kin_names").explode().drop_nulls().unique().sort(),
            spouses=_texts("kin_name", pl.col("kin_role") == "spouse"),
            has_borrowed=foreign.fill_null(value=False).any(),
            own_birth=pl.col("inner_birth").filter(own).min(),
            own_sex=pl.col("inner_sex").filter(own).min(),
            told_birth=pl.when(told_birth.n_unique() == 1).then(told_birth.min()),
            told_sex=pl.when(told_sex.n_unique() == 1).then(told_sex.min()),
        )
        .select(
            "node",
            "size",
            "is_usable",
            "numbers",
            "contested",
            "patterns",
            "signs",
            "listed",
            "names",
            "kin",
            "spouses",
            "has_borrowed",
            sex=pl.coalesce("own_sex", "told_sex"),
            birth=pl.coalesce("own_birth", "told_birth"),
        )
        .sort("node")
    )


def _marked(mentions: pl.DataFrame, nodes: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    partial = pl.col("id_kind").is_in(["masked", "tail"])
    passport = pl.col("id_kind") == "passport"
    standing = numbers.select("mention_index", "standing")
    return (
        nodes.join(mentions, on="mention_index", how="inner")
        .join(standing, on="mention_index", how="left")
        .with_columns(
            inner_birth=number_birth(pl.col("id_number")),
            inner_sex=number_sex(pl.col("id_number")),
            pattern=pl.coalesce(pl.when(partial).then("id_pattern"), pl.when(passport).then("id_number")),
        )
    )


def _texts(column: str, kept: pl.Expr) -> pl.Expr:
    return pl.col(column).filter(kept).drop_nulls().unique().sort()
