"""Findings of the register about itself (`master.register_finding`): what its keeper should look at, with who says so.

One row a finding. Its id follows from what it says, so that a finding keeps it as long as it stands. Nothing about a
person is in it: places, codes and counts.
"""

from __future__ import annotations

import hashlib
from typing import Final

import polars as pl

from pipelines.addresses.register.index import Register
from pipelines.addresses.upkeep.finding_kinds import (
    duplicate_doors,
    duplicate_estates,
    numbering_gaps,
    rows_without_code,
    rows_without_site,
)
from pipelines.addresses.upkeep.finding_support import missing_places, stopped_in_use
from pipelines.addresses.upkeep.finding_words import proposal

FINDINGS: Final = pl.Schema(
    {
        "finding_id": pl.String(),
        "kind": pl.String(),
        "address_code": pl.String(),
        "other_codes": pl.String(),
        "place": pl.String(),
        "detail": pl.String(),
        "support_records": pl.Int64(),
        "support_persons": pl.Int64(),
        "support_departments": pl.Int64(),
        "feeds": pl.String(),
        "proposal_zh": pl.String(),
        "proposal_en": pl.String(),
    }
)
KINDS: Final = (
    "missing_room", "missing_unit", "missing_building", "duplicate_door", "row_without_code", "row_without_site",
    "stopped_in_use", "duplicate_estate", "numbering_gap",
)  # fmt: skip
_PARTS: Final = ["kind", "address_code", "other_codes", "place", "detail"]


def find_in_register(
    matches: pl.DataFrame,
    mentions: pl.DataFrame,
    register: Register,
    evidence: pl.DataFrame,
    refused: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """What the register and the texts matched against it say is wrong with the register.

    Args:
        matches: `master.address_match` of tonight.
        mentions: what was matched, for the columns beside the texts.
        register: the register.
        evidence: the frame of `collect_address_evidence`, by which persons are told apart.
        refused: the rows of `raw.quarantine` of the register's own feed, or None.

    Returns:
        `master.register_finding`, sorted by kind, place and id. `address_code` is the row concerned, or that of the
        estate or building in which something lacks; `other_codes` the others concerned, joined by `,`; `place` in
        normal form. `support_*` count the records, persons (by number, else by row) and departments that say so, null
        where the register alone shows it. A room, unit or building that lacks is told when two departments or three
        persons name it: one hand may slip. An address that is out of use is told as soon as somebody is registered
        there.
    """
    found = [
        missing_places(matches, mentions, register, evidence),
        stopped_in_use(matches, register, evidence),
        duplicate_doors(register),
        duplicate_estates(register, matches),
        numbering_gaps(register),
        rows_without_site(register),
        rows_without_code(refused),
    ]
    told = [frame for frame in found if not frame.is_empty()]
    return _told(pl.concat(told, how="diagonal_relaxed")) if told else FINDINGS.to_frame()


def _told(found: pl.DataFrame) -> pl.DataFrame:
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in FINDINGS.items() if name not in found.columns]
    full = found.with_columns(missing)
    ids = [_finding_id(row) for row in full.select(_PARTS).iter_rows()]
    words = [proposal(*row) for row in full.select("kind", "place", "detail", "other_codes").iter_rows()]
    return (
        full.with_columns(
            pl.Series("finding_id", ids, pl.String),
            pl.Series("proposal_zh", [zh for zh, _ in words], pl.String),
            pl.Series("proposal_en", [en for _, en in words], pl.String),
        )
        .select(FINDINGS.names())
        .cast(FINDINGS)
        .sort("kind", "place", "finding_id", nulls_last=True)
    )


def _finding_id(row: tuple[str | None, ...]) -> str:
    return hashlib.sha256("|".join(part or "" for part in row).encode()).hexdigest()[:16]
