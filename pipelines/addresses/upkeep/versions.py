"""What the register said of every code, from when to when: its versions laid out in time.

A code is stated on a day of delivery by the newest of its versions that had begun by then and was still delivered then
or later. So the layout is a function of the versions alone, however many loads brought them. A code that was away and
came back word for word was never away: its one version does not show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from pipelines.addresses.register.rows import PARTS, prepare_register

STOPPED: Final = "停用"
_VERSION: Final = ["address_code", "delivered_on", "last_delivered_on"]
_NAMES: Final = ("province_n", "city_n", "district_n", "street_n", "community_n", "road_n", "estate_n")
_KEYS: Final = ("house_number_k", "building_k", "unit_k", "room_k")
PLACE: Final = (*_NAMES, *_KEYS)
STATE: Final = ["address_code", *PARTS, *PLACE, "floor", "level", "full_text", "in_use", "aliases", "lon", "lat"]


def delivery_dates(versions: pl.DataFrame, delivered: Sequence[date] = ()) -> list[date]:
    """The days on which the register was delivered, as far as versions and the delivery log tell."""
    told = pl.concat([versions["delivered_on"], versions["last_delivered_on"]]).drop_nulls().unique().to_list()
    return sorted({*told, *delivered})


def is_settled(versions: pl.DataFrame, dates: Sequence[date]) -> bool:
    """Whether nothing ever changed: every row came with the first delivery and with the last, once."""
    if versions.is_empty() or not dates:
        return True
    whole = (pl.col("delivered_on") == dates[0]) & (pl.col("last_delivered_on") == dates[-1])
    once = versions["address_code"].n_unique() == versions.height
    return once and bool(versions.select(whole.all()).item())


def prepared_versions(versions: pl.DataFrame) -> pl.DataFrame:
    """Every version with the normal form of its place, one row a version: `STATE`, `delivered_on`, `last_delivered_on`.

    Args:
        versions: `raw.police_addresses`, all versions.
    """
    named = versions.filter(pl.col("address_code").is_not_null()).drop("is_current", strict=False)
    # Two files of one day may hold two versions; the later one is current, as in the raw table.
    order = [name for name in ("batch_id", "row_number") if name in named.columns]
    named = named.sort("address_code", "delivered_on", "last_delivered_on", *order)
    numbered = named.with_row_index("version").rename({"address_code": "code"})
    keyed = numbered.with_columns(address_code=pl.col("version").cast(pl.String).str.zfill(12))
    made = prepare_register(keyed).with_columns(
        in_use=pl.col("status").fill_null("") != STOPPED, aliases=pl.col("aliases").fill_null(""),
        address_code=pl.col("code"),
    )  # fmt: skip
    return made.select(*STATE, "delivered_on", "last_delivered_on", "version")


def spells(prepared: pl.DataFrame, dates: Sequence[date]) -> pl.DataFrame:
    """What each code was, from one change to the next.

    Args:
        prepared: the frame of `prepared_versions`.
        dates: the days of delivery, sorted.

    Returns:
        One row a code and spell, sorted by both: `STATE` (null but for the code while it was away), `present`,
        `valid_from` and `valid_to` (the day of the next spell, null for the last).
    """
    days = pl.DataFrame({"day": list(dates)}, schema={"day": pl.Date}).sort("day")
    following = days.with_columns(next_day=pl.col("day").shift(-1))
    ends = prepared.select("address_code", day="last_delivered_on").join(following, on="day", how="left")
    begins = prepared.select("address_code", day="delivered_on")
    turns = pl.concat([begins, ends.select("address_code", day="next_day")]).drop_nulls().unique()
    stated = turns.join(prepared, on="address_code").filter(
        pl.col("day").is_between(pl.col("delivered_on"), pl.col("last_delivered_on"))
    )
    newest = stated.sort("address_code", "day", "delivered_on", "version").unique(
        ["address_code", "day"], keep="last", maintain_order=True
    )
    placed = turns.join(newest, on=["address_code", "day"], how="left").sort("address_code", "day")
    told = placed.with_columns(present=pl.col("full_text").is_not_null())
    same = pl.all_horizontal(
        pl.col(name).eq_missing(pl.col(name).shift(1)) for name in ("address_code", "present", "version")
    )
    spans = told.filter(~same.fill_null(value=False)).with_columns(
        valid_to=pl.col("day").shift(-1).over("address_code")
    )
    return spans.rename({"day": "valid_from"}).select(*STATE, "present", "valid_from", "valid_to")
