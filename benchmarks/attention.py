"""Who truly lives alone: the flag of civil affairs, households of one, and all lists weighed, against a city's truth.

    .venv/bin/python benchmarks/attention.py NAME=HOME [NAME=HOME ...]        # homes that were loaded; truth beside
    .venv/bin/python benchmarks/attention.py --show NAME=HOME                 # print, write nothing

A home is the folder of `streetlake demo` (its `truth/` inside), or `HOME:TRUTH` where that lies elsewhere. Somebody
truly lives alone when nobody else is in the household and in the dwelling on the last night. Precision is counted by
answers (a second person_id of one person is a second answer; an answer about nobody is wrong), recall by true persons.
Figures go to `benchmarks/results/attention.json` and `.md`. The judgement of `pipelines/needs/alone.py` was set by
reasoning, with a look at the small city alone.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.city.evaluate.linking import Truth, current_rows
from pipelines.city.evaluate.persons import best_clusters, linked_mentions
from pipelines.home import CHECKOUT, Home
from pipelines.lake.snapshot import Snapshot
from pipelines.lake.store import Lake
from pipelines.needs.night import judge_people

AGES = (60, 70)
GOAL = {"precision": 0.95, "recall": 0.97}
RESULTS = CHECKOUT / "benchmarks" / "results"
YEAR = 365.25
WAYS = {
    "flag": "独居 flag of civil affairs alone",
    "household_of_one": "household of one (`master.household`)",
    "identity": "`master.household.lives_alone`",
    "weighed": "all lists weighed, `elderly_alone`",
    "listed": "on the list: `elderly_alone` or `perhaps_alone`",
}


def measure(home: Path, truth_folder: Path) -> dict[str, Any]:
    """Judge every way of finding people who live alone, for each age."""
    snapshot = Lake(Home.resolve(home)).current()
    if snapshot is None:
        raise SystemExit(f"{home} was never loaded")
    truth = Truth.read(truth_folder)
    as_of: date = snapshot.scan("ops.delivery").select(pl.col("delivered_on").max()).collect().item()
    people = _true_people(truth, as_of)
    started, cpu = time.perf_counter(), time.process_time()
    answers = _answers(snapshot, as_of)
    cost = {"seconds": round(time.perf_counter() - started, 2), "cpu": round(time.process_time() - cpu, 2)}
    named = answers.join(_whose(snapshot, truth), on="person_id", how="left")
    figures = {
        str(age): {way: _score(named.filter(pl.col(way) & (pl.col("age") >= age)), people, age) for way in WAYS}
        for age in AGES
    }
    return {"residents": people.height, "as_of": str(as_of), "cost": cost, "ages": figures}


def _true_people(truth: Truth, as_of: date) -> pl.DataFrame:
    """``person, true_age, is_alone`` of the living residents."""
    homes = truth.household.with_columns(
        together=pl.len().over("household"), under_one_roof=pl.len().over("address_code")
    )
    alone = (pl.col("together") == 1) & (pl.col("under_one_roof") == 1)
    living = truth.person.filter("is_alive").join(homes.drop("household"), on="person")
    age = (pl.lit(as_of) - pl.col("birth_date")).dt.total_days() / YEAR
    return living.select("person", true_age=age, is_alone=alone)


def _answers(snapshot: Snapshot, as_of: date) -> pl.DataFrame:
    """``person_id, age`` and one truth value for each way."""
    judged = judge_people(snapshot.scan, as_of)
    needs = {
        way: judged.needs.filter(pl.col("need").is_in(codes))
        .select("person_id", pl.lit(value=True).alias(way))
        .unique()
        for way, codes in {"weighed": ["elderly_alone"], "listed": ["elderly_alone", "perhaps_alone"]}.items()
    }
    homes = snapshot.scan("master.household").filter((pl.col("basis") == "residence") & pl.col("until").is_null())
    told = homes.select(
        "household_id", household_of_one=pl.col("member_count") == 1, identity=pl.col("lives_alone")
    ).collect()
    rows = judged.residents.select("person_id", "household_id", "age").join(told, on="household_id", how="left")
    for frame in (_flagged(snapshot), *needs.values()):
        rows = rows.join(frame, on="person_id", how="left")
    return rows.with_columns(pl.col(list(WAYS)).fill_null(value=False))


def _flagged(snapshot: Snapshot) -> pl.DataFrame:
    listed = snapshot.scan("raw.civil_affairs_elderly").filter("is_current", pl.col("living") == "独居")
    selves = snapshot.scan("master.person_crosswalk").filter(
        (pl.col("feed") == "civil_affairs_elderly") & (pl.col("person_role") == "self")
    )
    flagged = listed.select(pl.col("record_key").cast(pl.String)).join(selves, on="record_key")
    return flagged.select("person_id", flag=pl.lit(value=True)).unique().collect()


def _whose(snapshot: Snapshot, truth: Truth) -> pl.DataFrame:
    mentions = linked_mentions(snapshot, truth, current_rows(snapshot))
    given = mentions.filter(pl.col("person").is_not_null() & pl.col("person_id").is_not_null())
    return best_clusters(given).rename({"main_person": "person"})


def _score(found: pl.DataFrame, people: pl.DataFrame, age: int) -> dict[str, Any]:
    """An answer is right when its person truly lives alone; a person of 59 taken for 60 is not counted wrong."""
    true = people.filter(pl.col("is_alone") & (pl.col("true_age") >= age))
    judged = found.join(people, on="person", how="left")
    right = judged.filter(pl.col("is_alone").fill_null(value=False)).height
    reached = true.filter(pl.col("person").is_in(found["person"].drop_nulls().implode())).height
    return {
        "answers": found.height,
        "true": true.height,
        "precision": round(right / found.height, 4) if found.height else None,
        "recall": round(reached / true.height, 4) if true.height else None,
    }


def report(figures: dict[str, Any]) -> str:
    """Return the tables in Markdown."""
    lines = [
        "# Elderly people who live alone",
        "",
        f"Goal: recall {GOAL['recall']} at precision {GOAL['precision']}. Made by `benchmarks/attention.py`; see there",
        "for what counts as true. In generated cities 机构养老 is written at random about people who are at home:",
        "those cases are on the list as 或为独居老人，请核实 and say nothing of real homes for the aged.",
    ]
    for name, city in figures.items():
        lines += ["", f"## {name}: {city['residents']:,} residents, {city['as_of']}"]
        lines += ["", f"Judged in {city['cost']['seconds']} s ({city['cost']['cpu']} s of CPU).", ""]
        lines += ["| age | way | answers | truly alone | precision | recall |", "|---|---|---:|---:|---:|---:|"]
        for age, ways in city["ages"].items():
            for way, told in ways.items():
                shares = " | ".join("" if told[key] is None else f"{told[key]:.3f}" for key in ("precision", "recall"))
                lines.append(f"| {age}+ | {WAYS[way]} | {told['answers']:,} | {told['true']:,} | {shares} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cities", nargs="+", help="NAME=HOME, or NAME=HOME:TRUTH")
    parser.add_argument("--show", action="store_true", help="print, write nothing")
    args = parser.parse_args()
    figures = {}
    for city in args.cities:
        name, _, where = city.partition("=")
        home, _, truth = where.partition(":")
        figures[name] = measure(Path(home), Path(truth) if truth else Path(home) / "truth")
        figures[name]["load_average"] = round(os.getloadavg()[0], 1)
    if args.show:
        print(report(figures))
        return
    (RESULTS / "attention.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (RESULTS / "attention.md").write_text(report(figures), encoding="utf-8")


if __name__ == "__main__":
    main()
