"""Great Expectations: the only module that imports it, and only inside what runs, for it takes six seconds.

Its results carry values of the data in many places, so only counts are copied from them, and its log is shut: the
message of a failed metric quotes what it failed on.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from pipelines.contracts.expectations import ExpectationSpec

RESULT_FORMAT = {"result_format": "SUMMARY", "exclude_unexpected_values": True, "partial_unexpected_count": 0}


@dataclass(frozen=True)
class Outcome:
    """What is copied of one result: everything else in it may be a value of the data.

    Attributes:
        success: the verdict.
        raised: Great Expectations could not evaluate it.
        element, unexpected, missing: rows looked at, rows that break it, rows not judged; null where it does not count.
    """

    success: bool
    raised: bool
    element: int | None = None
    unexpected: int | None = None
    missing: int | None = None


def evaluate(specs: Sequence[ExpectationSpec], frame: pl.DataFrame) -> list[Outcome]:
    """Let Great Expectations judge a frame.

    Args:
        specs: the expectations; every column that they name is in the frame.
        frame: the rows, converted to pandas with Arrow types.

    Returns:
        One outcome per expectation, in their order.
    """
    if not specs:
        return []
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx
        from great_expectations.expectations.registry import get_expectation_impl

        expectations = [
            get_expectation_impl(spec.type)(**spec.kwargs, severity=spec.severity, meta={"position": position})
            for position, spec in enumerate(specs)
        ]
        batch = _batch_definition().get_batch(
            batch_parameters={"dataframe": frame.to_pandas(use_pyarrow_extension_array=True)}
        )
        suite = gx.ExpectationSuite(name="suite", expectations=expectations)
        validated = batch.validate(suite, result_format=RESULT_FORMAT)
    found = {result.expectation_config.meta["position"]: result for result in validated.results}
    return [_outcome(found[position]) for position in range(len(specs))]


@cache
def _batch_definition() -> Any:
    """Return the one door of the process to pandas frames; a context costs as much as ten expectations."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    # Without pages of its own: they would be written to the temporary folder, with values in them.
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
        analytics_enabled=False,
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")


def _outcome(result: Any) -> Outcome:
    if _has_raised(result.exception_info):
        return Outcome(success=False, raised=True)
    element, unexpected, missing = (_count(result.result, name) for name in ("element", "unexpected", "missing"))
    return Outcome(bool(result.success), raised=False, element=element, unexpected=unexpected, missing=missing)


def _has_raised(info: Mapping[str, Any]) -> bool:
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(entry.get("raised_exception", False) for entry in info.values())


def _count(result: Mapping[str, Any], name: str) -> int | None:
    value = result.get(f"{name}_count")
    return None if value is None else int(value)
