"""The register-free parser over a column: each distinct text once."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.addresses.country.divisions import national_divisions
from pipelines.addresses.free.parse import FreeParse, parse_normal
from pipelines.normalise.text import normalise_texts

_PARTS: Final = [name for name in FreeParse._fields if name not in ("keys", "door_last", "old_name")]
SCHEMA: Final = pl.Schema(
    {
        **dict.fromkeys(_PARTS, pl.String),
        "old_name": pl.String,
        "division_code": pl.String,
        "division_level": pl.String,
    }
)


def parse_free_texts(texts: pl.Series) -> pl.DataFrame:
    """The levels of a column of addresses of any city.

    Args:
        texts: addresses as delivered; null gives a row of nulls.

    Returns:
        One row per text in the same order, in the columns of `SCHEMA`: the fields of `FreeParse`, and code and level of
        the deepest division that is sure (six digits, nine for a town or street), null where none is.
    """
    distinct = texts.drop_nulls().unique().sort()
    plain = normalise_texts(distinct)
    parses = {text: parse_normal(text) for text in dict.fromkeys(plain.to_list())}
    found = pl.DataFrame([_row(parses[text]) for text in plain.to_list()], schema=SCHEMA, orient="row")
    found = found.with_columns(distinct.alias("text"))
    rows = texts.to_frame("text").join(found, on="text", how="left", maintain_order="left")
    return rows.select(SCHEMA.names())


def _row(parse: FreeParse) -> tuple[str | None, ...]:
    located = national_divisions().shared(parse.keys)
    code, level = (located.code, located.level) if located is not None else (None, None)
    parts: list[str | None] = [getattr(parse, name) for name in _PARTS]
    return (*parts, parse.old_name, code, level)
