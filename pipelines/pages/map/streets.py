"""One street of the map: its name, its picture, and its list for the class that is shown first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from markupsafe import Markup

from pipelines.pages.map.amounts import DASH, amount
from pipelines.pages.map.ground import Ground
from pipelines.pages.map.layers import Layers
from pipelines.pages.map.lists import ListedCell
from pipelines.pages.map.sheet import street_picture
from pipelines.pages.map.windows import sheets_of
from pipelines.pages.numbers import count, share
from pipelines.pages.text import Text, same

UNNAMED = Text("街道不详", "street not known")


@dataclass(frozen=True)
class MapStreet:
    """One street.

    Attributes:
        zone: its number on this page.
        name: with its district where streets of several districts are drawn.
        picture: its windows.
        listed: the cells of its list.
        cells, known: how many it has, and of how many anything is known in the class shown.
        known_share: the second of the first.
        expected: incidents of all its known cells together.
    """

    zone: int
    name: Text
    picture: Markup
    listed: Sequence[ListedCell]
    cells: str
    known: str
    known_share: str
    expected: str

    @property
    def first(self) -> ListedCell | None:
        """The head of its list."""
        return self.listed[0] if self.listed else None


def street_names(ground: Ground) -> Mapping[int, Text]:
    """Name the streets by number; the district is told where there are several."""
    several = ground.zones["district"].n_unique() > 1
    return {row["zone"]: _name(row["district"] if several else None, row["street"]) for row in ground.zones.to_dicts()}


def streets_of(
    ground: Ground,
    values: pl.DataFrame,
    shown: str,
    listed: Mapping[int, Sequence[ListedCell]],
    layers: Layers,
) -> tuple[MapStreet, ...]:
    """Draw every street of the study area for the class `shown`."""
    names = street_names(ground)
    judged = values.filter((pl.col("incident_class") == shown) & pl.col("band").is_not_null())
    known, expected = _counts(judged), _expected(judged)
    cells = _counts(ground.cells)
    return tuple(
        MapStreet(
            zone=sheet.zone,
            name=names[sheet.zone],
            picture=street_picture(sheet, listed.get(sheet.zone, ()), layers.outlines, ground.size_m),
            listed=listed.get(sheet.zone, ()),
            cells=count(cells[sheet.zone]),
            known=count(known.get(sheet.zone, 0)),
            known_share=share(known.get(sheet.zone, 0) / cells[sheet.zone]),
            expected=expected.get(sheet.zone, DASH),
        )
        for sheet in sheets_of(ground)
    )


def _counts(cells: pl.DataFrame) -> dict[int, int]:
    counted = cells.group_by("zone").len()
    return dict(zip(counted["zone"].to_list(), counted["len"].to_list(), strict=True))


def _expected(judged: pl.DataFrame) -> dict[int, str]:
    summed = judged.group_by("zone").agg(expected=amount(pl.col("expected").sum()))
    return dict(zip(summed["zone"].to_list(), summed["expected"].to_list(), strict=True))


def _name(district: str | None, street: str | None) -> Text:
    if street is None:
        return UNNAMED
    return same(f"{district}{street}" if district else street)
