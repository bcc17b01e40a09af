"""Why an address answer is not plainly matched, or what decided it: the whole vocabulary of `address_match.reason`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason with what it tells a steward.

    Attributes:
        status: the status it goes with.
    """

    name: str
    status: str
    zh: str
    en: str


_ALL: Final = (
    Reason("no_text", "unmatched", "没有填写地址", "The cell is blank or says that nothing is known."),
    Reason("too_long", "unmatched", "文本过长，不是地址", "The cell is too long to be an address."),
    Reason("not_in_register", "unmatched", "标准地址库中没有", "No site of the register has these names and numbers."),
    Reason("no_building", "ambiguous", "小区内没有此楼栋", "The site is sure; it has no such building."),
    Reason("no_unit", "ambiguous", "楼栋内没有此单元", "The building is named; it has no such unit."),
    Reason("no_room", "ambiguous", "没有此户室", "Building and unit are named; they have no such room."),
    Reason("unreadable_numbers", "ambiguous", "楼栋、单元或户室看不懂", "A part below the site could not be read."),
    Reason("ambiguous_reading", "ambiguous", "数字有多种读法", "The numbers can be read in several ways, each a room."),
    Reason("ambiguous_unit", "ambiguous", "缺单元，多个单元有此户室", "Several units of the building have the room."),
    Reason("ambiguous_building", "ambiguous", "缺楼栋，多栋有此户室", "Several buildings of the site have the room."),
    Reason("ambiguous_floor", "ambiguous", "缺楼层", "The room is named without its floor."),
    Reason("ambiguous_estate", "ambiguous", "多个小区或门牌都符合", "Several sites fit equally well."),
    Reason("ambiguous_road", "ambiguous", "写了多条道路", "Several roads are named, and no number on one of them."),
    Reason("several_places", "ambiguous", "写了多处地址", "Several house numbers are named."),
    Reason("conflict", "ambiguous", "其他部门记录指向另一户室", "Other records hold the same person elsewhere."),
    Reason("far_away", "ambiguous", "坐标离匹配地点太远", "The coordinates of the record lie far from the place."),
    Reason("outside", "matched", "辖区以外的地址", "A place of another city, as deep as the national table is sure."),
    Reason("column_conflict", "matched", "与幢号、单元、室号列不一致", "The columns contradict the text, and win."),
    Reason("part_of_room", "matched", "户室的一部分", "A part of a room, which the register has only as a whole."),
    Reason("only_estate", "matched", "社区内只有一处符合", "No estate is named; one of the community fits."),
    Reason("settled_by_evidence", "ambiguous", "由其他部门记录确定", "Other records name one: room_code."),
    Reason("moved_address", "matched", "原地址已变更，按现行编码", "The text names a former number or code."),
    Reason("ambiguous_successor", "ambiguous", "原地址已拆分，去向不唯一", "Several codes took over from it."),
    Reason("settled_by_coordinates", "matched", "由坐标确定", "Only one of the candidates lies near the coordinates."),
)  # fmt: skip
REASONS: Final = {reason.name: reason for reason in _ALL}
"""Every reason by its name. `ambiguous_estate` and the `no_*` are also `unmatched` where the site is only believed;
`settled_by_evidence` is `matched` where only the name of the estate was in doubt."""
