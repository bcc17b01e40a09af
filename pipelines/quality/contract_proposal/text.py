"""A proposal as the YAML file that a person edits: what was seen stands beside each guess as a comment, in counts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from pipelines.quality.contract_proposal.columns import ColumnGuess
from pipelines.quality.contract_proposal.propose import Proposal

# A column that was filled this well is expected to stay so, with some slack for the next delivery.
_WELL_FILLED, _SLACK = 0.7, 0.05
_MOST_FORMS = 5


def proposal_text(proposal: Proposal) -> str:
    """Return the contract's text; it holds no value of a column that looks personal."""
    return "".join(f"{line}\n" for line in [*_head(proposal), *_columns(proposal)])


def _head(proposal: Proposal) -> Iterator[str]:
    sample, keys = proposal.sample, proposal.keys
    rows = sample.frame.height
    yield f"# Proposed from a sample of {rows} rows ({sample.format}; {_form(proposal)}): check every line."
    yield "# Counts are of the sample's filled cells. Then: streetlake contracts check, render, diff."
    yield "version: 1"
    yield f"department: {proposal.department}"
    yield f"department_zh: {_quoted(proposal.department_zh)}"
    yield f"feed: {proposal.feed}"
    yield f"title_zh: {_quoted(proposal.title_zh)}"
    yield f"title_en: {_quoted(proposal.feed.replace('_', ' ').capitalize())}"
    yield f"description_en: {_quoted(f'One row a record of {proposal.title_zh}, as {proposal.department} exports it.')}"
    yield f"description_zh: {_quoted(f'{proposal.department_zh}导出的{proposal.title_zh}，每条记录一行。')}"
    yield f"owner: {_quoted(proposal.department_zh)} # ask: which office answers for this list?"
    yield f"formats: [{sample.format}]"
    yield f"mode: {keys.mode} # {keys.mode_reason}; ask the department"
    if keys.key:
        others = f"; also unique: {', '.join(keys.others)}" if keys.others else ""
        yield f"key: [{', '.join(keys.key)}] # distinct in {keys.unique_share:.1%} of the rows that differ{others}"
    else:
        yield f"identity: [{', '.join(keys.identity)}] # no single key; together distinct in {keys.unique_share:.1%}"
    if keys.updated_by:
        yield f"updated_by: {keys.updated_by}"
    yield "cadence_hours: 24 # not to be seen in one file; ask how often it is delivered"
    if proposal.mentions:
        yield "address_mentions: # places that take part in address matching"
        for mention in proposal.mentions:
            parts = ", ".join(f"{part}: {column}" for part, column in mention if column)
            yield f"  - {{{parts}}}"


def _form(proposal: Proposal) -> str:
    sample = proposal.sample
    told = [*sample.notes]
    told += [f"{sample.above} rows above the header"] if sample.above else []
    told += [f"{sample.refused} rows that are no record"] if sample.refused else []
    told += [f"{proposal.blank} columns without a header"] if proposal.blank else []
    told += [f"{len(proposal.repeated)} headers twice"] if proposal.repeated else []
    return ", ".join(told) or "nothing above the header"


def _columns(proposal: Proposal) -> Iterator[str]:
    yield "columns:"
    for column in proposal.columns:
        yield from (f"  {line}" for line in _column(column, is_key=column.name in proposal.keys.key))


def _column(column: ColumnGuess, *, is_key: bool) -> Iterator[str]:
    yield f"# {_seen(column)}"
    yield f"- name: {column.name}"
    yield f"  headers: [{_quoted(column.header)}]"
    if column.guess.type != "string":
        yield f"  type: {column.guess.type} # {column.guess.reason}"
    if is_key:
        yield "  required: true"
    yield from (f"  {line}" for line in _codes(column))
    if column.guess.with_precision:
        yield "  with_precision: true"
    if (share := _expected_share(column)) is not None and not is_key:
        yield f"  min_filled_ratio: {share}"
    yield f"  data_class: {column.data_class} # {column.class_reason}"
    if column.unit:
        yield f"  unit: {column.unit}"
    yield f"  description_en: {_quoted(column.description_en)}"
    yield f"  description_zh: {_quoted(column.header)}"


def _seen(column: ColumnGuess) -> str:
    tokens = ", ".join(f"{token} {count}" for token, count in column.tokens.items())
    nulls = f"{column.nulls} of {column.rows} empty" + (f" ({tokens})" if tokens else "")
    kind = f"; {column.guess.reason}" if column.guess.type == "string" else f"; {column.shapes.distinct} distinct"
    return nulls + kind + _date_forms(column)


def _date_forms(column: ColumnGuess) -> str:
    """Return how the dates are written, every digit as 0: the forms with their counts, no date."""
    if column.guess.type not in ("date", "timestamp"):
        return ""
    forms = column.texts.drop_nulls().str.replace_all(r"\d", "0").str.replace_all(r"[^0-9年月日时分秒TZ:/.+ -]", "_")
    counted = Counter(forms.to_list()).most_common()
    told = sorted(counted, key=lambda item: (-item[1], item[0]))[:_MOST_FORMS]
    return "; written " + ", ".join(f"{form} {count}" for form, count in told) if told else ""


def _codes(column: ColumnGuess) -> Iterator[str]:
    if column.guess.type != "code":
        return
    yield "codes:" + (f" # {column.guess.unlisted} cells hold something else" if column.guess.unlisted else "")
    for code, synonyms in column.guess.codes.items():
        yield f"  {_quoted(code)}: [{', '.join(_quoted(text) for text in synonyms)}]"


def _expected_share(column: ColumnGuess) -> float | None:
    if not column.rows:
        return None
    filled = 1 - column.nulls / column.rows
    return round(int((filled - _SLACK / 2) * 20) / 20, 2) if filled >= _WELL_FILLED else None


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
