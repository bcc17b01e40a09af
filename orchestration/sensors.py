"""Watches landing, for homes that load as files come; off until somebody turns it on."""

import hashlib
from pathlib import Path

import dagster as dg
import orjson

from orchestration.jobs import nightly
from orchestration.novelty import anything_new
from pipelines.home import Home
from pipelines.ingest.discover import walk

LOOK_EVERY_SECONDS = 60


def listing(landing: Path) -> str:
    """Return a digest of names, sizes and times of all files in `landing`."""
    found = [(file.path, file.size, file.mtime_ns) for file in walk(landing)] if landing.is_dir() else []
    return hashlib.sha256(orjson.dumps(found)).hexdigest()


def decide(cursor: str | None, now: str) -> tuple[str, bool]:
    """Return the next cursor, and whether to look closer: when a listing is new and has rested for one tick.

    The cursor is `<listing last seen> <listing last acted on>`.
    """
    seen, _, acted = (cursor or " ").partition(" ")
    if now == acted or now != seen:
        return f"{now} {acted}", False
    return f"{now} {now}", True


@dg.sensor(
    job=nightly,
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="New files in landing that have stopped changing. 交付目录有新文件且已写完。",
)
def landing_files(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Ask for a run once per listing of landing."""
    home = Home.resolve()
    now = listing(home.landing)
    cursor, rested = decide(context.cursor, now)
    if not rested:
        return dg.SensorResult(skip_reason="no new file, or files are still arriving", cursor=cursor)
    if not anything_new(home):
        return dg.SensorResult(skip_reason="every file is known", cursor=cursor)
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=now)], cursor=cursor)
