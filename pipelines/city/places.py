"""The address register of the demo city: estates, old houses and village groups, down to rooms.

One row an address, numbered by `place` (0, 1, ...). Besides the register's own columns it keeps what the writers of
addresses need: the parents of a row, numbers without their suffixes, nicknames and old road names.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from pipelines.city.words import places as words
from pipelines.city.writing.reader import Reader

ROOMS_PER_ESTATE = 330
ESTATE_SHARE, HOUSE_SHARE = 0.84, 0.07  # the rest lives in village groups
NICKNAME_SHARE, NICKNAME_KNOWN_SHARE = 0.35, 0.7
OLD_ROAD_SHARE, OLD_ROAD_KNOWN_SHARE = 0.25, 0.75
PHASE_SHARE = 0.2
SCHEMA: dict[str, Any] = {
    "level": pl.String,
    "community_id": pl.Int64,
    "road_id": pl.Int64,
    "house_number": pl.String,
    "estate": pl.String,
    "nickname": pl.String,
    "nickname_known": pl.Boolean,
    "building": pl.String,
    "building_no": pl.Int64,
    "unit_no": pl.Int64,
    "floor": pl.Int64,
    "room": pl.String,
    "kind": pl.String,
    "estate_place": pl.Int64,
    "building_place": pl.Int64,
    "lon": pl.Float64,
    "lat": pl.Float64,
}
Rows = dict[str, Any]


@dataclass(frozen=True)
class Places:
    """The register and its small tables.

    Attributes:
        register: one row an address (see module).
        homes: `place` of every row that people can live in.
        shops: `place` of every shop.
        communities: community_id, community, street, district, division_code.
        roads: road_id, road, old_road, old_road_known, renamed_on_night (null but for one road).
    """

    register: pl.DataFrame
    homes: np.ndarray[Any, np.dtype[np.int64]]
    shops: np.ndarray[Any, np.dtype[np.int64]]
    communities: pl.DataFrame
    roads: pl.DataFrame

    @cached_property
    def reader(self) -> Reader:
        """A reader who knows the whole register; made when first asked for."""
        return Reader(self.register)


def build_places(rng: np.random.Generator, dwellings: int, rooms_per_estate: int = ROOMS_PER_ESTATE) -> Places:
    """Build a register with about `dwellings` rows that people can live in."""
    estates = max(6, round(dwellings * ESTATE_SHARE / rooms_per_estate))
    villages = max(2, round(dwellings * (1 - ESTATE_SHARE - HOUSE_SHARE) / 160))
    communities = _communities(rng, max(4, estates // 3 + 1), villages)
    roads = _roads(rng, max(12, estates))
    town = communities.filter(~pl.col("rural"))["community_id"].to_numpy()
    frames: list[pl.DataFrame] = []
    begin = 0
    for rows in _estates(rng, estates, dwellings * ESTATE_SHARE, town, len(roads)):
        begin = _append(frames, rows, begin)
    for community in town:
        begin = _append(
            frames, _houses(rng, int(community), round(dwellings * HOUSE_SHARE / len(town)), len(roads)), begin
        )
    rural = communities.filter(pl.col("rural"))["community_id"].to_numpy()
    per_village = round(dwellings * (1 - ESTATE_SHARE - HOUSE_SHARE) / len(rural))
    for community in rural:
        begin = _append(frames, _village(rng, int(community), per_village), begin)
    return _finish(rng, pl.concat(frames), communities, roads)


def _append(frames: list[pl.DataFrame], rows: Rows, begin: int) -> int:
    size = len(rows["level"])
    filled = {name: rows.get(name, [None] * size) for name in SCHEMA}
    frame = pl.DataFrame(filled, schema=SCHEMA, strict=False)
    frames.append(frame.with_columns(pl.col("estate_place", "building_place") + begin))
    return begin + size


def _communities(rng: np.random.Generator, town: int, rural: int) -> pl.DataFrame:
    """Four communities to a street, five streets to a district; village committees in towns of their own."""
    names = words()
    streets = max(2, -(-town // 4)) + max(1, rural // 6)
    districts = min(len(names["districts"]), max(2, -(-streets // 5)))
    rows = []
    for number in range(town + rural):
        is_rural = number >= town
        street = number // 4 if not is_rural else streets - 1 - (number - town) // 6 % max(1, rural // 6)
        stem = names["streets"][street % len(names["streets"])]
        turn = "" if street < len(names["streets"]) else "新"
        code, district = names["districts"][street % districts]
        pool = names["villages"] if is_rural else names["communities"]
        place = (number - town) if is_rural else number
        community = pool[place % len(pool)] + ("" if is_rural else "社区")
        if place >= len(pool):
            community = stem + community
        rows.append((number, community, f"{stem}{turn}{'镇' if is_rural else '街道'}", district, code, is_rural))
    columns = ["community_id", "community", "street", "district", "division_code", "rural"]
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    centres = rng.uniform(-0.12, 0.12, (len(rows), 2))
    return frame.with_columns(
        pl.Series("centre_lon", 118.0 + centres[:, 0]), pl.Series("centre_lat", 31.0 + centres[:, 1])
    )


def _roads(rng: np.random.Generator, count: int) -> pl.DataFrame:
    names = words()
    pool = [
        f"{stem}{side}{kind}"
        for kind in dict.fromkeys(names["road_kinds"])
        for side in dict.fromkeys(names["road_sides"])
        for stem in names["road_names"]
        if not (side and kind in ("巷", "弄"))
    ]
    sided = [f"中山{side}路" for side in "东西南北"][: max(2, count // 6)]
    chosen = sided + [pool[i] for i in rng.permutation(len(pool)) if pool[i] not in sided]
    chosen = chosen[:count]
    old = [None if rng.random() > OLD_ROAD_SHARE else str(rng.choice(names["old_road_words"])) for _ in chosen]
    old_roads = [
        None if o is None else o + ("街" if name.endswith("街") else "路") for o, name in zip(old, chosen, strict=True)
    ]
    return pl.DataFrame(
        {
            "road_id": np.arange(len(chosen)),
            "road": chosen,
            "old_road": old_roads,
            "old_road_known": rng.random(len(chosen)) < OLD_ROAD_KNOWN_SHARE,
        },
        schema_overrides={"old_road": pl.String},
    )


def _estate_names(rng: np.random.Generator, count: int) -> list[str]:
    """Distinct names; some estates come in phases, which differ in one character only."""
    names = words()
    pool = [a + b for a in names["estate_names"] for b in names["estate_kinds"] if not b.startswith(a[-1])]
    order = [pool[i] for i in rng.permutation(len(pool))]
    order += [a + b for b in ("东区", "西区", "南区") for a in order]
    result: list[str] = []
    for name in order:
        if len(result) >= count:
            break
        if rng.random() < PHASE_SHARE and len(result) + 2 <= count:
            result += [name + "一期", name + "二期"]
        else:
            result.append(name)
    return result[:count]


def _estates(rng: np.random.Generator, count: int, rooms: float, town: Any, roads: int) -> list[Rows]:
    """Build about `count` estates, and more until they have `rooms` homes."""
    nicknames = [words()["nickname_words"][i] for i in rng.permutation(len(words()["nickname_words"]))]
    built: list[Rows] = []
    homes = 0
    for number, name in enumerate(_estate_names(rng, count * 3 + 8)):
        if homes >= rooms:
            break
        nickname = nicknames[number % len(nicknames)] if rng.random() < NICKNAME_SHARE else None
        if nickname is not None and number >= len(nicknames):
            nickname = name[:2] + nickname
        base = {
            "community_id": int(town[number % len(town)]),
            "road_id": number % roads,
            "house_number": f"{int(rng.integers(1, 400)) + number // roads * 1_000}号",
            "estate": name,
            "nickname": nickname,
            "nickname_known": bool(rng.random() < NICKNAME_KNOWN_SHARE),
            "kind": "estate",
        }
        built.append(_estate(rng, base, rooms / count))
        levels, kinds = built[-1]["level"], built[-1]["kind"]
        homes += sum(level == "room" and kind == "estate" for level, kind in zip(levels, kinds, strict=True))
    return built


def _estate(rng: np.random.Generator, base: Rows, mean_rooms: float) -> Rows:
    """One estate: its own row, its buildings, its rooms, and shops on the ground floor of some buildings."""
    units, floors, per_floor = [(3, 6, 2), (2, 6, 2), (4, 7, 2), (2, 11, 2), (1, 18, 4), (0, 26, 4), (0, 6, 6)][
        int(rng.choice(7, p=[0.25, 0.15, 0.1, 0.2, 0.12, 0.1, 0.08]))
    ]
    per_building = max(1, units) * floors * per_floor
    buildings = max(1, round(mean_rooms * rng.uniform(0.5, 1.5) / per_building))
    labels = _building_labels(rng, buildings)
    unit, floor, door = (
        a.ravel()
        for a in np.meshgrid(
            np.arange(1, units + 1) if units else [0],
            np.arange(1, floors + 1),
            np.arange(1, per_floor + 1),
            indexing="ij",
        )
    )
    padded = units == 0 and rng.random() < 0.5
    rooms = np.array(
        [f"{f:02d}{d:02d}" if padded else f"{f}{d:02d}" for f, d in zip(floor, door, strict=True)], dtype=object
    )
    shops = (
        np.array([f"商铺{i}" for i in range(1, 7)], dtype=object) if rng.random() < 0.6 else np.array([], dtype=object)
    )
    parts: dict[str, list[Any]] = {
        k: [] for k in ("level", "building", "building_no", "unit_no", "floor", "room", "kind")
    }
    parents: list[Any] = []
    position = 1

    def add(size: int, **values: Any) -> None:
        for key, column in parts.items():
            value = values.get(key)
            column.extend(value if isinstance(value, np.ndarray | list) else [value] * size)

    add(1, level="estate", kind="estate")
    parents.append(0)
    for index, label in enumerate(labels):
        number = index + 1 if label[0].isdigit() else 0
        own = position
        add(1, level="building", building=label, building_no=number, kind="estate")
        add(
            len(rooms),
            level="room",
            building=label,
            building_no=number,
            unit_no=unit,
            floor=floor,
            room=rooms,
            kind="estate",
        )
        front = shops if index % 3 == 0 else shops[:0]
        add(
            len(front),
            level="room",
            building=label,
            building_no=number,
            unit_no=0,
            floor=1,
            room=list(front),
            kind="shop",
        )
        size = 1 + len(rooms) + len(front)
        parents.extend([own] * size)
        position += size
    return {
        **{key: [value] * position for key, value in base.items()},
        **parts,
        "estate_place": [0] * position,
        "building_place": [None if p == 0 else p for p in parents],
    }


def _building_labels(rng: np.random.Generator, buildings: int) -> list[str]:
    style = rng.random()
    if style < 0.12 and buildings <= 6:
        return [f"{letter}座" for letter in "ABCDEF"[:buildings]]
    if style < 0.2 and buildings <= 4:
        return [f"{side}楼" for side in "东西南北"[:buildings]]
    suffix = str(rng.choice(["栋", "号楼", "幢"]))
    return [f"{number}{suffix}" for number in range(1, buildings + 1)]


def _houses(rng: np.random.Generator, community: int, dwellings: int, roads: int) -> Rows:
    """Old houses on the street, half of them with rooms; numbers like 30-1号 and 甲30号 among them."""
    level: list[str] = []
    number: list[str] = []
    road: list[int] = []
    floor: list[int | None] = []
    room: list[str | None] = []
    parent: list[int | None] = []
    taken: set[tuple[int, str]] = set()
    homes = 0
    while homes < dwellings:
        road_id = int(rng.integers(0, roads))
        text = f"{int(rng.integers(1, 500)) + 400}"
        form = rng.random()
        house = f"甲{text}号" if form < 0.04 else f"{text}-{int(rng.integers(1, 4))}号" if form < 0.2 else f"{text}号"
        if form > 0.97:
            house = f"{text}号之{'一二三'[int(rng.integers(0, 3))]}"
        if (road_id, house) in taken:
            continue
        taken.add((road_id, house))
        doors = [] if rng.random() < 0.5 else [(f, f"{f}{d:02d}") for f in (1, 2, 3) for d in (1, 2)]
        own = len(level)
        level += ["house_number"] + ["room"] * len(doors)
        number += [house] * (1 + len(doors))
        road += [road_id] * (1 + len(doors))
        floor += [None, *(f for f, _ in doors)]
        room += [None, *(d for _, d in doors)]
        parent += [own] * (1 + len(doors))
        homes += max(1, len(doors))
    size = len(level)
    return {
        "level": level,
        "house_number": number,
        "road_id": road,
        "floor": floor,
        "room": room,
        "building_place": parent,
        "community_id": [community] * size,
        "kind": ["house"] * size,
        "nickname_known": [False] * size,
    }


def _village(rng: np.random.Generator, community: int, dwellings: int) -> Rows:
    """A village: groups in the estate column, and houses that have a number within the group."""
    groups = words()["groups"][: max(2, min(8, dwellings // 20))]
    level: list[str] = []
    estate: list[str] = []
    number: list[str | None] = []
    estate_place: list[int] = []
    building_place: list[int | None] = []
    for group in groups:
        own = len(level)
        houses = max(3, round(dwellings / len(groups) * float(rng.uniform(0.7, 1.3))))
        level += ["estate"] + ["house_number"] * houses
        estate += [group] * (houses + 1)
        number += [None, *(f"{i}号" for i in range(1, houses + 1))]
        estate_place += [own] * (houses + 1)
        building_place += [None, *range(own + 1, own + houses + 1)]
    size = len(level)
    return {
        "level": level,
        "estate": estate,
        "house_number": number,
        "estate_place": estate_place,
        "building_place": building_place,
        "community_id": [community] * size,
        "kind": ["village"] * size,
        "nickname_known": [False] * size,
    }


def _finish(rng: np.random.Generator, rows: pl.DataFrame, communities: pl.DataFrame, roads: pl.DataFrame) -> Places:
    size = len(rows)
    code = (np.arange(size, dtype=np.int64) * 2_654_435_761 + 97) % 2**40
    register = (
        rows.with_columns(
            pl.int_range(size, dtype=pl.Int64).alias("place"),
            pl.Series("address_code", [f"YC{c:010X}" for c in code]),
            pl.col("unit_no").fill_null(0),
            pl.col("building_no").fill_null(0),
        )
        .join(communities, on="community_id", how="left", maintain_order="left")
        .join(roads, on="road_id", how="left", maintain_order="left")
        .with_columns(
            pl.lit(words()["province"]).alias("province"),
            pl.lit(words()["city"]).alias("city"),
            pl.when(pl.col("unit_no") > 0).then(pl.format("{}单元", "unit_no")).alias("unit"),
            pl.coalesce("building_place", "estate_place").alias("site"),
        )
    )
    register = _coordinates(rng, register)
    unique = pl.len().over("building_place", "room") == 1
    register = register.with_columns((unique | (pl.col("unit_no") == 0)).alias("door_unique"))
    is_home = (pl.col("level") == "room") & (pl.col("kind") != "shop")
    lone = (pl.col("level") == "house_number") & (pl.len().over("building_place") == 1)
    register = register.join(_short_names(register), on="estate", how="left", maintain_order="left")
    homes = register.filter(is_home | lone)["place"].to_numpy()
    shops = register.filter(pl.col("kind") == "shop")["place"].to_numpy()
    return Places(register, homes, shops, communities, roads)


def _short_names(register: pl.DataFrame) -> pl.DataFrame:
    """Return for each estate its first two characters with its phase, and whether no other estate shortens alike."""
    estates = register.filter(pl.col("kind") == "estate").select("estate").unique().drop_nulls().sort("estate")
    phase = pl.col("estate").str.extract("([一二]期)$").fill_null("")
    short = estates.with_columns((pl.col("estate").str.slice(0, 2) + phase).alias("short_name"))
    return short.with_columns((pl.len().over("short_name") == 1).alias("short_unique"))


def _coordinates(rng: np.random.Generator, register: pl.DataFrame) -> pl.DataFrame:
    """Give every site (building, house or estate) a point near its community's centre; a few have none."""
    sites = register["site"].unique().sort()
    offset = rng.normal(0, 0.004, (len(sites), 2))
    missing = rng.random(len(sites)) < 0.03
    points = pl.DataFrame({"site": sites, "dx": offset[:, 0], "dy": offset[:, 1], "no_point": missing})
    return (
        register.drop("lon", "lat")
        .join(points, on="site", how="left", maintain_order="left")
        .with_columns(
            pl.when(~pl.col("no_point")).then((pl.col("centre_lon") + pl.col("dx")).round(6)).alias("lon"),
            pl.when(~pl.col("no_point")).then((pl.col("centre_lat") + pl.col("dy")).round(6)).alias("lat"),
        )
        .drop("dx", "dy", "no_point", "centre_lon", "centre_lat", "rural")
    )
