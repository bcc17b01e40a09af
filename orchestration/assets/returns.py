"""What each department should correct: tonight's findings, and which of the former ones it has corrected since."""

from typing import Any

import dagster as dg
import polars as pl

from orchestration import charts
from orchestration.assets.addresses import MATCH, raw_tables
from orchestration.books import newest_delivery, previous
from orchestration.reporting import asset_key, counts_by, counts_chart, private_errors, told
from orchestration.resources import Night
from pipelines.contracts.loader import load_contracts
from pipelines.home import Home
from pipelines.lake.store import Lake, Transaction

RETURNS = "marts.return_list"
NIGHTS_SHOWN = 30
EVIDENCE = (
    *raw_tables(),
    "ops.delivery",
    "raw.quarantine",
    MATCH,
    "master.register_finding",
    "master.person",
    "master.household",
    "internal.mention_form",
)


@dg.asset(
    key=asset_key(RETURNS),
    deps=[asset_key(table) for table in EVIDENCE],
    group_name="quality",
    owners=["team:quality"],
    kinds={"polars", "parquet", "excel"},
    description=(
        "One row a delivered row, column and problem: the row as delivered, what is wrong, what other departments say, "
        "a proposal, and since when; closed when a later delivery mends it, and then without contents. Restricted; the "
        "publication writes one workbook a department from it. 退回核实清单：每条问题一行，下次交付修正即销号。"
    ),
)
def return_list(context: dg.AssetExecutionContext, night: Night) -> dg.MaterializeResult[Any]:
    """Find what is wrong tonight, and follow the entries of the last list."""
    tx = night.transaction(context)
    with private_errors(RETURNS):
        tx.replace(RETURNS, followed_returns(tx, night.place))
        entries = tx.scan(RETURNS)
        open_now = entries.filter(pl.col("status") == "open")
        open_over_nights = [*open_entries(night.place), int(open_now.select(pl.len()).collect().item())]
    return told(
        tx,
        RETURNS,
        night.place,
        open_entries_over_nights=dg.MetadataValue.md(charts.course(open_over_nights)),
        open_by_department=counts_chart(counts_by(open_now, "department")),
        open_by_problem=counts_chart(counts_by(open_now, "problem")),
        by_end=counts_chart(counts_by(entries.with_columns(pl.col("closed_as").fill_null("open")), "closed_as")),
    )


def followed_returns(tx: Transaction, home: Home) -> pl.DataFrame:
    """Return the whole new list; an empty one before the first delivery."""
    from pipelines.quality.findings.collect import collect_findings
    from pipelines.quality.returns.answers import read_answers
    from pipelines.quality.returns.night import follow_returns, no_entries
    from pipelines.quality.rules import load_table_suites

    as_of = newest_delivery(tx)
    if as_of is None:
        return no_entries()
    contracts = load_contracts()
    findings = collect_findings(tx.scan, contracts, load_table_suites(), as_of)
    return follow_returns(
        tx.scan, contracts, findings, previous(tx, RETURNS), read_answers(home), as_of=as_of, run_id=tx.run_id
    )


def open_entries(home: Home) -> list[int]:
    """Return the open entries of the kept snapshots, oldest first."""
    kept = [snapshot for snapshot in Lake(home).history() if snapshot.has(RETURNS)][:NIGHTS_SHOWN]
    return [
        int(snapshot.scan(RETURNS).filter(pl.col("status") == "open").select(pl.len()).collect().item())
        for snapshot in reversed(kept)
    ]
