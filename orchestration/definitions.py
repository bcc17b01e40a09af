"""Assembles what Dagster shows and runs; no rule of the domain, and no import of Great Expectations."""

from __future__ import annotations

import dagster as dg

from orchestration import dbt
from orchestration.assets.addresses import addresses
from orchestration.assets.frozen import frozen_marts
from orchestration.assets.identity import identity
from orchestration.assets.needs import needs_marts
from orchestration.assets.publish import publication
from orchestration.assets.quality import check_history, check_result, feed_profile, quality_past
from orchestration.assets.raw import deliveries, feeds
from orchestration.assets.records import served_models, staging_models
from orchestration.assets.returns import return_list
from orchestration.assets.risk import risk_marts
from orchestration.checks import raw_checks, table_checks
from orchestration.jobs import nightly
from orchestration.lineage import last_of
from orchestration.reporting import table_of
from orchestration.resources import KEY, Night
from orchestration.schedules import every_night
from orchestration.sensors import landing_files
from pipelines.lake.snapshot import SERVED_SCHEMAS


def assemble() -> dg.Definitions:
    """Return the definitions; the dbt project is parsed first where it is newer than its manifest."""
    manifest = dbt.read_manifest()
    assets = [
        *feeds(),
        deliveries,
        addresses,
        identity,
        feed_profile,
        check_result,
        check_history,
        quality_past,
        return_list,
        staging_models(manifest),
        served_models(manifest),
        *frozen_marts,
        *risk_marts,
        *needs_marts,
    ]
    keys = [key for asset in assets for key in sorted(asset.keys)]
    tables = [table_of(key) for key in keys]
    checks = [*raw_checks(), *table_checks([table for table in tables if not table.startswith("raw.")])]
    served = [key for key in keys if key.path[0] in (*SERVED_SCHEMAS, "internal")]
    return dg.Definitions(
        assets=[*assets, publication(last_of(served, assets))],
        asset_checks=checks,
        jobs=[nightly],
        schedules=[every_night],
        sensors=[landing_files],
        resources={KEY: Night()},
        executor=dg.in_process_executor,
    )


defs = assemble()
