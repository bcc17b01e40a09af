"""`marts.risk_input`: how many incidents were used and how many left out, by class, month and reason."""

from __future__ import annotations

import polars as pl

from pipelines.risk.places.classes import EVERYTHING

USED = {
    "point": ("按坐标计入", "Counted at its coordinates"),
    "swapped_point": ("经纬度对调后计入", "Counted at its coordinates, longitude and latitude put right"),
    "shifted_point": (
        "全部坐标同向偏移，改正后计入",
        "Counted at its coordinates, the common shift of the feed put right",
    ),
    "address": ("按户室或门牌地址计入", "Counted at its room or house number"),
    "building": ("按楼栋计入", "Counted at its building"),
    "estate_centre": ("按小区中心计入", "Counted at the centre of its estate"),
    "far_from_address": ("坐标与地址相距过远，按地址计入", "Coordinates far from its address: counted at the address"),
    "clock_out_of_order": ("时间先后颠倒，仍计入", "Clocks out of order: still counted"),
}
LEFT_OUT = {
    "no_time": ("无报警时间", "No time of report"),
    "false_alarm": ("误报", "False alarm"),
    "in_future": ("报警时间在快照日之后", "Reported after the day of the snapshot"),
    "before_history": ("早于所用历史", "Older than the history that is read"),
    "no_place": ("无坐标，地址亦无位置", "Neither coordinates nor an address with a place"),
    "outside_area": ("在研究范围之外", "Outside the study area"),
    "double_entry": ("同一时刻同类同址重复登记", "The same instant, category and place entered twice"),
}
INPUT_SCHEMA: dict[str, pl.DataType] = {
    "incident_class": pl.String(),
    "month": pl.String(),
    "state": pl.String(),
    "reason": pl.String(),
    "reason_zh": pl.String(),
    "reason_en": pl.String(),
    "incidents": pl.Int64(),
}


def count_inputs(located: pl.DataFrame) -> pl.DataFrame:
    """Return `marts.risk_input`, by class, month, state and reason; `all` beside each class.

    Args:
        located: `locate_incidents`. Month is null for an incident without a time.
    """
    titles = USED | LEFT_OUT
    both = pl.concat([located, located.with_columns(incident_class=pl.lit(EVERYTHING))])
    counted = both.group_by("incident_class", "month", "state", "reason").agg(incidents=pl.len())
    worded = counted.with_columns(
        reason_zh=pl.col("reason").replace_strict({name: zh for name, (zh, _) in titles.items()}),
        reason_en=pl.col("reason").replace_strict({name: en for name, (_, en) in titles.items()}),
    )
    ordered = worded.select(pl.col(name).cast(kind) for name, kind in INPUT_SCHEMA.items())
    return ordered.sort("incident_class", "month", "state", "reason", nulls_last=True)
