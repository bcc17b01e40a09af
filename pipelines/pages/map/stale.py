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


NAMES_SHOWN = 5


@dataclass(frozen=True)
class StalePlace:
    """One source that is silent in the same way at one or more places of a street.

    Attributes:
        state: in words.
        feed: the title of the source.
        district, street: the place; empty where the mart tells a larger one.
        communities: those that it holds for; none where the mart tells a larger place.
        newest: the newest day that it tells of; a dash for none.
        reason: in words.
    """

    state: Text
    feed: Text
    district: str
    street: str
    communities: tuple[str, ...]
    newest: str
    reason: Text

    @property
    def place(self) -> Text:
        """The smallest names that are told, at most five."""
        if not self.communities:
            return same(self.street or self.district or "–")
        shown, more = "、".join(self.communities[:NAMES_SHOWN]), len(self.communities) - NAMES_SHOWN
        return same(f"{shown} +{more}" if more > 0 else shown)


def stale_places(rows: pl.DataFrame) -> tuple[StalePlace, ...]:
    """Return the places that are not known, the worst first; those that are known are left out."""
    order = list(STATES)
    alike = ["district", "street", "state", "feed", "title_zh", "title_en", "reason_zh", "reason_en"]
    unknown = (
        rows.filter(pl.col("state").fill_null("silent") != KNOWN)
        .group_by(alike)
        .agg(communities=pl.col("community").drop_nulls().unique().sort(), newest=pl.col("newest_on").max())
        .with_columns(
            place=pl.col("state").replace_strict(
                order, list(range(len(order))), default=len(order), return_dtype=pl.Int64
            )
        )
        .sort("place", *alike, nulls_last=True)
    )
    return tuple(
        StalePlace(
            state=STATES.get(row["state"], same(row["state"] or "–")),
            feed=translated(row["title_zh"], row["title_en"], row["feed"] or "–"),
            district=row["district"] or "",
            street=row["street"] or "",
            communities=tuple(row["communities"]),
            newest="–" if row["newest"] is None else row["newest"].isoformat(),
            reason=translated(row["reason_zh"], row["reason_en"], "–"),
        )
        for row in unknown.to_dicts()
    )
