"""Identity on generated cities with clerks: every goal of the work, and vanilla Splink and exact rules beside it.

    .venv/bin/python benchmarks/identity.py --work /tmp/identity --seeds 11 12                 # held-out mix
    .venv/bin/python benchmarks/identity.py --work /tmp/identity --mix tuning --residents 4000 --listing misses.md
    .venv/bin/python benchmarks/identity.py --work /tmp/identity --mentions 1000000            # time and memory only

Each city is loaded night by night with `streetlake load`. Figures, report and plots go to
`benchmarks/results/<name>.json`, `.md` and `.svg`. The mix `tuning` may be looked at (`--listing`), `held_out` is for
figures only.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

import polars as pl
from identity_city import LoadedCity, load_city, load_directly, open_city, review_size
from identity_golden import golden_figures
from identity_judge import (
    KEY,
    calibration,
    children_apart,
    cluster_counts,
    feed_pair_figures,
    grouped_figures,
    judged_mentions,
    kind_figures,
    lookalike_figures,
    outsider_figures,
    pair_figures,
    precision_recall,
)
from identity_linkers import run_linker
from identity_listing import listing
from identity_nights import night_changes
from identity_plots import calibration_plot, precision_recall_plot
from identity_report import report
from identity_scale import measure_scale

RESULTS = Path(__file__).parent / "results"
SYSTEMS = ("ours", "splink", "splink_prepared", "exact")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder for cities; a seed's folder is emptied first")
    parser.add_argument("--residents", type=int, default=20_000)
    parser.add_argument("--nights", type=int, default=3)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--style", default="hard", choices=["mild", "plain", "hard", "unruly"])
    parser.add_argument("--mix", default="held_out", choices=["tuning", "held_out"])
    parser.add_argument("--systems", nargs="*", default=list(SYSTEMS), choices=SYSTEMS)
    parser.add_argument("--direct", action="store_true", help="load without Dagster and dbt, in this process")
    parser.add_argument("--reuse", action="store_true", help="measure cities that were loaded before")
    parser.add_argument("--listing", type=Path, help="write what went wrong, by class; only of the tuning mix")
    parser.add_argument("--mentions", type=int, help="measure only time and memory, over at least so many mentions")
    parser.add_argument("--name", default="identity", help="name of the result files")
    asked = parser.parse_args()
    if asked.listing and asked.mix == "held_out":
        parser.error("the held-out mix is not to be looked at: list the tuning mix")
    if asked.mentions:
        figures = measure_scale(asked.work, asked.mentions, asked.seeds[0], asked.style, asked.mix, asked.systems)
        return _write_json(f"{asked.name}_scale_{asked.mentions}", figures)
    told = ("residents", "nights", "style", "mix", "seeds", "direct")
    result: dict[str, Any] = {"asked": {name: getattr(asked, name) for name in told}, "cities": []}
    for seed in asked.seeds:
        result["cities"].append(measure(asked, seed))
        _write(result, asked.name)
    return 0


def measure(asked: argparse.Namespace, seed: int) -> dict[str, Any]:
    """Return all figures of one city."""
    load_before, began = round(os.getloadavg()[0], 2), time.monotonic()
    folder: Path = asked.work / f"{asked.style}-{asked.mix}-{seed}"
    if asked.reuse:
        city = open_city(folder, [])
    else:
        load_nights = load_directly if asked.direct else load_city
        city = load_nights(folder, asked.residents, asked.nights, seed, asked.style, asked.mix)
    frame = judged_mentions(city.known, city.answers(), city.truth.person)
    if asked.listing:
        asked.listing.write_text(listing(city, frame), encoding="utf-8")
    nights = night_changes(city.nights)
    systems = {"crosswalk": {**_overall(frame), "cost": {}}, **_systems(city, folder, asked.systems)}
    return {
        "seed": seed,
        "load_before": load_before,
        "seconds": city.seconds,
        "pairs": {"all": pair_figures(frame), "with_evidence": pair_figures(frame.filter(~pl.col("name_only")))},
        "without_own_full_number": round(frame.filter(pl.col("state") != "full").height / len(frame), 5),
        "clusters": cluster_counts(frame),
        "clusters_with_evidence": cluster_counts(frame.filter(~pl.col("name_only"))),
        "children": children_apart(frame, city.truth.person),
        "lookalikes": lookalike_figures(frame, city.truth.person),
        "outsiders": outsider_figures(frame),
        "calibration": calibration(frame),
        "precision_recall": precision_recall(frame),
        "by_role": grouped_figures(frame, ["feed", "person_role"]),
        "by_state": grouped_figures(frame, ["state"]),
        "by_feed_pair": feed_pair_figures(frame),
        "by_kind": kind_figures(frame),
        "nights": nights,
        "unexplained": sum(night["unexplained"] for night in nights),
        "review": review_size(city.last),
        "golden": golden_figures(city.last, city.truth, city.rows, city.known.join(city.answers(), on=KEY, how="left")),
        "systems": systems,
        "cost": {"splink_over_ours": _ratio(systems)},
        "measured_in_seconds": round(time.monotonic() - began, 1),
    }


def _overall(frame: pl.DataFrame) -> dict[str, Any]:
    return {
        "all": pair_figures(frame),
        "with_evidence": pair_figures(frame.filter(~pl.col("name_only"))),
        "clusters": cluster_counts(frame),
    }


def _systems(city: LoadedCity, folder: Path, names: list[str]) -> dict[str, dict[str, Any]]:
    """Run each linker over the same mentions, and judge its clusters like the crosswalk."""
    mentions = city.mentions()
    source = folder / "mentions.parquet"
    mentions.write_parquet(source)
    keys = mentions.select("mention_index", *KEY)
    found = {}
    for name in names:
        target = folder / f"clusters_{name}.parquet"
        cost = run_linker(name, source, target)
        answers = pl.read_parquet(target).join(keys, on="mention_index").select(
            *KEY, person_id=pl.col("cluster").cast(pl.String), probability=pl.lit(None, dtype=pl.Float64),
            method=pl.lit(name),
        )  # fmt: skip
        found[name] = {**_overall(judged_mentions(city.known, answers, city.truth.person)), "cost": cost}
    return found


def _ratio(systems: dict[str, Any]) -> float | None:
    if "ours" not in systems or "splink" not in systems:
        return None
    theirs, ours = (float(systems[name]["cost"]["cpu_seconds"]) for name in ("splink", "ours"))
    return round(theirs / ours, 2)


def _write(result: dict[str, Any], name: str) -> None:
    _write_json(name, result)
    (RESULTS / f"{name}.md").write_text(report(result, name), encoding="utf-8")
    for city in result["cities"]:
        begin = f"{name}_{city['seed']}"
        (RESULTS / f"{begin}_calibration.svg").write_text(calibration_plot(city["calibration"]), encoding="utf-8")
        plot = precision_recall_plot(city["precision_recall"], city["systems"])
        (RESULTS / f"{begin}_pr.svg").write_text(plot, encoding="utf-8")


def _write_json(name: str, figures: dict[str, Any]) -> int:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
