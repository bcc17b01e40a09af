"""The last asset of the night: commit, publish, clean up."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from orchestration.closing import close_night
from orchestration.reporting import asset_key, counts_table, private_errors
from orchestration.resources import Night
from pipelines.lake.published import SNAPSHOT_TABLE


def publication(upstream: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """Return the asset `marts.snapshot`, after everything that readers get."""

    @dg.asset(
        key=asset_key(SNAPSHOT_TABLE),
        deps=upstream,
        group_name="publication",
        owners=["team:operations"],
        kinds={"parquet", "duckdb"},
        description=(
            "Which snapshot this is, one row a served table: rows, bytes, checksum, inputs. Making it commits the run, "
            "moves the published folders and both catalogues at once, and drops what retention no longer keeps. "
            "发布快照：提交本次加载，整体切换发布目录与目录库。"
        ),
    )
    def snapshot(context: dg.AssetExecutionContext, night: Night) -> dg.MaterializeResult[Any]:
        tx = night.transaction(context)
        with private_errors("publication"):
            closing = close_night(tx, night.place, night.config)
        if closing.snapshot is None:
            return dg.MaterializeResult(metadata={"changed_tables": 0})
        rows = {table: closing.snapshot.rows(table) for table in closing.snapshot.served()}
        return dg.MaterializeResult(
            metadata={
                "snapshot": closing.snapshot.id,
                "changed_tables": len(closing.changed),
                "dagster/row_count": sum(rows.values()),
                "rows_by_table": counts_table("table", rows),
            }
        )

    return snapshot
