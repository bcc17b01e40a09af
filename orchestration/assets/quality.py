"""The results of tonight's checks of the delivered batches, for the scorecard."""

from typing import Any

import dagster as dg
import polars as pl

from orchestration.assets.addresses import raw_tables
from orchestration.closing import CHECKS
from orchestration.reporting import asset_key, counts_table, private_errors, told
from orchestration.resources import Night
from pipelines.quality.results import check_results_frame


@dg.asset(
    key=asset_key(CHECKS),
    deps=[asset_key(table) for table in raw_tables()],
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
