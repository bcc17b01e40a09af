"""Addresses as people really write them, with what the register's reader can still tell.

`write_unruly` is `write_addresses` of the style `unruly`. Its `damage` reads `kind+kind|form+form`: damages that cost
information, then harmless forms; a kind ends in `!` where the text plainly names another place than the writer meant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.city.numbers import Ints
from pipelines.city.places import Places
from pipelines.city.unruly import UnrulyErrors
from pipelines.city.words import unruly
from pipelines.city.writing.damages import damage, wrong_digit
from pipelines.city.writing.dice import Dice
from pipelines.city.writing.door_text import write_door, write_door_backwards
from pipelines.city.writing.draft import Draft, Row, draft
from pipelines.city.writing.reader import NOWHERE, Reader
from pipelines.city.writing.slips import full_width, traditional

_WRITTEN_LATER = (
    "noise", "two_addresses", "repeated", "stuttered", "mixed_script", "particles", "shortened_district",
)  # fmt: skip
_TRIES = 8
_COLUMNS = (
    "place", "level", "kind", "province", "city", "district", "street", "community", "road", "old_road",
    "old_road_known", "house_number", "estate", "nickname", "nickname_known", "building", "building_no", "unit",
    "unit_no", "floor", "room",
)  # fmt: skip
_SCHEMA = {
    "text": pl.String,
    "place": pl.Int64,
    "damage": pl.String,
    "supported_level": pl.String,
    "supported_place": pl.Int64,
    "site_right": pl.Boolean,
}


@dataclass(frozen=True)
class Desk:
    """What a writer has at hand: the register's rows, its reader, habits and dice."""

    rows: list[Row]
    reader: Reader
    errors: UnrulyErrors
    dice: Dice
    formal: float
    room_only: bool


def write_unruly(
    rng: np.random.Generator, places: Places, place: Ints, errors: UnrulyErrors, formal: float, *, room_only: bool
) -> pl.DataFrame:
    """Write the address of each `place` (-1 gives null text).

    Returns:
        text, place, damage, supported_level, supported_place, and site_right: the names lead to the true estate or
        house alone, so that numbers from other columns of the row would be enough.
    """
    rows = places.register.select(_COLUMNS).to_dicts()
    desk = Desk(rows, places.reader, errors, Dice(rng), formal, room_only)
    written = [_write(desk, int(p)) if p >= 0 else (None, None, "none", "none", None, False) for p in place]
    return pl.DataFrame(written, schema=_SCHEMA, orient="row")


def _write(desk: Desk, place: int) -> tuple[str, int, str, str, int | None, bool]:
    dice, reader = desk.dice, desk.reader
    formal = dice.chance(desk.formal)
    made = draft(desk.rows[place], desk.errors, dice, formal=formal, room_only=desk.room_only)
    later = _damaged(desk, made)
    site = reader.site_of[place] if desk.room_only else None
    claim = made.claim(site)
    text = _compose(desk, made, later, formal=formal)
    level, found = read = reader.read(claim)
    kinds = [*made.kinds, *later]
    other_unit = level == "unit" and claim.unit != made.row["unit_no"]
    if other_unit or not reader.holds(read, place):
        level, found = reader.shared(read, place)
        kinds = _marked(kinds)
    elif place not in reader.known:
        kinds.append("gap")
    sites = reader.possible_sites(claim)
    alone = [s.place for s in sites] == [reader.site_of[place]]
    told = "+".join(kinds) or "none"
    forms = "+".join(dict.fromkeys(made.forms))
    return text, place, f"{told}|{forms}" if forms else told, level, found if found != NOWHERE else None, alone


def _marked(kinds: list[str]) -> list[str]:
    """Mark the damage that makes a text name another place: the digit where there is one, else the first."""
    if not kinds:
        return ["gap!"]
    guilty = "digit" if "digit" in kinds else kinds[0]
    return [f"{kind}!" if kind == guilty else kind for kind in kinds]


def _damaged(desk: Desk, made: Draft) -> list[str]:
    """Damage a draft by chance; return the damages that concern the joined text."""
    dice, errors = desk.dice, desk.errors
    later: list[str] = []
    wanted = 0
    if dice.chance(errors.share):
        wanted = 2 if dice.chance(errors.second) else 1
    for _ in range(_TRIES * wanted):
        if len(made.kinds) + len(later) >= wanted:
            break
        kind = dice.weighted(errors.kinds)
        if kind in _WRITTEN_LATER:
            if kind not in later:
                later.append(kind)
        elif kind not in made.kinds:
            damage(made, kind, dice, desk.reader)
    if dice.chance(errors.digit) and wrong_digit(made, dice):
        made.kinds.append("digit")
    return later


