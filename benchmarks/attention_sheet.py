"""How long `streetlake evacuation` takes for a building of 10,000 homes in a city of 100,000.

    .venv/bin/python benchmarks/attention_sheet.py --work /tmp/sheet

Makes a home whose snapshot holds one building of 10,000 homes, each with somebody to help, among 90,000 other homes,
and runs the command as people do, start-up included. Prints wall seconds, CPU seconds and the size of the page.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.home import Home
from pipelines.lake.lock import RunLock
from pipelines.lake.store import Lake
from pipelines.needs.night import ATTENTION_SCHEMA, TABLE

HOMES, OTHERS, A_HOME = 10_000, 90_000, 2
PLACE = {"district": "云中区", "street": "东河街道", "community": "一里社区", "road": None, "house_number": None}


def make_home(root: Path) -> Home:
    """Write the home; its people have numbers for names."""
    doors = pl.DataFrame({"n": pl.int_range(HOMES + OTHERS, eager=True)}).with_columns(
        building=pl.when(pl.col("n") < HOMES).then(1).otherwise(2 + pl.col("n") // 100),
        floor=1 + pl.col("n") % HOMES // 400,
    )
    code = pl.format("B{}", "building")
    rooms = doors.select(
        address_code=pl.format("R{}", "n"),
        level=pl.lit("room"),
        estate=pl.lit("柳园"),
        building=pl.format("{}号楼", "building"),
        unit=pl.format("{}单元", 1 + pl.col("n") % 20),
        room=pl.format("{}{}", "floor", (pl.col("n") % 20).cast(pl.String).str.zfill(2)),
        estate_code=pl.lit("E1"),
        building_code=code,
        floor=pl.col("floor").cast(pl.Int64),
    )
    houses = rooms.unique("building_code", keep="first", maintain_order=True).with_columns(
        address_code="building_code",
        level=pl.lit("building"),
        unit=pl.lit(None, pl.String),
        room=pl.lit(None, pl.String),
        floor=pl.lit(None, pl.Int64),
    )
    placed = pl.concat([rooms, houses]).with_columns(
        **{name: pl.lit(value, pl.String) for name, value in PLACE.items()},
        lon=pl.lit(118.0),
        lat=pl.lit(31.0),
    )
    people = doors.join(pl.DataFrame({"m": range(A_HOME)}), how="cross").select(
        person_id=pl.format("P{}-{}", "n", "m"), household_id=pl.format("U{}", "n"), address_code=pl.format("R{}", "n")
    )
    tables = {
        "master.address": placed,
        "facts.building": houses.select(
            "building_code",
            "estate_code",
            "level",
            name=pl.col("estate") + pl.col("building"),
            storeys=pl.lit(25, pl.Int64),
            lift_evidence=pl.lit("yes"),
        ),
        "master.household_member": people.with_columns(basis=pl.lit("residence"), until=pl.lit(None, pl.Date)),
        "master.person": people.select(
            "person_id", name=pl.format("某{}", "person_id"), phones=pl.concat_list(pl.lit("14200000001"))
        ),
        TABLE: _listed(rooms),
    }
    home = Home(root).ensure()
    with RunLock(home):
        tx = Lake(home).begin("run-1")
        for table, frame in tables.items():
            tx.replace(table, frame)
        tx.commit(inputs={}, checks={})
    return home


def _listed(rooms: pl.DataFrame) -> pl.DataFrame:
    """Every home of the first building with a need of one of its persons."""
    first = rooms.filter(pl.col("building_code") == "B1").with_row_index("n")
    persons = [pl.format("P{}-{}", "n", pl.lit(m)) for m in range(A_HOME)]
    needs = pl.concat_list(pl.lit("semi_dependent"))
    told = first.with_columns(
        household_id=pl.format("U{}", "n"),
        person_ids=pl.concat_list(persons),
        person_needs=pl.concat_list(pl.struct(person_id=persons[0], needs=needs)),
        needs=needs,
        help=pl.lit("support"),
        evacuation_order=pl.col("n").cast(pl.Int64) + 1,
        as_of=pl.lit(date(2026, 3, 3)),
    )
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in ATTENTION_SCHEMA.items() if name not in told.columns]
    return told.with_columns(missing).select(ATTENTION_SCHEMA.names()).cast(dict(ATTENTION_SCHEMA))


def main() -> None:
    """Make the home where it is missing, run the command, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    args = parser.parse_args()
    home = Home(args.work) if (args.work / "lake" / "current.json").exists() else make_home(args.work)
    out = args.work / "sheet.html"
    program = str(Path(sys.executable).with_name("streetlake"))
    command = [program, "evacuation", "--home", str(home.root), "--building", "柳园1号楼"]
    started = time.perf_counter()
    subprocess.run([*command, "--out", str(out)], check=True, stdout=subprocess.DEVNULL)
    spent = os.times()
    figures = {
        "homes": HOMES,
        "homes_of_the_city": HOMES + OTHERS,
        "seconds": round(time.perf_counter() - started, 2),
        "cpu": round(spent.children_user + spent.children_system, 2),
        "megabytes": round(out.stat().st_size / 1e6, 2),
        "load_average": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
