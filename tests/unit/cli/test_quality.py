"""`streetlake quality` on a small lake: lights, what to mend first, one feed, one month, and JSON for scripts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import orjson
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from pipelines.cli.app import app
from pipelines.errors import LakeError
from pipelines.home import Home
from pipelines.lake.lock import RunLock
from pipelines.lake.store import Lake

MART = {
    "department": "police",
    "department_zh": "公安",
    "feed": "residents",
    "title_zh": "实有人口",
    "title_en": "Residents",
    "dimension": "validity",
    "metric": "rows_accepted",
    "metric_zh": "合格行占比",
    "metric_en": "Rows accepted",
    "scope": "",
    "scope_zh": "",
    "scope_en": "",
    "month": "2025-06",
    "numerator": 90.0,
    "denominator": 100.0,
    "value": 0.9,
    "unit": "share",
    "direction": "up",
    "target": 0.99,
    "baseline": None,
    "light": "yellow",
    "light_reason": "near",
    "value_before": 0.8,
    "trend": "better",
    "owner": "人口管理大队",
    "as_of": date(2025, 6, 30),
}
AGE = {"dimension": "timeliness", "metric": "age", "metric_zh": "最近交付距今天数", "unit": "days", "direction": "down"}
AGE |= {"numerator": None, "denominator": None, "value": 3.0, "target": 1.0, "light": "red", "light_reason": "missed"}
SMALL = {"feed": "incidents", "light": "grey", "light_reason": "too_small", "trend": "unknown", "value": None}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home(tmp_path).ensure()
    rows = [MART, MART | AGE, MART | SMALL, MART | {"month": "2025-05", "light": "green"}]
    advice = {"advice_zh": "先改占比最高的一种", "advice_en": "Mend the commonest first"}
    metrics = [{"metric": row["metric"], "dimension": row["dimension"], **advice} for row in (MART, AGE)]
    with RunLock(place):
        tx = Lake(place).begin("r1")
        tx.replace("marts.data_quality", pl.DataFrame(rows, infer_schema_length=None))
        tx.replace("marts.quality_metric", pl.DataFrame(metrics))
        tx.commit()
    return place


def run(home: Home, *words: str) -> Result:
    return CliRunner().invoke(app, ["quality", *words, "--home", str(home.root)])


def facts(home: Home, *words: str) -> dict[str, list[dict[str, object]]]:
    told: dict[str, list[dict[str, object]]] = orjson.loads(run(home, "--json", *words).output)
    return told


def test_the_newest_month_with_its_lights_and_what_to_mend_first(home: Home) -> None:
    output = run(home).output
    assert "2025-06" in output
    assert "公安" in output
    assert "先改占比最高的一种" in output
    assert "90.0%" in output
    assert "3 days" in output
    assert output.index("最近交付距今天数") < output.index("合格行占比"), "red comes before yellow"


def test_one_feed_shows_every_metric_and_why_a_light_is_grey(home: Home) -> None:
    assert "样本过少" in run(home, "--feed", "police/incidents").output
    assert [row["metric"] for row in facts(home, "--feed", "police_residents")["metrics"]] == ["rows_accepted", "age"]


def test_an_earlier_month_can_be_asked_for(home: Home) -> None:
    told = facts(home, "--month", "2025-05")
    assert (told["month"], told["worst"], len(told["lights"])) == ("2025-05", [], 1)


def test_json_holds_lights_and_worst(home: Home) -> None:
    told = facts(home)
    assert {(row["dimension"], row["light"]) for row in told["lights"]} == {
        ("validity", "yellow"),
        ("timeliness", "red"),
    }
    assert [row["metric"] for row in told["worst"]] == ["age", "rows_accepted"]
    assert told["metrics"] == []


@pytest.mark.parametrize(
    ("words", "known"),
    [(("--feed", "police/nothing"), "police/residents"), (("--month", "1999-01"), "2025-05")],
    ids=["feed", "month"],
)
def test_what_there_is_not_is_refused_with_what_there_is(home: Home, words: tuple[str, str], known: str) -> None:
    result = run(home, *words)
    assert result.exit_code == 2
    assert known in result.output


def test_before_the_first_load_it_says_what_to_do(tmp_path: Path) -> None:
    result = run(Home(tmp_path))
    assert isinstance(result.exception, LakeError)
    assert "streetlake load" in str(result.exception)
