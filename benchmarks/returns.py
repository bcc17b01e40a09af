"""Return lists on generated cities: how many entries are true, how many proposals right, which errors are told.

    .venv/bin/python benchmarks/returns.py --work /tmp/returns                      # cities are made where missing
    .venv/bin/python benchmarks/returns.py --work /tmp/returns --only plain-71

The confidences of `pipelines/quality/findings/confidence.csv` were set on the tuning cities; the figures that count are
those of the others, whose seeds nobody looked at before. Figures go to `benchmarks/results/returns.json` and `.md`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
from returns_judge import judged
from returns_recall import recall

from pipelines.city.evaluate.linking import Truth
from pipelines.contracts.loader import load_contracts
from pipelines.home import CHECKOUT, Home
from pipelines.lake.store import Lake
from pipelines.quality.findings.collect import collect_candidates, collect_findings
from pipelines.quality.findings.finish import LEAST_CONFIDENCE, believed
from pipelines.quality.findings.night import Night
from pipelines.quality.findings.problems import problem_table
from pipelines.quality.rules import load_table_suites

TUNING = ("plain-1", "plain-11", "plain-12", "plain-5", "hard-21", "hard-22", "unruly-31", "unruly-32")
HELD_OUT = ("plain-9502", "hard-9402", "hard-7102")
RESIDENTS, NIGHTS = 2000, 2
BANDS = (0.9, 0.94, 0.97, 0.985, 1.01)
RESULTS = CHECKOUT / "benchmarks" / "results"
_COMMAND = "from pipelines.cli.app import main; main()"


def make_city(folder: Path, name: str) -> None:
    """Generate and load a demo city named `<style>-<seed>`, unless it is there."""
    if (folder / "truth").exists():
        return
    style, seed = name.rsplit("-", 1)
    options = {"residents": RESIDENTS, "nights": NIGHTS, "seed": seed, "style": style, "home": folder}
    words = [word for key, value in options.items() for word in (f"--{key}", str(value))]
    subprocess.run(
        [sys.executable, "-c", _COMMAND, "demo", *words],
        check=True, stdout=subprocess.DEVNULL, cwd=CHECKOUT, env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )  # fmt: skip


def measure(folder: Path, name: str) -> dict[str, Any]:
    """Return a city's judged entries and recall as plain rows, with CPU and wall seconds of the collection."""
    inner = folder / "home"
    snapshot = Lake(Home(inner if inner.exists() else folder)).current()
    if snapshot is None:
        raise SystemExit(f"{folder} has no snapshot")
    truth = Truth.read(folder / "truth")
    contracts, suites = load_contracts(), load_table_suites()
    as_of = snapshot.scan("ops.delivery").select(pl.col("delivered_on").max()).collect().item()
    began, cpu = time.monotonic(), time.process_time()
    findings = collect_findings(snapshot.scan, contracts, suites, as_of)
    spent = {"seconds": time.monotonic() - began, "cpu_seconds": time.process_time() - cpu}
    night = Night(snapshot.scan, contracts, suites, as_of)
    told = believed(collect_candidates(night))
    grades = problem_table().select("problem", "grade")
    entries = judged(told, night, truth, snapshot).join(grades, on="problem", how="left")
    kept = ("problem", "case", "grade", "confidence", "right", "proposal_right")
    return {
        "city": name,
        "rows": int(sum(snapshot.scan(f"raw.{feed}").select(pl.len()).collect().item() for feed in night.feeds)),
        "findings": findings.height,
        "judged": entries.height,
        **{key: round(value, 2) for key, value in spent.items()},
        "entries": entries.select(kept),
        "recall": recall(findings, night, truth, snapshot),
    }


def by_problem(entries: pl.DataFrame) -> list[dict[str, Any]]:
    """Precision of entries and of proposals by problem and case, largest first."""
    table = entries.group_by("problem", "case", "grade").agg(
        entries=pl.len(),
        right=pl.col("right").sum(),
        proposals=pl.col("proposal_right").count(),
        proposals_right=pl.col("proposal_right").sum(),
        confidence=pl.col("confidence").mean().round(3),
    )
    return table.sort("entries", "problem", "case", descending=[True, False, False]).to_dicts()


