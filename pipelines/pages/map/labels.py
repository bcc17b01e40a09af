"""Names on the map: each stands where it covers no other name and no numbered cell, or it is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Point = tuple[float, float]


@dataclass(frozen=True)
class Wanted:
    """A name and the points of what it names, in any unit; the first of several names has the first choice.

    Attributes:
        name: to be written.
        top, bottom: its highest and its lowest point.
        middle: a point inside of it.
    """

    name: str
    top: Point
    middle: Point
    bottom: Point


def around_box(name: str, box: Box) -> Wanted:
    """Return the wish for a name at a box."""
    left, top, right, bottom = box
    middle = (left + right) / 2
    return Wanted(name, (middle, top), (middle, (top + bottom) / 2), (middle, bottom))


@dataclass(frozen=True)
class Label:
    """A name in its place: the middle of its base line."""

    name: str
    x: float
    y: float


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is: a Chinese character is as wide as high, a Latin one a little over half."""
    return size * sum(1.0 if ord(letter) > 0x2E80 else 0.58 for letter in text)


def place_labels(wanted: Sequence[Wanted], size: float, within: Box, taken: Sequence[Box] = ()) -> list[Label]:
    """Place names of letter height `size` above, below or inside their outlines.

    Args:
        wanted: in the order of importance.
        size: height of a letter, in the unit of the outlines.
        within: names stay inside of it.
        taken: what no name may cover.
    """
    occupied = list(taken)
    labels: list[Label] = []
    for want in wanted:
        for x, base in _choices(want, size, within):
            box = _box(want.name, x, base, size)
            if _inside(box, within) and not any(_overlap(box, other) for other in occupied):
                occupied.append(box)
                labels.append(Label(want.name, x, base))
                break
    return labels


def _choices(want: Wanted, size: float, within: Box) -> list[Point]:
    half = text_width(want.name, size) / 2 + size * 0.2

    def fitting(x: float) -> float:
        return min(max(x, within[0] + half), within[2] - half)

    above = (fitting(want.top[0]), want.top[1] - size * 0.25)
    below = (fitting(want.bottom[0]), want.bottom[1] + size)
    inside = (fitting(want.middle[0]), want.middle[1] + size * 0.35)
    beside = [
        (end[0] + side * (half + size * 0.3), end[1] + size * 0.35)
        for end in (want.top, want.bottom)
        for side in (1, -1)
    ]
    return [above, below, inside, *beside]


def _box(name: str, x: float, base: float, size: float) -> Box:
    half = text_width(name, size) / 2
    return (x - half, base - size * 0.9, x + half, base + size * 0.2)


def _inside(box: Box, within: Box) -> bool:
    return box[0] >= within[0] and box[1] >= within[1] and box[2] <= within[2] and box[3] <= within[3]


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
