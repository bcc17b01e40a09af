"""A made-up jurisdiction with the neighbours that matchers confuse."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.addresses.register.index import Register, build_register

COLUMNS = (
    "address_code", "province", "city", "district", "street", "community", "road", "house_number", "estate",
    "building", "unit", "floor", "room", "aliases", "status",
)  # fmt: skip


def address_rows() -> list[tuple[object, ...]]:
    """Register rows; the code of each is readable, so that a test can name it."""
    rows: list[tuple[object, ...]] = []

    def add(code: str, place: tuple[str, ...], *deep: object, aliases: str | None = None, status: str = "在用") -> None:
        road, number, estate, building, unit, floor, room = (*deep, *[None] * (7 - len(deep)))
        rows.append(
            (code, "云岭省", "云川市", *place, road, number, estate, building, unit, floor, room, aliases, status)
        )

    dongquan, bailong, sanhe = (
        ("川东区", "青洲街道", "东泉社区"),
        ("望云区", "长坊街道", "白龙社区"),
        ("川东区", "石关镇", "三合村"),
    )
    cuihu = ("朝阳街", "247号", "翠湖雅居")
    add("CH", dongquan, *cuihu, aliases="翠溪街、船厂宿舍")
    for building, units in (("1号楼", ("1单元", "2单元")), ("2号楼", ("1单元", "2单元")), ("3号楼", (None,))):
        add(f"CH-{building[0]}", dongquan, *cuihu, building, aliases="翠溪街、船厂宿舍")
        for unit in units:
            for room in ("101", "102", "501", "502", "1102"):
                floor = int(room[:-2])
                code = f"CH-{building[0]}-{unit[0] if unit else '0'}-{room}"
                add(code, dongquan, *cuihu, building, unit, floor, room, aliases="翠溪街、船厂宿舍")
    add("CH-2-2-601", dongquan, *cuihu, "2号楼", "2单元", 6, "601室")
    add("CH-1-S4", dongquan, *cuihu, "1号楼", None, 1, "商铺4")
    add("CH-1-B102", dongquan, *cuihu, "1号楼", None, -1, "B102")
    for phase in ("一期", "二期"):
        estate = ("龙泓西路", "35号" if phase == "一期" else "37号", f"东方新村{phase}")
        add(f"DF{phase}", bailong, *estate)
        for building in ("1栋", "2栋") if phase == "一期" else ("1栋", "3栋"):
            add(f"DF{phase}-{building[0]}", bailong, *estate, building)
            add(f"DF{phase}-{building[0]}-1-0301", bailong, *estate, building, "1单元", 3, "0301")
    for side in ("A座", "B座"):
        add(f"KL-{side[0]}", bailong, "钟楼西路", "153号", "康乐花园", side)
        add(f"KL-{side[0]}-1-0602", bailong, "钟楼西路", "153号", "康乐花园", side, "1单元", 6, "0602")
    add("KL", bailong, "钟楼西路", "153号", "康乐花园")
    add("GY", bailong, "钟楼路", "325号", "康乐公寓")
    for side in ("东楼", "西楼"):
        add(f"GY-{side[0]}", bailong, "钟楼路", "325号", "康乐公寓", side)
        add(f"GY-{side[0]}-303", bailong, "钟楼路", "325号", "康乐公寓", side, None, 3, "303")
    add("YJ", dongquan, "友谊巷", "42号", "永家大院")
    add("YJ-107", dongquan, "友谊巷", "42号", "永家大院", None, None, 1, "107室")
    add("WS1", dongquan, "友谊巷", "109号", "望善堂")
    add("WS2", bailong, "油坊巷", "204号", "望善堂")
    for number in ("30号", "30-1号", "30号之二", "甲30号", "28号"):
        add(f"N{number}", bailong, "油坊巷", number)
        add(f"N{number}-101", bailong, "油坊巷", number, None, None, None, 1, "101")
    add("W1", bailong, "五一路", "3号")
    add("Z1", bailong, "和门街", "23-3号", aliases="三坊路、米市街")
    add("Z1-302", bailong, "和门街", "23-3号", None, None, None, 3, "302", aliases="三坊路、米市街")
    for group in ("五组", "十二组"):
        add(f"V{group}", sanhe, None, None, group)
        for number in ("8号", "24号"):
            add(f"V{group}-{number}", sanhe, None, number, group)
    add("OLD", bailong, "油坊巷", "90号", status="停用")
    add("NEW", bailong, "油坊巷", "90号")
    return rows


@pytest.fixture(scope="session")
def addresses() -> pl.DataFrame:
    schema = dict.fromkeys(COLUMNS, pl.String) | {"floor": pl.Int64}
    return pl.DataFrame(address_rows(), schema=schema, orient="row")


@pytest.fixture(scope="session")
def register(addresses: pl.DataFrame) -> Register:
    return build_register(addresses)
