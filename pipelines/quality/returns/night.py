"""The return list of one night."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.quality.returns.ledger import update_entries
from pipelines.quality.returns.rows import Scan, current_rows_of
from pipelines.quality.returns.schema import OPEN, RETURN_SCHEMA, no_answers, no_entries

__all__ = ["RETURN_SCHEMA", "follow_returns", "no_answers", "no_entries"]

_ASKED = ["department", "feed", "record_key", "column"]


def follow_returns(
    scan: Scan,
    contracts: Mapping[str, Contract],
    findings: pl.DataFrame,
    previous: pl.DataFrame | None,
    answers: pl.DataFrame | None,
    as_of: date,
    run_id: str,
) -> pl.DataFrame:
    """Return the whole new `marts.return_list`.

    Args:
        scan: gives a table of tonight; raises LakeError where there is none. Read are raw tables, `raw.quarantine`
            and `ops.delivery`.
        contracts: by `<department>_<feed>`.
        findings: of `collect_findings`.
        previous: the return list before; null before the first load.
        answers: of `answers.read_answers`; null for none.
        as_of: the newest delivery date.
        run_id: of this load.
    """
    before = no_entries() if previous is None else previous
    asked = pl.concat([findings.select(_ASKED), before.filter(pl.col("status") == OPEN).select(_ASKED)])
    rows = current_rows_of(scan, contracts, asked)
    return update_entries(findings, before, rows, as_of, run_id, answers)
