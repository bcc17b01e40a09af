"""The profile of deliveries and its drift: each way in which an export goes wrong, after nights that were right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipelines.contracts.loader import load_contracts
from pipelines.contracts.schema import polars_schema
from pipelines.ingest.delivery import DELIVERY_SCHEMA
from pipelines.quality.profile import PROFILE_GRAIN, PROFILE_SCHEMA, no_profile, profile_deliveries
from pipelines.quality.profile.contained import contained
from pipelines.quality.rules import load_table_suites

CONTRACTS = load_contracts()
START = date(2025, 5, 1)
NIGHTS = 9
Rows = list[dict[str, Any]]


class District:
    """Deliveries of one feed, as the raw table and the log keep them."""

    def __init__(self, name: str) -> None:
        self.contract = CONTRACTS[name]
        self.versions: Rows = []
        self.files: Rows = []
        self.profile = no_profile()

    def deliver(self, night: int, rows: Rows, **log: Any) -> pl.DataFrame:
        """Take a full list or an increment of one night, and return what drift says: (rule, column) pairs."""
        on = START + timedelta(days=night)
        key = self.contract.key[0]
        current = {row["record_key"]: row for row in self.versions}
        fresh = 0
        for row in rows:
            known = current.get(row[key])
            if known is not None and all(known[name] == value for name, value in row.items()):
                known["last_delivered_on"] = on
                continue
            fresh += 1
            version = {"record_key": row[key], "delivered_on": on, "last_delivered_on": on, "is_current": True}
            self.versions.append(row | version)
            current[row[key]] = self.versions[-1]
        self.files.append(self._file(on, rows, fresh) | log)
        deliveries = pl.DataFrame([{n: f.get(n) for n in DELIVERY_SCHEMA} for f in self.files], schema=DELIVERY_SCHEMA)
        schema = polars_schema(self.contract)
        raw = pl.DataFrame([{n: v.get(n) for n in schema} for v in self.versions], schema=schema)
        contracts = {self.contract.name: self.contract}
        self.profile = profile_deliveries(lambda _: raw.lazy(), contracts, deliveries, f"r{night}", self.profile)
        return self.profile

    def _file(self, on: date, rows: Rows, fresh: int) -> dict[str, Any]:
        return {
            "path": f"{on}.csv", "sha256": f"{on}", "department": self.contract.department, "feed": self.contract.feed,
            "delivered_on": on, "status": "loaded", "rows_read": len(rows), "rows_loaded": fresh,
            "rows_duplicate": len(rows) - fresh, "rows_quarantined": 0, "run_id": f"r{(on - START).days}",
            "mode": "full" if self.contract.mode == "full" else "increment", "unknown_columns": [],
            "unread_cells": "{}", "unknown_codes": "{}",
        }  # fmt: skip

    def alarms(self) -> set[tuple[str, str]]:
        """Return the rules that tonight's rows break, but for those that only inform."""
        suite = load_table_suites()["ops.feed_profile"]
        rows = self.profile.filter(pl.sql_expr(str(suite.only)))
        found = set()
        for rule in suite.row_rules:
            broken = rows.filter(~pl.sql_expr(rule.where))
            found |= {(rule.name, column) for column in broken["column"] if rule.severity != "info"}
        return found


def enterprises(night: int) -> Rows:
    """Return a list of 200 enterprises of four statuses, of which two change a night."""
    made = []
    for n in range(200):
        changed = night if n in (2 * night, 2 * night + 1) else 0
        made.append(
            {
                "credit_code": f"91990102{n:010d}",
                "name": f"云川{'甲乙丙丁'[n % 4]}商贸有限公司{changed or ''}",
                "legal_representative": f"张{'一二三四五六七'[n % 7]}",
                "address": f"云川市一里路{n}号",
                "founded_on": date(2010, 1, 1) + timedelta(days=17 * n),
                "status": "存续" if n % 5 else "注销",
                "industry": "零售" if n % 2 else "餐饮",
            }
        )
    return made


