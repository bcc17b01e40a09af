"""One night of addresses: the register with its past, every text, what was learned, and what changed; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.addresses.aliases.decisions import DECISIONS
from pipelines.addresses.aliases.ledger import LEDGER, begin_run, end_run, names_in_force
from pipelines.addresses.aliases.propose import MIN_SUPPORT, propose_aliases
from pipelines.addresses.evidence.collect import collect_address_evidence
from pipelines.addresses.match import KNOWN, answer_texts, match_addresses
from pipelines.addresses.mentions import collect_address_mentions
from pipelines.addresses.register.index import Register, build_register
from pipelines.addresses.upkeep.findings import find_in_register
from pipelines.addresses.upkeep.follow import follow_register
from pipelines.addresses.upkeep.former import Former, former_addresses
from pipelines.addresses.upkeep.history import read_history
from pipelines.addresses.upkeep.match_history import MATCH_HISTORY, append_changes, changed_codes
from pipelines.addresses.upkeep.mention_days import first_delivered

REGISTER = "police_addresses"
DELIVERIES = "ops.delivery"
ALIAS = "master.address_alias"
_TAKEN = ("loaded", "duplicate")
_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class PreviousAddresses:
    """What the last snapshot knew; all empty before the first night."""

    address: pl.DataFrame
    match: pl.DataFrame
    alias: pl.DataFrame
    match_history: pl.DataFrame
    answer: pl.DataFrame

    @classmethod
    def empty(cls) -> PreviousAddresses:
        """Before the first night."""
        nothing = pl.DataFrame()
        return cls(nothing, nothing, LEDGER.to_frame(), MATCH_HISTORY.to_frame(), KNOWN.to_frame())


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
    """What the night made, one frame a table."""

    address: pl.DataFrame
    match: pl.DataFrame
    alias: pl.DataFrame
    history: pl.DataFrame
    match_history: pl.DataFrame
    finding: pl.DataFrame
    answer: pl.DataFrame

    def by_table(self) -> dict[str, pl.DataFrame]:
        """By the name of the table, in the order in which they follow from each other."""
        return {
            "master.address": self.address,
            "master.address_history": self.history,
            "internal.address_answer": self.answer,
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
        The tables; `answer` is memory alone, of which nothing follows but speed. All but the two ledgers (`alias`,
        `match_history`) depend on the raw rows and the names in force alone; the ledgers grow by what changed. What is
        learned tonight is in force from the next run.
    """
    versions = raw[REGISTER].collect()
    past = read_history(versions, delivered.days)
    former = former_addresses(past)
    ledger = begin_run(previous.alias, decisions.select(DECISIONS.names()), run_id, now)
    learned = names_in_force(ledger)
    names = _all_names(former, learned)
    register = build_register(versions, names)
    mentions, evidence = collect_address_mentions(raw), collect_address_evidence(raw)
    answers = answer_texts(mentions, register, previous.answer)
    plain = match_addresses(mentions, register, evidence=evidence, answers=answers)
    asked = plain.join(former.reused, on="address_code", how="semi").select(
        "feed", "record_key", "address_role", "address_text"
    )
    matched = follow_register(
        plain, mentions, register, versions, former, names, written_on=first_delivered(raw, asked)
    )
    proposals = propose_aliases(mentions, matched, register, evidence, learned=learned, min_support=min_support)
    moved = changed_codes(previous.address, register.table) if not previous.address.is_empty() else _no_codes()
    return AddressTables(
        address=register.table,
        match=matched,
        alias=end_run(ledger, proposals, run_id, now, now.astimezone(_ZONE).date()),
        history=past.events,
        match_history=append_changes(
            previous.match_history, previous.match, matched, moved,
            names_changed=_come_or_gone(names_in_force(previous.alias), learned), run_id=run_id, now=now,
        ),
        finding=find_in_register(matched, mentions, register, evidence, delivered.refused),
        answer=answers,
    )  # fmt: skip


def snapshot_register(scan: Callable[[str], pl.LazyFrame], has: Callable[[str], bool]) -> Register:
    """The register as the night of a snapshot read texts with it: its rows, former names, and learned names in force.

    Args:
        scan: reads a table of the snapshot.
        has: whether it has a table.
    """
    versions = scan(f"raw.{REGISTER}").collect()
    days = delivered_days(scan(DELIVERIES)) if has(DELIVERIES) else []
    ledger = scan(ALIAS).collect() if has(ALIAS) else LEDGER.to_frame()
    former = former_addresses(read_history(versions, days))
    return build_register(versions, _all_names(former, names_in_force(ledger)))


def delivered_days(deliveries: pl.LazyFrame) -> list[date]:
    """The days on which the register came, by `ops.delivery`."""
    taken = deliveries.filter(
        (pl.col("department") == "police") & (pl.col("feed") == "addresses") & pl.col("status").is_in(_TAKEN)
    )
    days = taken.select(pl.col("delivered_on").unique().sort()).drop_nulls().collect()
    return list(days["delivered_on"].to_list())


def _all_names(former: Former, learned: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([former.names, learned]).unique().sort(learned.columns, nulls_last=True)


def _come_or_gone(before: pl.DataFrame, after: pl.DataFrame) -> list[str]:
    apart = [
        one.join(other, on=one.columns, how="anti", nulls_equal=True)
        for one, other in ((before, after), (after, before))
    ]
    return sorted(set(pl.concat(apart)["written"].to_list()))


def _no_codes() -> pl.Series:
    return pl.Series("address_code", [], dtype=pl.String)
