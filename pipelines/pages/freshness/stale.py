"""Of which areas nothing is known: by community and feed, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.pages.facts import PageFacts
from pipelines.pages.text import Text, translated

KNOWN = "known"
STATES = {
    "silent": Text("从未送来", "never came"),
    "stale": Text("久未更新", "long without update"),
    "thin": Text("明显偏少", "far fewer rows than usual"),
    KNOWN: Text("照常更新", "as usual"),
}
"""Worst first."""
PLACE = ("district", "street", "community")
GAPS_LISTED = 40


@dataclass(frozen=True)
class Unknown:
    """One feed and one reason: the communities of which nothing is known for it."""

    title: Text
    state: str
    word: Text
    reason: Text
    places: tuple[str, ...]


@dataclass(frozen=True)
class PlaceRow:
    """One community with the state of every feed, `known` where the mart does not name it."""

    street: str
    community: str
    states: tuple[str, ...]


@dataclass(frozen=True)
class StaleAreas:
    """The communities with a gap.

    Attributes:
        feeds: the columns: every feed with a gap in some communities.
        nowhere: feeds that never came for any community: no gap of a place, but of the whole.
        rows: communities with a gap, by place.
        unknowns: the same by feed and reason, the worst state first.
        left_out: how many of those are not listed.
        communities, complete: how many communities the mart knows, and how many have no gap.
    """

    feeds: tuple[Text, ...]
    nowhere: tuple[Text, ...]
    rows: tuple[PlaceRow, ...]
    unknowns: tuple[Unknown, ...]
    left_out: int
    communities: int
    complete: int


def stale_areas_of(areas: pl.DataFrame, told: PageFacts) -> StaleAreas:
    """Return where data are missing; null parts of a place are written as empty."""
    placed = _named(areas.with_columns(pl.col(PLACE).fill_null("")))
    named = placed.sort("feed", "title_zh").unique("feed", keep="first").select("feed", "title_zh", "title_en")
    titles = {feed: _title(feed, zh, en, told) for feed, zh, en in named.rows()}
    absent = pl.col("feed").is_in(_nowhere(placed))
    gaps = placed.filter(pl.col("state") != KNOWN, ~absent)
    feeds = gaps["feed"].unique().sort().to_list()
    unknowns = _unknowns(gaps, titles)
    communities = placed.select(PLACE).n_unique()
    rows = _rows(gaps, feeds)
    return StaleAreas(
        feeds=tuple(titles[feed] for feed in feeds),
        nowhere=tuple(titles[feed] for feed in _nowhere(placed)),
        rows=rows,
        unknowns=unknowns[:GAPS_LISTED],
        left_out=max(0, len(unknowns) - GAPS_LISTED),
        communities=communities,
        complete=communities - len(rows),
    )


def _named(placed: pl.DataFrame) -> pl.DataFrame:
    """Add `name`: the community, with its street before it where two streets have one of that name."""
    communities = placed.select(PLACE).unique()
    shared = communities.filter(pl.col("community").is_duplicated())["community"].unique().implode()
    return placed.with_columns(
        pl.when(pl.col("community").is_in(shared))
        .then(pl.col("street") + pl.col("community"))
        .otherwise("community")
        .alias("name")
    )


def _nowhere(placed: pl.DataFrame) -> list[str]:
    """Return the feeds that never came for any community."""
    silent = placed.group_by("feed").agg((pl.col("state") == "silent").all().alias("silent"))
    return silent.filter("silent")["feed"].sort().to_list()


def _title(feed: str, zh: str | None, en: str | None, told: PageFacts) -> Text:
    known = told.register_title(feed)
    return known if known.zh != feed else translated(zh, en, feed)


def _rows(gaps: pl.DataFrame, feeds: Sequence[str]) -> tuple[PlaceRow, ...]:
    by_place = gaps.sort(*PLACE, "feed").group_by(PLACE, maintain_order=True).agg("feed", "state")
    return tuple(
        PlaceRow(row["street"], row["community"], tuple(states.get(feed, KNOWN) for feed in feeds))
        for row in by_place.to_dicts()
        for states in [dict(zip(row["feed"], row["state"], strict=True))]
    )


def _unknowns(gaps: pl.DataFrame, titles: dict[str, Text]) -> tuple[Unknown, ...]:
    grouped = (
        gaps.sort("street", "community")
        .group_by("feed", "state", "reason_zh", "reason_en")
        .agg(pl.col("name").alias("places"))
    )
    order = list(STATES)
    told = (
        Unknown(
            title=titles[row["feed"]],
            state=row["state"],
            word=STATES.get(row["state"], translated(None, row["state"], "")),
            reason=translated(row["reason_zh"], row["reason_en"], "–"),
            places=tuple(row["places"]),
        )
        for row in grouped.sort("feed", "state", "reason_zh", "reason_en").to_dicts()
    )
    return tuple(
        sorted(
            told, key=lambda gap: (order.index(gap.state) if gap.state in order else 0, -len(gap.places), gap.title.zh)
        )
    )