def _compose(desk: Desk, made: Draft, later: list[str], *, formal: bool) -> str:
    dice, forms = desk.dice, desk.errors.forms
    order = "straight" if formal else dice.weighted(forms.orders)
    tail = "formal" if formal and dice.chance(0.85) else dice.weighted(forms.tails)
    _vary_room(desk, made, formal=formal)
    heads = [text for _, text in made.head]
    if "shortened_district" in later:
        heads = [text.removesuffix("区") if level == "district" else text for level, text in made.head]
    if "repeated" in later:
        heads, made.estate = _repeat(heads, made.estate)
    head, road = "".join(heads), (made.road or "") + (made.number or "" if made.road else "")
    estate = made.estate or ""
    if made.kind == "village":
        estate += made.number or ""
    door = write_door_backwards(made.door, dice) if order == "room_first" else write_door(made.door, tail, dice)
    if "stuttered" in later and isinstance(made.door.building, int):
        door = f"{made.door.building}栋" + door if door.startswith(f"{made.door.building}栋") else door
    if desk.room_only:
        order = "straight" if order not in ("straight", "room_first") else order
    if made.door.room is not None and made.row["kind"] == "house" and order in ("tail_first", "room_first"):
        order = "straight"
    if order != "straight" and (door or road):
        made.forms.append(order)
    if tail not in ("words", "formal") and door:
        made.forms.append(tail)
    separator = ""
    if "particles" in later:
        separator = "的"
    elif dice.chance(forms.spaced):
        separator = dice.pick((" ", " ", "，", ","))
        made.forms.append("spaced")
    text = _joined(order, [head, road, estate, door], separator)
    return _finish(desk, made, text, later)


def _joined(order: str, parts: list[str], separator: str) -> str:
    head, road, estate, door = parts
    if order == "estate_first" and estate:
        middle = f"({road})" if road else ""
        chosen = [estate + middle + door, head] if not road else [head, estate + middle + door]
    elif order == "road_last" and estate and road:
        chosen = [head, estate + door + f"({road})"]
    elif order in ("tail_first", "room_first"):
        chosen = [door, estate, road, head]
    else:
        chosen = [head, road, estate, door]
    return separator.join(part for part in chosen if part)


def _vary_room(desk: Desk, made: Draft, *, formal: bool) -> None:
    """Pad the room with a zero, or write it as floor and door."""
    door, forms, dice = made.door, desk.errors.forms, desk.dice
    if formal or door.room is None or door.shop or door.bare_room or not door.room.isdigit():
        return
    if door.floor and len(door.room) >= 3 and dice.chance(forms.floor_door):
        if door.room == f"{door.floor}{door.room[-2:]}":
            door.room = f"{door.floor}楼{door.room[-2:]}室"
            made.forms.append("floor_door")
    elif len(door.room) == 3 and made.kind == "estate" and dice.chance(forms.padded):
        door.room = "0" + door.room
        made.forms.append("padded")


def _repeat(heads: list[str], estate: str | None) -> tuple[list[str], str | None]:
    """Repeat the first division (云川市云川市), or the estate's name where there is none."""
    if heads:
        return [heads[0], *heads], estate
    return heads, estate * 2 if estate else None


def _finish(desk: Desk, made: Draft, text: str, later: list[str]) -> str:
    dice, forms = desk.dice, desk.errors.forms
    if "noise" in later:
        text = _noisy(made, text, dice)
    if "two_addresses" in later:
        text = _with_other(desk, text)
    if dice.chance(forms.traditional) or "mixed_script" in later:
        text = traditional(text)
        made.forms.append("traditional")
    if dice.chance(forms.full_width) or "mixed_script" in later:
        text = full_width(text)
        made.forms.append("full_width")
    return text


def _noisy(made: Draft, text: str, dice: Dice) -> str:
    lists = unruly()
    if dice.chance(0.3):
        return str(dice.pick(lists["before"])) + text
    if made.door.room is not None:
        return text + str(dice.pick(lists["after_room"]))
    if made.door.building is not None:
        return text + str(dice.pick(lists["building_spots"] + lists["after"]))
    return text + str(dice.pick(lists["spots"] + lists["after"]))


def _with_other(desk: Desk, text: str) -> str:
    """Put a former address beside the present one, marked as such."""
    dice = desk.dice
    row = desk.rows[dice.below(len(desk.rows))]
    if desk.room_only:
        other = f"{dice.below(12) + 1}-{dice.below(6) + 1}0{dice.below(4) + 1}"
    else:
        village = row["kind"] == "village"
        names = ("community", "estate", "house_number") if village else ("road", "house_number", "estate")
        other = "".join(row[name] or "" for name in names)
    form = dice.pick(("{t}(原{o})", "{t}（原住{o}）", "原{o}，现{t}", "{t}，原地址{o}"))
    return form.format(t=text, o=other)
