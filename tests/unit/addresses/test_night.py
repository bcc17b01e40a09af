"""One night after the other, as pure functions: what is learned, what follows, and that memory changes no answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
from scripted_register import Night, changed, estate, night, versions

from pipelines.addresses.aliases.decisions import DECISIONS
from pipelines.addresses.aliases.ledger import LEDGER
from pipelines.addresses.match import KNOWN, match_addresses
from pipelines.addresses.mentions import collect_address_mentions
from pipelines.addresses.night import (
    AddressTables,
    Delivered,
    PreviousAddresses,
    delivered_days,
    resolve_addresses,
    snapshot_register,
)

START = datetime(2026, 3, 1, 18, tzinfo=UTC)
BASE: Night = {**estate("翠湖花园", "CH"), **estate("金桂小区", "JG", road="解放路", house_number="8号")}
DOORS = [f"{building}栋{unit}单元{room}" for building in (1, 2) for unit in (1, 2) for room in (101, 201)]


def raw_of(registers: list[Night]) -> dict[str, pl.LazyFrame]:
    rows = [
        (f"R{number}", f"9901011980010{number:04d}X", "翠湖花园" + door, "老烟厂宿舍" + door, True, date(2026, 3, 1))
        for number, door in enumerate(DOORS)
    ]
    names = ["record_key", "id_number", "residence_address", "hukou_address", "is_current", "delivered_on"]
    residents = pl.LazyFrame(rows, schema=names, orient="row")
    return {"police_addresses": versions(registers).lazy(), "police_residents": residents}


def nights(registers: list[Night], count: int, decisions: pl.DataFrame | None = None) -> list[AddressTables]:
    made: list[AddressTables] = []
    previous = PreviousAddresses.empty()
    for number in range(1, count + 1):
        tables = resolve_addresses(
            raw_of(registers[:number]),
            previous,
            decisions if decisions is not None else DECISIONS.to_frame(),
            Delivered([night(n) for n in range(1, number + 1)]),
            run_id=f"r{number}",
            now=START + timedelta(days=number),
        )
        made.append(tables)
        previous = PreviousAddresses(tables.address, tables.match, tables.alias, tables.match_history, tables.answer)
    return made


def statuses(tables: AddressTables) -> set[tuple[str, str | None]]:
    hukou = tables.match.filter(pl.col("address_role") == "hukou")
    return set(hukou.select("status", "method").iter_rows())


def test_what_one_night_learns_the_next_one_reads() -> None:
    first, second, third = nights([BASE, BASE, BASE], 3)
    assert statuses(first) == {("unmatched", None)}
    assert statuses(second) == statuses(third) == {("matched", "alias")}
    assert second.match_history["why"].unique().to_list() == ["alias"]
    assert third.match_history.equals(second.match_history)
    assert third.alias.equals(second.alias)
    assert third.match.equals(second.match)


def test_memory_changes_no_answer() -> None:
    registers = [BASE, changed(BASE, "CH", estate="望江华府"), changed(BASE, "CH", estate="望江华府", road="滨江路")]
    made = nights(registers, 3)
    for number in (2, 3):
        before = made[number - 2]
        known = PreviousAddresses(before.address, before.match, before.alias, before.match_history, before.answer)
        books = Delivered([night(n) for n in range(1, number + 1)])
        told = {"run_id": f"r{number}", "now": START + timedelta(days=number)}
        cold = resolve_addresses(
            raw_of(registers[:number]), replace(known, answer=KNOWN.to_frame()), DECISIONS.to_frame(), books, **told
        )
        for table, frame in made[number - 1].by_table().items():
            if table != "internal.address_answer":
                assert frame.equals(cold.by_table()[table]), table


def test_the_register_of_a_snapshot_reads_as_its_night_did() -> None:
    last = nights([BASE, changed(BASE, "CH", estate="望江华府")], 2)[-1]
    raw = raw_of([BASE, changed(BASE, "CH", estate="望江华府")])
    tables = {"raw.police_addresses": raw["police_addresses"], "master.address_alias": last.alias.lazy()}
    register = snapshot_register(tables.__getitem__, tables.__contains__)
    again = match_addresses(collect_address_mentions(raw), register)
    assert again.select("record_key", "address_role", "address_code").equals(
        last.match.select("record_key", "address_role", "address_code")
    )


def test_a_home_without_aliases_has_its_own_register() -> None:
    tables = {"raw.police_addresses": versions([BASE]).lazy()}
    assert snapshot_register(tables.__getitem__, tables.__contains__).table.height == len(BASE)


def test_a_register_that_never_came_gives_empty_tables() -> None:
    raw = {"police_addresses": versions([BASE]).clear().lazy()}
    made = resolve_addresses(raw, PreviousAddresses.empty(), DECISIONS.to_frame(), Delivered(), run_id="r1", now=START)
    assert made.alias.equals(LEDGER.to_frame())
    assert all(frame.is_empty() for frame in made.by_table().values())


def test_days_of_delivery_come_from_the_books() -> None:
    rows = [
        ("police", "addresses", night(1), "loaded"),
        ("police", "addresses", night(2), "duplicate"),
        ("police", "addresses", night(3), "rejected"),
        ("police", "residents", night(3), "loaded"),
    ]
    books = pl.LazyFrame(rows, schema=["department", "feed", "delivered_on", "status"], orient="row")
    assert delivered_days(books) == [night(1), night(2)]
