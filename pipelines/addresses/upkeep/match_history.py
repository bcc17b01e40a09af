"""The ledger of address answers (`master.address_match_history`): one row where a run answered otherwise than the last.

What the answers were at an instant is today's answers with the later changes taken back (`as_of`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import polars as pl

KEYS: Final = ["feed", "record_key", "address_role"]
PLACE: Final = ("address_code", "matched_level", "room_code", "status")
ANSWER: Final = (*PLACE, "method", "reason")
COMPARED: Final = [*KEYS, "address_text", *ANSWER]
TEXT: Final = "text_changed"
REGISTER: Final = "register_changed"
ALIAS: Final = "alias"
EVIDENCE: Final = "evidence"
RULE: Final = "rule"
GONE: Final = "record_gone"
BACK: Final = "record_back"
REASONS: Final = (TEXT, REGISTER, ALIAS, EVIDENCE, RULE, GONE, BACK)
MATCH_HISTORY: Final = pl.Schema(
    {
        **dict.fromkeys(KEYS, pl.String()),
        **{f"from_{name}": pl.String() for name in ANSWER},
        **{f"to_{name}": pl.String() for name in ANSWER},
        "why": pl.String(),
        "at": pl.Datetime("us", "UTC"),
        "run_id": pl.String(),
    }
)
_DOUBTS: Final = ("conflict", "settled_by_evidence", "far_away", "settled_by_coordinates")


def changed_codes(before: pl.DataFrame, after: pl.DataFrame) -> pl.Series:
    """The address codes whose row of `master.address` is not what it was: new, gone or with other content."""
    shared = [name for name in before.columns if name in after.columns]
    old, new = before.select(shared), after.select(shared)
    apart = pl.concat([
        old.join(new, on=shared, how="anti", nulls_equal=True).select("address_code"),
        new.join(old, on=shared, how="anti", nulls_equal=True).select("address_code"),
    ])  # fmt: skip
    return apart["address_code"].unique().sort()


def append_changes(
    history: pl.DataFrame,
    before: pl.DataFrame,
    after: pl.DataFrame,
    register_changes: pl.Series,
    *,
    names_changed: Sequence[str],
    run_id: str,
    now: datetime,
) -> pl.DataFrame:
    """Add a row for every mention whose code, level, room or status is not what the last run answered.

    The same place found in another way (`method`, `reason`) is no change. A mention's first answer is no row: when it
    came is told by the raw table. One that is no longer delivered is `record_gone`, and `record_back` when it comes
    again.

    Args:
        history: all rows so far.
        before: `master.address_match` of the last run; empty before the first.
        after: that of this run.
        register_changes: the codes of `changed_codes`; with any of them, an answer may also have changed through them.
        names_changed: the learned names that are in force now and were not in the last run, or the other way round.
        run_id: this run.
        now: its instant, with zone.

    Returns:
        The history with the new rows. `why`: the text itself; a learned name in it that has come or gone; a row of the
        register at either end of the change; what other records say (`evidence`); else `rule` (the program, or a row of
        the register that neither end names).
    """
    if before.is_empty():
        return history.select(MATCH_HISTORY.names()).cast(MATCH_HISTORY)
    old, new = (
        frame.select(*KEYS, *(pl.col(name).alias(f"{side}_{name}") for name in COMPARED if name not in KEYS))
        for side, frame in (("from", before), ("to", after))
    )
    both = old.join(new, on=KEYS, how="full", coalesce=True)
    ever = history.filter(pl.col("why") == GONE).select(KEYS).unique().with_columns(was_gone=pl.lit(value=True))
    both = both.join(ever, on=KEYS, how="left")
    here, was = pl.col("to_status").is_not_null(), pl.col("from_status").is_not_null()
    differs = pl.any_horizontal(pl.col(f"from_{name}").ne_missing(pl.col(f"to_{name}")) for name in PLACE)
    moved = both.filter((here & was & differs) | (was & ~here) | (here & ~was & pl.col("was_gone")))
    why = _why(register_changes, names_changed)
    rows = moved.with_columns(why=why, at=pl.lit(now), run_id=pl.lit(run_id)).select(MATCH_HISTORY.names())
    rows = rows.cast(MATCH_HISTORY).sort(KEYS)
    return pl.concat([history.select(MATCH_HISTORY.names()).cast(MATCH_HISTORY), rows])


def _why(register_changes: pl.Series, names_changed: Sequence[str]) -> pl.Expr:
    codes = register_changes.implode()
    at_either = [pl.col(f"{side}_address_code").is_in(codes).fill_null(value=False) for side in ("from", "to")]
    by_alias = (pl.col("from_method") == ALIAS) | (pl.col("to_method") == ALIAS)
    named = (
        pl.col("to_address_text").str.contains_any(sorted(set(names_changed))) if names_changed else pl.lit(value=False)
    )
    by_name = by_alias & named
    doubted = [pl.col(f"{side}_reason").is_in(_DOUBTS).fill_null(value=False) for side in ("from", "to")]
    led = pl.col("to_reason").is_in(["moved_address", "ambiguous_successor"]).fill_null(value=False)
    return (
        pl.when(pl.col("to_status").is_null()).then(pl.lit(GONE))
        .when(pl.col("from_status").is_null()).then(pl.lit(BACK))
        .when(pl.col("from_address_text").ne_missing(pl.col("to_address_text"))).then(pl.lit(TEXT))
        .when(by_name.fill_null(value=False)).then(pl.lit(ALIAS))
        .when(at_either[0] | at_either[1] | led).then(pl.lit(REGISTER))
        .when(doubted[0] | doubted[1]).then(pl.lit(EVIDENCE))
        .otherwise(pl.lit(REGISTER if len(register_changes) else RULE))
    )  # fmt: skip


def as_of(current: pl.DataFrame, history: pl.DataFrame, instant: datetime) -> pl.DataFrame:
    """The answers as they were at an instant, for all mentions of today and those that have gone since.

    Args:
        current: `master.address_match`.
        history: all rows of the ledger.
        instant: with zone.

    Returns:
        Key and the columns `PLACE`, sorted by key. A mention that was delivered only later is in it with its first
        answer: leave it out by `ingested_at` of its raw row.
    """
    later = history.filter(pl.col("at") > instant).sort("at").unique(KEYS, keep="first", maintain_order=True)
    back = later.filter(pl.col("from_status").is_not_null()).select(
        *KEYS, *(pl.col(f"from_{name}").alias(name) for name in PLACE)
    )
    same = current.select(*KEYS, *PLACE).join(later, on=KEYS, how="anti")
    return pl.concat([same, back]).sort(KEYS)
