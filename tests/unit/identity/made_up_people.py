"""Made-up mentions for the tests of identity: division 9901xx and phones 142… belong to nobody."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from pipelines.identity.mentions.collect import MENTION_SCHEMA
from pipelines.identity.outputs import WEIGHT_COLUMNS

FATHER = "990101195505263034"
SON = "990102198102010597"
DAUGHTER = "990103197706086105"

DEFAULTS: dict[str, Any] = {
    "person_role": "self",
    "person_seq": 1,
    "name_kind": "han",
    "id_kind": "none",
    "phones": [],
    "phone_masks": [],
    "observed_on": date(2025, 5, 1),
    "first_delivered_on": date(2025, 6, 1),
    "last_delivered_on": date(2025, 6, 3),
}


def mentions_of(*rows: dict[str, Any]) -> pl.DataFrame:
    """Mentions with the defaults of a plain row; ``number`` is short for a valid own number."""
    full = []
    for place, row in enumerate(rows):
        told = DEFAULTS | {"record_key": f"r{place:03d}"} | row
        if "number" in told:
            told |= {"id_kind": "valid", "id_number": told.pop("number")}
        if "name" in told and told["name"] is not None:
            told.setdefault("surname", told["name"][:1])
        full.append({name: told.get(name) for name in MENTION_SCHEMA})
    frame = pl.DataFrame(full, schema=MENTION_SCHEMA)
    return (
        frame.drop("mention_index")
        .sort("feed", "record_key", "person_role", "person_seq")
        .with_row_index("mention_index")
        .select(MENTION_SCHEMA.names())
    )


def lone_nodes(mentions: pl.DataFrame) -> pl.DataFrame:
    """Every mention its own node."""
    return mentions.select("mention_index", node="mention_index")


def scored(*pairs: tuple[int, int, float]) -> pl.DataFrame:
    """Scored pairs by (left, right, match weight in bits); the whole weight above a prior of -10 lies in the name."""
    frame = pl.DataFrame(
        list(pairs), schema={"left_node": pl.UInt32, "right_node": pl.UInt32, "match_weight": pl.Float64}, orient="row"
    )
    rest = {name: pl.lit(0.0) for name in WEIGHT_COLUMNS if name != "weight_name"}
    return frame.with_columns(
        probability=1 / (1 + pl.lit(2.0).pow(-pl.col("match_weight"))),
        rule=pl.lit("test"),
        weight_name=pl.col("match_weight") + 10,
        **rest,
    )


def no_facts() -> pl.DataFrame:
    """No certificate and no roll says anything."""
    return pl.DataFrame(schema={"feed": pl.String, "record_key": pl.String, "fact": pl.String})


def tokens(numbers: pl.Series) -> pl.Series:
    """Stand-in for keyed tokens: opaque enough for a test."""
    return pl.Series([f"token-{len(number)}-{number[-4:]}" for number in numbers.to_list()], dtype=pl.String)
