"""What people answer in surveys, and what stands ready in each community; both get better, slowly."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.life import FOREVER
from pipelines.city.world import World

SURVEY_QUARTERS = 5
QUARTER_NIGHTS = 91
QUESTIONS: tuple[tuple[str, float, float], ...] = (
    ("治安满意度", 0.72, 0.03),
    ("夜间出行安全感", 0.66, 0.025),
    ("应急响应速度", 0.64, 0.02),
    ("机制知晓", 0.40, 0.05),
    ("自救互救技能掌握", 0.25, 0.04),
)
"""Question, share of good answers five quarters ago, and what a quarter adds."""
HISTORY_MONTHS = (-365, -273, -181, -90)
"""Nights of the readiness registers that were delivered before the city's first night."""
READINESS: tuple[tuple[str, str, tuple[int, int], float, float], ...] = (
    ("预案", "火灾应急预案", (2, 6), 0.85, 0.95),
    ("预案", "防汛应急预案", (1, 4), 0.75, 0.95),
    ("物资", "灭火器", (10, 40), 0.60, 0.80),
    ("物资", "应急照明", (4, 16), 0.55, 0.75),
    ("演练", "疏散演练", (1, 5), 0.70, 0.90),
    ("演练", "消防演练", (1, 5), 0.60, 0.90),
    ("监控点位", "视频监控", (12, 40), 0.50, 0.70),
    ("智能设备", "烟感", (20, 120), 0.30, 0.48),
    ("社会组织", "平安志愿者队", (1, 3), 0.45, 0.75),
)
"""Kind, name, range of the number required, and the share in place a year ago and now.

Of supplies (物资) it is the share of entries that have all they should.
"""
_REALISTIC, _CHECK_DAYS, _LONG_UNCHECKED_SHARE = 0.3, (1, 80), 0.12


def draw_surveys(world: World) -> pl.DataFrame:
    """Return the rounds of surveys: survey, night, day (date), community_id, question, sampled, positive.

    Five quarterly rounds of all communities are known on night 0, then one community is asked a night; by a calendar
    all are asked every quarter.
    """
    rng = world.rng("happenings/surveys")
    communities = world.places.communities["community_id"].to_numpy()
    size = len(communities)
    if world.calendar is None:
        back = np.repeat(np.arange(SURVEY_QUARTERS)[::-1] * QUARTER_NIGHTS, size)
        nights = np.arange(1, world.nights)
        night = np.concatenate([np.zeros(len(back), dtype=np.int64), nights])
        asked = np.concatenate([np.tile(communities, SURVEY_QUARTERS), communities[nights % size]])
        held = np.concatenate([-back, nights])
    else:
        night = held = np.repeat(np.array(world.delivery_nights("street_office_surveys")), size)
        asked = np.tile(communities, len(night) // size)
    day = np.datetime64(world.start, "D") + (held - rng.integers(1, 20, len(held))).astype("timedelta64[D]")
    quarter = SURVEY_QUARTERS - 1 + held / QUARTER_NIGHTS
    mood = rng.normal(0, 0.04, size)[np.searchsorted(communities, asked)]
    rounds = pl.DataFrame({"survey": np.arange(len(held)), "night": night, "day": day, "community_id": asked})
    frames = []
    for question, share, step in QUESTIONS:
        sampled = rng.integers(40, 220, len(held))
        positive = rng.binomial(sampled, np.clip(share + step * quarter + mood, 0.02, 0.98))
        frames.append(
            rounds.with_columns(
                pl.lit(question).alias("question"), pl.Series("sampled", sampled), pl.Series("positive", positive)
            )
        )
    return pl.concat(frames).sort("survey", maintain_order=True)


def draw_readiness(world: World) -> pl.DataFrame:
    """Return what each community should have and has, one row an entry and spell of nights.

    Returns:
        record, community_id, kind, name, required, actual, checked (date), realistic (bool), from_night, to_night.
    """
    rng = world.rng("happenings/readiness")
    communities = world.places.communities["community_id"].to_numpy()
    size, kinds = len(communities) * len(READINESS), len(READINESS)
    kind = np.tile(np.arange(kinds), len(communities))
    low, high = (np.array([row[2][i] for row in READINESS])[kind] for i in (0, 1))
    then, now = (np.array([row[i] for row in READINESS])[kind] for i in (3, 4))
    required = rng.integers(low, high + 1)
    in_store = np.array([row[0] == "物资" for row in READINESS])[kind]
    luck = rng.random((size, int(required.max())))
    better = rng.integers(1, max(2, world.nights), size)
    realistic = rng.random(size)
    unchecked = rng.random(size) < _LONG_UNCHECKED_SHARE
    begins = (*(HISTORY_MONTHS if world.calendar is None else ()), 0)
    frames = []
    for number, begin in enumerate(begins):
        share = now + (then - now) * begin / HISTORY_MONTHS[0]
        actual = ((luck < share[:, None]) & (np.arange(luck.shape[1]) < required[:, None])).sum(axis=1)
        short = np.floor(required * (0.4 + 0.5 * luck[:, 1])).astype(np.int64)
        actual = np.where(in_store, np.where(luck[:, 0] < share, required, short), actual)
        back = np.where(unchecked, 300, 0) + rng.integers(*_CHECK_DAYS, size)
        until = begins[number + 1] if number + 1 < len(begins) else None
        frames.append(
            pl.DataFrame(
                {
                    "record": np.arange(size),
                    "community_id": np.repeat(communities, kinds),
                    "kind": [READINESS[k][0] for k in kind],
                    "name": [READINESS[k][1] for k in kind],
                    "required": required,
                    "actual": actual,
                    "checked": np.datetime64(world.start, "D") + (begin - back).astype("timedelta64[D]"),
                    "realistic": realistic < _REALISTIC + 0.1 * begin / QUARTER_NIGHTS / 4 + 0.05,
                    "from_night": np.full(size, begin),
                    "to_night": np.full(size, until) if until is not None else np.full(size, FOREVER),
                }
            )
        )
    return _put_right(rng, pl.concat(frames), better)


def _put_right(
    rng: np.random.Generator, entries: pl.DataFrame, night: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> pl.DataFrame:
    """Let a few entries have all that they should from a later night on."""
    last = pl.col("to_night") == FOREVER
    chosen = pl.Series(rng.random(len(night)) < 0.05)
    later = pl.DataFrame({"record": np.arange(len(night)), "better": night}).filter(chosen)
    entries = entries.join(later, on="record", how="left", maintain_order="left")
    ends = last & pl.col("better").is_not_null()
    after = entries.filter(ends).with_columns(pl.col("required").alias("actual"), pl.col("better").alias("from_night"))
    before = entries.with_columns(pl.when(ends).then("better").otherwise("to_night").alias("to_night"))
    return pl.concat([before, after]).drop("better").sort("record", "from_night")
