"""Only the edges that do not follow from others."""

from __future__ import annotations

import dagster as dg

from orchestration.lineage import last_of


def graph(**parents: list[str]) -> list[dg.AssetsDefinition]:
    return [_asset(name, deps) for name, deps in parents.items()]


def _asset(name: str, deps: list[str]) -> dg.AssetsDefinition:
    @dg.asset(name=name, deps=deps)
    def made() -> None: ...

    return made


def keys(*names: str) -> list[dg.AssetKey]:
    return [dg.AssetKey(name) for name in names]


def test_what_others_are_built_from_need_not_be_waited_for() -> None:
    assets = graph(raw=[], staging=["raw"], person=["raw"], mart=["staging", "person"], spare=["raw"])
    assert last_of(keys("raw", "person", "mart", "spare"), assets) == keys("mart", "spare")


def test_a_table_that_leads_only_to_unwanted_ones_is_waited_for() -> None:
    assets = graph(raw=[], person=["raw"], draft=["person"])
    assert last_of(keys("raw", "person"), assets) == keys("person")
    assert last_of([], assets) == []
