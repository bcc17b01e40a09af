"""One tile for each indicator, with its districts, and how their streets and communities stand."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.pages.indicators.catalogue import Indicator
from pipelines.pages.indicators.gathered import Gathered
from pipelines.pages.indicators.readings import Counts, Reading, lights_of
from pipelines.pages.indicators.themes import THEMES, Theme
from pipelines.pages.text import Text

TRENDS = {
    "better": Text("较上月变好", "better than the month before"),
    "worse": Text("较上月变差", "worse than the month before"),
    "same": Text("与上月持平", "as the month before"),
}
ARROWS = {("better", True): "↗", ("better", False): "↘", ("worse", True): "↘", ("worse", False): "↗"}
"""Which way the value went, by the trend and whether more is better: an arrow down may be good news."""


@dataclass(frozen=True)
class Tile:
    """One indicator.

    Attributes:
        indicator: which.
        readings: one for each district, by name; none where the mart has nothing of any, as before the first delivery.
        sources_age: days since the newest delivery of its oldest source.
        streets, communities: how many lights of each kind, worst first; empty for none.
    """

    indicator: Indicator
    readings: tuple[Reading, ...]
    sources_age: Text
    streets: Counts
    communities: Counts

    @property
    def lights(self) -> str:
        """The names of its lights, for the filter; grey where nothing is known."""
        return " ".join(sorted({reading.light.name for reading in self.readings})) or "grey"


@dataclass(frozen=True)
class ThemeTiles:
    """The tiles of one theme."""

    theme: Theme
    tiles: tuple[Tile, ...]

    @property
    def lights(self) -> str:
        """The names of the lights in it, for the filter."""
        return " ".join(sorted({light for tile in self.tiles for light in tile.lights.split()}))


def themed_tiles(gathered: Gathered) -> tuple[ThemeTiles, ...]:
    """Return the tiles of every theme that has an indicator, in the order of the themes."""
    tiles = _tiles(gathered)
    themed = (ThemeTiles(theme, tuple(tile for tile in tiles if tile.indicator.theme == theme)) for theme in THEMES)
    return tuple(group for group in themed if group.tiles)


def trend_words(reading: Reading) -> Text | None:
    """Return how a reading stands to the month before, with an arrow of the value; null where that is not known."""
    words = TRENDS.get(reading.trend)
    if words is None:
        return None
    arrow = ARROWS.get((reading.trend, reading.indicator.more_is_better), "→")
    return Text(f"{arrow} {words.zh}", f"{arrow} {words.en}")


def _tiles(gathered: Gathered) -> list[Tile]:
    by_level: dict[tuple[str, str], list[Reading]] = {}
    for reading in gathered.told:
        by_level.setdefault((reading.indicator.key, reading.area.level), []).append(reading)
    return [
        Tile(
            indicator=indicator,
            readings=tuple(by_level.get((indicator.key, "district"), ())),
            sources_age=gathered.sources.age(indicator),
            streets=lights_of(by_level.get((indicator.key, "street"), ())),
            communities=lights_of(by_level.get((indicator.key, "community"), ())),
        )
        for indicator in gathered.indicators
    ]
