"""What stands on an evacuation sheet: first whom to help, then every door for the walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from pipelines.needs.homes import homes_of
from pipelines.needs.order import number_in
from pipelines.needs.vocabulary import HELP, NEED_ORDER, TITLES_EN, TITLES_ZH
from pipelines.needs.witnesses import Scan

MOST_PHONES: Final = 3
ATTENTION: Final = "marts.attention_household"


@dataclass(frozen=True)
class Sheet:
    """The rows of one sheet.

    Attributes:
        building: the row of ``finding.BUILDING_SCHEMA``.
        first: households that need help, in the order of help; each a dict with `order, door, help, needs_zh, needs_en,
            people` (list of name and needs), `others` (how many more live there), `phones`.
        unplaced: the same, of the same estate, of which nobody knows the building.
        walk: doors by unit, then floor from the top: (unit, [(floor, [door, ...]), ...]); a door is a dict with `door,
            persons, order, help`.
        units, doors, households, persons: counts; persons of all doors of the building.
    """

    building: dict[str, Any]
    first: list[dict[str, Any]]
    unplaced: list[dict[str, Any]]
    walk: list[tuple[str, list[tuple[str, list[dict[str, Any]]]]]]
    units: int
    doors: int
    households: int
    persons: int

    @property
    def rows(self) -> int:
        """Households with a name on the sheet."""
        return len(self.first) + len(self.unplaced)


def sheet_of(scan: Scan, building: dict[str, Any]) -> Sheet:
    """Collect the sheet of one building; names and phones are read here and nowhere earlier.

    Args:
        scan: gives a table as a lazy frame.
        building: the row that ``finding.find_building`` found.

    Returns:
        The sheet. Names and phones stand on it of households with a need alone; of the others the number of people.
    """
    code = building["building_code"]
    listed = scan(ATTENTION).filter(pl.col("building_code") == code).collect()
    same_estate = (pl.col("estate_code") == building["estate_code"]) & pl.col("building_code").is_null()
    lost = scan(ATTENTION).filter(same_estate).collect()
    told = _with_people(scan, pl.concat([listed, lost]))
    rows = {row["household_id"]: row for row in told}
    first = [rows[home] for home in listed.sort("evacuation_order")["household_id"]]
    unplaced = [rows[home] for home in lost.sort("evacuation_order")["household_id"]]
    doors = _doors(scan, code, listed)
    return Sheet(
        building=building,
        first=first,
        unplaced=unplaced,
        walk=_walk(doors),
        units=doors["unit"].drop_nulls().n_unique(),
        doors=doors.height,
        households=int(doors["households"].sum()),
        persons=int(doors["persons"].sum()),
    )


def _with_people(scan: Scan, homes: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows for the page: who is named (whoever has a need, else all members), how many others, whom to ring."""
    ids = homes["person_ids"].explode().unique().drop_nulls()
    people = (
        scan("master.person").filter(pl.col("person_id").is_in(ids.implode())).select("person_id", "name", "phones")
    )
    known = {row["person_id"]: row for row in people.collect().iter_rows(named=True)}
    return [_row(home, known) for home in homes.iter_rows(named=True)]


def _row(home: dict[str, Any], known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    needs = {told["person_id"]: told["needs"] for told in home["person_needs"]}
    named = sorted(needs, key=lambda person: NEED_ORDER[needs[person][0]]) or home["person_ids"]
    others = [person for person in home["person_ids"] if person not in named]
    phones = [phone for person in (*named, *others) for phone in known.get(person, {}).get("phones") or []]
    own = {need for told in needs.values() for need in told}
    rest = [need for need in home["needs"] if need not in own]
    return {
        "household_id": home["household_id"],
        "order": home["evacuation_order"],
        "door": door_of(home),
        "help_zh": HELP[home["help"]][0],
        "help_en": HELP[home["help"]][1],
        "help": home["help"],
        "people": [
            {
                "name": known.get(person, {}).get("name") or "姓名不详",
                "zh": "、".join(TITLES_ZH[need] for need in needs.get(person, [])),
                "en": ", ".join(TITLES_EN[need] for need in needs.get(person, [])),
            }
            for person in named
        ],
        "others": len(others),
        "zh": "、".join(TITLES_ZH[need] for need in rest),
        "en": ", ".join(TITLES_EN[need] for need in rest),
        "phones": list(dict.fromkeys(phones))[:MOST_PHONES],
    }


def door_of(home: dict[str, Any]) -> str:
    """Return `2单元 5层 501` as far as it is known; a house of one home has no more than its number."""
    floor = f"{home['floor']}层" if home["floor"] is not None else None
    parts = [part for part in (home["unit"], floor, home["room"]) if part]
    return " ".join(parts) or ("本户" if home.get("building_code") else "门牌不详")


def _doors(scan: Scan, code: str, listed: pl.DataFrame) -> pl.DataFrame:
    """Every door of the building with its known residents, and the place on the list of who needs help there."""
    homes = homes_of(scan).filter(pl.col("building_code") == code)
    stays = (
        scan("master.household_member")
        .filter((pl.col("basis") == "residence") & pl.col("until").is_null())
        .join(homes.select("address_code").lazy(), on="address_code", how="semi")
        .group_by("address_code")
        .agg(persons=pl.col("person_id").n_unique(), households=pl.col("household_id").n_unique())
        .collect()
    )
    helped = listed.group_by("address_code").agg(
        order=pl.col("evacuation_order").min(), help=pl.col("help").sort_by("evacuation_order").first()
    )
    return (
        homes.join(stays, on="address_code", how="left")
        .filter(pl.col("is_home") | pl.col("persons").is_not_null())
        .join(helped, on="address_code", how="left")
        .with_columns(
            pl.col("persons", "households").fill_null(0), unit_no=number_in("unit"), room_no=number_in("room")
        )
        .sort(
            ["unit_no", "unit", "floor", "room_no", "room", "address_code"],
            descending=[False, False, True, False, False, False],
            nulls_last=[True, True, False, True, True, True],
        )
    )


def _walk(doors: pl.DataFrame) -> list[tuple[str, list[tuple[str, list[dict[str, Any]]]]]]:
    """Doors by unit, then by floor from the top; a unit or floor nobody knows is told as such."""
    walk: list[tuple[str, list[tuple[str, list[dict[str, Any]]]]]] = []
    for row in doors.iter_rows(named=True):
        unit = row["unit"] or ""
        unknown = "楼层不详" if row["room"] else ""  # a house that is not divided has no floors to walk
        floor = unknown if row["floor"] is None else f"{row['floor']}层"
        if not walk or walk[-1][0] != unit:
            walk.append((unit, []))
        if not walk[-1][1] or walk[-1][1][-1][0] != floor:
            walk[-1][1].append((floor, []))
        door = row["room"] or ("本户" if row["is_home"] else "门牌不详")
        walk[-1][1][-1][1].append({"door": door, "persons": row["persons"], "order": row["order"], "help": row["help"]})
    return walk
