"""The ledger of aliases: applied from the next run, lapsed without support, and a steward's word stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipelines.addresses.aliases.decisions import (
    DECISIONS,
    AliasDecisionError,
    append_decision,
    decisions_file,
    read_decisions,
)
from pipelines.addresses.aliases.ledger import LEDGER, alias_id, as_of, begin_run, end_run, latest, names_in_force
from pipelines.addresses.aliases.propose import PROPOSALS, TWO_PLACES
from pipelines.home import Home

START = datetime(2026, 3, 1, 18, tzinfo=UTC)
DAY = date(2026, 3, 2)
NONE = DECISIONS.to_frame()


def proposals(*stems: str, guard: str | None = None, target: str = "CH") -> pl.DataFrame:
    rows = [
        {"kind": "estate", "stem": stem, "written": stem + "院", "estate_code": target, "estate": "翠湖花园",
         "support_persons": 5, "support_parcels": 0, "support_rooms": 4, "feeds": "f", "contradicting": 0, "share": 1.0,
         "guard": guard}
        for stem in stems
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=PROPOSALS)


def decision(answer: str, stem: str = "老烟厂", hours: int = 12, target: str = "CH") -> pl.DataFrame:
    row = (
        f"{answer}{hours}",
        alias_id("estate", stem, target),
        answer,
        "known here",
        "steward1",
        START + timedelta(hours=hours),
    )
    return pl.DataFrame([row], schema=DECISIONS, orient="row")


def run(
    ledger: pl.DataFrame, number: int, found: pl.DataFrame, decisions: pl.DataFrame = NONE
) -> tuple[pl.DataFrame, set[str]]:
    """The ledger after a run, and the names that were in force in it."""
    now = START + timedelta(days=number)
    begun = begin_run(ledger, decisions, f"r{number}", now)
    names = set(names_in_force(begun)["written"])
    return end_run(begun, found, f"r{number}", now, DAY + timedelta(days=number)), names


def statuses(ledger: pl.DataFrame) -> list[tuple[object, ...]]:
    return ledger.select("version", "status", "run_id").rows()


def test_what_is_learned_applies_from_the_next_run() -> None:
    first, names = run(LEDGER.to_frame(), 1, proposals("老烟厂"))
    assert names == set()
    assert statuses(first) == [(1, "proposed", "r1")]
    second, names = run(first, 2, proposals("老烟厂"))
    assert names == {"老烟厂", "老烟厂院"}
    assert statuses(second) == [(1, "proposed", "r1"), (2, "applied", "r2")]
    assert latest(second)["applied_from"].to_list() == ["r2"]
    third, _ = run(second, 3, proposals("老烟厂"))
    assert third.equals(second)


def test_an_alias_lapses_without_support_and_comes_back_with_it() -> None:
    ledger, _ = run(LEDGER.to_frame(), 1, proposals("老烟厂"))
    ledger, _ = run(ledger, 2, proposals())
    assert [status for _, status, _ in statuses(ledger)] == ["proposed", "applied", "lapsed"]
    ledger, names = run(ledger, 3, proposals("老烟厂"))
    assert names == set()
    ledger, names = run(ledger, 4, proposals("老烟厂"))
    assert "老烟厂" in names


def test_a_revoked_alias_never_comes_back_by_itself() -> None:
    ledger, _ = run(LEDGER.to_frame(), 1, proposals("老烟厂"))
    ledger, _ = run(ledger, 2, proposals("老烟厂"))
    decided = decision("revoke", hours=60)
    for number in range(3, 7):
        ledger, names = run(ledger, number, proposals("老烟厂"), decided)
        assert names == set()
    assert latest(ledger).select("status", "decided_by", "reason").rows() == [("revoked", "steward1", "known here")]
    ledger, names = run(ledger, 7, proposals("老烟厂"), pl.concat([decided, decision("accept", hours=160)]))
    assert "老烟厂" in names


def test_a_rejected_proposal_is_never_applied() -> None:
    ledger, _ = run(LEDGER.to_frame(), 1, proposals("老烟厂"))
    ledger, names = run(ledger, 2, proposals("老烟厂"), decision("reject", hours=30))
    assert names == set()
    assert [status for _, status, _ in statuses(ledger)] == ["proposed", "rejected"]


def test_what_is_guarded_applies_only_by_a_steward_and_then_stands() -> None:
    ledger, _ = run(LEDGER.to_frame(), 1, proposals("老烟厂", guard=TWO_PLACES))
    ledger, names = run(ledger, 2, proposals("老烟厂", guard=TWO_PLACES))
    assert names == set()
    decided = decision("accept", hours=60)
    ledger, names = run(ledger, 3, proposals("老烟厂", guard=TWO_PLACES), decided)
    assert "老烟厂" in names
    ledger, _ = run(ledger, 4, proposals(), decided)
    ledger, names = run(ledger, 5, proposals(), decided)
    assert "老烟厂" in names


def test_a_name_that_a_steward_gave_is_not_taken_for_another_place() -> None:
    ledger, _ = run(LEDGER.to_frame(), 1, proposals("老烟厂"))
    ledger, _ = run(ledger, 2, proposals("老烟厂"), decision("accept", hours=30))
    for number in (3, 4):
        ledger, _ = run(ledger, number, proposals("老烟厂", target="JG"), decision("accept", hours=30))
    assert set(names_in_force(ledger)["estate_code"]) == {"CH"}
    assert latest(ledger).filter(pl.col("estate_code") == "JG")["guard"].to_list() == [TWO_PLACES]


def test_a_decision_about_an_alias_that_is_not_known_waits() -> None:
    decided = decision("revoke")
    ledger, _ = run(LEDGER.to_frame(), 1, proposals("老烟厂"), decided)
    ledger, names = run(ledger, 2, proposals("老烟厂"), decided)
    assert names == set()
    assert latest(ledger)["status"].to_list() == ["revoked"]


def test_the_names_of_any_run_are_a_function_of_the_ledger() -> None:
    ledger, told = LEDGER.to_frame(), {}
    nights = {1: proposals("老烟厂"), 2: proposals("老烟厂", "棉纺"), 3: proposals("棉纺"), 4: proposals("棉纺")}
    decided = decision("revoke", stem="棉纺", hours=80)
    for number, found in nights.items():
        ledger, told[number] = run(ledger, number, found, decided if number == 4 else NONE)
    for number, names in told.items():
        # What a run applied it wrote at its own instant; what it learned then is not yet applied.
        now = START + timedelta(days=number)
        known = as_of(ledger, now)
        in_force = known.filter(
            (pl.col("status") == "applied") | ((pl.col("status") == "lapsed") & (pl.col("at") == now))
        )
        assert {name for name in names if not name.endswith("院")} == set(in_force["stem"])


def test_decisions_are_kept_and_read_back(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert read_decisions(home).is_empty()
    append_decision(home, "a1", "revoke", " wrong estate ", "steward1", START)
    decisions_file(home).open("ab").write(b'{"decision_id": "cut off by a ki')
    append_decision(home, "a2", "accept", "seen on the spot", "steward1", START)
    told = read_decisions(home)
    assert told.select("alias_id", "answer", "reason", "decided_at").rows() == [
        ("a1", "revoke", "wrong estate", START),
        ("a2", "accept", "seen on the spot", START),
    ]


def test_a_decision_needs_an_answer_and_a_reason(tmp_path: Path) -> None:
    for answer, reason in (("perhaps", "x"), ("accept", "  ")):
        with pytest.raises(AliasDecisionError):
            append_decision(Home(tmp_path), "a1", answer, reason, "steward1")


def test_a_broken_file_of_decisions_is_named_by_its_line(tmp_path: Path) -> None:
    append_decision(Home(tmp_path), "a1", "accept", "ok", "steward1")
    with decisions_file(Home(tmp_path)).open("ab") as handle:
        handle.write(b'{"decision_id": 3}\n')
    with pytest.raises(AliasDecisionError, match="line 2"):
        read_decisions(Home(tmp_path))
