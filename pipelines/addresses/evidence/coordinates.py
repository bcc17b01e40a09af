"""Coordinates beside a text: they may veto a place that lies far off, and tell candidates apart; they never find one.

How far is far is learned from the night: each feed has its own offset (another datum, a map service) and its own
spread. A feed whose coordinates disagree with its texts too often says nothing.
"""

from __future__ import annotations

from typing import Final

import orjson
import polars as pl
import polars.selectors as cs

from pipelines.addresses.evidence.geodesy import eastward, gcj02_offset, northward
from pipelines.addresses.evidence.places_told import PLACE, places_told
from pipelines.addresses.register.index import Register

_KEYS: Final = ["feed", "record_key", "address_role"]
_AROUND: Final = 0.3  # degrees around the register's places that still may be meant
_FEW: Final = 20  # matched mentions with coordinates, below which a feed's offset is not known
FAR: Final = 300.0  # metres: no veto below
_SPREADS: Final = 10.0  # medians of the distance that make a place far, where that is more
_NEAR: Final = 3.0  # so many times nearer than `far` is near
_TOO_MANY: Final = 0.05  # share of far places that shows that the coordinates are of something else
_SAME_PLACE: Final = 3  # buildings matched to one and the same point: the point of a station or a desk
_SETTLED: Final = 0.97


def check_coordinates(matches: pl.DataFrame, register: Register, mentions: pl.DataFrame) -> pl.DataFrame:
    """Doubts matched places that lie far from the record's coordinates, and settles candidates of which one is near.

    Args:
        matches: `master.address_match` with `options`, one row per (feed, record_key, address_role).
        register: the register that the codes are of; its coordinates are those of the building.
        mentions: the same keys with lon and lat in degrees (null, zero and exchanged ones are met).

    Returns:
        The same rows in the same order. A vetoed one is `ambiguous` with reason `far_away`: its estate is kept where
        some building of it is near. A settled one is `matched` with method `spatial`.
    """
    places = _places(register)
    given = _plausible(mentions, places)
    if places.is_empty() or given.is_empty():
        return matches
    rows = matches.with_row_index("mention").join(given, on=_KEYS, how="inner")
    measured = _measured(rows.filter(pl.col("status") == "matched"), places)
    scale = _scales(measured)
    if scale.is_empty():
        return matches
    far = _residual(measured, scale).filter(pl.col("off") > pl.col("far")).select("mention", "near_site")
    near = _only_near(rows.filter(pl.col("options").is_not_null() & (pl.col("status") != "matched")), places, scale)
    return _settle(_veto(matches.with_row_index("mention"), far, register), near, register).drop("mention")


def _places(register: Register) -> pl.DataFrame:
    """Every code with coordinates of its own, or else of its building or estate: code, plon, plat, site."""
    table = register.table.select("address_code", "building_code", "estate_code", "lon", "lat")
    known = table.filter(pl.col("lon").is_not_null() & pl.col("lat").is_not_null() & (pl.col("lon") != 0))
    point = known.select("address_code", up_lon="lon", up_lat="lat")
    found = table.with_columns(pl.Series("site", register.frame["site"]))
    for column in ("building_code", "estate_code"):
        found = found.join(point, left_on=column, right_on="address_code", how="left", maintain_order="left")
        found = found.with_columns(lon=pl.coalesce("lon", "up_lon"), lat=pl.coalesce("lat", "up_lat"))
        found = found.drop("up_lon", "up_lat")
    return found.drop_nulls(["lon", "lat"]).select("address_code", "site", plon="lon", plat="lat")


