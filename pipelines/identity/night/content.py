"""What a mention says, as numbers: two nights are compared by them, and no night needs the rows of the last one."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.identity.ledger.causes import CHANGED_SCHEMA, EVIDENCE_ELSEWHERE, NEW_MODEL, NEW_RULES, Changes
from pipelines.identity.mentions.collect import ADDRESS, MENTION_SCHEMA
from pipelines.identity.outputs import MENTION_CONTENT_SCHEMA, MENTION_KEY, PreviousIdentity
from pipelines.identity.stewarding.decisions import LEFT_KEY, RIGHT_KEY

_SEED: Final = 20260301
_PLACE: Final = (*ADDRESS, "hukou_address_code", "community")
_KIN: Final = ("kin_names",)
# A row that is delivered again unchanged says nothing new; the index is a number of one night.
_NOT_SAID: Final = ("mention_index", "first_delivered_on", "last_delivered_on", *MENTION_KEY)
_ROW: Final = tuple(name for name in MENTION_SCHEMA if name not in {*_PLACE, *_KIN, *_NOT_SAID})
_CAUSE_OF: Final = {"row_hash": "changed_row", "place_hash": "changed_address", "kin_hash": "changed_kin"}


def content_hashes(mentions: pl.DataFrame) -> pl.DataFrame:
    """Hash what every mention says (``row_hash``), where it is read to be, and who is named beside it.

    Args:
        mentions: frame of ``MENTION_SCHEMA``.

    Returns:
        ``MENTION_CONTENT_SCHEMA``, in the order of the mentions. The hashes of one version of Polars can be compared.
    """
    parts = {"row_hash": _ROW, "place_hash": _PLACE, "kin_hash": _KIN}
    hashed = mentions.select(*MENTION_KEY, **{name: _text(mentions, columns) for name, columns in parts.items()})
    return hashed.with_columns(pl.col(*parts).hash(_SEED)).cast(MENTION_CONTENT_SCHEMA)


def _text(mentions: pl.DataFrame, columns: tuple[str, ...]) -> pl.Expr:
    """All values of a row as one text; a null is not an empty text."""
    values = [
        pl.col(name).list.join("\x1e") if isinstance(mentions.schema[name], pl.List) else pl.col(name).cast(pl.String)
        for name in columns
    ]
    return pl.concat_str([value.fill_null("\0") for value in values], separator="\x1f")


def changes_since(
    content: pl.DataFrame, previous: PreviousIdentity, decisions: pl.DataFrame, model_changed: bool, rules_changed: bool
) -> Changes:
    """Tell what happened to mentions that were there last night and are there tonight.

    Args:
        content: ``content_hashes`` of tonight.
        previous: what the last night knew.
        decisions: all answers of stewards.
        model_changed: another linkage model than last night.
        rules_changed: other code or libraries than last night; contents are then not compared, because the same row
            may be read otherwise.
    """
    said = pl.DataFrame(schema=CHANGED_SCHEMA) if rules_changed else _said_otherwise(content, previous.mention_content)
    fresh = decisions.join(previous.decisions.select("decision_id"), on="decision_id", how="anti")
    sides = [
        fresh.select(pl.col(key).alias(name) for name, key in zip(MENTION_KEY, side, strict=True))
        for side in (LEFT_KEY, RIGHT_KEY)
    ]
    decided = pl.concat(sides).unique().with_columns(cause=pl.lit("steward_decision"))
    otherwise = NEW_MODEL if model_changed else NEW_RULES if rules_changed else EVIDENCE_ELSEWHERE
    return Changes(pl.concat([said, decided.cast(CHANGED_SCHEMA)]), otherwise)


def _said_otherwise(content: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    both = content.join(before, on=MENTION_KEY, how="inner", suffix="_before")
    apart = pl.any_horizontal(pl.col(name) != pl.col(f"{name}_before") for name in _CAUSE_OF)
    touched = both.filter(apart)
    told = [
        touched.filter(pl.col(name) != pl.col(f"{name}_before")).select(*MENTION_KEY, cause=pl.lit(cause))
        for name, cause in _CAUSE_OF.items()
    ]
    return pl.concat(told).cast(CHANGED_SCHEMA)
