"""The persons named beside a person: the registered household, the certificate, the co-owners."""

from __future__ import annotations

import polars as pl

HEADS = ("01", "02", "本人", "户主")
SPOUSES = ("10", "11", "12", "配偶", "夫", "妻")
# A collective hukou (集体户) of a school or a firm is no family: beyond this size membership says nothing.
MAX_HOUSEHOLD = 12


def add_household_kin(rows: pl.DataFrame) -> pl.DataFrame:
    """Name the head of the registered household beside its members, and the spouse beside the head.

    Args:
        rows: mentions with `feed, hukou_no, relation_to_head, name, kin_name, kin_id_number, kin_role, beside_name`.

    Returns:
        The same rows with the kin columns filled for households of at most `MAX_HOUSEHOLD` names, and `kin_names`, the
        sorted names of all kin known to the row (empty when none).
    """
    members = rows.filter(pl.col("hukou_no").is_not_null() & pl.col("name").is_not_null()).select(
        "hukou_no", "name", "relation_to_head", number=pl.when(pl.col("id_kind") == "valid").then("id_number")
    )
    sized = members.filter(pl.col("name").len().over("hukou_no") <= MAX_HOUSEHOLD)
    head = _one_of(sized, HEADS, "head")
    spouse = _one_of(sized, SPOUSES, "spouse")
    names = sized.group_by("hukou_no").agg(household=pl.col("name").unique().sort())
    joined = rows
    for frame in (head, spouse, names):
        joined = joined.join(frame, on="hukou_no", how="left", maintain_order="left")
    is_head = pl.col("relation_to_head").is_in(HEADS)
    for column in ("name", "number"):
        target = "kin_name" if column == "name" else "kin_id_number"
        found = pl.when(is_head).then(f"spouse_{column}").otherwise(f"head_{column}")
        joined = joined.with_columns(pl.coalesce(target, found).alias(target))
    role = pl.when(is_head).then(pl.lit("spouse")).otherwise(pl.lit("head"))
    joined = joined.with_columns(
        kin_role=pl.coalesce("kin_role", pl.when(pl.col("kin_name").is_not_null()).then(role)),
        kin_names=_all_kin(),
    )
    return joined.drop("head_name", "head_number", "spouse_name", "spouse_number", "household")


def _one_of(members: pl.DataFrame, relations: tuple[str, ...], prefix: str) -> pl.DataFrame:
    """The one member of each household in a relation; households with two such names get none."""
    chosen = members.filter(pl.col("relation_to_head").is_in(relations)).sort("hukou_no", "name", "number")
    return (
        chosen.filter(pl.col("name").n_unique().over("hukou_no") == 1)
        .unique("hukou_no", keep="first", maintain_order=True)
        .select("hukou_no", pl.col("name").alias(f"{prefix}_name"), pl.col("number").alias(f"{prefix}_number"))
    )


def _all_kin() -> pl.Expr:
    own = pl.concat_list(pl.col("name"))
    named = pl.concat_list("kin_name", "beside_name").list.drop_nulls()
    household = pl.col("household").fill_null(pl.lit([], dtype=pl.List(pl.String)))
    return household.list.set_union(named).list.set_difference(own).list.drop_nulls().list.sort()
