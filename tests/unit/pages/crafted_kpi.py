"""Marts of indicators made by hand for page tests: every light and reason, gaps, small counts, frozen quarters."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from crafted_marts import FEEDS

SEED = Path(__file__).resolve().parents[3] / "dbt" / "seeds" / "indicators.csv"
NEWEST_DAY = date(2026, 3, 17)
NEWEST_MONTH = 2026 * 12 + 2
DISTRICT = "云川区"
STREET_NAMES = ("翠竹", "望江", "平安", "锦绣", "解放", "柳林", "青石", "南湖", "东关", "长桥")
COMMUNITY_NAMES = ("红旗", "幸福", "新华", "金星", "和平", "朝阳", "建设", "胜利", "团结", "光明")
STALE_FEED = ("property", "workorders")
YOUNG = {"mediation_success", "disputes_closed_in_time"}
"""Indicators whose newest month is too young to be judged."""

Row = dict[str, Any]


def registry() -> list[Row]:
    with SEED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def indicators() -> pl.DataFrame:
    rows = [
        {
            **{name: row.get(name) or None for name in ("name_zh", "name_en", "unit", "direction", "levels", "method")},
            **{name: row.get(name) or None for name in ("source_feeds", "owner", "cadence", "method_zh")},
            **{name: row.get(name) or None for name in ("numerator_zh", "numerator_en")},
            **{name: row.get(name) or None for name in ("denominator_zh", "denominator_en")},
            "indicator": row["id"],
            "target": number(row["target"]),
            "baseline": number(row["baseline"]),
            "min_denominator": number(row["min_denominator"]),
            "max_age_hours": number(row["max_age_hours"]),
            "counts_persons": row["counts_persons"] == "true",
            "method_version": "1",
            "rows_sql": "select * from facts.dispute where month = '{month}'",
            "numerator_sql": "result = '成功'",
            "denominator_sql": "result in ('成功', '不成功')",
        }
        for row in registry()
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def number(text: str | None) -> float | None:
    return float(text) if text else None


def areas(streets: int, communities: int) -> list[tuple[str, str, str | None, str | None]]:
    found: list[tuple[str, str, str | None, str | None]] = [("district", DISTRICT, None, None)]
    for street in STREET_NAMES[:streets]:
        found.append(("street", f"{street}街道", f"{street}街道", None))
        for place in range(communities):
            name = f"{COMMUNITY_NAMES[place % 10]}{'' if place < 10 else '第二'}社区"
            found.append(("community", name, f"{street}街道", f"{street}{name}"))
    return found


def kpi_monthly(streets: int = 3, communities: int = 4, months: int = 14) -> pl.DataFrame:
    draw = random.Random(11)
    rows: list[Row] = []
    for row in registry():
        for area in areas(streets, communities):
            if area[0] in row["levels"].split(";"):
                rows.extend(_course(draw, row, area, months))
    return pl.DataFrame(rows, infer_schema_length=None)


def _course(draw: random.Random, row: Row, area: tuple[str, str, str | None, str | None], months: int) -> list[Row]:
    level, name, street, community = area
    unit, up, target = row["unit"], row["direction"] == "up", number(row["target"])
    start = number(row["baseline"]) or (target if target is not None else 6.0) * (0.9 if up else 1.15)
    goal = (target if target is not None else 5.0) * draw.uniform(0.92, 1.06 if up else 1.3)
    cases = {"district": 1_800, "street": 420, "community": 60}[level] * draw.uniform(0.3, 1.6)
    found: list[Row] = []
    for place in range(months):
        share_done = place / max(months - 1, 1)
        value = start + (goal - start) * share_done + draw.gauss(0, 0.03) * abs(goal)
        value = min(1.0, max(0.0, value)) if unit == "share" else value
        denominator = max(3, round(cases * draw.uniform(0.6, 1.4) * (0.3 if place == months - 1 else 1.0)))
        found.append(_month(row, value, denominator, target, up, place == months - 1))
        found[-1] |= {"month": month_name(NEWEST_MONTH - months + 1 + place)}
    return [
        {
            "indicator": row["id"],
            "name_zh": row["name_zh"],
            "name_en": row["name_en"],
            "area_level": level,
            "area": name,
            "district": DISTRICT,
            "street": street,
            "community": community,
            "unit": unit,
            "direction": row["direction"],
            "target": target,
            "baseline": number(row["baseline"]),
            "owner": row["owner"],
            "source_feeds": row["source_feeds"] or None,
            **told,
        }
        for place, told in enumerate(found)
        if level != "community" or (place + len(name)) % 7
    ]


def _month(row: Row, value: float, denominator: int, target: float | None, up: bool, newest: bool) -> Row:
    counted = row["unit"] in ("share", "per_10000")
    few = row["counts_persons"] == "true" and denominator < 10
    margin = (
        1.96 * (max(value * (1 - value), 0.01) / denominator) ** 0.5 if row["unit"] == "share" else abs(value) * 0.1
    )
    light, reason = _light(value, target, up)
    if denominator < (number(row["min_denominator"]) or 0) or (newest and row["id"] in YOUNG):
        light, reason = "grey", "too_small"
    if few:
        light, reason = "grey", "suppressed"
    high = min(1.0, value + margin) if row["unit"] == "share" else value + margin
    return {
        "numerator": None if few or not counted else float(round(value * denominator)),
        "denominator": None if few else float(denominator),
        "value": None if few else value,
        "value_low": None if few else max(0.0, value - margin) if value >= 0 else value - margin,
        "value_high": None if few else high,
        "light": light,
        "light_reason": reason,
    }


def _light(value: float, target: float | None, up: bool) -> tuple[str, str]:
    if target is None:
        return "grey", "no_target"
    short = (target - value if up else value - target) / abs(target)
    return ("green", "reached") if short <= 0 else ("yellow", "near") if short <= 0.1 else ("red", "missed")


def month_name(number_of: int) -> str:
    return f"{number_of // 12}-{number_of % 12 + 1:02d}"


def with_queries(kpi: pl.DataFrame) -> pl.DataFrame:
    text = pl.format(
        "select *, result = '成功' as in_numerator, true as in_denominator from facts.dispute where month = '{}'",
        pl.col("month"),
    )
    return kpi.with_columns(query=text, method_version=pl.lit("1"))


def kpi_frozen(kpi: pl.DataFrame) -> pl.DataFrame:
    """The last quarter of 2025 as it was known in January: one value differs from today's."""
    quarter = kpi.filter(pl.col("month").is_between(pl.lit("2025-10"), pl.lit("2025-12")))
    changed = (
        pl.when(pl.col("indicator") == "mediation_success").then(pl.col("value") - 0.04).otherwise(pl.col("value"))
    )
    return quarter.with_columns(
        value=changed,
        quarter=pl.lit("2025Q4"),
        frozen_on=pl.lit(date(2026, 1, 12)),
        snapshot=pl.lit("000031"),
        method_version=pl.lit("1"),
    )


