"""A step reads what it declares and nothing else, and a frozen quarter is served as it was frozen, come what may."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from orchestration.assets.frozen import FROZEN, FROZEN_STEP
from orchestration.assets.needs import NEEDS_STEP
from orchestration.assets.risk import STEPS, hit_rates
from orchestration.closing import broken_quarters
from orchestration.novelty import decisions_wait
from orchestration.python_marts import Mart, Step, Tonight, mart_assets
from orchestration.reading import AS_OF, before_tonight, declared
from orchestration.resources import KEY, Night
from pipelines.contracts.impact import follow
from pipelines.errors import LakeError
from pipelines.home import Home
from pipelines.indicators.freeze import FROZEN_SCHEMA, freeze_quarter
from pipelines.lake.lock import RunLock
from pipelines.lake.store import Lake
from pipelines.quality.contract_impact import PYTHON_EDGES

MONTHS = ("2026-10", "2026-11", "2026-12")
NOW = datetime(2027, 1, 4, 2, tzinfo=UTC)
AREA = {"indicator": "mediation_success", "area_level": "street", "area": "平安街道", "method_version": "1"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose last snapshot has indicators of a quarter that is over."""
    place = Home(tmp_path / "home").ensure()
    schema = {name: FROZEN_SCHEMA[name] for name in (*AREA, "month", "value")}
    rows = [{**AREA, "month": month, "value": 0.5} for month in MONTHS]
    with RunLock(place):
        tx = Lake(place).begin("n1")
        tx.replace("marts.kpi_monthly", pl.DataFrame(rows, schema=schema))
        tx.replace("marts.indicator", pl.DataFrame({"indicator": ["mediation_success"], "method_version": ["1"]}))
        tx.replace(AS_OF, pl.DataFrame({"as_of": [date(2027, 1, 2)]}))
        tx.replace("ops.delivery", pl.DataFrame({"status": ["loaded"], "delivered_on": [date(2027, 1, 2)]}))
        tx.commit(inputs={"frozen_quarters": []})
    return place


def made(home: Home, step: Step) -> dict[str, pl.DataFrame]:
    """Run one step as the night does, commit, and return its tables."""
    job = dg.Definitions(assets=[mart_assets(step)], resources={KEY: Night()}).resolve_implicit_global_asset_job_def()
    outcome = job.execute_in_process(
        run_config={"resources": {KEY: {"config": {"home": str(home.root)}}}}, raise_on_error=False
    )
    failed = [event.step_failure_data.user_failure_data for event in outcome.all_events if event.is_step_failure]
    assert not failed, failed[0] and failed[0].description
    with RunLock(home):
        tx = Lake(home).resume(outcome.run_id)
        tables = {mart.table: tx.scan(mart.table).collect() for mart in step.marts}
        tx.commit(inputs={"run": outcome.run_id})
    return tables


def test_a_step_is_refused_what_it_does_not_declare(home: Home) -> None:
    with RunLock(home):
        tx = Lake(home).begin("n2")
        scan = declared(tx, "places", ("marts.kpi_monthly",))
        assert scan("marts.kpi_monthly").collect().height == len(MONTHS)
        with pytest.raises(LakeError, match=r"places reads marts\.indicator and does not say so"):
            scan("marts.indicator")
        assert before_tonight(tx)("marts.risk_cell") is None


def test_a_step_that_reads_on_the_sly_fails_the_night(home: Home) -> None:
    def peeping(tonight: Tonight) -> list[pl.DataFrame]:
        return [tonight.scan("marts.kpi_monthly").collect()]

    step = Step("peeping", "risk", "analytics", (), (Mart("marts.backtest", "回测 Backtest."),), peeping)
    with pytest.raises(AssertionError, match="does not say so"):
        made(home, step)


def test_a_frozen_quarter_is_news_until_it_is_served(home: Home) -> None:
    assert not decisions_wait(home)
    freeze_quarter(home, "2026Q4", NOW, "li")
    assert decisions_wait(home)
    with RunLock(home):
        Lake(home).begin("n2").commit(inputs={"frozen_quarters": ["2026Q4"]})
    assert not decisions_wait(home)


def test_a_broken_quarter_is_told_and_stays_as_it_was_served(home: Home) -> None:
    freeze_quarter(home, "2026Q4", NOW, "li")
    served = made(home, FROZEN_STEP)[FROZEN]
    assert served["month"].to_list() == list(MONTHS)
    assert broken_quarters(home) == []
    (home.root / "frozen" / "2026Q4" / "kpi_monthly.parquet").write_bytes(b"overwritten")
    assert ["2026Q4" in told for told in broken_quarters(home)] == [True]
    assert made(home, FROZEN_STEP)[FROZEN].equals(served)
    shutil.rmtree(home.root / "frozen")
    assert made(home, FROZEN_STEP)[FROZEN].is_empty()


def test_hit_rates_are_told_beside_plain_counts() -> None:
    rows = pl.LazyFrame(
        {
            "incident_class": ["theft", "fire", "theft"],
            "model": ["counts", "counts", "kde"],
            "origin": ["all", "all", "2026-01-01"],
            "area_share": [0.05, 0.05, 0.05],
            "published": [True, True, True],
            "hit_rate": [0.498, None, 0.9],
            "baseline_hit_rate": [0.498, None, 0.5],
            "origins": [12, 0, 1],
        }
    )
    told = hit_rates(rows)["hit_rate_at_5_percent"].value
    assert "| theft (counts, 12 origins) | 49.8% / 49.8% |" in told
    assert "unknown / unknown" in told
    assert "kde" not in told


def test_what_a_changed_contract_reaches_has_the_marts_of_every_step() -> None:
    """`streetlake contracts diff` follows its own list of Python's steps: it must say what the steps say."""
    for step in (*STEPS, NEEDS_STEP, FROZEN_STEP):
        reached = {mart.table for mart in step.marts}
        for source in step.sources:
            # What is raw is read by feed, the addresses of a feed by its own rows.
            if not source.startswith(("raw.", "ops.")) and source != "master.address_match":
                assert reached <= follow([source], PYTHON_EDGES), (step.name, source)
