"""The lists of cells: up to twelve a street, each with its count, its expected number and the reasons in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.pages.map.amounts import drift_arrow, drift_word
from pipelines.pages.text import Text, same, translated


@dataclass(frozen=True)
class ListedCell:
    """One cell of a list.

    Attributes:
        number: 1 to 12 inside its street.
        cell: its id.
        zone, patch, col, row: where it lies.
        name: of the place, for people.
        community: that it belongs to; empty when not told.
        buildings: that stand in it; empty when none does.
        past: incidents in the weeks of history.
        expected, low, high: incidents of the horizon, with the ends of the 80 % interval.
        drift: `rising`, `falling`, `steady` or nothing.
        reasons: why it is on the list.
    """

    number: int
    cell: str
    zone: int
    patch: int
    col: int
    row: int
    name: Text
    community: str
    buildings: str
    past: str
    expected: str
    low: str
    high: str
    drift: str | None
    reasons: Text

    @property
    def arrow(self) -> str:
        """The drift as an arrow."""
        return drift_arrow(self.drift)

    @property
    def course(self) -> Text | None:
        """The drift as a word."""
        return drift_word(self.drift)

    @property
    def words(self) -> str:
        """The cell in one line, for a pointer: names and numbers only, because a title has no second language."""
        return f"{self.number} · {self.name.zh} · {self.expected} ({self.low}–{self.high})"


Lists = Mapping[tuple[str, int], tuple[ListedCell, ...]]


def lists_of(values: pl.DataFrame, buildings: Mapping[tuple[int, int], str]) -> Lists:
    """Gather the lists by class and street from the cells that the mart has put on one.

    Args:
        values: the forecasts on the grid.
        buildings: names of those in a cell, by column and row.
    """
    listed = values.filter(pl.col("list_rank").is_not_null() & pl.col("band").is_not_null())
    found: dict[tuple[str, int], list[ListedCell]] = {}
    for row in listed.sort("incident_class", "zone", "list_rank", "place").to_dicts():
        found.setdefault((row["incident_class"], row["zone"]), []).append(
            ListedCell(
                number=row["list_rank"],
                cell=row["place"],
                zone=row["zone"],
                patch=row["patch"],
                col=row["col"],
                row=row["row"],
                name=same(row["place_name_zh"] or row["community"] or row["place"]),
                community=row["community"] or "",
                buildings=buildings.get((row["col"], row["row"]), ""),
                past=row["past"],
                expected=row["expected_text"],
                low=row["low_text"],
                high=row["high_text"],
                drift=row["drift"],
                reasons=translated(row["reasons_zh"], row["reasons_en"], "–"),
            )
        )
    return {key: tuple(rows) for key, rows in found.items()}
