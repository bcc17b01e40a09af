"""The charts are whole pictures of their own, and their alternative text says what they show."""

from __future__ import annotations

import base64
import re
from xml.etree import ElementTree as ET

import pytest

from orchestration.charts import BARS_SHOWN, REST, WIDTH, bars, course

SVG = "{http://www.w3.org/2000/svg}"
IMAGE = re.compile(r"^!\[(?P<alt>.*?)(?<!\\)\]\(data:image/svg\+xml;base64,(?P<data>[A-Za-z0-9+/=]+)\)")


def parts(markdown: str) -> tuple[str, ET.Element]:
    found = IMAGE.match(markdown)
    assert found is not None
    return found["alt"], ET.fromstring(base64.b64decode(found["data"]))  # noqa: S314 - made by ourselves


def lengths(drawn: ET.Element) -> list[float]:
    return [float(bar.attrib["width"]) for bar in drawn.iter(f"{SVG}rect")]


def test_bars_are_as_long_as_their_counts_and_each_tells_its_share() -> None:
    alt, drawn = parts(bars({"matched": 3000, "ambiguous": 1000, "unmatched": 0}))
    assert alt == "matched 3,000; ambiguous 1,000; unmatched 0"
    assert lengths(drawn)[0] == pytest.approx(3 * lengths(drawn)[1], abs=0.2)
    assert lengths(drawn)[2] == 0
    assert [text.text for text in drawn.iter(f"{SVG}text")][:2] == ["matched", "3,000  75.0%"]


def test_what_does_not_fit_is_added_up() -> None:
    alt, drawn = parts(bars({f"reason_{index:02}": 2 for index in range(BARS_SHOWN + 3)}))
    assert len(lengths(drawn)) == BARS_SHOWN
    assert alt.endswith(f"{REST} {2 * 4}")


def test_nothing_to_count_is_said_in_a_word() -> None:
    assert bars({}) == bars({"bad_value": 0}) == "none"


@pytest.mark.parametrize("name", ["<script>", "a & b", "[方括号]", '引号"'])
def test_a_name_cannot_break_out_of_the_picture(name: str) -> None:
    alt, drawn = parts(bars({name: 1}))
    assert next(drawn.iter(f"{SVG}text")).text == name
    assert alt.replace("\\", "") == f"{name} 1"


@pytest.mark.parametrize("name", ["raw.property_occupants", "户籍地址与现住址不一致" * 2])
def test_everything_stays_inside_the_picture(name: str) -> None:
    _, drawn = parts(bars({name: 1_234_567, "x": 1}))
    for bar in drawn.iter(f"{SVG}rect"):
        assert 0 < float(bar.attrib["x"]) + float(bar.attrib["width"]) < WIDTH


@pytest.mark.parametrize(
    ("counts", "heights", "words"),
    [
        ([5], [34], "5 → 5, 1 night"),
        ([7, 7], [34, 34], "7 → 7, 2 nights"),
        ([0, 5, 10], [58, 34, 10], "0 → 10, 3 nights"),
        ([19_948, 19_737], [10, 58], "19,948 → 19,737, 2 nights"),
    ],
)
def test_the_course_over_the_nights(counts: list[int], heights: list[float], words: str) -> None:
    drawing = course(counts)
    alt, drawn = parts(drawing)
    assert alt == "; ".join(f"{count:,}" for count in counts)
    assert [float(dot.attrib["cy"]) for dot in drawn.iter(f"{SVG}circle")] == heights
    assert drawing.endswith(f"\n\n{words}")


def test_the_course_of_many_nights_stays_inside_the_picture() -> None:
    _, drawn = parts(course(list(range(10_000_000, 10_000_031))))
    across = [float(dot.attrib["cx"]) for dot in drawn.iter(f"{SVG}circle")]
    assert across == sorted(across)
    assert 0 < across[0] < across[-1] < WIDTH


def test_no_picture_asks_another_host() -> None:
    for drawing in (bars({"matched": 1}), course([1, 2])):
        _, drawn = parts(drawing)
        assert not [value for part in drawn.iter() for value in part.attrib.values() if "://" in value]
