"""A generated city with clerks, loaded night by night by the command line of a source folder, and its mentions."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from datetime import time as dt_time
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.addresses.evidence.collect import collect_address_evidence
from pipelines.addresses.match import match_addresses
from pipelines.addresses.mentions import collect_address_mentions
from pipelines.addresses.register.index import build_register
from pipelines.city import CityReport, deliver, generate_city
from pipelines.city.clerks import ClerkMix, ClerkMixName
from pipelines.city.error_model import Style
from pipelines.city.evaluate.linking import Truth, current_rows, with_keys
from pipelines.city.unruly import Mix
from pipelines.config import Config, IngestConfig
from pipelines.contracts.loader import load_contracts
from pipelines.home import CHECKOUT, Home
from pipelines.identity.mentions.collect import collect_person_mentions
from pipelines.identity.night.resolve import resolve_identities
from pipelines.identity.outputs import DECISION_SCHEMA, PreviousIdentity
from pipelines.identity.scoring.model import Model
from pipelines.ingest.load import ingest
from pipelines.lake.snapshot import Snapshot
from pipelines.lake.store import Lake
from pipelines.lake.transaction import Transaction

KEY = ["feed", "record_key", "person_role", "person_seq"]
_COMMAND = "from pipelines.cli.app import main; main()"


@dataclass(frozen=True)
class LoadedCity:
    """A city after its last night.

    Attributes:
        truth: its tables; nights: the snapshots, oldest first; rows: current raw rows with their files.
        known: KEY, person, name_only, number_damage, damage of every current mention that the truth tells.
        seconds: wall seconds of each night's load.
    """

    truth: Truth
    nights: list[Snapshot]
    rows: pl.DataFrame
    known: pl.DataFrame
    seconds: list[float]

    @property
    def last(self) -> Snapshot:
        """The snapshot of the last night."""
        return self.nights[-1]

    def answers(self) -> pl.DataFrame:
        """The crosswalk: KEY, person_id, probability, method."""
        return self.last.scan("master.person_crosswalk").select(*KEY, "person_id", "probability", "method").collect()

    def mentions(self) -> pl.DataFrame:
        """The normalised mentions of the last night."""
        raw = {t: self.last.scan(t) for t in sorted(self.last.tables) if t.startswith("raw.")}
        return collect_person_mentions(raw, self.last.scan("master.address_match").collect())


def load_city(folder: Path, residents: int, nights: int, seed: int, style: Style, mix: ClerkMixName) -> LoadedCity:
    """Generate, deliver and load a city night by night; `folder` is emptied first."""
    home, city = _made(folder, residents, nights, seed, style, mix)
    seconds = []
    for night in range(nights):
        deliver(city, night, home.landing)
        began = time.monotonic()
        subprocess.run(
            [sys.executable, "-c", _COMMAND, "load", "--home", str(home.root)],
            check=True, stdout=subprocess.DEVNULL, cwd=CHECKOUT, env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        )  # fmt: skip
        seconds.append(round(time.monotonic() - began, 1))
    return open_city(folder, seconds)


def _made(
    folder: Path, residents: int, nights: int, seed: int, style: Style, mix: ClerkMixName
) -> tuple[Home, CityReport]:
    shutil.rmtree(folder, ignore_errors=True)
    unruly = Mix(mix) if style == "unruly" else None
    city = generate_city(
        folder / "nights", folder / "truth", residents, nights, seed, style, mix=unruly, clerks=ClerkMix(mix)
    )
    return Home(folder / "home").ensure(), city


def load_directly(folder: Path, residents: int, nights: int, seed: int, style: Style, mix: ClerkMixName) -> LoadedCity:
    """Do the same within this process, and only what identity needs: raw rows, addresses, identity."""
    home, city = _made(folder, residents, nights, seed, style, mix)
    seconds = []
    for night in range(nights):
        deliver(city, night, home.landing)
        began = time.monotonic()
        run_directly(home, f"night-{night}", datetime.combine(city.nights[night].day, dt_time(18), UTC))
        seconds.append(round(time.monotonic() - began, 1))
    return open_city(folder, seconds)


def collect_mentions_only(folder: Path, residents: int, seed: int, style: Style, mix: ClerkMixName) -> pl.DataFrame:
    """Return the normalised mentions of a city of one night; its identities are not resolved."""
    home, city = _made(folder, residents, 1, seed, style, mix)
    deliver(city, 0, home.landing)
    tx = Lake(home).begin("mentions")
    return collect_person_mentions(
        *_rows_and_places(tx, home, "mentions", datetime.combine(city.nights[0].day, dt_time(18), UTC))
    )


def _rows_and_places(
    tx: Transaction, home: Home, run_id: str, now: datetime
) -> tuple[dict[str, pl.LazyFrame], pl.DataFrame]:
    """Ingest what has arrived and resolve its addresses: raw tables by feed, and `master.address_match`."""
    ingest(tx, home, load_contracts(), Config(ingest=IngestConfig(settle_seconds=0.0)), run_id=run_id, now=now)
    raw = {t.removeprefix("raw."): tx.scan(t) for t in _raw_tables() if tx.has(t)}
    register = build_register(tx.scan("raw.police_addresses").filter("is_current").collect())
    matches = match_addresses(collect_address_mentions(raw), register, evidence=collect_address_evidence(raw))
    tx.replace("master.address_match", matches)
    return raw, matches


def run_directly(home: Home, run_id: str, now: datetime) -> None:
    """Ingest what has arrived, resolve addresses and identities with the last snapshot as memory, and commit."""
    tx = Lake(home).begin(run_id)
    raw, matches = _rows_and_places(tx, home, run_id, now)
    tables = resolve_identities(
        raw,
        matches,
        _memory(tx.base),
        Model.load(),
        DECISION_SCHEMA.to_frame(),
        lambda numbers: numbers.hash().cast(pl.String),
        run_id=run_id,
        now=now,
    )
    for table, frame in tables.by_table().items():
        tx.replace(table, frame)
    tx.commit()


def _raw_tables() -> list[str]:
    return [f"raw.{name}" for name in sorted(load_contracts())]


def _memory(base: Snapshot | None) -> PreviousIdentity:
    """Return what the last snapshot knew of identity, by the names of the memory's own fields."""
    empty = PreviousIdentity.empty()
    if base is None:
        return empty
    known = {}
    for field in fields(empty):
        table = next((t for t in base.tables if t.split(".")[1] in (field.name, f"person_{field.name}")), None)
        if table is not None:
            known[field.name] = pl.concat([getattr(empty, field.name), base.scan(table).collect()], how="diagonal")
    return replace(empty, **known)


def open_city(folder: Path, seconds: list[float]) -> LoadedCity:
    """Open a city that was loaded before."""
    lake = Lake(Home(folder / "home"))
    nights = list(lake.history())[::-1]
    truth = Truth.read(folder / "truth")
    rows = current_rows(nights[-1])
    known = with_keys(truth.mention, rows).unique(KEY, keep="first", maintain_order=True).sort(KEY)
    return LoadedCity(truth, nights, rows, known, seconds)


def review_size(snapshot: Snapshot) -> dict[str, Any]:
    """Return the length of the review queue, by kind where it has one."""
    queue = snapshot.scan("master.match_review").collect()
    kinds = dict(queue.group_by("reason").len().sort("reason").rows()) if "reason" in queue.columns else {}
    return {"rows": len(queue), "by_reason": kinds}
