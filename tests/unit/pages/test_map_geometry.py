"""The geometry of the map: paths hold exactly their cells, windows and names keep out of each other's way."""

from __future__ import annotations

import itertools
import re

import numpy as np
import polars as pl
import pytest
from crafted_risk import CELL_M, METRE_LON, buildings, cells, estates
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.pages.map.bands import BREAKS, COLOURS, PRESSURE_COLOURS, UNKNOWN_LINE, UNKNOWN_PAPER, scale_of
from pipelines.pages.map.ground import ground_of
from pipelines.pages.map.hulls import hulls_of
from pipelines.pages.map.labels import around_box, place_labels, text_width
from pipelines.pages.map.layers import UNITS, layers_of
from pipelines.pages.map.layout import TITLE, arrange
from pipelines.pages.map.nearby import buildings_in_cells
from pipelines.pages.map.overview import MARGIN_CELLS, bounds_of
from pipelines.pages.map.paths import run_paths, square_paths
from pipelines.pages.map.windows import SHEET_WIDTH, sheets_of

STROKE = re.compile(r"m(-?\d+) ?(-?\d+)h(\d+)")
SQUARE = re.compile(r"m(-?\d+) ?(-?\d+)h(\d+)v\3h-\3z")


def strokes(path: str) -> list[tuple[int, int]]:
    """Read a path of strokes back into cells."""
    x, y, found = 0, 0, []
    for dx, dy, length in STROKE.findall(path):
        x, y = x + int(dx), y + int(dy)
        found += [(x + step, y) for step in range(int(length))]
        x += int(length)
    return found


def squares(path: str) -> list[tuple[int, int, int]]:
    """Read a path of squares back into corners and edges."""
    x, y, found = 0, 0, []
    for dx, dy, edge in SQUARE.findall(path):
        x, y = x + int(dx), y + int(dy)
        found.append((x, y, int(edge)))
    return found


@settings(max_examples=40, deadline=None)
@given(st.sets(st.tuples(st.integers(-20, 40), st.integers(-20, 40)), min_size=1, max_size=60))
def test_a_path_holds_each_of_its_cells_once(places: set[tuple[int, int]]) -> None:
    frame = pl.DataFrame({"col": [x for x, _ in places], "row": [y for _, y in places], "part": 0})
    (path,) = run_paths(frame, ["part"])["d"].to_list()
    assert STROKE.sub("", path) == ""
    assert sorted(strokes(path)) == sorted(places)


def test_groups_have_paths_of_their_own() -> None:
    frame = pl.DataFrame({"col": [3, 4, 4, 9], "row": [1, 1, 1, 1], "band": [0, 0, 1, 1]})
    paths = dict(run_paths(frame, ["band"]).rows())
    assert strokes(paths[0]) == [(3, 1), (4, 1)]
    assert strokes(paths[1]) == [(4, 1), (9, 1)]


def test_squares_are_written_where_they_stand() -> None:
    frame = pl.DataFrame({"x": [5, -3, 5], "y": [7, 200, 7], "edge": [4, 9, 2], "tier": [1, 1, 1]})
    (path,) = square_paths(frame, ["tier"])["d"].to_list()
    assert SQUARE.sub("", path) == ""
    assert sorted(squares(path)) == [(-3, 200, 9), (5, 7, 2), (5, 7, 4)]


def test_the_grid_has_its_columns_to_the_east_and_its_rows_to_the_south() -> None:
    studied = cells()
    ground = ground_of(studied)
    assert ground is not None
    assert ground.size_m == CELL_M
    joined = ground.cells.join(studied, on="cell")
    assert joined.select((pl.col("col") * CELL_M - pl.col("x_m")).n_unique()).item() == 1
    assert joined.select((pl.col("row") * CELL_M + pl.col("y_m")).n_unique()).item() == 1
    centres = studied.select(
        "cell", lon=(pl.col("lon_w") + pl.col("lon_e")) / 2, lat=(pl.col("lat_s") + pl.col("lat_n")) / 2
    )
    placed = ground.place(centres).join(ground.cells, on="cell")
    assert placed.select((pl.col("gx") - pl.col("col") - 0.5).abs().max()).item() < 1e-6
    assert placed.select((pl.col("gy") - pl.col("row") - 0.5).abs().max()).item() < 1e-6


def test_parts_kilometres_apart_are_parts_and_a_road_between_cells_is_not_a_border() -> None:
    apart = cells(streets=2, parts=2)
    ground = ground_of(apart)
    assert ground is not None
    assert ground.cells["part"].n_unique() == 4
    road = apart.with_columns(pl.when(pl.col("x_m") % 1000 == 0).then(False).otherwise(True).alias("in_study_area"))
    divided = ground_of(road)
    assert divided is not None
    assert divided.cells["part"].n_unique() == 4


