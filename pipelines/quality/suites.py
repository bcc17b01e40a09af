"""Suites run by Great Expectations; the only module that imports it, and only inside the functions that run.

Its results carry values of the data in many places, so only counts are copied from them (`_counts`), and its log is
shut: the message of a failed metric quotes what it failed on.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.contracts.expectations import ExpectationSpec, expectations_of
from pipelines.contracts.model import Contract
from pipelines.quality.results import CheckResult
from pipelines.quality.rules import Suite, load_table_suites

STRUCTURE = "expect_table_columns_to_match_set"
ROW_COUNT = "expect_table_row_count_to_be_between"
WHOLE = "unique"
RESULT_FORMAT = {"result_format": "SUMMARY", "exclude_unexpected_values": True, "partial_unexpected_count": 0}


def suite_for_contract(contract: Contract) -> Suite:
    """Return what is expected of a feed's current rows: its contract's rules, then the hand-written ones."""
    derived = Suite(f"raw.{contract.name}", expectations_of(contract))
    written = load_table_suites().get(derived.table)
    return derived if written is None else derived + written


def check_names(specs: Iterable[ExpectationSpec]) -> list[str]:
    """Return a name for each expectation, unique within the suite and stable while the suite's order is."""
    seen: Counter[str] = Counter()
    names: list[str] = []
    for spec in specs:
        stem = spec.type.removeprefix("expect_") + (f"__{spec.column}" if spec.column else "")
        seen[stem] += 1
        names.append(stem if seen[stem] == 1 else f"{stem}__{seen[stem]}")
    return names


def run_suite(
    table: str,
    specs: Sequence[ExpectationSpec],
    frame: pl.DataFrame | pl.LazyFrame,
    derived: Mapping[str, str] | None = None,
    *,
    row_count: int | None = None,
    most_rows: int | None = None,
) -> list[CheckResult]:
    """Check a frame against a suite.

    Only the columns that the suite names are read. An expectation of a column that the frame lacks, and one that Great
    Expectations cannot evaluate, fails with `raised`.

    Args:
        table: `<schema>.<table>`, for the results only.
        specs: the expectations.
        frame: the rows to check.
        derived: boolean columns to add first, name -> Polars SQL condition.
        row_count: rows of the table where the frame is only a part of it; default those of the frame.
        most_rows: a longer frame is thinned evenly to about this many rows for the rules that judge row by row.

    Returns:
        One result per expectation, in the order of `specs`.
    """
    lazy = frame.lazy()
    counted = int(lazy.select(pl.len()).collect().item())
    present = set(lazy.collect_schema().names())
    computed = {n: c for n, c in (derived or {}).items() if _roots(c) <= present}
    rows = lazy.with_columns([pl.sql_expr(condition).alias(name) for name, condition in computed.items()])
    step = 1 if most_rows is None else max(1, -(-counted // most_rows))
    outcomes: dict[int, Any] = {}
    for group, part in (
        (STRUCTURE, pl.DataFrame(schema=dict.fromkeys(sorted(present), pl.Boolean)).lazy()),
        (WHOLE, rows),
        (None, rows.gather_every(step) if step > 1 else rows),
    ):
        chosen = [i for i, s in enumerate(specs) if _group(s) == group and set(_columns(s)) <= present | set(computed)]
        outcomes |= _run(specs, chosen, part) if chosen else {}
    total = counted if row_count is None else row_count
    return [
        _size(table, name, spec, total) if spec.type == ROW_COUNT else _result(table, name, spec, outcomes.get(i))
        for i, (name, spec) in enumerate(zip(check_names(specs), specs, strict=True))
    ]


def _group(spec: ExpectationSpec) -> str | None:
    """How many rows a rule needs: none (structure), all of them (uniqueness), or as many as are handy."""
    if spec.type in (STRUCTURE, ROW_COUNT):
        return spec.type
    return WHOLE if "unique" in spec.type else None


def _columns(spec: ExpectationSpec) -> list[str]:
    single = [spec.kwargs[key] for key in ("column", "column_A", "column_B") if key in spec.kwargs]
    return [*single, *spec.kwargs.get("column_list", [])]


def _roots(condition: str) -> set[str]:
    return set(pl.sql_expr(condition).meta.root_names())


def _run(specs: Sequence[ExpectationSpec], chosen: Sequence[int], rows: pl.LazyFrame) -> dict[int, Any]:
    """Return Great Expectations' result of each chosen expectation by its position."""
    needed = sorted({column for position in chosen for column in _columns(specs[position])})
    frame = (rows.select(needed) if needed else rows).collect()
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx
        from great_expectations.data_context.types.base import (
            DataContextConfig,
            InMemoryStoreBackendDefaults,
            ProgressBarsConfig,
        )
        from great_expectations.expectations.registry import get_expectation_impl

        # Without pages of its own: they would be written to the temporary folder, with values in them.
        config = DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
            analytics_enabled=False,
        )
        context = gx.get_context(mode="ephemeral", project_config=config)
        asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
        batch = asset.add_batch_definition_whole_dataframe("whole").get_batch(
            batch_parameters={"dataframe": frame.to_pandas(use_pyarrow_extension_array=True)}
        )
        expectations = [
            get_expectation_impl(specs[i].type)(**specs[i].kwargs, severity=specs[i].severity, meta={"position": i})
            for i in chosen
        ]
        suite = gx.ExpectationSuite(name="suite", expectations=expectations)
        validated = batch.validate(suite, result_format=RESULT_FORMAT)
    return {result.expectation_config.meta["position"]: result for result in validated.results}


def _size(table: str, name: str, spec: ExpectationSpec, count: int) -> CheckResult:
    """Judge the number of rows: known already, and of the whole table though the frame may be a night's part."""
    low, high = spec.kwargs.get("min_value"), spec.kwargs.get("max_value")
    success = (low is None or count >= low) and (high is None or count <= high)
    titles = (spec.title_zh, spec.title_en)
    return CheckResult(table, name, None, spec.severity, success, None, None, None, spec.dimension, *titles)


def _result(table: str, name: str, spec: ExpectationSpec, outcome: Any) -> CheckResult:
    raised = outcome is None or _has_raised(outcome.exception_info)
    element, unexpected, missing = (None, None, None) if raised else _counts(outcome.result)
    return CheckResult(
        table=table,
        check=name,
        column=spec.column,
        severity=spec.severity,
        success=not raised and bool(outcome.success),
        element_count=element,
        unexpected_count=unexpected,
        missing_count=missing,
        dimension=spec.dimension,
        title_zh=spec.title_zh,
        title_en=spec.title_en,
        raised=raised,
    )


def _has_raised(info: Mapping[str, Any]) -> bool:
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(entry.get("raised_exception", False) for entry in info.values())


def _counts(result: Mapping[str, Any]) -> tuple[int | None, int | None, int | None]:
    """Copy the white list: three counts. Everything else in a result may be a value of the data."""
    element, unexpected, missing = (result.get(f"{name}_count") for name in ("element", "unexpected", "missing"))
    return (
        None if element is None else int(element),
        None if unexpected is None else int(unexpected),
        None if missing is None else int(missing),
    )
