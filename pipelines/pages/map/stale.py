"""Here we do not know: places whose sources have fallen silent, so that an empty map there says nothing."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.pages.text import Text, same, translated

KNOWN = "known"
STATES = {
    "silent": Text("没有数据", "silent"),
    "stale": Text("过期", "stale"),
    "thin": Text("偏少", "thin"),
}
"""The worst first."""


@dataclass(frozen=True)
class StalePlace:
    """One source at one place.

    Attributes:
        state: in words.
        feed: the title of the source in Chinese.
        district, street, community: the place; empty where the mart tells a larger one.
        newest: the newest day that it tells of; a dash for none.
        reason: in words.
    """

    state: Text
    feed: str
    district: str
    street: str
    community: str
    newest: str
    reason: Text

    @property
    def place(self) -> Text:
        """The smallest name that is told."""
        return same(self.community or self.street or self.district or "–")


def stale_places(rows: pl.DataFrame) -> tuple[StalePlace, ...]:
    """Return the places that are not known, the worst first; those that are known are left out."""
    order = list(STATES)
    unknown = rows.filter(pl.col("state").fill_null("silent") != KNOWN).with_columns(
        place=pl.col("state").replace_strict(order, list(range(len(order))), default=len(order), return_dtype=pl.Int64)
    )
    ordered = unknown.sort(
        "place", "district", "street", "community", "feed", nulls_last=True, maintain_order=True
    ).to_dicts()
    return tuple(
        StalePlace(
            state=STATES.get(row["state"], same(row["state"] or "–")),
            feed=row["title_zh"] or row["feed"] or "–",
            district=row["district"] or "",
            street=row["street"] or "",
            community=row["community"] or "",
            newest="–" if row["newest_on"] is None else row["newest_on"].isoformat(),
            reason=translated(row["reason_zh"], row["reason_en"], "–"),
        )
        for row in ordered
    )