def _plausible(mentions: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Mentions with coordinates around the city, exchanged ones put right: the keys, lon, lat."""
    if places.is_empty():
        return mentions.clear().select(*_KEYS, "lon", "lat")
    west, east, south, north = places.select(
        pl.col("plon").min().alias("w"), pl.col("plon").max().alias("e"),
        pl.col("plat").min().alias("s"), pl.col("plat").max().alias("n"),
    ).row(0)  # fmt: skip
    inside = pl.col("lon").is_between(west - _AROUND, east + _AROUND) & pl.col("lat").is_between(
        south - _AROUND, north + _AROUND
    )
    given = mentions.select(*_KEYS, "lon", "lat").drop_nulls()
    exchanged = given.filter(~inside).select(*_KEYS, lon="lat", lat="lon")
    return pl.concat([given.filter(inside), exchanged.filter(inside)])


def _measured(matched: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Metres from the nearest building of the place: mention, feed, point, east, north, near_site."""
    own = matched.join(places, on="address_code", how="inner")
    above = pl.col("matched_level").is_in(["estate", "house_number"])
    points = places.select("site", "plon", "plat").unique()
    wide = own.filter(above).drop("plon", "plat").join(points, on="site", how="inner")
    exact = own.filter(~above).with_columns(near_site=pl.lit(None, pl.Float64))
    measured = pl.concat([_metres(exact), _metres(wide.with_columns(near_site=pl.lit(None, pl.Float64)))])
    nearest = measured.sort("mention", "metres").unique("mention", keep="first", maintain_order=True)
    siblings = _metres(own.filter(~above).drop("plon", "plat").join(points, on="site").with_columns(near_site=0.0))
    beside = siblings.group_by("mention").agg(pl.col("metres").min().alias("near_site"))
    nearest = nearest.drop("near_site").join(beside, on="mention", how="left", maintain_order="left")
    spread = nearest.group_by("feed", "lon", "lat").agg(pl.col("address_code").n_unique().alias("at_point"))
    nearest = nearest.join(spread, on=["feed", "lon", "lat"], how="left", maintain_order="left")
    return nearest.filter(pl.col("at_point") < _SAME_PLACE)


def _metres(frame: pl.DataFrame) -> pl.DataFrame:
    east = eastward(pl.col("lon"), pl.col("plon"), pl.col("plat"))
    measured = frame.with_columns(east=east, north=northward(pl.col("lat"), pl.col("plat")))
    columns = ["mention", "feed", "address_code", "lon", "lat", "east", "north", "near_site"]
    return measured.select(*columns, metres=_length(pl.col("east"), pl.col("north")))


def _scales(measured: pl.DataFrame) -> pl.DataFrame:
    """Per feed whose coordinates can be trusted: its usual offset in metres (usual_east, usual_north) and what is far.

    `mixed` says that some of its rows have the offset of GCJ-02 beside the usual one.
    """
    offset = measured.group_by("feed").agg(
        usual_east=pl.col("east").median(), usual_north=pl.col("north").median(), n=pl.len()
    )
    off = _residual(measured, offset)
    spread = off.group_by("feed").agg(far=pl.max_horizontal(pl.lit(FAR), pl.col("off").median() * _SPREADS))
    told = off.join(spread, on="feed").group_by("feed")
    shares = told.agg(
        beyond=(pl.col("off") > pl.col("far")).mean(),
        mixed=((pl.col("usual_off") > pl.col("far")) & (pl.col("off") <= pl.col("far"))).any(),
    )
    trusted = offset.join(spread, on="feed").join(shares, on="feed")
    trusted = trusted.filter((pl.col("n") >= _FEW) & (pl.col("beyond") <= _TOO_MANY))
    return trusted.select("feed", "usual_east", "usual_north", "far", "mixed").sort("feed")


def _residual(measured: pl.DataFrame, scale: pl.DataFrame) -> pl.DataFrame:
    """Adds `usual_off`, metres left after the feed's usual offset, and `off`, or after that of GCJ-02 if less."""
    middle = measured.select(pl.col("lon").median(), pl.col("lat").median()).row(0)
    moved = gcj02_offset(*middle) if measured.height else (0.0, 0.0)
    told = measured.join(scale, on="feed", how="inner", maintain_order="left")
    usual = _length(pl.col("east") - pl.col("usual_east"), pl.col("north") - pl.col("usual_north"))
    return told.with_columns(
        usual_off=usual, off=pl.min_horizontal(usual, _length(pl.col("east") - moved[0], pl.col("north") - moved[1]))
    )


def _length(east: pl.Expr, north: pl.Expr) -> pl.Expr:
    return (east**2 + north**2).sqrt()


def _only_near(open_: pl.DataFrame, places: pl.DataFrame, scale: pl.DataFrame) -> pl.DataFrame:
    """Open mentions of which one candidate's building is near and every other far: mention, said."""
    options = open_.select("mention", "feed", "lon", "lat", pl.col("options").alias("address_code")).explode(
        "address_code"
    )
    measured = _metres(options.join(places, on="address_code", how="inner").with_columns(near_site=0.0))
    told = _residual(measured, scale).with_columns(off=pl.when("mixed").then("off").otherwise("usual_off"))
    counted = told.group_by("mention").agg(
        (pl.col("off") <= pl.col("far") / _NEAR).sum().alias("near"),
        (pl.col("off") > pl.col("far")).sum().alias("far_off"),
        pl.len().alias("placed"),
        pl.col("address_code").sort_by("off", "address_code").first().alias("said"),
    )
    whole = options.group_by("mention").agg(pl.len().alias("options"))
    sure = (
        (pl.col("near") == 1) & (pl.col("far_off") == pl.col("options") - 1) & (pl.col("placed") == pl.col("options"))
    )
    return counted.join(whole, on="mention").filter(sure).select("mention", "said").sort("mention")


def _veto(rows: pl.DataFrame, far: pl.DataFrame, register: Register) -> pl.DataFrame:
    told = far.with_columns(kept=(pl.col("near_site") <= FAR).fill_null(value=False), hit=pl.lit(value=True))
    rows = rows.join(told, on="mention", how="left", maintain_order="left")
    hit, kept = pl.col("hit").fill_null(value=False), pl.col("kept").fill_null(value=False)
    levels = {row.code: row.level for row in register.rows}
    codes = rows.filter(hit)["address_code"].unique().sort().to_list()
    listed = [orjson.dumps([{"address_code": code, "level": levels[code], "score": 0.5}]).decode() for code in codes]
    one = pl.DataFrame(
        {"address_code": codes, "listed": listed}, schema={"address_code": pl.String, "listed": pl.String}
    )
    rows = rows.join(one, on="address_code", how="left", maintain_order="left")
    below = ("building_code", "unit_code", "unit_key", "room_code")
    return rows.with_columns(
        status=pl.when(hit).then(pl.lit("ambiguous")).otherwise("status"),
        reason=pl.when(hit).then(pl.lit("far_away")).otherwise("reason"),
        confidence=pl.when(hit).then(0.5).otherwise("confidence"),
        candidates=pl.when(hit).then("listed").otherwise("candidates"),
        matched_level=pl.when(hit & kept)
        .then(pl.lit("estate"))
        .when(hit)
        .then(pl.lit("none"))
        .otherwise("matched_level"),
        address_code=pl.when(hit & kept).then("estate_code").when(hit).then(None).otherwise("address_code"),
        estate_code=pl.when(hit & ~kept).then(None).otherwise("estate_code"),
        **{name: pl.when(hit).then(None).otherwise(name) for name in below},
    ).drop("listed", "kept", "hit", "near_site")


def _settle(rows: pl.DataFrame, near: pl.DataFrame, register: Register) -> pl.DataFrame:
    told = places_told(register, near["said"]).rename({"address_code": "said"})
    rows = rows.join(near, on="mention", how="left", maintain_order="left")
    rows = rows.join(told, on="said", how="left", maintain_order="left", suffix="_told")
    hit = pl.col("said").is_not_null()
    return rows.with_columns(
        status=pl.when(hit).then(pl.lit("matched")).otherwise("status"),
        method=pl.when(hit).then(pl.lit("spatial")).otherwise("method"),
        reason=pl.when(hit).then(pl.lit("settled_by_coordinates")).otherwise("reason"),
        confidence=pl.when(hit).then(_SETTLED).otherwise("confidence"),
        address_code=pl.when(hit).then("said").otherwise("address_code"),
        options=pl.when(~hit).then("options"),
        **{name: pl.when(hit).then(f"{name}_told").otherwise(name) for name in PLACE},
    ).drop("said", cs.ends_with("_told"))
