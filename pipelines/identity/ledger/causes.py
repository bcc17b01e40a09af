"""Why an id changed: what happened to the mentions of the persons concerned since the last night."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.identity.outputs import MENTION_KEY_SCHEMA

STEWARD_DECISION = "steward_decision"
NEW_ROW = "new_row"
RETURNED_ROW = "returned_row"
VANISHED_ROW = "vanished_row"
NEW_MODEL = "new_model"
NEW_RULES = "new_rules"
EVIDENCE_ELSEWHERE = "evidence_elsewhere"
SPLIT = "split"

CAUSES = (
    STEWARD_DECISION,
    "changed_row",
    "changed_address",
    NEW_ROW,
    RETURNED_ROW,
    VANISHED_ROW,
    "changed_kin",
)
"""What can happen to a mention, the cause that is told first where several happened to one person: a steward's word,
then what a row itself says, where it is read to be, that it came, came back or went, who is named beside it."""

REASONS = (*CAUSES, NEW_MODEL, NEW_RULES, EVIDENCE_ELSEWHERE, SPLIT)
"""All reasons of the history. ``split`` stands on the ``created`` of an id beside whose ``split_from`` the cause is."""

CHANGED_SCHEMA = pl.Schema({**MENTION_KEY_SCHEMA, "cause": pl.String()})


@dataclass(frozen=True)
class Changes:
    """What happened since the last night, beside mentions that came and went, which the ledger itself knows.

    Attributes:
        changed: key and ``cause`` (``changed_row``, ``changed_address``, ``changed_kin``, ``steward_decision``); a
            mention may occur several times.
        otherwise: the reason of what none of this explains: ``new_model`` or ``new_rules`` on the night on which they
            changed, else ``evidence_elsewhere`` (a rival, or how common a name is).
    """

    changed: pl.DataFrame
    otherwise: str

    @classmethod
    def none(cls) -> Changes:
        """Nothing changed but the mentions that came and went."""
        return cls(pl.DataFrame(schema=CHANGED_SCHEMA), EVIDENCE_ELSEWHERE)


def explain(events: pl.DataFrame, touched: pl.DataFrame, changes: Changes) -> pl.DataFrame:
    """Give every event its reason: the first of ``CAUSES`` that happened to a mention of the persons it speaks of.

    Args:
        events: ``person_id, event, other_person_id``, and ``reason``, null where it is to be found.
        touched: the mentions to which something happened: ``feed, last_person_id, person_id, cause``.
        changes: what happened beside.

    Returns:
        The events with ``reason``, and ``cause_feed``: the feed of the mention that the reason speaks of, null where
        it speaks of none.
    """
    ranks = {cause: place for place, cause in enumerate(CAUSES)}
    by_person = (
        pl.concat([touched.select("feed", "cause", person=side) for side in ("last_person_id", "person_id")])
        .drop_nulls("person")
        .unique()
        .with_columns(rank=pl.col("cause").replace_strict(ranks, return_dtype=pl.Int32))
    )
    numbered = events.with_row_index("event_row")
    ends = [numbered.select("event_row", person=side) for side in ("person_id", "other_person_id")]
    told = (
        pl.concat(ends)
        .join(by_person, on="person")
        .sort("event_row", "rank", "feed")
        .unique("event_row", keep="first", maintain_order=True)
        .select("event_row", "cause", "feed")
    )
    found = numbered.join(told, on="event_row", how="left", maintain_order="left")
    return found.select(
        *("person_id", "event", "other_person_id"),
        cause_feed=pl.when(pl.col("reason").is_null()).then("feed"),
        reason=pl.coalesce("reason", "cause", pl.lit(changes.otherwise)),
    )
