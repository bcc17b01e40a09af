"""The list of all indicators as a page: what each should reach, who answers for it, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.pages.indicators.gathered import gather
from pipelines.pages.indicators.readings import Reading, lights_of
from pipelines.pages.indicators.sheet import LIST
from pipelines.pages.indicators.themes import THEMES
from pipelines.pages.marts import Marts
from pipelines.pages.page import Page
from pipelines.pages.text import Text


def list_view(marts: Marts) -> Mapping[str, object]:
    """Return the catalogue by theme, with the readings of the districts beside each; `Missing` where it is absent."""
    gathered = gather(marts)
    whole: dict[str, list[Reading]] = {}
    for reading in gathered.told:
        if reading.area.level == "district":
            whole.setdefault(reading.indicator.key, []).append(reading)
    themed = (
        (theme, tuple(indicator for indicator in gathered.indicators if indicator.theme == theme)) for theme in THEMES
    )
    return {
        "gathered": gathered,
        "themes": tuple((theme, indicators) for theme, indicators in themed if indicators),
        "whole": whole,
        "lights_of": lights_of,
    }


INDICATORS = Page(
    name=LIST,
    title=Text("指标", "Indicators"),
    template="indicators.html.j2",
    view=list_view,
)
