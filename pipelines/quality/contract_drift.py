"""A delivered file against its contract, before it is loaded: what no longer fits, in counts and never in values."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from pipelines.config import IngestConfig
from pipelines.contracts.changes import LEVELS, Change, ChangeLevel
from pipelines.contracts.headers import HeaderMap, must_be_present
from pipelines.contracts.model import Contract
from pipelines.errors import FileRejected
from pipelines.ingest.archive import unpack
from pipelines.ingest.cast import cast_chunk, null_texts, trimmed
from pipelines.ingest.delivery import Delivery
from pipelines.ingest.formats import is_archive
from pipelines.ingest.stage import Source

# More unread cells than this and the column has changed its form; fewer are typing errors.
_CHANGED_FORM = 0.2
_NOTICED = 0.01
_MOST_UNKNOWN_SHOWN = 10
_ROWS_TO_SHOW = 5


@dataclass
class Export:
    """What was met in a file.

    Attributes:
        headers: how its headers are understood.
        rows: data rows; refused: rows that are no record, or that the contract quarantines.
        filled: column -> rows with a text; unread, unknown_codes: column -> cells.
        unknown_values: public code column -> value outside its list -> cells.
        keys: values of the key, with how often each stands in the file.
    """

    headers: HeaderMap
    rows: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    unknown_codes: Counter[str] = field(default_factory=Counter)
    unknown_values: dict[str, Counter[str]] = field(default_factory=dict)
    keys: Counter[tuple[str | None, ...]] = field(default_factory=Counter)


def examine_export(path: Path, contract: Contract, limits: IngestConfig) -> tuple[int, list[Change]]:
    """Read a file with the readers that loads use, and compare it with its contract.

    Args:
        path: the file; of a zip its first member.
        contract: of its feed.
        limits: the configured limits.

    Returns:
        The number of rows, and what does not fit, worst first; a file that would be rejected as a whole is one
        breaking change.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            export = _read(path, contract, limits, Path(folder))
        except FileRejected as rejected:
            return 0, [
                Change("breaking", contract.name, None, rejected.reason_code, "the file is rejected", str(rejected))
            ]
    changes = [*_of_headers(contract, export), *_of_rows(contract, export), *_of_columns(contract, export)]
    return export.rows, sorted(changes, key=lambda c: (LEVELS.index(c.level), c.column or "", c.kind, c.what))


def feed_of_export(path: Path, contracts: Mapping[str, Contract], limits: IngestConfig) -> str | None:
    """Return the feed whose contract knows most headers of a file; null when none can read it or two do as well."""
    scores: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, contract in contracts.items():
            try:
                local = _delivery(path, Path(folder) / name, limits)
                table = Source(local, contract, limits, Path(folder) / name)
                _, headers = table.open()
            except FileRejected:
                continue
            scores[name] = len(headers.columns) - len(headers.unknown)
    best = max(scores.values(), default=0)
    named = [name for name, score in scores.items() if score == best]
    return named[0] if len(named) == 1 else None


def _delivery(path: Path, folder: Path, limits: IngestConfig) -> Delivery:
    local, name = path, path.name
    if is_archive(path, path.name):
        folder.mkdir(parents=True, exist_ok=True)
        member = next(iter(unpack(path, folder, limits)))
        local, name = member.local, member.name.rsplit("/", 1)[-1]
    size = path.stat().st_size
    return Delivery(name, str(local), None, None, None, "", size, name, size, 0, datetime(1970, 1, 1, tzinfo=UTC))


def _read(path: Path, contract: Contract, limits: IngestConfig, folder: Path) -> Export:
    table, headers = Source(_delivery(path, folder, limits), contract, limits, folder).open()
    export = Export(headers)
    for chunk in table.chunks:
        export.rows += chunk.frame.height + chunk.bad.height
        export.refused.update(chunk.bad["reason_code"].to_list())
        typed = cast_chunk(chunk.frame, contract, headers)
        export.refused.update(typed.frame["reason_code"].drop_nulls().to_list())
        export.unread.update(typed.unread)
        export.unknown_codes.update(typed.unknown_codes)
        _count(export, chunk.frame, typed.frame, contract)
    if export.rows == 0:
        raise FileRejected("empty", "the file has a header and no row.")
    return export


