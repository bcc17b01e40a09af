"""The scorecard as a page: which marts it reads, and what its template is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import polars as pl

from pipelines.pages.facts import PageFacts
from pipelines.pages.marts import Marts, Missing, Scan
from pipelines.pages.page import Page
from pipelines.pages.rendering import write_page
from pipelines.pages.scorecard import schemas
from pipelines.pages.scorecard.actions import actions_of
from pipelines.pages.scorecard.freshness import freshness_of
from pipelines.pages.scorecard.glossary import glossary_of
from pipelines.pages.scorecard.lag import lags_of
from pipelines.pages.scorecard.matrix import matrix_of
from pipelines.pages.scorecard.metrics import Definitions, definitions_of, metrics_of
from pipelines.pages.scorecard.overlap import overlaps_of
from pipelines.pages.scorecard.returns import returns_of
from pipelines.pages.scorecard.rules import rules_of
from pipelines.pages.text import Text

View = TypeVar("View")


def scorecard_view(marts: Marts) -> Mapping[str, object]:
    """Return the view of every section; `Missing` for one whose mart is absent, and for a mart without rows `None`."""
    told = marts.told
    quality = marts.read("marts.data_quality", schemas.DATA_QUALITY)
    registry = marts.read("marts.quality_metric", schemas.QUALITY_METRIC)
    definitions: Definitions = {} if isinstance(registry, Missing) else definitions_of(registry)
    metrics = () if isinstance(quality, Missing) else metrics_of(quality, definitions, told)
    returns = _section(marts, "marts.return_summary", schemas.RETURN_SUMMARY, returns_of)
    return {
        "matrix": quality if isinstance(quality, Missing) else matrix_of(metrics, told),
        "actions": quality if isinstance(quality, Missing) else actions_of(metrics, _known(returns), told),
        "glossary": glossary_of(definitions),
        "freshness": _section(
            marts, "ops.delivery", schemas.DELIVERY, lambda rows, told: freshness_of(rows, metrics, told)
        ),
        "rules": _section(marts, "marts.quality_check", schemas.QUALITY_CHECK, rules_of),
        "overlaps": _section(marts, "marts.register_overlap", schemas.REGISTER_OVERLAP, overlaps_of),
        "lags": _section(marts, "marts.update_lag", schemas.UPDATE_LAG, lags_of),
        "returns": returns,
    }


SCORECARD = Page(
    name="scorecard",
    title=Text("数据质量记分卡", "Data quality scorecard"),
    template="scorecard.html.j2",
    view=scorecard_view,
)


def write_scorecard(scan: Scan, folder: Path, told: PageFacts) -> Path:
    """Write `folder/scorecard.html`, one file that needs no other.

    Args:
        scan: gives a table of one snapshot as a lazy frame; it is asked for those in `told.tables` alone.
        folder: where pages lie; made when missing.
        told: which snapshot this is.

    Returns:
        The path of the page.
    """
    return write_page(SCORECARD, Marts(scan, told), folder, pages=(SCORECARD,))


def _section(
    marts: Marts,
    table: str,
    schema: Mapping[str, pl.DataType],
    view: Callable[[pl.DataFrame, PageFacts], View],
) -> View | Missing | None:
    rows = marts.read(table, schema)
    if isinstance(rows, Missing):
        return rows
    return view(rows, marts.told) if rows.height else None


def _known(section: View | Missing | None) -> View | None:
    return None if isinstance(section, Missing) else section
