"""A district of four communities, small enough to compute every indicator by hand.

云中区 has 东河街道 (一里社区, 二里社区), 西河街道 (一里社区 again, so that its name alone is ambiguous) and 南河街道
(三里社区), whose thirteen residents must be hidden so that the five of 西河街道 cannot be found by subtraction.
Division codes are unassigned ones (9901..), nobody here is a living person.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from dbt_frames import raw_rows

Row = dict[str, Any]
NEW_ESTATE, OLD_ESTATE = {"estate": "甲苑", "estate_code": "E1"}, {"estate": "乙苑", "estate_code": "E2"}
EAST_1 = {"district": "云中区", "street": "东河街道", "community": "一里社区", **NEW_ESTATE}
EAST_2 = {"district": "云中区", "street": "东河街道", "community": "二里社区", **OLD_ESTATE}
WEST_1 = {"district": "云中区", "street": "西河街道", "community": "一里社区"}
SOUTH_3 = {"district": "云中区", "street": "南河街道", "community": "三里社区"}
BUILDINGS = {"B1": EAST_1, "B2": EAST_2, "B3": WEST_1, "B4": SOUTH_3}
DELIVERED = date(2025, 6, 3)


def instant(text: str) -> datetime:
    """An instant from Shanghai wall-clock text."""
    return datetime.fromisoformat(f"{text}+08:00")


def _match(feed: str, record_key: str, role: str, code: str | None, **extra: Any) -> Row:
    building = code[:2] if code else None
    place = BUILDINGS[building] if building else {}
    level = "none" if code is None else "room" if "-" in code else "building"
    return {
        "feed": feed,
        "record_key": record_key,
        "address_role": role,
        "address_text": "某址",
        "address_code": code,
        "building_code": building,
        "room_code": code if level == "room" else None,
        "matched_level": level,
        "status": "matched" if code else "unmatched",
        **place,
        **extra,
    }


def _addresses() -> list[Row]:
    rows: list[Row] = []
    for building, place in BUILDINGS.items():
        rows.append({"address_code": building, "level": "building", "building_code": building, **place})
        rows += [
            {
                "address_code": f"{building}-{room}",
                "level": "room",
                "room": str(room),
                "building_code": building,
                "room_code": f"{building}-{room}",
                **place,
            }
            for room in (101, 102)
        ]
    return rows


def _persons() -> list[Row]:
    # 12 adults and a child in B1-101, 12 adults in B2-101, 5 in B3-101 (a small cell), 13 in B4-101.
    homes = ["B1-101"] * 12 + ["B2-101"] * 12 + ["B3-101"] * 5 + ["B4-101"] * 13
    rows: list[Row] = [
        {"person_id": f"p{n:02}", "residence_address_code": home, "birth_date": date(1980, 1, 1), "status": "正常"}
        for n, home in enumerate(homes, 1)
    ]
    child = {"person_id": "p90", "residence_address_code": "B1-101", "birth_date": date(2015, 1, 1), "status": "正常"}
    dead = {"person_id": "p91", "residence_address_code": "B1-101", "birth_date": date(1930, 1, 1), "status": "死亡"}
    away = {"person_id": "p92", "residence_address_code": None, "birth_date": date(1990, 1, 1), "status": "正常"}
    return [*rows, child, dead, away]


def _disputes() -> tuple[list[Row], list[Row]]:
    # B1, May: 8 closed with success, 2 without, 1 open; 3 of the 11 found by patrol; minutes 10, 20, ... 110.
    outcomes = ["成功"] * 8 + ["不成功"] * 2 + ["调解中"]
    rows = [
        {
            "dispute_no": f"D{n}",
            "received_on": date(2025, 5, 1) if n <= 10 else date(2025, 5, 20),
            "closed_on": None if outcome == "调解中" else date(2025, 5, 11) if n != 10 else date(2025, 6, 2),
            "origin": "主动排查" if n <= 3 else "群众反映",
            "kind": "邻里",
            "outcome": outcome,
            "response_minutes": 10.0 * n,
        }
        for n, outcome in enumerate(outcomes, 1)
    ]
    places = [_match("street_office_disputes", f"dis{n}", "location", "B1") for n in range(1, 12)]
    return raw_rows("dis", rows), places


def _incidents() -> tuple[list[Row], list[Row]]:
    reported = instant("2025-05-31T23:50:00")  # 15:50 UTC: the local date decides the month
    minute = timedelta(minutes=1)
    base = {"reported_at": reported, "dispatched_at": reported + minute, "category": "盗窃", "outcome": "已处置"}
    rows: list[Row] = [
        {**base, "incident_no": f"I{n}", "arrived_at": reported + n * minute, "closed_at": reported + 60 * minute}
        for n in range(2, 12)  # arrivals after 2 .. 11 minutes: median 6.5, p90 10.1
    ]
    rows.append({**base, "incident_no": "I12", "outcome": "误报", "origin": "预警推送"})
    rows.append({**base, "incident_no": "I13", "origin": "预警推送"})
    # A clock that runs backwards counts as an incident, never as a duration.
    rows.append({**base, "incident_no": "I14", "arrived_at": reported - 30 * minute})
    # Reported in the year of a typing error: no month may show it.
    rows.append({**base, "incident_no": "I15", "reported_at": instant("2052-05-31T23:50:00")})
    # No place: counted nowhere, kept in facts.incident.
    rows.append({**base, "incident_no": "I16"})
    codes: list[str | None] = ["B1"] * 12 + ["B3-101", "B1", None]
    places = [_match("police_incidents", f"inc{n}", "location", code) for n, code in enumerate(codes, 1)]
    return raw_rows("inc", rows), places


def _sensors() -> tuple[list[Row], list[Row], list[Row]]:
    devices: list[Row] = [
        {"device_id": f"S{n}", "type": "smoke", "status": "retired" if n == 3 else "online"} for n in range(1, 4)
    ]
    alarm = {"device_id": "S1", "type": "alarm", "ts": instant("2025-06-01T08:00:00")}
    events: list[Row] = [
        {**alarm, "event_id": "E1", "handled_at": instant("2025-06-01T08:15:00")},  # just within
        {**alarm, "event_id": "E2", "handled_at": instant("2025-06-01T08:15:01")},  # just not
        {**alarm, "event_id": "E3"},
        {**alarm, "event_id": "E1"},  # twice, the second without its handling
        {**alarm, "event_id": "E4", "type": "fault"},
        {**alarm, "event_id": "E5", "type": "heartbeat"},
    ]
    places = [_match("sensors_devices", f"dev{n}", "location", "B2") for n in range(1, 4)]
    return raw_rows("dev", devices), raw_rows("eve", events), places


def _participation() -> tuple[list[Row], list[Row]]:
    # p01 twice and p13 in 二里; p90 is a child; the last one was not resolved.
    persons: list[str | None] = ["p01", "p01", "p13", "p90", None]
    days = [date(2025, 3, 31), date(2025, 6, 1), date(2025, 4, 1), date(2025, 6, 1), date(2025, 6, 1)]
    rows = [
        {"entry_no": f"P{n}", "day": day, "community": "二里社区居委会", "activity": "巡逻", "points": 5.0}
        for n, day in enumerate(days, 1)
    ]
    mentions = [
        {
            "feed": "street_office_participation",
            "record_key": f"par{n}",
            "person_role": "participant",
            "person_seq": 1,
            "person_id": person,
            "method": "model",
        }
        for n, person in enumerate(persons, 1)
    ]
    return raw_rows("par", rows), mentions


def _readiness() -> list[Row]:
    base = {"community": "二里社区", "checked_on": date(2025, 6, 1), "realistic": False}
    rows = [
        {**base, "kind": "监控点位", "name": "东门", "required": 4.0, "actual": 6.0},  # a surplus counts as 4
        {**base, "kind": "监控点位", "name": "西门", "required": 4.0, "actual": 1.0},
        {**base, "kind": "物资", "name": "灭火器", "required": 2.0, "actual": 2.0},
        {**base, "kind": "物资", "name": "沙袋", "required": 2.0, "actual": 2.0, "checked_on": date(2024, 1, 1)},
        {**base, "kind": "演练", "name": "疏散", "required": 4.0, "actual": 3.0, "realistic": True},
        {**base, "kind": "演练", "name": "消防", "required": 4.0, "actual": 1.0},
        {**base, "kind": "社会组织", "name": "志愿队", "required": 1.0, "actual": 12.0},
        {**base, "kind": "预案", "name": "火灾", "required": 0.0, "actual": 1.0},  # nothing required: no share
        {**base, "kind": "预案", "name": "内涝", "required": 2.0, "actual": 2.0},
        {**base, "kind": "智能设备", "name": "烟感", "required": 10.0, "actual": 7.0},
    ]
    versions = raw_rows("rea", rows)
    # An entry that the newest register lacks must not count any more.
    gone = {**versions[0], "record_key": "rea99", "name": "北门", "last_delivered_on": date(2025, 6, 1)}
    return [*versions, {**gone, "is_current": False}]


def _surveys() -> list[Row]:
    base = {"survey_no": "Q1", "day": date(2025, 5, 30), "question": "治安满意度"}
    return raw_rows(
        "sur",
        [
            {**base, "community": "二里", "sampled": 100, "positive": 85},
            {**base, "community": "二里社区", "sampled": 100, "positive": 101},  # more than were asked
            {**base, "community": "一里社区", "sampled": 100, "positive": 50},  # two communities of that name
            {**base, "community": "二里社区", "sampled": 9, "positive": 9, "question": "机制知晓"},  # a small cell
            {**base, "community": "二里社区", "sampled": 40, "positive": 30, "question": "夜间出行安全感"},
            {**base, "community": "二里社区", "sampled": 40, "positive": 24, "question": "自救互救技能掌握"},
        ],
    )


def _workorders() -> tuple[list[Row], list[Row]]:
    # Two of three within a week; the fourth was reported yesterday.
    reported, hour = instant("2025-05-10T09:00:00"), timedelta(hours=1)
    rows: list[Row] = [
        {"order_no": "W1", "reported_at": reported, "closed_at": reported + hour},
        {"order_no": "W2", "reported_at": reported, "closed_at": reported + 168 * hour},
        {"order_no": "W3", "reported_at": reported, "closed_at": reported + 169 * hour},
        {"order_no": "W4", "reported_at": instant("2025-06-02T09:00:00")},
    ]
    places = [_match("property_workorders", f"wor{n}", "location", "B1") for n in range(1, 5)]
    return raw_rows("wor", rows), places


def _returns() -> list[Row]:
    # Due a week after May began (a fortnight, or a cadence of a week): one of two was corrected; a third was withdrawn.
    entry = {"department": "street_office", "feed": "disputes", "problem": "x", "dimension": "validity"}
    return [
        {
            **entry,
            "entry_id": "T1",
            "opened_on": date(2025, 4, 20),
            "closed_on": date(2025, 5, 20),
            "closed_as": "corrected",
        },
        {**entry, "entry_id": "T2", "opened_on": date(2025, 4, 20)},
        {
            **entry,
            "entry_id": "T3",
            "opened_on": date(2025, 4, 20),
            "closed_on": date(2025, 5, 1),
            "closed_as": "withdrawn",
        },
    ]


def _registers() -> tuple[dict[str, list[Row]], list[Row], list[Row]]:
    residents = raw_rows("res", [{"resident_no": f"R{n}", "status": "正常"} for n in range(1, 30)])
    # The thirteen of 南河 came on the first of May; three of them were registered only on the twentieth.
    floating = {"status": "正常", "residence_type": "流动"}
    residents += raw_rows(
        "flo",
        [
            {**floating, "resident_no": f"R{n}", "registered_on": date(2025, 5, 20 if n < 33 else 8)}
            for n in range(30, 43)
        ],
    )
    owned = {"usage": "住宅", "area_m2": 88.5, "built_year": 2001, "status": "有效", "registered_on": date(2020, 1, 1)}
    properties = raw_rows(
        "pro",
        [
            {**owned, "parcel_unit_no": "X1"},
            {**owned, "parcel_unit_no": "X2", "area_m2": 90.0, "registered_on": date(2024, 1, 1)},  # newer: wins
            {**owned, "parcel_unit_no": "X3", "registered_on": date(2025, 1, 1), "status": "注销"},
            {**owned, "parcel_unit_no": "X4"},  # let until last year, its owner lives next door
            {**owned, "parcel_unit_no": "X5", "built_year": 1999},
        ],
    )
    leases = raw_rows(
        "lea",
        [
            {"lease_no": "L1", "starts_on": date(2024, 1, 1), "ends_on": date(2024, 12, 31), "rent_cny": 900.0},
            {"lease_no": "L2", "starts_on": date(2025, 1, 1), "ends_on": date(2025, 12, 31), "rent_cny": 1200.0},
            {"lease_no": "L3", "starts_on": date(2024, 1, 1), "ends_on": date(2024, 12, 31), "rent_cny": 800.0},
            *({"lease_no": f"L{n}", "starts_on": date(2025, 5, 1)} for n in range(30, 43)),
        ],
    )
    roll = raw_rows("occ", [{"role": "租户", "moved_in_on": date(2024, 1, 1), "moved_out_on": date(2024, 12, 30)}])
    enterprises = raw_rows(
        "ent",
        [
            {"credit_code": "91350100M000100Y43", "name": "云川市示例一店", "status": "存续"},  # GB 32100, its example
            {"credit_code": "91350100M000100Y44", "name": "云川市示例二店", "status": "吊销"},
        ],
    )
    self_mention = {"person_role": "self", "person_seq": 1, "method": "id_number"}
    mentions: list[Row] = [
        {"feed": "police_residents", "record_key": f"res{n}", "person_id": f"p{min(n, 24):02}", **self_mention}
        for n in range(1, 26)  # p24 stands twice
    ]
    mentions += [
        {"feed": "police_residents", "record_key": f"flo{n}", "person_id": f"p{n + 29}", **self_mention}
        for n in range(1, 14)  # those of 南河
    ]
    mentions += [
        {
            "feed": "housing_leases",
            "record_key": f"lea{n + 3}",
            "person_role": "tenant",
            "person_seq": 1,
            "person_id": f"p{n + 29}",
        }
        for n in range(1, 14)
    ]
    # 20 old people: 16 of them known to the police, 4 only here (p25 to p28 live in 西河).
    mentions += [
        {"feed": "civil_affairs_elderly", "record_key": f"eld{n}", "person_id": f"p{n + 8:02}", **self_mention}
        for n in range(1, 21)
    ]
    owner = {"feed": "housing_properties", "person_role": "owner", "record_key": "pro2"}
    mentions += [
        {**owner, "person_seq": 1, "person_id": "p02", "method": "model"},
        {**owner, "person_seq": 2, "person_id": "p01", "method": "model"},
        {**owner, "person_seq": 3, "person_id": None, "method": "organisation"},
        {"feed": "housing_leases", "record_key": "lea2", "person_role": "tenant", "person_seq": 1, "person_id": "p12"},
        {
            "feed": "housing_leases",
            "record_key": "lea2",
            "person_role": "landlord",
            "person_seq": 1,
            "person_id": "p01",
        },
        {**owner, "record_key": "pro4", "person_seq": 1, "person_id": "p25", "method": "model"},
        {
            "feed": "market_regulation_enterprises",
            "record_key": "ent1",
            "person_role": "legal_representative",
            "person_seq": 1,
            "person_id": "p01",
            "method": "model",
            "probability": 0.9,
        },
    ]
    places = [
        *(_match("housing_properties", f"pro{n}", "dwelling", "B1-101") for n in range(1, 4)),
        *(_match("housing_leases", f"lea{n}", "dwelling", "B1-101") for n in range(1, 3)),
        _match("housing_properties", "pro4", "dwelling", "B3-102"),
        _match("housing_properties", "pro5", "dwelling", "B2-101"),
        _match("housing_leases", "lea3", "dwelling", "B3-102"),
        *(_match("housing_leases", f"lea{n + 3}", "dwelling", "B4-101") for n in range(1, 14)),
        *(_match("police_residents", f"flo{n}", "residence", "B4-101") for n in range(1, 14)),
        _match("property_occupants", "occ1", "dwelling", "B3", room_code="B3-102"),  # the room told by other records
        _match("market_regulation_enterprises", "ent1", "location", "B1-101"),
        _match("market_regulation_enterprises", "ent2", "location", "B1"),
    ]
    raw = {
        "raw.police_residents": residents,
        "raw.housing_properties": properties,
        "raw.housing_leases": leases,
        "raw.property_occupants": roll,
        "raw.market_regulation_enterprises": enterprises,
    }
    return raw, mentions, places


def _deliveries(feeds: list[str]) -> list[Row]:
    return [
        {
            "path": f"{feed}.csv",
            "department": feed.split("/")[0],
            "feed": feed.split("/")[1],
            "delivered_on": date(2025, 6, 1) if feed == "housing/leases" else DELIVERED,
            "status": "loaded",
            "rows_read": 100,
            "rows_loaded": 95,
            "rows_duplicate": 3,
            "rows_quarantined": 2,
        }
        for feed in feeds
    ]


_EVENT_CHECK: Row = {
    "table": "raw.sensors_events",
    "check": "event_is_in_the_past",
    "column": "ts",
    "severity": "critical",
    "success": False,
    "element_count": 6,
    "unexpected_count": 1,
    "missing_count": 0,
    "dimension": "accuracy",
}


def district_tables(feeds: list[str]) -> dict[str, list[Row]]:
    """All tables of the district; `feeds` are `<department>/<feed>` of every contract."""
    disputes, dispute_places = _disputes()
    workorders, workorder_places = _workorders()
    incidents, incident_places = _incidents()
    devices, events, device_places = _sensors()
    entries, participants = _participation()
    registers, mentions, register_places = _registers()
    return {
        **registers,
        "raw.street_office_disputes": disputes,
        "raw.police_incidents": incidents,
        "raw.property_workorders": workorders,
        "marts.return_list": _returns(),
        "raw.sensors_devices": devices,
        "raw.sensors_events": events,
        "raw.street_office_participation": entries,
        "raw.street_office_readiness": _readiness(),
        "raw.street_office_surveys": _surveys(),
        "master.address": _addresses(),
        "master.address_match": [
            *dispute_places,
            *workorder_places,
            *incident_places,
            *device_places,
            *register_places,
        ],
        "master.person_crosswalk": [*participants, *mentions],
        "master.person": _persons(),
        "ops.delivery": _deliveries(feeds),
        "internal.check_result": [_EVENT_CHECK],
        "internal.check_history": [{**_EVENT_CHECK, "as_of": DELIVERED, "owner": "城市运行中心", "raised": False}],
    }
