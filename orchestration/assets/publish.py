"""The last step of the night: commit, publish, clean up; the tables that tell of it are written by it."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from orchestration.books import checked
from orchestration.checks import check_specs, told_checks
from orchestration.closing import close_night
from orchestration.reporting import asset_key, counts_table, private_errors
from orchestration.resources import Night
from pipelines.governance.audit import TABLE as AUDIT
from pipelines.lake.published import SNAPSHOT_TABLE
from pipelines.lake.runs import TABLE as RUNS
from pipelines.quality.rules import load_table_suites

TABLES = {
    RUNS: "One row a run: when, how it ended, rows in and out by layer. 运行记录。",
    AUDIT: "Who read or changed what; each entry sealed with the hash of the one before. 审计日志（哈希链）。",
    SNAPSHOT_TABLE: (
        "Which snapshot this is, one row a served table: rows, bytes, checksum, inputs. Making it commits the run, "
        "moves the published folders and both catalogues at once, with the departments' workbooks and the pages, and "
        "drops what retention no longer keeps. 发布快照：提交本次加载，整体切换发布目录与目录库，并附退回清单与页面。"
    ),
}


def publication(upstream: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """Return the assets of the end of a night: the run's record waits for `upstream`, and what follows for it."""
    expected = load_table_suites()[RUNS].specs
    before = {RUNS: list(upstream), AUDIT: [asset_key(RUNS)], SNAPSHOT_TABLE: [asset_key(AUDIT)]}

    @dg.multi_asset(
        name="publication",
        group_name="publication",
        specs=[
            dg.AssetSpec(
                asset_key(table),
                deps=before[table],
                owners=["team:operations"],
                kinds={"parquet", "duckdb"},
                description=description,
            )
            for table, description in TABLES.items()
        ],
        check_specs=check_specs(RUNS, expected),
    )
    def publish(
        context: dg.AssetExecutionContext, night: Night
    ) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        tx = night.transaction(context)
        with private_errors("publication"):
            closing = close_night(tx, night.place, night.config)
        snapshot = closing.snapshot
        rows = {table: snapshot.rows(table) for table in snapshot.served()} if snapshot else {}
        for table in (RUNS, AUDIT):
            yield dg.MaterializeResult(asset_key=asset_key(table), metadata={"dagster/row_count": rows.get(table, 0)})
        yield from told_checks(RUNS, expected, checked(snapshot, RUNS))
        yield dg.MaterializeResult(
            asset_key=asset_key(SNAPSHOT_TABLE),
            metadata={
                "snapshot": snapshot.id if snapshot else "unchanged",
                "changed_tables": len(closing.changed),
                "document_seconds": round(sum(closing.documents.seconds.values()), 3),
                "pages_not_drawn": len(closing.documents.undrawn),
                "dagster/row_count": len(rows),
                "rows_by_table": counts_table("table", rows),
            },
        )

    return publish