def test_one_cell_is_measured_by_its_corners() -> None:
    ground = ground_of(cells().head(1))
    assert ground is not None
    assert ground.cells.select("col", "row").rows() == [(0, 0)]
    assert ground.size_m == pytest.approx(CELL_M, rel=0.01)
    (sheet,) = sheets_of(ground)
    assert sheet.windows[0].cells == 1


def test_a_cell_with_wrong_digits_does_not_shrink_the_overview() -> None:
    studied = cells()
    stray = studied.head(1).with_columns(
        cell=pl.lit("E99999N00000"), x_m=pl.lit(9e6), lon_w=pl.lit(200.0), lon_e=pl.lit(200.001)
    )
    near, far = ground_of(studied), ground_of(pl.concat([studied, stray]))
    assert near is not None
    assert far is not None
    assert bounds_of(near).beyond == 0
    assert bounds_of(far).beyond == 1
    assert bounds_of(far).columns == bounds_of(near).columns == near.cells["col"].max() + 1 + 2 * MARGIN_CELLS  # type: ignore[operator]
    assert sum(window.cells for sheet in sheets_of(far) for window in sheet.windows) == far.cells.height


def test_a_point_far_from_all_cells_belongs_to_no_part() -> None:
    ground = ground_of(cells())
    assert ground is not None
    points = pl.DataFrame({"lon": [118.0001, 121.0, None, float("nan")], "lat": [31.0001, 31.0, 31.0, 31.0]})
    assert ground.nearest_part(ground.place(points)).height == 1
    assert ground.nearest_part(ground.place(points.clear())).height == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(5, 60), st.integers(5, 60)), min_size=1, max_size=9))
def test_windows_keep_apart_and_within_the_page(sizes: list[tuple[int, int]]) -> None:
    sheet = arrange(sizes, 700, 900)
    boxes = []
    for window in sheet.placed:
        columns, rows = sizes[window.index]
        assert window.width == pytest.approx(columns * sheet.scale)
        assert window.height == pytest.approx(rows * sheet.scale)
        boxes.append((window.x, window.y - TITLE, window.x + window.width, window.y + window.height))
    assert max(box[2] for box in boxes) <= 700.01
    assert max(box[3] for box in boxes) == pytest.approx(sheet.height)
    for one, other in itertools.combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_a_sheet_stays_low_where_a_scale_allows_it_and_stands_beside_rather_than_below() -> None:
    assert arrange([(12, 12)] * 2, 700, 900).height < 450
    assert arrange([(10, 10)] * 12, 700, 900).height <= 900
    assert arrange([], 700, 900).placed == ()
    assert arrange([(2000, 10)], 700, 900).width == pytest.approx(700)


def test_every_cell_of_a_street_lies_in_one_of_its_windows() -> None:
    ground = ground_of(cells(streets=3, parts=3))
    assert ground is not None
    for sheet in sheets_of(ground):
        own = ground.cells.filter(pl.col("zone") == sheet.zone)
        assert sum(window.cells for window in sheet.windows) == own.height
        assert sheet.width <= SHEET_WIDTH + 0.01
        for window in sheet.windows:
            here = own.filter(pl.col("patch") == window.patch)
            assert here["part"].unique().to_list() == [window.part]
            assert here["col"].min() >= window.left  # type: ignore[operator]
            assert here["col"].max() < window.left + window.columns  # type: ignore[operator]
            assert here["row"].min() >= window.top  # type: ignore[operator]
            assert here["row"].max() < window.top + window.rows  # type: ignore[operator]


