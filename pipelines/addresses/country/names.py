"""Every way to write a division of China: in full, without its ending, by an old name. Pure strings, no files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

LEVELS: Final = ("province", "city", "district", "street")
WIDTH: Final = {"province": 2, "city": 4, "district": 6, "street": 9}  # digits of a code that tell a level apart
NO_PLACE: Final = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
# Names that say nothing without the city they belong to.
NEEDS_PARENT: Final = frozenset({"城区", "郊区", "市区", "矿区", "东区", "西区", "新区", "市郊区", "城中区", "市中区"})
_NATIONS: Final = (
    "蒙古族?|回族?|藏族?|维吾尔族?|苗族?|彝族?|壮族?|布依族?|朝鲜族?|满族|侗族?|瑶族?|白族|土家族?|哈尼族?|哈萨克族?|傣族?|黎族?|"
    "傈僳族?|佤族?|畲族?|拉祜族?|水族|东乡族?|纳西族?|景颇族?|柯尔克孜族?|土族|达斡尔族?|仫佬族?|羌族?|布朗族?|撒拉族?|毛南族?|"
    "仡佬族?|锡伯族?|阿昌族?|普米族?|塔吉克族?|怒族|鄂温克族?|德昂族?|保安族?|裕固族?|独龙族?|鄂伦春族?|各族"
)
_NATION_TAIL: Final = re.compile(rf"(?:{_NATIONS})+$")
_ENDINGS: Final = {
    "province": re.compile(r"(?:省|市|特别行政区|(?:壮族|回族|维吾尔)?自治区)$"),
    "city": re.compile(r"(?:市|地区|盟|自治州)$"),
    "district": re.compile(r"(?:自治县|自治旗|新区|[市区县旗]|林区|特区)$"),
    "street": re.compile(r"(?:街道(?:办事处|办)?|(?:民族)?乡|镇|苏木|地区办事处|地区)$"),
}
_ZONE: Final = re.compile(r"开发区|产业|示范区|工业园区")  # nobody writes these without their ending
_LONGEST_SHORT: Final = 5
_OTHER_PROVINCE_NAMES: Final = {
    "内蒙古自治区": ("内蒙", "内蒙古省"),
    "广西壮族自治区": ("广西省", "广西自治区"),
    "新疆维吾尔自治区": ("新疆省", "新疆自治区"),
    "宁夏回族自治区": ("宁夏省", "宁夏自治区"),
    "西藏自治区": ("西藏省",),
}


@dataclass(frozen=True, slots=True)
class Written:
    """One way to write a division.

    Attributes:
        code: six digits of today, nine for a street.
        level: level of the division of today.
        name: full name of today.
        sign: `full` (with its ending), `short` (without) or `old`.
        old_code: six digits that an old name had; equal to code otherwise.
        until: last year of an old name, empty where it is not known.
        key: the digits of the code that count at its level; what lies below starts with them.
    """

    code: str
    level: str
    name: str
    sign: str = "full"
    old_code: str = ""
    until: str = ""
    key: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.code[: WIDTH[self.level]])

    def below(self, key: str) -> bool:
        """Whether it lies in (or is) the division with this key, today or when its old name was used."""
        return self.key.startswith(key) or self.old_code.startswith(key)


def short_name(name: str, level: str) -> str:
    """A name without its ending and the nations in it; the name itself where one character would be left.

    >>> short_name("恩施土家族苗族自治州", "city"), short_name("和县", "district"), short_name("板桥镇", "street")
    ('恩施', '和县', '板桥')
    """
    stem = _ENDINGS[level].sub("", name)
    if name.endswith(("自治州", "自治县", "自治旗", "族乡")):
        stem = _NATION_TAIL.sub("", stem) or stem
    return stem if len(stem) >= 2 else name


def ways_to_write(name: str, level: str) -> list[tuple[str, str]]:
    """All spellings of a name with their sign, the full one first."""
    stem = short_name(name, level)
    ways = [(name, "full")]
    if name.endswith("自治州"):
        ways.append((stem + "州", "full"))
    elif name.endswith(("自治县", "自治旗")):
        ways.append((stem + name[-1], "full"))
    ways += [
        (other, "full" if other.endswith(("省", "区")) else "short") for other in _OTHER_PROVINCE_NAMES.get(name, ())
    ]
    if stem != name and not (len(name) > _LONGEST_SHORT and _ZONE.search(name)):
        ways.append((stem, "short"))
    return ways
