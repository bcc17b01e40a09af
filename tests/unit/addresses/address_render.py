"""Writes the parts of an address the way people do: every kind of number, every order, every short form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

_HAN = "零一二三四五六七八九"


def han(number: int) -> str:
    """`23` as `二十三`, `501` as `五百零一` would be read; below 100 by place."""
    if number < 10:
        return _HAN[number]
    tens, ones = divmod(number, 10)
    if number < 100:
        return ("" if tens == 1 else _HAN[tens]) + "十" + (_HAN[ones] if ones else "")
    return digit_by_digit(number)


def digit_by_digit(number: int) -> str:
    """`501` as `五零一`."""
    return "".join(_HAN[int(sign)] for sign in str(number))


def wide(text: str) -> str:
    """Digits, letters and dashes in their full-width forms."""
    return "".join(chr(ord(sign) + 0xFEE0) if sign.isascii() and sign.isprintable() and sign != " " else sign
                   for sign in text)  # fmt: skip


@dataclass(frozen=True)
class Below:
    """Building, unit, floor and room; None where there is none. `building` is a number, a letter or a side."""

    building: str | None
    unit: int | None
    floor: int | None
    room: str | None


HOUSES: dict[str, Callable[[int], tuple[str, str]]] = {
    # how a house number is written, and its key
    "plain": lambda n: (f"{n}号", f"{n}"),
    "han": lambda n: (f"{han(n)}号", f"{n}"),
    "court": lambda n: (f"{n}号院", f"{n}"),
    "han court": lambda n: (f"{han(n)}号院", f"{n}"),
    "dash": lambda n: (f"{n}-1号", f"{n}-1"),
    "zhi": lambda n: (f"{n}号之二", f"{n}之二"),
    "zhi digit": lambda n: (f"{n}号之2", f"{n}之二"),
    "before hao": lambda n: (f"{n}之二号", f"{n}之二"),
    "stem": lambda n: (f"甲{n}号", f"甲{n}"),
    "annex": lambda n: (f"{n}号附3号", f"{n}附3"),
    "annex short": lambda n: (f"{n}附3号", f"{n}附3"),
    "letter": lambda n: (f"{n}A号", f"{n}A"),
    "wide": lambda n: (f"{wide(str(n))}号", f"{n}"),
    "spaced": lambda n: (f" {n} 号", f"{n}"),
    "sign": lambda n: (f"No.{n}", f"{n}"),
    "numero": lambda n: (f"№{n}号", f"{n}"),
}

BUILDINGS: dict[str, Callable[[str], str]] = {
    "楼": lambda b: f"{b}号楼",
    "栋": lambda b: f"{b}栋",
    "幢": lambda b: f"{b}幢",
    "座": lambda b: f"{b}座",
    "#": lambda b: f"{b}#",
    "#楼": lambda b: f"{b}#楼",
    "#first": lambda b: f"#{b}楼",
    "han": lambda b: f"{han(int(b)) if b.isdigit() else b}栋",
    "han楼": lambda b: f"{han(int(b)) if b.isdigit() else b}号楼",
    "wide": lambda b: f"{wide(b)}栋",
    "spaced": lambda b: f" {b} 栋 ",
}
UNITS: dict[str, Callable[[int], str]] = {
    "单元": lambda u: f"{u}单元",
    "han": lambda u: f"{han(u)}单元",
    "wide": lambda u: f"{wide(str(u))}单元",
    "號": lambda u: f"{u}單元",
}
FLOORS: dict[str, Callable[[int], str]] = {
    "": lambda _: "",
    "层": lambda f: f"{f}层",
    "楼": lambda f: f"{f}楼",
    "han": lambda f: f"{han(f)}层",
    "層": lambda f: f"{f}層",
}
ROOMS: dict[str, Callable[[str], str]] = {
    "": lambda r: r,
    "室": lambda r: f"{r}室",
    "房": lambda r: f"{r}房",
    "户": lambda r: f"{r}户",
    "号": lambda r: f"{r}号",
    "号房": lambda r: f"{r}号房",
    "zero": lambda r: r.zfill(4),
    "zero室": lambda r: f"{r.zfill(4)}室",
    "han": lambda r: f"{digit_by_digit(int(r))}室",
    "han bare": lambda r: digit_by_digit(int(r)),
    "wide": lambda r: f"{wide(r)}室",
}
SHORT: dict[str, Callable[[str, int | None, str], str]] = {
    "-": lambda b, u, r: "-".join(str(part) for part in (b, u, r) if part is not None),
    "/": lambda b, u, r: "/".join(str(part) for part in (b, u, r) if part is not None),
    "—": lambda b, u, r: "—".join(str(part) for part in (b, u, r) if part is not None),
    "－": lambda b, u, r: wide("-".join(str(part) for part in (b, u, r) if part is not None)),
    " - ": lambda b, u, r: " - ".join(str(part) for part in (b, u, r) if part is not None),
    "space": lambda b, u, r: " ".join(str(part) for part in (b, u, r) if part is not None),
    "~": lambda b, u, r: "~".join(str(part) for part in (b, u, r) if part is not None),
    "-室": lambda b, u, r: "-".join(str(part) for part in (b, u, r) if part is not None) + "室",
    "栋-": lambda b, u, r: f"{b}栋" + "-".join(str(part) for part in (u, r) if part is not None),
    "#-": lambda b, u, r: f"{b}#" + "-".join(str(part) for part in (u, r) if part is not None),
    "glued": lambda b, u, r: f"{b}栋" + (f"{u}单元" if u is not None else "") + r,
}
"""A text that holds building, unit and room in its shortest; unit None for a building without units."""

AROUND: dict[str, Callable[[str], str]] = {
    "bare": lambda text: text,
    "label": lambda text: f"家庭住址：{text}",
    "holder": lambda text: f"{text}（户主：王某某）",
    "phone": lambda text: f"{text} 14200000000",
    "phone told": lambda text: f"{text}，联系电话：142 0000 0000",
    "stop": lambda text: f"{text}。",
    "invisible": lambda text: "\u200b".join(text) if "-" not in text else f"\ufeff{text}\u200b",
    "markup": lambda text: f"<br/>{text}&nbsp;",
    "brackets": lambda text: f"【{text}】",
}
"""What stands around an address without changing it."""


def below(parts: Below, building: str, unit: str, floor: str, room: str) -> list[str]:
    """The numbered parts from building to room, each in the style named."""
    written = []
    if parts.building is not None:
        written.append(BUILDINGS[building](parts.building))
    if parts.unit is not None:
        written.append(UNITS[unit](parts.unit))
    if parts.floor is not None:
        written.append(FLOORS[floor](parts.floor))
    if parts.room is not None:
        written.append(ROOMS[room](parts.room))
    return [text for text in written if text]
