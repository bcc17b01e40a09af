"""The figures of `place_forecast.py` as Markdown and as a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from address_plots import COLOURS, Chart

RESEARCH = {
    "all": {"hit_rate": (0.226, 0.498, 0.639), "jaccard": 0.87, "calibration": 1.03, "raw": 1.07},
    "burglary_in_its_own_area": {"hit_rate": (0.179, 0.392, 0.511), "calibration": 1.08, "raw": 1.34},
}
"""Measured before this code was written, on the same incidents (250 m, 24 weeks, 28 days ahead, four origins)."""


def report(figures: dict[str, Any]) -> str:
    """Return the page."""
    houston = figures["houston"]
    parts = ["# Forecasts of places", "", *_against_research(houston), *_models(houston), *_gate(houston)]
    parts += [*_coverage(houston), *_peers(figures["peers"]), *_night("A made-up city", figures["night"])]
    if "home" in figures:
        parts += [*_night("A loaded home", figures["home"]), *_backtest(figures["home"])]
    return "\n".join(parts) + "\n"


def draw(figures: dict[str, Any]) -> str:
    """Return hit rates over area share: counts and the two smoothed models, all incidents and one rare kind."""
    chart = Chart(
        "Houston 2010: incidents on the list", ("share of the area", 0.0, 0.11), ("hit rate", 0.0, 0.8), log=False
    )
    chart.grid([0.01, 0.05, 0.10], [0.0, 0.2, 0.4, 0.6, 0.8], lambda value: f"{value:.0%}")
    lines = [(kind, model) for kind in ("all", "robbery") for model in ("counts", "near_repeat", "kde")]
    for number, (kind, model) in enumerate(lines):
        rows = figures["houston"]["kinds"][kind]["models"][model]
        points = [(row["area_share"], row["hit_rate"]) for row in rows]
        chart.line(points, COLOURS[number % 3], f"{kind}: {model}", number, "" if kind == "all" else "5 4")
    return chart.svg()


def _against_research(houston: dict[str, Any]) -> list[str]:
    kinds = houston["kinds"]
    own = houston["burglary_in_its_own_area"]
    rows = [
        _target("all kinds", kinds["all"]["models"], RESEARCH["all"]),
        _target(
            f"burglary, area round burglaries ({own['cells']:,} cells)",
            own["counts"],
            RESEARCH["burglary_in_its_own_area"],
        ),
    ]
    return [
        f"{houston['incidents']:,} public incidents (Houston, January to August 2010), 250 m cells; study area: the"
        f" {houston['cells']:,} cells within 500 m of any incident. Counts of 24 weeks, 28 days ahead, four origins"
        " 14 days apart, the last horizon ending with the data.",
        "",
        *_table(
            [
                "",
                "hit rate 1 / 5 / 10 % (target)",
                "raw top decile (target)",
                "Gamma-Poisson top decile (target)",
                "Jaccard, 28 days apart",
            ],
            rows,
        ),
        "",
    ]


def _target(name: str, models: dict[str, Any], target: dict[str, Any]) -> list[str]:
    counts, shrunk = models["counts"], models["gamma_poisson"]
    found = " / ".join(f"{row['hit_rate']:.3f}" for row in counts)
    wanted = " / ".join(f"{rate:.3f}" for rate in target["hit_rate"])
    return [
        name,
        f"{found} ({wanted})",
        f"{counts[1]['calibration']:.2f} ({target['raw']:.2f})",
        f"{shrunk[1]['calibration']:.2f} ({target['calibration']:.2f})",
        f"{counts[1]['jaccard']:.2f}" + (f" ({target['jaccard']:.2f})" if "jaccard" in target else ""),
    ]


def _models(houston: dict[str, Any]) -> list[str]:
    rows = [
        [
            kind,
            model,
            f"{five['events']:,.0f}",
            " / ".join(f"{row['hit_rate']:.3f}" for row in found),
            " / ".join(f"{row['pai']:.1f}" for row in found),
            f"{five['pei']:.2f}",
            f"{five['gain']:+.1%} ({five['gain_low']:+.1%} … {five['gain_high']:+.1%})",
            f"{five['calibration']:.2f}",
            f"{five['jaccard']:.2f}",
            f"{five['score']:.3f}",
        ]
        for kind, measured in houston["kinds"].items()
        for model, found in measured["models"].items()
        for five in [found[1]]
    ]
    head = [
        "kind",
        "model",
        "per 28 days",
        "hit rate 1 / 5 / 10 %",
        "PAI",
        "PEI 5 %",
        "gain at 5 %",
        "top decile",
        "Jaccard",
        "log score",
    ]
    return ["## Every model, same origins", "", *_table(head, rows), ""]


def _gate(houston: dict[str, Any]) -> list[str]:
    rows = [
        [
            kind,
            row["model"],
            f"{row['hit_rate']:.3f}",
            str(row["origins"]),
            "yes" if row["published"] else "no",
            row["gate_reason_en"],
        ]
        for kind, measured in houston["kinds"].items()
        for row in measured["gate"]
    ]
    return [
        "## The gate over twelve origins",
        "",
        "Eight months hold no twelve horizons of 28 days, but twelve of 14 days after 8 weeks of counts.",
        "`long_counts` are counts of 16 weeks here: past counts again, of a longer record.",
        "",
        *_table(["kind", "model", "hit rate at 5 %", "origins", "published", "why"], rows),
        "",
    ]


def _coverage(houston: dict[str, Any]) -> list[str]:
    bands = ("under 0.1", "0.1 to 1", "1 and more")
    rows = [
        [kind, *(f"{measured['coverage'][band]:.3f}" if band in measured["coverage"] else "" for band in bands)]
        for kind, measured in houston["kinds"].items()
    ]
    return [
        "## How often the count to come lay in the 80 % interval",
        "",
        "By what was expected of the cell. Counts are whole numbers, so where little is expected it holds more.",
        "",
        *_table(["kind", *bands], rows),
        "",
    ]


def _peers(peers: dict[str, Any]) -> list[str]:
    names = {
        "ours_counts": "counts, nightly code",
        "pandas_counts": "counts, pandas group-by and merge",
        "ours_kde": "KDE of robberies, nightly code",
        "scipy_kde": "KDE of robberies, scipy.stats.gaussian_kde",
    }
    rows = [
        [
            names[way],
            f"{found['cpu_seconds']:.3f}",
            f"{found['peak_mb']:.1f}",
            " / ".join(f"{rate:.3f}" for rate in found["hit_rates"]),
        ]
        for way, found in peers.items()
    ]
    return [
        "## Peers on the same lists",
        "",
        *_table(["way", "CPU s", "MB allocated", "hit rate 1 / 5 / 10 %"], rows),
        "",
    ]


def _night(title: str, night: dict[str, Any]) -> list[str]:
    inputs = ", ".join(f"{row['reason']} {row['incidents']:,}" for row in night["inputs"])
    residents = f"{night['residents']:,} residents, " if "residents" in night else ""
    return [
        f"## {title}: one night",
        "",
        f"{residents}{night['cells']:,} cells, {night['buildings']:,} buildings, {night['rows']:,} forecast rows:"
        f" {night['wall_seconds']:.1f} s wall, {night['cpu_seconds']:.1f} s CPU, peak {night['peak_mb']:.0f} MB"
        f" ({night['grown_mb']:.0f} MB by the night), load {night['load']:.1f}. Incidents: {inputs}.",
        "",
    ]


def _backtest(home: dict[str, Any]) -> list[str]:
    rows = [
        [
            row["incident_class"],
            row["model"],
            *(_number(row[name], shown) for name, shown in _SHOWN.items()),
            "yes" if row["published"] else "no",
        ]
        for row in home["backtest"]
        if row["area_share"] == 0.05
    ]
    return ["### Its backtest at 5 % of the area", "", *_table(["class", "model", *_SHOWN, "published"], rows), ""]


_SHOWN = {
    "events": "{:.1f}",
    "origins": "{:.0f}",
    "hit_rate": "{:.3f}",
    "pei": "{:.2f}",
    "gain": "{:+.1%}",
    "gain_low": "{:+.1%}",
    "calibration_top_decile": "{:.2f}",
    "jaccard": "{:.2f}",
    "log_score": "{:.4f}",
}


def _number(value: float | None, shown: str) -> str:
    return "" if value is None else shown.format(value)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return ["| " + " | ".join(line) + " |" for line in (head, ["---"] * len(head), *rows)]
