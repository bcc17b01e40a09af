"""Accuracy over several cities: generate, load night by night through the command line, evaluate, and tabulate.

    .venv/bin/python benchmarks/accuracy.py --seeds 1 2 3 --styles mild plain hard --work /tmp/accuracy

Figures go to `benchmarks/results/accuracy.json` and, as a table, `benchmarks/results/accuracy.md`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from pipelines.city import deliver, generate_city

RESULTS = Path(__file__).parent / "results"
STREETLAKE = str(Path(sys.executable).with_name("streetlake"))
COLUMNS = {
    "address coverage": ("addresses", "overall", "coverage"),
    "address wrong": ("addresses", "overall", "wrong_share"),
    "wrong without digit errors": ("addresses", "overall", "wrong_share_without_digit_errors"),
    "person precision": ("persons", "with_evidence", "precision"),
    "person recall": ("persons", "with_evidence", "recall"),
    "person F1": ("persons", "with_evidence", "f1"),
    "B³ F1": ("persons", "with_evidence", "b3_f1"),
    "mixed clusters": ("persons", "with_evidence", "mixed_clusters"),
    "numbers merged": ("persons", "numbers_merged"),
    "name": ("golden", "values", "name", "accuracy"),
    "birth date": ("golden", "values", "birth_date", "accuracy"),
    "residence": ("golden", "values", "residence", "accuracy"),
    "household F1": ("golden", "households", "f1"),
    "ids kept": ("stability", "kept_share"),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--residents", type=int, default=20_000)
    parser.add_argument("--nights", type=int, default=3)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--styles", nargs="+", default=["plain"], choices=["mild", "plain", "hard"])
    parser.add_argument("--work", type=Path, required=True, help="folder for homes; each is removed when measured")
    arguments = parser.parse_args()
    results = []
    for style in arguments.styles:
        for seed in arguments.seeds:
            figures = measure_city(
                arguments.work / f"{style}-{seed}", arguments.residents, arguments.nights, seed, style
            )
            results.append(
                {"style": style, "seed": seed, "residents": arguments.residents, "nights": arguments.nights, **figures}
            )
            print(table(results[-1:]), flush=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "accuracy.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (RESULTS / "accuracy.md").write_text(table(results), encoding="utf-8")
    return 0


def measure_city(work: Path, residents: int, nights: int, seed: int, style: Any) -> dict[str, Any]:
    """Make, load and evaluate one city; the folder is removed afterwards."""
    city = generate_city(work / "nights", work / "truth", residents, nights, seed, style)
    home = work / "home"
    for night in range(nights):
        deliver(city, night, home / "landing")
        subprocess.run([STREETLAKE, "load", "--home", str(home)], check=True, stdout=subprocess.DEVNULL)
    command = [STREETLAKE, "evaluate", "--home", str(home), "--truth", str(work / "truth"), "--json"]
    figures: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    shutil.rmtree(work)
    return figures


def table(results: list[dict[str, Any]]) -> str:
    """Return the figures as a Markdown table, one row a city."""
    lines = ["| style | seed | " + " | ".join(COLUMNS) + " |", "|---|---|" + "---|" * len(COLUMNS)]
    lines += [
        f"| {r['style']} | {r['seed']} | " + " | ".join(_cell(r, path) for path in COLUMNS.values()) + " |"
        for r in results
    ]
    return "\n".join(lines) + "\n"


def _cell(result: Any, path: tuple[str, ...]) -> str:
    for key in path:
        result = None if result is None else result[key]
    if result is None:
        return "—"
    return f"{result:.2%}" if isinstance(result, float) else str(result)


if __name__ == "__main__":
    raise SystemExit(main())
