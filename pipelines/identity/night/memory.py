"""Where the memory of identity lies in the lake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import polars as pl

from pipelines.identity.outputs import PreviousIdentity

NUMBER_KEY_PURPOSE: Final = "identity"
"""What the keyed tokens of ID numbers in ``master.person`` are for; other purposes have other keys."""

MATCH: Final = "master.address_match"
DECISIONS: Final = "master.steward_decision"
VERSION: Final = "internal.identity_version"

MEMORY: Final = {
    "mention_ledger": "internal.person_mention_ledger",
    "history": "master.person_history",
    "household_member": "master.household_member",
    "household_history": "master.household_history",
    "mention_content": "internal.mention_content",
    "decisions": DECISIONS,
    "version": VERSION,
    "component": "internal.identity_component",
    "form": "internal.mention_form",
    "value": "internal.person_value",
    "value_attribute": "internal.person_value_attribute",
}
"""Field of ``PreviousIdentity`` -> table of the last snapshot."""


def read_previous(has: Callable[[str], bool], scan: Callable[[str], pl.LazyFrame]) -> PreviousIdentity:
    """Read what the last snapshot knew.

    Args:
        has: whether the snapshot has a table; one that it lacks, of an older release or before the first night, is
            empty, and so are columns that it lacks.
        scan: reads a table of it.
    """
    return replace(PreviousIdentity.empty(), **{name: read_memory(name, has, scan) for name in MEMORY})


def read_memory(field: str, has: Callable[[str], bool], scan: Callable[[str], pl.LazyFrame]) -> pl.DataFrame:
    """Read one field of what the last snapshot knew; arguments as of ``read_previous``."""
    empty: pl.DataFrame = getattr(PreviousIdentity.empty(), field)
    return pl.concat([empty, scan(MEMORY[field]).collect()], how="diagonal") if has(MEMORY[field]) else empty
