"""公安: the address register (标准地址)."""

from __future__ import annotations

import polars as pl

from pipelines.city.feeds.rows import FeedRows, lifetime
from pipelines.city.life import FOREVER
from pipelines.city.world import World

RENAMED_TO = "云溪大道"


def address_rows(world: World) -> FeedRows:
    """Return the register; on night 1 one road has a new name and its old one among the aliases."""
    r = _as_kept(world.places.register)
    renamed = renamed_road(world)
    known = [
        pl.when("nickname_known").then("nickname"),
        pl.when("old_road_known").then("old_road"),
    ]
    text = pl.col
    base = r.select(
        text("address_code").alias("地址编码"),
        text("province").alias("省"),
        text("city").alias("市"),
        text("district").alias("区县"),
        text("street").alias("街道"),
        text("community").alias("社区"),
        text("road").alias("街路巷"),
        text("house_number").alias("门牌号"),
        text("estate").alias("小区"),
        text("building").alias("楼栋"),
        text("unit").alias("单元"),
        text("floor").cast(pl.String).alias("楼层"),
        text("room").alias("户室"),
        text("lon").cast(pl.String).alias("经度"),
        text("lat").cast(pl.String).alias("纬度"),
        pl.concat_str(*known, separator="、", ignore_nulls=True).alias("别名"),
        pl.lit("在用").alias("状态"),
        pl.col("place").alias("_record"),
    ).with_columns(*lifetime(len(r)))
    if renamed is None:
        return FeedRows("police", "addresses", base, full=True)
    touched = pl.col("街路巷") == renamed
    before = base.with_columns(pl.when(touched).then(1).otherwise(FOREVER).cast(pl.Int64).alias("_to"))
    alias = pl.concat_str(
        pl.when(pl.col("别名") != "").then("别名"), pl.lit(renamed), separator="、", ignore_nulls=True
    )
    after = base.filter(touched).with_columns(
        pl.lit(RENAMED_TO).alias("街路巷"), alias.alias("别名"), pl.lit(1, dtype=pl.Int64).alias("_from")
    )
    return FeedRows("police", "addresses", pl.concat([before, after]).sort("_record", "_from"), full=True)


def _as_kept(register: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that the register has: without its gaps, and some doors a second time under another code."""
    if "second_code" not in register.columns:
        return register
    again = register.filter(pl.col("second_code").is_not_null())
    again = again.with_columns(pl.col("second_code").alias("address_code"))
    return pl.concat([register.filter("in_register"), again]).sort("place", "address_code")


def renamed_road(world: World) -> str | None:
    """Return the name of the road that is renamed on night 1, null where there is only one night."""
    if world.nights < 2:
        return None
    roads = world.places.roads.filter(pl.col("old_road").is_null())["road"]
    return None if roads.is_empty() else str(roads[len(roads) // 2])
