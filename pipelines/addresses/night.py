"""One night of addresses: the register with its past, every text, what was learned, and what changed; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.addresses.alias_decisions import DECISIONS
from pipelines.addresses.alias_ledger import LEDGER, begin_run, end_run, names_in_force
from pipelines.addresses.aliases import MIN_SUPPORT, propose_aliases
from pipelines.addresses.evidence import collect_address_evidence
from pipelines.addresses.follow import follow_register
from pipelines.addresses.match import match_addresses
from pipelines.addresses.match_history import MATCH_HISTORY, append_changes, changed_codes
from pipelines.addresses.mentions import collect_address_mentions
from pipelines.addresses.register import build_register
from pipelines.addresses.register_findings import find_in_register
from pipelines.addresses.register_former import former_addresses
from pipelines.addresses.register_history import read_history

REGISTER = "police_addresses"
_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class PreviousAddresses:
    """What the last snapshot knew; all empty before the first night."""

    address: pl.DataFrame
    match: pl.DataFrame
    alias: pl.DataFrame
    match_history: pl.DataFrame

    @classmethod
    def empty(cls) -> PreviousAddresses:
        """Before the first night."""
        nothing = pl.DataFrame()
        return cls(nothing, nothing, LEDGER.to_frame(), MATCH_HISTORY.to_frame())


@dataclass(frozen=True)
class Delivered:
    """What the books of deliveries say of the register.

    Attributes:
        days: on which it came.
        refused: its rows in `raw.quarantine`; None where there is no such table.
    """

    days: Sequence[date] = ()
    refused: pl.DataFrame | None = None


@dataclass(frozen=True)
class AddressTables:
    """What the night made, one frame a served table."""

    address: pl.DataFrame
    match: pl.DataFrame
    alias: pl.DataFrame
    history: pl.DataFrame
    match_history: pl.DataFrame
    finding: pl.DataFrame

    def by_table(self) -> dict[str, pl.DataFrame]:
        """By the name of the table, in the order in which they follow from each other."""
        return {
            "master.address": self.address,
            "master.address_history": self.history,
            "master.address_match": self.match,
            "master.address_match_history": self.match_history,
            "master.address_alias": self.alias,
            "master.register_finding": self.finding,
        }


def resolve_addresses(
    raw: Mapping[str, pl.LazyFrame],
    previous: PreviousAddresses,
    decisions: pl.DataFrame,
    delivered: Delivered,
    *,
    run_id: str,
    now: datetime,
    min_support: int = MIN_SUPPORT,
) -> AddressTables:
    """Resolve every address of tonight.

    Args:
        raw: raw table -> frame, with the versions that are not current.
        previous: what the last snapshot knew.
        decisions: all answers of stewards about aliases (`alias_decisions.DECISIONS`).
        delivered: what the books say of the register's deliveries.
        run_id: this run.
        now: its instant, with zone.
        min_support: persons or parcels that make an alias.

    Returns:
        The tables. All but the two ledgers (`alias`, `match_history`) depend on the raw rows and the names in force
        alone; the ledgers grow by what changed. What is learned tonight is in force from the next run.
    """
    versions = raw[REGISTER].collect()
    past = read_history(versions, delivered.days)
    former = former_addresses(past)
    ledger = begin_run(previous.alias, decisions.select(DECISIONS.names()), run_id, now)
    learned = names_in_force(ledger)
    names = pl.concat([former.names, learned]).unique().sort(former.names.columns, nulls_last=True)
    register = build_register(versions, names)
    mentions, evidence = collect_address_mentions(raw), collect_address_evidence(raw)
    plain = match_addresses(mentions, register, evidence=evidence)
    matched = follow_register(plain, mentions, register, versions, former, names)
    proposals = propose_aliases(mentions, matched, register, evidence, learned=learned, min_support=min_support)
    moved = changed_codes(previous.address, register.table) if not previous.address.is_empty() else _no_codes()
    return AddressTables(
        address=register.table,
        match=matched,
        alias=end_run(ledger, proposals, run_id, now, now.astimezone(_ZONE).date()),
        history=past.events,
        match_history=append_changes(
            previous.match_history, previous.match, matched, moved,
            names_changed=not learned.equals(names_in_force(previous.alias)), run_id=run_id, now=now,
        ),
        finding=find_in_register(matched, mentions, register, evidence, delivered.refused),
    )  # fmt: skip


def _no_codes() -> pl.Series:
    return pl.Series("address_code", [], dtype=pl.String)
