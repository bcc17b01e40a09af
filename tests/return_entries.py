"""Entries of a return list made by hand; all persons, numbers and phones are made up (9901xx, 142…)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import polars as pl

from pipelines.quality.returns.schema import RETURN_SCHEMA

AS_OF = date(2026, 3, 3)


def entry(number: int = 1, **told: Any) -> dict[str, Any]:
    """Return one entry about a resident; `row` is the delivered row as a dict."""
    row = told.pop(
        "row", {"人员编号": f"R{number}", "姓名": "张三", "公民身份号码": "990101199001010017", "居住地址": "甲里1号"}
    )
    base = {
        "entry_id": f"{number:020x}", "department": "police", "department_zh": "公安", "feed": "residents",
        "title_zh": "实有人口", "record_key": f"R{number}", "row_ref": f"{'a' * 64}:{number}",
        "file": "police/residents/2026-03-01/实有人口.csv", "file_sha256": "a" * 64, "row_number": number,
        "delivered_on": date(2026, 3, 1), "row_as_delivered": json.dumps(row, ensure_ascii=False),
        "column": "residence_address", "header": "居住地址", "problem": "address_unknown", "problem_zh": "地址查不到",
        "problem_en": "Address is not in the register", "dimension": "accuracy", "delivered_value": "甲里1号",
        "evidence_zh": "标准地址库中无此门牌", "evidence_en": "not in the register", "proposed_value": "甲里2号",
        "confidence": 0.97, "proposal_confidence": 0.9, "persons_affected": 2, "priority": 20.0 / number,
        "status": "open", "opened_on": date(2026, 3, 1), "changed_on": AS_OF, "closed_on": None, "closed_as": None,
        "reopened": 0, "first_run": "n1",
    }  # fmt: skip
    return base | told


def closed(number: int, cause: str, **told: Any) -> dict[str, Any]:
    """Return one closed entry."""
    gone = dict.fromkeys(("row_as_delivered", "delivered_value", "evidence_zh", "evidence_en", "proposed_value"))
    return entry(number, **{"status": "closed", "closed_as": cause, "closed_on": AS_OF, **gone, **told}) | gone


def frame(*entries: dict[str, Any]) -> pl.DataFrame:
    """Return entries as a return list."""
    return pl.DataFrame(list(entries), schema=RETURN_SCHEMA, orient="row")
