"""Where feeds leave us in the dark: known, thin, stale, silent, by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
from buildings_facts import AREA, AS_OF, building, facts

from pipelines.contracts.loader import load_contracts
from pipelines.contracts.schema import polars_schema
from pipelines.risk.stale.night import STALE_AREA, find_stale_areas
from pipelines.risk.stale.sources import Source, local_sources
from pipelines.risk.stale.states import community_sizes, states_of, with_words

PLACES = {"district": "云中区", "street": "东河街道"}
EVENTS = Source("police_incidents", "警情", "Incidents", 1.0, is_register=False)
REGISTER = Source("housing_properties", "房屋楼盘表", "Properties", 7.0, is_register=True)


def ago(days: int) -> date:
    return AS_OF - timedelta(days=days)


def rows_of(told: dict[str, list[tuple[str | None, int, int]]]) -> pl.DataFrame:
    """Rows from (building, days ago, rows) by community."""
    lines = [
        {**PLACES, "community": community, "place": place, "day": ago(days), "rows": rows}
        for community, told_of in told.items()
        for place, days, rows in told_of
    ]
    return pl.DataFrame(
        lines,
        schema={
            **dict.fromkeys(("district", "street", "community", "place"), pl.String),
            "day": pl.Date,
            "rows": pl.Int64,
        },
    )


def judged(
    source: Source, told: dict[str, list[tuple[str | None, int, int]]], gap: float | None = None
) -> dict[str, Any]:
    """The rows of three communities of two buildings and 60 homes each, by community."""
    names = ("甲社区", "乙社区", "丙社区")
    houses = [building(f"E{name}-{n}", community=name) for name in names for n in range(2)]
    scan = facts(building=houses, community=[{**PLACES, "community": name} for name in names])
    buildings = scan("facts.building").collect()
    sizes = community_sizes(buildings, scan("facts.community").collect())
    table = with_words(states_of(source, rows_of(told), sizes, buildings, AS_OF, gap), source)
    return {row["community"]: row for row in table.iter_rows(named=True)}


def weekly(place: str | None, since: int, until: int = 0, rows: int = 2) -> list[tuple[str | None, int, int]]:
    return [(place, days, rows) for days in range(since, until - 1, -7)]


def test_a_feed_of_events_by_hand() -> None:
    told = judged(EVENTS, {"甲社区": weekly("E甲社区-0", 350, rows=3), "乙社区": weekly(None, 350, until=63)})
    known, stale, silent = (told[name] for name in ("甲社区", "乙社区", "丙社区"))
    assert (known["state"], known["lag_days"], known["usual_gap_days"], known["coverage"]) == ("known", 0, 6.9, 0.5)
    assert known["rows_usual"] == 15  # 153 rows in 350 days are 13.1 a month, told in fives
    assert (stale["state"], stale["lag_days"]) == ("stale", 63)
    assert stale["reason_zh"] == "最近一条距今63天，通常每8天一条：此处近况未知"
    assert (silent["state"], silent["newest_on"], silent["rows_usual"]) == ("silent", None, 0)
    assert silent["reason_zh"] == "其他社区有资料，此社区从未有：此处情况未知"
    assert "here we do not know" in silent["reason_en"]


def test_a_register_by_hand() -> None:
    told = judged(
        REGISTER,
        {
            "甲社区": [("E甲社区-0", 3, 200), ("E甲社区-1", 3, 200)],
            "乙社区": [("E乙社区-0", 3, 12)],
            "丙社区": [("E丙社区-0", 60, 200)],
        },
        gap=7.0,
    )  # fmt: skip
    states = {name: (row["state"], row["rows_usual"], row["coverage"]) for name, row in told.items()}
    # 12 of the 204 that its homes let expect; 60 days without a delivery that comes each week
    assert states == {"甲社区": ("known", 400, 1.0), "乙社区": ("thin", 10, 0.5), "丙社区": ("stale", 200, 0.5)}
    assert told["乙社区"]["reason_zh"] == "按住宅数折算仅为全区的6%：此处所知不全"


def test_a_quiet_place_is_not_a_dark_one_and_a_small_one_cannot_be_missed() -> None:
    quiet = judged(EVENTS, {"甲社区": weekly(None, 350), "乙社区": weekly(None, 350), "丙社区": weekly(None, 350)[::5]})
    assert quiet["丙社区"]["state"] == "known"
    few = judged(EVENTS, {"甲社区": [(None, 9, 2)], "乙社区": [(None, 200, 1)]})
    assert (few["丙社区"]["state"], few["乙社区"]["state"]) == ("thin", "known")
    assert few["甲社区"]["rows_usual"] is None  # two rows are too few to be told
    never = judged(EVENTS, {})
    assert {row["state"] for row in never.values()} == {"silent"}
    assert never["甲社区"]["reason_zh"] == "全区从未收到该资料：此处情况未知"


def test_a_night_tells_of_every_local_feed_and_community() -> None:
    contracts = load_contracts()
    sources = local_sources(contracts)
    assert {source.feed for source in sources} == set(contracts) - {"civil_affairs_marriages", "police_addresses"}
    base = facts(
        building=[building("E1-1"), building("E2-1", community="二里社区")],
        community=[AREA, {**AREA, "community": "二里社区"}],
        device=[{"device_id": "S1", "type": "smoke", "building_code": "E1-1", "estate_code": "E1", **AREA}],
    )
    beats = [
        {"device_id": "S1", "ts": datetime(2026, 2, day, 20, tzinfo=UTC), "is_current": True} for day in range(1, 28)
    ]
    beats.append({"device_id": "S1", "ts": datetime(2052, 1, 1, tzinfo=UTC), "is_current": True})  # a clock gone wrong
    match = dict.fromkeys(("feed", "record_key", "address_role", "building_code", "estate_code", *AREA), pl.String)
    tables = {
        "raw.sensors_events": pl.DataFrame(beats, schema_overrides={"ts": pl.Datetime("us", "UTC")}),
        "master.address_match": pl.DataFrame(schema=match),
        "ops.delivery": pl.DataFrame(
            schema={"department": pl.String, "feed": pl.String, "status": pl.String, "delivered_on": pl.Date}
        ),
    }
    located = pl.DataFrame(schema=dict.fromkeys(("record_key", *AREA), pl.String))

    def scan(table: str) -> pl.LazyFrame:
        if table in tables:
            return tables[table].lazy()
        if table.startswith("raw."):
            return pl.DataFrame(schema=polars_schema(contracts[table.removeprefix("raw.")])).lazy()
        return located.lazy() if table in ("facts.participation", "facts.readiness", "facts.survey") else base(table)

    found = find_stale_areas(scan, AS_OF)
    assert dict(found.schema) == STALE_AREA
    assert found.height == 2 * len(sources)
    events = found.filter(feed="sensors_events").select("community", "state", "newest_on").rows()
    assert events == [
        ("一里社区", "known", date(2026, 2, 28)),
        ("二里社区", "silent", None),
    ]  # 20:00 UTC is next day here


def test_no_community_no_row() -> None:
    buildings = facts()("facts.building").collect()
    sizes = community_sizes(buildings, facts()("facts.community").collect())
    assert states_of(EVENTS, rows_of({}), sizes, buildings, AS_OF, None).is_empty()
