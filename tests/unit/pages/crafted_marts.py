"""Marts made by hand for page tests: twelve weeks and months, every light, small counts, weeks without a check."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from pipelines.contracts.loader import load_contracts
from pipelines.errors import LakeError
from pipelines.pages.facts import PageFacts, page_facts
from pipelines.pages.scorecard.weeks import last_weeks

NEWEST_DAY = date(2026, 3, 3)
WEEKS = last_weeks(["2026-W10"])
MONTHS = tuple(f"{2025 + (2 + back) // 12}-{(2 + back) % 12 + 1:02d}" for back in range(13))[1:]
METRICS = (
    ("completeness", "cells_filled", "必填项完整率", "Required cells filled", "share", "up", 0.98),
    ("validity", "addresses_resolved", "地址有效率", "Addresses resolved", "share", "up", 0.98),
    ("validity", "rows_accepted", "合格行占比", "Rows accepted", "share", "up", 0.99),
    ("uniqueness", "persons_entered_twice", "重复录入率", "Persons entered twice", "share", "down", 0.05),
    ("consistency", "rules_across_columns", "跨列规则符合率", "Rules across columns hold", "share", "up", 0.98),
    ("timeliness", "median_update_lag_days", "更新滞后中位天数", "Median update lag", "days", "down", 1.0),
    ("timeliness", "age_of_newest_delivery_days", "最近交付距今天数", "Age of newest delivery", "days", "down", 1.0),
    ("accuracy", "agrees_with_evidence", "与融合证据相符率", "Agrees with fused evidence", "share", "up", 0.98),
)
RULES = (
    ("birth_date_agrees_with_id_number", "出生日期与身份证号一致", "The birth date is the one in the ID number"),
    ("sex_agrees_with_id_number", "性别与身份证号一致", "The sex is the one in the ID number"),
    ("floor_within_storeys", "楼层不高于总层数", "The floor is within the building's storeys"),
    ("closed_after_reported", "办结时间不早于报告时间", "Nothing is closed before it is reported"),
    ("phone_has_eleven_digits", "手机号为十一位", "A mobile number has eleven digits"),
    ("table_row_count_to_be_between", "行数与近几夜相当", "About as many rows as in the nights before"),
    ("column_values_to_not_be_null__record_key", "行号不为空", "Every row has its key"),
)
PROBLEMS = (
    ("address_unresolved", "地址无法定位", "Address cannot be located"),
    ("entered_twice", "同一人重复登记", "The same person entered twice"),
    ("birth_date_disagrees", "出生日期与身份证号不符", "Birth date and ID number disagree"),
)
ESTATES = tuple(f"{name}{kind}" for name in ("翠竹", "云川", "锦绣", "望江", "柳林") for kind in ("苑", "小区", "家园"))
CONTRACTS = load_contracts()
FEEDS = tuple(sorted((contract.department, contract.feed) for contract in CONTRACTS.values()))


@dataclass
class CraftedSnapshot:
    """Tables in memory that are asked for as those of a snapshot are."""

    tables: Mapping[str, pl.DataFrame]
    id: str = "000042"
    asked: list[str] = field(default_factory=list)

    def served(self) -> list[str]:
        return sorted(self.tables)

    def scan(self, table: str) -> pl.LazyFrame:
        self.asked.append(table)
        if table not in self.tables:
            raise LakeError(f"snapshot {self.id} has no table {table}.")
        return self.tables[table].lazy()


def crafted_snapshot(**replaced: pl.DataFrame) -> CraftedSnapshot:
    """All tables of the scorecard; `replaced` maps `schema__table` to another frame."""
    tables = {
        "ops.delivery": deliveries(),
        "marts.data_quality": data_quality(),
        "marts.quality_metric": quality_metrics(),
        "marts.quality_check": quality_checks(),
        "marts.register_overlap": register_overlap(),
        "marts.update_lag": update_lag(),
        "marts.return_summary": return_summary(),
    }
    return CraftedSnapshot(tables | {name.replace("__", ".", 1): frame for name, frame in replaced.items()})


def crafted_facts(snapshot: CraftedSnapshot) -> PageFacts:
    return page_facts(snapshot, CONTRACTS)


def data_quality() -> pl.DataFrame:
    draw = random.Random(5)
    return pl.DataFrame(
        [row for feed in FEEDS for metric in METRICS for row in _quality_months(draw, feed, metric)],
        infer_schema_length=None,
    )


def _quality_months(draw: random.Random, feed: tuple[str, str], metric: tuple[Any, ...]) -> list[dict[str, Any]]:
    dimension, key, zh, en, unit, direction, target = metric
    if feed[0] == "sensors" and key == "persons_entered_twice":
        return []
    level, drift = draw.uniform(-0.12, 0.03), draw.uniform(-0.01, 0.012)
    denominator = draw.choice((4, 180, 2_400, 12_000, 61_000))
    rows = []
    for place, month in enumerate(MONTHS):
        miss = max(0.0, -(level + drift * place) + draw.uniform(-0.01, 0.01))
        if unit == "days":
            value = round(miss * 90, 1)
        else:
            value = min(1.0, max(0.0, target - miss if direction == "up" else miss * 2))
        reached = value >= target if direction == "up" else value <= target
        near = value >= target * 0.9 if direction == "up" else value <= target * 1.1
        light = "green" if reached else "yellow" if near else "red"
        reason = {"green": "reached", "yellow": "near", "red": "missed"}[light]
        if denominator < 10:
            light, reason = "grey", "too_small"
        of_days = key == "age_of_newest_delivery_days"
        rows.append(
            {
                "department": feed[0],
                "feed": feed[1],
                "dimension": dimension,
                "metric": key,
                "metric_zh": zh,
                "metric_en": en,
                "scope": "",
                "scope_zh": "",
                "scope_en": "",
                "month": month,
                "numerator": None if unit == "days" else float(round(value * denominator)),
                "denominator": None if of_days else float(denominator),
                "value": value,
                "value_low": max(0.0, value - 0.01) if unit == "share" else None,
                "value_high": min(1.0, value + 0.01) if unit == "share" else None,
                "unit": unit,
                "direction": direction,
                "target": target,
                "baseline": 0.7 if key == "addresses_resolved" else None,
                "light": light,
                "light_reason": reason,
                "trend": draw.choice(("better", "worse", "same", "unknown")),
            }
        )
    return rows


def quality_metrics() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "dimension": [metric[0] for metric in METRICS],
            "metric": [metric[1] for metric in METRICS],
            "name_zh": [metric[2] for metric in METRICS],
            "name_en": [metric[3] for metric in METRICS],
            "definition_zh": [f"{metric[2]}：分子为符合要求的行，分母为全部行" for metric in METRICS],
            "definition_en": [f"{metric[3]}: rows that meet the demand, of all rows" for metric in METRICS],
            "advice_zh": ["按退回清单逐条更正，并在源头表单里加校验"] * len(METRICS),
            "advice_en": ["Correct by the return list, row by row, and check at the form where it is entered"]
            * len(METRICS),
            "counts_persons": [metric[1] == "persons_entered_twice" for metric in METRICS],
        }
    )


def quality_checks() -> pl.DataFrame:
    draw = random.Random(9)
    rows = []
    tables = [(f"raw.{department}_{feed}", department, feed) for department, feed in FEEDS]
    for table, department, feed in [*tables, ("master.person", None, None)]:
        for number, (check, zh, en) in enumerate(RULES):
            of_table = check.startswith("table_")
            level = draw.choice((0, 0, 0.0004, 0.004, 0.02, 0.12)) if number < 5 and feed != "devices" else 0
            for place, week in enumerate(WEEKS):
                if draw.random() < 0.12 or (feed == "events" and place < 7):
                    continue
                elements = None if of_table else draw.randint(900, 4_000)
                unexpected = None if of_table else round((elements or 0) * level * draw.uniform(0.4, 1.4))
                rows.append(
                    {
                        "table": table,
                        "department": department,
                        "feed": feed,
                        "check": check,
                        "rule_zh": zh,
                        "rule_en": en,
                        "severity": ("critical", "warning", "info")[number % 3],
                        "owner": "数据管理科",
                        "week": week,
                        "elements": elements,
                        "unexpected": unexpected,
                        "missing": None if of_table else number,
                        "success": not (of_table and feed == "leases" and place == 9) if of_table else level < 0.02,
                    }
                )
    schema = {
        "department": pl.String(),
        "feed": pl.String(),
        "elements": pl.Int64(),
        "unexpected": pl.Int64(),
        "missing": pl.Int64(),
    }
    return pl.DataFrame(rows, infer_schema_length=None, schema_overrides=schema)


def register_overlap() -> pl.DataFrame:
    pairs = (
        ("civil_affairs_benefits", "police_residents", 45, 38_900, 610),
        ("civil_affairs_elderly", "police_residents", 1_240, 31_200, 7_420),
        ("police_residents", "property_occupants", 11_800, 6_300, 22_900),
        ("civil_affairs_benefits", "civil_affairs_elderly", 430, 7_900, 4),
    )
    rows = [
        {
            "register_a": left,
            "register_b": right,
            "month": month,
            "a_only": left_only + (11 - place) * 20,
            "b_only": right_only,
            "both": both - (11 - place) * 20,
        }
        for left, right, left_only, right_only, both in pairs
        for place, month in enumerate(MONTHS)
    ]
    return pl.DataFrame(rows).with_columns(both=pl.max_horizontal("both", pl.lit(4)))


def update_lag() -> pl.DataFrame:
    draw = random.Random(3)
    spans = ((0, 0), (1, 1), (2, 3), (4, 7), (8, 14), (15, 30), (31, 90), (91, None))
    shapes = {"police": 0.4, "property": 0.95, "housing": 0.8, "street_office": 0.6}
    rows = [
        {
            "department": department,
            "feed": feed,
            "estate": estate,
            "month": month,
            "bucket_from_days": first,
            "bucket_to_days": last,
            "updates": round((2 if estate == "柳林家园" else 90) * shape**place * draw.uniform(0.5, 1.5)),
        }
        for department, feed in FEEDS
        if (shape := shapes.get(department)) is not None
        for estate in (*ESTATES, "")
        for month in MONTHS[-2:]
        for place, (first, last) in enumerate(spans)
        if estate != "柳林家园" or place == 0
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def return_summary() -> pl.DataFrame:
    draw = random.Random(7)
    rows = []
    feeds = ("police", "residents"), ("police", "incidents"), ("property", "occupants"), ("housing", "leases")
    for department, feed in (*feeds, ("civil_affairs", "elderly"), ("street_office", "disputes")):
        for problem, zh, en in PROBLEMS:
            still_open, will = draw.randint(40, 900), draw.uniform(0.02, 0.3)
            for place, week in enumerate(WEEKS):
                corrected = round(still_open * will)
                opened, removed = draw.randint(0, 40), draw.randint(0, 6)
                still_open = max(0, still_open + opened - corrected - removed)
                if place in (3, 4) and department == "housing":
                    continue
                rows.append(
                    {
                        "department": department,
                        "feed": feed,
                        "problem": problem,
                        "problem_zh": zh,
                        "problem_en": en,
                        "week": week,
                        "opened": opened,
                        "corrected": corrected,
                        "removed": removed,
                        "withdrawn": draw.randint(0, 3),
                        "open": still_open,
                    }
                )
    return pl.DataFrame(rows)


def deliveries() -> pl.DataFrame:
    rows = [
        {
            "department": department,
            "feed": feed,
            "status": "rejected" if feed == "leases" and back == 0 else "loaded",
            "delivered_on": NEWEST_DAY - timedelta(days=back + 6 * (feed == "workorders")),
            "rows_read": 1_000 + 37 * place,
            "rows_quarantined": 3 * (place % 4),
        }
        for place, (department, feed) in enumerate(FEEDS)
        if feed != "surveys"
        for back in range(3)
    ]
    return pl.DataFrame(rows)
