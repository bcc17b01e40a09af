"""From a sample file to a proposed contract."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.config import IngestConfig
from pipelines.contracts.forms import header_form
from pipelines.contracts.model import AddressMention, Contract
from pipelines.quality.contract_proposal.columns import ColumnGuess, beside_persons, guess_column
from pipelines.quality.contract_proposal.keys import KeyGuess, guess_keys
from pipelines.quality.contract_proposal.known import KnownHeaders
from pipelines.quality.contract_proposal.sample import Sample, read_sample

_MARKS = re.compile(r"[\d_\-.（）()【】\[\]\s年月日]+|全量|增量|导出|副本")


@dataclass(frozen=True)
class Proposal:
    """A contract to be edited, with what it rests on.

    Attributes:
        department, feed: as asked for.
        department_zh: of the contracts that this department has; else the department's own name.
        title_zh: from the title above the header, else from the file's name.
        sample: the file.
        columns: one a header that is not blank.
        keys: key or identity, and mode.
        mentions: address columns, as `address_mentions` would declare them.
        blank, repeated: columns without a header, and headers that stand in the file twice.
    """

    department: str
    feed: str
    department_zh: str
    title_zh: str
    sample: Sample
    columns: tuple[ColumnGuess, ...]
    keys: KeyGuess
    mentions: tuple[AddressMention, ...]
    blank: int
    repeated: tuple[str, ...]


def propose(
    path: Path, department: str, feed: str, contracts: Mapping[str, Contract], limits: IngestConfig
) -> Proposal:
    """Read a sample and propose its contract.

    Args:
        path: a file as the department delivers it.
        department: folder name below `landing/`.
        feed: folder name below it.
        contracts: those there are; their headers, code lists and classes are what is known beforehand.
        limits: the configured limits.

    Raises:
        FileRejected: when the file cannot be read.
    """
    known = KnownHeaders(contracts)
    sample = read_sample(path, known.forms, limits)
    columns: list[ColumnGuess] = []
    seen: set[str] = set()
    repeated: list[str] = []
    for position, header in enumerate(sample.headers):
        form = header_form(header)
        if not form:
            continue
        if form in seen:
            repeated.append(header.strip())
            continue
        seen.add(form)
        cells = sample.frame[str(position)]
        columns.append(guess_column(header, cells, known, {column.name for column in columns}))
    columns = beside_persons(columns)
    same = next((contract for _, contract in sorted(contracts.items()) if contract.department == department), None)
    return Proposal(
        department=department,
        feed=feed,
        department_zh=same.department_zh if same else department,
        title_zh=_title(sample, feed),
        sample=sample,
        columns=tuple(columns),
        keys=guess_keys(columns, sample.file_name),
        mentions=_mentions(columns, contracts),
        blank=sum(not header_form(header) for header in sample.headers),
        repeated=tuple(repeated),
    )


def _title(sample: Sample, feed: str) -> str:
    stem = _MARKS.sub("", sample.file_name.rsplit(".", 1)[0])
    above = sample.title if sample.title and "：" not in sample.title and ":" not in sample.title else None
    return next((text for text in (above, stem) if text and re.search(r"[\u4e00-\u9fff]", text)), feed)


def _mentions(columns: list[ColumnGuess], contracts: Mapping[str, Contract]) -> tuple[AddressMention, ...]:
    """Return the places the rows name: in the role that other contracts give the same header, else `location`."""
    roles = {
        (mention.text, header_form(header)): mention.role
        for _, contract in sorted(contracts.items(), reverse=True)
        for mention in contract.address_mentions
        for header in contract.column(mention.text).headers
    }
    by_header = {form: role for (_, form), role in roles.items()}
    found: dict[str, AddressMention] = {}
    names = {column.name for column in columns}
    beside = {part: part for part in ("estate", "community") if part in names}
    point = {"lon": "lon", "lat": "lat"} if {"lon", "lat"} <= names else {}
    for column in columns:
        role = by_header.get(header_form(column.header), "location")
        is_place = column.shapes.is_address or header_form(column.header) in by_header
        if is_place and column.guess.type == "string" and role not in found:
            found[role] = AddressMention(role=role, text=column.name, **{**beside, **(point if not found else {})})
    return tuple(found.values())
