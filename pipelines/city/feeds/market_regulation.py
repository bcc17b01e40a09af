"""市场监管: enterprises at shops, and some in homes and offices."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.families import OUTSIDER
from pipelines.city.feeds.rows import FeedRows, address_truth, lifetime, mention, repeat_some, told
from pipelines.city.life import FOREVER
from pipelines.city.numbers import credit_codes
from pipelines.city.words import names as name_words
from pipelines.city.words import pick
from pipelines.city.world import World
from pipelines.city.writing.addresses import write_addresses
from pipelines.city.writing.dates import write_dates
from pipelines.city.writing.draws import choice
from pipelines.city.writing.persons import write_names


def enterprise_rows(world: World) -> FeedRows:
    """Return enterprises: one in nine shops of ten, and as many registered at a home; some closed on a later night."""
    rng = world.rng("market_regulation_enterprises")
    shops = world.places.shops
    taken = shops[rng.random(len(shops)) < 0.9]
    homes = world.places.homes[rng.integers(0, len(world.places.homes), max(4, len(taken) // 2))]
    place = np.sort(np.concatenate([taken, homes]))
    size = len(place)
    habits = world.habits("market_regulation")
    adults = world.persons.filter(
        (pl.col("age") > 22) & (pl.col("age") < 70) & ((pl.col("role") != OUTSIDER) | (pl.col("person") % 3 == 0))
    )["person"].to_numpy()
    who = adults[rng.integers(0, len(adults), size)]
    written = write_addresses(rng, world.places, place, habits.address, habits.formal)
    kinds = [tuple(k) for k in name_words()["company_kinds"]]
    kind = rng.integers(0, len(kinds), size)
    names = [
        f"云川市{a}{b}{kinds[k][0]}"
        for a, b, k in zip(
            pick(rng, name_words()["company_words"], size),
            pick(rng, name_words()["company_words"], size),
            kind,
            strict=True,
        )
    ]
    area = world.places.register["division_code"].cast(pl.Int64).to_numpy()[place]
    founded = np.datetime64(world.start, "D") - rng.integers(60, 6_000, size).astype("timedelta64[D]")
    ends = pl.Series(rng.random(size) < 0.004)
    night = pl.Series(rng.integers(1, max(2, world.nights), size))
    written_names = write_names(rng, world.persons[who], habits.name, role="legal")
    base = pl.DataFrame(
        {
            "统一社会信用代码": credit_codes(area, np.arange(size)).tolist(),
            "名称": names,
            "法定代表人": written_names["text"],
            "住所": written["text"],
            "成立日期": write_dates(rng, pl.Series(founded), {"dashed": 0.9, "slashed": 0.1}),
            "登记状态": choice(rng, ["存续", "注销", "吊销"], size, [0.88, 0.08, 0.04]),
            "行业": [kinds[k][1] for k in kind],
            "_record": np.arange(size),
        }
    ).with_columns(
        *lifetime(size, 0, pl.Series(np.where(ends, night, FOREVER))),
        *address_truth("location", written),
        *mention(
            "legal_representative",
            pl.Series(who),
            1,
            pl.Series([True]).new_from_index(0, size),
            damage=told(name=written_names["damage"]),
        ),
    )
    after = base.filter(ends).with_columns(
        pl.lit("注销").alias("登记状态"), pl.col("_to").alias("_from"), pl.lit(FOREVER, dtype=pl.Int64).alias("_to")
    )
    rows = pl.concat([base, after]).sort("_record", "_from")
    return FeedRows("market_regulation", "enterprises", repeat_some(rng, rows, habits.repeated_rows), full=True)
