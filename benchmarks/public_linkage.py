"""Declared linkage and vanilla Splink on public data that nobody here made, in one run.

    python benchmarks/public_linkage.py [--data ../shared/data/persons] [--only historical_50k] [--repeats 1]

Every linker runs in a process of its own, which tells its CPU seconds and peak memory; imports are included. Rows are
shuffled, identifiers (they hold the person) and truth are taken away before. Our threshold is that of the definition;
Splink's are .95 and, beside it, the one that is best on the truth. Writes the models beside the definitions, and
`results/public_linkage.{json,md}` with plots.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl
from public_linkage_judge import calibration, components, judge, judged_pairs, precision_recall
from public_linkage_report import calibration_plot, precision_recall_plot, report

ROOT = Path(__file__).resolve().parent.parent
DEFINITIONS = Path(__file__).with_name("public_linkage_definitions")
RESULTS = Path(__file__).with_name("results")
SETS = {"historical_50k": ("parquet", "unique_id"), "febrl3": ("csv", "rec_id"), "fake_1000": ("csv", "unique_id")}
SHUFFLE = 7
HALVES = 11
LOOKED_AT_BY_HALVES = {"historical_50k"}
SPLINK_THRESHOLDS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999]
COSTS = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0]


def main() -> int:
    asked = _arguments()
    if asked.child:
        return _child(asked)
    figures: dict[str, Any] = {"machine": _machine(), "sets": {}}
    for name in asked.only or SETS:
        with tempfile.TemporaryDirectory() as work:
            figures["sets"][name] = _set(name, asked, Path(work))
        print(name, json.dumps({k: v for k, v in figures["sets"][name].items() if k in ("ours", "splink")}, indent=1))
    looked = RESULTS / "public_linkage_runs.json"
    figures["looked_at_truth"] = json.loads(looked.read_text(encoding="utf-8")) if looked.exists() else []
    _write(figures)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "persons")
    parser.add_argument("--only", nargs="*", choices=SETS)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--child", choices=["train", "link", "splink"], help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _machine() -> dict[str, Any]:
    return {
        "cpus": os.cpu_count(),
        "python": sys.version.split()[0],
        "polars": pl.__version__,
        "load": os.getloadavg()[0],
    }


def _read(name: str, data: Path) -> tuple[pl.DataFrame, pl.Series]:
    """The rows in an order that tells nothing, without identifier, and the truth beside them."""
    kind, identifier = SETS[name]
    path = data / f"{name}.{kind}"
    table = pl.read_parquet(path) if kind == "parquet" else pl.read_csv(path, infer_schema=False)
    table = table.sort(identifier).drop(identifier).sample(fraction=1, shuffle=True, seed=SHUFFLE)
    return table.drop("cluster"), table["cluster"]


def _child(asked: argparse.Namespace) -> int:
    """Run one linker on the rows in the work folder; its figures go to standard output."""
    name = asked.only[0]
    table = pl.read_parquet(asked.work / "rows.parquet")
    began = time.perf_counter()
    if asked.child == "splink":
        from public_linkage_splink import link

        link(name, table).write_parquet(asked.work / "splink_pairs.parquet")
    else:
        _ours(asked.child, name, table, asked.work)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
                "wall_seconds": round(time.perf_counter() - began, 1),
                "peak_mb": _peak_mb(),
            }
        )
    )
    return 0


def _peak_mb() -> int:
    """Largest resident memory of this process (`ru_maxrss` would count the parent, which was forked from)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def _ours(what: str, name: str, table: pl.DataFrame, work: Path) -> None:
    from pipelines.identity.declared.definition import Definition
    from pipelines.identity.declared.link import link_table
    from pipelines.identity.declared.model import DeclaredModel
    from pipelines.identity.declared.training import train

    definition = Definition.load(DEFINITIONS / f"{name}.yml")
    if what == "train":
        train(table, definition).save(DEFINITIONS / f"{name}.model.json")
        return
    linked = link_table(table, definition, DeclaredModel.load(DEFINITIONS / f"{name}.model.json", definition))
    linked.assignment.write_parquet(work / "ours.parquet")
    linked.scored.write_parquet(work / "ours_pairs.parquet")
    linked.blocks.write_parquet(work / "ours_blocks.parquet")


