"""What a night of identity costs when 0, 1 or 10 % of the records changed, against the night from the ground up.

    .venv/bin/python benchmarks/identity_increments.py --home /tmp/city/home --shares 0 0.01 0.1

The home must have been loaded once (`streetlake demo`, `streetlake load`); it is only read. From its current rows a
first night is resolved. Each next night changes the given share of the records of every feed: of these a sixth is no
longer delivered, a sixth comes that was not there before, the rest have another phone, name or date. Every night is
resolved twice, with memory and from the ground up, and all tables must be equal. What is counted is the processor time
of the night, of reading its memory from Parquet, and of writing its tables. The last lines tell which ids changed and
why, from the ledger alone.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.home import Home
from pipelines.identity.ledger.changes import count_events
from pipelines.identity.night.memory import MEMORY, read_previous
from pipelines.identity.night.resolve import input_tables, resolve_identities
from pipelines.identity.outputs import DECISION_SCHEMA, IdentityTables, PreviousIdentity
from pipelines.identity.scoring.model import Model
from pipelines.lake.parquet import write_parquet
from pipelines.lake.store import Lake, Snapshot

RESULTS = Path(__file__).parent / "results"
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
STEPS = 1_000_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True, help="a loaded home; only read")
    parser.add_argument("--shares", type=float, nargs="+", default=[0.0, 0.01, 0.1])
    parser.add_argument("--name", default="identity_increments", help="of the file of results")
    arguments = parser.parse_args()
    snapshot = Lake(Home.resolve(arguments.home)).current()
    if snapshot is None:
        parser.error(f"{arguments.home} was never loaded")
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(snapshot, arguments.shares, Path(folder))
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{arguments.name}.json"
    target.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1, ensure_ascii=False))
    return 0


def measure(snapshot: Snapshot, shares: list[float], folder: Path) -> dict[str, Any]:
    """Resolve a first night and one night a share; return the figures of each."""
    raw = {name: snapshot.scan(name).collect() for name in input_tables() if snapshot.has(name)}
    matches = snapshot.scan("master.address_match").collect()
    raw = {name: changed(frame, 0, 0.0, sum(shares)) for name, frame in raw.items()}
    memory, first = night(raw, matches, 0, PreviousIdentity.empty())
    nights = [{"share": "first night", "mentions": memory.person_crosswalk.height, "with_memory": first}]
    for number, share in enumerate(shares, start=1):
        tonight = folder / str(number)
        tonight.mkdir()
        kept = write_memory(memory, tonight)
        raw = {name: changed(frame, number, share, sum(shares[number - 1 :])) for name, frame in raw.items()}
        afresh, ground = night(raw, matches, number, read(kept).without_shortcuts())
        began = time.process_time()
        previous = read(kept)
        reading = time.process_time() - began
        memory, with_memory = night(raw, matches, number, previous)
        nights.append(
            {
                "share": share,
                "mentions": memory.person_crosswalk.height,
                "from_the_ground_up": ground,
                "with_memory": with_memory | {"reading_memory": round(reading, 2)},
                "writing_tables": written(memory, tonight),
                "tables_that_differ": differing(memory, afresh),
                "ids": ledger(memory, number),
            }
        )
    return {"residents": snapshot.rows("master.person"), "cores": os.cpu_count(), "load": os.getloadavg()[0]} | {
        "nights": nights
    }


def night(
    raw: dict[str, pl.DataFrame], matches: pl.DataFrame, number: int, previous: PreviousIdentity
) -> tuple[IdentityTables, dict[str, float]]:
    """Resolve a night; returns its tables and what it cost."""
    state = iter(range(10_000_000))
    began, wall = time.process_time(), time.monotonic()
    tables = resolve_identities(
        {name: frame.lazy() for name, frame in raw.items()},
        matches,
        previous,
        Model.load(),
        pl.DataFrame(schema=DECISION_SCHEMA),
        lambda numbers: numbers.hash(seed=1).cast(pl.String),
        run_id=f"night-{number}",
        now=FIRST + timedelta(days=number),
        mint=lambda count: [f"night-{number}-{next(state)}" for _ in range(count)],
    )
    cost = {"cpu_seconds": time.process_time() - began, "wall_seconds": time.monotonic() - wall}
    return tables, {name: round(value, 2) for name, value in cost.items()}


def changed(frame: pl.DataFrame, number: int, share: float, later: float) -> pl.DataFrame:
    """Change a share of the records; before the first night keep back what is to come as new.

    Args:
        frame: a raw table.
        number: of the night; 0 prepares the first.
        share: of the records that change tonight.
        later: sum of the shares of this and all later nights: a sixth of it waits to be delivered for the first time.
    """
    place = pl.col("record_key").hash(seed=7) % STEPS
    waiting = (place < int(STEPS * later / 6)) if number == 0 else pl.lit(value=False)
    comes = place.is_between(int(STEPS * (later - share) / 6), int(STEPS * later / 6), closed="left")
    draw = pl.col("record_key").hash(seed=100 + number) % STEPS
    goes, differs = draw < int(STEPS * share / 6), draw < int(STEPS * share * 5 / 6)
    there = (pl.col("is_current") & ~waiting & ~goes) | (comes if number else pl.lit(value=False))
    texts = [name for name in ("phone", "tenant_phone", "contact_phone") if frame.schema.get(name) == pl.String]
    other = [
        pl.when(differs).then(pl.col(name).str.replace(r"\d$", str(number))).otherwise(pl.col(name)).alias(name)
        for name in texts
    ]
    names = [name for name in ("name", "owners", "legal_representative") if name in frame.columns and not texts]
    other += [pl.when(differs).then(pl.col(name) + "伟").otherwise(pl.col(name)).alias(name) for name in names]
    return frame.with_columns(*other, is_current=there)


def write_memory(tables: IdentityTables, folder: Path) -> dict[str, Path]:
    """Write what the next night remembers."""
    kept = {}
    for table, frame in tables.by_table().items():
        if table in MEMORY.values():
            kept[table] = folder / f"{table}.parquet"
            write_parquet(frame, kept[table])
    return kept


def read(kept: dict[str, Path]) -> PreviousIdentity:
    """Read it again."""
    return read_previous(lambda table: table in kept, lambda table: pl.scan_parquet(kept[table]))


def written(tables: IdentityTables, folder: Path) -> dict[str, float]:
    """Write all tables; returns seconds of processor time and bytes, with those that only save time apart."""
    began, sizes = time.process_time(), {}
    for table, frame in tables.by_table().items():
        path = folder / f"all.{table}.parquet"
        write_parquet(frame, path)
        sizes[table] = path.stat().st_size
    shortcuts = ("mention_form", "person_value", "person_value_attribute", "identity_component")
    only_time = sum(size for table, size in sizes.items() if table.removeprefix("internal.") in shortcuts)
    return {
        "cpu_seconds": round(time.process_time() - began, 2),
        "mb": round(sum(sizes.values()) / 2**20, 1),
        "mb_that_only_save_time": round(only_time / 2**20, 1),
    }


def differing(one: IdentityTables, other: IdentityTables) -> list[str]:
    """The tables in which two results differ."""
    theirs = other.by_table()
    return [table for table, frame in one.by_table().items() if not frame.equals(theirs[table])]


def ledger(tables: IdentityTables, number: int) -> list[dict[str, Any]]:
    """Which ids a night changed and why, from the ledger alone."""
    told = tables.person_history.filter(pl.col("run_id") == f"night-{number}")
    counted = count_events(told).group_by("event", "reason").agg(pl.col("ids").sum())
    return counted.sort("ids", "event", "reason", descending=[True, False, False]).to_dicts()


if __name__ == "__main__":
    raise SystemExit(main())
