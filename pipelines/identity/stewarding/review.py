"""What a steward should look at, most valuable first: where an answer would change most, most uncertainly decided."""

from __future__ import annotations

import hashlib

import polars as pl

from pipelines.identity.clustering.cluster import FALSE_MERGE_COST, GREY_ZONE, Clustering
from pipelines.identity.clustering.collective import CollectivePass
from pipelines.identity.constraints.standing import CONTESTED, SHARED_NAMES
from pipelines.identity.outputs import MENTION_KEY, REVIEW_SCHEMA

REVIEW_LIMIT = 5_000
"""A steward answers some fifty pairs a day; what does not fit waits for another night."""

REASONS: dict[str, tuple[str, str]] = {
    "grey_pair": ("The evidence is neither clearly for nor clearly against one person", "证据不足以判断是否为同一人"),
    "doubtful_join": ("The record was joined, and its best evidence is not strong", "已归为同一人，但最强证据仍不充分"),
    "shared_number": ("Several persons show one valid ID number", "多人登记同一有效身份证号"),
    "different_numbers": (
        "Much agrees, but the two valid ID numbers differ",
        "多项信息一致，但两个有效身份证号不同",
    ),
    "different_sex_and_birth": (
        "Much agrees, but sex and birth date both differ",
        "多项信息一致，但性别与出生日期均不同",
    ),
    "different_digits": (
        "Much agrees, but the known digits of the ID numbers differ",
        "多项信息一致，但身份证号已知数字不同",
    ),
    "same_row": ("Much agrees, but one row names both side by side", "多项信息一致，但同一记录并列列出两人"),
    "weak_bridge": ("Two groups of records are tied by a single weak link", "两组记录仅由一条弱关联相连"),
    "members_disagree": ("One record fits, the other records of the person disagree", "一条记录相符，其余记录不符"),
    "ambiguous": ("The mention fits two people about equally well", "该记录与两人相符程度相近"),
    "decisions_contradict": (
        "Earlier answers contradict each other: one says same, one says different",
        "既有裁定相互矛盾：一为同一人，一为不同人",
    ),
}


def build_review(
    mentions: pl.DataFrame,
    nodes: pl.DataFrame,
    pairs: pl.DataFrame,
    first: Clustering,
    second: CollectivePass,
    own: pl.DataFrame,
    decisions: pl.DataFrame,
    persons: pl.DataFrame,
) -> pl.DataFrame:
    """Build ``master.match_review``.

    Args:
        mentions: person mentions.
        nodes: ``mention_index, node``.
        pairs: scored pairs of nodes.
        first: clusters of the first pass and what the constraints refused.
        second: final clusters and torn mentions.
        own: ``constraints.own_numbers``: whose each number is.
        decisions: ``left_node, right_node, answer`` in force: decided pairs are not asked again.
        persons: key and ``person_id``.

    Returns:
        At most ``REVIEW_LIMIT`` rows, one per pair, ``rank`` 1 first. ``value``: how many mentions
        that an answer could move times the uncertainty (4p(1-p)); for a join that may be wrong times what a false
        merge costs.
    """
    asked = pl.concat(
        [
            _grey(pairs, second),
            _doubtful(pairs, second),
            _refused(pairs, first, second),
            _torn(second),
            _shared_numbers(own, second),
            _contradicted(decisions, second),
        ]
    )
    decided = decisions.select(
        left=pl.min_horizontal("left_node", "right_node"), right=pl.max_horizontal("left_node", "right_node")
    )
    open_cases = asked.join(decided, on=["left", "right"], how="anti") if decisions.height else asked
    kept_anyway = asked.filter(pl.col("reason_code") == "decisions_contradict")
    cases = pl.concat([open_cases.filter(pl.col("reason_code") != "decisions_contradict"), kept_anyway])
    return _served(_valued(cases, nodes, second), mentions, persons)


CASE_SCHEMA = pl.Schema(
    {
        "left": pl.UInt32(),
        "right": pl.UInt32(),
        "probability": pl.Float64(),
        "match_weight": pl.Float64(),
        "reason_code": pl.String(),
    }
)


def _grey(pairs: pl.DataFrame, second: CollectivePass) -> pl.DataFrame:
    """The best grey pair between each two different clusters."""
    low, high = GREY_ZONE
    placed = _placed(pairs.filter(pl.col("probability").is_between(low, high)), second.assignment)
    apart = placed.filter(pl.col("lo") != pl.col("hi"))
    return _best(apart).with_columns(reason_code=pl.lit("grey_pair")).select(*CASE_SCHEMA).cast(CASE_SCHEMA)


