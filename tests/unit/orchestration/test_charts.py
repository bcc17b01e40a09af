"""The charts are whole pictures of their own, and their alternative text says what they show."""

from __future__ import annotations

import re
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from orchestration.charts import REST, SHOWN_AT_ONCE, WIDTH, bars, course

SVG = "{http://www.w3.org/2000/svg}"
IMAGE = re.compile(r"^!\[(?P<alt>.*?)(?<!\\)\]\(data:image/svg\+xml,(?P<data>[^\s()]+)\)")
BAR = re.compile(r"M(?P<left>[\d.]+),[\d.]+h(?P<length>[\d.]+)")


def parts(markdown: str) -> tuple[str, ET.Element]:
    found = IMAGE.match(markdown)
    assert found is not None
    return found["alt"], ET.fromstring(unquote(found["data"]))  # noqa: S314 - made by ourselves


def spans(drawn: ET.Element) -> list[tuple[float, float]]:
    path = next(drawn.iter(f"{SVG}path"))
    return [(float(bar["left"]), float(bar["length"])) for bar in BAR.finditer(path.attrib["d"])]


def points(drawn: ET.Element) -> list[tuple[int, int]]:
    path = next(drawn.iter(f"{SVG}path")).attrib["d"].removeprefix("M")
    return [(int(x), int(y)) for x, y in (point.split(",") for point in path.split())]


def test_bars_are_as_long_as_their_counts_and_each_tells_its_share() -> None:
    alt, drawn = parts(bars({"matched": 3000, "ambiguous": 1000, "unmatched": 0}))
    assert alt == "matched 3,000; ambiguous 1,000; unmatched 0"
    (_, matched), (_, ambiguous), (_, unmatched) = spans(drawn)
    assert matched == pytest.approx(3 * ambiguous, abs=0.2)
    assert unmatched == 0
    assert next(drawn.iter(f"{SVG}text")).text == "matched 3,000 / 75.0%"


def test_what_does_not_fit_is_added_up_and_the_picture_is_shown_at_once() -> None:
    counts = {f"reason_code_{index:02}": 2000 for index in range(30)}
    drawing = bars(counts)
    alt, drawn = parts(drawing)
    rest = len(counts) - len(spans(drawn)) + 1
    assert len(spans(drawn)) > 5
    assert alt.endswith(f"{REST} {rest * 2000:,}")
    assert len(drawing) <= SHOWN_AT_ONCE


def test_nothing_to_count_is_said_in_a_word() -> None:
    assert bars({}) == bars({"bad_value": 0}) == "none"


@pytest.mark.parametrize("name", ["<script>", "a & b", "[方括号]", '引号"'])
def test_a_name_cannot_break_out_of_the_picture(name: str) -> None:
    alt, drawn = parts(bars({name: 1}))
    assert next(drawn.iter(f"{SVG}text")).text == f"{name} 1 / 100.0%"
    assert alt.replace("\\", "") == f"{name} 1"


@pytest.mark.parametrize("name", ["raw.property_occupants", "户籍地址与现住址不一致" * 2])
def test_everything_stays_inside_the_picture(name: str) -> None:
    _, drawn = parts(bars({name: 1_234_567, "x": 1}))
    for left, length in spans(drawn):
        assert 0 < left + length <= WIDTH


@pytest.mark.parametrize(
    ("counts", "heights", "words"),
    [
        ([5], [34], "5 → 5, 1 night"),
        ([7, 7], [34, 34], "7 → 7, 2 nights"),
        ([0, 5, 10], [58, 34, 10], "0 → 10, 3 nights"),
        ([19_948, 19_737], [10, 58], "19,948 → 19,737, 2 nights"),
    ],
)
def test_the_course_over_the_nights(counts: list[int], heights: list[int], words: str) -> None:
    drawing = course(counts)
    alt, drawn = parts(drawing)
    assert alt == "; ".join(f"{count:,}" for count in counts)
    assert [y for _, y in points(drawn)] == heights
    assert drawing.endswith(f"\n\n{words}")


def test_the_course_of_many_nights_stays_inside_the_picture() -> None:
    drawing = course(list(range(1_000_000, 1_000_031)))
    across = [x for x, _ in points(parts(drawing)[1])]
    assert across == sorted(across)
    assert 0 < across[0] < across[-1] < WIDTH
    assert len(drawing) <= SHOWN_AT_ONCE


def test_no_picture_asks_another_host() -> None:
    for drawing in (bars({"matched": 1}), course([1, 2])):
        _, drawn = parts(drawing)
        assert not [value for part in drawn.iter() for value in part.attrib.values() if "://" in value]
