"""One asset a feed: the files of landing become typed rows, versions kept; then the books of what was delivered."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import dagster as dg
import polars as pl

from orchestration import charts, columns
from orchestration.books import DELIVERIES, delivered_over_nights
from orchestration.opening import began_at, night_plan
from orchestration.progress import report_label
from orchestration.reporting import asset_key, counts_by, counts_chart, counts_table, private_errors, told
from orchestration.resources import Night
from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import Contract
from pipelines.ingest.delivery import FeedReport
from pipelines.ingest.feed import ingest_feed
from pipelines.ingest.log import QUARANTINE, write_delivery_log
from pipelines.ingest.workroom import load_reports, save_report
from pipelines.lake.store import Transaction

LATE_AFTER = 2  # deliveries missed in a row before a feed counts as stale; one late file is everyday life


def feeds() -> list[dg.AssetsDefinition]:
    """Return the raw asset of every contract, by name."""
    return [feed_asset(contract) for _, contract in sorted(load_contracts().items())]


def feed_asset(contract: Contract) -> dg.AssetsDefinition:
    """Return the asset `raw.<department>_<feed>`, described by its contract."""
    cadence = timedelta(hours=contract.cadence_hours)

    @dg.asset(
        key=asset_key(f"raw.{contract.name}"),
        group_name="raw",
        owners=[f"team:{contract.department}"],
        kinds={"polars", "parquet", *contract.formats[:1]},
        tags={"streetlake/mode": contract.mode},
        description=f"{contract.title_en} ({contract.title_zh}). {contract.description_en} {contract.description_zh}",
        metadata={
            "delivered_by": f"{contract.department_zh} · {contract.owner}",
            columns.KEY: columns.contract_columns(contract),
        },
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=LATE_AFTER * cadence, warn_window=cadence),
    )
    def raw(context: dg.AssetExecutionContext, night: Night) -> dg.MaterializeResult[Any]:
        tx = night.transaction(context)
        table = f"raw.{contract.name}"
        with private_errors(table):
            tx.reset(table)
            plan = night_plan(night.place, tx, night.config, night.accept_shrunk)
            report = ingest_feed(
                tx,
                night.place,
                contract,
                plan,
                night.config,
                run_id=tx.run_id,
                now=began_at(night.place, tx.run_id),
                accept_shrunk=night.accept_shrunk,
                progress=lambda feed, done, total: report_label(f"{feed} {done}/{total}"),
            )
            save_report(night.place, tx.run_id, report)
        delivered = counts_table("this run", report.totals())
        return told(tx, table, night.place, delivered=delivered, **_over_nights(tx, contract, report), **_news(report))

    return raw


def _over_nights(tx: Transaction, contract: Contract, report: FeedReport) -> dict[str, dg.MarkdownMetadataValue]:
    """Draw what came and what could not be used, night by night; tonight is drawn where a file came."""
    totals = report.totals()
    courses = delivered_over_nights(tx, contract.department, contract.feed)
    return {
        f"{name}_over_nights": dg.MetadataValue.md(
            charts.course([*nights, *([int(totals[name])] if report.outcomes else [])])
        )
        for name, nights in courses.items()
    }


def _news(report: FeedReport) -> dict[str, Any]:
    """Tell what the contract does not know of tonight's files: counts by column, and never an unknown header."""
    counted: dict[str, Counter[str]] = {"unknown_codes": Counter(), "unread_cells": Counter()}
    for outcome in report.outcomes:
        counted["unknown_codes"] += Counter(outcome.unknown_codes)
        counted["unread_cells"] += Counter(outcome.unread)
    new = max((len(outcome.unknown_columns) for outcome in report.outcomes), default=0)
    tables = {name: counts_table("cells by column", dict(cells)) for name, cells in counted.items() if cells}
    return {**tables, **({"columns_unknown_to_the_contract": new} if new else {})}


def _raw_keys() -> list[dg.AssetKey]:
    return [asset_key(f"raw.{name}") for name in sorted(load_contracts())]


@dg.multi_asset(
    name="deliveries",
    group_name="ops",
    specs=[
        dg.AssetSpec(
            asset_key(DELIVERIES),
            deps=_raw_keys(),
            owners=["team:operations"],
            kinds={"polars", "parquet"},
            description=(
                "One row a file: what it was and what became of it; rows read = loaded + duplicate + quarantined. "
                "交付文件登记，读入行数必等于入库、重复与隔离之和。"
            ),
        ),
        dg.AssetSpec(
            asset_key(QUARANTINE),
            deps=_raw_keys(),
            owners=["team:operations"],
            kinds={"polars", "parquet"},
            description="One row that could not be used, as delivered, and why. 隔离区：无法入库的行及原因。",
        ),
    ],
)
def deliveries(context: dg.AssetExecutionContext, night: Night) -> Iterator[dg.MaterializeResult[Any]]:
    """Write the books of what all feeds took tonight."""
    tx = night.transaction(context)
    with private_errors(DELIVERIES):
        tx.reset(DELIVERIES)
        tx.reset(QUARANTINE)
        plan = night_plan(night.place, tx, night.config, night.accept_shrunk)
        reports = load_reports(night.place, tx.run_id)
        write_delivery_log(tx, plan, reports, run_id=tx.run_id, now=began_at(night.place, tx.run_id))
    totals = [report.totals() for report in reports]
    sums = {name: sum(total[name] for total in totals) for name in (totals[0] if totals else {})}
    statuses = counts_chart(counts_by(tx.scan(DELIVERIES), "status"))
    yield told(tx, DELIVERIES, night.place, tonight=counts_table("all feeds", sums), by_status=statuses)
    yield told(tx, QUARANTINE, night.place, **_quarantined(tx))


def _quarantined(tx: Transaction) -> dict[str, dg.MarkdownMetadataValue]:
    rows = tx.scan(QUARANTINE)
    feed = pl.concat_str("department", "feed", separator="_")
    return {
        "by_reason": counts_chart(counts_by(rows, "reason_code")),
        "by_feed": counts_chart(counts_by(rows.with_columns(feed.alias("feed")), "feed")),
    }
