"""`streetlake quality`: the scorecard of the current snapshot in a terminal."""

from __future__ import annotations

from typing import Annotated, Any

import polars as pl
import typer
from rich.table import Table

from pipelines.cli.console import HomeOption, JsonOption, console, print_json
from pipelines.cli.identity_source import current_snapshot
from pipelines.home import Home
from pipelines.quality.overview import DIMENSIONS, LIGHTS, count_lights, newest_month, worst_first

QUALITY, METRICS = "marts.data_quality", "marts.quality_metric"
SHOWN = 10
NUMBERS = ("value", "cases", "target")
DIMENSIONS_ZH = dict(zip(DIMENSIONS, ("完整性", "规范性", "唯一性", "一致性", "时效性", "准确性"), strict=True))
LIGHTS_ZH = dict(zip(LIGHTS, ("红", "黄", "绿", "灰"), strict=True))
COLOURS = {"red": "red", "yellow": "yellow", "green": "green", "grey": "bright_black"}
REASONS = {
    "suppressed": "too few persons · 人数过少",
    "too_small": "too few cases · 样本过少",
    "stale": "feed is stale · 数据过期",
    "failed_check": "critical check failed · 关键检查未过",
    "no_target": "no target · 无目标",
}
TRENDS = {"better": "↑ better · 向好", "worse": "↓ worse · 变差", "same": "→ same · 持平", "unknown": ""}


def quality(
    feed: Annotated[
        str | None, typer.Option("--feed", help="One feed, such as police/residents: every metric of it.")
    ] = None,
    month: Annotated[str | None, typer.Option("--month", help="YYYY-MM; default: the newest.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Show the lights of data quality by department and dimension, and what to mend first (数据质量)."""
    snapshot = current_snapshot(Home.resolve(home), QUALITY, METRICS)
    facts = gather_quality(snapshot.scan(QUALITY).collect(), snapshot.scan(METRICS).collect(), feed, month)
    if json:
        print_json({"snapshot": snapshot.id, **facts})
        return
    console.print(f"Data quality (数据质量) of {facts['month'] or 'no month yet'}, snapshot [bold]{snapshot.id}[/]")
    console.print(_metrics_table(facts["metrics"]) if feed else _lights_table(facts["lights"]))
    console.print(_worst_table(facts["worst"][:SHOWN], len(facts["worst"])))


def gather_quality(
    quality: pl.DataFrame, registry: pl.DataFrame, feed: str | None, month: str | None
) -> dict[str, Any]:
    """Return what the command shows, JSON-ready.

    Args:
        quality: `marts.data_quality`.
        registry: `marts.quality_metric`.
        feed: `<department>/<feed>` or `<department>_<feed>`; None for all.
        month: YYYY-MM; None for the newest.

    Raises:
        typer.BadParameter: when the mart has no such feed, or no such month; both are then listed.
    """
    chosen = month or newest_month(quality)
    if month is not None and month not in (months := sorted(set(quality["month"]))):
        raise typer.BadParameter(f"{month!r} is none of the months there are: {', '.join(months)}")
    rows = quality.filter(pl.col("month") == chosen) if chosen else quality
    if feed is not None:
        names = pl.concat_str("department", pl.lit("_"), "feed")
        if rows.filter(names == feed.replace("/", "_")).is_empty():
            known = sorted(set(quality.select(pl.concat_str("department", pl.lit("/"), "feed")).to_series()))
            raise typer.BadParameter(f"{feed!r} is none of the feeds there are: {', '.join(known)}")
        rows = rows.filter(names == feed.replace("/", "_"))
    return {
        "month": chosen,
        "lights": count_lights(rows).to_dicts(),
        "worst": worst_first(rows, registry).to_dicts(),
        "metrics": rows.to_dicts() if feed else [],
    }


def _lights_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(title="Lights (红黄绿灯): how many metrics of each", title_justify="left")
    table.add_column("department (部门)")
    for dimension in DIMENSIONS:
        table.add_column(f"{dimension}\n{DIMENSIONS_ZH[dimension]}")
    cells = {(row["department"], row["dimension"]): _lights(row) for row in rows}
    for department, name in sorted({(row["department"], row["department_zh"]) for row in rows}):
        table.add_row(f"{name} {department}", *(cells.get((department, dimension), "") for dimension in DIMENSIONS))
    return table


def _lights(row: dict[str, Any]) -> str:
    counts = (f"{LIGHTS_ZH[light]}{row[light]}" for light in LIGHTS if row[light])
    return f"[{COLOURS[row['light']]}]●[/] {' '.join(counts)}"


def _metrics_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(title=f"Every metric (全部指标) of {rows[0]['title_zh']} {rows[0]['title_en']}", title_justify="left")
    for column in ("dimension", "metric", "scope", *NUMBERS, "light", "trend"):
        table.add_column(column, justify="right" if column in NUMBERS else "left", overflow="fold")
    for row in rows:
        table.add_row(
            DIMENSIONS_ZH[row["dimension"]],
            f"{row['metric_zh']} {row['metric_en']}",
            row["scope_zh"],
            *_figures(row),
            f"[{COLOURS[row['light']]}]●[/] {LIGHTS_ZH[row['light']]} {REASONS.get(row['light_reason'], '')}",
            TRENDS[row["trend"]],
        )
    return table


def _worst_table(rows: list[dict[str, Any]], found: int) -> Table:
    left = f"{found - len(rows)} more: --feed DEPARTMENT/FEED, or --json" if found > len(rows) else None
    title = "What to mend first (优先整改)" if rows else "Nothing misses its target (全部达标)"
    table = Table(title=title, title_justify="left", caption=left)
    for column in (
        "",
        "feed (数据源)",
        "metric (指标)",
        "value",
        "cases",
        "target",
        "what to do (建议)",
        "owner (责任人)",
    ):
        table.add_column(column, justify="right" if column in ("value", "cases", "target") else "left")
    for row in rows:
        table.add_row(
            f"[{COLOURS[row['light']]}]●[/] {LIGHTS_ZH[row['light']]}",
            f"{row['title_zh']} {row['department']}/{row['feed']}",
            f"{row['metric_zh']} {row['scope_zh']}".strip(),
            *_figures(row),
            row["advice_zh"],
            row["owner"],
        )
    return table


def _figures(row: dict[str, Any]) -> tuple[str, str, str]:
    """Value, cases and target as text: a share in per cent, days with their unit; empty where there is none."""
    if row["unit"] == "share":
        wrote = ("" if figure is None else f"{figure:.1%}" for figure in (row["value"], row["target"]))
    else:
        wrote = ("" if figure is None else f"{figure:g} {row['unit']}" for figure in (row["value"], row["target"]))
    value, target = wrote
    parts = [f"{row[name]:,.0f}" for name in ("numerator", "denominator") if row[name] is not None]
    return value, "/".join(parts), target
