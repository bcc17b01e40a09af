"""Marts that Python makes after dbt: one asset a step, whose sources are exactly what it can read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import dagster as dg
import polars as pl

from orchestration.reading import AS_OF, Previous, Scan, before_tonight, day_of, declared
from orchestration.reporting import asset_key, private_errors, told
from orchestration.resources import Night
from pipelines.config import Config
from pipelines.home import Home


@dataclass(frozen=True)
class Tonight:
    """What a step is given.

    Attributes:
        scan: gives the tables that the step declares.
        previous: gives a table of the last snapshot, None where it has none.
        as_of: the day that the tables speak of.
        config: the home's.
        home: for what is kept beside the lake.
    """

    scan: Scan
    previous: Previous
    as_of: date
    config: Config
    home: Home


Facts = Callable[[pl.LazyFrame], dict[str, Any]]


@dataclass(frozen=True)
class Mart:
    """One table of a step.

    Attributes:
        table: `marts.…`.
        description: what a row is, in both languages.
        facts: metadata beside the usual counts; numbers about places, areas and models, never a value of a person.
    """

    table: str
    description: str
    facts: Facts = lambda _: {}


@dataclass(frozen=True)
class Step:
    """One computation of marts.

    Attributes:
        name: of the step.
        group: on Dagster's page.
        owner: team that answers for it.
        sources: the tables it reads; it is refused any other.
        marts: the tables it makes.
        make: from tonight to one frame a mart, in the order of `marts`.
    """

    name: str
    group: str
    owner: str
    sources: tuple[str, ...]
    marts: tuple[Mart, ...]
    make: Callable[[Tonight], Sequence[pl.DataFrame]]


def mart_assets(step: Step) -> dg.AssetsDefinition:
    """Return the assets of a step."""
    sources = [asset_key(table) for table in dict.fromkeys([AS_OF, *step.sources])]

    @dg.multi_asset(
        name=step.name,
        group_name=step.group,
        specs=[
            dg.AssetSpec(
                asset_key(mart.table),
                deps=sources,
                owners=[f"team:{step.owner}"],
                kinds={"polars", "parquet"},
                description=mart.description,
            )
            for mart in step.marts
        ],
    )
    def made(context: dg.AssetExecutionContext, night: Night) -> Iterator[dg.MaterializeResult[Any]]:
        tx = night.transaction(context)
        with private_errors(step.name):
            given = Tonight(
                declared(tx, step.name, step.sources), before_tonight(tx), day_of(tx), night.config, night.place
            )
            for mart, frame in zip(step.marts, step.make(given), strict=True):
                tx.replace(mart.table, frame)
        for mart in step.marts:
            with private_errors(mart.table):
                facts: Mapping[str, Any] = mart.facts(tx.scan(mart.table))
            yield told(tx, mart.table, night.place, **facts)

    return made
