"""Pictures are to scale, escaped, and the same for the same numbers."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from pipelines.pages.drawing.circles import centre_distance, lens_area, overlap_circles
from pipelines.pages.drawing.heat_strip import SQUARE, Week, heat_strip, legend_square, level_of, week_axis
from pipelines.pages.drawing.histogram import BAR_WIDTH, Bucket, lag_bar, lag_columns
from pipelines.pages.drawing.markup import element, picture
from pipelines.pages.drawing.sparkline import HEIGHT, sparkline
from pipelines.pages.drawing.weeks import ABOVE, BELOW, ReturnWeek, return_weeks


def parsed(drawn: Markup) -> ElementTree.Element:
    return ElementTree.fromstring(str(drawn))  # noqa: S314 - what we have drawn ourselves


def test_markup_in_text_and_attributes_is_escaped() -> None:
    drawn = element("text", "<script>alert(1)</script>", class_='a" onload="x')
    assert drawn == '<text class="a&#34; onload=&#34;x">&lt;script&gt;alert(1)&lt;/script&gt;</text>'


def test_coordinates_have_at_most_two_decimals_and_no_negative_zero() -> None:
    assert element("rect", x=1 / 3, y=-0.0001, width=10.0) == '<rect x="0.33" y="0" width="10"/>'


def test_pictures_are_hidden_from_screen_readers() -> None:
    assert parsed(picture(10, 5, name="x")).attrib["aria-hidden"] == "true"


@given(left=st.floats(0.5, 500), right=st.floats(0.5, 500), part=st.floats(0, 1))
def test_circles_overlap_by_the_area_they_should(left: float, right: float, part: float) -> None:
    overlap = part * math.pi * min(left, right) ** 2
    distance = centre_distance(left, right, overlap)
    assert abs(left - right) - 1e-9 <= distance <= left + right + 1e-9
    assert lens_area(left, right, distance) == pytest.approx(overlap, rel=5e-3, abs=5e-3 * left * right)


def test_half_covered_circles_are_where_geometry_says() -> None:
    assert lens_area(1, 1, 1) == pytest.approx(2 * math.pi / 3 - math.sqrt(3) / 2)
    assert lens_area(2, 1, 0.5) == pytest.approx(math.pi)
    assert lens_area(2, 1, 3) == 0


def test_radii_show_the_sizes_of_both_registers() -> None:
    left, right = parsed(overlap_circles(300, 100, 0))
    assert (float(left.attrib["r"]) / float(right.attrib["r"])) ** 2 == pytest.approx(4, rel=0.01)


@pytest.mark.parametrize("parts", [(0, 0, 5), (5, 0, 0), (0, 7, 0), (1, 0, 1_000_000)])
def test_empty_and_lopsided_registers_are_drawn_too(parts: tuple[float, float, float]) -> None:
    assert len(parsed(overlap_circles(*parts))) == 2


def test_two_empty_registers_have_no_picture() -> None:
    assert overlap_circles(0, 0, 0) == ""


def test_a_sparkline_leaves_a_gap_where_nothing_was_measured() -> None:
    line = parsed(sparkline([0.5, None, 0.7, 0.9], target=0.95)).find("path")
    assert line is not None
    assert line.attrib["d"].count("M") == 2
    assert line.attrib["d"].count("L") == 1


@given(values=st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), max_size=14), target=st.floats(-1e6, 1e6))
def test_a_sparkline_stays_in_its_box(values: list[float | None], target: float) -> None:
    drawn = sparkline(values, target)
    if sum(value is not None for value in values) < 2:
        assert drawn == ""
        return
    dot = parsed(drawn).find("circle")
    assert dot is not None
    assert 0 <= float(dot.attrib["cy"]) <= HEIGHT


@pytest.mark.parametrize(
    ("broken_share", "level"), [(0, 0), (0.0005, 1), (0.001, 1), (0.002, 2), (0.05, 3), (0.051, 4), (1, 4)]
)
def test_levels_of_broken_rows(broken_share: float, level: int) -> None:
    assert level_of(broken_share) == level


def test_a_strip_shows_what_was_not_evaluated_apart_from_what_held() -> None:
    weeks = [Week("2026-W08"), Week("2026-W09", 100, 0), Week("2026-W10", 100, 30)]
    classes = [[mark.attrib.get("class") for mark in square][1] for square in parsed(heat_strip(weeks))]
    assert classes == ["heat-none", "heat-0", "heat-4"]


def test_a_strip_tells_its_numbers_to_a_pointer() -> None:
    square = parsed(heat_strip([Week("2026-W10", 1_200, 30)]))[0]
    assert square.findtext("title") == "2026-W10 2.5% (30/1,200)"


def test_a_rule_about_a_table_as_a_whole_holds_or_fails() -> None:
    assert Week("2026-W10", passed=True).share == 0
    assert Week("2026-W10", passed=False).share == 1
    assert Week("2026-W10", passed=False).words == "2026-W10 ✗"
    assert Week("2026-W10").words == "2026-W10 –"
    assert Week("2026-W10", 0, 0).share == 0


def test_the_axis_names_every_fourth_week_and_the_newest() -> None:
    labels = [label.text for label in parsed(week_axis([f"2026-W{week:02d}" for week in range(1, 11)]))]
    assert labels == ["W02", "W06", "W10"]


def test_the_legend_has_a_square_a_level() -> None:
    assert f'width="{SQUARE:.0f}"' in legend_square(3)
    assert "heat-3" in legend_square(3)
    assert "heat-none" in legend_square(None)


BUCKETS = (Bucket(0, 0, 0.5, False), Bucket(1, 1, 0.25, False), Bucket(2, 7, 0.25, True), Bucket(8, None, 0.0, True))


def test_columns_are_in_proportion_and_labelled_with_their_days() -> None:
    drawn = parsed(lag_columns(BUCKETS))
    heights = [float(group.find("rect").attrib["height"]) for group in drawn.findall("g")]  # type: ignore[union-attr]
    assert heights[0] == pytest.approx(2 * heights[1])
    assert heights[3] == 0
    assert [group.findall("text")[-1].text for group in drawn.findall("g")] == ["0", "1", "2–7", "8+"]


def test_the_parts_of_a_bar_fill_it() -> None:
    parts = parsed(lag_bar(BUCKETS)).findall("rect")
    assert sum(float(part.attrib["width"]) for part in parts) == pytest.approx(BAR_WIDTH)
    assert len(parts) == 3


def test_open_and_closed_entries_share_one_scale() -> None:
    weeks = [ReturnWeek("2026-W09", 10, 0, 0, 100), ReturnWeek("2026-W10", 0, 45, 5, 50)]
    bars = [group.findall("rect") for group in parsed(return_weeks(weeks)).findall("g")]
    up, down = float(bars[0][0].attrib["height"]), float(bars[1][1].attrib["height"])
    assert up == pytest.approx(2 * down)
    assert up <= ABOVE
    assert down <= BELOW


def test_no_weeks_are_an_empty_picture() -> None:
    assert len(parsed(return_weeks([])).findall("g")) == 0