def _run(what: str, name: str, work: Path, repeats: int) -> dict[str, Any]:
    """Run a linker several times; the median of CPU seconds, the largest memory."""
    told = []
    for _ in range(repeats):
        command = [sys.executable, __file__, "--child", what, "--only", name, "--work", str(work)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        told.append(json.loads(done.stdout.strip().splitlines()[-1]))
    return {
        "cpu_seconds": statistics.median(one["cpu_seconds"] for one in told),
        "wall_seconds": statistics.median(one["wall_seconds"] for one in told),
        "peak_mb": max(one["peak_mb"] for one in told),
    }


def _set(name: str, asked: argparse.Namespace, work: Path) -> dict[str, Any]:
    table, truth = _read(name, asked.data)
    table.write_parquet(work / "rows.parquet")
    cost = {what: _run(what, name, work, asked.repeats) for what in ("train", "link", "splink")}
    ours, splink = (pl.read_parquet(work / f"{who}_pairs.parquet") for who in ("ours", "splink"))
    clusters = pl.read_parquet(work / "ours.parquet")["cluster"]
    sizes = truth.value_counts()["count"].cast(pl.Int64)
    pairs = {"ours": judged_pairs(ours, truth), "splink": judged_pairs(splink, truth)}
    return {
        "rows": table.height,
        "persons": truth.n_unique(),
        "true_pairs": int((sizes * (sizes - 1) // 2).sum()),
        "cost": cost,
        "ours": judge(clusters, truth),
        "halves": _halves(clusters, truth) if name in LOOKED_AT_BY_HALVES else {},
        "ours_by_cost": _by_cost(ours, truth),
        "splink": _splink(splink, truth),
        "blocks": pl.read_parquet(work / "ours_blocks.parquet").to_dicts(),
        "candidate_pairs": {"ours": ours.height, "splink": splink.height},
        "calibration": {who: calibration(found) for who, found in pairs.items()},
        "precision_recall": {who: precision_recall(found, truth) for who, found in pairs.items()},
    }


def _halves(clusters: pl.Series, truth: pl.Series) -> dict[str, dict[str, float]]:
    """While the definition was written, only one half of the persons, by a hash, was scored."""
    half = truth.hash(seed=HALVES) % 2 == 0
    return {"scored while building": judge(clusters, truth, half), "held out": judge(clusters, truth, ~half)}


def _by_cost(scored: pl.DataFrame, truth: pl.Series) -> dict[str, dict[str, float]]:
    """What another cost of a false merge would have given: shown so that the reader sees how flat it is."""
    from pipelines.identity.declared.clusters import cluster

    nodes = scored.rename({"left_row": "left_node", "right_row": "right_node"})
    return {f"{cost:g}": judge(cluster(nodes, len(truth), cost)["cluster"], truth) for cost in COSTS}


def _splink(scored: pl.DataFrame, truth: pl.Series) -> dict[str, Any]:
    by_threshold = {str(t): judge(components(scored, len(truth), t), truth) for t in SPLINK_THRESHOLDS}
    best = {kind: max(by_threshold, key=lambda t: by_threshold[t][kind]) for kind in ("f1", "b3")}
    return {
        "at_95": by_threshold["0.95"],
        "best_f1_on_truth": {"threshold": best["f1"], **by_threshold[best["f1"]]},
        "best_b3_on_truth": {"threshold": best["b3"], **by_threshold[best["b3"]]},
    }


def _write(figures: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(figures, indent=1, ensure_ascii=False)
    (RESULTS / "public_linkage.json").write_text(text + "\n", encoding="utf-8")
    (RESULTS / "public_linkage.md").write_text(report(figures), encoding="utf-8")
    for name, found in figures["sets"].items():
        for kind, plot in (("precision_recall", precision_recall_plot), ("calibration", calibration_plot)):
            path = RESULTS / f"public_linkage_{name}_{kind}.svg"
            path.write_text(plot(name, found[kind]), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
