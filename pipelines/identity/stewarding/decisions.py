"""A steward's answers about pairs of mentions: append-only, and law for every later run."""

from __future__ import annotations

import uuid
from datetime import datetime

import polars as pl

from pipelines.errors import StreetlakeError
from pipelines.identity.outputs import DECISION_SCHEMA, MENTION_KEY

ANSWERS = ("same", "different", "withdrawn")
REASON_CODES = ("known_person", "document_seen", "number_reissued", "namesake", "relative", "entry_error", "undone")

LEFT_KEY = [f"left_{name}" for name in MENTION_KEY]
RIGHT_KEY = [f"right_{name}" for name in MENTION_KEY]

MentionKey = tuple[str, str, str, int]


class DecisionError(StreetlakeError):
    """Steward decisions that cannot be obeyed; the message lists every problem by decision number."""


def validate_decisions(decisions: pl.DataFrame) -> pl.DataFrame:
    """Check decisions against their schema and code lists.

    Returns:
        The decisions in schema order, sorted by instant and id.

    Raises:
        DecisionError: a column is missing, a key is null, an answer or reason is not in its list, a mention is
            compared with itself, or a decision id occurs twice.
    """
    missing = [name for name in DECISION_SCHEMA if name not in decisions.columns]
    if missing:
        raise DecisionError(
            f"master.steward_decision lacks the columns {', '.join(missing)}: write it with this version"
        )
    rows = decisions.select(DECISION_SCHEMA.names()).cast(DECISION_SCHEMA).sort("decided_at", "decision_id")
    checks = {
        "an empty key, answer or instant": pl.any_horizontal(
            pl.col(*LEFT_KEY, *RIGHT_KEY, "decision_id", "answer", "decided_at").is_null()
        ),
        f"an answer outside {'/'.join(ANSWERS)}": ~pl.col("answer").is_in(ANSWERS),
        f"a reason outside {'/'.join(REASON_CODES)}": ~pl.col("reason_code").is_in(REASON_CODES),
        "a mention compared with itself": pl.struct(LEFT_KEY).struct.rename_fields(MENTION_KEY)
        == pl.struct(RIGHT_KEY).struct.rename_fields(MENTION_KEY),
        "an id used twice": pl.col("decision_id").is_duplicated(),
    }
    problems = []
    for what, check in checks.items():
        bad = rows.filter(check)["decision_id"].to_list()
        if bad:
            problems.append(f"{len(bad)} with {what} ({', '.join(str(one) for one in bad[:5])})")
    if problems:
        raise DecisionError(f"master.steward_decision: {'; '.join(problems)}: withdraw or correct them")
    return rows


def append_decision(
    decisions: pl.DataFrame,
    left: MentionKey,
    right: MentionKey,
    answer: str,
    reason_code: str,
    decided_by: str,
    decided_at: datetime,
) -> pl.DataFrame:
    """Add one answer; earlier answers about the same pair stay on record, the newest one counts.

    Args:
        decisions: all decisions so far.
        left: feed, record key, person role and sequence of one mention.
        right: the same of the other mention.
        answer: ``same``, ``different`` or ``withdrawn`` (no opinion any more).
        reason_code: one of ``REASON_CODES``.
        decided_by: who answered (an account, not a name).
        decided_at: instant with zone.

    Returns:
        The decisions with one row more.

    Raises:
        DecisionError: the answer cannot be obeyed.
    """
    row = dict(zip(LEFT_KEY, left, strict=True)) | dict(zip(RIGHT_KEY, right, strict=True))
    row |= {
        "decision_id": str(uuid.uuid4()),
        "answer": answer,
        "reason_code": reason_code,
        "decided_by": decided_by,
        "decided_at": decided_at,
    }
    return validate_decisions(pl.concat([decisions, pl.DataFrame([row], schema=DECISION_SCHEMA)]))


def decisions_in_force(decisions: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """The newest answer of each pair of mentions that both exist tonight.

    Returns:
        ``left_mention < right_mention`` (mention_index), ``answer`` same or different, ``decided_at``; sorted.
    """
    keys = mentions.select(*MENTION_KEY, "mention_index")
    found = validate_decisions(decisions)
    for side in ("left", "right"):
        names = {name: f"{side}_{name}" for name in MENTION_KEY} | {"mention_index": f"{side}_index"}
        found = found.join(keys.rename(names), on=list(names.values())[:-1], how="inner")
    return (
        found.with_columns(
            left_mention=pl.min_horizontal("left_index", "right_index"),
            right_mention=pl.max_horizontal("left_index", "right_index"),
        )
        .sort("decided_at", "decision_id")
        .group_by("left_mention", "right_mention", maintain_order=True)
        .agg(pl.col("answer", "decided_at").last())
        .filter(pl.col("answer") != "withdrawn")
        .sort("left_mention", "right_mention")
    )


def split_nodes(nodes: pl.DataFrame, in_force: pl.DataFrame) -> pl.DataFrame:
    """Take apart nodes about which a steward said that two of their mentions are different people.

    The later mention of the pair leaves the node and stands alone, so that scoring sees both.

    Returns:
        ``mention_index, node`` with the node again the smallest mention in it.
    """
    apart = in_force.filter(pl.col("answer") == "different")
    inside = (
        apart.join(nodes.rename({"mention_index": "left_mention", "node": "left_node"}), on="left_mention")
        .join(nodes.rename({"mention_index": "right_mention", "node": "right_node"}), on="right_mention")
        .filter(pl.col("left_node") == pl.col("right_node"))
    )
    leaving = inside["right_mention"].unique().sort()
    return (
        nodes.with_columns(leaves=pl.col("mention_index").is_in(leaving.implode()))
        .with_columns(new=pl.when("leaves").then(pl.col("mention_index")))
        .with_columns(node=pl.col("mention_index").min().over("node", "new"))
        .select("mention_index", "node")
        .sort("mention_index")
    )


def node_decisions(in_force: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Decisions between nodes: ``left_node, right_node, answer``; pairs inside one node are already obeyed."""
    return (
        in_force.join(nodes.rename({"mention_index": "left_mention", "node": "left_node"}), on="left_mention")
        .join(nodes.rename({"mention_index": "right_mention", "node": "right_node"}), on="right_mention")
        .filter(pl.col("left_node") != pl.col("right_node"))
        .select("left_node", "right_node", "answer")
        .unique()
        .sort("left_node", "right_node", "answer")
    )