def calibration(entries: pl.DataFrame) -> list[dict[str, Any]]:
    """Share of true entries in each band of confidence."""
    rows = []
    for low, high in pairwise(BANDS):
        band = entries.filter((pl.col("confidence") >= low) & (pl.col("confidence") < high))
        if band.height:
            mean, right = band.select(pl.col("confidence").mean(), pl.col("right").cast(pl.Float64).mean()).row(0)
            rows.append({"from": low, "entries": band.height, "confidence": round(mean, 4), "right": round(right, 4)})
    return rows


def summary(cities: list[dict[str, Any]]) -> dict[str, Any]:
    """Figures of several cities together."""
    entries = pl.concat([city["entries"] for city in cities])
    errors = entries.filter(pl.col("grade") == "error")
    found = pl.concat([city["recall"] for city in cities]).group_by("kind").agg(pl.col("errors", "told").sum())
    proposals = entries["proposal_right"]
    return {
        "cities": [{k: v for k, v in city.items() if not isinstance(v, pl.DataFrame)} for city in cities],
        "precision": round(float(errors["right"].sum()) / max(errors.height, 1), 4),
        "entries": errors.height,
        "proposal_precision": round(float(proposals.sum()) / max(int(proposals.count()), 1), 4),
        "proposals": int(proposals.count()),
        "by_problem": by_problem(entries),
        "calibration": calibration(errors),
        "recall": found.sort("kind").to_dicts(),
    }


def report(figures: dict[str, dict[str, Any]]) -> str:
    """The figures as a page."""
    lines = ["# Return lists, measured on generated cities", ""]
    for group, told in figures.items():
        lines += [
            f"## {group}",
            "",
            f"Cities: {', '.join(city['city'] for city in told['cities'])}. Entries that the truth can judge: "
            f"{told['entries']:,}, true {told['precision']:.2%}; proposals {told['proposals']:,}, right "
            f"{told['proposal_precision']:.2%}. Remarks (grade info) are counted below and not above.",
            "",
            "| problem | case | entries | true | proposals | right | confidence |",
            "|---|---|---:|---:|---:|---:|---:|",
            *(_line(row) for row in told["by_problem"]),
            "",
            "| confidence from | entries | mean confidence | true |",
            "|---:|---:|---:|---:|",
            *(
                f"| {r['from']} | {r['entries']:,} | {r['confidence']:.3f} | {r['right']:.3f} |"
                for r in told["calibration"]
            ),
            "",
            "| true errors | cells | told | share |",
            "|---|---:|---:|---:|",
            *(
                f"| {r['kind']} | {r['errors']:,} | {r['told']:,} | {r['told'] / r['errors']:.0%} |"
                for r in told["recall"]
            ),
            "",
        ]
    return "\n".join(lines) + "\n"


def _line(row: dict[str, Any]) -> str:
    told = row["entries"], row["right"] / row["entries"], row["proposals"]
    right = f"{row['proposals_right'] / row['proposals']:.1%}" if row["proposals"] else ""
    figures = f"{told[0]:,} | {told[1]:.1%} | {told[2] or ''} | {right} | {row['confidence']}"
    return f"| {row['problem']} | {row['case']} | {figures} |"


def main() -> None:
    """Measure, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="where the cities are, or are made")
    parser.add_argument("--only", nargs="*", help="names of cities; prints, writes nothing")
    args = parser.parse_args()
    groups = {"chosen": args.only} if args.only else {"held out": HELD_OUT, "tuning": TUNING}
    figures = {}
    for group, names in groups.items():
        cities = []
        for name in names:
            make_city(args.work / name, name)
            cities.append(measure(args.work / name, name))
        figures[group] = summary(cities)
    if args.only:
        print(report(figures))
        return
    figures["held out"]["least_confidence"] = LEAST_CONFIDENCE
    (RESULTS / "returns.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (RESULTS / "returns.md").write_text(report(figures), encoding="utf-8")


if __name__ == "__main__":
    main()
