"""The parts of one address before they are joined: what is written, and what a reader can take from it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pipelines.city.unruly import UnrulyErrors
from pipelines.city.writing.dice import Dice
from pipelines.city.writing.door_text import Door, chinese
from pipelines.city.writing.estate_names import split_estate
from pipelines.city.writing.reader import Claim, Reader, plain_room
from pipelines.city.writing.slips import other_phase

Row = dict[str, Any]
_GROUP_FORMS = ("{c}", "{n}", "第{c}村民小组", "{c}队", "{n}队", "第{c}村民组", "第{n}组")


@dataclass
class Draft:
    """Parts and their meaning; damages change both.

    Attributes:
        row: the register's row.
        estate, road, number: texts; null where they are not written.
        names, roads: what the texts may stand for (see `Claim`); exact: the estate's name stands there right.
        true_number: the house number that the reader reads.
        head: parts before the road, in order, as (division level, text).
        community, street, district: names that the head tells the reader.
        door: numbers as written.
        kinds: damages that took place; forms: harmless forms worth counting.
    """

    row: Row
    door: Door
    estate: str | None = None
    names: tuple[str, ...] | None = None
    exact: bool = True
    road: str | None = None
    roads: tuple[str, ...] | None = None
    number: str | None = None
    true_number: str | None = None
    group: str | None = None
    head: list[tuple[str, str]] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """estate, shop, house or village."""
        return str(self.row["kind"])

    def claim(self, site: int | None) -> Claim:
        """Return what a reader takes from the parts; `site` where another column tells it."""
        number = self.true_number if self.road is not None or self.kind == "village" else None
        return Claim(
            names=self.names if self.estate is not None else None,
            exact=self.exact and self.estate is not None,
            roads=self.roads if self.road is not None else None,
            number=number,
            group=self.group,
            community=self.told.get("community"),
            street=self.told.get("street"),
            district=self.told.get("district"),
            building=self.door.building,
            unit=self.door.unit or None,
            room=self._room(),
            site=site,
        )

    def _room(self) -> str | None:
        if self.door.room is None or self.door.bare_room:
            return None
        if self.door.shop:
            return self.door.room if self.door.room.startswith("地下室") else f"商铺{self.door.room}"
        return plain_room(self.door.room)


def draft(row: Row, errors: UnrulyErrors, dice: Dice, *, formal: bool, room_only: bool) -> Draft:
    """Return the parts of an address without damage, in the forms that a writer may choose."""
    made = Draft(row, door_of(row))
    if room_only:
        return made
    kind, forms = made.kind, errors.forms
    _write_head(made, "full" if formal and dice.chance(0.4) else dice.weighted(forms.heads), dice)
    if kind == "village":
        number = row["house_number"] if row["level"] == "house_number" else None
        made.group, made.number, made.true_number = row["estate"], number, number
        made.estate = row["estate"] if formal else _group_text(row["estate"], dice)
        if made.estate != row["estate"]:
            made.forms.append("group")
        return made
    made.names, made.estate = ((row["estate"],), row["estate"]) if row["estate"] else (None, None)
    if made.estate is not None and not formal and made.estate.endswith("期") and dice.chance(0.5):
        made.estate = other_phase(made.estate, dice)
        made.forms.append("phase_form")
    if row["road"] is not None and (made.estate is None or dice.chance(0.85 if formal else forms.with_road)):
        write_road(made, dice, formal=formal)
        if made.estate is not None and not formal and dice.chance(0.1):
            made.estate = made.names = None
            made.forms.append("number_for_estate")
    return made


def write_road(made: Draft, dice: Dice, *, formal: bool) -> None:
    """Write road and house number."""
    row = made.row
    made.road, made.roads = row["road"], (row["road"],)
    made.number = made.true_number = row["house_number"]
    if not formal and row["house_number"] is not None:
        made.number = number_text(row["house_number"], made.kind, dice, last=row["room"] is None)
        if made.number != row["house_number"]:
            made.forms.append("number_form")


def door_of(row: Row) -> Door:
    """Return the numbers of a register row."""
    shop = row["kind"] == "shop"
    room = row["room"]
    building = (row["building_no"] or row["building"]) if row["building"] is not None else None
    lettered = row["unit"] is not None and not row["unit"][0].isdigit()
    written = room.removeprefix("商铺") if shop and room else room
    return Door(building, row["unit_no"], lettered, row["floor"], written, shop)


def number_text(number: str, kind: str, dice: Dice, *, last: bool) -> str:
    """Return a house number as people write it; the place it means stays the same.

    A form that ends in a digit is only for the last number of a text (`last`).
    """
    draw = dice.roll()
    dashed = re.fullmatch(r"(\d+)-(\d+)号", number)
    if dashed:
        return f"{dashed[1]}号-{dashed[2]}" if draw < 0.3 and last else number
    after = re.fullmatch(r"(\d+)号之([一二三])", number)
    if after:
        return f"{after[1]}号之{'一二三'.index(after[2]) + 1}" if draw < 0.3 and last else number
    attached = re.fullmatch(r"(\d+)号附(\d+)号", number)
    if attached:
        return f"{attached[1]}附{attached[2]}号" if draw < 0.4 else number
    plain = re.fullmatch(r"(\d+)号", number)
    if plain and kind in ("estate", "shop") and draw < 0.12:
        return number + "院"
    if plain and draw > 0.94 and int(plain[1]) < 100:
        return chinese(int(plain[1])) + "号"
    if plain and draw > 0.97 and last and kind == "house":
        return plain[1]
    marked = re.fullmatch(r"甲(\d+)号", number)
    return f"{marked[1]}号甲" if marked and draw < 0.15 else number


def _group_text(group: str, dice: Dice) -> str:
    """Return a village group in another form: 第五村民小组, 5组, 五队."""
    numeral = group.removesuffix("组")
    form = dice.pick(_GROUP_FORMS)
    if form in ("{c}", "{n}"):
        form += "组"
    return form.format(c=numeral, n="零一二三四五六七八九十".index(numeral))


def _write_head(made: Draft, head: str, dice: Dice) -> None:
    row, village = made.row, made.kind == "village"
    names: list[tuple[str, str]] = []
    if head == "full" and row["province"]:
        names.append(("province", row["province"]))
    if head in ("full", "city"):
        names.append(("city", row["city"]))
    if head in ("full", "city", "district"):
        names.append(("district", row["district"]))
    if head == "city_short":
        names += [("city", row["city"].removesuffix("市")), ("district", row["district"])]
    if head in ("district", "street") or (head in ("full", "city") and dice.chance(0.8)):
        names.append(("street", row["street"]))
    if head == "office" and row["street"].endswith("街道"):
        offices = ("街道办", "街道办事处", "街办")
        names.append(("street", row["street"].removesuffix("街道") + dice.pick(offices)))
        made.forms.append("street_office")
    if head == "community" or (head == "full" and dice.chance(0.4)) or (village and dice.chance(0.94)):
        community = row["community"]
        if head == "community" and not village and dice.chance(0.15):
            community = community.removesuffix("社区") + "居委会"
        names.append(("community", community))
    made.head = names
    made.told = {level: row[level] for level, _ in names if level in ("district", "street", "community")}


def same_stem(reader: Reader, name: str, *, rest: bool) -> tuple[str, ...]:
    """Return the register's estates with the stem of `name`, and with its phase and side where `rest`."""
    stem, _, own = split_estate(name)
    return tuple(
        other for other in reader.by_name if (s := split_estate(other))[0] == stem and (not rest or s[2] == own)
    )
