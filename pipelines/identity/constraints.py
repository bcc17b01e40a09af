"""What two mentions must never, or must always, share a person for.

Sources of the rules: GB 11643 gives one number to one citizen for life (a re-issue is a steward's decision), and a
steward's answer is law. A number is evidence of *being* someone only on the row of its owner: parents write their own
number on a child's row, spouses on each other's, so borrowed numbers are found first and bind nobody.
"""

from __future__ import annotations

import polars as pl

BORROWED_YEARS = 14
"""A birth year on the row that differs this much from the one in the number is no typing error in one digit of the
day or month, and is the youngest plausible age of a parent: the number belongs to somebody else."""

ADULT_YEARS = 16
"""Nobody writes 先生 or 女士 of a child."""

POLICE_FEED = "police_residents"

DOCUMENTED_ROLES = ("husband", "wife")
"""Who registers a marriage shows the own card: the number is no parent's, and another name under it is a slip. Owners
are not among them, because their numbers stand in a list that may be shorter than that of the names."""


def number_birth(number: pl.Expr) -> pl.Expr:
    """Birth date inside an 18-character number (positions 7 to 14), null where it is no date."""
    return number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)


def number_sex(number: pl.Expr) -> pl.Expr:
    """Sex inside an 18-character number: ``1`` where the 17th digit is odd, ``2`` where it is even."""
    digit = number.str.slice(16, 1).cast(pl.Int8, strict=False)
    return pl.when(digit.is_null()).then(None).when(digit % 2 == 1).then(pl.lit("1")).otherwise(pl.lit("2"))