def _count(export: Export, texts: pl.DataFrame, typed: pl.DataFrame, contract: Contract) -> None:
    tokens = null_texts(contract.null_tokens)
    for name, position in export.headers.columns.items():
        text = texts.select(trimmed(pl.col(str(position)))).to_series()
        export.filled[name] += int((~(text.is_null() | text.is_in(tokens))).sum())
    for column in contract.columns:
        if column.type == "code" and column.data_class == "public" and export.unknown_codes[column.name]:
            outside = typed[column.name].drop_nulls().filter(~typed[column.name].drop_nulls().is_in(list(column.codes)))
            export.unknown_values.setdefault(column.name, Counter()).update(outside.to_list())
    if contract.key:
        taken = typed.filter(pl.col("reason_code").is_null())
        export.keys.update(taken.select(pl.col(contract.key).cast(pl.String)).iter_rows())


def _of_headers(contract: Contract, export: Export) -> Iterator[Change]:
    headers = export.headers
    for position, header in sorted(headers.unknown.items()):
        if position in headers.shadowed:
            name = headers.shadowed[position]
            why = "only the better header of the two is read; the other goes to `extra`"
            yield Change("attention", contract.name, name, "header_doubled", f"{header} beside another header", why)
        else:
            why = "kept in `extra` and reported; add it to headers: of a column, or declare a column"
            yield Change("attention", contract.name, header, "header_unknown", f"header {header} is unknown", why)
    for column in contract.columns:
        if column.name not in headers.columns and not must_be_present(contract, column):
            what = f"no header of {column.headers[0]}"
            expected = column.min_filled_ratio is not None
            why = "the column is null throughout" + (", and its check of completeness fails" if expected else "")
            level: ChangeLevel = "breaking" if expected else "attention"
            yield Change(level, contract.name, column.name, "header_missing", what, why)
    if headers.blank:
        what = f"{len(headers.blank)} columns without a header"
        yield Change("harmless", contract.name, None, "header_blank", what, "they are not read")


def _of_rows(contract: Contract, export: Export) -> Iterator[Change]:
    for code, count in sorted(export.refused.items()):
        level = _level(count, export.rows)
        what = f"{count} of {export.rows} rows are {code}"
        yield Change(level, contract.name, None, code, what, "they go to quarantine")
    repeated = sum(count for count in export.keys.values() if count > 1)
    if repeated:
        level = _level(repeated, export.rows)
        what = f"{repeated} of {export.rows} rows share their key with another"
        why = "repeats are duplicates, the others quarantined as key_conflict"
        yield Change(level, contract.name, "+".join(contract.key), "key_repeated", what, why)


def _of_columns(contract: Contract, export: Export) -> Iterator[Change]:
    for column in contract.columns:
        name = column.name
        if name not in export.headers.columns:
            continue
        filled = export.filled[name]
        if unread := export.unread[name]:
            what = f"{unread} of {filled} filled cells are no {column.type}"
            yield Change(_level(unread, filled), contract.name, name, "unread", what, "null, their text in `extra`")
        if unknown := export.unknown_codes[name]:
            what = f"{unknown} of {filled} cells are outside the code list{_shown(export, name)}"
            yield Change(
                _level(unknown, filled), contract.name, name, "code_unknown", what, "who counts by code misses them"
            )
        share = filled / export.rows
        if column.min_filled_ratio is not None and share < column.min_filled_ratio:
            what = f"filled in {share:.1%} of rows, expected {column.min_filled_ratio:.1%}"
            level: ChangeLevel = "breaking" if filled == 0 else "attention"
            yield Change(level, contract.name, name, "emptier", what, "its check of completeness fails")


def _level(cells: int, filled: int) -> ChangeLevel:
    if cells > _CHANGED_FORM * filled:
        return "breaking"
    return "attention" if cells > _NOTICED * filled else "harmless"


def _shown(export: Export, name: str) -> str:
    """Name unknown values of a public code column that stand in several rows: they may be new codes."""
    values = export.unknown_values.get(name, Counter())
    often = sorted(((-count, value) for value, count in values.items() if count >= _ROWS_TO_SHOW))[:_MOST_UNKNOWN_SHOWN]
    return ": " + ", ".join(f"{value} {-count}" for count, value in often) if often else ""
