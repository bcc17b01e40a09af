"""Marts on places made by hand: streets whose parts lie kilometres apart, every state, every tier, a failed model."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

import polars as pl
from crafted_marts import CraftedSnapshot

NEWEST_DAY = date(2026, 3, 1)
CELL_M = 100.0
LON_0, LAT_0 = 118.0, 31.0
METRE_LON, METRE_LAT = 1 / (111_195 * math.cos(math.radians(LAT_0))), 1 / 111_195
DISTRICT = "临江区"
STREETS = ("平安街道", "和平街道", "解放镇", "望江街道", "柳营街道", "白沙街道", "青石街道", "翠微街道")
ESTATES = ("翠竹苑", "锦绣新苑", "云川家园", "望江小区", "柳林花园", "华庭佳苑", "水榭小区", "银河小区")
CLASSES = (
    ("all", "全部警情", "All incidents", 0.35),
    ("theft", "盗窃抢劫", "Theft and robbery", 0.07),
    ("fraud", "电信网络诈骗", "Telecom fraud", 0.03),
    ("brawl_and_quarrel", "打架与纠纷", "Brawls and quarrels", 0.12),
    ("noise", "噪音扰民", "Noise", 0.05),
    ("fire", "火灾", "Fire", 0.015),
    ("missing_or_other", "走失及其他", "Missing persons and others", 0.03),
)
HISTORY_WEEKS, HORIZON_DAYS = 26, 28


def street_name(number: int) -> str:
    turn = number // len(STREETS)
    return STREETS[number % len(STREETS)] if not turn else f"新{'新' * (turn - 1)}{STREETS[number % len(STREETS)]}"


def cells(streets: int = 2, parts: int = 2, side: int = 10, seed: int = 1) -> pl.DataFrame:
    """Square parts with a ragged edge, spread over a wide plain; streets lie among one another."""
    draw = random.Random(seed)
    across = math.ceil(math.sqrt(streets * parts))
    places = [(x, y) for y in range(across) for x in range(across)]
    draw.shuffle(places)
    rows = []
    for number in range(streets * parts):
        west, south = (place * side * 3 for place in places[number])
        street = street_name(number % streets)
        for y in range(side):
            for x in range(side):
                if (x in (0, side - 1) or y in (0, side - 1)) and draw.random() < 0.4:
                    continue
                rows.append(_cell(west + x, south + y, street, f"{street[:2]}{number // streets + 1}社区"))
    return pl.DataFrame(rows)


def _cell(x: int, y: int, street: str, community: str) -> dict[str, Any]:
    x_m, y_m = x * CELL_M, y * CELL_M
    return {
        "cell": f"E{x:05d}N{y:05d}",
        "x_m": x_m,
        "y_m": y_m,
        "lon_w": LON_0 + x_m * METRE_LON,
        "lat_s": LAT_0 + y_m * METRE_LAT,
        "lon_e": LON_0 + (x_m + CELL_M) * METRE_LON,
        "lat_n": LAT_0 + (y_m + CELL_M) * METRE_LAT,
        "district": DISTRICT,
        "street": street,
        "community": community,
        "buildings": (x + y) % 4,
        "addresses": (x * y) % 60,
        "in_study_area": True,
        "since": date(2025, 1, 1),
    }


def forecasts(
    studied: pl.DataFrame, classes: tuple[tuple[str, str, str, float], ...] = CLASSES, seed: int = 2
) -> pl.DataFrame:
    """A Gamma-Poisson mean of drawn counts; cells without any count around are unknown."""
    draw = random.Random(seed)
    heat = {row["cell"]: draw.gammavariate(0.3, 1 / 0.3) for row in studied.to_dicts()}
    frames = [_class_rows(studied, heat, draw, *kind) for kind in classes]
    ranked = pl.concat(frames).with_columns(
        rank=pl.when(pl.col("state") == "known").then(
            pl.struct(-pl.col("expected"), "place").rank("ordinal").over("incident_class", "state")
        ),
        list_rank=pl.when((pl.col("state") == "known") & (pl.col("past_count") > 0)).then(
            pl.struct(-pl.col("expected"), "place")
            .rank("ordinal")
            .over("incident_class", "street", pl.col("past_count") > 0)
        ),
    )
    listed = pl.col("list_rank") <= 12
    text = pl.format("近 26 周 {} 起，居本街道第 {}", pl.col("past_count").cast(pl.Int64), "list_rank")
    english = pl.format("{} in 26 weeks, number {} of its street", pl.col("past_count").cast(pl.Int64), "list_rank")
    return ranked.with_columns(
        list_rank=pl.when(listed).then("list_rank").cast(pl.Int64),
        reasons_zh=pl.when(listed).then(text + "；邻近一格也有警情"),
        reasons_en=pl.when(listed).then(english + "; a neighbouring cell has incidents too"),
        rank=pl.col("rank").cast(pl.Int64),
    )


def _class_rows(
    studied: pl.DataFrame, heat: Mapping[str, float], draw: random.Random, key: str, zh: str, en: str, level: float
) -> pl.DataFrame:
    rows = []
    count_of = {(row["x_m"], row["y_m"]): _poisson(draw, heat[row["cell"]] * level) for row in studied.to_dicts()}
    around = [(x * CELL_M, y * CELL_M) for x in (-1, 0, 1) for y in (-1, 0, 1)]
    for row in studied.to_dicts():
        past = count_of[row["x_m"], row["y_m"]]
        known = any(count_of.get((row["x_m"] + x, row["y_m"] + y), 0) for x, y in around)
        shape, rate = 0.5 + past, 1.5 + HISTORY_WEEKS / 4
        expected = shape / rate if known else None
        spread = math.sqrt(shape) / rate
        rows.append(
            {
                "place_kind": "cell",
                "place": row["cell"],
                "place_name_zh": f"{row['community']}{ESTATES[int(row['x_m']) % 8]}附近",
                "district": row["district"],
                "street": row["street"],
                "community": row["community"],
                "lon": (row["lon_w"] + row["lon_e"]) / 2,
                "lat": (row["lat_s"] + row["lat_n"]) / 2,
                "incident_class": key,
                "class_zh": zh,
                "class_en": en,
                "horizon_days": HORIZON_DAYS,
                "from_day": NEWEST_DAY + timedelta(days=1),
                "to_day": NEWEST_DAY + timedelta(days=HORIZON_DAYS),
                "history_weeks": HISTORY_WEEKS,
                "past_count": past,
                "expected": expected,
                "expected_low": None if expected is None else max(0.0, expected - 1.28 * spread),
                "expected_high": None if expected is None else expected + 1.28 * spread,
                "share_of_area": 1 / studied.height,
                "state": "known" if known else "unknown",
                "drift": draw.choice(("rising", "falling", "steady", "steady")) if known else None,
                "drift_ratio": draw.uniform(0.5, 1.8) if known else None,
                "model": "gamma_poisson",
                "trained_until": NEWEST_DAY,
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None, schema_overrides={"expected": pl.Float64, "drift": pl.String})


def _poisson(draw: random.Random, mean: float) -> int:
    count, left = 0, math.exp(-mean)
    sum_, pick = left, draw.random()
    while pick > sum_ and count < 60:
        count += 1
        left *= mean / count
        sum_ += left
    return count


def buildings(studied: pl.DataFrame, share: float = 0.3, seed: int = 3) -> pl.DataFrame:
    """Buildings in a share of the cells, of every tier; one in twenty without a point."""
    draw = random.Random(seed)
    rows = []
    for number, row in enumerate(studied.to_dicts()):
        if draw.random() > share:
            continue
        tier = draw.choice((1, 2, 3, 3, 4, 4, 4, None))
        turn = f"{row['community']}-{int(row['x_m'] // 400)}-{int(row['y_m'] // 400)}"
        estate = ESTATES[sum(map(ord, turn)) % 8] + f"{len(turn) % 3 + 1}期"
        homes = draw.choice((8, 24, 60, 144))
        rows.append(
            {
                "address_code": f"990101B{number:06d}",
                "name_zh": f"{estate}{number % 30 + 1}号楼",
                "district": row["district"],
                "street": row["street"],
                "community": row["community"],
                "estate_code": None if number % 7 == 0 else f"E{turn}",
                "estate": None if number % 7 == 0 else estate,
                "lon": None if number % 20 == 0 else row["lon_w"] + draw.random() * CELL_M * METRE_LON,
                "lat": None if number % 20 == 0 else row["lat_s"] + draw.random() * CELL_M * METRE_LAT,
                "level": "building",
                "storeys": 6,
                "built_year": 1996,
                "structure": "砖混",
                "dwellings": homes,
                "score": None if tier is None else round(1 - tier * 0.2 + draw.random() * 0.1, 3),
                "tier": tier,
                "rank": None if tier is None else number + 1,
                "known_factors": 0 if tier is None else 4,
                "reasons_zh": "没有可用的来源" if tier is None else "建于 1996 年，砖混；近一年消防通道堵塞告警 5 次",
                "reasons_en": "no source to judge by"
                if tier is None
                else "built in 1996 of brick and concrete; 5 alarms of a blocked fire lane in a year",
                "as_of": NEWEST_DAY,
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def estates(found: pl.DataFrame, seed: int = 4) -> pl.DataFrame:
    """Two months of every estate, of every light."""
    draw = random.Random(seed)
    known = found.filter(pl.col("estate_code").is_not_null()).unique("estate_code").sort("estate_code")
    rows = []
    for row in known.to_dicts():
        for month in ("2026-01", "2026-02"):
            index = draw.choice((None, draw.uniform(0, 100), draw.uniform(0, 100)))
            rows.append(
                {
                    **{name: row[name] for name in ("estate_code", "estate", "district", "street", "community")},
                    "month": month,
                    "rooms": 480,
                    "open_disputes": draw.randint(0, 14),
                    "new_disputes": draw.randint(0, 9),
                    "workorders": draw.randint(0, 90),
                    "open_workorders": draw.randint(0, 30),
                    "fee_disputes": draw.randint(0, 5),
                    "quarrels": draw.randint(0, 5),
                    "index": index,
                    "index_low": None if index is None else max(0.0, index - 8),
                    "index_high": None if index is None else min(100.0, index + 8),
                    "light": "grey" if index is None else "red" if index > 70 else "yellow" if index > 40 else "green",
                    "drivers_zh": "物业费纠纷 5 件；报修积压 21 件",
                    "drivers_en": "5 disputes about fees; a backlog of 21 repairs",
                }
            )
    return pl.DataFrame(rows, infer_schema_length=None)


def inputs(seed: int = 5) -> pl.DataFrame:
    """Three months of every class: used by point, address, building or estate, and each way of being left out."""
    draw = random.Random(seed)
    reasons = (
        ("used", "point", "用接警坐标", "by its coordinates", 90),
        ("used", "address", "用匹配到的地址", "by the address matched", 40),
        ("used", "estate_centre", "用小区中心点", "by the middle of its estate", 12),
        ("used", "clock_out_of_order", "时钟先后不合，仍计入", "clocks out of order, still counted", 2),
        ("left_out", "no_place", "没有坐标也没有可定位的地址", "neither coordinates nor an address", 9),
        ("left_out", "outside_area", "在研究区之外", "outside of the study area", 4),
        ("left_out", "in_future", "时间在将来", "in the future", 1),
        ("left_out", "false_alarm", "误报，不算警情", "a false alarm, no incident", 14),
    )
    rows = [
        {
            "incident_class": key,
            "month": month,
            "state": state,
            "reason": reason,
            "reason_zh": zh,
            "reason_en": en,
            "incidents": round(usual * level * draw.uniform(0.6, 1.4) * 3) + 1,
        }
        for key, _, _, level in CLASSES
        for month in ("2025-12", "2026-01", "2026-02")
        for state, reason, zh, en, usual in reasons
    ]
    return pl.DataFrame(rows)


def stale_areas() -> pl.DataFrame:
    rows = [
        {
            "feed": "property_workorders",
            "title_zh": "物业工单",
            "district": DISTRICT,
            "street": STREETS[0],
            "community": "平安2社区",
            "rows_usual": 40,
            "newest_on": date(2026, 1, 2),
            "lag_days": 58,
            "usual_gap_days": 3.0,
            "coverage": 0.2,
            "state": state,
            "reason_zh": "已 58 天没有新记录，平时每 3 天一条",
            "reason_en": "nothing new for 58 days where a row comes every 3 days",
        }
        for state in ("stale", "silent", "known")
    ]
    return pl.DataFrame(rows)


MODELS = ("counts", "gamma_poisson", "ewma", "kde")
ORIGINS = tuple(date(2025, 9, 1) + timedelta(days=14 * turn) for turn in range(12))


def backtests(seed: int = 6) -> pl.DataFrame:
    """Twelve tests of four models; the smoothed map fails the gate, and fire has no history to test."""
    draw = random.Random(seed)
    return pl.DataFrame(
        [row for kind in CLASSES for model in MODELS for row in _tests(draw, kind[0], kind[3], model)],
        infer_schema_length=None,
    )


def _tests(draw: random.Random, key: str, level: float, model: str) -> list[dict[str, Any]]:
    tested = key != "fire"
    published = model == "gamma_poisson"
    lift = {"ewma": 1.02, "kde": 0.8}.get(model, 1.0)
    rows = []
    for area in (0.01, 0.05, 0.1):
        base = min(0.9, 0.2 + level + area * 4)
        for origin in (*ORIGINS, None) if tested else (None,):
            hit = min(1.0, base * lift * draw.uniform(0.9, 1.1)) if tested else None
            whole = origin is None
            rows.append(
                {
                    "model": model,
                    "incident_class": key,
                    "horizon_days": HORIZON_DAYS,
                    "area_share": area,
                    "origin": "all" if origin is None else origin.isoformat(),
                    "hit_rate": hit,
                    "hit_rate_low": hit - 0.04 if whole and hit else None,
                    "hit_rate_high": hit + 0.04 if whole and hit else None,
                    "pai": hit / area if hit else None,
                    "pei": hit * 0.9 if hit else None,
                    "baseline_hit_rate": base if tested else None,
                    "gain": lift - 1 if tested else None,
                    "gain_low": lift - 1.05 if whole and tested else None,
                    "gain_high": lift - 0.95 if whole and tested else None,
                    "calibration_top_decile": draw.uniform(0.8, 1.4) if tested else math.nan,
                    "jaccard": 0.8 if tested else None,
                    "log_score": -0.08 if tested else None,
                    "baseline_log_score": -0.09 if tested else None,
                    "events": 320.0 * level if tested else None,
                    "cells": 345,
                    "origins": (len(ORIGINS) if whole else 1) if tested else 0,
                    "period": f"{ORIGINS[0]}..{NEWEST_DAY}",
                    "published": published and tested,
                    "gate_reason_zh": _verdict(model, tested)[0],
                    "gate_reason_en": _verdict(model, tested)[1],
                }
            )
    return rows


def _verdict(model: str, tested: bool) -> tuple[str, str]:
    if not tested:
        return ("历史不足，无法测试", "too little history to test")
    return {
        "counts": ("基准：过去计数", "the bar: past counts"),
        "gamma_poisson": ("按过去计数排序，数值经收缩", "ranked by past counts, their values shrunken"),
        "ewma": ("多命中 2.0%，不到 5%", "2.0 % more hits, not 5 %"),
        "kde": ("少命中 20.0%", "20.0 % fewer hits"),
    }[model]


SCORES = '{"hit_rate_5": 0.55}'


def model_register() -> pl.DataFrame:
    """One mart that is published, and one whose review is overdue."""
    rows = [
        {
            "mart": mart,
            "model": model,
            "code_hash": code_hash,
            "data_from": date(2025, 9, 1),
            "data_until": NEWEST_DAY,
            "scores": scores,
            "owner": "team:analytics",
            "review_on": review,
            "published": published,
            "reason_zh": "复审未逾期" if published else "复审已逾期",
            "reason_en": "its review is not due" if published else "its review is overdue",
        }
        for mart, model, code_hash, scores, review, published in (
            (
                "marts.risk_place_forecast",
                "gamma_poisson",
                "0123456789abcdef",
                '{"hit_rate_5": 0.55}',
                date(2027, 1, 31),
                True,
            ),
            ("marts.estate_pressure", "estate_pressure", "fedcba9876543210", "not json", date(2026, 1, 31), False),
        )
    ]
    return pl.DataFrame(rows)


def evaluations() -> pl.DataFrame:
    """Two measures of buildings, of which one had too few cases."""
    rows = [
        {
            "mart": "marts.risk_building",
            "model": "fire_points",
            "measure": measure,
            "value": value,
            "value_low": None if value is None else value - 0.05,
            "value_high": None if value is None else value + 0.05,
            "cases": cases,
            "period": "2024-03-01..2026-03-01",
        }
        for measure, value, cases in (("hit_rate_top_10", 0.412, 120), ("gain_over_counts", None, 7))
    ]
    return pl.DataFrame(rows)


def risk_tables(**replaced: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """All tables of the pages on places; `replaced` maps `marts__risk_cell` and the like to another frame."""
    return _tables() | {name.replace("__", ".", 1): frame for name, frame in replaced.items()}


@cache
def _tables() -> dict[str, pl.DataFrame]:
    studied = cells()
    built = buildings(studied)
    return {
        "marts.risk_cell": studied,
        "marts.risk_place_forecast": forecasts(studied),
        "marts.risk_input": inputs(),
        "marts.risk_building": built,
        "marts.estate_pressure": estates(built),
        "marts.stale_area": stale_areas(),
        "marts.backtest": backtests(),
        "marts.model_register": model_register(),
        "marts.risk_evaluation": evaluations(),
    }


def risk_snapshot(**replaced: pl.DataFrame) -> CraftedSnapshot:
    return CraftedSnapshot(risk_tables(**replaced))
