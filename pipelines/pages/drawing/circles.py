"""Two registers as two circles: areas and overlap are to scale."""

from __future__ import annotations

import math

from markupsafe import Markup

from pipelines.pages.drawing.markup import element, picture

WIDTH, HEIGHT = 260.0, 150.0
PRECISION = 1e-6


def lens_area(left: float, right: float, distance: float) -> float:
    """Return the area that two circles with these radii share at that distance of their centres."""
    if distance >= left + right:
        return 0.0
    if distance <= abs(left - right):
        return math.pi * min(left, right) ** 2
    to_left = (distance**2 + left**2 - right**2) / (2 * distance)
    to_right = distance - to_left
    return _segment(left, to_left) + _segment(right, to_right)


def centre_distance(left: float, right: float, overlap: float) -> float:
    """Return how far apart two circles must stand to share the area `overlap`; by bisection."""
    low, high = abs(left - right), left + right
    while high - low > PRECISION * (left + right):
        middle = (low + high) / 2
        low, high = (middle, high) if lens_area(left, right, middle) > overlap else (low, middle)
    return (low + high) / 2


def overlap_circles(left_only: float, both: float, right_only: float) -> Markup:
    """Draw the circles as large as fits; empty markup when both registers are empty.

    Args:
        left_only: what only the left register has; not negative, as the others.
        both: what both have.
        right_only: what only the right register has.
    """
    left_size, right_size = left_only + both, both + right_only
    if left_size + right_size == 0:
        return Markup("")
    left, right = math.sqrt(left_size / math.pi), math.sqrt(right_size / math.pi)
    distance = centre_distance(left, right, both)
    width = max(distance + right, left) - min(-left, distance - right)
    scale = min((WIDTH - 4) / width, (HEIGHT - 4) / (2 * max(left, right)))
    start = (WIDTH - width * scale) / 2 - min(-left, distance - right) * scale
    return picture(
        WIDTH,
        HEIGHT,
        element("circle", cx=start, cy=HEIGHT / 2, r=left * scale, class_="circle-a"),
        element("circle", cx=start + distance * scale, cy=HEIGHT / 2, r=right * scale, class_="circle-b"),
        name="overlap",
    )


def _segment(radius: float, height: float) -> float:
    angle = math.acos(max(-1.0, min(1.0, height / radius)))
    return radius**2 * angle - height * math.sqrt(max(0.0, radius**2 - height**2))
