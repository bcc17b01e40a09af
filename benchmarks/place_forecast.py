"""Forecasts of places: public incidents of Houston, peers, a made-up night of any size, and a loaded home.

Run as `python benchmarks/place_forecast.py [--home HOME] [--residents 200000]`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from place_forecast_houston import measure_houston
from place_forecast_night import measure_home, measure_made_up
from place_forecast_peers import measure_peers
from place_forecast_report import draw, report

ROOT = Path(__file__).resolve().parent
DATA = ROOT.parent.parent / "shared" / "data" / "incidents" / "houston_2010_incidents.parquet"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="the public incidents")
    parser.add_argument("--home", type=Path, help="a home with at least one load; the demo city's")
    parser.add_argument("--residents", type=int, default=200_000, help="of the made-up city")
    options = parser.parse_args()
    figures: dict[str, Any] = {
        "night": measure_made_up(options.residents),
        "houston": measure_houston(options.data),
        "peers": measure_peers(options.data),
    }
    if options.home:
        figures["home"] = measure_home(options.home)
    results = ROOT / "results"
    rounded = json.loads(json.dumps(figures).replace("NaN", "null"), parse_float=lambda text: round(float(text), 5))
    text = json.dumps(rounded, ensure_ascii=False, sort_keys=True)
    (results / "place_forecast.json").write_text(text.replace("}, {", "},\n{") + "\n", encoding="utf-8")
    (results / "place_forecast.md").write_text(report(rounded), encoding="utf-8")
    (results / "place_forecast.svg").write_text(draw(rounded), encoding="utf-8")
    print(report(rounded))


if __name__ == "__main__":
    main()
