"""公安: incidents (警情), which name places and no persons."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.feeds.rows import FeedRows, address_truth, lifetime, lose_some_keys, repeat_some
from pipelines.city.feeds.scenes import draw_scenes
from pipelines.city.numbers import Ints
from pipelines.city.world import World
from pipelines.city.writing.dates import write_instants
from pipelines.city.writing.draws import choice

CATEGORIES = [
    "盗窃",
    "入室盗窃",
    "电信网络诈骗",
    "抢劫",
    "打架斗殴",
    "家庭纠纷",
    "邻里纠纷",
    "噪音扰民",
    "火灾",
    "走失",
    "其他",
]
CATEGORY_WEIGHTS = [0.12, 0.03, 0.13, 0.005, 0.06, 0.12, 0.14, 0.2, 0.02, 0.02, 0.155]
_CRIMES, _PETTY = ("入室盗窃", "电信网络诈骗", "抢劫"), ("盗窃", "打架斗殴")


def incident_rows(world: World) -> FeedRows:
    """Return incidents: a year of history on night 0, then the night's own; each with its four clocks."""
    rng = world.rng("police_incidents")
    scenes = draw_scenes(world, rng, "police", per_resident_year=0.05)
    size = len(scenes)
    category = choice(rng, CATEGORIES, size, CATEGORY_WEIGHTS)
    crime, petty = category.is_in(_CRIMES).to_numpy(), category.is_in(_PETTY).to_numpy()
    nature = np.where(crime, "刑事", np.where(petty, "治安", "非警务"))
    dispatched = rng.integers(1, 4, size)
    arrived = dispatched + rng.gamma(2.5, 3.2, size).astype(np.int64) + 1
    closed = arrived + rng.gamma(1.5, 60, size).astype(np.int64)
    open_case = rng.random(size) < np.where(scenes["night"].to_numpy() > 0, 0.25, 0.02)
    origin = choice(rng, ["群众报警", "主动发现", "预警推送"], size, [0.82, 0.13, 0.05])
    at = scenes["at"]

    def clock(minutes: Ints) -> pl.Series:
        return write_instants(pl.Series((at.to_numpy() + minutes.astype("timedelta64[m]")).astype("datetime64[us]")))

    frame = pl.DataFrame(
        {
            "警情编号": [f"JQ9901{n:09d}" for n in range(1, size + 1)],
            "报警时间": clock(np.zeros(size, dtype=np.int64)),
            "派警时间": clock(dispatched),
            "到场时间": clock(arrived),
            "办结时间": clock(closed).zip_with(
                pl.Series(~open_case), pl.Series([None], dtype=pl.String).new_from_index(0, size)
            ),
            "警情类别": category,
            "案件性质": nature.tolist(),
            "发生地址": scenes["text"],
            "经度": scenes["lon_text"],
            "纬度": scenes["lat_text"],
            "来源": origin,
            "预警编号": [f"YJ{n:08d}" if o == "预警推送" else None for n, o in enumerate(origin)],
            "处置结果": np.where(
                open_case, "未办结", choice(rng, ["已处置", "移交", "误报"], size, [0.8, 0.13, 0.07])
            ).tolist(),
            "_record": np.arange(size),
        }
    ).with_columns(*lifetime(size, scenes["night"]), *address_truth("location", scenes))
    habits = world.habits("police")
    frame = lose_some_keys(rng, frame, "警情编号", habits.lost_keys)
    frame = repeat_some(rng, frame, habits.repeated_rows, {"处置结果": "移交"})
    return FeedRows("police", "incidents", frame, full=False)
