"""Address mentions against the register: each distinct text with its hints once, then joined back."""

from __future__ import annotations

from operator import attrgetter
from typing import Final

import orjson
import polars as pl

from pipelines.addresses.answers import NO_HINTS, Decision, Hints
from pipelines.addresses.coordinates import check_coordinates
from pipelines.addresses.decide import Decider
from pipelines.addresses.doors import find_doors
from pipelines.addresses.doubt import doubt_neighbours
from pipelines.addresses.grammar import SPLIT
from pipelines.addresses.mentions import HINTS, NULL_TOKENS
from pipelines.addresses.normal import LONGEST, normal_forms
from pipelines.addresses.register import Register
from pipelines.addresses.settle import settle_open
from pipelines.normalise.text import normalise_texts

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
        "normal_text": pl.String,
        "steps": pl.String,
    }
)
_READ: Final = ["normal_text", "steps"]
# Codes of the rows that an open answer leaves possible: for the evidence to choose from, not served.
_INNER: Final = {"options": pl.List(pl.String)}
_LISTS: Final = ("candidates", "options")
_DECIDED: Final = [name for name in (*SCHEMA, *_INNER) if name not in (*_KEYS, "address_text", *_READ)]


def _columns(decisions: list[Decision]) -> dict[str, pl.Series]:
    lists = [decision.candidates for decision in decisions]
    listed = [orjson.dumps(found).decode() if found else None for found in lists]
    open_to = [decision.options or None for decision in decisions]
    plain = [name for name in _DECIDED if name not in _LISTS]
    rows = map(attrgetter(*plain), decisions)
    values = dict(zip(plain, zip(*rows, strict=True), strict=True)) if decisions else dict.fromkeys(plain, ())
    columns = {name: pl.Series(name, values[name], SCHEMA[name]) for name in plain}
    columns["candidates"] = pl.Series("candidates", listed, pl.String)
    return columns | {"options": pl.Series("options", open_to, _INNER["options"])}


def _plain(texts: pl.Series) -> pl.Series:
    """Normal form of each distinct value of a column beside the text, null for what says nothing."""
    distinct = texts.unique().drop_nulls().sort()
    plain = normalise_texts(distinct)
    table = pl.DataFrame({"text": distinct, "plain": plain}).with_columns(
        pl.when(~pl.col("plain").is_in(NULL_TOKENS)).then(pl.col("plain"))
    )
    return texts.to_frame("text").join(table, on="text", how="left", maintain_order="left")["plain"]


def _split(plain: pl.Series) -> pl.DataFrame:
    """Head and tail of each text, by `grammar.SPLIT`; what cannot be cut is all head."""
    cut = plain.to_frame("bare").with_columns(
        pl.col("bare").str.slice(0, LONGEST).str.extract_groups(SPLIT).alias("groups")
    )
    tail = pl.col("groups").struct.field("2")
    return cut.select(
        pl.when(tail.is_null())
        .then(pl.col("bare"))
        .otherwise(pl.col("groups").struct.field("1"))
        .fill_null("")
        .alias("head"),
        tail.fill_null("").alias("tail"),
    )


def resolve_texts(distinct: pl.DataFrame, register: Register, *, fast: bool = True) -> pl.DataFrame:
    """The answer for each distinct text with its hints, in the same order: the answer's columns of `SCHEMA`.

    `fast` finds the plain majority by joins (`doors`) and leaves the rest to the cascade; the answers are the same.
    """
    forms = normal_forms(distinct["address_text"])
    plain = forms["plain"]
    hints = [_plain(distinct[name]).alias(name) for name in HINTS]
    texts = pl.concat([pl.DataFrame([plain, *hints]), _split(plain)], how="horizontal").with_row_index("index")
    decider = Decider(register)
    found = find_doors(texts if fast else texts.clear(), decider, register)
    rest = texts.join(found, on="index", how="anti", maintain_order="left")
    decisions = [
        decider.decide(text, head, tail, Hints(*hint) if any(hint) else NO_HINTS)
        for text, head, tail, hint in zip(
            rest["plain"], rest["head"], rest["tail"], rest.select(HINTS).iter_rows(), strict=True
        )
    ]
    slow = rest.select("index").with_columns(**_columns(decisions))
    answers = pl.concat([found, slow], how="diagonal").sort("index").select(_DECIDED)
    return pl.concat([answers, forms.select(_READ)], how="horizontal")


def match_addresses(mentions: pl.DataFrame, register: Register, evidence: pl.DataFrame | None = None) -> pl.DataFrame:
    """`master.address_match`: the deepest certain place of every address mention.

    Args:
        mentions: the frame of `collect_address_mentions`; address_text null or blank is `unmatched` with `no_text`.
        register: the register of the jurisdiction, which is also the prior for texts that name no city.
        evidence: the frame of `collect_address_evidence`, or None: with it, a room that other departments contradict
            by one digit is `ambiguous` with reason `conflict`.

    Returns:
        One row per (feed, record_key, address_role), sorted by it, in the columns of the served contract and the extras
        of docs/architecture.md: `normal_text` is the text that was read (null where there is none), `steps`
        the names of the steps of `normal.STEPS` that made it from the text as delivered, joined by `,` (empty for
        none). Pure: depends neither on the order of rows nor on unrelated rows of the register.
    """
    distinct = mentions.select(_TEXT).unique().sort(_TEXT, nulls_last=True)
    answered = pl.concat([distinct, resolve_texts(distinct, register)], how="horizontal")
    joined = mentions.select(*_KEYS, *_TEXT).join(
        answered, on=_TEXT, how="left", nulls_equal=True, maintain_order="left"
    )
    types = dict(SCHEMA) | _INNER
    matches = joined.select(pl.col(name).cast(dtype) for name, dtype in types.items()).sort(_KEYS)
    matches = check_coordinates(matches, register, mentions)
    if evidence is not None:
        matches = settle_open(doubt_neighbours(matches, register, evidence), register, evidence)
    return matches.select(SCHEMA.names())
