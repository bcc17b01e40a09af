"""One full load of a generated city: wall time, peak memory of the process tree, and the share of each step.

    .venv/bin/python benchmarks/full_load.py --residents 200000 --work /tmp/full_load

The city is generated first and not counted. Figures go to `benchmarks/results/full_load_<residents>.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import time
from pathlib import Path

from process_tree import measure
from steps import step_seconds

from pipelines.city import deliver, generate_city

RESULTS = Path(__file__).parent / "results"
STREETLAKE = Path(sys.executable).with_name("streetlake")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--residents", type=int, default=200_000)
    parser.add_argument("--nights", type=int, default=1, help="nights that are loaded at once")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--style", default="plain", choices=["mild", "plain", "hard"])
    parser.add_argument("--work", type=Path, required=True, help="an empty folder for the city and the home")
    arguments = parser.parse_args()
    work: Path = arguments.work
    if work.exists() and any(work.iterdir()):
        parser.error(f"{work} is not empty")
    home = work / "home"
    began = time.monotonic()
    city = generate_city(
        work / "nights", work / "truth", arguments.residents, arguments.nights, arguments.seed, arguments.style
    )
    generated = time.monotonic() - began
    for night in range(arguments.nights):
        deliver(city, night, home / "landing")
    landing_mb = sum(p.stat().st_size for p in (home / "landing").rglob("*") if p.is_file()) // 2**20
    shutil.rmtree(work / "nights")
    loaded = measure([str(STREETLAKE), "load", "--home", str(home)], work / "load.log")
    steps = step_seconds(home)
    whole = sum(steps.values())
    result = {
        "residents": arguments.residents,
        "nights_at_once": arguments.nights,
        "style": arguments.style,
        "seed": arguments.seed,
        "rows": sum(n.rows for n in city.nights),
        "landing_mb": landing_mb,
        "generate_seconds": round(generated, 1),
        "load": loaded.figures(),
        "steps": {k: {"seconds": s, "share": round(s / whole, 4)} for k, s in steps.items()} if whole else {},
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"full_load_{arguments.residents}.json"
    target.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2, ensure_ascii=False))
    if loaded.exit_code:
        print(loaded.output, file=sys.stderr)
    return loaded.exit_code


if __name__ == "__main__":
    raise SystemExit(main())
