"""What a run would change, told before it changes anything: ids, households and golden values, by feed and reason."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.identity.ledger.persons import Mint
from pipelines.identity.outputs import MENTION_KEY, IdentityTables, PreviousIdentity

CHANGE_SCHEMA = pl.Schema(
    {
        "change": pl.String(),
        "person_id": pl.String(),
        "other_person_id": pl.String(),
        "feed": pl.String(),
        "mentions": pl.Int64(),
        "reason": pl.String(),
    }
)
_NOT_COMPARED = ("household_id",)


@dataclass(frozen=True)
class Preview:
    """What would change.

    Attributes:
        changes: one row a change, ``CHANGE_SCHEMA``, ids only: the events of persons (``created``, ``merged_into``,
            ``split_from``, ``retired``; ``feed`` is that of the mention that caused it, ``mentions`` null), and per
            feed and pair of persons how many ``mentions`` would move from ``person_id`` to ``other_person_id``
            (``moved``). A person who does not exist yet is called ``new-1``, ``new-2``, ...
        households: ``basis, event, reason, households, members``: events of the ledger of households.
        golden: ``value, persons``: how many persons, of those who stay, would get another golden value.
    """

    changes: pl.DataFrame
    households: pl.DataFrame
    golden: pl.DataFrame

    @property
    def is_empty(self) -> bool:
        """Nothing would change."""
        return self.changes.is_empty() and self.households.is_empty() and self.golden.is_empty()


def preview_mint() -> Mint:
    """Names for ids that a preview would mint: ``new-1``, ``new-2``, ..."""
    used = 0

    def mint(count: int) -> list[str]:
        nonlocal used
        used += count
        return [f"new-{number}" for number in range(used - count + 1, used + 1)]

    return mint


def compare_nights(
    previous: PreviousIdentity, crosswalk: pl.DataFrame, person: pl.DataFrame, then: IdentityTables
) -> Preview:
    """Compare the last snapshot with what a run would make of the same rows.

    Args:
        previous: the memory of the last snapshot, with which the run was made.
        crosswalk: ``master.person_crosswalk`` of the last snapshot.
        person: ``master.person`` of the last snapshot.
        then: what the run would hand on, ids minted by ``preview_mint``.
    """
    events = then.person_history.slice(previous.history.height)
    told = events.select(
        "person_id",
        "other_person_id",
        "reason",
        change="event",
        feed="cause_feed",
        mentions=pl.lit(None, dtype=pl.Int64),
    )
    moved = _moved(crosswalk, then.person_crosswalk, events)
    changes = pl.concat([frame.select(CHANGE_SCHEMA.names()).cast(CHANGE_SCHEMA) for frame in (told, moved)])
    houses = then.household_history.slice(previous.household_history.height)
    return Preview(
        changes=changes.sort(CHANGE_SCHEMA.names()),
        households=_house_events(houses),
        golden=_golden(person, then.person),
    )


def _moved(crosswalk: pl.DataFrame, then: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    both = crosswalk.join(then, on=MENTION_KEY, suffix="_then").filter(pl.col("person_id") != pl.col("person_id_then"))
    counted = both.group_by("feed", "person_id", other_person_id="person_id_then").agg(mentions=pl.len())
    why = events.filter(pl.col("event").is_in(["merged_into", "split_from"]))
    # Mentions go from the loser of a merge to its winner, and from the old person to the one that split from it.
    merged = pl.col("event") == "merged_into"
    ends = why.select(
        "reason",
        person_id=pl.when(merged).then("person_id").otherwise("other_person_id"),
        other_person_id=pl.when(merged).then("other_person_id").otherwise("person_id"),
    )
    return counted.join(ends, on=["person_id", "other_person_id"], how="left").with_columns(change=pl.lit("moved"))


def _house_events(events: pl.DataFrame) -> pl.DataFrame:
    return (
        events.group_by("basis", "event", "reason")
        .agg(households=pl.col("household_id").n_unique(), members=pl.col("person_id").count())
        .sort("basis", "event", "reason", nulls_last=True)
    )


def _golden(person: pl.DataFrame, then: pl.DataFrame) -> pl.DataFrame:
    shared = [name for name in then.columns if name in person.columns and name not in ("person_id", *_NOT_COMPARED)]
    both = person.join(then, on="person_id", suffix="_then")
    apart = both.select(pl.col(name).ne_missing(pl.col(f"{name}_then")).sum() for name in shared)
    counted = apart.transpose(include_header=True, header_name="value", column_names=["persons"])
    return counted.filter(pl.col("persons") > 0).sort("persons", "value", descending=[True, False])


def counted(preview: Preview) -> pl.DataFrame:
    """Count the changes: ``change, reason, feed, changes, mentions``, most frequent first."""
    return (
        preview.changes.group_by("change", "reason", "feed")
        .agg(changes=pl.len(), mentions=pl.col("mentions").sum())
        .sort(["changes", "change", "reason", "feed"], descending=[True, False, False, False], nulls_last=True)
    )
