"""The ledger of learned aliases: append-only, one row per change of an alias, and what is in force is a function of it.

An alias that records bear out is `proposed` at the end of a run and `applied` from the next one; it is `lapsed` when
they bear it out no longer. A steward accepts, rejects or revokes; what a steward decided no run undoes by itself.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Final

import polars as pl

from pipelines.addresses.aliases.decisions import ACCEPT, DECISIONS, REJECT, REVOKE
from pipelines.addresses.aliases.propose import PROPOSALS, TWO_PLACES
from pipelines.addresses.register.index import LEARNED

PROPOSED: Final = "proposed"
APPLIED: Final = "applied"
REJECTED: Final = "rejected"
REVOKED: Final = "revoked"
LAPSED: Final = "lapsed"
STATUSES: Final = (PROPOSED, APPLIED, REVOKED, REJECTED, LAPSED)
LEDGER: Final = pl.Schema(
    {
        "alias_id": pl.String(),
        "version": pl.Int64(),
        **dict(PROPOSALS),
        "status": pl.String(),
        "proposed_on": pl.Date(),
        "applied_from": pl.String(),
        "decided_by": pl.String(),
        "decision_id": pl.String(),
        "reason": pl.String(),
        "at": pl.Datetime("us", "UTC"),
        "run_id": pl.String(),
    }
)
_KEY: Final = ["alias_id", "version"]
# What becomes of an alias of this status by a steward's answer; what is not here changes nothing.
_AFTER: Final = {
    (PROPOSED, ACCEPT): APPLIED, (LAPSED, ACCEPT): APPLIED, (REJECTED, ACCEPT): APPLIED, (REVOKED, ACCEPT): APPLIED,
    (APPLIED, ACCEPT): APPLIED,
    (PROPOSED, REJECT): REJECTED, (LAPSED, REJECT): REJECTED,
    (APPLIED, REVOKE): REVOKED, (PROPOSED, REVOKE): REVOKED, (LAPSED, REVOKE): REVOKED,
}  # fmt: skip


def alias_id(kind: str, stem: str, target: str) -> str:
    """The id of an alias, from what it says: it is of places, so nothing is given away.

    >>> alias_id("estate", "老烟厂", "YC0001") == alias_id("estate", "老烟厂", "YC0001")
    True
    """
    return hashlib.sha256(f"{kind}|{stem}|{target}".encode()).hexdigest()[:16]


def can_decide(status: str, answer: str) -> bool:
    """Whether a steward's answer changes anything about an alias of this status."""
    return (status, answer) in _AFTER


def latest(ledger: pl.DataFrame) -> pl.DataFrame:
    """The newest version of every alias, sorted by kind, written name and id."""
    newest = ledger.sort(_KEY).unique("alias_id", keep="last", maintain_order=True)
    return newest.sort("kind", "written", "alias_id")


def as_of(ledger: pl.DataFrame, instant: datetime) -> pl.DataFrame:
    """The newest version of every alias as it was known at an instant."""
    return latest(ledger.filter(pl.col("at") <= instant))


def names_in_force(ledger: pl.DataFrame) -> pl.DataFrame:
    """The names to be learned by `build_register`: both as people write them and as the parser leaves them."""
    now = latest(ledger).filter(pl.col("status") == APPLIED)
    forms = [now.select("kind", pl.col(name).alias("written"), "estate_code", "road") for name in ("written", "stem")]
    return pl.concat(forms).unique().sort(LEARNED.names(), nulls_last=True)


def begin_run(ledger: pl.DataFrame, decisions: pl.DataFrame, run_id: str, now: datetime) -> pl.DataFrame:
    """Obey what stewards have decided since, and apply what the last run proposed.

    Args:
        ledger: all versions so far.
        decisions: all answers of stewards, in the columns of `DECISIONS`.
        run_id: this run.
        now: its instant, with zone.

    Returns:
        The ledger with the new versions; the same where there is nothing to obey or apply.
    """
    obeyed = obey(ledger, decisions, run_id, now)
    due = latest(obeyed).filter((pl.col("status") == PROPOSED) & pl.col("guard").is_null()).sort("alias_id")
    applied = [
        _next(row, run_id, now, status=APPLIED, applied_from=run_id, reason=None) for row in due.iter_rows(named=True)
    ]
    return _append(obeyed, applied)


