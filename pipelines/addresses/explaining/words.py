"""The words in which an address answer is explained: levels, steps to take, and how to list what a text says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipelines.addresses.deciding.answers import Decision
from pipelines.addresses.deciding.reasons import REASONS
from pipelines.addresses.forms.said import Parse, Parts

LEVELS: Final = {
    "province": "省", "city": "市", "district": "区县", "street": "街道", "community": "社区", "road": "道路",
    "house_number": "门牌号", "group": "村民小组", "estate": "小区", "phase": "分期", "building": "楼栋",
    "unit": "单元", "floor": "楼层", "room": "户室", "storey": "几楼", "number": "号数", "numbers": "数字",
    "unread": "未识别", "none": "无",
}  # fmt: skip
"""Chinese term of every level and kind of part."""

STATUSES: Final = {"matched": "已匹配", "ambiguous": "不确定", "unmatched": "未匹配"}
METHODS: Final = {
    "exact": ("与标准地址一致", "as the register writes it"),
    "parsed": ("按标准名称解析", "parsed, all names as registered"),
    "alias": ("按曾用名或俗称", "by an old name or nickname"),
    "fuzzy": ("名称近似", "a name is not as registered"),
    "spatial": ("按坐标", "by coordinates"),
    "steward": ("人工确认", "confirmed by a steward"),
}
_MATCHED: Final = ("与标准地址库中一处相符", "It names one place of the register, and goes as deep as the text.")

_ADD: Final = ("核实后由公安补录标准地址", "Check on the spot; if it exists, ask the police to add it to the register.")
_ASK: Final = ("请填报单位补全后重报", "Ask the department to complete the text.")
_NEXT: Final = {
    "no_text": ("请填报单位补填地址", "Ask the department to fill the address in."),
    "too_long": ("检查导出列是否错位", "Look whether the columns of the export have slipped."),
    "not_in_register": (
        "核对道路、门牌和小区名；俗称或旧名可登记为别名",
        "Check road, number and estate; a nickname or old name can be added as an alias.",
    ),
    "no_building": _ADD, "no_unit": _ADD, "no_room": _ADD, "far_away": _ASK,
    "unreadable_numbers": ("核对楼栋、单元、户室的写法", "Check how building, unit and room are written."),
    "ambiguous_reading": ("请写明栋、单元、室", "Write 栋, 单元 and 室 beside the numbers."),
    "ambiguous_unit": ("请补单元", "Add the unit (单元)."),
    "ambiguous_building": ("请补楼栋", "Add the building (栋)."),
    "ambiguous_floor": ("请补楼层或完整房号", "Add the floor, or the whole room number."),
    "ambiguous_estate": ("请补街道、社区或门牌号", "Add street, community or house number."),
    "ambiguous_road": ("请写明门牌号", "Name one road and its house number."),
    "several_places": ("每条记录只写一处地址", "One place a record."),
    "conflict": ("到现场或向来源部门核实", "Ask the departments which of the two rooms is right."),
    "outside": ("辖区以外，无需处理", "Outside the jurisdiction: nothing to do."),
    "column_conflict": ("核对文本与幢号、单元、室号列", "Check the text against the columns beside it."),
}  # fmt: skip
_MATCHED_NEXT: Final = ("无需处理", "Nothing to do.")


@dataclass(frozen=True, slots=True)
class Said:
    """One part that a text names.

    Attributes:
        kind: a key of `LEVELS`.
        value: what was understood, in the register's words where it has them.
        found: `registered`, `alias`, `fuzzy`, `unknown` (the register has no such name), or empty for numbers.
    """

    kind: str
    value: str
    found: str = ""

    @property
    def zh(self) -> str:
        """The Chinese term of the kind."""
        return LEVELS[self.kind]


def _how(method: str, cost: float) -> str:
    if method == "alias":
        return "alias"
    return "fuzzy" if method == "fuzzy" or cost > 0.1 else "registered"


def named_parts(parse: Parse) -> list[Said]:
    """The divisions and names of a parse, from province to estate, then what could not be read."""
    said = [
        Said(kind, parse.divisions.get(kind) or parse.foreign[kind], "" if kind in parse.divisions else "unknown")
        for kind in ("province", "city", "district", "street", "community")
        if kind in parse.divisions or kind in parse.foreign
    ]
    said += [Said("road", name, _how(guess.method, guess.cost)) for name, guess in sorted(parse.roads.items())]
    if parse.unknown_road is not None:
        said.append(Said("road", parse.unknown_road, "unknown"))
    said += [Said("house_number", house) for house in (parse.house, *parse.more_houses) if house is not None]
    if parse.group is not None:
        said.append(Said("group", parse.group))
    said += [Said("estate", found[0].name, _how(found[0].method, found[0].cost)) for found in parse.estates if found]
    if parse.unknown_estate is not None:
        said.append(Said("estate", parse.unknown_estate, "unknown"))
    if parse.phase is not None:
        said.append(Said("phase", parse.phase))
    return [*said, *(Said("unread", text, "unknown") for text in parse.leftover)]


def numbered_parts(parts: Parts) -> list[Said]:
    """The numbered parts below the site, from building to room; numbers without a word that tells stand together."""
    floor = None if parts.floor is None else str(parts.floor)
    building = parts.building if parts.building is not None else parts.house_or_building
    found = (
        ("building", building), ("unit", parts.unit), ("storey", parts.storey), ("floor", floor),
        ("number", parts.numbered), ("room", parts.room), ("numbers", "-".join(parts.loose) or None),
    )  # fmt: skip
    return [Said(kind, value) for kind, value in found if value is not None]


def reason_words(decision: Decision) -> tuple[str, str]:
    """Why the answer is what it is, in Chinese and English."""
    if decision.reason is not None:
        reason = REASONS[decision.reason]
        return reason.zh, reason.en
    return _MATCHED


def next_step(decision: Decision) -> tuple[str, str]:
    """What a steward or the department does next, in Chinese and English."""
    return _NEXT.get(decision.reason or "", _MATCHED_NEXT if decision.status == "matched" else _ASK)
