"""What must not be held against a pair, and pairs that cannot be: what a role says of the place and the age it names.

The row of an emergency contact carries the elder's address and kin, that of a firm its premises, that of a lease the
let flat. Such a place speaks for a person who is known there, and says nothing against one who lives elsewhere: a
grown-up child who moved out is the usual contact. And it speaks for every member of that family alike, so that all
that place and kin can say together is "one of them": a brother who is registered there is no likelier than one who
is registered nowhere.
"""

from __future__ import annotations

import math

import polars as pl

from pipelines.identity.candidates.features import SLOTS
from pipelines.identity.constraints import ADULT_YEARS
from pipelines.identity.scoring.frequency import Night
from pipelines.identity.scoring.model import ComparisonModel, Model
from pipelines.identity.scoring.score import MAX_BITS, household_ratio

OTHERS_PLACE = ("contact", "legal_representative", "landlord")
"""Roles whose row names a place that is not where the person lives."""

OTHERS_KIN = ("contact",)
"""Roles beside which the family of somebody else is named."""


_EXCUSED = ("weight_address", "weight_kin", "weight_name", "weight_household")
_SAME_SURNAME = ("equal", "sound", "shape", "accent", "swapped", "slip", "titled", "surname")

FAMILY_MEMBER = 0.07
"""Chance that a contact is one given member of the household he is named with: of 458 contacts in a delivery of another
make 86 were registered in the home of their elder, which holds two or three others."""

ADULT_ROLES = ("contact", "landlord", "legal_representative", "husband", "wife")
"""Roles in which nobody names a child."""


def excuse(
    scored: pl.DataFrame, mentions: pl.DataFrame, nodes: pl.DataFrame, model: Model, night: Night
) -> pl.DataFrame:
    """Weigh what place and kin say of pairs in which one side only tells those of somebody else.

    Args:
        scored: pairs with `match_weight, probability`, one `weight_*` and `level_*` each, and `tf_*`.
        mentions: all mentions.
        nodes: `mention_index, node`.
        model: the chances of this night (`habits.tonight`).
        night: counts of the night.

    Returns:
        The same rows. Where a side tells others' places, `weight_address` is not below 0; where others' kin, neither is
        `weight_kin`, and both together are at most the chance of one family member, whose surname is no news. There
        `weight_household` is what speaks for a relative whom nobody numbers, by given name and phone.
    """
    roles = (
        mentions.select(
            "mention_index",
            place=pl.col("person_role").is_in(OTHERS_PLACE),
            kin=pl.col("person_role").is_in(OTHERS_KIN),
        )
        .join(nodes, on="mention_index")
        .group_by("node")
        .agg(pl.col("place", "kin").all())
    )
    place, kin = _either(roles, "place"), _either(roles, "kin")
    address = pl.when(place).then(pl.col("weight_address").clip(lower_bound=0.0)).otherwise("weight_address")
    relation = pl.when(kin).then(pl.col("weight_kin").clip(lower_bound=0.0)).otherwise("weight_kin")
    most = max(math.log2(FAMILY_MEMBER * max(night.anchors, 1.0)), 0.0)
    told = scored.with_columns(place=place, kin=kin, address=address, relation=relation)
    over = pl.when("kin").then((pl.col("address") + pl.col("relation") - most).clip(lower_bound=0.0)).otherwise(0.0)
    # The kin give way first: the place is what other rows of the person can agree with.
    told = told.with_columns(over=over, given=pl.min_horizontal(over, "relation"))
    family = pl.col("place") & (pl.col("address") + pl.col("relation") > 0)
    surname = pl.when("kin", family).then(_by_surname(model)).otherwise(0.0)
    excused = told.with_columns(
        weight_kin=pl.col("relation") - pl.col("given"),
        weight_address=pl.col("address") - (pl.col("over") - pl.col("given")),
        weight_name=pl.col("weight_name") - surname,
        weight_household=pl.when(family)
        .then(-_as_relative(model))
        .otherwise(pl.when("place").then(0.0).otherwise("weight_household")),
    )
    match_weight = scored["match_weight"]
    for name in _EXCUSED:
        match_weight = match_weight + (excused[name] - scored[name])
    odds = pl.lit(2.0).pow(pl.col("match_weight").clip(-MAX_BITS, MAX_BITS))
    return (
        excused.with_columns(match_weight=match_weight)
        .with_columns(probability=pl.when("place").then(odds / (1 + odds)).otherwise("probability"))
        .select(scored.columns)
    )