def _doubtful(pairs: pl.DataFrame, second: CollectivePass) -> pl.DataFrame:
    """The best pair of every node whose links to its own cluster are all grey: a merge that may be wrong."""
    placed = _placed(pairs, second.assignment).filter(pl.col("lo") == pl.col("hi"))
    best = pl.concat(
        [placed.select("left_node", "right_node", "probability", "match_weight", node=f"{side}_node")
         for side in ("left", "right")]
    )  # fmt: skip
    best = best.sort(["node", "probability", "left_node", "right_node"], descending=[False, True, False, False])
    strongest = best.unique("node", keep="first", maintain_order=True)
    vouched = second.placed.filter(pl.col("probability") > GREY_ZONE[1])["node"]
    grey = pl.col("probability").is_between(*GREY_ZONE) & ~pl.col("node").is_in(vouched.implode())
    return (
        strongest.filter(grey)
        .select(
            "probability",
            "match_weight",
            left="left_node",
            right="right_node",
            reason_code=pl.lit("doubtful_join"),
        )
        .select(*CASE_SCHEMA)
        .cast(CASE_SCHEMA)
    )


def _refused(pairs: pl.DataFrame, first: Clustering, second: CollectivePass) -> pl.DataFrame:
    """The best pair between two clusters that a constraint kept apart; a steward's own no is not asked back."""
    acted = first.refusals.filter(pl.col("constraint") != "steward_no").select(
        lo="left_cluster", hi="right_cluster", reason_code="constraint"
    )
    low, _ = GREY_ZONE
    placed = _placed(pairs.filter(pl.col("probability") >= low), first.assignment)
    best = _best(placed.join(acted.select("lo", "hi"), on=["lo", "hi"], how="semi")).join(acted, on=["lo", "hi"])
    joined = second.joins["node"]
    best = best.filter(~pl.col("left").is_in(joined.implode()) & ~pl.col("right").is_in(joined.implode()))
    return best.select(*CASE_SCHEMA).cast(CASE_SCHEMA)


def _torn(second: CollectivePass) -> pl.DataFrame:
    return (
        second.torn.select(
            "probability",
            "match_weight",
            left=pl.min_horizontal("node", "cluster"),
            right=pl.max_horizontal("node", "cluster"),
            reason_code=pl.lit("ambiguous"),
        )
        .select(*CASE_SCHEMA)
        .cast(CASE_SCHEMA)
    )


def _shared_numbers(own: pl.DataFrame, second: CollectivePass) -> pl.DataFrame:
    """Persons beside the first one who shows a number that proves nothing: contested, or shown by many names.

    A number that is surely borrowed (a parent's on a child) is no question; it is one for the clerk, not a steward.
    """
    held = own.join(second.assignment, on="node").filter(pl.col("cluster").n_unique().over("id_number") > 1)
    many = pl.col("cluster").n_unique().over("id_number") >= SHARED_NAMES
    asked = held.filter((pl.col("standing") == CONTESTED).any().over("id_number") | many)
    shown = asked.group_by("id_number", "cluster").agg(
        pl.col("node").min(), owner=pl.col("is_own").any(), mentions=pl.len()
    )
    ordered = shown.sort(["id_number", "owner", "mentions", "node"], descending=[False, True, True, False])
    first = ordered.unique("id_number", keep="first", maintain_order=True).select("id_number", head="node")
    others = ordered.join(first, on="id_number", maintain_order="left").filter(pl.col("node") != pl.col("head"))
    return (
        others.select(
            left=pl.min_horizontal("node", "head"),
            right=pl.max_horizontal("node", "head"),
            probability=pl.lit(0.5),
            match_weight=pl.lit(0.0),
            reason_code=pl.lit("shared_number"),
        )
        .select(*CASE_SCHEMA)
        .cast(CASE_SCHEMA)
    )


def _contradicted(decisions: pl.DataFrame, second: CollectivePass) -> pl.DataFrame:
    placed = _placed(decisions.filter(pl.col("answer") == "different"), second.assignment)
    return (
        placed.filter(pl.col("lo") == pl.col("hi"))
        .select(
            left=pl.min_horizontal("left_node", "right_node"),
            right=pl.max_horizontal("left_node", "right_node"),
            probability=pl.lit(0.5),
            match_weight=pl.lit(0.0),
            reason_code=pl.lit("decisions_contradict"),
        )
        .select(*CASE_SCHEMA)
        .cast(CASE_SCHEMA)
    )


