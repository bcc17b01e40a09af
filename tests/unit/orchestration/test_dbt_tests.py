"""Names and words of dbt's tests on an asset's page."""

from __future__ import annotations

import re
from typing import Any

import pytest

from orchestration import dbt
from orchestration.dbt_tests import check_names, description

MODEL = "model.streetlake.sensor_alarm"


def generic(kind: str, name: str, column: str | None = None, told: str = "", **kwargs: Any) -> dict[str, Any]:
    return {
        "resource_type": "test",
        "name": name,
        "attached_node": MODEL,
        "column_name": column,
        "description": told,
        "test_metadata": {"name": kind, "kwargs": kwargs},
    }


def manifest(**tests: dict[str, Any]) -> dict[str, Any]:
    return {"nodes": {MODEL: {"resource_type": "model", "name": "sensor_alarm"}, **tests}}


@pytest.mark.parametrize(
    ("test", "name", "expected"),
    [
        (
            generic("not_null", "not_null_sensor_alarm_event_id", "event_id"),
            "event_id_is_given",
            "event_id is given in every row · 每行都有 event_id",
        ),
        (
            generic("unique", "unique_sensor_alarm_event_id", "event_id"),
            "event_id_names_one_row",
            "event_id names one row · event_id 不重复",
        ),
        (
            generic("unique_together", "unique_together_sensor_alarm_a__b", columns=["a", "b"]),
            "one_row_each_a_b",
            "One row for each a, b · 按 a, b 唯一",
        ),
        (
            generic(
                "relationships",
                "relationships_sensor_alarm_device_id__x",
                "device_id",
                to="source('master', 'device')",
                field="id",
            ),
            "device_id_is_known",
            "device_id is known to master.device.id · device_id 在 master.device.id 中",
        ),
        (
            generic("accepted_values", "accepted_values_sensor_alarm_kind__x", "kind", values=["fire", "gas"]),
            "kind_is_listed",
            "kind is one of fire, gas · kind 取值在清单内",
        ),
        (
            generic("holds", "clocks_are_ordered", condition="begun_at <= ended_at"),
            "clocks_are_ordered",
            "Holds in every row: `begun_at <= ended_at` · 每行成立",
        ),
        (
            generic("not_null", "every_alarm_has_a_device", "device_id", told="Each alarm · 每条告警"),
            "every_alarm_has_a_device",
            "Each alarm · 每条告警",
        ),
    ],
)
def test_a_test_is_named_and_told(test: dict[str, Any], name: str, expected: str) -> None:
    project = manifest(t=test)
    assert check_names(project) == {"t": name}
    assert description(project, test) == expected


def test_two_tests_of_one_kind_and_column_keep_apart() -> None:
    one = generic("accepted_values", "accepted_values_sensor_alarm_kind__x", "kind", values=["x"])
    two = generic("accepted_values", "accepted_values_sensor_alarm_kind__y", "kind", values=["y"])
    assert check_names(manifest(a=one, b=two)) == {"a": "kind_is_listed", "b": "kind_is_listed_2"}


def test_the_project_s_own_tests_have_names_that_dagster_takes_and_words() -> None:
    project = dbt.read_manifest()
    names = check_names(project)
    assert len(names) > 50
    for unique_id, name in names.items():
        assert re.fullmatch(r"[A-Za-z0-9_]{3,80}", name), name
        assert re.search("[a-z].*[一-鿿]", description(project, project["nodes"][unique_id])), name
