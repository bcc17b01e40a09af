"""The rules of survivorship as data, and the arithmetic that weighs witnesses by them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.errors import ConfigError
from pipelines.identity.golden.rules import SHIPPED, AttributeRule, read_rules, shipped_rules
from pipelines.identity.golden.survivorship import rank_claims
from pipelines.identity.mentions.roles import ROLES

TODAY = date(2025, 6, 1)
POLICE, ROLL, LEASE = "police_residents/self", "property_occupants/self", "housing_leases/tenant"


def rule(**more: Any) -> AttributeRule:
    return AttributeRule(reliability={POLICE: 0.95, ROLL: 0.8, LEASE: 0.9, "*": 0.6}, **more)


def ranked(rules: AttributeRule, *claims: tuple[str, str, date]) -> pl.DataFrame:
    frame = pl.DataFrame(list(claims), schema=["source", "value", "on"], orient="row")
    return rank_claims(frame.with_columns(person_id=pl.lit("p")), rules)


def best(rules: AttributeRule, *claims: tuple[str, str, date]) -> str:
    return str(ranked(rules, *claims)["value"][0])


def test_the_shipped_rules_name_only_sources_that_exist() -> None:
    roles = {f"{role.feed}/{role.person_role}" for role in ROLES}
    made = {"*", "number", "kin", "kin/child"}
    for name, found in shipped_rules():
        for source in (*found.reliability, *found.misses_change):
            stem = "/".join(source.split("/")[:2])
            assert source in made or stem in roles, f"{name}: {source}"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("version: 1", "version: 2", "version"),
        ("police_residents/self: 0.975", "police_residents/self: 1.5", "reliability"),
        ("coincidence:", "coincidense:", "coincidense"),
        ("attributes:", "attributes: [", "survivorship.yml:"),
    ],
)
def test_a_wrong_rule_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = tmp_path / "survivorship.yml"
    path.write_text(SHIPPED.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        read_rules(path)


def test_a_source_inherits_from_what_stands_before_its_last_stroke() -> None:
    found = rule()
    assert [found.reliability_of(name) for name in (f"{ROLL}/家属", POLICE, "sensors/none")] == [0.8, 0.95, 0.6]
    assert AttributeRule(reliability={POLICE: 0.9}).reliability_of(ROLL) is None


def test_two_weaker_witnesses_outweigh_a_stronger_one_and_a_repetition_is_none() -> None:
    one = (POLICE, "a", TODAY)
    assert best(rule(), one, (ROLL, "b", TODAY)) == "a"
    assert best(rule(), one, (ROLL, "b", TODAY), (ROLL, "b", date(2025, 5, 1))) == "a"
    assert best(rule(), one, (ROLL, "b", TODAY), (LEASE, "b", TODAY)) == "b"


def test_of_what_changes_the_newer_wins_and_several_stale_witnesses_are_one_stale_value() -> None:
    moving = rule(change_per_year=0.2)
    old = date(2022, 6, 1)
    assert best(moving, (POLICE, "a", old), (LEASE, "b", TODAY)) == "b"
    assert best(rule(), (POLICE, "a", old), (LEASE, "b", TODAY)) == "a"
    assert best(moving, (LEASE, "a", old), (ROLL, "a", old), (POLICE, "b", TODAY)) == "b"


def test_who_hears_of_every_change_is_not_outdated() -> None:
    told = (POLICE, "a", date(2022, 6, 1)), (LEASE, "b", TODAY)
    assert best(rule(change_per_year=0.2, misses_change={POLICE: 0.01}), *told) == "a"


def test_confidence_falls_with_dissent_and_rises_with_agreement() -> None:
    def sure(*claims: tuple[str, str, date]) -> float:
        return float(ranked(rule(), *claims)["confidence"][0])

    alone = sure((POLICE, "a", TODAY))
    assert alone == pytest.approx(0.95)
    assert sure((POLICE, "a", TODAY), (ROLL, "b", TODAY)) < alone < sure((POLICE, "a", TODAY), (ROLL, "a", TODAY))


def test_the_order_of_rows_decides_nothing() -> None:
    claims = [(POLICE, "a", TODAY), (ROLL, "b", TODAY), (LEASE, "b", TODAY), (ROLL, "c", date(2020, 1, 1))]
    first = ranked(rule(change_per_year=0.1), *claims)
    assert ranked(rule(change_per_year=0.1), *reversed(claims)).equals(first)
    tie = ranked(rule(), ("x/1", "b", TODAY), ("x/2", "a", TODAY))
    assert tie["value"].to_list() == ["a", "b"], "the smaller value, when all else is equal"
