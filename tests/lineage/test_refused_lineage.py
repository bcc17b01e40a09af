"""No way leads from a mart of risk to a person, or from points to anywhere; and each of these tests can fail."""

from __future__ import annotations

import pytest
from lineage_facts import asset_graph, columns, contracts, edges, edges_with, models

from pipelines.governance.refusals import (
    Refusal,
    load_rules,
    person_column,
    refuse_gates,
    refuse_points,
    refuse_risk,
)

RULES = load_rules()
IS_PERSON = person_column(contracts(), RULES)


@pytest.fixture(scope="module")
def graph() -> dict[str, frozenset[str]]:
    return asset_graph()


def paths(refusals: list[Refusal]) -> list[tuple[str, ...]]:
    return [refusal.path for refusal in refusals]


def test_the_lineage_covers_every_model_and_no_column_is_lost() -> None:
    told = {column.rpartition(".")[0] for column in edges()}
    assert told == set(models())
    sources = {column.rpartition(".")[0] for made_of in edges().values() for column in made_of}
    assert sources <= set(models()) | set(columns())
    held = {f"{table}.{name}" for table, names in columns().items() for name in names} | set(edges())
    assert not {column for made_of in edges().values() for column in made_of} - held


def test_what_risk_is_built_on_is_made_of_no_persons_column() -> None:
    assert refuse_gates(edges(), IS_PERSON, RULES) == []


def test_every_exception_is_needed_and_no_gate_is_misspelt() -> None:
    without = RULES.model_copy(update={"counts": {}})
    assert {path[0] for path in paths(refuse_gates(edges(), IS_PERSON, without))} == set(RULES.counts)
    assert set(RULES.gates) <= set(models())
    assert set(RULES.points) <= {f"{table}.{name}" for table, names in columns().items() for name in names}


def test_no_mart_of_risk_depends_on_a_table_of_persons(graph: dict[str, frozenset[str]]) -> None:
    assert set(RULES.risk_marts) <= set(graph)
    assert refuse_risk(graph, {}, IS_PERSON, RULES) == []


def test_points_stay_where_they_were_delivered() -> None:
    assert refuse_points(edges(), {}, RULES) == []


def test_a_person_in_the_facts_of_incidents_is_refused_with_its_path() -> None:
    reporter = (
        "(select crosswalk.person_id from master.person_crosswalk as crosswalk"
        " where crosswalk.record_key = base.record_key)"
    )
    found = refuse_gates(edges_with("facts.incident", "reporter", reporter), IS_PERSON, RULES)
    assert paths(found) == [("facts.incident.reporter", "master.person_crosswalk.person_id")]
    assert "person_column: facts.incident.reporter <- master.person_crosswalk.person_id" in str(found[0])


def test_a_person_behind_an_expression_and_another_name_is_refused_with_its_path() -> None:
    code = "(select md5(max(entries.person_id)) from facts.participation as entries)"
    found = refuse_gates(edges_with("facts.dispute", "code", code), IS_PERSON, RULES)
    assert paths(found) == [("facts.dispute.code", "facts.participation.person_id")]


def test_a_delivered_name_that_slips_in_two_models_up_is_refused_with_its_path() -> None:
    name = "(select max(residents.name) from raw.police_residents as residents)"
    mutated = edges_with("staging.stg_property__workorders", "who", name)
    assert refuse_gates(mutated, IS_PERSON, RULES) == []  # it went no further yet
    carried = {**mutated, "facts.workorder.kind": frozenset({"staging.stg_property__workorders.who"})}
    assert ("facts.workorder.kind", "staging.stg_property__workorders.who", "raw.police_residents.name") in paths(
        refuse_gates(carried, IS_PERSON, RULES)
    )


def test_a_score_of_a_person_that_a_building_takes_over_is_refused() -> None:
    score = "(select sum(persons.mention_count) from master.person as persons)"
    with pytest.raises(Exception, match="mention_count"):  # the lineage knows the columns: a misspelt one is no way
        edges_with("facts.building", "burden", score)
    score = "(select count(persons.status) from master.person as persons)"
    found = refuse_gates(edges_with("facts.building", "burden", score), IS_PERSON, RULES)
    assert paths(found) == [("facts.building.burden", "master.person.status")]


def test_a_risk_asset_on_persons_is_refused_with_its_path(graph: dict[str, frozenset[str]]) -> None:
    mart = "marts.risk_building"
    mutated = graph | {mart: graph.get(mart, frozenset()) | {"master.person"}}
    assert (mart, "master.person") in paths(refuse_risk(mutated, {}, IS_PERSON, RULES))
    between = graph | {
        mart: graph.get(mart, frozenset()) | {"internal.features"},
        "internal.features": frozenset({"facts.resident"}),
    }
    assert (mart, "internal.features", "facts.resident") in paths(refuse_risk(between, {}, IS_PERSON, RULES))
    delivered = graph | {mart: graph.get(mart, frozenset()) | {"raw.police_residents"}}
    assert (mart, "raw.police_residents") in paths(refuse_risk(delivered, {}, IS_PERSON, RULES))


def test_a_risk_asset_on_a_table_of_which_nobody_spoke_is_refused(graph: dict[str, frozenset[str]]) -> None:
    mart = "marts.risk_building"
    found = refuse_risk(graph | {mart: graph[mart] | {"marts.something_new"}}, {}, IS_PERSON, RULES)
    assert [(refusal.rule, refusal.path) for refusal in found] == [("undeclared_table", (mart, "marts.something_new"))]
    dwellings = refuse_risk(graph | {mart: graph[mart] | {"master.dwelling"}}, {}, IS_PERSON, RULES)
    assert any(refusal.path[:2] == (mart, "master.dwelling") for refusal in dwellings)


def test_points_that_flow_into_a_fact_are_refused_with_their_path() -> None:
    merit = (
        "(select sum(entries.points) from staging.stg_street_office__participation as entries"
        " where entries.record_key = base.record_key)"
    )
    found = refuse_points(edges_with("facts.participation", "merit", merit), {}, RULES)
    assert paths(found) == [
        (
            "facts.participation.merit",
            "staging.stg_street_office__participation.points",
            "raw.street_office_participation.points",
        )
    ]


def test_points_that_an_indicator_sums_or_a_step_asks_for_are_refused() -> None:
    total = "(select sum(entries.points) from staging.stg_street_office__participation as entries)"
    found = refuse_points(edges_with("marts.kpi_monthly", "merit", total), {}, RULES)
    assert [path[0] for path in paths(found)] == ["marts.kpi_monthly.merit"]
    asked = {"marts.attention_household": frozenset({"raw.street_office_participation.points"})}
    assert paths(refuse_points({}, asked, RULES)) == [
        ("marts.attention_household", "raw.street_office_participation.points")
    ]
