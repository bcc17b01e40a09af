"""What people answer in surveys, and what stands ready in each community; both get better, slowly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.city.life import FOREVER
from pipelines.city.numbers import Ints
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
STORED = "物资"
_REALISTIC, _CHECK_DAYS = (0.25, 0.35), (1, 80)
_LONG_UNCHECKED_SHARE, _LONG_UNCHECKED_DAYS, _PUT_RIGHT_SHARE = 0.12, 300, 0.05


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
    kind = np.tile(np.arange(len(READINESS)), len(communities))
    low, high = (np.array([row[2][i] for row in READINESS])[kind] for i in (0, 1))
    required = rng.integers(low, high + 1)
    entries = _Entries(
        np.repeat(communities, len(READINESS)), kind, required, rng.random((len(kind), int(required.max())))
    )
    better = rng.integers(1, max(2, world.nights), len(kind))
    realistic, unchecked = rng.random(len(kind)), rng.random(len(kind)) < _LONG_UNCHECKED_SHARE
    begins = (*(HISTORY_MONTHS if world.calendar is None else ()), 0)
    registers = []
    for begin, until in zip(begins, (*begins[1:], FOREVER), strict=True):
        back = np.where(unchecked, _LONG_UNCHECKED_DAYS, 0) + rng.integers(*_CHECK_DAYS, len(kind))
        registers.append(
            entries.register(begin).with_columns(
                pl.Series("checked", np.datetime64(world.start, "D") + (begin - back).astype("timedelta64[D]")),
                pl.Series("realistic", realistic < _share(*_REALISTIC, begin)),
                pl.lit(begin, dtype=pl.Int64).alias("from_night"),
                pl.lit(until, dtype=pl.Int64).alias("to_night"),
            )
        )
    return _put_right(rng, pl.concat(registers), better)


@dataclass(frozen=True)
class _Entries:
    """What each community should have, and the luck that decides how much of it is there."""

    community: Ints
    kind: Ints
    required: Ints
    luck: NDArray[np.float64]

    def register(self, begin: int) -> pl.DataFrame:
        """Return the entries as they stand from a night on; of supplies all that they should, or half of it."""
        then, now = (np.array([row[i] for row in READINESS])[self.kind] for i in (3, 4))
        share = _share(then, now, begin)
        in_store = np.array([row[0] == STORED for row in READINESS])[self.kind]
        wanted = np.arange(self.luck.shape[1]) < self.required[:, None]
        there = ((self.luck < share[:, None]) & wanted).sum(axis=1)
        short = np.floor(self.required * (0.4 + 0.5 * self.luck[:, 1])).astype(np.int64)
        stored = np.where(self.luck[:, 0] < share, self.required, short)
        return pl.DataFrame(
            {
                "record": np.arange(len(self.kind)),
                "community_id": self.community,
                "kind": [READINESS[k][0] for k in self.kind],
                "name": [READINESS[k][1] for k in self.kind],
                "required": self.required,
                "actual": np.where(in_store, stored, there),
            }
        )


def _share(then: Any, now: Any, begin: int) -> Any:
    """Return what lies between the share of a year ago and today's on a night of that year."""
    return now + (then - now) * begin / HISTORY_MONTHS[0]


def _put_right(rng: np.random.Generator, entries: pl.DataFrame, night: Ints) -> pl.DataFrame:
    """Let a few entries have all that they should from a later night on."""
    last = pl.col("to_night") == FOREVER
    chosen = pl.Series(rng.random(len(night)) < _PUT_RIGHT_SHARE)
    later = pl.DataFrame({"record": np.arange(len(night)), "better": night}).filter(chosen)
    entries = entries.join(later, on="record", how="left", maintain_order="left")
    ends = last & pl.col("better").is_not_null()
    after = entries.filter(ends).with_columns(pl.col("required").alias("actual"), pl.col("better").alias("from_night"))
    before = entries.with_columns(pl.when(ends).then("better").otherwise("to_night").alias("to_night"))
    return pl.concat([before, after]).drop("better").sort("record", "from_night")