def obey(
    ledger: pl.DataFrame, decisions: pl.DataFrame, run_id: str | None = None, now: datetime | None = None
) -> pl.DataFrame:
    """The ledger with the answers of stewards that it does not know yet, in the order in which they were given.

    An answer about an alias that was never proposed waits until it is. `run_id` and `now` are null where it is only
    asked what would become of an alias.
    """
    state = {row["alias_id"]: row for row in latest(ledger).iter_rows(named=True)}
    known = set(ledger["decision_id"].drop_nulls().to_list())
    added: list[dict[str, object]] = []
    for decision in decisions.select(DECISIONS.names()).sort("decided_at", "decision_id").iter_rows(named=True):
        row = state.get(decision["alias_id"])
        if row is None or decision["decision_id"] in known:
            continue
        after = _AFTER.get((str(row["status"]), decision["answer"]), str(row["status"]))
        told = {name: decision[name] for name in ("decided_by", "decision_id", "reason")}
        made = _next(row, run_id, now, status=after, applied_from=_applied_from(row, after, run_id), **told)
        state[decision["alias_id"]] = made
        added.append(made)
    return _append(ledger, added)


def _next(row: dict[str, object], run_id: str | None, now: datetime | None, **to: object) -> dict[str, object]:
    return {**row, "version": int(str(row["version"])) + 1, "at": now, "run_id": run_id, **to}


def _applied_from(row: dict[str, object], after: str, run_id: str | None) -> object:
    if after != APPLIED:
        return None
    return row["applied_from"] if row["status"] == APPLIED else run_id


def end_run(ledger: pl.DataFrame, proposals: pl.DataFrame, run_id: str, now: datetime, today: date) -> pl.DataFrame:
    """Enter what this run's records bear out, and let lapse what they bear out no longer.

    Args:
        ledger: the ledger that `begin_run` returned.
        proposals: the frame of `propose_aliases`.
        run_id: this run.
        now: its instant, with zone.
        today: the day up to which records were delivered.

    Returns:
        The ledger with new versions: an alias that is new or comes back from `lapsed` is `proposed`; one that was
        applied or proposed without a steward and is borne out no longer is `lapsed`. Nothing else changes, so that an
        equal night adds no row.
    """
    state = {row["alias_id"]: row for row in latest(ledger).iter_rows(named=True)}
    bound = {
        (row["kind"], row["stem"]): row["alias_id"]
        for row in state.values()
        if row["status"] == APPLIED and row["decided_by"] is not None
    }
    added, supported = [], set()
    for proposal in proposals.iter_rows(named=True):
        name = alias_id(proposal["kind"], proposal["stem"], proposal["estate_code"] or proposal["road"])
        supported.add(name)
        before = state.get(name)
        if before is not None and before["status"] != LAPSED:
            continue
        rival = bound.get((proposal["kind"], proposal["stem"]), name) != name
        version = 1 if before is None else before["version"] + 1
        new = {"alias_id": name, "version": version, "status": PROPOSED, "proposed_on": today, "at": now}
        held = {"guard": TWO_PLACES} if rival else {}
        added.append({**dict.fromkeys(LEDGER.names()), **proposal, **new, **held, "run_id": run_id})
    for name, row in sorted(state.items()):
        by_itself = row["decided_by"] is None and row["status"] in (APPLIED, PROPOSED)
        if by_itself and name not in supported:
            added.append(_next(row, run_id, now, status=LAPSED, reason="support_gone", applied_from=None))
    return _append(ledger, added)


def _append(ledger: pl.DataFrame, added: list[dict[str, object]]) -> pl.DataFrame:
    new = pl.DataFrame([{name: row[name] for name in LEDGER} for row in added], schema=LEDGER, orient="row")
    return pl.concat([ledger.select(LEDGER.names()).cast(LEDGER), new]).sort(_KEY)
