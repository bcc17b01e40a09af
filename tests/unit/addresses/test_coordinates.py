"""Coordinates as a veto and among candidates: what is far is learned from the night, and bad coordinates do no harm."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.addresses.evidence.geodesy import gcj02_offset
from pipelines.addresses.match import match_addresses
from pipelines.addresses.mentions import SCHEMA as MENTIONS
from pipelines.addresses.register.index import Register, build_register
from tests.unit.addresses.hard_district import hard_addresses

METRES = 111_195.0
Point = tuple[float | None, float | None]


@pytest.fixture(scope="module")
def register() -> Register:
    return build_register(hard_addresses())


@pytest.fixture(scope="module")
def places() -> dict[str, tuple[float, float]]:
    rows = hard_addresses().select("address_code", "lon", "lat").iter_rows()
    return {code: (lon, lat) for code, lon, lat in rows}


def _near(place: tuple[float, float], number: int) -> tuple[float, float]:
    """A point up to 20 metres off, another for every number."""
    return place[0] + (number % 5 - 2) * 8 / METRES, place[1] + (number % 7 - 3) * 6 / METRES


def _night(places: dict[str, tuple[float, float]]) -> list[tuple[str, Point]]:
    """Thirty incidents at rooms of three estates, each near its building."""
    told = (("翠湖雅居3栋501", "CH/3号楼/501"), ("金桂公寓5栋801", "JG/5栋/801"), ("和平路32号", "HP32"))
    return [(told[n % 3][0], _near(places[told[n % 3][1]], n)) for n in range(30)]


def _match(rows: list[tuple[str, Point]], register: Register) -> list[dict[str, object]]:
    frame = [
        ("police_incidents", f"{number:04d}", "location", text, *[None] * 5, *point)
        for number, (text, point) in enumerate(rows)
    ]
    return match_addresses(pl.DataFrame(frame, schema=MENTIONS, orient="row"), register).to_dicts()


def test_far_place_is_vetoed(register: Register, places: dict[str, tuple[float, float]]) -> None:
    found = _match([*_night(places), ("翠湖雅居3栋502", places["KL"])], register)
    assert {row["status"] for row in found[:30]} == {"matched"}
    assert (found[30]["status"], found[30]["reason"], found[30]["address_code"]) == ("ambiguous", "far_away", None)
    assert "CH/3号楼/502" in str(found[30]["candidates"])
    assert found[30]["room_code"] is None


@pytest.mark.parametrize("point", [(None, None), (0.0, 0.0), (None, 31.2), (999.0, 999.0), (2.35, 48.85)])
def test_no_coordinates_no_veto(register: Register, places: dict[str, tuple[float, float]], point: Point) -> None:
    found = _match([*_night(places), ("翠湖雅居3栋502", point)], register)
    assert (found[30]["status"], found[30]["address_code"]) == ("matched", "CH/3号楼/502")


def test_exchanged_coordinates_are_put_right(register: Register, places: dict[str, tuple[float, float]]) -> None:
    lon, lat = places["KL"]
    own = places["CH/3号楼/502"]
    night = [*_night(places), ("翠湖雅居3栋502", (own[1], own[0])), ("翠湖雅居3栋503", (lat, lon))]
    found = _match(night, register)
    assert found[30]["status"] == "matched"
    assert found[31]["reason"] == "far_away"


@pytest.mark.parametrize("share", [1, 3, 12])
def test_map_service_offset_does_no_harm(
    register: Register, places: dict[str, tuple[float, float]], share: int
) -> None:
    night: list[tuple[str, Point]] = []
    for number, (text, (lon, lat)) in enumerate(_night(places)):
        assert lon is not None
        assert lat is not None
        east, north = gcj02_offset(lon, lat)
        moved = (lon + east / METRES / 0.8554, lat + north / METRES)
        night.append((text, moved if number % share == 0 else (lon, lat)))
    assert {row["status"] for row in _match(night, register)} == {"matched"}


def test_feed_of_random_coordinates_is_not_believed(register: Register, places: dict[str, tuple[float, float]]) -> None:
    night = [(text, places["TR9"] if n % 3 == 0 else point) for n, (text, point) in enumerate(_night(places))]
    assert {row["status"] for row in _match(night, register)} == {"matched"}


def test_few_coordinates_say_nothing(register: Register, places: dict[str, tuple[float, float]]) -> None:
    found = _match([*_night(places)[:9], ("翠湖雅居3栋502", places["KL"])], register)
    assert found[9]["status"] == "matched"


def test_one_near_candidate_is_the_place(register: Register, places: dict[str, tuple[float, float]]) -> None:
    here, between = (
        places["DF二期"],
        tuple(sum(pair) / 2 for pair in zip(places["DF二期"], places["DF三期"], strict=True)),
    )
    night = [
        *_night(places),
        ("东方新城1栋1单元101", _near(here, 3)),
        ("东方新城1栋1单元102", (between[0], between[1])),
    ]
    settled, open_ = _match(night, register)[30:]
    assert (settled["address_code"], settled["method"], settled["reason"]) == (
        "DF二期/1栋/1单元/101", "spatial", "settled_by_coordinates",
    )  # fmt: skip
    assert settled["building_code"] == "DF二期/1栋"
    assert (open_["status"], open_["reason"]) == ("ambiguous", "ambiguous_estate")


def test_without_register_coordinates_nothing_changes(places: dict[str, tuple[float, float]]) -> None:
    bare = build_register(hard_addresses().with_columns(lon=None, lat=None))
    assert {row["status"] for row in _match(_night(places), bare)} == {"matched"}
