"""Time and memory of the linkers over many mentions; nothing of accuracy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
from identity_city import collect_mentions_only
from identity_linkers import run_linker

from pipelines.city.clerks import ClerkMixName
from pipelines.city.error_model import Style

MENTIONS_PER_RESIDENT = 3.1


def measure_scale(
    folder: Path, mentions: int, seed: int, style: Style, mix: ClerkMixName, systems: list[str]
) -> dict[str, Any]:
    """Make a city of one night with at least `mentions` mentions, and run each linker over them.

    The city is generated, ingested and its addresses resolved first; that is not counted.
    """
    place = folder / f"scale-{mentions}"
    residents = round(mentions / MENTIONS_PER_RESIDENT)
    table = collect_mentions_only(place, residents, seed, style, mix)
    while len(table) < mentions:
        residents = round(residents * mentions / len(table) * 1.01)
        table = collect_mentions_only(place, residents, seed, style, mix)
    source = place / "mentions.parquet"
    table.write_parquet(source)
    return {
        "mentions": len(table),
        "residents": residents,
        "roles": dict(
            table.group_by(pl.format("{} {}", "feed", "person_role").alias("role")).len().sort("role").rows()
        ),
        "systems": {name: run_linker(name, source, place / f"clusters_{name}.parquet") for name in systems},
    }
