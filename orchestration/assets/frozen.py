"""Frozen quarters of indicators, as the lake serves them."""

from collections.abc import Sequence

import polars as pl

from orchestration.python_marts import Mart, Step, Tonight, mart_assets
from orchestration.reporting import counts_by, counts_chart

KPI, FROZEN = "marts.kpi_monthly", "marts.kpi_frozen"


def _frozen(tonight: Tonight) -> Sequence[pl.DataFrame]:
    """Return what is frozen; of a quarter whose files are no longer what was frozen, what was served of it before."""
    from pipelines.indicators.freeze import read_intact

    rows, broken = read_intact(tonight.home)
    served = tonight.previous(FROZEN)
    if broken and served is not None:
        kept = served.filter(pl.col("quarter").is_in(list(broken))).collect()
        rows = pl.concat([rows, kept], how="diagonal_relaxed")
    return (rows.sort("quarter", "indicator", "area_level", "area", "month"),)


FROZEN_STEP = Step(
    name="frozen_quarters",
    group="marts",
    owner="analytics",
    sources=(KPI,),
    marts=(
        Mart(
            FROZEN,
            "One row an indicator, area and month of a frozen quarter, as it was published then, with the version of "
            "its method; never changed after. 季度冻结指标：按当时口径与版本封存，不再变更。",
            lambda rows: {f"by_{name}": counts_chart(counts_by(rows, name)) for name in ("quarter", "light")},
        ),
    ),
    make=_frozen,
)
frozen_marts = [mart_assets(FROZEN_STEP)]
