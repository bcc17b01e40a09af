"""The gate of dispute escalation on cities where signals tell nothing and where they tell much; and on a loaded home.

Run as `python benchmarks/dispute_escalation.py [--home HOME] [--cities 100]`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import time
from pathlib import Path
from typing import Any

import polars as pl
from dispute_escalation_city import AS_OF, made_up_rows

from pipelines.home import Home
from pipelines.lake.store import Lake
from pipelines.risk.buildings.night import assess_buildings, evaluate_buildings
from pipelines.risk.disputes.night import assess_disputes
from pipelines.risk.disputes.trial import hold_trial
from pipelines.risk.estates.night import assess_estates, evaluate_estates
from pipelines.risk.stale.night import find_stale_areas

RESULTS = Path(__file__).resolve().parent / "results"
STRENGTHS = {"signals tell nothing": 0.0, "a little": 0.5, "much": 1.5}
"""What a quarrel before the case adds to the log odds of escalation."""


def measure_gate(cities: int) -> list[dict[str, Any]]:
    """Return, by strength of the signals, how often they would be used and what they gain."""
    lines = []
    for name, strength in STRENGTHS.items():
        trials = [hold_trial(made_up_rows(seed, strength), AS_OF) for seed in range(cities)]
        rows = pl.concat([trial.rows for trial in trials])
        measured = rows.group_by("model", "measure").agg(pl.col("value").mean())
        values = {f"{model}.{measure}": value for model, measure, value in measured.iter_rows()}
        used = sum(trial.is_better for trial in trials) / cities
        lines.append({"cities": name, "strength": strength, "signals_used": used, **values})
    return lines


def measure_home(home: Path) -> dict[str, Any]:
    """Return what the newest snapshot of a home gives: rows of the evaluation, states, and seconds of each step."""
    snapshot = Lake(Home.resolve(home)).current()
    if snapshot is None:
        raise SystemExit(f"{home} has no snapshot: load it first.")
    as_of: dt.date = snapshot.scan("facts.as_of").select("as_of").collect().item()
    steps = {
        "buildings": lambda: assess_buildings(snapshot.scan, as_of),
        "buildings_evaluated": lambda: evaluate_buildings(snapshot.scan, as_of),
        "disputes": lambda: assess_disputes(snapshot.scan, as_of),
        "estates": lambda: assess_estates(snapshot.scan, as_of),
        "estates_evaluated": lambda: evaluate_estates(snapshot.scan, as_of),
        "stale_areas": lambda: find_stale_areas(snapshot.scan, as_of),
    }
    made, seconds = {}, {}
    for name, step in steps.items():
        before = time.process_time()
        made[name] = step()
        seconds[name] = round(time.process_time() - before, 2)
    evaluated = pl.concat([made["buildings_evaluated"], made["disputes"].evaluation, made["estates_evaluated"]])
    return {
        "as_of": as_of.isoformat(),
        "buildings": made["buildings"].height,
        "open_disputes": made["disputes"].escalation.height,
        "ordered_by": made["buildings"]["ordered_by"].unique().sort().to_list(),
        "escalation_model": made["disputes"].escalation["model"].drop_nulls().unique().sort().to_list(),
        "cpu_seconds": seconds,
        "evaluation": evaluated.drop_nulls("value").to_dicts(),
    }


def report(figures: dict[str, Any]) -> str:
    """Return the figures as a page."""
    lines = [
        "# Does the gate of dispute escalation hold?", "",
        f"Load before: {figures['load_before']}; {figures['city_count']} made-up cities a line.", "",
        "| in cities where | signals used | Brier of signals | of the kind | AUC | escalate | of the first tenth |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]  # fmt: skip
    lines += [_gate_line(row) for row in figures["gate"]]
    home = figures.get("home")
    return "\n".join(lines + (_home_lines(home) if home else [])) + "\n"


def _gate_line(row: dict[str, Any]) -> str:
    names = ["signals.brier", "kind_rate.brier", "signals.auc", "kind_rate.escalation_rate", "signals.precision_top_10"]
    told = " | ".join(f"{row[name]:.3f}" for name in names)
    return f"| {row['cities']} | {row['signals_used']:.0%} | {told} |"


def _home_lines(home: dict[str, Any]) -> list[str]:
    ordered, models = ", ".join(home["ordered_by"]), ", ".join(home["escalation_model"])
    return [
        "", f"## The loaded home, {home['as_of']}", "",
        f"{home['buildings']} buildings, {home['open_disputes']} open disputes; {ordered}; escalation by {models}.",
        "", "| mart | model | measure | value | 95 % | cases |", "|---|---|---|---:|---|---:|",
        *(_line(row) for row in home["evaluation"]),
        "", "CPU seconds: " + ", ".join(f"{name} {spent}" for name, spent in home["cpu_seconds"].items()),
    ]  # fmt: skip


def _line(row: dict[str, Any]) -> str:
    low, high = row["value_low"], row["value_high"]
    around = "" if low is None else f"{low:.3f} to {high:.3f}"
    mart = row["mart"].removeprefix("marts.")
    return f"| {mart} | {row['model']} | {row['measure']} | {row['value']:.3f} | {around} | {row['cases']} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a home with at least one load")
    parser.add_argument("--cities", type=int, default=100, help="made-up cities of each strength")
    options = parser.parse_args()
    figures: dict[str, Any] = {
        "load_before": round(os.getloadavg()[0], 1),
        "city_count": options.cities,
        "gate": measure_gate(options.cities),
    }
    if options.home:
        figures["home"] = measure_home(options.home)
    text = json.dumps(figures, indent=1, ensure_ascii=False, sort_keys=True)
    (RESULTS / "dispute_escalation.json").write_text(text + "\n", encoding="utf-8")
    (RESULTS / "dispute_escalation.md").write_text(report(figures), encoding="utf-8")
    print(report(figures))


if __name__ == "__main__":
    main()
