"""Commits a night with a return list and publishes it with workbooks and page, and is killed where it is told to.

    returns_worker.py HOME NUMBER POINT

The contents of the night follow from NUMBER alone. POINT names a step of the publication, after which `kill -9` comes.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl

from orchestration import documents
from orchestration.closing import finish_publication
from pipelines.config import Config
from pipelines.home import Home
from pipelines.ingest.delivery import DELIVERY_SCHEMA
from pipelines.lake import publish, publish_documents
from pipelines.lake.lock import RunLock
from pipelines.lake.store import Lake
from pipelines.quality.returns import workbook
from pipelines.quality.returns.schema import RETURN_SCHEMA

ON = date(2026, 3, 1)
DEPARTMENTS = {"police": ("公安分局", "residents"), "property": ("物业公司", "occupants")}
POINTS: dict[str, tuple[Any, str, int]] = {
    "first workbook": (workbook, "move_into_place", 1),
    "workbooks": (documents, "write_return_workbooks", 1),
    "page drawn": (documents, "write_pages", 1),
    "folder laid out": (publish, "_lay_out", 1),
    "pointer": (publish, "write_bytes", 2),  # the first call writes snapshot.json
    "page moved": (publish_documents, "link_or_copy", 1),
}


def entries(number: int) -> pl.DataFrame:
    """Return a return list of as many entries a department as the night's number."""
    rows = [
        {
            "entry_id": f"{department}{row:015d}",
            "department": department,
            "department_zh": name,
            "feed": feed,
            "title_zh": "登记表",
            "record_key": f"{row}",
            "row_ref": f"{'0' * 64}:{row}",
            "file": "a.csv",
            "file_sha256": "0" * 64,
            "row_number": row,
            "delivered_on": ON,
            "row_as_delivered": '{"备注":"第' + str(number) + '夜"}',
            "problem": "row_key_conflict",
            "problem_zh": "主键冲突",
            "problem_en": "Key conflict",
            "dimension": "uniqueness",
            "confidence": 0.9,
            "persons_affected": 1,
            "priority": 1.0,
            "status": "open",
            "opened_on": ON,
            "changed_on": ON,
            "reopened": 0,
            "first_run": "run-1",
        }
        for department, (name, feed) in DEPARTMENTS.items()
        for row in range(1, number + 1)
    ]
    return pl.DataFrame(rows, schema=RETURN_SCHEMA)


def commit(home: Home, number: int) -> None:
    """Commit the night `number`; nothing of it is published."""
    tx = Lake(home).begin(f"run-{number}")
    tx.replace("marts.return_list", entries(number))
    delivered = {"path": "a.csv", "status": "loaded", "delivered_on": ON, "rows_read": number}
    tx.replace("ops.delivery", pl.DataFrame([delivered], schema=DELIVERY_SCHEMA))
    if tx.commit() is None:
        raise AssertionError("a night with other contents is a change")


def kill_after(point: str) -> None:
    """Let `kill -9` come right after the named step."""
    module, name, times = POINTS[point]
    whole: Callable[..., Any] = getattr(module, name)
    calls: list[int] = []

    def last(*arguments: Any, **named: Any) -> None:
        whole(*arguments, **named)
        calls.append(1)
        if len(calls) == times:
            os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, name, last)


def main() -> None:
    home, number, point = Home.resolve(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    with RunLock(home):
        commit(home, number)
        kill_after(point)
        finish_publication(home, Config())


if __name__ == "__main__":
    main()
