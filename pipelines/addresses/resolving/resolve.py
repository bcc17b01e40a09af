"""Distinct texts with their hints to answers: the plain majority by joins, the rest one by one; each once."""

from __future__ import annotations

from operator import attrgetter
from typing import Final

import orjson
import polars as pl

from pipelines.addresses.deciding.answers import NO_HINTS, Decision, Hints
from pipelines.addresses.deciding.decide import Decider
from pipelines.addresses.forms.grammar import SPLIT
from pipelines.addresses.forms.normal import LONGEST, normal_forms
from pipelines.addresses.mentions import HINTS, NULL_TOKENS
from pipelines.addresses.register.index import Register
from pipelines.addresses.resolving.doors import find_doors
from pipelines.normalise.text import normalise_texts

_READ: Final = {"normal_text": pl.String, "steps": pl.String}
ANSWER: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
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
    "options": pl.List(pl.String),
}
"""The answer of a text. `options`: codes of rows that an open answer leaves possible, for evidence to choose from."""
_LISTS: Final = ("candidates", "options")
_PLAIN: Final = [name for name in ANSWER if name not in (*_LISTS, *_READ)]


def _columns(decisions: list[Decision]) -> dict[str, pl.Series]:
    rows = map(attrgetter(*_PLAIN), decisions)
    values = dict(zip(_PLAIN, zip(*rows, strict=True), strict=True)) if decisions else dict.fromkeys(_PLAIN, ())
    columns = {name: pl.Series(name, values[name], ANSWER[name]) for name in _PLAIN}
    listed = [orjson.dumps(found.candidates).decode() if found.candidates else None for found in decisions]
    open_to = [found.options or None for found in decisions]
    columns["candidates"] = pl.Series("candidates", listed, pl.String)
    return columns | {"options": pl.Series("options", open_to, ANSWER["options"])}


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


def _decide(rest: pl.DataFrame, decider: Decider) -> pl.DataFrame:
    """The texts that the joins leave, one by one: index, the answer, and the sites that were looked at."""
    decisions, texts, sites = [], [], []
    columns = (rest["plain"], rest["head"], rest["tail"], rest.select(HINTS).iter_rows())
    for text, head, tail, hint in zip(*columns, strict=True):
        decisions.append(decider.decide(text, head, tail, Hints(*hint) if any(hint) else NO_HINTS))
        for site in decider.considered():
            texts.append(len(decisions) - 1)
            sites.append(site)
    looked_at = pl.DataFrame({"text": texts, "sites": sites}, schema={"text": pl.UInt32, "sites": pl.UInt32})
    told = rest.select("index").with_columns(**_columns(decisions)).with_row_index("text")
    joined = told.join(looked_at.group_by("text").agg("sites"), on="text", how="left").drop("text")
    return joined.with_columns(pl.col("sites").fill_null([]))


def resolve_texts(distinct: pl.DataFrame, register: Register, *, fast: bool = True) -> pl.DataFrame:
    """The answer for each distinct text with its hints, in the same order.

    Args:
        distinct: address_text and the `HINTS`, each row once.
        register: the register of the jurisdiction.
        fast: find the plain majority by joins (`doors`) and leave the rest to the cascade; the answers are the same.

    Returns:
        The columns of `ANSWER`, and `sites`: the sites whose rows had a say, by `Site.index`.
    """
    forms = normal_forms(distinct["address_text"])
    hints = [_plain(distinct[name]).alias(name) for name in HINTS]
    cut = _split(forms["plain"])
    texts = pl.concat([pl.DataFrame([forms["plain"], *hints]), cut], how="horizontal").with_row_index("index")
    decider = Decider(register)
    found = find_doors(texts if fast else texts.clear(), decider, register)
    found = found.with_columns(sites=pl.concat_list("site")).drop("site")
    decider.considered()
    slow = _decide(texts.join(found, on="index", how="anti", maintain_order="left"), decider)
    answers = pl.concat([found, slow], how="diagonal").sort("index")
    joined = pl.concat([answers.drop(*_READ, strict=False), forms.select(list(_READ))], how="horizontal")
    return joined.select(*(pl.col(name).cast(dtype) for name, dtype in ANSWER.items()), "sites")