def events(night: int) -> Rows:
    """Return some 60 events of ten devices of the day before."""
    numbers = np.random.default_rng(night)
    midnight = datetime(2025, 5, 1, tzinfo=UTC) + timedelta(days=night - 1)
    return [
        {
            "event_id": f"E{night:03d}{n:05d}",
            "device_id": f"D{int(numbers.integers(10))}",
            "type": str(numbers.choice(["heartbeat", "count", "alarm"], p=[0.6, 0.3, 0.1])),
            "ts": midnight + timedelta(seconds=int(numbers.integers(86_400))),
            "value": float(numbers.normal(20, 3)),
        }
        for n in range(60 + int(numbers.integers(-6, 7)))
    ]


def _after_quiet_nights(name: str, make: Callable[[int], Rows]) -> District:
    district = District(name)
    for night in range(NIGHTS):
        district.deliver(night, make(night))
        assert district.alarms() == set(), f"a false alarm on night {night}"
    return district


def test_nights_as_usual_raise_no_alarm() -> None:
    _after_quiet_nights("market_regulation_enterprises", enterprises)
    _after_quiet_nights("sensors_events", events)


def _set(**values: Any) -> Callable[[Rows], Rows]:
    return lambda rows: [row | {n: v(row) if callable(v) else v for n, v in values.items()} for row in rows]


LIST = "market_regulation_enterprises"
FLOW = "sensors_events"
CORRUPTIONS: list[tuple[str, str, Callable[[Rows], Rows], tuple[str, str]]] = [
    ("a tenth is cut off", LIST, lambda r: r[:180], ("not_fewer_rows_than_usual", "")),
    ("a tenth vanishes", LIST, lambda r: r[20:], ("records_do_not_vanish", "")),
    ("all keys are new", LIST, _set(credit_code=lambda r: "92" + r["credit_code"][2:]),
     ("records_keep_their_keys", "")),
    ("a column is empty", LIST, _set(industry=None), ("no_column_vanished", "industry")),
    ("a fifth is empty", LIST, lambda r: _set(address=None)(r[:40]) + r[40:], ("cells_are_filled_as_usual", "address")),
    ("one value for all", LIST, _set(industry="零售"), ("no_value_dominates", "industry")),
    ("two columns change places", LIST, _set(name=lambda r: r["address"], address=lambda r: r["name"]),
     ("texts_have_digits_as_usual", "name")),
    ("two codes change places", LIST, _set(status=lambda r: "注销" if r["status"] == "存续" else "存续"),
     ("codes_are_as_frequent_as_usual", "status")),
    ("a century off", LIST, _set(founded_on=lambda r: r["founded_on"].replace(year=r["founded_on"].year - 100, day=1)),
     ("values_lie_where_they_do", "founded_on")),
    ("a tenth a century off", LIST, lambda r: _set(founded_on=date(1911, 1, 1))(r[:20]) + r[20:],
     ("values_are_not_far_off", "founded_on")),
    ("names are masked", LIST, lambda r: _set(legal_representative="张*")(r[:80]) + r[80:],
     ("texts_are_masked_as_usual", "legal_representative")),
    ("addresses one row lower", LIST,
     lambda r: [row | {"address": r[n - 1]["address"]} for n, row in enumerate(r)],
     ("known_records_keep_their_cells", "address")),
    ("garbled", LIST, lambda r: _set(address="锟斤拷锟斤拷")(r[:30]) + r[30:], ("no_text_is_garbled", "address")),
    ("test rows", LIST, lambda r: _set(industry="测试")(r[:9]) + r[9:], ("no_row_is_a_test", "industry")),
    ("a fifth of the events", FLOW, lambda r: r[:12], ("not_fewer_rows_than_usual", "")),
    ("five times the events", FLOW, lambda r: [x | {"event_id": f"{x['event_id']}{n}"} for n in range(5) for x in r],
     ("not_more_rows_than_usual", "")),
    ("old events again", FLOW, lambda _: events(3), ("an_increment_brings_rows", "")),
    ("events of a month ago", FLOW, _set(ts=lambda r: r["ts"] - timedelta(days=31)), ("events_are_recent", "")),
    ("copies under new numbers", FLOW, lambda r: r[:30] + [x | {"event_id": f"{x['event_id']}b"} for x in r[:30]],
     ("rows_are_no_copies", "")),
    ("one device alone", FLOW, _set(device_id="D1"), ("values_are_as_different_as_usual", "device_id")),
    ("another unit", FLOW, _set(value=lambda r: r["value"] * 10), ("values_lie_where_they_do", "value")),
]  # fmt: skip


