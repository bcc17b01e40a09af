"""All lights at once: one row an area, one column an indicator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.pages.indicators.catalogue import Indicator
from pipelines.pages.indicators.readings import Area, Reading
from pipelines.pages.indicators.themes import THEMES, Theme, theme_order


@dataclass(frozen=True)
class MatrixRow:
    """One area with a reading for each column; null where the indicator is not told for areas of its level."""

    area: Area
    cells: tuple[Reading | None, ...]

    @property
    def lights(self) -> str:
        """The names of the lights in it, for the filter."""
        return " ".join(sorted({cell.light.name for cell in self.cells if cell}))


@dataclass(frozen=True)
class Matrix:
    """Indicators by theme, and a row for every area, each street before its communities."""

    themes: tuple[tuple[Theme, tuple[Indicator, ...]], ...]
    rows: tuple[MatrixRow, ...]


def matrix_of(readings: Sequence[Reading]) -> Matrix:
    """Return the matrix of every indicator that has a reading anywhere."""
    told = {reading.indicator.key: reading.indicator for reading in readings}
    ordered = sorted(told, key=theme_order)
    themes = tuple(
        (theme, chosen)
        for theme in THEMES
        if (chosen := tuple(told[key] for key in ordered if told[key].theme == theme))
    )
    columns = [indicator.key for _, chosen in themes for indicator in chosen]
    by_area: dict[Area, dict[str, Reading]] = {}
    for reading in readings:
        by_area.setdefault(reading.area, {})[reading.indicator.key] = reading
    rows = sorted(by_area, key=lambda area: area.path)
    return Matrix(themes, tuple(MatrixRow(area, tuple(by_area[area].get(key) for key in columns)) for area in rows))
