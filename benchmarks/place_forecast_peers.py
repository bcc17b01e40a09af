"""The same lists by the nightly code and by what an analyst would type: pandas counts, SciPy's gaussian_kde.

Each way runs in a process of its own (`python place_forecast_peers.py WAY FILE`), which prints its hit rates, the
CPU seconds of the work alone (imports and reading aside), and in a second run the peak of what it allocated.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from place_forecast_houston import CELL, KERNEL, RESEARCH, Incidents, history_of, read_incidents, study_area
from scipy.stats import gaussian_kde

from pipelines.risk.places.backtesting import AREA_SHARES, origins_of
from pipelines.risk.places.counting import History
from pipelines.risk.places.grid import Floats, Ints, cells_of
from pipelines.risk.places.lattice import gaussian
from pipelines.risk.places.measures import hits, memberships

Cells = tuple[Ints, Ints]
KDE_KIND = "robbery"
"""Few enough incidents that gaussian_kde ends within a minute."""


def ours_counts(incidents: Incidents, cells: Cells) -> list[list[float]]:
    """Return hit rates of past counts by origin and area share."""
    history = history_of(incidents, cells, "all")
    return [_rates(history, origin, _window(history, origin)) for origin in _origins(incidents, cells)]


def pandas_counts(incidents: Incidents, cells: Cells) -> list[list[float]]:
    """Return the same by group-by, merge and sort."""
    column, row = cells_of(incidents.x, incidents.y, CELL)
    rows = pd.DataFrame({"column": column, "row": row, "day": incidents.day})
    area = pd.DataFrame({"column": cells[0], "row": cells[1]})
    rates = []
    for origin in _origins(incidents, cells):
        past = rows[(rows.day >= origin - 7 * RESEARCH.weeks) & (rows.day < origin)]
        after = rows[(rows.day >= origin) & (rows.day < origin + RESEARCH.horizon)]
        counted = area
        for name, some in (("past", past), ("after", after)):
            sizes = some.groupby(["column", "row"]).size().rename(name).reset_index()
            counted = counted.merge(sizes, on=["column", "row"], how="left")
        ordered = counted.fillna(0.0).sort_values("past", ascending=False, kind="stable")
        rates.append([float(ordered.after.head(round(s * len(area))).sum() / ordered.after.sum()) for s in AREA_SHARES])
    return rates


def ours_kde(incidents: Incidents, cells: Cells) -> list[list[float]]:
    """Return hit rates of the kernel-smoothed counts of one kind."""
    history = history_of(incidents, cells, KDE_KIND)
    kernel = gaussian(*cells, CELL, KERNEL)
    return [_rates(history, origin, kernel @ _window(history, origin)) for origin in _origins(incidents, cells)]


def scipy_kde(incidents: Incidents, cells: Cells) -> list[list[float]]:
    """Return the same by gaussian_kde at the centres of the cells, with the same bandwidth."""
    history = history_of(incidents, cells, KDE_KIND)
    chosen = (incidents.kind == KDE_KIND).to_numpy()
    x, y, day = incidents.x[chosen], incidents.y[chosen], incidents.day[chosen]
    centres = (np.stack(cells) + 0.5) * CELL
    rates = []
    for origin in _origins(incidents, cells):
        past = (day >= origin - 7 * RESEARCH.weeks) & (day < origin)
        points = np.stack([x[past], y[past]])
        spread = float(np.sqrt(np.linalg.det(np.cov(points)) ** 0.5))
        rates.append(_rates(history, origin, gaussian_kde(points, bw_method=KERNEL / spread)(centres)))
    return rates


WAYS: dict[str, Callable[[Incidents, Cells], list[list[float]]]] = {
    "ours_counts": ours_counts,
    "pandas_counts": pandas_counts,
    "ours_kde": ours_kde,
    "scipy_kde": scipy_kde,
}


def measure_peers(path: Path) -> dict[str, Any]:
    """Return seconds, megabytes and mean hit rates of each way."""
    command = [sys.executable, str(Path(__file__).resolve())]
    return {
        way: json.loads(subprocess.run([*command, way, str(path)], check=True, capture_output=True).stdout)
        for way in WAYS
    }


def _origins(incidents: Incidents, cells: Cells) -> list[int]:
    return origins_of(History(cells[0][:0], cells[0][:0], len(cells[0]), 0), incidents.end, RESEARCH)


def _window(history: History, origin: int) -> Floats:
    return history.counts(origin - 7 * RESEARCH.weeks, origin)


def _rates(history: History, origin: int, expected: Floats) -> list[float]:
    happened = history.counts(origin, origin + RESEARCH.horizon)
    return [hits(listed, happened) / float(happened.sum()) for listed in memberships(expected, AREA_SHARES)]


def _main(way: str, path: Path) -> None:
    incidents = read_incidents(path)
    cells = study_area(incidents)
    began = time.process_time()
    rates = WAYS[way](incidents, cells)
    seconds = time.process_time() - began
    tracemalloc.start()
    WAYS[way](incidents, cells)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    print(json.dumps({"cpu_seconds": seconds, "peak_mb": peak, "hit_rates": np.mean(rates, axis=0).tolist()}))


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]))
