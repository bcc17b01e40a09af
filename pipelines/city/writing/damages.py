"""Damages that cost information: each changes a draft and what a reader can take from it, or declines."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipelines.city.writing.dice import Dice
from pipelines.city.writing.draft import Draft, same_stem, write_road
from pipelines.city.writing.estate_names import split_estate
from pipelines.city.writing.reader import Reader
from pipelines.city.writing.slips import SLIPS, change_digit, other_road_kind, other_suffix, slip, sound, two_homophones

Damage = Callable[[Draft, Dice, Reader], bool]
"""Returns false, and changes nothing, where the draft cannot have the damage."""
SWAPPED_SHARE = 0.2  # of wrong numbers, where building and unit change places
_NAME_GROUP = frozenset(
    {*SLIPS, "two_homophones", "nickname", "suffix", "abbreviated", "phase_missing", "community_for_estate"}
)


def damage(made: Draft, kind: str, dice: Dice, reader: Reader) -> bool:
    """Put one damage of a kind into a draft; return whether it took place."""
    if kind in _NAME_GROUP and _NAME_GROUP & set(made.kinds):
        return False
    done = _DAMAGES[kind](made, dice, reader)
    if done and kind not in ("nickname", "old_road"):
        made.kinds.append(kind)
    return done


def _is_estate(made: Draft) -> bool:
    return made.kind in ("estate", "shop") and made.estate is not None


def _nickname(made: Draft, _dice: Dice, _reader: Reader) -> bool:
    if not _is_estate(made) or made.row["nickname"] is None:
        return False
    made.estate = made.row["nickname"]
    if not made.row["nickname_known"]:
        made.names, made.exact = (), False
    made.kinds.append("nickname" if made.row["nickname_known"] else "nickname_unknown")
    return True


def _old_road(made: Draft, dice: Dice, _reader: Reader) -> bool:
    if made.kind == "village" or made.row["old_road"] is None:
        return False
    if made.road is None:
        write_road(made, dice, formal=True)
    made.road = made.row["old_road"]
    if not made.row["old_road_known"]:
        made.roads = ()
    made.kinds.append("old_road" if made.row["old_road_known"] else "old_road_unknown")
    return True


def _slip(kind: str) -> Damage:
    def put(made: Draft, dice: Dice, reader: Reader) -> bool:
        if _is_estate(made) and made.estate == made.row["estate"]:
            wrong = slip(made.row["estate"], kind, dice)
            if wrong is None or wrong in reader.names:
                return False
            made.estate, made.names, made.exact = wrong, reader.near_estates(wrong, made.row["estate"]), False
            return True
        if made.road is None or made.road != made.row["road"]:
            return False
        wrong = slip(made.road, kind, dice)
        if wrong is None or wrong in reader.names:
            return False
        made.road, made.roads = wrong, reader.near_roads(wrong, made.row["road"])
        return True

    return put


def _two_homophones(made: Draft, dice: Dice, reader: Reader) -> bool:
    if not _is_estate(made) or made.estate != made.row["estate"]:
        return False
    wrong = two_homophones(made.row["estate"], dice)
    alike = tuple(name for name in reader.by_name if wrong is not None and sound(name) == sound(wrong))
    if wrong is None or wrong in reader.names or made.row["estate"] not in alike:
        return False
    made.estate, made.names, made.exact = wrong, alike, False
    return True


def _suffix(made: Draft, dice: Dice, reader: Reader) -> bool:
    if not _is_estate(made) or made.estate != made.row["estate"]:
        return False
    wrong = other_suffix(made.row["estate"], dice)
    if wrong in reader.names:
        return False
    longer = wrong.startswith(made.row["estate"])
    made.names = (made.row["estate"],) if longer else same_stem(reader, made.row["estate"], rest=True)
    made.estate, made.exact = wrong, longer
    return True


def _abbreviated(made: Draft, dice: Dice, reader: Reader) -> bool:
    if not _is_estate(made) or made.estate != made.row["estate"]:
        return False
    stem, kind, rest = split_estate(made.row["estate"])
    kept = rest if dice.chance(0.8) else ""
    if not kind or stem + kept in reader.names:
        return False
    made.names = same_stem(reader, made.row["estate"], rest=kept == rest)
    made.estate, made.exact = stem + kept, len(made.names) == 1
    return True


def _phase_missing(made: Draft, _dice: Dice, reader: Reader) -> bool:
    if not _is_estate(made) or not made.row["estate"].endswith("期"):
        return False
    stem, kind, rest = split_estate(made.row["estate"])
    short = stem + kind + rest[:-2]
    if short in reader.names:
        return False
    made.names = tuple(name for name in reader.by_name if name.startswith(short) and name.endswith("期"))
    made.estate, made.exact = short, len(made.names) == 1
    return True


def _road_kind(made: Draft, dice: Dice, reader: Reader) -> bool:
    if made.road is None or made.road != made.row["road"]:
        return False
    wrong = other_road_kind(made.road, dice)
    if wrong is None or wrong in reader.names:
        return False
    stem = re.sub(r"(路|街|大道|巷|弄)$", "", made.row["road"])
    made.road = wrong
    made.roads = tuple(r for r in reader.roads if re.sub(r"(路|街|大道|巷|弄)$", "", r) == stem)
    return True


def _community_for_estate(made: Draft, _dice: Dice, _reader: Reader) -> bool:
    if not _is_estate(made) or made.row["level"] == "estate":
        return False
    made.estate = made.names = made.road = made.roads = made.number = None
    made.head = [part for part in made.head if part[0] != "community"] + [("community", made.row["community"])]
    made.told["community"] = made.row["community"]
    return True


def _wrong_division(made: Draft, dice: Dice, reader: Reader) -> bool:
    others = [name for name in reader.districts if name != made.row["district"]]
    if made.kind == "village" or "district" not in made.told or not others:
        return False
    other = dice.pick(others)
    made.head = [(level, other if level == "district" else text) for level, text in made.head]
    made.told["district"] = other
    return True


def _wrong_number(made: Draft, dice: Dice, _reader: Reader) -> bool:
    if not _is_estate(made) or made.road is None or made.number != made.true_number:
        return False
    return change_number(made, dice)


def change_number(made: Draft, dice: Dice) -> bool:
    """Change a digit of the house number."""
    found = re.search(r"\d+", made.true_number or "")
    if found is None or made.true_number is None:
        return False
    made.true_number = made.true_number.replace(found[0], change_digit(found[0], dice), 1)
    made.number = made.true_number
    return True


def _missing_unit(made: Draft, _dice: Dice, _reader: Reader) -> bool:
    if not made.door.unit or made.door.room is None:
        return False
    made.door.unit = 0
    return True


def _missing_room(made: Draft, _dice: Dice, _reader: Reader) -> bool:
    if made.door.room is None or made.door.building is None or made.door.shop:
        return False
    made.door.room, made.door.floor = None, None
    return True


def _missing_building(made: Draft, _dice: Dice, _reader: Reader) -> bool:
    if made.door.building is None or made.door.room is None or made.door.shop:
        return False
    made.door.building = None
    return True


def _floor_lost(made: Draft, dice: Dice, _reader: Reader) -> bool:
    """Write the door without its floor (`01` for 501), or the floor alone (`5楼`)."""
    door = made.door
    if door.room is None or door.shop or made.kind != "estate" or len(door.room) < 3 or door.building is None:
        return False
    alone = dice.chance(0.4) and door.floor is not None
    door.room, door.bare_room = (f"{door.floor}{dice.pick(('楼', '层'))}" if alone else door.room[-2:] + "室"), True
    return True


def _side_door(made: Draft, dice: Dice, _reader: Reader) -> bool:
    """Name the door by floor and side (`5楼东户`), which no register tells."""
    door = made.door
    if door.room is None or door.shop or door.floor is None or made.kind != "estate":
        return False
    door.room, door.bare_room = f"{door.floor}楼{dice.pick(('东户', '西户', '中户', '左', '右'))}", True
    return True


def wrong_digit(made: Draft, dice: Dice) -> bool:
    """Change a digit of room, building, unit or house number, or let building and unit change places.

    Returns:
        Whether there was a number to change.
    """
    door = made.door
    able: list[tuple[str, float]] = []
    if door.room is not None and door.room.isdigit() and not door.shop:
        able.append(("room", 6.0))
    if isinstance(door.building, int):
        able.append(("building", 2.0))
    if door.unit and door.room is not None:
        able.append(("unit", 1.0))
    if made.kind in ("house", "village") and made.number is not None and made.number == made.true_number:
        able.append(("number", 3.0))
    if not able:
        return False
    if isinstance(door.building, int) and door.unit not in (0, door.building) and dice.chance(SWAPPED_SHARE):
        door.building, door.unit = door.unit, door.building
        return True
    part = dice.weighted(able)
    if part == "room" and door.room is not None:
        door.room, door.floor = change_digit(door.room, dice), None
    elif part == "building":
        door.building = int(change_digit(str(door.building), dice))
    elif part == "unit":
        door.unit = door.unit % 4 + 1
    else:
        return change_number(made, dice)
    return True


_DAMAGES: dict[str, Damage] = {
    **{kind: _slip(kind) for kind in SLIPS},
    "nickname": _nickname,
    "old_road": _old_road,
    "suffix": _suffix,
    "two_homophones": _two_homophones,
    "abbreviated": _abbreviated,
    "phase_missing": _phase_missing,
    "road_kind": _road_kind,
    "community_for_estate": _community_for_estate,
    "wrong_division": _wrong_division,
    "wrong_number": _wrong_number,
    "missing_unit": _missing_unit,
    "missing_room": _missing_room,
    "missing_building": _missing_building,
    "floor_lost": _floor_lost,
    "side_door": _side_door,
}
