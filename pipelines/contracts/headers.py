"""Which column of a file is which column of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.contracts.forms import header_form, without_remark
from pipelines.contracts.model import Column, Contract

_NUMERIC = frozenset({"integer", "number"})


@dataclass(frozen=True)
class HeaderMap:
    """What the headers of one file mean.

    Attributes:
        columns: contract column -> zero-based position in the file, in the order of the contract.
        unknown: position -> header as delivered (trimmed) of columns that go to `extra`. Includes `shadowed` ones;
            blank headers are in neither.
        missing: contract columns without which the file is refused, in the order of the contract.
        duplicates: headers that stand in the file twice and name a contract column: it cannot be told which is meant.
        shadowed: position -> contract column, for a second synonym of a column already taken by a better one
            (`住所` and `经营场所` in one file): kept in `extra`, never merged.
        blank: positions without a header.
    """

    columns: Mapping[str, int]
    unknown: Mapping[int, str]
    missing: tuple[str, ...]
    duplicates: tuple[str, ...]
    shadowed: Mapping[int, str]
    blank: tuple[int, ...]

    @property
    def is_usable(self) -> bool:
        """Whether a file with these headers may be read."""
        return not self.missing and not self.duplicates


def header_ranks(contract: Contract) -> dict[str, tuple[str, int]]:
    """Return header form -> (column, rank): 0 is the canonical header, the column's own name ranks last.

    Every contract column's English name is accepted as its header too, so that a vendor's Parquet or JSON reads.
    """
    ranks: dict[str, tuple[str, int]] = {}
    for column in contract.columns:
        for rank, header in enumerate(column.headers):
            ranks.setdefault(header_form(header), (column.name, rank))
    for column in contract.columns:
        ranks.setdefault(header_form(column.name), (column.name, len(column.headers)))
    return ranks


def must_be_present(contract: Contract, column: Column) -> bool:
    """Whether a file without this column is refused as `missing_columns`."""
    return column.required or column.required_header or column.name in contract.key


def resolve_headers(contract: Contract, headers: list[str]) -> HeaderMap:
    """Match the headers of a file with the columns of its contract.

    Compared after NFKC, without blanks, case-insensitively. A bracketed remark at the end (`出生日期(公历)`) is
    overlooked, except on numbers, where it may be another unit (`月租金(万元)`). Of two synonyms for one column the one
    that the contract lists first wins.

    Args:
        contract: the feed's contract.
        headers: the cells of the header row as delivered, null as empty text.
    """
    ranks = header_ranks(contract)
    forms = [header_form(header) for header in headers]
    found = {position: _lookup(contract, ranks, form) for position, form in enumerate(forms) if form}
    chosen = _choose(found)
    repeated = {forms[p] for p, hit in found.items() if hit and forms.count(forms[p]) > 1}
    return HeaderMap(
        columns={c.name: chosen[c.name] for c in contract.columns if c.name in chosen},
        unknown={p: headers[p].strip() for p in found if p not in chosen.values()},
        missing=tuple(c.name for c in contract.columns if c.name not in chosen and must_be_present(contract, c)),
        duplicates=tuple(sorted(repeated)),
        shadowed={p: hit[0] for p, hit in found.items() if hit and chosen[hit[0]] != p},
        blank=tuple(p for p, form in enumerate(forms) if not form),
    )


def _lookup(contract: Contract, ranks: dict[str, tuple[str, int]], form: str) -> tuple[str, int] | None:
    if form in ranks:
        return ranks[form]
    hit = ranks.get(header_form(without_remark(form)))
    if hit is None or contract.column(hit[0]).type in _NUMERIC:
        return None
    return hit[0], hit[1] + 1_000


def _choose(found: Mapping[int, tuple[str, int] | None]) -> dict[str, int]:
    best: dict[str, tuple[int, int]] = {}
    for position, hit in found.items():
        if hit is not None:
            column, rank = hit
            best[column] = min(best.get(column, (rank, position)), (rank, position))
    return {column: position for column, (_, position) in best.items()}
