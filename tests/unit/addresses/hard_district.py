"""A made-up register full of the neighbours that are confused: numbers, sides, phases, lanes, groups."""

from __future__ import annotations

import polars as pl

COLUMNS = (
    "address_code", "province", "city", "district", "street", "community", "road", "house_number", "estate",
    "building", "unit", "floor", "room", "aliases", "status", "lon", "lat",
)  # fmt: skip

CUIHU = ("川东区", "云溪街道", "翠湖社区")
GUIYUAN = ("川东区", "云溪街道", "桂园社区")
LONGQUAN = ("川东区", "龙泉街道", "龙泉社区")
YOUFANG = ("望云区", "长坊街道", "油坊社区")
NANMEN = ("望云区", "长坊街道", "南门社区")
SANHE = ("望云区", "石桥镇", "三合村")
_PLACES = {CUIHU: (118.10, 31.20), GUIYUAN: (118.13, 31.21), LONGQUAN: (118.16, 31.25), YOUFANG: (118.20, 31.22),
           NANMEN: (118.23, 31.18), SANHE: (118.30, 31.30)}  # fmt: skip


class _Rows:
    """Collects register rows; each code tells the place, so that a test can name it."""

    def __init__(self) -> None:
        self.rows: list[tuple[object, ...]] = []
        self._sites: dict[str, int] = {}

    def add(self, code: str, place: tuple[str, str, str], front: tuple[str | None, ...], *deep: object) -> None:
        road, house, estate, *aliases = front
        building, unit, floor, room = (*deep, *[None] * (4 - len(deep)))
        site = self._sites.setdefault(code.partition("/")[0], len(self._sites))
        lon, lat = _PLACES[place]
        self.rows.append(
            (code, "云岭省", "云川市", *place, road, house, estate, building, unit, floor, room,
             aliases[0] if aliases else None, "在用", lon + 0.004 * (site % 5), lat + 0.004 * (site // 5 % 5))
        )  # fmt: skip

    def rooms(
        self, code: str, place: tuple[str, str, str], front: tuple[str | None, ...], building: str | None,
        units: tuple[str | None, ...], floors: range, doors: int = 2, width: int = 0,
    ) -> None:  # fmt: skip
        """A building with its row and its rooms `<floor>0<door>`."""
        if building is not None:
            self.add(f"{code}/{building}", place, front, building)
        for unit in units:
            for floor in floors:
                for door in range(1, doors + 1):
                    room = f"{floor}{door:02d}".zfill(width)
                    path = "/".join(part for part in (code, building, unit, str(int(room))) if part)
                    self.add(path, place, front, building, unit, floor, room)


def _estates(made: _Rows) -> None:
    cuihu = ("翠湖路", "30号", "翠湖雅居", "湖滨路、船厂宿舍")
    made.add("CH", CUIHU, cuihu)
    for building in ("1号楼", "2号楼", "4号楼"):
        made.rooms("CH", CUIHU, cuihu, building, ("1单元", "2单元"), range(1, 7))
    made.rooms("CH", CUIHU, cuihu, "3号楼", (None,), range(1, 12), 4)
    for shop in (1, 2, 12):
        made.add(f"CH/1号楼/商铺{shop}", CUIHU, cuihu, "1号楼", None, 1, f"商铺{shop}")
    for room in ("B101", "B102"):
        made.add(f"CH/1号楼/{room}", CUIHU, cuihu, "1号楼", None, -1, room)
    jingui = ("桂园路", "12号", "金桂公寓")
    made.add("JG", GUIYUAN, jingui)
    made.rooms("JG", GUIYUAN, jingui, "1栋", ("东单元", "西单元"), range(1, 7))
    made.rooms("JG", GUIYUAN, jingui, "2栋", ("甲单元", "乙单元"), range(1, 7))
    made.rooms("JG", GUIYUAN, jingui, "5栋", (None,), range(1, 9))
    yingui = ("桂园东路", "12号", "银桂花园", "粮站大院")
    made.add("YG", GUIYUAN, yingui)
    for side in "ABC":
        made.rooms("YG", GUIYUAN, yingui, f"{side}座", ("1单元", "2单元"), range(1, 12), 2)
    wenchang = ("桂园路", "5号", "文昌公寓")
    made.add("WC", GUIYUAN, wenchang)
    for side in ("东楼", "西楼"):
        made.rooms("WC", GUIYUAN, wenchang, side, (None,), range(1, 5), 3)
    made.add("WX", GUIYUAN, ("桂园东路", "88号", "万象大厦"))
    for side in ("A座", "B座"):
        made.rooms("WX", GUIYUAN, ("桂园东路", "88号", "万象大厦"), side, (None,), range(1, 16), 6)


def _phases(made: _Rows) -> None:
    for phase, house, buildings in (("一期", "8号", (1, 2, 3)), ("二期", "18号", (1, 5, 6)), ("三期", "28号", (1, 7))):
        front = ("龙泉路", house, f"东方新城{phase}")
        made.add(f"DF{phase}", LONGQUAN, front)
        for number in buildings:
            made.rooms(f"DF{phase}", LONGQUAN, front, f"{number}栋", ("1单元", "2单元"), range(1, 7 + number % 3))
    made.add("KL", LONGQUAN, ("龙泉西路", "66号", "康乐花园"))
    made.rooms("KL", LONGQUAN, ("龙泉西路", "66号", "康乐花园"), "1栋", ("1单元",), range(1, 7))
    made.add("KG", LONGQUAN, ("龙泉西路", "68号", "康乐公寓"))
    made.rooms("KG", LONGQUAN, ("龙泉西路", "68号", "康乐公寓"), "2栋", ("1单元",), range(1, 7))


def _numbers(made: _Rows) -> None:
    for house in ("28号", "30号", "30-1号", "30-2号", "30号之二", "甲30号", "32号", "34号", "130号", "300号"):
        front = ("油坊巷", house, None)
        made.add(f"YF{house}", YOUFANG, front)
        made.rooms(f"YF{house}", YOUFANG, front, None, (None,), range(1, 4))
    for road in ("新华路", "新华东路", "新华西路"):
        front = (road, "15号", None, "解放路" if road == "新华路" else None)
        made.add(f"XH{road}", YOUFANG, front)
        made.rooms(f"XH{road}", YOUFANG, front, None, (None,), range(1, 7))
    made.add("HP30院", YOUFANG, ("和平路", "30号院", None))
    for number in (1, 3):
        made.rooms("HP30院", YOUFANG, ("和平路", "30号院", None), f"{number}号楼", ("1单元", "2单元"), range(1, 7))
    made.add("HP32", YOUFANG, ("和平路", "32号", None))
    made.rooms("HP32", YOUFANG, ("和平路", "32号", None), None, (None,), range(1, 4))
    made.add("HS6", NANMEN, ("槐树弄", "6号", None))
    made.rooms("HS6", NANMEN, ("槐树弄", "6号", None), None, (None,), range(1, 4))
    made.add("TR9", NANMEN, ("同仁里", "9号", None))
    made.rooms("TR9", NANMEN, ("同仁里", "9号", None), None, (None,), range(1, 4))
    made.add("JG125", NANMEN, ("建国路", "125弄", None))
    for number in (8, 9):
        made.rooms("JG125", NANMEN, ("建国路", "125弄", None), f"{number}号", (None,), range(1, 7))
    made.add("WS1", NANMEN, ("南门巷", "109号", "望善堂"))
    made.rooms("WS1", NANMEN, ("南门巷", "109号", "望善堂"), None, (None,), range(1, 2), 8)


def _villages(made: _Rows) -> None:
    for group in ("一组", "二组", "十二组", "上湾组"):
        made.add(f"V{group}", SANHE, (None, None, group))
        for number in (1, 8, 12, 24):
            made.add(f"V{group}{number}号", SANHE, (None, f"{number}号", group))


def hard_rows() -> list[tuple[object, ...]]:
    """All rows of the register, of every level."""
    made = _Rows()
    _estates(made)
    _phases(made)
    _numbers(made)
    _villages(made)
    return made.rows


def hard_addresses() -> pl.DataFrame:
    """The register as `raw.police_addresses` would hold it."""
    schema = dict.fromkeys(COLUMNS, pl.String) | {"floor": pl.Int64, "lon": pl.Float64, "lat": pl.Float64}
    return pl.DataFrame(hard_rows(), schema=schema, orient="row")
