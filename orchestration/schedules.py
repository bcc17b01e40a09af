"""When the night begins: at two, Shanghai time, if anything is new."""

import dagster as dg

from orchestration.jobs import nightly
from orchestration.novelty import anything_new
from pipelines.home import Home


@dg.schedule(
    job=nightly,
    cron_schedule="0 2 * * *",
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="02:00 Asia/Shanghai; skipped when landing has nothing new. 每日凌晨两点，无新交付则跳过。",
)
def every_night(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Ask for a run of the nightly job."""
    del context
    if not anything_new(Home.resolve()):
        return dg.SkipReason("nothing new in landing, and the last snapshot is published")
    return dg.RunRequest()
