"""No row in the model register, or a review that is overdue, and nothing is published."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from pipelines.errors import ConfigError
from pipelines.home import CHECKOUT
from pipelines.risk.places.classes import incident_classes
from pipelines.risk.register import (
    REGISTER_SCHEMA,
    ModelEntry,
    RegisteredMart,
    code_hash,
    may_publish,
    register_models,
    registered_marts,
)

AS_OF = dt.date(2026, 3, 1)
ROW = RegisteredMart(
    mart="marts.backtest", model="rolling", owner="team:a", review_on=AS_OF, modules=("pipelines.risk.register",)
)


def test_a_mart_goes_out_until_the_day_of_its_review() -> None:
    assert may_publish("marts.backtest", AS_OF, [ROW]).published
    overdue = may_publish("marts.backtest", AS_OF + dt.timedelta(days=1), [ROW])
    assert not overdue.published
    assert "2026-03-01" in overdue.reason_zh
    assert not may_publish("marts.other", AS_OF, [ROW]).published
    assert not may_publish("marts.backtest", AS_OF, []).published


def test_the_register_holds_entries_silent_marts_and_unregistered_ones() -> None:
    silent = ROW.model_copy(update={"mart": "marts.silent"})
    entries = [
        ModelEntry("marts.backtest", "counts", AS_OF, AS_OF, {"b": float("nan"), "a": 0.123456}),
        ModelEntry("marts.unknown", "magic", None, None),
    ]
    table = register_models(entries, AS_OF, [ROW, silent])
    assert dict(table.schema) == dict(REGISTER_SCHEMA)
    assert table.select("mart", "model", "published", "owner").rows() == [
        ("marts.backtest", "counts", True, "team:a"),
        ("marts.silent", "rolling", True, "team:a"),
        ("marts.unknown", "magic", False, None),
    ]
    assert json.loads(table["scores"][0]) == {"a": 0.1235, "b": None}
    assert table["code_hash"][0] == code_hash(["pipelines.risk.register"])
    assert register_models(entries[::-1], AS_OF, [silent, ROW]).equals(table)


def test_the_hash_follows_the_sources(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "one.py").write_text("a = 1\n", encoding="utf-8")
    first = code_hash(["room"], tmp_path)
    assert first == code_hash(["room.one", "room"], tmp_path)
    (tmp_path / "room" / "one.py").write_text("a = 2\n", encoding="utf-8")
    assert code_hash(["room"], tmp_path) != first
    with pytest.raises(ConfigError, match=r"no source of room\.two"):
        code_hash(["room.two"], tmp_path)


@pytest.mark.parametrize(
    "text",
    ["- {mart: marts.a}", "- 3", "mart: [", "- {mart: a, model: abc, owner: abc, review_on: 2026-01-01, modules: [a]}"],
)
def test_a_wrong_file_is_an_error_and_no_file_allows_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "risk_models.yml"
    assert registered_marts(tmp_path / "none.yml") == ()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"risk_models\.yml"):
        registered_marts(path)


def test_a_mart_stands_once(tmp_path: Path) -> None:
    row = "- {mart: marts.a, model: abc, owner: abc, review_on: 2026-01-01, modules: [pipelines.risk]}\n"
    path = tmp_path / "risk_models.yml"
    path.write_text(row * 2, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"registered twice: marts\.a"):
        registered_marts(path)


def test_the_projects_own_register_names_sources_that_are_there() -> None:
    rows = registered_marts()
    assert {"marts.risk_place_forecast", "marts.backtest", "marts.risk_building"} <= {row.mart for row in rows}
    for row in rows:
        assert len(code_hash(row.modules)) == 16
        assert (CHECKOUT / "expectations" / "tables" / "marts" / f"{row.mart.removeprefix('marts.')}.yml").exists()


def test_classes_share_no_category_and_name_the_rest(tmp_path: Path) -> None:
    head = "incident_class,title_zh,title_en,categories\n"
    for body in ("all,全,All,*\nmissing_or_other,余,Rest,其他\ntheft,盗,Theft,其他\n", "theft,盗,Theft,盗窃\n"):
        path = tmp_path / f"{len(body)}.csv"
        path.write_text(head + body, encoding="utf-8")
        with pytest.raises(ConfigError, match="classes missing"):
            incident_classes(path)