def kpi_deliveries() -> pl.DataFrame:
    """Every feed as its cadence wants it, one long ago, one never, over eight weeks."""
    rows = [
        {
            "department": department,
            "feed": feed,
            "status": "rejected" if feed == "leases" and back == 0 else "loaded",
            "delivered_on": NEWEST_DAY - timedelta(days=back + 40 * ((department, feed) == STALE_FEED)),
            "rows_read": 900 + 31 * place + back,
            "rows_quarantined": 2 * (place % 4),
        }
        for place, (department, feed) in enumerate(FEEDS)
        if feed != "participation"
        for back in range(0, 56, (1, 1, 7, 28)[place % 4])
    ]
    return pl.DataFrame(rows)


def stale_areas(streets: int = 3, communities: int = 4) -> pl.DataFrame:
    draw = random.Random(4)
    reasons = {
        "known": ("按惯常节奏更新", "as fresh as usual"),
        "thin": ("送来的行数不足平常的一半", "less than half of the usual rows came"),
        "stale": ("超过平常间隔的三倍没有更新", "no update for three times the usual gap"),
        "silent": ("从未送来这个社区的数据", "never delivered for this community"),
    }
    rows: list[Row] = []
    for department, feed in FEEDS[:12]:
        for level, _, street, community in areas(streets, communities):
            if level != "community":
                continue
            state = draw.choices(("known", "thin", "stale", "silent"), (80, 7, 9, 4))[0]
            lag = {"known": 1, "thin": 3, "stale": 47, "silent": None}[state]
            rows.append(
                {
                    "feed": f"{department}_{feed}",
                    "title_zh": feed,
                    "district": DISTRICT,
                    "street": street,
                    "community": community,
                    "rows_usual": 120.0,
                    "newest_on": None if lag is None else NEWEST_DAY - timedelta(days=lag),
                    "lag_days": lag,
                    "usual_gap_days": 7.0,
                    "coverage": 0.4 if state == "thin" else 1.0,
                    "state": state,
                    "reason_zh": reasons[state][0],
                    "reason_en": reasons[state][1],
                }
            )
    return pl.DataFrame(rows, infer_schema_length=None)


def indicator_tables(streets: int = 3, communities: int = 4, months: int = 14) -> dict[str, pl.DataFrame]:
    """Every table that the pages of indicators and of freshness read."""
    kpi = kpi_monthly(streets, communities, months)
    return {
        "ops.delivery": kpi_deliveries(),
        "marts.indicator": indicators(),
        "marts.kpi_monthly": with_queries(kpi),
        "marts.kpi_frozen": kpi_frozen(kpi),
        "marts.stale_area": stale_areas(streets, communities),
    }
