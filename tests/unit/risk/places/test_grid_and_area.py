"""The grid holds still, and so does the study area."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places_town import AS_OF, address, addresses, at, town

from pipelines.config import RiskConfig
from pipelines.risk.places.grid import Grid, cells_of, choose_grid
from pipelines.risk.places.lattice import adjacency, gaussian, index_of
from pipelines.risk.places.register_points import register_points
from pipelines.risk.places.study_area import follow_study_area, grid_of, lattice_of

GRID = Grid(117.0, 30.0, 100)
LATER = AS_OF + dt.timedelta(days=7)


def test_a_degree_has_the_metres_of_the_ellipsoid() -> None:
    x, y = GRID.project(np.array([118.0]), np.array([31.0]))
    assert x[0] == pytest.approx(95_504, abs=10)  # 111.320 km x cos 31° on the ellipsoid
    assert y[0] == pytest.approx(110_870, abs=20)  # a degree of latitude at 31°


@given(st.floats(117.0, 119.0), st.floats(30.0, 32.0))
def test_metres_and_degrees_invert_each_other(lon: float, lat: float) -> None:
    back = GRID.unproject(*GRID.project(np.array([lon]), np.array([lat])))
    assert (back[0][0], back[1][0]) == (pytest.approx(lon, abs=1e-9), pytest.approx(lat, abs=1e-9))


@given(st.integers(0, 500), st.integers(0, 500), st.floats(1.0, 99.0))
def test_moving_the_origin_by_cells_moves_the_cells_by_as_many(east: int, north: int, inside: float) -> None:
    column, row = cells_of(np.array([inside, 250.0]), np.array([120.0, inside]), 100)
    moved = cells_of(np.array([inside, 250.0]) + 100.0 * east, np.array([120.0, inside]) + 100.0 * north, 100)
    assert (moved[0] - east).tolist() == column.tolist()
    assert (moved[1] - north).tolist() == row.tolist()


def test_an_edge_belongs_to_the_cell_beyond_and_nowhere_is_minus_one() -> None:
    column, row = cells_of(np.array([99.9, 100.0, np.nan]), np.array([0.0, 0.0, 5.0]), 100)
    assert column.tolist() == [0, 1, -1]
    assert row.tolist() == [0, 0, -1]


def test_new_buildings_do_not_move_the_grid() -> None:
    lon, lat = np.array([118.2, 118.3, 118.4]), np.array([31.2, 31.3, 31.4])
    assert choose_grid(lon, lat, 100) == Grid(117.0, 30.0, 100)
    assert choose_grid(np.append(lon, 118.9), np.append(lat, 31.05), 100) == Grid(117.0, 30.0, 100)


def test_neighbours_are_the_eight_cells_that_touch() -> None:
    side = np.arange(5)
    columns, rows = (part.ravel() for part in np.meshgrid(side, side, indexing="ij"))
    touching = adjacency(columns, rows).toarray()
    middle = 12
    assert sorted(np.flatnonzero(touching[middle])) == [6, 7, 8, 11, 13, 16, 17, 18]
    assert touching.sum(axis=1)[0] == 3  # a corner
    assert (touching == touching.T).all()


def test_smoothing_conserves_incidents_and_favours_the_near() -> None:
    columns, rows = np.array([0, 1, 2, 40]), np.array([0, 0, 0, 40])
    smooth = gaussian(columns, rows, 100, 150.0)
    spread = smooth @ np.array([7.0, 0.0, 0.0, 3.0])
    assert spread.sum() == pytest.approx(10.0)
    assert spread[0] > spread[1] > spread[2] > 0
    assert spread[3] == pytest.approx(3.0)  # nobody is near


def test_cells_are_found_whatever_their_order() -> None:
    columns, rows = np.array([5, 2, 9]), np.array([1, 7, 3])
    found = index_of(columns, rows, np.array([9, 5, 5, 2, 2]), np.array([3, 1, 2, 7, 99]))
    assert found.tolist() == [2, 0, -1, 1, -1]
    assert index_of(columns[:0], rows[:0], np.array([1]), np.array([1])).tolist() == [-1]


def test_built_up_is_what_lies_near_an_address() -> None:
    points = register_points(addresses(address("B1", **at(0.5, 0.5))))
    cells = follow_study_area(points, None, RiskConfig(built_up_metres=99.0), AS_OF)
    assert 2 <= len(cells) <= 4  # its own cell and those whose centre is under 99 m away
    wide = follow_study_area(points, None, RiskConfig(built_up_metres=500.0), AS_OF)
    assert len(wide) == pytest.approx(np.pi * 25, abs=6)
    x, y = grid_of(wide).project(points["lon"].to_numpy(), points["lat"].to_numpy())
    from_point = np.hypot(wide["x_m"].to_numpy() + 50 - x, wide["y_m"].to_numpy() + 50 - y)
    assert from_point.max() <= 500


def test_a_cell_knows_its_corners_and_its_people_the_name() -> None:
    cells = follow_study_area(register_points(town()), None, RiskConfig(built_up_metres=0.0), AS_OF)
    assert len(cells) == 64  # a building each; the centre of the estate lies at one of them
    one = cells.row(0, named=True)
    assert one["cell"] == f"E{int(one['x_m'] / 100):05d}N{int(one['y_m'] / 100):05d}"
    assert (one["place_name_zh"], one["addresses"]) == ("幸福里", 1)
    assert set(cells["street"]) == {"平安街道", "解放街道"}
    assert cells["buildings"].sum() == 64


def test_a_cell_without_an_address_is_named_after_the_nearest() -> None:
    rows = (address("B1", estate="甲园", **at(0.5, 0.5)), address("B2", estate=None, road="学府路", **at(9.5, 0.5)))
    cells = follow_study_area(register_points(addresses(*rows)), None, RiskConfig(built_up_metres=150.0), AS_OF)
    assert set(cells["place_name_zh"]) == {"甲园", "近甲园", "学府路", "近学府路"}
    assert set(cells.filter(addresses=0)["place_name_zh"]) == {"近甲园", "近学府路"}


def test_the_area_stays_when_the_register_grows_or_shrinks() -> None:
    first = follow_study_area(register_points(town()), None, RiskConfig(), AS_OF)
    grown = addresses(*town().filter(pl.col("address_code") != "B00").rows(named=True), address("N1", **at(30, 30)))
    later = follow_study_area(register_points(grown), first, RiskConfig(), LATER)
    inside = later.filter("in_study_area")
    assert inside["cell"].to_list() == first["cell"].to_list()
    assert set(inside["since"]) == {AS_OF}
    new = later.filter(~pl.col("in_study_area"))
    assert len(new) > 0
    assert set(new["since"]) == {LATER}


def test_a_new_version_fixes_the_area_anew() -> None:
    first = follow_study_area(register_points(town()), None, RiskConfig(), AS_OF)
    grown = addresses(*town().rows(named=True), address("N1", **at(30, 30)))
    later = follow_study_area(register_points(grown), first, RiskConfig(study_area_version=2), LATER)
    assert later["in_study_area"].all()
    assert len(later) > len(first)
    assert set(later["study_area_version"]) == {2}


def test_coordinates_that_cannot_be_are_not_built_up() -> None:
    wrong = [
        address("Z1", lon=0.0, lat=0.0),
        address("Z2", lon=LAT_LON[1], lat=LAT_LON[0]),
        address("Z3", lon=LAT_LON[0] + 10, lat=LAT_LON[1]),
        address("Z4", **at(100, 0)),  # 10 km from a community that is 2 km wide
        address("Z5", lon=None, lat=None),
        address("Z6", status="停用", **at(30, 30)),
    ]
    points = register_points(addresses(*town().rows(named=True), *wrong))
    assert {f"Z{number}" for number in range(1, 6)}.isdisjoint(points["address_code"])
    cells = follow_study_area(points, None, RiskConfig(), AS_OF)
    assert cells.equals(follow_study_area(register_points(town()), None, RiskConfig(), AS_OF))


LAT_LON = (118.005, 31.005)


def test_a_home_without_addresses_has_no_area() -> None:
    empty = follow_study_area(register_points(addresses()), None, RiskConfig(), AS_OF)
    assert empty.is_empty()
    assert lattice_of(empty)[0].tolist() == []
    kept = follow_study_area(register_points(addresses()), town_cells(), RiskConfig(), LATER)
    assert kept.equals(town_cells())


def town_cells() -> pl.DataFrame:
    """Return the cells of the town on the first night."""
    return follow_study_area(register_points(town()), None, RiskConfig(), AS_OF)
