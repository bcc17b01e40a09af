"""The nightly job: everything, in one process."""

from __future__ import annotations

import dagster as dg

from orchestration.progress import report_step

NIGHTLY = "nightly"

nightly = dg.define_asset_job(
    NIGHTLY,
    selection=dg.AssetSelection.all(),
    description=(
        "Everything new in landing, from delivered files to a published snapshot. 夜间加载：从交付文件到发布快照。"
    ),
    executor_def=dg.in_process_executor,
    hooks={report_step},
    tags={"streetlake/job": NIGHTLY},
)
