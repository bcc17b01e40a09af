"""The register's rows with the normal form and the comparison key of every part, worked out once per distinct value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from pipelines.addresses.forms.keys import building_key, column_room_key, house_key, unit_key
from pipelines.addresses.forms.levels import deepest_level, is_group_house
from pipelines.addresses.forms.normal import open_brackets
from pipelines.normalise.text import normalise_texts

PARTS: Final = (
    "province", "city", "district", "street", "community", "road", "house_number", "estate", "building", "unit", "room",
)  # fmt: skip
KEY_OF: Final[dict[str, Callable[[str], str]]] = {
    "house_number": house_key,
    "building": building_key,
    "unit": unit_key,
    "room": column_room_key,
}
_NAMED: Final = ("community", "road", "estate")  # `翠湖雅居(北区)` is read without its brackets, as in a text
_STATUS_RANK: Final = {"在用": 0, "停用": 2}
_PLACE: Final = ("district_n", "street_n", "community_n")
_SITE: Final = [*_PLACE, "kind", "name", "number"]


def _distinct_map(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Adds `<column>_n` (normal form, empty for null) and, for numbered parts, its key `<column>_k`."""
    distinct = frame.select(pl.col(column).cast(pl.String)).unique().drop_nulls().sort(column)
    values = normalise_texts(distinct[column])
    if column in _NAMED:
        values = pl.Series([open_brackets(value) for value in values.to_list()], dtype=pl.String)
    added = {column: distinct[column], f"{column}_n": values}
    key = KEY_OF.get(column)
    if key is not None:
        keys = [key(value) if value else "" for value in values.to_list()]
        added[f"{column}_k"] = pl.Series(keys, dtype=pl.String)
    names = [name for name in added if name != column]
    joined = frame.join(pl.DataFrame(added), on=column, how="left", maintain_order="left")
    return joined.with_columns(pl.col(name).fill_null("") for name in names)


def _current_rows(police_addresses: pl.DataFrame) -> pl.DataFrame:
    """Current rows, one per address_code and sorted by it; missing columns are filled with null."""
    frame = police_addresses
    if "is_current" in frame.columns:
        frame = frame.filter(pl.col("is_current"))
    missing = [c for c in (*PARTS, "aliases", "status") if c not in frame.columns]
    frame = frame.with_columns(pl.lit(None, pl.String).alias(c) for c in missing)
    missing = [c for c in ("lon", "lat", "floor") if c not in frame.columns]
    frame = frame.with_columns(pl.lit(None, pl.Float64).alias(c) for c in missing)
    frame = frame.with_columns(pl.col("floor").cast(pl.Int64, strict=False))
    if frame.schema["aliases"] == pl.List(pl.String):
        frame = frame.with_columns(pl.col("aliases").list.join("、"))
    frame = frame.filter(pl.col("address_code").is_not_null()).unique("address_code", keep="first", maintain_order=True)
    return frame.sort("address_code")


def _with_site(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds `site`: rows of one estate, village house or house number have one number, in order of their names.

    The order hangs on no address_code, so that a new row of a known site moves no other site.
    """
    group = pl.col("is_group") & (pl.col("house_number_k") != "")
    estate = pl.col("estate_n") != ""
    keyed = frame.with_columns(
        kind=pl.when(group).then(pl.lit("group")).when(estate).then(pl.lit("estate")).otherwise(pl.lit("number")),
        name=pl.when(group | estate).then("estate_n").otherwise("road_n"),
        number=pl.when(group | ~estate).then("house_number_k").otherwise(pl.lit("")),
    )
    sites = keyed.select(_SITE).unique().sort(_SITE).with_row_index("site")
    return keyed.join(sites, on=_SITE, how="left", maintain_order="left")


def prepare_register(police_addresses: pl.DataFrame) -> pl.DataFrame:
    """Current register rows, one per address_code and sorted by it, as the register's indexes are made from.

    Args:
        police_addresses: the typed columns of the feed; columns that are missing count as null.

    Returns:
        The columns of the feed and: `<part>_n` (normal form of each part, empty for null), `<part>_k` (key of a
        numbered part), `level`, `is_group`, `rank` (0 for rows in use), `full_text` (all parts in a row), and `site`
        with `kind`, `name` and `number` that make it one.
    """
    frame = _current_rows(police_addresses)
    for part in PARTS:
        frame = _distinct_map(frame.with_columns(pl.col(part).cast(pl.String)), part)
    status = pl.col("status").cast(pl.String).fill_null("").replace("", "在用")
    frame = deepest_level(frame).with_columns(
        is_group_house().alias("is_group"),
        status.replace_strict(_STATUS_RANK, default=1, return_dtype=pl.Int64).alias("rank"),
        pl.concat_str(f"{part}_n" for part in PARTS).alias("full_text"),
    )
    return _with_site(frame)
