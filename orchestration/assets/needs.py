"""Service needs: which households want a visit, or help to get out. An order of help, not a score of a person."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from orchestration.python_marts import Mart, Step, Tonight, mart_assets
from orchestration.reporting import counts_by, counts_chart
from pipelines.needs.night import TABLE, TABLES


def _attention(tonight: Tonight) -> Sequence[pl.DataFrame]:
    from pipelines.needs.night import attention_households

    return (attention_households(tonight.scan, tonight.as_of),)


def _by_need(rows: pl.LazyFrame) -> dict[str, Any]:
    return {"by_need": counts_chart(counts_by(rows.select("needs").explode("needs").drop_nulls(), "needs"))}


NEEDS_STEP = Step(
    name="needs",
    group="needs",
    owner="civil_affairs",
    sources=TABLES,
    marts=(
        Mart(
            TABLE,
            "One row a household that needs a visit, or help in an evacuation: which help, in which order by building, "
            "unit and floor. Restricted; every printed list is logged. 需关照住户与疏散顺序（限制发布，使用留痕）。",
            _by_need,
        ),
    ),
    make=_attention,
)
needs_marts = [mart_assets(NEEDS_STEP)]
