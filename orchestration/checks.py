"""The quality room's suites as asset checks: counts only, and a critical one that fails stops what depends on it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import dagster as dg
import polars as pl

from orchestration.books import checked, newest_delivery, record
from orchestration.check_words import described, display_names, told_of
from orchestration.reporting import asset_key, private_errors
from orchestration.resources import Night
from pipelines.contracts.expectations import ExpectationSpec
from pipelines.contracts.loader import load_contracts
from pipelines.lake.store import Transaction
from pipelines.quality.evaluation import checked_tables, evaluate_batches, evaluate_tables
from pipelines.quality.results import CheckResult
from pipelines.quality.rules import load_table_suites
from pipelines.quality.suites import check_names, suite_for_contract

Evaluate = Callable[[Transaction], list[CheckResult]]


def raw_checks() -> list[dg.AssetChecksDefinition]:
    """Return the checks of every feed's batch of the night."""
    contracts = load_contracts()
    return [
        suite_checks(suite.table, suite.specs, _of_batches(name))
        for name, contract in sorted(contracts.items())
        for suite in [suite_for_contract(contract)]
    ]


def table_checks(tables: Sequence[str]) -> list[dg.AssetChecksDefinition]:
    """Return the checks of those built tables that have hand-written expectations; drift among them."""
    suites = load_table_suites()
    return [
        suite_checks(table, suites[table].specs, _of_table(table)) for table in checked_tables() if table in set(tables)
    ]


def suite_checks(table: str, specs: Sequence[ExpectationSpec], evaluate: Evaluate) -> dg.AssetChecksDefinition:
    """Return the asset checks of one table."""

    @dg.multi_asset_check(name=f"check_{table.replace('.', '__')}", specs=check_specs(table, specs))
    def check(context: dg.AssetCheckExecutionContext, night: Night) -> Iterator[dg.AssetCheckResult]:
        tx = night.transaction(context)
        with private_errors(table):
            fresh = evaluate(tx) if tx.changed(table) or not checked(tx, table) else []
            if fresh:
                record(tx, table, fresh)
            results = checked(tx, table)
        yield from told_checks(table, specs, results)

    return check


def check_specs(table: str, specs: Sequence[ExpectationSpec]) -> list[dg.AssetCheckSpec]:
    """Return the expectations of a table as checks of its asset, in their order."""
    # A blocking check is waited for by all that depends on the table; where none is critical, all are, for the order.
    waited_for = {spec.severity for spec in specs} & {"critical"} or {spec.severity for spec in specs}
    return [
        dg.AssetCheckSpec(
            name,
            asset=asset_key(table),
            description=described(spec),
            blocking=spec.severity in waited_for,
            metadata=told_of(spec),
        )
        for name, spec in zip(display_names(specs, check_names(specs)), specs, strict=True)
    ]


def told_checks(
    table: str, specs: Sequence[ExpectationSpec], results: Sequence[CheckResult]
) -> Iterator[dg.AssetCheckResult]:
    """Return the verdict on each expectation of a table, in their order."""
    names, found = check_names(specs), {result.check: result for result in results}
    for name, shown in zip(names, display_names(specs, names), strict=True):
        yield as_asset_check(asset_key(table), shown, found.get(name))


def as_asset_check(key: dg.AssetKey, name: str, result: CheckResult | None) -> dg.AssetCheckResult:
    """Turn counts into an asset check; a table that was never delivered passes, and says so."""
    if result is None:
        return dg.AssetCheckResult(
            asset_key=key, check_name=name, passed=True, description="nothing delivered yet · 尚无交付"
        )
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=name,
        passed=result.success,
        severity=dg.AssetCheckSeverity.ERROR if result.severity == "critical" else dg.AssetCheckSeverity.WARN,
        description=verdict(result),
        metadata=counted(result),
    )


def verdict(result: CheckResult) -> str:
    """Return the outcome in a line: how many rows break the rule, of how many."""
    if result.raised:
        return "could not be evaluated · 无法检查"
    if result.unexpected_count is None or not result.element_count:
        return "holds · 成立" if result.success else "does not hold · 不成立"
    share = result.unexpected_count / result.element_count
    found = f"{result.unexpected_count:,} of {result.element_count:,} rows break it ({share:.2%})"
    return f"{found} · {result.unexpected_count:,} 行不符"


def counted(result: CheckResult) -> dict[str, Any]:
    """Return what was counted, and of which deliveries."""
    counts = {
        "rows_found": result.unexpected_count,
        "rows_checked": result.element_count,
        "rows_without_a_value": result.missing_count,
    }
    words = {
        "severity": result.severity,
        "owner": result.owner,
        "dimension": result.dimension,
        "newest_delivery": result.as_of and result.as_of.isoformat(),
        "name_in_tables": result.check,
    }
    return {name: value for name, value in {**counts, **words}.items() if value is not None}


def new_batches(tx: Transaction, table: str) -> list[str]:
    """Return the batches that this run brought to a raw table, sorted; only new files are read for it."""
    before = set(tx.base.files(table)) if tx.base and tx.base.has(table) else set()
    written = [path for path in tx.files(table) if path not in before]
    if not written:
        return []
    batches = pl.scan_parquet(written).select("batch_id").unique()
    if tx.base and tx.base.has(table):
        batches = batches.join(tx.base.scan(table).select("batch_id").unique(), on="batch_id", how="anti")
    return sorted(batches.collect()["batch_id"].to_list())


def _of_batches(name: str) -> Evaluate:
    def evaluate(tx: Transaction) -> list[CheckResult]:
        batches = new_batches(tx, f"raw.{name}")
        return evaluate_batches(tx.scan, load_contracts(), {name: batches}) if batches else []

    return evaluate


def _of_table(table: str) -> Evaluate:
    def evaluate(tx: Transaction) -> list[CheckResult]:
        return evaluate_tables(tx.scan, [table], as_of=newest_delivery(tx))

    return evaluate
