"""The four lights: a colour, a shape that tells the same without colour, and a word in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.pages.text import Text


@dataclass(frozen=True)
class Light:
    """One light.

    Attributes:
        name: as in the marts.
        glyph: the shape as a character, for plain text.
        word: for people and screen readers.
    """

    name: str
    glyph: str
    word: Text


GREEN = Light("green", "●", Text("绿灯", "green"))
YELLOW = Light("yellow", "▲", Text("黄灯", "yellow"))
RED = Light("red", "■", Text("红灯", "red"))
GREY = Light("grey", "○", Text("灰灯", "grey"))

LIGHTS = (RED, YELLOW, GREY, GREEN)
"""Worst first. Grey stands before green: what is not known is not in order."""

BY_NAME = {light.name: light for light in LIGHTS}

REASONS = {
    "reached": Text("达到目标", "at its target"),
    "near": Text("接近目标", "close to its target"),
    "worsening": Text("达到目标，但连续两月变差", "at its target, but worse two months in a row"),
    "missed": Text("未达目标", "off its target"),
    "too_small": Text("样本太少，不下结论", "too few cases to judge"),
    "suppressed": Text("人数太少或可由旁边推出，不予显示", "withheld: too few persons, here or beside"),
    "incomplete": Text("本月未完，暂不判断", "the month is not over yet"),
    "not_held": Text("所需月份的数据不全", "the months it needs are not all held"),
    "no_base_year": Text("没有基准年数据", "there is no base year to compare with"),
    "stale": Text("来源数据已过期", "its source is stale"),
    "failed_check": Text("来源数据未通过检查", "a check of its source failed"),
    "no_value": Text("没有数值", "no value"),
    "no_target": Text("未设目标", "no target is set"),
    "not_measured": Text("本月未测量", "not measured this month"),
}
"""Why a light is as it is, by the codes of `light_reason`."""


def light_named(name: str | None) -> Light:
    """Return the light of a mart's row; what is missing or unknown is grey."""
    return BY_NAME.get(name or "grey", GREY)


def worst(lights: Iterable[Light]) -> Light:
    """Return the worst of several lights; grey for none."""
    return min(lights, key=LIGHTS.index, default=GREY)


def reason_text(code: str | None, light: Light) -> Text:
    """Return why a light is as it is; an unknown code is shown as it stands."""
    if not code:
        code = {"green": "reached", "yellow": "near", "red": "missed"}.get(light.name, "no_value")
    return REASONS.get(code, Text(code, code))
