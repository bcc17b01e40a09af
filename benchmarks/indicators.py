"""Indicators of a loaded demo home against the truth of its city.

    .venv/bin/python benchmarks/indicators.py --home data/demo

Loads nothing: it reads `marts.kpi_monthly` of the current snapshot and `truth/truth_kpi.parquet` beside it. Figures go
to `benchmarks/results/indicators.{json,md}`, truth against published values to `indicators.svg`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import polars as pl
from indicators_plot import scatter
from indicators_report import markdown

from pipelines.city.evaluate.indicators import KEY, by_indicator, compare, greys, lights, wrong_lights
from pipelines.city.kpi.table import UNKNOWN
from pipelines.errors import LakeError
from pipelines.home import Home
from pipelines.lake.store import Lake

RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """Compare, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True, help="a home that `streetlake demo` loaded")
    parser.add_argument("--truth", type=Path, help="folder of the truth tables; default: truth/ in the home")
    parser.add_argument("--out", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    figures, cells = measure(Home.resolve(arguments.home), arguments.truth)
    arguments.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(figures, indent=1, ensure_ascii=False) + "\n"
    (arguments.out / "indicators.json").write_text(text, encoding="utf-8")
    (arguments.out / "indicators.md").write_text(markdown(figures), encoding="utf-8")
    (arguments.out / "indicators.svg").write_text(scatter(cells), encoding="utf-8")
    print(markdown(figures))
    return 0


def measure(home: Home, truth: Path | None = None) -> tuple[dict[str, Any], pl.DataFrame]:
    """Return the figures as JSON values, and all cells.

    Raises:
        LakeError: when the home has no snapshot.
    """
    snapshot = Lake(home).current()
    if snapshot is None:
        raise LakeError(f"{home.root.name!r} has no snapshot: make it with `streetlake demo`.")
    published = snapshot.scan("marts.kpi_monthly").collect()
    true = pl.read_parquet((truth or home.root / "truth") / "truth_kpi.parquet")
    cells = compare(published, true)
    registered = snapshot.scan("marts.indicator").collect()["indicator"].to_list()
    figures = {
        "residents": true.filter((pl.col("indicator") == "residents") & (pl.col("area_level") == "district"))[
            "value"
        ].sum(),
        "month": str(true["month"].max()),
        "cells": len(cells.filter(pl.col("side") == "both")),
        "indicators": {level: by_indicator(cells, level).to_dicts() for level in ("district", "community")},
        "lights": lights(cells).to_dicts(),
        "greys": greys(cells).to_dicts(),
        "wrong_lights": wrong_lights(cells, "district").sort(KEY).to_dicts(),
        "without_truth": {
            name: UNKNOWN.get(name, "no value was published or counted")
            for name in sorted(set(registered) - set(cells.filter(pl.col("difference").is_not_null())["indicator"]))
        },
    }
    return figures, cells


if __name__ == "__main__":
    raise SystemExit(main())
