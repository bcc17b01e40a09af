"""Address mentions against the register: each distinct text with its hints once, then joined back."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.addresses.evidence.coordinates import check_coordinates
from pipelines.addresses.evidence.doubt import doubt_neighbours
from pipelines.addresses.evidence.settle import settle_open
from pipelines.addresses.mentions import HINTS
from pipelines.addresses.register.index import Register
from pipelines.addresses.resolving.fingerprint import names_fingerprint, site_states
from pipelines.addresses.resolving.known_answers import DEPENDS, split_known
from pipelines.addresses.resolving.resolve import ANSWER, resolve_texts

__all__ = ["KNOWN", "SCHEMA", "answer_texts", "match_addresses", "resolve_texts"]

_KEYS: Final = ["feed", "record_key", "address_role"]
_TEXT: Final = ["address_text", *HINTS]
SCHEMA: Final = pl.Schema(
    [*((key, pl.String) for key in (*_KEYS, "address_text")), *((k, v) for k, v in ANSWER.items() if k != "options")]
)
KNOWN: Final = pl.Schema([*((name, pl.String) for name in _TEXT), *ANSWER.items(), *DEPENDS.items()])
"""Columns of `internal.address_answer`: text and hints, the answer, and what it depended on."""


def answer_texts(mentions: pl.DataFrame, register: Register, known: pl.DataFrame | None = None) -> pl.DataFrame:
    """`internal.address_answer`: the answer of every distinct text of tonight, read anew only where it must be.

    Args:
        mentions: the frame of `collect_address_mentions`.
        register: the register of tonight.
        known: what this function returned on an earlier night; None or another schema: every text is read.

    Returns:
        One row per distinct text with its hints, sorted by them, in the columns of `KNOWN`. The same with and without
        `known`; texts that nobody delivers any more are left out.
    """
    distinct = mentions.select(_TEXT).unique().sort(_TEXT, nulls_last=True)
    read_by, states = names_fingerprint(register), site_states(register)
    usable = known if known is not None and known.schema == KNOWN else KNOWN.to_frame()
    answered, asked = split_known(distinct, usable, read_by, states)
    read = pl.concat([asked, resolve_texts(asked, register)], how="horizontal").with_row_index("text")
    used = read.select("text", pl.col("sites").alias("site")).explode("site").drop_nulls()
    used = used.with_columns(states.gather(used["site"]).alias("states")).group_by("text").agg("states")
    told = read.join(used, on="text", how="left", maintain_order="left").with_columns(read_by=pl.lit(read_by))
    told = told.with_columns(pl.col("states").fill_null([]).list.sort()).select(KNOWN.names())
    return pl.concat([answered.select(KNOWN.names()), told]).sort(_TEXT, nulls_last=True)


def match_addresses(
    mentions: pl.DataFrame,
    register: Register,
    evidence: pl.DataFrame | None = None,
    answers: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """`master.address_match`: the deepest certain place of every address mention.

    Args:
        mentions: the frame of `collect_address_mentions`; address_text null or blank is `unmatched` with `no_text`.
        register: the register of the jurisdiction, which is also the prior for texts that name no city.
        evidence: the frame of `collect_address_evidence`, or None: with it, a room that other departments contradict
            by one digit is `ambiguous` with reason `conflict`.
        answers: what `answer_texts` says of these mentions and this register; None: it is asked now.

    Returns:
        One row per (feed, record_key, address_role), sorted by it, in the columns of the served contract and the extras
        of docs/architecture.md: `normal_text` is the text that was read (null where there is none), `steps`
        the names of the steps of `normal.STEPS` that made it from the text as delivered, joined by `,` (empty for
        none). Pure: depends neither on the order of rows nor on unrelated rows of the register.
    """
    answered = answer_texts(mentions, register) if answers is None else answers
    joined = mentions.select(*_KEYS, *_TEXT).join(
        answered.drop(DEPENDS), on=_TEXT, how="left", nulls_equal=True, maintain_order="left"
    )
    matches = joined.select(*SCHEMA.names(), "options").sort(_KEYS)
    matches = check_coordinates(matches, register, mentions)
    if evidence is not None:
        matches = settle_open(doubt_neighbours(matches, register, evidence), register, evidence)
    return matches.select(SCHEMA.names())
