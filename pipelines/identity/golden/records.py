"""The two frames of golden records, handed from step to step."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class GoldenRecords:
    """Golden values and what they were chosen from.

    Attributes:
        person: one row per person, sorted: columns of ``master.person`` as far as they are known.
        person_attribute: ``attributes.ATTRIBUTE_SCHEMA``: one row per person and attribute with a value (a token has a
            row of its own), conflicts kept; sorted.
    """

    person: pl.DataFrame
    person_attribute: pl.DataFrame
