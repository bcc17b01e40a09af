"""dbt's two groups: staging views over raw, and what is built from the fused records: facts, master, marts.

Between the two stand the assets of addresses and identity.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets

from orchestration import dbt, dbt_tests
from orchestration.progress import report_label
from orchestration.reporting import private_errors, table_facts
from orchestration.resources import Night
from pipelines.lake import workshop

STAGING = "fqn:streetlake.staging resource_type:seed"  # not `path:`, which dbt resolves against the working directory
UNIQUE_ID = "dagster_dbt/unique_id"


class Translator(DagsterDbtTranslator):  # type: ignore[misc]  # dagster_dbt has no types
    """dbt's description without its SQL, who owns what, and tests under readable names."""

    def __init__(self, manifest: Any) -> None:
        super().__init__()
        self.check_names = dbt_tests.check_names(manifest)

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Any, unique_id: str, project: Any
    ) -> dg.AssetCheckSpec | None:
        """Return the check of a test, under a short name and with what it expects in both languages."""
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        if spec is None:
            return None
        test = manifest["nodes"][unique_id]
        return dg.AssetCheckSpec(
            self.check_names[unique_id],
            asset=spec.asset_key,
            description=dbt_tests.description(manifest, test),
            additional_deps=spec.additional_deps,
            blocking=spec.blocking,
            metadata={
                **spec.metadata,
                "severity": "critical" if spec.blocking else "warning",
                "owner": next(iter(asset_spec.owners), "team:analytics"),
            },
        )

    def get_description(self, dbt_resource_props: Any) -> str:
        """Return the description written in the project."""
        return str(dbt_resource_props.get("description") or dbt_resource_props["name"])

    def get_group_name(self, dbt_resource_props: Any) -> str | None:
        """Return the group: that of the configuration, else the schema."""
        told = super().get_group_name(dbt_resource_props)
        return told or str(dbt_resource_props["schema"])

    def get_owners(self, dbt_resource_props: Any) -> list[str]:
        """Return the owner: who keeps the marts."""
        return list(super().get_owners(dbt_resource_props) or ["team:analytics"])


def staging_models(manifest: Any) -> dg.AssetsDefinition:
    """Return the asset group of the staging views and the seeds."""

    def staging(context: dg.AssetExecutionContext, night: Night) -> Iterator[Any]:
        dbt.fresh_workshop(night.place, manifest)
        yield from _build(context, night, manifest, ["--select", *STAGING.split()], tell_sql=False)

    return _assets(staging, manifest, "staging_models", select=STAGING)


def served_models(manifest: Any) -> dg.AssetsDefinition:
    """Return the asset group of facts, master tables, indicators and marts."""

    def served(context: dg.AssetExecutionContext, night: Night) -> Iterator[Any]:
        yield from _build(context, night, manifest, ["--exclude", *STAGING.split()], tell_sql=True)

    return _assets(served, manifest, "served_models", exclude=STAGING)


def _assets(compute: Callable[..., Iterator[Any]], manifest: Any, name: str, **which: str) -> dg.AssetsDefinition:
    made: dg.AssetsDefinition = dbt_assets(
        manifest=manifest, name=name, dagster_dbt_translator=Translator(manifest), **which
    )(compute)
    return made


def _build(
    context: dg.AssetExecutionContext, night: Night, manifest: Any, group: list[str], *, tell_sql: bool
) -> Iterator[Any]:
    """Link what the nodes read, let dbt build them, stage what it wrote, and tell each result.

    dbt walks its graph once a selector: the whole `group` is one, a part of it is a list of names.
    """
    chosen = {
        spec.metadata[UNIQUE_ID]: spec.key
        for spec in context.assets_def.specs
        if spec.key in context.selected_asset_keys
    }
    tests = {spec.metadata[UNIQUE_ID]: spec for spec in context.assets_def.check_specs}
    tx = night.transaction(context)
    served = {unique_id: table for unique_id in chosen if (table := dbt.served_table(manifest, unique_id))}
    everything = len(chosen) == len(context.assets_def.keys)
    # By file: a bare name selects a folder of the same name too.
    names = [f"file:{Path(manifest['nodes'][unique_id]['path']).name}" for unique_id in chosen]
    with private_errors("dbt"):
        for table in dbt.sources_of(manifest, list(chosen)):
            tx.link_build(table)
        workshop.clear(night.place.build, served.values())
        select = group if everything else ["--select", *names]
        results = dbt.build(night.place, night.config, select, report_label, tell_sql=tell_sql)
    for result in results:
        if result.unique_id in chosen and result.status == "success":
            facts: dict[str, Any] = {"seconds": round(result.seconds, 3)}
            if written := served.get(result.unique_id):
                with private_errors(written):
                    tx.stage_built(written)
                facts |= table_facts(tx, written, night.place)
            yield dg.MaterializeResult(asset_key=chosen[result.unique_id], metadata=facts)
        elif result.unique_id in tests and result.status != "skipped":
            yield _check_result(result, tests[result.unique_id])
    if bad := [result.name for result in results if result.is_bad]:
        raise dg.Failure(f"dbt: {', '.join(bad)} failed; its log is workshop/dbt/dbt.log", allow_retries=False)


def _check_result(result: dbt.NodeResult, spec: dg.AssetCheckSpec) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=spec.asset_key,
        check_name=spec.name,
        passed=result.status == "pass",
        severity=dg.AssetCheckSeverity.ERROR if result.is_bad else dg.AssetCheckSeverity.WARN,
        metadata={
            "rows_found": result.failures or 0,
            **{name: spec.metadata[name] for name in ("severity", "owner")},
            "seconds": round(result.seconds, 3),
        },
    )
