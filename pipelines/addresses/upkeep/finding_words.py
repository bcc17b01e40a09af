"""What is proposed to the keeper of the register, in Chinese and English."""

from __future__ import annotations

from typing import Final

_WORDS: Final = {
    "missing_room": (
        "多个部门登记了“{place}{detail}”，标准地址库无此户室，请核实后补录。",
        "Several records name {place}{detail}, which the register lacks: verify and add the room.",
    ),
    "missing_unit": (
        "多个部门登记了“{place}{detail}”，标准地址库无此单元，请核实后补录。",
        "Several records name {place}{detail}, a unit that the register lacks: verify and add it.",
    ),
    "missing_building": (
        "多个部门登记了“{place}{detail}”，标准地址库无此楼栋，请核实后补录。",
        "Several records name {place}{detail}, a building that the register lacks: verify and add it.",
    ),
    "duplicate_door": (
        "“{place}”有多个在用编码（另有 {other}），请保留其一，其余停用并注明去向。",
        "{place} has several codes in use (also {other}): keep one, stop the others and say what replaces them.",
    ),
    "row_without_code": (
        "“{place}”无地址编码，未能入库，请补编码。",
        "{place} has no address code and could not be loaded: give it one.",
    ),
    "row_without_site": (
        "“{place}”既无小区名称，也无街路巷与门牌号，请补全。",
        "{place} has neither an estate nor a road with a house number: complete it.",
    ),
    "stopped_in_use": (
        "“{place}”已停用，但仍有人登记在此，请确认是否恢复，或注明替代编码。",
        "{place} is out of use, and people are still registered there: restore it, or say what replaces it.",
    ),
    "duplicate_estate": (
        "“{place}”与其他小区同名（另有 {other}），文字地址无法区分，请以期、区或门牌区分。",
        "{place} has the name of another estate ({other}): texts cannot tell them apart; add a phase or side.",
    ),
    "numbering_gap": (
        "“{place}”楼栋编号缺 {detail}，请核实是否漏登。",
        "{place} has no building {detail} between its first and last: check whether it was left out.",
    ),
}


def proposal(kind: str, place: str | None, detail: str | None, other: str | None) -> tuple[str, str]:
    """The proposal for one finding: Chinese, English."""
    zh, en = _WORDS[kind]
    told = {"place": place or "", "detail": detail or "", "other": (other or "").replace(",", "、")}
    return zh.format(**told), en.format(**(told | {"other": (other or "").replace(",", ", ")}))