def test_names_cover_neither_each_other_nor_a_numbered_cell() -> None:
    crowd = [around_box(f"翠竹苑{place}期", (place, 5.0, place + 2.0, 7.0)) for place in range(8)]
    taken = [(4.0, 3.0, 5.0, 5.0)]
    frame = (0.0, 0.0, 12.0, 12.0)
    labels = place_labels(crowd, 0.6, frame, taken)
    assert 3 <= len(labels) < len(crowd) + 1
    boxes = [
        (at.x - text_width(at.name, 0.6) / 2, at.y - 0.54, at.x + text_width(at.name, 0.6) / 2, at.y + 0.12)
        for at in labels
    ]
    for one, other in itertools.combinations([*boxes, *taken], 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


@pytest.mark.parametrize(
    "values", [[0.02, 0.04, 1.4], [0.0625, 0.19, 0.69], [0.05] * 4, [0.001], [700.0, 1.0], [], [0.0], [1e-9]]
)
def test_limits_of_bands_rise_and_the_largest_value_is_in_the_highest(values: list[float]) -> None:
    scale = scale_of(values)
    assert len(scale.limits) == BREAKS
    assert list(scale.limits) == sorted(set(scale.limits))
    assert len(scale.names) == len(COLOURS)
    if values and max(values) > 0.01:
        band = pl.DataFrame({"v": [max(values), None]}).select(scale.band(pl.col("v"))).to_series().to_list()
        assert band == [BREAKS, None]


def luminance(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def test_a_scale_is_read_by_darkness_alone_and_what_is_unknown_is_grey() -> None:
    for colours in (COLOURS, PRESSURE_COLOURS):
        levels = [luminance(colour) for colour in colours]
        assert all(light - dark > 0.05 for light, dark in itertools.pairwise(levels))
    for colour in COLOURS:
        red, green = int(colour[1:3], 16), int(colour[3:5], 16)
        assert red > green, "never a green"
    for colour in (UNKNOWN_PAPER, UNKNOWN_LINE):
        parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        assert max(parts) - min(parts) < 24


def estate(points: list[tuple[float, float]]) -> pl.DataFrame:
    rows = [{"gx": x, "gy": y} for x, y in points]
    return pl.DataFrame(rows).with_columns(
        district=pl.lit("区"),
        street=pl.lit("街"),
        community=pl.lit(None, pl.String),
        estate=pl.lit("苑"),
        level=pl.lit("building"),
        part=pl.lit(0),
    )


@pytest.mark.parametrize(
    "points", [[(1.0, 1.0)], [(1.0, 1.0)] * 3, [(0.0, 0.0), (1.0, 1.0)], [(0.0, 0.0), (1.0, 0.0), (3.0, 0.0)]]
)
def test_an_outline_needs_no_more_than_a_point(points: list[tuple[float, float]]) -> None:
    (corners,) = hulls_of(estate(points))["corners"].to_list()
    xs, ys = corners[::2], corners[1::2]
    for x, y in points:
        assert min(xs) < x < max(xs)
        assert min(ys) < y < max(ys)


def test_a_stray_building_does_not_stretch_its_estate() -> None:
    (corners,) = hulls_of(estate([(0, 0), (1, 0), (0, 1), (1, 1), (90, 90)]))["corners"].to_list()
    assert max(corners) < 3


def test_a_building_without_an_estate_is_in_no_outline() -> None:
    assert hulls_of(estate([(0, 0)]).with_columns(estate=pl.lit(None, pl.String))).height == 0
    assert hulls_of(estate([(0, 0)]).with_columns(level=pl.lit("house_number"))).height == 0


def test_buildings_stand_at_their_points_and_those_without_are_counted() -> None:
    studied = cells()
    built = buildings(studied)
    ground = ground_of(studied)
    assert ground is not None
    layers = layers_of(built, estates(built), ground)
    without = built.filter(pl.col("lon").is_null()).height
    assert (layers.drawn, layers.unplaced) == (built.height - without, without)
    drawn = [square for path in layers.squares.values() for square in squares(path)]
    assert len(drawn) == layers.drawn
    assert {tier for _, tier in layers.squares} == {0, 1, 2, 3, 4}
    highest = built.filter(pl.col("tier") == 1, pl.col("lon").is_not_null())
    assert sorted(building.name for building in layers.named) == sorted(highest["name_zh"])
    one = built.filter(pl.col("tier") == 1, pl.col("lon").is_not_null()).row(0, named=True)
    at = ground.place(pl.DataFrame([{"lon": one["lon"], "lat": one["lat"]}])).row(0, named=True)
    middles = [
        (x + edge / 2, y + edge / 2)
        for (_, tier), path in layers.squares.items()
        if tier == 1
        for x, y, edge in squares(path)
    ]
    assert min(abs(x - at["gx"] * UNITS) + abs(y - at["gy"] * UNITS) for x, y in middles) <= 2


def test_estates_take_the_pressure_of_their_newest_month() -> None:
    studied = cells()
    built = buildings(studied)
    ground = ground_of(studied)
    assert ground is not None
    pressed = estates(built)
    newest = pressed.filter(pl.col("month") == pressed["month"].max())
    told = {(row["community"], row["estate"]): row["index"] for row in newest.sort("index").to_dicts()}
    outlines = layers_of(built, pressed, ground).outlines
    assert outlines
    assert {outline.pressure is None for outline in outlines} == {True, False}
    values = {None if value is None else f"{value:.0f}" for value in told.values()}
    assert {outline.index for outline in outlines if outline.pressure is not None} <= values
    assert all(outline.pressure is None for outline in layers_of(built, None, ground).outlines)


def test_buildings_of_a_cell_are_named_without_their_estate() -> None:
    studied = cells()
    ground = ground_of(studied)
    assert ground is not None
    row = studied.row(0, named=True)
    built = pl.DataFrame(
        {
            "address_code": ["A", "B", "C", "D", "E"],
            "name_zh": ["翠竹苑3号楼", "翠竹苑1号楼", "翠竹苑2号楼", "翠竹苑4号楼", None],
            "estate": ["翠竹苑"] * 5,
            "dwellings": [10, 90, None, 40, 5],
            "lon": [row["lon_w"] + 30 * METRE_LON] * 5,
            "lat": [(row["lat_s"] + row["lat_n"]) / 2] * 5,
        }
    )
    named = buildings_in_cells(built, ground)
    assert list(named.values()) == ["1号楼、4号楼、3号楼等"]
