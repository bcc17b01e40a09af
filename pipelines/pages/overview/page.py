"""The overview as a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.pages.indicators.gathered import Gathered, gather
from pipelines.pages.indicators.readings import Counts, lights_of
from pipelines.pages.lights import GREEN
from pipelines.pages.marts import Marts
from pipelines.pages.overview.attention import CONCERNS_SHOWN, areas_of_concern, concerns_of
from pipelines.pages.overview.matrix import matrix_of
from pipelines.pages.overview.tiles import themed_tiles
from pipelines.pages.page import Page
from pipelines.pages.text import Text


@dataclass(frozen=True)
class Summary:
    """The first line of the page.

    Attributes:
        lights: of the districts' indicators, worst first.
        reached, judged: how many are at their target, of how many that have a colour.
        worsening: how many keep getting worse.
        stale: how many cannot be judged because a source is too old.
        districts: their names.
    """

    lights: Counts
    reached: int
    judged: int
    worsening: int
    stale: int
    districts: tuple[str, ...]


def overview_view(marts: Marts) -> Mapping[str, object]:
    """Return the tiles by theme, what needs attention, and the matrix; `Missing` for a mart that is absent."""
    gathered = gather(marts)
    concerns = concerns_of(gathered.told)
    return {
        "gathered": gathered,
        "summary": _summary(gathered),
        "concerns": concerns[:CONCERNS_SHOWN],
        "more_concerns": concerns[CONCERNS_SHOWN:],
        "areas": areas_of_concern(gathered.told),
        "themes": themed_tiles(gathered),
        "matrix": matrix_of(gathered.told),
    }


OVERVIEW = Page(
    name="index",
    title=Text("总览", "Overview"),
    template="overview.html.j2",
    view=overview_view,
)


def _summary(gathered: Gathered) -> Summary:
    whole = [reading for reading in gathered.told if reading.area.level == "district"]
    lights = lights_of(whole)
    reached = sum(number for light, number in lights if light == GREEN)
    stale = gathered.sources.stale(gathered.indicators)
    return Summary(
        lights=lights,
        reached=reached,
        judged=sum(number for light, number in lights if light.name != "grey"),
        worsening=sum(reading.worsening for reading in whole),
        stale=len(stale),
        districts=tuple(sorted({reading.area.district for reading in gathered.told})),
    )
