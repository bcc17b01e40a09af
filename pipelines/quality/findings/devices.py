"""Devices and incidents whose coordinates lie far from the building that their text names."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.addresses.mentions import declared_sources
from pipelines.quality.findings.candidate import as_candidates
from pipelines.quality.findings.night import Night
from pipelines.quality.findings.places import standard_texts

FAR_METRES: Final = 500.0
"""A gate, a lamp post or a car park belongs to a building some hundred metres away; nothing does to one farther off."""

_EXACT: Final = ("building", "unit", "room", "house_number")
"""Of an estate or a road the register has one point for the whole; far from it is still inside."""

_METRES_PER_DEGREE: Final = 111_320.0


def find_misplaced(night: Night) -> pl.DataFrame:
    """Find rows with coordinates far from the place that their own text names, and out of reach of any slip of it."""
    if night.address_match is None or night.register is None:
        return as_candidates(pl.DataFrame(schema={"feed": pl.String}))
    frames = []
    places = standard_texts(night.register).select("address_code", "lon", "lat").drop_nulls()
    for source in declared_sources(night.contracts):
        table = night.current(source.feed) if "lon" in source.beside and "lat" in source.beside else None
        if table is None:
            continue
        told = table.select("record_key", own_lon=source.beside["lon"], own_lat=source.beside["lat"]).collect()
        answers = night.address_match.filter(
            (pl.col("feed") == source.feed)
            & (pl.col("address_role") == source.role)
            & (pl.col("status") == "matched")
            & pl.col("matched_level").is_in(_EXACT)
            & pl.col("address_code").is_not_null()
        )
        met = answers.join(places, on="address_code").join(told.drop_nulls(), on="record_key")
        far = met.with_columns(metres=_metres()).filter(pl.col("metres") > FAR_METRES)
        frames.append(far.select("feed", "record_key", "metres", column=pl.lit(source.beside["lon"])))
    if not frames:
        return as_candidates(pl.DataFrame(schema={"feed": pl.String}))
    tens = (pl.col("metres") / 10).round(0).cast(pl.Int64) * 10
    return as_candidates(
        pl.concat(frames).with_columns(
            problem=pl.lit("coordinates_far"),
            case=pl.lit("matched"),
            evidence_zh=pl.format("坐标距文字所写地点约{}米", tens),
            evidence_en=pl.format("The coordinates lie about {} m from the place that the text names", tens),
        )
    )


def _metres() -> pl.Expr:
    north = (pl.col("own_lat") - pl.col("lat")) * _METRES_PER_DEGREE
    east = (pl.col("own_lon") - pl.col("lon")) * _METRES_PER_DEGREE * (pl.col("lat") * (3.141592653589793 / 180)).cos()
    return (north**2 + east**2).sqrt()
