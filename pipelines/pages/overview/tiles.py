"""One tile for each indicator of the district, and how its streets and communities stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.pages.indicators.catalogue import Indicator
from pipelines.pages.indicators.gathered import Gathered
from pipelines.pages.indicators.readings import Reading
from pipelines.pages.indicators.themes import THEMES, Theme
from pipelines.pages.lights import LIGHTS, Light
from pipelines.pages.text import Text

TRENDS = {
    "better": Text("较上月变好", "better than the month before"),
    "worse": Text("较上月变差", "worse than the month before"),
    "same": Text("与上月持平", "as the month before"),
}
ARROWS = {("better", True): "↗", ("better", False): "↘", ("worse", True): "↘", ("worse", False): "↗"}
"""Which way the value went, by the trend and whether more is better: an arrow down may be good news."""

Counts = tuple[tuple[Light, int], ...]


@dataclass(frozen=True)
class Tile:
    """One indicator of one district.

    Attributes:
        indicator: which.
        reading: null where the mart has nothing of the district, as before the first delivery of its source.
        district: its name where there are several districts, else empty.
        sources_age: days since the newest delivery of its oldest source.
        streets, communities: how many lights of each kind, worst first; empty for none.
    """

    indicator: Indicator
    reading: Reading | None
    district: str
    sources_age: Text
    streets: Counts
    communities: Counts

    @property
    def light(self) -> str:
        """The name of its light, for the filter; grey where nothing is known."""
        return self.reading.light.name if self.reading else "grey"


@dataclass(frozen=True)
class ThemeTiles:
    """The tiles of one theme."""

    theme: Theme
    tiles: tuple[Tile, ...]

    @property
    def lights(self) -> str:
        """The names of the lights in it, for the filter."""
        return " ".join(sorted({tile.light for tile in self.tiles}))


def themed_tiles(gathered: Gathered) -> tuple[ThemeTiles, ...]:
    """Return the tiles of every theme that has an indicator, in the order of the themes."""
    tiles = _tiles(gathered)
    themed = (ThemeTiles(theme, tuple(tile for tile in tiles if tile.indicator.theme == theme)) for theme in THEMES)
    return tuple(group for group in themed if group.tiles)


def lights_of(readings: Sequence[Reading]) -> Counts:
    """Count the lights, worst first; lights that none has are left out."""
    counted = Counter(reading.light for reading in readings)
    return tuple((light, counted[light]) for light in LIGHTS if counted[light])


def trend_words(reading: Reading) -> Text | None:
    """Return how a reading stands to the month before, with an arrow of the value; null where that is not known."""
    words = TRENDS.get(reading.trend)
    if words is None:
        return None
    arrow = ARROWS.get((reading.trend, reading.indicator.more_is_better), "→")
    return Text(f"{arrow} {words.zh}", f"{arrow} {words.en}")


def _tiles(gathered: Gathered) -> list[Tile]:
    districts = sorted({reading.area.district for reading in gathered.told}) or [""]
    by_place: dict[tuple[str, str, str], list[Reading]] = {}
    for reading in gathered.told:
        by_place.setdefault((reading.indicator.key, reading.area.district, reading.area.level), []).append(reading)
    return [
        Tile(
            indicator=indicator,
            reading=next(iter(by_place.get((indicator.key, district, "district"), [])), None),
            district=district if len(districts) > 1 else "",
            sources_age=gathered.sources.age(indicator),
            streets=lights_of(by_place.get((indicator.key, district, "street"), [])),
            communities=lights_of(by_place.get((indicator.key, district, "community"), [])),
        )
        for indicator in gathered.indicators
        for district in districts
    ]
