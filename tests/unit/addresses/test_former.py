"""Addresses marked as former are left out, and roads without their side are found by stem."""

from __future__ import annotations

import pytest

from pipelines.addresses.forms.former import present_address
from pipelines.addresses.forms.road_names import RoadStems, road_parts


@pytest.mark.parametrize(
    ("text", "present"),
    [
        ("3栋2单元701,原地址7-103", "3栋2单元701"),
        ("3栋402(原中山东大道71号翠湖广场)", "3栋402"),
        ("1/1/603(原11-203)", "1/1/603"),
        ("东楼(原7-604)楼道", "东楼楼道"),
        ("原7-103,现2栋3单元701户", "2栋3单元701户"),
        ("原住油坊巷30号现住翠湖雅居3栋", "翠湖雅居3栋"),
        ("2单元201室(原世茂花园)", "2单元201室"),
        ("翠湖雅居(原船厂宿舍)3栋501", "翠湖雅居(原船厂宿舍)3栋501"),
        ("原解放路15号501", "原解放路15号501"),
        ("解放路(现新华路)15号", "解放路(现新华路)15号"),
        ("太原路15号", "太原路15号"),
        ("中原大厦3栋501", "中原大厦3栋501"),
        ("原野家园现代城3栋", "原野家园现代城3栋"),
        ("", ""),
    ],
)
def test_present_address(text: str, present: str) -> None:
    assert present_address(text) == present
    assert present_address(present) == present


def test_road_parts() -> None:
    assert road_parts("中山南大道") == ("中山", "南", "大道")
    assert road_parts("东街") is None


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("汉江路", ["汉江北路", "汉江南路"]),
        ("汉江北街", ["汉江北路"]),
        ("汉江东路", []),
        ("汉江北路", []),
        ("中山街", ["中山南大道"]),
        ("人民路", []),
        ("中山献大道", ["中山南大道"]),
        ("汉江乐路", ["汉江北路", "汉江南路"]),
    ],
)
def test_near_roads(written: str, found: list[str]) -> None:
    stems = RoadStems(["汉江北路", "汉江南路", "中山南大道", "同仁里"])
    assert [guess.name for guess in stems.near(written)] == found
