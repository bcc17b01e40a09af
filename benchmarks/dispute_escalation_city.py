"""Made-up disputes of a city, whose quarrels before a case tell as much of its end as asked for."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from pipelines.risk.disputes.cases import dispute_cases, with_escalation
from pipelines.risk.disputes.signals import landmark_rows, with_signals

AS_OF = dt.date(2026, 3, 1)
DISPUTES, BUILDINGS, DAYS = 900, 400, 730
KINDS = ("邻里", "物业", "家庭", "劳资", "房产", "其他")
# Log odds of a failed mediation by kind: from one in five to one in three.
KIND_ODDS = (-1.2, -1.0, -0.8, -0.7, -1.1, -1.3)
QUARRELLED = 0.3
"""Share of the cases with police at the building in the month before."""


def made_up_rows(seed: int, strength: float) -> pl.DataFrame:
    """Return the rows that a trial is held on.

    Args:
        seed: of the city.
        strength: what a quarrel before the case adds to the log odds that its mediation fails.
    """
    random = np.random.default_rng(seed)
    kind = random.integers(0, len(KINDS), DISPUTES)
    quarrelled = random.random(DISPUTES) < QUARRELLED
    odds = np.take(KIND_ODDS, kind) + strength * quarrelled
    failed = random.random(DISPUTES) < 1 / (1 + np.exp(-odds))
    received = np.sort(random.integers(0, DAYS, DISPUTES))
    closing = random.gamma(2.0, 6.0, DISPUTES).astype(int)
    disputes = pl.DataFrame(
        {
            "dispute_no": [f"J{number:04d}" for number in range(DISPUTES)],
            "kind": np.take(KINDS, kind),
            "outcome": np.where(failed, "不成功", "成功"),
            "building_code": [f"B{number}" for number in random.integers(0, BUILDINGS, DISPUTES)],
            "origin": np.where(random.random(DISPUTES) < 0.15, "警情移交", "群众反映"),
            "response_minutes": random.gamma(2.0, 15.0, DISPUTES),
            "received_on": [AS_OF - dt.timedelta(days=int(DAYS - day)) for day in received],
        }
    ).with_columns(
        closed_on=pl.col("received_on") + pl.Series([dt.timedelta(days=int(days)) for days in closing]),
        is_clock_ordered=pl.lit(value=True),
        is_future=pl.lit(value=False),
        **dict.fromkeys(("district", "street", "community", "estate_code", "estate"), pl.lit("示例")),
    )
    before = pl.Series([dt.timedelta(days=int(days)) for days in random.integers(1, 30, DISPUTES)])
    events = disputes.select(
        place="building_code", estate_code="estate_code", on=pl.col("received_on") - before, kind=pl.lit("quarrel")
    ).filter(pl.Series(quarrelled))
    buildings = disputes.select("building_code").unique()
    cases = with_escalation(dispute_cases(disputes, buildings), events)
    return with_signals(landmark_rows(cases), cases, events)
