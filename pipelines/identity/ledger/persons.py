"""Person ids that last: minted once, carried over nights, every change in the history.

The memory is the mention ledger: one row per spell in which a mention belonged to a person. A mention that is no longer
delivered keeps its last person there, so a row that comes back gets its old id back. The crosswalk of any instant is a
function of this ledger (``replay.as_of``); what became of an id is a function of the history (``replay.replay``).

All mentions are looked up once; everything after that is done for what came, went or moved, so that the cost of a night
follows the change.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from pipelines.identity.ledger.carry import carry_over, pull
from pipelines.identity.ledger.causes import Changes
from pipelines.identity.ledger.events import append_events
from pipelines.identity.ledger.replay import successors
from pipelines.identity.outputs import MENTION_KEY, MENTION_LEDGER_SCHEMA

Mint = Callable[[int], list[str]]


def mint_ids(count: int) -> list[str]:
    """Draw new opaque ids: random, so that nothing about a person or a row can be read from them."""
    return [str(uuid.uuid4()) for _ in range(count)]


@dataclass(frozen=True)
class LedgerNight:
    """What a night did to the ids.

    Attributes:
        persons: one row per mention of tonight, in the order in which they were given: key, ``cluster``,
            ``person_id``.
        mention_ledger: all spells, in the order in which they began.
        history: all events, tonight's included.
    """

    persons: pl.DataFrame
    mention_ledger: pl.DataFrame
    history: pl.DataFrame


def assign_person_ids(
    clustered: pl.DataFrame,
    mention_ledger: pl.DataFrame,
    history: pl.DataFrame,
    run_id: str,
    now: datetime,
    mint: Mint = mint_ids,
    changes: Changes | None = None,
) -> LedgerNight:
    """Carry person ids over to tonight's clusters.

    A cluster keeps the id of the person with which it shares most mentions, mentions with their own valid number
    counting ``carry.NUMBER_WEIGHT``; an id goes to one cluster only. Ties: the older id, then the smaller id, then the
    cluster with the smallest mention, so that neither the order of rows nor the names of clusters matter.

    Args:
        clustered: one row per mention of a person: key, ``cluster``, ``has_own_number``.
        mention_ledger: all spells so far.
        history: all events so far.
        run_id: tonight's run.
        now: instant of the run, with zone.
        mint: source of new ids.
        changes: what else happened since the last night, for the reasons; None for nothing.

    Returns:
        Tonight's ids, the ledger and the history. With nothing changed both come back equal.
    """
    spells = mention_ledger.with_row_index("spell")
    known = _known(clustered, spells, history)
    tonight = known.join(_named(known, history, mint), on="cluster", how="left", maintain_order="left")
    gone = _gone(spells, tonight)
    return LedgerNight(
        persons=tonight.select(*MENTION_KEY, "cluster", "person_id"),
        mention_ledger=_next_spells(tonight, gone, mention_ledger, run_id, now),
        history=append_events(history, tonight, gone, changes or Changes.none(), run_id, now),
    )


def _known(clustered: pl.DataFrame, spells: pl.DataFrame, history: pl.DataFrame) -> pl.DataFrame:
    """Tonight's mentions with ``last_person_id`` (merges followed; null for a new one) and ``spell`` (its open one)."""
    open_spells = spells.filter(pl.col("valid_to").is_null()).select(*MENTION_KEY, "spell", open_id="person_id")
    known = clustered.join(open_spells, on=MENTION_KEY, how="left", maintain_order="left")
    away = (
        spells.join(known.filter(pl.col("spell").is_null()).select(MENTION_KEY), on=MENTION_KEY, how="semi")
        .sort("valid_from", "spell")
        .unique(MENTION_KEY, keep="last", maintain_order=True)
        .join(successors(history), on="person_id", how="left")
        .select(*MENTION_KEY, away_id=pl.coalesce("successor_id", "person_id"))
    )
    return known.join(away, on=MENTION_KEY, how="left", maintain_order="left").with_columns(
        last_person_id=pl.coalesce("open_id", "away_id")
    )


