"""Address mentions against the register: each distinct text with its hints once, then joined back."""

from __future__ import annotations

from typing import Final

import orjson
import polars as pl

from pipelines.addresses.decide import Decider, Decision
from pipelines.addresses.mentions import HINTS
from pipelines.addresses.register import Register

_KEYS: Final = ["feed", "record_key", "address_role"]
_TEXT: Final = ["address_text", *HINTS]
SCHEMA: Final = pl.Schema(
    {
        "feed": pl.String,
        "record_key": pl.String,
        "address_role": pl.String,
        "address_text": pl.String,
        "address_code": pl.String,
        "matched_level": pl.String,
        "confidence": pl.Float64,
        "method": pl.String,
        "status": pl.String,
        "candidates": pl.String,
        "reason": pl.String,
        "division_code": pl.String,
        "district": pl.String,
        "street": pl.String,
        "community": pl.String,
        "estate": pl.String,
        "estate_code": pl.String,
        "building_code": pl.String,
        "unit_code": pl.String,
        "unit_key": pl.String,
        "room_code": pl.String,
    }
)
_ANSWER: Final = [name for name in SCHEMA if name not in (*_KEYS, "address_text")]


def _columns(decisions: list[Decision]) -> dict[str, pl.Series]:
    values: dict[str, list[object]] = {name: [] for name in _ANSWER}
    for decision in decisions:
        for name in _ANSWER:
            if name != "candidates":
                values[name].append(getattr(decision, name))
        values["candidates"].append(orjson.dumps(decision.candidates).decode() if decision.candidates else None)
    return {name: pl.Series(name, column, SCHEMA[name]) for name, column in values.items()}


def match_addresses(mentions: pl.DataFrame, register: Register) -> pl.DataFrame:
    """`master.address_match`: the deepest certain place of every address mention.

    Args:
        mentions: the frame of `collect_address_mentions`; address_text null or blank is `unmatched` with `no_text`.
        register: the register of the jurisdiction, which is also the prior for texts that name no city.

    Returns:
        One row per (feed, record_key, address_role), sorted by it, in the columns of the served contract and the extras
        of docs/architecture.md. Pure: depends neither on the order of rows nor on unrelated rows of the register.
    """
    distinct = mentions.select(_TEXT).unique().sort(_TEXT, nulls_last=True)
    decider = Decider(register)
    decisions = [decider.decide(*row) for row in distinct.iter_rows()]
    answered = distinct.with_columns(**_columns(decisions))
    joined = mentions.select(*_KEYS, *_TEXT).join(
        answered, on=_TEXT, how="left", nulls_equal=True, maintain_order="left"
    )
    return joined.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()).sort(_KEYS)
