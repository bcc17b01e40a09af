"""Contrast is computed, and the lights stay apart for colour-blind eyes, by shape in any case."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from pipelines.pages import palette
from pipelines.pages.drawing.shapes import SHAPES, light_mark, light_symbols
from pipelines.pages.lights import GREEN, GREY, LIGHTS, RED, YELLOW, light_named, reason_text, worst
from pipelines.pages.text import Text

TEXT_CONTRAST, GRAPHIC_CONTRAST = 4.5, 3.0  # WCAG 2.2 AA: text, and parts of pictures

# Colours as seen without red or without green cones, in linear RGB (Viénot, Brettel and Mollon 1999).
BLINDNESS = {
    "protanopia": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deuteranopia": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}


def linear(colour: str) -> tuple[float, float, float]:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return red, green, blue


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lightness_and_hue(rgb: tuple[float, ...]) -> tuple[float, float, float]:
    """CIE L*a*b* of linear RGB."""
    red, green, blue = (min(1.0, max(0.0, part)) for part in rgb)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    bent = [part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z)]
    return 116 * bent[1] - 16, 500 * (bent[0] - bent[1]), 200 * (bent[1] - bent[2])


def seen(colour: str, blindness: str) -> tuple[float, ...]:
    return tuple(
        sum(weight * part for weight, part in zip(row, linear(colour), strict=True)) for row in BLINDNESS[blindness]
    )


@pytest.mark.parametrize("ground", [palette.PAPER, palette.PANEL])
@pytest.mark.parametrize("ink", [palette.INK, palette.SOFT, palette.ACCENT])
def test_text_can_be_read(ink: str, ground: str) -> None:
    assert contrast(ink, ground) >= TEXT_CONTRAST


def test_text_on_a_chosen_button_can_be_read() -> None:
    assert contrast(palette.PAPER, palette.INK) >= TEXT_CONTRAST


@pytest.mark.parametrize("ground", [palette.PAPER, palette.PANEL])
@pytest.mark.parametrize("mark", [palette.GREEN, palette.YELLOW_EDGE, palette.RED, palette.GREY, palette.ACCENT])
def test_lights_and_focus_stand_out_from_the_ground(mark: str, ground: str) -> None:
    assert contrast(mark, ground) >= GRAPHIC_CONTRAST


@pytest.mark.parametrize("mark", sorted({palette.OPEN, palette.CLOSED, palette.LATE, *palette.EARLY, *palette.LATER}))
def test_bars_stand_out_from_paper(mark: str) -> None:
    assert contrast(mark, palette.PAPER) >= GRAPHIC_CONTRAST


def test_later_is_darker() -> None:
    levels = [luminance(colour) for colour in palette.LATER]
    assert all(darker < lighter * 0.85 for lighter, darker in pairwise(levels))


def test_the_heat_scale_only_darkens_and_its_ends_are_far_apart() -> None:
    levels = [luminance(colour) for colour in palette.HEAT]
    assert all(darker < lighter * 0.85 for lighter, darker in pairwise(levels))
    assert contrast(palette.HEAT[0], palette.HEAT[-1]) >= GRAPHIC_CONTRAST


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_red_yellow_and_green_stay_apart_for_colour_blind_eyes(blindness: str) -> None:
    for one, other in combinations((palette.RED, palette.YELLOW, palette.GREEN), 2):
        places = [lightness_and_hue(seen(colour, blindness)) for colour in (one, other)]
        distance = sum((left - right) ** 2 for left, right in zip(*places, strict=True)) ** 0.5
        assert distance > 20, (one, other, distance)


def test_every_light_has_a_shape_of_its_own_and_a_word_in_both_languages() -> None:
    assert set(SHAPES) == {light.name for light in LIGHTS}
    assert len({str(shape) for shape in SHAPES.values()}) == len(LIGHTS)
    assert len({light.glyph for light in LIGHTS}) == len(LIGHTS)
    for light in LIGHTS:
        assert light.word.zh != light.word.en
        assert f'id="light-{light.name}"' in light_symbols()
        assert f'href="#light-{light.name}"' in light_mark(light)


def test_the_worst_light_wins_and_grey_is_worse_than_green() -> None:
    assert worst([GREEN, GREY]) == GREY
    assert worst([GREY, YELLOW, GREEN]) == YELLOW
    assert worst([YELLOW, RED]) == RED
    assert worst([]) == GREY


def test_an_unknown_light_is_grey_and_an_unknown_reason_is_told_as_it_stands() -> None:
    assert light_named("purple") == light_named(None) == GREY
    assert reason_text("too_small", GREY).en == "too few cases to judge"
    assert reason_text(None, RED).en == "off its target"
    assert reason_text("moon_phase", GREY) == Text("moon_phase", "moon_phase")
