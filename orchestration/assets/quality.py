"""The books of quality: what was delivered in figures, what tonight's checks of the batches said, and the past months.

Results of checks of built tables join the same books later in the run, when these tables stand.
"""

from typing import Any

import dagster as dg
import polars as pl

from orchestration import announcing, charts
from orchestration.assets.addresses import raw_tables
from orchestration.books import CHECKS, DELIVERIES, HISTORY, PROFILE, failed_over_dates, previous, remember_checks
from orchestration.reporting import asset_key, counts_table, private_errors, told
from orchestration.resources import Night
from pipelines.contracts.loader import load_contracts
from pipelines.quality.results import check_results_frame

MART = "marts.data_quality"
PAST = "internal.quality_past"
RAW_KEYS = [asset_key(table) for table in raw_tables()]


@dg.asset(
    key=asset_key(PROFILE),
    deps=[*RAW_KEYS, asset_key(DELIVERIES)],
    group_name="quality",
    owners=["team:quality"],
    kinds={"polars", "parquet"},
    description=(
        "One row a feed, delivery date and column: rows, empty and unread cells, unknown codes, mean and range, "
        "columns that came or went, beside what is usual of the feed; counts, never a value. An empty column name "
        "is the file as a whole. Its checks find drift. 交付画像：每次交付每列的计数与常态对比，用于发现漂移。"
    ),
)
def feed_profile(context: dg.AssetExecutionContext, night: Night) -> dg.MaterializeResult[Any]:
    """Describe tonight's deliveries beside the earlier ones."""
    from pipelines.quality.profile import profile_deliveries

    tx = night.transaction(context)
    with private_errors(PROFILE):
        tx.reset(PROFILE)
        delivered = tx.scan(DELIVERIES).collect()
        profile = profile_deliveries(tx.scan, load_contracts(), delivered, tx.run_id, previous(tx, PROFILE))
        tx.replace(PROFILE, profile)
    news = announcing.announcements(profile.filter(pl.col("run_id") == tx.run_id))
    return told(tx, PROFILE, night.place, announcements=announcing.as_metadata(news))


@dg.asset(
    key=asset_key(CHECKS),
    deps=[*RAW_KEYS, asset_key(PROFILE)],
    group_name="quality",
    owners=["team:quality"],
    kinds={"greatexpectations", "parquet"},
    description=(
        "One row a check of a table: severity, verdict and counts, never a value. Written by the asset checks of the "
        "raw tables, which stand before it; built tables follow in the same run. 质量检查结果（仅计数）。"
    ),
)
def check_result(context: dg.AssetExecutionContext, night: Night) -> dg.MaterializeResult[Any]:
    """Close the checks of the batches."""
    tx = night.transaction(context)
    with private_errors(CHECKS):
        if not tx.has(CHECKS):
            tx.replace(CHECKS, check_results_frame([]))
        failed = tx.scan(CHECKS).filter(~pl.col("success")).group_by("severity").len().sort("severity").collect()
    counts = {str(severity): int(count) for severity, count in failed.iter_rows()}
    return told(tx, CHECKS, night.place, failed_by_severity=counts_table("severity", counts))


@dg.asset(
    key=asset_key(HISTORY),
    deps=[asset_key(CHECKS)],
    group_name="quality",
    owners=["team:quality"],
    kinds={"polars", "parquet"},
    description=(
        "One row a check and delivery date: verdict and counts as they were then. Tonight's checks of built tables are "
        "added when the night closes. 质量检查历史（每检查每交付日一行）。"
    ),
)
def check_history(context: dg.AssetExecutionContext, night: Night) -> dg.MaterializeResult[Any]:
    """Add what the checks of the batches said tonight to what they said before."""
    tx = night.transaction(context)
    with private_errors(HISTORY):
        tx.reset(HISTORY)
        remember_checks(tx)
        failed = failed_over_dates(tx.scan(HISTORY))
    return told(tx, HISTORY, night.place, failed_checks_over_dates=dg.MetadataValue.md(charts.course(failed)))


@dg.asset(
    key=asset_key(PAST),
    group_name="quality",
    owners=["team:quality"],
    kinds={"polars", "parquet"},
    description=(
        "The quality mart as the last night left it: figures of months that raw tables cannot be asked for any more. "
        "质量指标历史月份台账。"
    ),
)
def quality_past(context: dg.AssetExecutionContext, night: Night) -> dg.MaterializeResult[Any]:
    """Keep what was measured before, for the trend."""
    from pipelines.quality import past

    tx = night.transaction(context)
    with private_errors(PAST):
        before = tx.base.scan(MART) if tx.base and tx.base.has(MART) else None
        tx.replace(PAST, past.quality_past(before))
    return told(tx, PAST, night.place)