def _named(known: pl.DataFrame, history: pl.DataFrame, mint: Mint) -> pl.DataFrame:
    """``cluster, person_id, is_new``: ids carried over, and new ones for the rest."""
    overlap = known.group_by("cluster", "last_person_id").agg(weight=pull())
    shared = overlap.drop_nulls("last_person_id").with_columns(
        alone=(pl.len().over("cluster") == 1) & (pl.len().over("last_person_id") == 1)
    )
    kept = shared.filter("alone").select("cluster", person_id="last_person_id")
    contested = _contested(known, shared.filter(~pl.col("alone")), history)
    old = pl.concat([kept, contested])
    fresh = _by_smallest_mention(known.join(old, on="cluster", how="anti"))
    new = fresh.select("cluster", person_id=pl.Series(mint(fresh.height), dtype=pl.String))
    return pl.concat(
        [old.with_columns(is_new=pl.lit(value=False)), new.with_columns(is_new=pl.lit(value=True))], how="vertical"
    )


def _contested(known: pl.DataFrame, shared: pl.DataFrame, history: pl.DataFrame) -> pl.DataFrame:
    """``cluster, person_id`` where a cluster shares mentions with several persons, or a person with several."""
    order = _by_smallest_mention(known.join(shared, on="cluster", how="semi")).with_row_index("new")
    born = (
        history.filter(pl.col("event") == "created")
        .join(shared.select(person_id="last_person_id"), on="person_id", how="semi")
        .group_by("person_id")
        .agg(born=pl.col("at").min())
    )
    overlap = shared.join(order, on="cluster").join(born, left_on="last_person_id", right_on="person_id", how="left")
    carried = carry_over(overlap.select("new", "weight", "born", old_id="last_person_id"))
    return carried.join(order, on="new").select("cluster", person_id="old_id")


def _by_smallest_mention(rows: pl.DataFrame) -> pl.DataFrame:
    """The clusters of ``rows``, once each, in the order of their smallest mention."""
    return rows.sort(MENTION_KEY).select("cluster").unique(maintain_order=True, keep="first")


def _gone(spells: pl.DataFrame, tonight: pl.DataFrame) -> pl.DataFrame:
    """Open spells whose mention nobody delivers any more: key, ``spell``, ``last_person_id``."""
    open_spells = spells.filter(pl.col("valid_to").is_null())
    if open_spells.height == tonight["spell"].count():
        open_spells = open_spells.clear()
    return open_spells.join(tonight.select("spell"), on="spell", how="anti").select(
        *MENTION_KEY, "spell", last_person_id="person_id"
    )


def _next_spells(
    tonight: pl.DataFrame, gone: pl.DataFrame, mention_ledger: pl.DataFrame, run_id: str, now: datetime
) -> pl.DataFrame:
    moved = tonight.filter(pl.col("spell").is_not_null() & (pl.col("open_id") != pl.col("person_id")))
    begun = tonight.filter(pl.col("spell").is_null() | (pl.col("open_id") != pl.col("person_id")))
    if begun.is_empty() and gone.is_empty():
        return mention_ledger
    ending = pl.concat([moved["spell"], gone["spell"]])
    ends = pl.int_range(pl.len(), dtype=pl.UInt32).is_in(ending.implode())
    ended = mention_ledger.with_columns(
        valid_to=pl.when(ends).then(pl.lit(now)).otherwise(pl.col("valid_to")),
        to_run=pl.when(ends).then(pl.lit(run_id)).otherwise(pl.col("to_run")),
    )
    opened = begun.sort(MENTION_KEY).with_columns(
        valid_from=pl.lit(now), valid_to=pl.lit(None), from_run=pl.lit(run_id), to_run=pl.lit(None)
    )
    names = MENTION_LEDGER_SCHEMA.names()
    return pl.concat([frame.select(names).cast(MENTION_LEDGER_SCHEMA) for frame in (ended, opened)])