def own_numbers(mentions: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Tell on every mention with a valid number whether the number is its own.

    Args:
        mentions: person mentions (see docs/architecture.md).
        nodes: ``mention_index, node``.

    Returns:
        One row per mention with a valid number: ``mention_index, node, id_number, is_own``. A number is borrowed
        where the row's own birth year contradicts it by a generation, where birth date and sex of the row both
        contradict it, or where a better-placed node of another name carries it (police first, then most mentions) and
        the row's role is not one in which an adult shows the own card.
    """
    valid = (
        mentions.filter(pl.col("id_kind") == "valid", pl.col("id_number").is_not_null())
        .select("mention_index", "feed", "person_role", "id_number", "birth_date", "birth_precision", "sex")
        .join(nodes, on="mention_index", how="inner")
        .with_columns(inner_birth=number_birth(pl.col("id_number")), inner_sex=number_sex(pl.col("id_number")))
        .with_columns(is_contradicted=_is_contradicted().fill_null(value=False))
    )
    owner = (
        valid.group_by("id_number", "node")
        .agg(
            contradicted=pl.col("is_contradicted").all(),
            is_police=((pl.col("feed") == POLICE_FEED) & (pl.col("person_role") == "self")).any(),
            mentions=pl.len(),
        )
        .sort(
            ["id_number", "contradicted", "is_police", "mentions", "node"], descending=[False, False, True, True, False]
        )
        .group_by("id_number", maintain_order=True)
        .agg(owner=pl.col("node").first())
    )
    return valid.join(owner, on="id_number", how="left").select(
        "mention_index",
        "node",
        "id_number",
        is_own=~pl.col("is_contradicted") & ((pl.col("node") == pl.col("owner")) | _shown()),
    )


def _is_contradicted() -> pl.Expr:
    years_apart = (pl.col("birth_date").dt.year() - pl.col("inner_birth").dt.year()).abs()
    other_birth = (pl.col("birth_precision") == "day") & (pl.col("birth_date") != pl.col("inner_birth"))
    other_sex = pl.col("sex") != pl.col("inner_sex")
    return (years_apart >= BORROWED_YEARS) | (other_birth & other_sex & (years_apart > 0))


def _shown() -> pl.Expr:
    other_sex = (pl.col("sex") != pl.col("inner_sex")).fill_null(value=False)
    return pl.col("person_role").is_in(DOCUMENTED_ROLES) & ~other_sex


def one_number_per_node(mentions: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Take apart nodes that came to hold two valid numbers through a row between them.

    Each number becomes a node of its own; mentions without a number stay with the most frequent (then smallest) one.

    Returns:
        ``mention_index, node``, the node again the smallest mention in it; sorted.
    """
    number = pl.when(pl.col("id_kind") == "valid").then(pl.col("id_number"))
    held = nodes.join(mentions.select("mention_index", number=number), on="mention_index")
    counts = held.drop_nulls("number").group_by("node", "number").agg(rows=pl.len())
    main = (
        counts.sort(["node", "rows", "number"], descending=[False, True, False])
        .group_by("node", maintain_order=True)
        .agg(main=pl.col("number").first())
    )
    return (
        held.join(main, on="node", how="left")
        .with_columns(part=pl.coalesce("number", "main"))
        .with_columns(node=pl.col("mention_index").min().over("node", "part"))
        .select("mention_index", "node")
        .sort("mention_index")
    )


def row_mates(mentions: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Nodes that one row names side by side under different names: two persons, whatever the scores say.

    Returns:
        ``left_node, right_node, answer`` (``same_row``), unique and sorted. A row that names one person twice (the
        beneficiary who is the head) ties nobody.
    """
    rows = mentions.join(nodes, on="mention_index").select("feed", "record_key", "node", "name", "surname").unique()
    rows = rows.filter(pl.len().over("feed", "record_key") > 1)
    other_name = (pl.col("name") != pl.col("name_right")).fill_null(pl.col("surname") != pl.col("surname_right"))
    return (
        rows.join(rows, on=["feed", "record_key"], suffix="_right")
        .filter((pl.col("node") < pl.col("node_right")) & other_name.fill_null(value=False))
        .select(left_node="node", right_node="node_right", answer=pl.lit("same_row"))
        .unique()
        .sort("left_node", "right_node")
    )


def node_features(mentions: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Summarise each node to what the constraints look at.

    Returns:
        One row per node, sorted: ``node, size, is_usable`` (some mention can be linked), ``numbers`` (own valid
        numbers, sorted, empty when none), ``patterns`` (masked numbers, tails, ``*`` for the unknown; passports),
        ``has_borrowed``, ``sex``, ``birth`` (null unless certain: from an own number, else a single value of day
        precision over the node's mentions).
    """
    numbers = own_numbers(mentions, nodes)
    marked = (
        nodes.join(mentions, on="mention_index", how="inner")
        .join(numbers.select("mention_index", "is_own"), on="mention_index", how="left")
        .with_columns(inner_birth=number_birth(pl.col("id_number")), inner_sex=number_sex(pl.col("id_number")))
    )
    borrowed = ~pl.col("is_own").fill_null(value=True)
    told_birth = pl.col("birth_date").filter(
        (pl.col("birth_precision") == "day") & ~(borrowed & (pl.col("birth_date") == pl.col("inner_birth")))
    )
    told_sex = pl.col("sex").filter(~(borrowed & (pl.col("sex") == pl.col("inner_sex"))))
    own = pl.col("is_own").fill_null(value=False)
    partial = pl.col("id_kind").is_in(["masked", "tail"])
    return (
        marked.group_by("node")
        .agg(
            size=pl.len(),
            is_usable=pl.col("reason").is_null().any(),
            numbers=pl.col("id_number").filter(own).drop_nulls().unique().sort(),
            patterns=pl.coalesce(
                pl.when(partial).then("id_pattern"), pl.when(pl.col("id_kind") == "passport").then("id_number")
            )
            .drop_nulls()
            .unique()
            .sort(),
            has_borrowed=borrowed.any(),
            own_birth=pl.col("inner_birth").filter(own).min(),
            own_sex=pl.col("inner_sex").filter(own).min(),
            told_birth=pl.when(told_birth.n_unique() == 1).then(told_birth.min()),
            told_sex=pl.when(told_sex.drop_nulls().n_unique() == 1).then(told_sex.min()),
        )
        .select(
            "node",
            "size",
            "is_usable",
            "numbers",
            "patterns",
            "has_borrowed",
            sex=pl.coalesce("own_sex", "told_sex"),
            birth=pl.coalesce("own_birth", "told_birth"),
        )
        .sort("node")
    )
