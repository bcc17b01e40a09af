"""Surveys, readiness, devices and alarms."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from pipelines.city.happenings.devices import draw_devices, draw_events
from pipelines.city.happenings.standing import HISTORY_MONTHS, draw_readiness, draw_surveys
from pipelines.city.kpi.counting import View, before, days_before, month_of, parts, window_begins

SURVEYED = {
    "治安满意度": "satisfaction_with_safety",
    "夜间出行安全感": "night_safety",
    "机制知晓": "mechanism_awareness",
    "自救互救技能掌握": "self_rescue_skill",
}
COVERED = {"监控点位": "camera_coverage", "智能设备": "smart_device_coverage", "预案": "plans_in_force"}
SUPPLY_DAYS, ALARM_MINUTES, FAULT_MONTHS = 365, 15, 12
ALARM_TOLD_DAYS = 1
"""Alarms are asked once a whole day has passed in which their handling can be told."""


def survey_parts(view: View) -> list[pl.DataFrame]:
    """Count good answers by question and month of the survey."""
    answers = draw_surveys(view.world).filter(before(view, "day")).with_columns(month_of("day"))
    return [
        parts(
            indicator, answers.filter(pl.col("question") == question), pl.col("positive").sum(), pl.col("sampled").sum()
        )
        for question, indicator in SURVEYED.items()
    ]


def readiness_parts(view: View) -> list[pl.DataFrame]:
    """Count what stood ready on the day of each month's last register."""
    entries = _registers(view)
    covered = pl.min_horizontal("actual", "required").sum()
    shares = [
        parts(indicator, entries.filter(pl.col("kind") == kind), covered, pl.col("required").sum())
        for kind, indicator in COVERED.items()
    ]
    checked = pl.col("checked") + pl.duration(days=SUPPLY_DAYS) >= pl.col("closes")
    in_order = (pl.col("actual") >= pl.col("required")) & checked
    drills = entries.filter((pl.col("kind") == "演练") & (pl.col("actual") > 0))
    groups = parts("social_organisations", entries.filter(pl.col("kind") == "社会组织"), pl.col("actual").sum())
    return [
        *shares,
        parts("supplies_in_order", entries.filter(pl.col("kind") == "物资"), in_order.sum()),
        parts("realistic_drills", drills, pl.col("actual").filter("realistic").sum(), pl.col("actual").sum()),
        groups.with_columns(pl.lit(None, dtype=pl.Float64).alias("denominator")),
    ]


def _registers(view: View) -> pl.DataFrame:
    """Return the entries of the last register of each month, with `month` and its `closes`."""
    world = view.world
    nights = [*(HISTORY_MONTHS if world.calendar is None else ()), *world.delivery_nights("street_office_readiness")]
    days = pl.DataFrame({"night": nights, "day": [world.day(night) for night in nights]}).with_columns(month_of("day"))
    last = days.group_by("month").agg(pl.col("night").max()).join(view.months, on="month")
    entries = draw_readiness(world).join(last, how="cross")
    return entries.filter((pl.col("from_night") <= pl.col("night")) & (pl.col("night") < pl.col("to_night")))


def device_parts(view: View) -> list[pl.DataFrame]:
    """Count alarms by month, and devices with a fault in twelve months; for months whose twelve were all lived."""
    devices = view.placed(draw_devices(view.world))
    events = draw_events(view.world, devices).join(
        devices.select(device="record", community_id="community_id"), on="device", how="left"
    )
    events = (
        events.with_columns(_local("ts"), _local("handled")).filter(before(view, "ts")).with_columns(month_of("ts"))
    )
    told = pl.col("ts").dt.date() < days_before(view, ALARM_TOLD_DAYS)
    alarms = events.filter((pl.col("type") == "alarm") & told)
    handled = (pl.col("handled") > pl.col("ts")) & before(view, "handled")
    soon = handled & (pl.col("handled") - pl.col("ts") <= pl.duration(minutes=ALARM_MINUTES))
    return [
        parts("alarms_handled", alarms, handled.sum()),
        parts("alarms_handled_within_15_minutes", alarms, soon.sum()),
        _faults(view, devices, events),
    ]


def _local(column: str) -> pl.Expr:
    return (pl.from_epoch(pl.col(column), time_unit="ms") + timedelta(hours=8)).alias(column)


def _faults(view: View, devices: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    begins = window_begins(FAULT_MONTHS)
    held_from = events.filter(pl.col("type").is_in(["alarm", "fault"])).select(pl.col("ts").dt.date().min()).item()
    months = view.months.filter(begins >= held_from)
    faults = events.filter(pl.col("type") == "fault").select("device", day=pl.col("ts").dt.date())
    found = faults.join(months, how="cross").filter(pl.col("day").is_between(begins, pl.col("closes")))
    held = devices.filter(pl.col("retired_night") >= view.world.nights).select(
        "community_id", "installed", device="record"
    )
    standing = held.join(months, how="cross").filter(pl.col("installed") <= pl.col("closes"))
    all_months = standing.join(
        found.select("device", "month", pl.lit(value=True).alias("fault")).unique(), on=["device", "month"], how="left"
    )
    return parts("device_fault_rate", all_months, pl.col("fault").fill_null(value=False).sum())