def _either(roles: pl.DataFrame, column: str) -> pl.Expr:
    tied = roles.filter(column)["node"].implode()
    return pl.col("left_node").is_in(tied) | pl.col("right_node").is_in(tied)


def _levels_of(model: Model, comparison: str) -> ComparisonModel:
    return next(part for part in model.comparisons if part.name == comparison)


def _by_surname(model: Model) -> pl.Expr:
    """Bits by which the surname is likelier for a relative than for a stranger, where a name agrees on it."""
    names = _levels_of(model, "name")
    labels = [level.label for level in names.levels]
    surname = names.levels[labels.index("surname")]
    frequency = pl.col("tf_surname").fill_null(surname.u)
    agreeing = pl.col("level_name").is_in([labels.index(label) for label in _SAME_SURNAME])
    return pl.when(agreeing).then((pl.max_horizontal(pl.lit(surname.h), frequency) / frequency).log(2)).otherwise(0.0)


def _as_relative(model: Model) -> pl.Expr:
    """Bits by which given name and phone are likelier for a relative than for a stranger."""
    names = _levels_of(model, "name")
    labels = [level.label for level in names.levels]
    surname = names.levels[labels.index("surname")]
    alone = pl.col("level_name").is_in([labels.index(label) for label in ("titled", "surname")])
    by_surname = math.log2((surname.h or 1.0) / (surname.u or 1.0))
    by_name = pl.when(alone).then(0.0).otherwise((household_ratio(names) - by_surname).clip(lower_bound=0.0))
    return by_name + household_ratio(_levels_of(model, "phone")).clip(lower_bound=0.0)


def without_children(pairs: pl.DataFrame, mentions: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Leave out pairs of a child and a title (``张先生``) or a role of grown-ups, whatever phone they share.

    Pairs that their numbers brought together stay: a number outweighs a habit of speech.
    """
    rows = mentions.select(
        "mention_index",
        titled=pl.col("name_kind") == "titled",
        adult=pl.col("person_role").is_in(ADULT_ROLES),
        seen=pl.col("observed_on").dt.year(),
        born=pl.col("birth_date").dt.year(),
    ).join(nodes, on="mention_index")
    told = rows.group_by("node").agg(
        grown=pl.col("titled").all() | pl.col("adult").any(), year=pl.col("seen").max(), born=pl.col("born").min()
    )
    adults = told.filter("grown").select("node", "year")
    born = told.select("node", "born").drop_nulls()
    kept = pairs
    for one, other in (("left_node", "right_node"), ("right_node", "left_node")):
        kept = (
            kept.join(adults.rename({"node": one}), on=one, how="left", maintain_order="left")
            .join(born.rename({"node": other}), on=other, how="left", maintain_order="left")
            .filter(
                (pl.col("year") - pl.col("born") >= ADULT_YEARS).fill_null(value=True)
                | pl.col("rule").str.starts_with("id_")
            )
            .drop("year", "born")
        )
    return kept


def without_named_kin(pairs: pl.DataFrame, features: pl.DataFrame) -> pl.DataFrame:
    """Leave out pairs in which one side names the other, under another name than its own, as kin: two persons.

    Twins, and a father and a son who sound alike, agree on all else; the household that lists both tells them apart.

    Args:
        pairs: `left_node, right_node` and anything else, kept in order.
        features: one row a node, with `name` and the slots of `kin`.
    """
    names = features.select("node", "name", *(f"kin_{slot + 1}" for slot in range(SLOTS["kin"])))
    told = pairs.select("left_node", "right_node")
    for side in ("left", "right"):
        columns = names.rename({name: f"{side}_{name}" for name in names.columns})
        told = told.join(columns, on=f"{side}_node", how="left", maintain_order="left")
    beside = pl.any_horizontal(
        (pl.col(f"{one}_kin_{slot + 1}") == pl.col(f"{other}_name")).fill_null(value=False)
        for one, other in (("left", "right"), ("right", "left"))
        for slot in range(SLOTS["kin"])
    )
    same = (pl.col("left_name") == pl.col("right_name")).fill_null(value=False)
    return pairs.filter(told.select(~beside | same).to_series())
