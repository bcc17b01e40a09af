"""Which code took over the door of a code that is gone, and what became of a door that was divided or joined."""

from __future__ import annotations

from typing import Final

import polars as pl

_NUMBERS: Final = ["building_k", "unit_k", "room_k"]
_DIVISIONS: Final = ["district_n", "street_n", "community_n"]
# From the surest to the boldest: what must be equal, and what must be filled, for one code to take over from another.
_RULES: Final[tuple[tuple[list[str], list[str]], ...]] = (
    ([*_DIVISIONS, "road_n", "house_number_k", "estate_n", *_NUMBERS], []),
    (["district_n", "road_n", "house_number_k", *_NUMBERS], ["road_n", "house_number_k"]),
    (["district_n", "estate_n", "house_number_k", *_NUMBERS], ["estate_n"]),
    (["road_n", "house_number_k", "estate_n", *_NUMBERS], ["estate_n", "house_number_k"]),
    (["lon", "lat", *_NUMBERS], ["lon", "lat"]),
)
_SITE: Final = [*_DIVISIONS, "road_n", "house_number_k", "estate_n", "building_k", "unit_k"]
_PART_OF: Final = r"^(?:[A-Z]|-\d{1,2}|[甲乙丙丁]|[上下东西南北])$"
_ROOMS: Final = r"[A-Z]?\d{3,}"


def successors(gone: pl.DataFrame, here: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    """What took over from each code that was stopped, taken out of the register, or given another room number.

    The same door, else the same numbers at the same road and house number, in the same estate, or at the same point:
    always one candidate for one code (of one and the same door several codes may go over into one); a rule that offers
    several is none. Else the parts into which a room was divided
    (`501` to `501A` and `501B`), or the room into which several were joined (`501-502`).

    Args:
        gone: the last state of the codes (`register_versions.STATE`).
        here: the codes in use on that day.
        fresh: those among `here` that are new on that day or have another place than before.

    Returns:
        Rows (address_code, successor, how) with `how` `same_door`, `divided` or `joined`, sorted.
    """
    left, found = gone, []
    for equal, filled in _RULES:
        pairs = _one_to_one(left, here, equal, filled)
        found.append(pairs)
        left = left.join(pairs, on="address_code", how="anti")
    divided = _divided(left, fresh)
    joined = _joined(left.join(divided, on="address_code", how="anti"), fresh)
    return pl.concat([*found, divided, joined]).unique().sort("address_code", "successor")


def _filled(columns: list[str]) -> pl.Expr:
    return pl.all_horizontal(
        pl.lit(value=True), *(pl.col(name).is_not_null() & (pl.col(name).cast(pl.String) != "") for name in columns)
    )


def _one_to_one(gone: pl.DataFrame, here: pl.DataFrame, equal: list[str], filled: list[str]) -> pl.DataFrame:
    """Pairs where one code that is gone and one in use have the same; whoever is gone is not its own successor."""
    own = gone.filter(_filled(filled)).select("address_code", *equal)
    others = here.filter(_filled(filled)).select(pl.col("address_code").alias("successor"), *equal)
    pairs = own.join(others, on=equal).filter(pl.col("address_code") != pl.col("successor"))
    alone = pl.len().over("address_code") == 1
    if equal != _RULES[0][0]:
        alone &= pl.len().over("successor") == 1
    return pairs.filter(alone).select("address_code", "successor", how=pl.lit("same_door"))


def _beside(gone: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    """Rooms that are gone beside fresh rooms of the same building and unit: `room_k`, `room_new`."""
    new = fresh.filter(pl.col("room_k") != "").select(*_SITE, successor="address_code", room_new="room_k")
    return gone.filter(pl.col("room_k") != "").select("address_code", *_SITE, "room_k").join(new, on=_SITE)


def _divided(gone: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    pairs = _beside(gone, fresh)
    rest = pl.col("room_new").str.slice(pl.col("room_k").str.len_chars())
    starts = pl.col("room_new").str.starts_with(pl.col("room_k"))
    parts = pairs.filter(starts & rest.str.contains(_PART_OF))
    return parts.select("address_code", "successor", how=pl.lit("divided"))


def _joined(gone: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    pairs = _beside(gone, fresh).with_columns(rooms=pl.col("room_new").str.extract_all(_ROOMS))
    inside = pairs.filter((pl.col("rooms").list.len() > 1) & pl.col("rooms").list.contains(pl.col("room_k")))
    return inside.select("address_code", "successor", how=pl.lit("joined"))
