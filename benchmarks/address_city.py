"""A generated city whose addresses are resolved through the public functions, joined to its truth."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from pipelines.addresses.evidence.collect import collect_address_evidence
from pipelines.addresses.match import match_addresses
from pipelines.addresses.mentions import collect_address_mentions
from pipelines.addresses.register.index import build_register
from pipelines.city import generate_city
from pipelines.city.error_model import Style
from pipelines.city.evaluate.linking import current_rows, with_keys
from pipelines.city.unruly import Mix
from pipelines.config import Config, IngestConfig
from pipelines.contracts.loader import load_contracts
from pipelines.home import Home
from pipelines.ingest.load import ingest
from pipelines.lake.store import Lake

KEY = ["feed", "record_key", "address_role"]


@dataclass(frozen=True)
class MadeCity:
    """A city of one night, delivered and loaded.

    Attributes:
        raw: raw tables by name.
        truth: one row a mention with its key: true_code, supported_level, supported_code, damage, outside_code.
        place: the truth's register with building_code and estate_code.
    """

    raw: dict[str, pl.LazyFrame]
    truth: pl.DataFrame
    place: pl.DataFrame

    @property
    def register(self) -> pl.DataFrame:
        """The register as the police delivered it."""
        return self.raw["raw.police_addresses"].filter("is_current").collect()

    def mentions(self) -> pl.DataFrame:
        """Every address mention, with the truth where it is known."""
        return collect_address_mentions(self.raw).join(self.truth, on=KEY, how="inner")


def make_city(folder: Path, residents: int, seed: int, style: Style, mix: Mix | None) -> MadeCity:
    """Generate, deliver and ingest a city; the folder is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    home = Home(folder / "home").ensure()
    generate_city(home.landing, folder / "truth", residents, 1, seed, style, mix=mix)
    tx = Lake(home).begin("measure")
    now = datetime(2026, 3, 1, 18, tzinfo=UTC)
    config = Config(ingest=IngestConfig(settle_seconds=0.0))
    ingest(tx, home, load_contracts(), config, run_id="measure", now=now)
    snapshot = tx.commit()
    assert snapshot is not None
    truth = pl.read_parquet(folder / "truth" / "truth_address.parquet").rename(
        {"address_code": "true_code", "division_code": "outside_code"}
    )
    linked = pl.concat(
        [
            _linked(truth.filter(pl.col("feed") == feed), rows)
            for (feed,), rows in current_rows(snapshot).group_by("feed", maintain_order=True)
        ]
    )
    return MadeCity(
        raw={table: snapshot.scan(table) for table in sorted(snapshot.tables) if table.startswith("raw.")},
        truth=linked.unique(KEY, keep="first", maintain_order=True).sort(KEY),
        place=pl.read_parquet(folder / "truth" / "truth_place.parquet"),
    )


def _linked(truth: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    return with_keys(truth, rows).drop("record_no", strict=False)


def resolve(city: MadeCity, *, evidence: bool) -> tuple[pl.DataFrame, float]:
    """Return the answers for all mentions, and the seconds that register, evidence and matching took."""
    began = time.perf_counter()
    register = build_register(city.register)
    told = collect_address_evidence(city.raw) if evidence else None
    answers = match_addresses(collect_address_mentions(city.raw), register, evidence=told)
    return answers, time.perf_counter() - began
