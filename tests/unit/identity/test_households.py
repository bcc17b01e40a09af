"""Households: families in a dwelling, flat-sharers apart, ids that last."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from made_up_people import mentions_of, no_facts, tokens

from pipelines.identity.golden.persons import build_persons
from pipelines.identity.households.build import Households, build_households
from pipelines.identity.households.history import append_household_events, replay_households
from pipelines.identity.outputs import PreviousIdentity

POLICE = "police_residents"
ROLL = "property_occupants"


def counter() -> Callable[[int], list[str]]:
    state = iter(range(10_000))
    return lambda count: [f"h{next(state):04d}" for _ in range(count)]


def at(who: str, feed: str, code: str | None, **more: Any) -> dict[str, Any]:
    level = "room" if code else None
    return {
        "who": who,
        "feed": feed,
        "name": who,
        "address_code": code,
        "room_code": code,
        "matched_level": level,
    } | more


def settle(
    rows: list[dict[str, Any]],
    facts: pl.DataFrame | None = None,
    before: Households | None = None,
    mint: Callable[[int], list[str]] | None = None,
) -> Households:
    """Rows carry the person in ``who``."""
    keyed = [row | {"record_key": row.get("record_key", f"r{place:03d}")} for place, row in enumerate(rows)]
    who = pl.DataFrame(
        [
            {
                "feed": r["feed"],
                "record_key": r["record_key"],
                "person_role": r.get("person_role", "self"),
                "person_id": r["who"],
            }
            for r in keyed
        ]
    )
    members = (
        mentions_of(*keyed).join(who, on=["feed", "record_key", "person_role"]).with_columns(is_own=pl.lit(value=False))
    )
    rank = members.group_by("person_id").agg(person_rank=pl.col("mention_index").min())
    told = no_facts() if facts is None else facts
    persons = build_persons(members, told, tokens).join(rank, on="person_id")
    return build_households(
        persons,
        members,
        told,
        before.household_member if before else PreviousIdentity.empty().household_member,
        pl.DataFrame(schema={"household_id": pl.String, "born": pl.Datetime("us", "UTC")}),
        mint or counter(),
    )


def homes(found: Households, basis: str = "residence") -> set[frozenset[str]]:
    current = found.household_member.filter(pl.col("until").is_null() & (pl.col("basis") == basis))
    groups = current.group_by("household_id").agg("person_id")["person_id"].to_list()
    return {frozenset(group) for group in groups}


def test_a_registered_family_in_one_dwelling_is_one_household() -> None:
    rows = [
        at(who, POLICE, "R1", hukou_no="H1", relation_to_head=code)
        for who, code in (("王父", "02"), ("李母", "10"), ("王子", "20"))
    ]
    found = settle(rows)
    assert homes(found) == {frozenset({"王父", "李母", "王子"})}
    roles = dict(found.household_member.filter(pl.col("basis") == "residence").select("person_id", "role").iter_rows())
    assert roles == {"王父": "head", "李母": "spouse", "王子": "child"}


def test_flat_sharers_without_kin_are_separate() -> None:
    rows = [at(who, ROLL, "R1") for who in ("王一", "李二", "赵三")]
    assert homes(settle(rows)) == {frozenset({"王一"}), frozenset({"李二"}), frozenset({"赵三"})}


def test_a_family_over_two_dwellings_is_two_households() -> None:
    rows = [at("王父", POLICE, "R1", hukou_no="H1"), at("王子", POLICE, "R2", hukou_no="H1")]
    found = settle(rows)
    assert homes(found) == {frozenset({"王父"}), frozenset({"王子"})}
    assert homes(found, "hukou") == {frozenset({"王父", "王子"})}


@pytest.mark.parametrize(("event", "together"), [("结婚", True), ("离婚", False)])
def test_a_certificate_ties_until_a_divorce(event: str, together: bool) -> None:
    rows = [
        at("王一", ROLL, "R1"),
        at("李二", ROLL, "R1"),
        at("王一", "civil_affairs_marriages", None, record_key="c1", person_role="husband"),
        at("李二", "civil_affairs_marriages", None, record_key="c1", person_role="wife"),
    ]
    facts = pl.DataFrame({"feed": ["civil_affairs_marriages"], "record_key": ["c1"], "fact": [event]})
    assert (frozenset({"王一", "李二"}) in homes(settle(rows, facts))) is together


def test_owner_occupiers_are_family_and_their_tenant_is_not() -> None:
    rows = [
        at("王一", ROLL, "R1", record_key="a"),
        at("李二", ROLL, "R1", record_key="b"),
        at("赵三", ROLL, "R1", record_key="c"),
    ]
    facts = pl.DataFrame({"feed": [ROLL] * 3, "record_key": ["a", "b", "c"], "fact": ["业主", "家属", "租户"]})
    assert homes(settle(rows[:2], facts)) == {frozenset({"王一", "李二"})}
    registered = at("王一", POLICE, "R1", record_key="p")
    assert homes(settle([*rows, registered], facts)) == {frozenset({"王一", "李二"}), frozenset({"赵三"})}
    assert frozenset({"王一"}) not in homes(settle(rows, facts)), "nobody says that the owner of a let flat lives there"


def test_parent_and_child_by_surname_and_age_but_not_two_namesakes_of_one_age() -> None:
    def born(who: str, year: int) -> dict[str, Any]:
        return at(who, ROLL, "R1", birth_date=date(year, 5, 1), birth_precision="day")

    assert homes(settle([born("王父", 1980), born("王子", 2010)])) == {frozenset({"王父", "王子"})}
    assert homes(settle([born("王一", 1990), born("王二", 1992)])) == {frozenset({"王一"}), frozenset({"王二"})}


def test_a_collective_hukou_is_an_address_and_no_family() -> None:
    rows = [at(f"王{n}", POLICE, "R1", hukou_no="H1") for n in range(40)]
    found = settle(rows)
    assert len(homes(found)) == 40
    registered = found.household.filter(pl.col("basis") == "hukou")
    assert registered["is_collective"].to_list() == [True]
    assert registered["member_count"].to_list() == [40]


def test_the_dead_belong_to_no_household() -> None:
    rows = [at("王父", POLICE, "R1", hukou_no="H1", status="死亡"), at("王子", POLICE, "R1", hukou_no="H1")]
    assert homes(settle(rows)) == {frozenset({"王子"})}


def test_a_running_lease_takes_the_tenants_family_and_an_ended_one_nobody() -> None:
    lease = {"person_role": "tenant", "since_on": date(2024, 1, 1), "until_on": date(2026, 1, 1)}
    family = [at(who, POLICE, "R1", hukou_no="H1") for who in ("王父", "王子")]
    assert homes(settle([*family, at("王父", "housing_leases", "R1", **lease)]), "lease") == {
        frozenset({"王父", "王子"})
    }
    ended = lease | {"until_on": date(2025, 1, 1)}
    over = settle([*family, at("王父", "housing_leases", "R1", **ended)])
    assert homes(over, "lease") == set()
    past = over.household_member.filter(pl.col("until").is_not_null())
    assert past.select("person_id", "basis", "since", "until").rows() == [
        ("王父", "lease", date(2024, 1, 1), date(2025, 1, 1))
    ]


def test_a_benefit_household_gathers_around_its_head() -> None:
    feed = "civil_affairs_benefits"
    rows = [
        at("王子", feed, "R1", record_key="b1", relation_to_head="20"),
        at("王父", feed, "R1", record_key="b1", person_role="head"),
        at("王女", feed, "R1", record_key="b2", relation_to_head="30"),
        at("王父", feed, "R1", record_key="b2", person_role="head"),
    ]
    found = settle(rows)
    assert homes(found, "benefit") == {frozenset({"王父", "王子", "王女"})}
    heads = found.household.filter(pl.col("basis") == "benefit")["head_person_id"].to_list()
    assert heads == ["王父"]


def test_ids_last_and_follow_the_majority_and_only_the_data_tell_the_tables() -> None:
    mint = counter()
    family = [at(who, POLICE, "R1", hukou_no="H1") for who in ("王父", "李母", "王子")]
    first = settle(family, mint=mint)
    same = settle(family, before=first, mint=mint)
    assert same.household.equals(first.household)
    assert same.household_member.equals(first.household_member)
    left = [*family[:2], at("王子", POLICE, "R2", hukou_no="H1", record_key="r002")]
    moved = settle(left, before=first, mint=mint)
    kept = moved.household.filter((pl.col("basis") == "residence") & (pl.col("address_code") == "R1"))
    assert (
        kept["household_id"].to_list()
        == first.household.filter(pl.col("basis") == "residence")["household_id"].to_list()
    )
    columns = [name for name in moved.household_member.columns if name != "household_id"]
    afresh = settle(left).household_member.select(columns).sort(columns)
    assert moved.household_member.select(columns).sort(columns).equals(afresh), "no row remembers the night before"


def test_of_two_that_part_the_one_who_stays_keeps_the_id() -> None:
    mint = counter()
    first = settle([at(who, POLICE, "R1", hukou_no="H1") for who in ("王父", "李母")], mint=mint)
    parted = settle(
        [at("王父", POLICE, "R2", hukou_no="H1"), at("李母", POLICE, "R1", hukou_no="H1")], before=first, mint=mint
    )
    old = first.household.filter(pl.col("basis") == "residence")["household_id"].item()
    stayed = parted.household_member.filter((pl.col("basis") == "residence") & (pl.col("household_id") == old))
    assert stayed["person_id"].to_list() == ["李母"]


def test_an_ended_lease_keeps_its_id_and_its_end_and_a_new_one_gets_another() -> None:
    mint = counter()

    def lease(since: date, until: date, key: str, room: str) -> dict[str, Any]:
        told = {"person_role": "tenant", "since_on": since, "until_on": until, "record_key": key}
        return at("王父", "housing_leases", room, **told)

    running = lease(date(2024, 1, 1), date(2026, 1, 1), "l1", "R1")
    first = settle([running], mint=mint)
    cut_short = lease(date(2024, 1, 1), date(2025, 6, 1), "l1", "R1")
    then = settle([cut_short, lease(date(2025, 6, 2), date(2027, 1, 1), "l2", "R2")], before=first, mint=mint)
    rows = then.household_member.filter(pl.col("basis") == "lease").sort("since")
    old = first.household_member.filter(pl.col("basis") == "lease")["household_id"].item()
    assert rows["until"].to_list() == [date(2025, 6, 1), None]
    assert rows["household_id"][0] == old != rows["household_id"][1]
    ended = then.household.filter(pl.col("household_id") == old)
    assert ended["until"].item() == date(2025, 6, 1)


def test_the_history_tells_who_came_and_went_and_nothing_else() -> None:
    mint, nobody = counter(), PreviousIdentity.empty()
    family = [at(who, POLICE, "R1", hukou_no="H1") for who in ("王父", "李母", "王子")]
    first = settle(family, mint=mint).household_member
    day, instant = date(2025, 6, 3), datetime(2025, 6, 3, tzinfo=UTC)
    one = append_household_events(nobody.household_history, nobody.household_member, first, day, "run1", instant)
    assert set(one["event"]) == {"created", "joined"}
    assert append_household_events(one, first, first, day, "run2", instant).equals(one)
    alone = settle(family[:1], before=settle(family, mint=counter()), mint=mint).household_member
    later = instant.replace(day=4)
    two = append_household_events(one, first, alone, day, "run2", later)
    gone = two.filter((pl.col("event") == "left") & (pl.col("basis") == "hukou"))
    assert sorted(gone["person_id"].to_list()) == ["李母", "王子"]
    for memory, instant_then in ((first, instant), (alone, later)):
        told = replay_households(two, instant_then)
        current = memory.filter(pl.col("until").is_null()).select("household_id", "person_id", "basis")
        assert told.equals(current.sort("household_id", "person_id"))


def test_migrants_without_a_household_number_are_tied_by_their_relation_to_one_head() -> None:
    couple = [at("王父", POLICE, "R1", relation_to_head="02"), at("李母", POLICE, "R1", relation_to_head="10")]
    assert homes(settle(couple)) == {frozenset({"王父", "李母"})}
    lodger = at("赵三", POLICE, "R1", relation_to_head="99")
    assert homes(settle([*couple, lodger])) == {frozenset({"王父", "李母"}), frozenset({"赵三"})}
    second = at("孙二", POLICE, "R1", relation_to_head="02")
    assert len(homes(settle([*couple, second]))) == 3, "whose wife she is nobody says"


def test_an_owners_lodger_whom_the_register_calls_no_kin_is_no_family() -> None:
    rows = [
        at("王一", ROLL, "R1", record_key="a"),
        at("王一", POLICE, "R1", record_key="d", hukou_no="H3", relation_to_head="02"),
        at("李二", POLICE, "R1", record_key="b", hukou_no="H2", relation_to_head="99"),
        at("赵三", ROLL, "R1", record_key="c"),
    ]
    facts = pl.DataFrame({"feed": [ROLL] * 2, "record_key": ["a", "c"], "fact": ["业主", "家属"]})
    assert homes(settle(rows, facts)) == {frozenset({"王一", "赵三"}), frozenset({"李二"})}


def homes_of(found: Households) -> dict[str, str]:
    current = found.household_member.filter(pl.col("basis") == "residence")
    return dict(current.select("person_id", "address_code").iter_rows())


def test_the_familys_home_decides_between_two_claims_and_stands_in_for_none() -> None:
    family = [at(who, POLICE, "R1", hukou_no="H1", relation_to_head="10") for who in ("王父", "李母")]
    twice = [
        at("王子", POLICE, "R2", hukou_no="H1", record_key="new"),
        at("王子", POLICE, "R1", hukou_no="H1", record_key="old", observed_on=date(2025, 1, 1)),
    ]
    assert homes_of(settle([*family, *twice]))["王子"] == "R1"
    unread = at("王女", POLICE, None, hukou_no="H1", address_role="residence")
    assert homes_of(settle([*family, unread]))["王女"] == "R1"
    elsewhere = at("王女", POLICE, None, hukou_no="H1", address_role="residence", estate_code="E9")
    inside = [row | {"estate_code": "E1"} for row in family]
    assert homes_of(settle([*inside, elsewhere]))["王女"] == "E9", "her own row names another estate"


def test_a_contacts_row_names_the_elders_home_and_an_owners_the_let_flat_so_the_family_still_tells() -> None:
    inside = {"hukou_no": "H1", "estate_code": "E1", "building_code": "B1", "address_role": "residence"}
    family = [at(who, POLICE, "R1", **inside) for who in ("王父", "李母")]
    vague = {"who": "王子", "feed": POLICE, "name": "王子", "address_code": "E1", "matched_level": "estate"}
    vague |= {name: inside[name] for name in ("hukou_no", "estate_code", "address_role")}
    elders = at(
        "王子", "civil_affairs_elderly", "R7", person_role="contact", address_role="residence", estate_code="E7"
    )
    let = at("王子", "housing_properties", "R9", person_role="owner", address_role="dwelling", estate_code="E9")
    assert homes_of(settle([*family, vague]))["王子"] == "R1"
    assert homes_of(settle([*family, vague, elders, let]))["王子"] == "R1"


def test_the_history_says_why_somebody_came_or_left() -> None:
    mint, nobody = counter(), PreviousIdentity.empty()
    family = [at(who, POLICE, "R1", hukou_no="H1") for who in ("王父", "李母", "王子", "王女")]
    before = settle(family, mint=mint)
    moved = at("王子", POLICE, "R2", hukou_no="H1", record_key="r002")
    dead = at("李母", POLICE, "R1", hukou_no="H1", record_key="r001", status="死亡")
    away = at("王女", POLICE, "R1", hukou_no="H1", record_key="r003", status="迁出")
    guest = at("赵三", POLICE, "R1", hukou_no="H1", record_key="r004", relation_to_head="10")
    after = settle([family[0], moved, dead, away, guest], before=before, mint=mint)
    persons = pl.DataFrame({"person_id": ["李母", "王女"], "status": ["死亡", "迁出"]})
    day, instant = date(2025, 6, 3), datetime(2025, 6, 3, tzinfo=UTC)
    history = append_household_events(
        nobody.household_history, before.household_member, after.household_member, day, "run2", instant, persons
    )
    told = history.filter(pl.col("basis") == "residence").drop_nulls("reason")
    assert set(told.select("person_id", "event", "reason").iter_rows()) == {
        ("王子", "left", "moved"),
        ("王子", "joined", "moved"),
        ("李母", "left", "died"),
        ("王女", "left", "moved_away"),
        ("赵三", "joined", "newly_known"),
    }


def kept(found: Households, who: str) -> dict[str, Any]:
    member = found.household_member.filter((pl.col("person_id") == who) & (pl.col("basis") == "residence"))
    return found.household.filter(pl.col("household_id") == member["household_id"].item()).row(0, named=True)


def test_a_household_says_what_holds_it_together() -> None:
    rows = [
        at(who, POLICE, "R1", hukou_no="H1", relation_to_head=code) for who, code in (("王父", "02"), ("王子", "20"))
    ]
    assert kept(settle([*rows, at("赵三", ROLL, "R1")]), "王子")["evidence"] == ["hukou"]


def elder(who: str, room: str, living: str) -> tuple[dict[str, Any], pl.DataFrame]:
    feed = "civil_affairs_elderly"
    row = at(who, feed, room, record_key=f"e{who}", birth_date=date(1940, 1, 1), birth_precision="day")
    return row, pl.DataFrame({"feed": [feed], "record_key": [f"e{who}"], "fact": [living]})


def test_living_alone_rests_on_evidence_and_not_on_the_flag() -> None:
    alone, flag = elder("王老", "R1", "独居")
    found = kept(settle([alone, at("王老", POLICE, "R1")], flag), "王老")
    assert (found["lives_alone"], found["evidence"]) == (True, ["only_resident", "flag_alone"])
    assert found["lives_alone_confidence"] > 0.95
    lodged = kept(settle([alone, at("王老", POLICE, "R1"), at("赵三", POLICE, "R1")], flag), "王老")
    assert (lodged["lives_alone"], lodged["lives_alone_confidence"]) == (False, None), "somebody else lives there"
    visited, other = elder("王老", "R1", "与子女同住")
    doubted = kept(settle([visited, at("王老", POLICE, "R1")], other), "王老")
    assert doubted["lives_alone_confidence"] < 0.5


def test_a_deed_and_a_relation_do_not_make_a_family() -> None:
    titles = {"person_role": "owner", "record_key": "t1"}
    sharers = [
        at("王一", POLICE, "R1", record_key="a", relation_to_head="02"),
        at("王一", "housing_properties", "R1", **titles),
        at("李二", POLICE, "R1", record_key="b", relation_to_head="02"),
    ]
    assert homes(settle(sharers)) == {frozenset({"王一"}), frozenset({"李二"})}, "both head a household elsewhere"
    outsider = at("孙五", "housing_properties", "R2", person_role="owner", record_key="t2")
    tenant = at("赵四", "housing_leases", "R2", person_role="tenant", record_key="l1", since_on=date(2025, 1, 1))
    let = settle([outsider, tenant, at("赵四", POLICE, "R2", record_key="c", relation_to_head="02")])
    assert homes(let) == {frozenset({"赵四"})}, "whoever lets a dwelling does not live in it"


def test_a_couple_of_two_registers_is_a_family_and_two_couples_are_two() -> None:
    def one(who: str, number: str, sex: str, year: int) -> dict[str, Any]:
        told = {"hukou_no": number, "relation_to_head": "02", "sex": sex, "record_key": f"k{who}"}
        return at(who, POLICE, "R1", birth_date=date(year, 5, 1), birth_precision="day", **told)

    couple = [one("王一", "H1", "1", 1980), one("李二", "H2", "2", 1982)]
    assert homes(settle(couple)) == {frozenset({"王一", "李二"})}
    assert len(homes(settle([*couple, one("赵三", "H3", "1", 1981)]))) == 3
    assert len(homes(settle([one("王一", "H1", "1", 1950), one("李二", "H2", "2", 1990)]))) == 2
