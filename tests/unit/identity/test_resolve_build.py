"""One night after scoring: every table at once, and the second night equal to the first."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from made_up_people import FATHER, SON, lone_nodes, mentions_of, no_facts, scored, tokens

from pipelines.identity.night.build import build_identity
from pipelines.identity.outputs import DECISION_SCHEMA, IdentityTables, PreviousIdentity
from pipelines.identity.stewarding.decisions import DecisionError, append_decision, decisions_in_force, split_nodes

NONE = pl.DataFrame(schema=DECISION_SCHEMA)
POLICE, ROLL, TALK = "police_residents", "property_occupants", "street_office_participation"

PEOPLE = mentions_of(
    {"feed": POLICE, "name": "王伟", "number": FATHER, "record_key": "a"},
    {"feed": POLICE, "name": "王伟", "number": SON, "record_key": "b"},
    {"feed": ROLL, "name": "王伟", "record_key": "c"},
    {"feed": TALK, "name": "王伟", "record_key": "d", "person_role": "participant"},
    {
        "feed": TALK,
        "name": None,
        "name_kind": "none",
        "record_key": "e",
        "person_role": "participant",
        "reason": "no_name",
    },
    {
        "feed": "housing_properties",
        "name": None,
        "name_kind": "organisation",
        "record_key": "f",
        "person_role": "owner",
    },
)
A, B, C, D, E, F = (
    PEOPLE.filter(pl.col("record_key") == key)["mention_index"].item() for key in ("a", "b", "c", "d", "e", "f")
)


def pairs(*rows: tuple[int, int, float]) -> pl.DataFrame:
    """Scored pairs to which the phone adds five bits of the weight and the name the rest."""
    told = scored(*((min(left, right), max(left, right), weight) for left, right, weight in rows))
    return told.with_columns(weight_phone=pl.lit(5.0), weight_name=pl.col("weight_name") - 5.0)


def night(
    day: int, evidence: pl.DataFrame, previous: IdentityTables | None = None, decisions: pl.DataFrame = NONE
) -> IdentityTables:
    memory = previous.as_previous() if previous else PreviousIdentity.empty()
    at = datetime(2025, 6, day, tzinfo=UTC)
    return build_identity(PEOPLE, lone_nodes(PEOPLE), evidence, no_facts(), memory, decisions, tokens, f"run{day}", at)


def crosswalk(tables: IdentityTables) -> dict[str, tuple[str | None, str, float | None]]:
    rows = tables.person_crosswalk.select("record_key", "person_id", "method", "probability").iter_rows()
    return {key: (person, method, probability) for key, person, method, probability in rows}


EVIDENCE = pairs((A, C, 9.0), (B, C, 1.0), (A, D, -2.0), (B, D, -2.0), (C, D, -1.0))


def test_every_mention_has_a_row_and_only_an_organisation_no_person() -> None:
    found = crosswalk(night(1, EVIDENCE))
    assert set(found) == set("abcdef")
    assert found["f"] == (None, "organisation", None)
    assert [key for key, (person, _, _) in found.items() if person is None] == ["f"]
    assert found["a"][0] == found["c"][0] != found["b"][0]


def test_methods_and_probabilities_say_how_sure() -> None:
    found = crosswalk(night(1, EVIDENCE))
    assert found["a"][1:] == ("id_number", 0.999)
    assert found["c"][1] == "model"
    assert found["d"][1] == "single"
    alone = night(1, pairs((A, C, 9.0)))
    assert (found["d"][2] or 0) < (crosswalk(alone)["d"][2] or 0) == 1.0, "rejected candidates take belief from it"
    assert 0.98 < (found["c"][2] or 0) < 1 / (1 + 2**-9), "the rival takes some of the belief"


def test_a_second_night_without_change_is_equal() -> None:
    first = night(1, EVIDENCE)
    second = night(2, EVIDENCE, first)
    for table, frame in first.by_table().items():
        assert frame.equals(second.by_table()[table]), table


def test_links_carry_weights_and_the_constraint_that_acted() -> None:
    links = night(1, pairs((A, B, 12.0), (A, C, 9.0))).person_link
    held = links.filter(pl.col("constraint").is_not_null())
    assert held.select("left_record_key", "right_record_key", "is_linked", "constraint").rows() == [
        ("a", "b", False, "different_numbers")
    ]
    assert links.filter("is_linked")["weight_name"].to_list() == [14.0]


def test_the_review_queue_asks_the_costliest_doubt_first_and_shows_no_name() -> None:
    queue = night(1, pairs((A, B, 12.0), (A, C, 9.0), (C, D, -0.5), (B, D, -2.5))).match_review
    assert queue["rank"].to_list() == list(range(1, queue.height + 1))
    assert queue["value"].is_sorted(descending=True)
    assert set(queue["reason_code"]) == {"different_numbers", "grey_pair", "ambiguous"}
    assert "王伟" not in str(queue.rows())


def key(record: str, feed: str, role: str = "self") -> tuple[str, str, str, int]:
    return (feed, record, role, 1)


def test_a_steward_joins_parts_and_takes_back() -> None:
    when = datetime(2025, 6, 1, tzinfo=UTC)
    left, right = key("a", POLICE), key("d", TALK, "participant")
    yes = append_decision(NONE, left, right, "same", "known_person", "steward-1", when)
    found = crosswalk(night(1, EVIDENCE, decisions=yes))
    assert found["a"][0] == found["d"][0]
    assert found["d"][1] == "steward"
    no = append_decision(yes, right, left, "different", "namesake", "steward-1", when.replace(day=2))
    parted = night(2, pairs((A, D, 20.0)), decisions=no)
    assert crosswalk(parted)["a"][0] != crosswalk(parted)["d"][0]
    undone = append_decision(no, left, right, "withdrawn", "undone", "steward-1", when.replace(day=3))
    assert decisions_in_force(undone, PEOPLE).is_empty()
    assert undone.height == 3, "answers are never overwritten"


def test_a_no_inside_a_node_takes_it_apart() -> None:
    when = datetime(2025, 6, 1, tzinfo=UTC)
    no = append_decision(NONE, key("a", POLICE), key("c", ROLL), "different", "relative", "steward-1", when)
    glued = PEOPLE.select("mention_index", node=pl.lit(0, dtype=pl.UInt32))
    apart = split_nodes(glued, decisions_in_force(no, PEOPLE))
    assert apart["node"].n_unique() == 2


def test_a_decision_that_cannot_be_obeyed_is_refused_with_every_problem() -> None:
    when = datetime(2025, 6, 1, tzinfo=UTC)
    with pytest.raises(DecisionError, match="an answer outside"):
        append_decision(NONE, key("a", POLICE), key("b", POLICE), "maybe", "namesake", "steward-1", when)
    with pytest.raises(DecisionError, match="compared with itself"):
        append_decision(NONE, key("a", POLICE), key("a", POLICE), "same", "namesake", "steward-1", when)
    with pytest.raises(DecisionError, match="lacks the columns"):
        decisions_in_force(NONE.drop("answer"), PEOPLE)


def test_contradicting_answers_come_back_to_the_steward() -> None:
    when = datetime(2025, 6, 1, tzinfo=UTC)
    keys = {"a": key("a", POLICE), "c": key("c", ROLL), "d": key("d", TALK, "participant")}
    decisions = NONE
    for left, right, answer in (("a", "c", "same"), ("c", "d", "same"), ("a", "d", "different")):
        decisions = append_decision(decisions, keys[left], keys[right], answer, "known_person", "steward-1", when)
    queue = night(1, EVIDENCE, decisions=decisions).match_review
    assert "decisions_contradict" in queue["reason_code"].to_list()


def test_first_seen_and_last_seen_span_the_deliveries() -> None:
    person = night(1, EVIDENCE).person
    assert set(person["first_seen"]) == {date(2025, 6, 1)}
    assert set(person["last_seen"]) == {date(2025, 6, 3)}
