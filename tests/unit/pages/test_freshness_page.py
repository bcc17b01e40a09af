"""What the page of freshness is given: ages, days of deliveries, and areas of which nothing is known."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree import ElementTree

import polars as pl
import pytest
from crafted_kpi import NEWEST_DAY, STALE_FEED, indicator_tables
from crafted_marts import CraftedSnapshot, crafted_facts, crafted_snapshot

from pipelines.pages.drawing.delivery_days import BAR_WIDTH, Day, age_bar, day_axis, delivery_days
from pipelines.pages.freshness.feeds import DAYS_SHOWN, FeedAge
from pipelines.pages.freshness.page import FRESHNESS, freshness_view
from pipelines.pages.freshness.stale import StaleAreas, stale_areas_of
from pipelines.pages.lights import GREY
from pipelines.pages.marts import Marts
from pipelines.pages.registry import PAGES
from pipelines.pages.rendering import render_page

PLACES = ("一社区", "二社区", "三社区")


def snapshot() -> CraftedSnapshot:
    return CraftedSnapshot({**crafted_snapshot().tables, **indicator_tables(1, 2, 3)})


@pytest.fixture(scope="module")
def feeds() -> tuple[FeedAge, ...]:
    told = snapshot()
    found = freshness_view(Marts(told.scan, crafted_facts(told)))["feeds"]
    assert isinstance(found, tuple)
    return found


def parsed(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup)  # noqa: S314 - our own markup


def stale(*rows: tuple[str, str, str]) -> StaleAreas:
    return stale_areas_of(stale_rows(*rows), crafted_facts(snapshot()))


def stale_rows(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "feed": feed,
                "title_zh": feed,
                "title_en": None,
                "district": "云川区",
                "street": "翠竹街道",
                "community": community,
                "state": state,
                "reason_zh": f"因为{state}",
                "reason_en": f"because {state}",
            }
            for feed, community, state in rows
        ],
        schema_overrides={"title_en": pl.String},
    )


def test_the_longest_overdue_feed_stands_first_and_one_that_never_came_last(feeds: tuple[FeedAge, ...]) -> None:
    periods = [feed.periods for feed in feeds if feed.periods is not None]
    assert periods == sorted(periods, reverse=True)
    assert (feeds[0].fresh.department, feeds[0].fresh.feed) == STALE_FEED
    assert feeds[0].fresh.age_days == 40
    assert (feeds[-1].fresh.feed, feeds[-1].periods, feeds[-1].fresh.light) == ("participation", None, GREY)


def test_where_every_feed_came_today_none_is_told_to_be_overdue() -> None:
    told = snapshot()
    today = told.tables["ops.delivery"].with_columns(delivered_on=pl.lit(NEWEST_DAY), status=pl.lit("loaded"))
    fresh = CraftedSnapshot({**told.tables, "ops.delivery": today})
    page = render_page(FRESHNESS, Marts(fresh.scan, crafted_facts(fresh)), PAGES)
    assert "送来过的都是当天的" in page
    overdue = render_page(FRESHNESS, Marts(told.scan, crafted_facts(told)), PAGES)
    assert "送来过的都是当天的" not in overdue


def test_each_day_says_what_came(feeds: tuple[FeedAge, ...]) -> None:
    assert {len(feed.days) for feed in feeds} == {DAYS_SHOWN}
    assert {feed.days[-1].day for feed in feeds} == {NEWEST_DAY}
    (leases,) = (feed for feed in feeds if feed.fresh.feed == "leases")
    assert (leases.days[-1].taken, leases.days[-1].refused) == (0, 1)
    assert all(day.taken == 0 for day in feeds[-1].days)


def test_squares_tell_taken_refused_and_none_apart() -> None:
    days = (Day(date(2026, 3, 1)), Day(date(2026, 3, 2), taken=1, rows=1200), Day(date(2026, 3, 3), refused=2))
    drawn = parsed(str(delivery_days(days)))
    kinds = [(node if node.tag != "g" else node.find("path")).get("class") for node in drawn]  # type: ignore[union-attr]
    assert kinds == ["day-none", "day-taken", "day-refused"]
    assert drawn.find("rect/title") is not None
    assert days[1].words == "2026-03-02 ✓1 ✗0 · 1,200"


def test_the_axis_names_mondays_within_the_picture() -> None:
    days = [Day(date(2026, 1, 19) + timedelta(days=place)) for place in range(42)]
    labels = [node.text for node in parsed(str(day_axis(days)))]
    assert labels == ["01-19", "02-02", "02-16"]


@pytest.mark.parametrize(
    ("periods", "kind", "width"),
    [(0.5, "age-in-time", BAR_WIDTH / 6), (1.0, "age-in-time", BAR_WIDTH / 3), (9.0, "age-late", BAR_WIDTH)],
)
def test_an_age_is_drawn_in_agreed_periods(periods: float, kind: str, width: float) -> None:
    frame, bar, _ = parsed(str(age_bar(periods)))
    assert (frame.get("class"), bar.get("class")) == ("age-frame", kind)
    assert float(bar.get("width", "0")) == pytest.approx(width, abs=0.01)


def test_a_feed_that_never_came_has_an_empty_frame() -> None:
    assert [node.get("class") for node in parsed(str(age_bar(None)))] == ["age-frame", "axis"]


def test_communities_with_a_gap_are_listed_with_every_feed_that_has_one() -> None:
    told = stale(
        ("police_residents", "一社区", "known"),
        ("police_residents", "二社区", "stale"),
        ("police_residents", "三社区", "known"),
        ("property_occupants", "一社区", "thin"),
        ("property_occupants", "二社区", "known"),
        ("property_occupants", "三社区", "known"),
    )
    assert [(row.community, row.states) for row in told.rows] == [
        ("一社区", ("known", "thin")),
        ("二社区", ("stale", "known")),
    ]
    assert (told.communities, told.complete, told.nowhere) == (3, 1, ())
    assert [(gap.state, gap.reason.en, gap.places) for gap in told.unknowns] == [
        ("stale", "because stale", ("二社区",)),
        ("thin", "because thin", ("一社区",)),
    ]


def test_communities_of_one_name_are_told_apart_by_their_street() -> None:
    here = stale_rows(("police_residents", "一社区", "thin"), ("police_residents", "二社区", "thin"))
    there = here.head(1).with_columns(street=pl.lit("松林街道"))
    (gap,) = stale_areas_of(pl.concat([here, there]), crafted_facts(snapshot())).unknowns
    assert sorted(gap.places) == ["二社区", "松林街道一社区", "翠竹街道一社区"]


def test_a_feed_that_came_nowhere_is_no_gap_of_a_place() -> None:
    told = stale(*(("street_office_hotline", place, "silent") for place in PLACES))
    assert [title.zh for title in told.nowhere] == ["街道办便民热线工单"]
    assert (told.rows, told.complete) == ((), 3)


def test_a_state_that_the_page_does_not_know_is_told_as_it_stands() -> None:
    told = stale(("police_residents", "一社区", "moved"), ("police_residents", "二社区", "known"))
    (gap,) = told.unknowns
    assert gap.word.zh == "moved"
