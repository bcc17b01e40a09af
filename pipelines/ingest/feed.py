"""All new deliveries of one feed into its raw table."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

import polars as pl

from pipelines.config import Config
from pipelines.contracts.model import Contract
from pipelines.errors import FileRejected
from pipelines.home import Home
from pipelines.ingest.delivery import QUARANTINE_SCHEMA, Delivery, FeedReport, Outcome
from pipelines.ingest.events import append_delivery
from pipelines.ingest.history import History, history_of, known_deliveries
from pipelines.ingest.keys import suffixed, within_file, without_suffix
from pipelines.ingest.materialise import ORIGINAL_SCHEMA, RawTable, as_versions
from pipelines.ingest.outcome import conflict_rows, loaded, quarantine_rows, refused, repeated
from pipelines.ingest.stage import Staged, payloads, stage_delivery
from pipelines.ingest.versions import STATE_SCHEMA, add_versions, current_flags
from pipelines.ingest.workroom import workroom
from pipelines.lake.store import Transaction

Progress = Callable[[str, int, int], None]
"""Called with the feed, the files done and the files to do."""


def ingest_feed(
    tx: Transaction,
    home: Home,
    contract: Contract,
    deliveries: Sequence[Delivery],
    config: Config,
    *,
    run_id: str,
    now: datetime,
    accept_shrunk: Collection[str] = (),
    progress: Progress | None = None,
) -> FeedReport:
    """Load all new deliveries of one feed, in the order of their dates, into the transaction.

    The raw table exists afterwards, also when nothing was ever delivered. `ops.delivery` and `raw.quarantine` are
    left to `write_delivery_log`.

    Args:
        tx: the open transaction.
        home: its workshop holds the parts while they are read.
        contract: of the feed.
        deliveries: of a plan; those of other feeds are passed over.
        config: limits and sizes.
        run_id: names the working folder.
        now: UTC, becomes `ingested_at`.
        accept_shrunk: feeds (`<department>_<feed>` or `<department>/<feed>`) whose shrunken full is taken on purpose.
        progress: told after each file.
    """
    own = [delivery for delivery in deliveries if delivery.table == contract.name]
    own.sort(key=lambda delivery: (delivery.delivered_on or date.min, delivery.path))
    folder = workroom(home, run_id) / "parts" / contract.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    raw = RawTable(tx, contract, config.lake.part_rows)
    history = history_of(known_deliveries(tx), contract)
    accepted = {name.replace("/", "_") for name in accept_shrunk}
    load = _FeedLoad(raw, history, config, folder, now, accepts_shrunk=contract.name in accepted)
    if contract.mode == "append":
        load.append(own, progress)
    else:
        load.merge(own, progress)
    raw.ensure()
    shutil.rmtree(folder, ignore_errors=True)
    rows, current = raw.counts()
    return FeedReport(contract.name, load.outcomes, load.quarantine(), rows, current)


class _FeedLoad:
    """The state of loading one feed."""

    def __init__(
        self, raw: RawTable, history: History, config: Config, folder: Path, now: datetime, *, accepts_shrunk: bool
    ) -> None:
        self.raw, self.history, self.config, self.folder, self.now = raw, history, config, folder, now
        self.contract = raw.contract
        self.accepts_shrunk = accepts_shrunk
        self.outcomes: list[Outcome] = []
        self.parts: list[Path] = []
        self._quarantine: list[pl.DataFrame] = []

    def quarantine(self) -> pl.DataFrame:
        """Return the rows of `raw.quarantine`."""
        return pl.concat([pl.DataFrame(schema=QUARANTINE_SCHEMA), *self._quarantine])

    def append(self, deliveries: Sequence[Delivery], progress: Progress | None) -> None:
        """Take files of an append-only feed chunk by chunk, in bounded memory."""
        for number, delivery in enumerate(deliveries, start=1):
            if delivery.reason_code is not None:
                self.outcomes.append(refused(delivery))
            elif delivery.sha256 in self.history.rows_of:
                self.outcomes.append(repeated(delivery, self.history, "append"))
            else:
                outcome, quarantine = append_delivery(self.raw, delivery, self.config, self.folder, self.now)
                self.outcomes.append(outcome)
                self._quarantine.append(quarantine)
            self._remember(self.outcomes[-1])
            if progress:
                progress(self.contract.name, number, len(deliveries))

    def merge(self, deliveries: Sequence[Delivery], progress: Progress | None) -> None:
        """Take files of a full or incremental feed: read them all, then decide date by date, then write once."""
        staged: dict[str, Staged] = {}
        refusals: dict[str, Outcome] = {}
        for number, delivery in enumerate(deliveries, start=1):
            if delivery.reason_code is not None:
                refusals[delivery.path] = refused(delivery)
            elif not self._says_nothing(delivery, deliveries, staged):
                self._stage(delivery, staged, refusals)
            if progress:
                progress(self.contract.name, number, len(deliveries))
        state = self._load_state(deliveries, staged)
        for on, group in groupby(deliveries, key=lambda delivery: delivery.delivered_on):
            state = self._take_date(state, on or date.min, list(group), staged, refusals)
        if staged:
            flags = current_flags(state, self.contract, self.history.marks)
            self.raw.write(state.with_columns(flags), self.parts, self.now)

    def _is_resent(self, delivery: Delivery, staged: dict[str, Staged]) -> bool:
        """Say whether a file with the same bytes was taken before, in another run or in this one."""
        return delivery.sha256 in self.history.rows_of or any(
            one.delivery.sha256 == delivery.sha256 for one in staged.values()
        )

    def _says_nothing(self, delivery: Delivery, deliveries: Sequence[Delivery], staged: dict[str, Staged]) -> bool:
        """Say whether a file sent again need not be read: any but a full, or a full read already for its date.

        An identical full on a later date does say something: that nothing changed, or that it changed back.
        """
        if not self._is_resent(delivery, staged):
            return False
        return self.contract.mode != "full" or any(
            d.path in staged and d.delivered_on == delivery.delivered_on and d.sha256 == delivery.sha256
            for d in deliveries
        )

    def _sent_by_mistake(self, deliveries: Sequence[Delivery], staged: dict[str, Staged]) -> set[str]:
        """Return the paths of old fulls among the files of one date that lie beside a new one of the same scope."""
        old = [d for d in deliveries if d.path in staged and d.sha256 in self.history.rows_of]
        new = [staged[d.path].rows["scope"] for d in deliveries if d.path in staged and d not in old]
        scopes = pl.concat([pl.Series("scope", [], dtype=pl.String), *new]).unique()
        return {d.path for d in old if staged[d.path].rows["scope"].is_in(scopes.implode(), nulls_equal=True).any()}

    def _stage(self, delivery: Delivery, staged: dict[str, Staged], refusals: dict[str, Outcome]) -> None:
        try:
            found = stage_delivery(delivery, self.contract, self.config.ingest, self.folder, len(self.parts))
        except FileRejected as rejected:
            refusals[delivery.path] = refused(delivery, rejected)
            return
        self.parts += found.parts
        staged[delivery.path] = found

    def _load_state(self, deliveries: Sequence[Delivery], staged: dict[str, Staged]) -> pl.DataFrame:
        """Return the state of all records that tonight may touch: all of them where a full is among the files."""
        if not staged:
            return pl.DataFrame(schema=STATE_SCHEMA | ORIGINAL_SCHEMA)
        any_full = any(self.history.is_full(self.contract, d) for d in deliveries if d.path in staged)
        keys = pl.concat([one.rows["record_key"] for one in staged.values()]).unique()
        return self.raw.state(None if any_full else keys)

    def _take_date(
        self,
        state: pl.DataFrame,
        on: date,
        deliveries: Sequence[Delivery],
        staged: dict[str, Staged],
        refusals: dict[str, Outcome],
    ) -> pl.DataFrame:
        """Take the files of one date. Together they are one full, where the feed is full on that date."""
        mistaken = self._sent_by_mistake(deliveries, staged)
        read = [d for d in deliveries if d.path in staged and d.path not in mistaken]
        fulls = {d.path: staged[d.path] for d in read if self.history.is_full(self.contract, d)}
        shrunk = {path: self._shrunk(state, on, one, list(fulls.values())) for path, one in fulls.items()}
        for delivery in deliveries:
            refusal = shrunk.get(delivery.path)
            if delivery.path in refusals:
                self.outcomes.append(refusals[delivery.path])
            elif refusal is not None:
                self.outcomes.append(refused(delivery, refusal))
            elif delivery not in read:
                self.outcomes.append(self._repeat(delivery))
            else:
                state = self._take(state, staged[delivery.path], is_full=delivery.path in fulls)
            self._remember(self.outcomes[-1])
        return state

    def _repeat(self, delivery: Delivery) -> Outcome:
        """Return the outcome of a file that was not read again: `duplicate`, or the refusal of its twin of tonight."""
        if delivery.sha256 in self.history.rows_of:
            return repeated(delivery, self.history, self.contract.mode)
        twin = next(one for one in self.outcomes if one.delivery.sha256 == delivery.sha256)
        return replace(twin, delivery=delivery)

    def _shrunk(self, state: pl.DataFrame, on: date, one: Staged, fulls: Sequence[Staged]) -> FileRejected | None:
        """Return the refusal of a full that lacks too much. Rule: feeds.md, "Full or increment".

        All fulls of the date count together, within the scopes of this one.
        """
        scopes = one.rows["scope"].unique()
        if self.accepts_shrunk or any(self.history.marks.get(scope, on) > on for scope in [*scopes, None]):
            return None
        flags = current_flags(state, self.contract, self.history.marks)
        before = state.filter(flags & _within(scopes)) if self.contract.full_scope else state.filter(flags)
        rows = pl.concat([full.rows.filter(_within(scopes)) for full in fulls])
        apart = ["record_key"] if self.contract.key else ["record_key", "content"]
        today = before.filter(pl.col("last_delivered_on") == on).select(without_suffix(pl.col("record_key")))
        now = rows.select(apart).n_unique() + today.join(rows, on="record_key", how="anti").height
        if now >= self.contract.min_full_ratio * before.height:
            return None
        return FileRejected(
            "shrunk_full",
            f"a full of {now} records where {before.height} are current, below min_full_ratio "
            f"{self.contract.min_full_ratio}. Ask the department; if it is right, load with "
            f"--accept-shrunk {self.contract.name}.",
        )

    def _take(self, state: pl.DataFrame, staged: Staged, *, is_full: bool) -> pl.DataFrame:
        delivery = staged.delivery
        judged = within_file(staged.rows, self.contract)
        taken = judged.filter(pl.col("fate") == "taken")
        if not self.contract.key:
            taken = suffixed(taken, state)
        rows = as_versions(taken, delivery)
        grown, repeats = add_versions(state, rows)
        conflicts = judged.filter(pl.col("fate") == "conflict")
        is_resent = delivery.sha256 in self.history.rows_of
        if not is_resent:
            self._refuse_rows(staged, conflicts)
        scopes = sorted(rows["scope"].unique()) if is_full and self.contract.full_scope else None
        if is_full and delivery.delivered_on is not None:
            self.history.mark_full(scopes, delivery.delivered_on)
        new = rows.height - repeats.height
        mode = "full" if is_full else "increment"
        self.outcomes.append(loaded(staged, new, conflicts.height, mode, scopes, is_resent=is_resent))
        return grown

    def _refuse_rows(self, staged: Staged, conflicts: pl.DataFrame) -> None:
        if staged.refused.height:
            self._quarantine.append(quarantine_rows(staged.delivery, staged.refused))
        if conflicts.is_empty():
            return
        numbers = conflicts["row_number"].to_list()
        texts = payloads(staged.delivery, self.contract, self.config.ingest, self.folder, numbers)
        told = conflict_rows(texts)
        self._quarantine.append(quarantine_rows(staged.delivery, told.sort("row_number")))

    def _remember(self, outcome: Outcome) -> None:
        delivery = outcome.delivery
        if outcome.status != "rejected" and delivery.delivered_on is not None:
            self.history.take(delivery.sha256, outcome.rows_read, delivery.delivered_on)


def _within(scopes: pl.Series) -> pl.Expr:
    return pl.col("scope").is_in(scopes.implode(), nulls_equal=True)