def _placed(pairs: pl.DataFrame, assignment: pl.DataFrame) -> pl.DataFrame:
    for side in ("left", "right"):
        pairs = pairs.join(assignment.rename({"node": f"{side}_node", "cluster": f"{side}_cluster"}), on=f"{side}_node")
    return pairs.with_columns(
        lo=pl.min_horizontal("left_cluster", "right_cluster"), hi=pl.max_horizontal("left_cluster", "right_cluster")
    )


def _best(placed: pl.DataFrame) -> pl.DataFrame:
    return (
        placed.sort(
            ["lo", "hi", "match_weight", "left_node", "right_node"], descending=[False, False, True, False, False]
        )
        .group_by("lo", "hi", maintain_order=True)
        .agg(
            pl.col("probability", "match_weight").first(),
            left=pl.col("left_node").first(),
            right=pl.col("right_node").first(),
        )
    )


def _once(cases: pl.DataFrame) -> pl.DataFrame:
    """One case per pair: a constraint explains more than a grey probability does."""
    grey = pl.col("reason_code") == "grey_pair"
    return cases.sort(
        ["left", "right", grey, "reason_code", "probability"], descending=[False, False, False, False, True]
    ).unique(["left", "right"], keep="first", maintain_order=True)


def _valued(cases: pl.DataFrame, nodes: pl.DataFrame, second: CollectivePass) -> pl.DataFrame:
    """Add ``value``. Apart, an answer moves the smaller cluster to the larger; inside one, the smaller node out."""
    placed = nodes.join(second.assignment, on="node")
    weighed = _once(cases)
    for side in ("left", "right"):
        sizes = placed.with_columns(
            **{f"{side}_node_size": pl.len().over("node"), f"{side}_size": pl.len().over("cluster")}
        ).rename({"cluster": f"{side}_cluster"})
        sizes = sizes.drop("mention_index").unique("node")
        weighed = weighed.join(sizes, left_on=side, right_on="node", how="left", maintain_order="left")
    joined = pl.col("left_cluster") == pl.col("right_cluster")
    moves = (
        pl.when(joined)
        .then(pl.min_horizontal("left_node_size", "right_node_size"))
        .otherwise(pl.min_horizontal("left_size", "right_size"))
    )
    uncertainty = (4 * pl.col("probability") * (1 - pl.col("probability"))).clip(0.01, 1.0)
    harm = pl.when(pl.col("reason_code") == "doubtful_join").then(FALSE_MERGE_COST).otherwise(1.0)
    return weighed.with_columns(value=(moves * uncertainty * harm).round(6))


def _served(cases: pl.DataFrame, mentions: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    top = cases.sort(["value", "left", "right", "reason_code"], descending=[True, False, False, False]).head(
        REVIEW_LIMIT
    )
    keys = mentions.select(*MENTION_KEY, "mention_index").join(
        persons.select(*MENTION_KEY, "person_id"), on=MENTION_KEY, how="left"
    )
    for side in ("left", "right"):
        names = {name: f"{side}_{name}" for name in [*MENTION_KEY, "person_id"]}
        top = top.join(keys.rename(names), left_on=side, right_on="mention_index", how="left", maintain_order="left")
    code = pl.col("reason_code")
    told = top.with_columns(
        rank=pl.int_range(1, pl.len() + 1),
        kind=pl.when(code == "grey_pair").then(pl.lit("pair")).otherwise(pl.lit("cluster")),
        reason_en=code.replace_strict({name: en for name, (en, _) in REASONS.items()}, return_dtype=pl.String),
        reason_zh=code.replace_strict({name: zh for name, (_, zh) in REASONS.items()}, return_dtype=pl.String),
        review_id=pl.Series(_review_ids(top), dtype=pl.String),
    )
    return told.select(REVIEW_SCHEMA.names()).cast(REVIEW_SCHEMA)


def _review_ids(cases: pl.DataFrame) -> list[str]:
    """The same question keeps its id over nights: a digest of the two keys and the reason."""
    named = [f"{side}_{name}" for side in ("left", "right") for name in MENTION_KEY]
    rows = cases.select(*named, "reason_code").iter_rows()
    return [hashlib.sha256("\x1f".join(map(str, row)).encode()).hexdigest()[:32] for row in rows]