@pytest.fixture(scope="module")
def quiet() -> Callable[[str], District]:
    """Return districts after quiet nights, each made once and copied."""
    made: dict[str, District] = {}

    def copy(name: str) -> District:
        if name not in made:
            made[name] = _after_quiet_nights(name, enterprises if name == LIST else events)
        district = District(name)
        district.versions = [dict(version) for version in made[name].versions]
        district.files, district.profile = list(made[name].files), made[name].profile
        return district

    return copy


@pytest.mark.parametrize(("name", "corrupt", "alarm"), [c[1:] for c in CORRUPTIONS], ids=[c[0] for c in CORRUPTIONS])
def test_a_corruption_is_told(
    quiet: Callable[[str], District], name: str, corrupt: Callable[[Rows], Rows], alarm: tuple[str, str]
) -> None:
    district = quiet(name)
    make = enterprises if name == LIST else events
    district.deliver(NIGHTS, corrupt(make(NIGHTS)))
    assert alarm in district.alarms()


def test_what_the_log_counted_is_told(quiet: Callable[[str], District]) -> None:
    district = quiet(LIST)
    log = {"unread_cells": '{"founded_on": 60}', "unknown_codes": '{"status": 60}', "rows_quarantined": 60}
    district.deliver(NIGHTS, enterprises(NIGHTS), **log, unknown_columns=["新列"])
    told = {
        ("cells_are_read_as_usual", "founded_on"),
        ("codes_are_known_as_usual", "status"),
        ("rows_are_accepted", ""),
    }
    assert told <= district.alarms()
    file = district.profile.filter((pl.col("column") == "") & pl.col("is_tonight")).row(0, named=True)
    assert (file["new_columns"], file["new_columns_most"]) == (1, 0)


def test_a_list_that_froze_is_told(quiet: Callable[[str], District]) -> None:
    district = quiet(LIST)
    for night in range(NIGHTS, NIGHTS + 9):
        district.deliver(night, enterprises(NIGHTS - 1))
    assert ("something_is_new", "") in district.alarms()


def test_a_profile_keeps_its_schema_its_grain_and_no_value(quiet: Callable[[str], District]) -> None:
    profile = quiet(LIST).profile
    assert dict(profile.schema) == PROFILE_SCHEMA
    assert profile.select(PROFILE_GRAIN).is_unique().all()
    texts = [name for name, kind in PROFILE_SCHEMA.items() if kind == pl.String()]
    assert set(texts) == {"department", "feed", "column", "run_id"}
    private = profile.filter(pl.col("column") == "legal_representative")
    assert private.select(pl.col("mean", "low", "high", "median").is_null().all()).row(0) == (True,) * 4


def test_nothing_delivered_is_an_empty_profile() -> None:
    empty = profile_deliveries(lambda _: pl.LazyFrame(), CONTRACTS, pl.DataFrame(schema=DELIVERY_SCHEMA), "r0")
    assert (empty.height, dict(empty.schema)) == (0, PROFILE_SCHEMA)


def test_a_profile_of_an_earlier_version_is_widened(quiet: Callable[[str], District]) -> None:
    district = quiet(LIST)
    district.profile = district.profile.drop("changed", "masked_most")
    district.deliver(NIGHTS, enterprises(NIGHTS))
    assert dict(district.profile.schema) == PROFILE_SCHEMA


def test_a_record_is_taken_in_the_version_that_came_on_the_day() -> None:
    """Version one came on the first and the third day, version two on the second: the second day held one row."""
    days = [date(2026, 3, day) for day in (1, 2, 3)]
    rows = pl.LazyFrame(
        {
            "record_key": ["k1", "k1", "k2"],
            "delivered_on": [days[0], days[1], days[0]],
            "last_delivered_on": [days[2], days[1], days[2]],
        }
    )
    contract = load_contracts()["market_regulation_enterprises"]
    held = contained(rows, contract, days[1], is_full=True, is_newest=False, scopes=None).collect()
    assert held.sort("record_key").rows() == [("k1", days[1], days[1]), ("k2", days[0], days[2])]
