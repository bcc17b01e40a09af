"""Where the header of a table stands, and what is refused when it is not right."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from pipelines.contracts.forms import header_form, without_remark
from pipelines.contracts.headers import HeaderMap, header_ranks, resolve_headers
from pipelines.contracts.model import Contract
from pipelines.errors import FileRejected

# A title, a blank row, "填报单位：" and a remark or two; 30 leaves room for a letterhead.
SEARCH_ROWS = 30
# A longer cell is text, and no header.
HEADER_CHARACTERS = 60
CLOSEST = 3


class HeaderFinder:
    """Finds the header row of a feed's tables; knows the contract's header forms once."""

    def __init__(self, contract: Contract) -> None:
        self._columns = {form: column for form, (column, _) in header_ranks(contract).items()}

    def score(self, cells: Sequence[str | None]) -> int:
        """Return how many columns of the contract these cells name."""
        forms = [header_form(cell) for cell in cells if cell and len(cell) <= HEADER_CHARACTERS]
        forms += [header_form(without_remark(form)) for form in forms]
        return len({self._columns[form] for form in forms if form in self._columns})

    def find(self, rows: Sequence[Sequence[str | None]]) -> int | None:
        """Return the index of the row that names most columns, the first of equals; None when none does."""
        scores = [self.score(row) for row in rows[:SEARCH_ROWS]]
        best = max(scores, default=0)
        return scores.index(best) if best > 0 else None


def check_headers(contract: Contract, headers: Sequence[str]) -> HeaderMap:
    """Match headers with the contract.

    Raises:
        FileRejected: `duplicate_header` or `missing_columns`, naming the headers and the closest candidates.
    """
    found = resolve_headers(contract, list(headers))
    if found.duplicates:
        named = "、".join(found.duplicates)
        raise FileRejected(
            "duplicate_header",
            f"{len(found.duplicates)} headers stand in the file twice, so it cannot be told which column is meant: "
            f"{named}. Ask the department to name every column once.",
        )
    if found.missing:
        raise FileRejected("missing_columns", _missing_message(contract, found))
    return found


def _missing_message(contract: Contract, found: HeaderMap) -> str:
    unknown = sorted(set(found.unknown.values()))
    told = []
    for name in found.missing:
        header = contract.column(name).headers[0]
        close = sorted(difflib.get_close_matches(header, unknown, n=CLOSEST, cutoff=0.3))
        told.append(f"{header} ({name})" + (f", perhaps {' or '.join(close)}" if close else ""))
    return (
        f"{len(found.missing)} required columns are missing: {'; '.join(told)}. "
        "If the department renamed a column, add its new name to headers: in the contract."
    )
