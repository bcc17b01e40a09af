"""How long each step of the newest Dagster run of a home took."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import orjson


def step_seconds(home: Path) -> dict[str, float]:
    """Return step key -> seconds of the newest run, longest first; empty where no event log is found.

    Reads the event log's SQLite files below `home/dagster` directly, so that no instance has to be opened.
    """
    newest: tuple[float, dict[str, float]] = (0.0, {})
    for path in sorted((home / "dagster").rglob("*.db")):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as log:
            tables = {row[0] for row in log.execute("select name from sqlite_master where type = 'table'")}
            if "event_logs" not in tables:
                continue
            rows = log.execute("select run_id, event from event_logs where dagster_event_type like 'STEP_S%'")
            for began, found in _runs(rows.fetchall()):
                if began > newest[0]:
                    newest = (began, found)
    return dict(sorted(newest[1].items(), key=lambda item: -item[1]))


def _runs(rows: list[tuple[str, str]]) -> list[tuple[float, dict[str, float]]]:
    """Pair the start and success events of each run's steps."""
    starts: dict[tuple[str, str], float] = {}
    runs: dict[str, dict[str, float]] = {}
    began: dict[str, float] = {}
    for run_id, text in rows:
        event = orjson.loads(text)
        step, at = str(event["step_key"]), float(event["timestamp"])
        kind = event["dagster_event"]["event_type_value"]
        if kind == "STEP_START":
            starts[run_id, step] = at
            began.setdefault(run_id, at)
        elif kind == "STEP_SUCCESS" and (run_id, step) in starts:
            runs.setdefault(run_id, {})[step] = round(at - starts[run_id, step], 2)
    return [(began[run_id], steps) for run_id, steps in runs.items()]
