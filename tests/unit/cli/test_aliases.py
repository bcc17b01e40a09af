"""`streetlake aliases` on a small lake: what is listed, what may be decided, and where the answer goes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from orchestration.novelty import decisions_wait
from pipelines.addresses.aliases.decisions import read_decisions
from pipelines.addresses.aliases.ledger import LEDGER, begin_run, end_run
from pipelines.addresses.aliases.propose import NEAR_OTHER, PROPOSALS
from pipelines.cli.app import app
from pipelines.errors import LakeError
from pipelines.governance.audit import read_audit
from pipelines.home import Home
from pipelines.lake.lock import RunLock
from pipelines.lake.store import Lake

NOW = datetime(2026, 3, 1, 18, tzinfo=UTC)


def ledger() -> pl.DataFrame:
    counts = {"support_persons": 5, "support_parcels": 0, "support_rooms": 4, "contradicting": 0, "share": 1.0}
    place = {"kind": "estate", "estate_code": "CH", "estate": "翠湖花园", "feeds": "f", **counts}
    names = (("老烟厂宿舍", None), ("金柱小区", NEAR_OTHER))
    rows = [{**place, "stem": stem, "written": stem, "guard": guard} for stem, guard in names]
    found = pl.DataFrame(rows, schema=PROPOSALS)
    first = end_run(LEDGER.to_frame(), found, "r1", NOW, date(2026, 3, 2))
    return begin_run(first, read_decisions(Home(Path("nowhere"))), "r2", NOW)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home(tmp_path).ensure()
    with RunLock(place):
        tx = Lake(place).begin("r2")
        tx.replace("master.address_alias", ledger())
        tx.commit()
    return place


def run(home: Home, *words: str) -> Result:
    return CliRunner().invoke(app, ["aliases", *words, "--home", str(home.root)])


def listed(home: Home, *words: str) -> dict[str, tuple[str, str | None, str]]:
    rows = orjson.loads(run(home, "list", "--json", *words).output)
    return {row["written"]: (row["status"], row["from_next_load"], row["alias_id"]) for row in rows}


def test_the_list_tells_what_stands(home: Home) -> None:
    told = {name: standing[:2] for name, standing in listed(home).items()}
    assert told == {"老烟厂宿舍": ("applied", None), "金柱小区": ("proposed", None)}
    assert set(listed(home, "--status", "proposed")) == {"金柱小区"}
    assert "老烟厂宿舍" in run(home, "list").output
    assert run(home, "list", "--status", "odd").exit_code == 2


def test_every_version_is_shown(home: Home) -> None:
    alias = listed(home)["老烟厂宿舍"][2]
    assert [row["status"] for row in orjson.loads(run(home, "show", alias[:6], "--json").output)] == [
        "proposed",
        "applied",
    ]
    assert "version 2: applied" in run(home, "show", alias).output


def test_a_decision_waits_for_the_next_load_and_is_in_the_audit_log(home: Home) -> None:
    assert not decisions_wait(home)
    alias = listed(home)["金柱小区"][2]
    assert run(home, "accept", alias, "--reason", "seen on the spot", "--actor", "chen").exit_code == 0
    assert listed(home)["金柱小区"][:2] == ("proposed", "applied")
    assert decisions_wait(home)
    assert read_decisions(home).select("alias_id", "answer", "reason", "decided_by").rows() == [
        (alias, "accept", "seen on the spot", "chen")
    ]
    entry = read_audit(home)[-1]
    assert (entry["action"], entry["actor"], entry["subject"]) == ("alias_accept", "chen", f"alias {alias}")


def test_what_changes_nothing_is_refused(home: Home) -> None:
    applied, waiting = (listed(home)[name][2] for name in ("老烟厂宿舍", "金柱小区"))
    for answer, alias in (("reject", applied), ("revoke", "ffff0000"), ("revoke", "")):
        assert isinstance(run(home, answer, alias, "--reason", "x").exception, LakeError)
    assert run(home, "revoke", applied, "--reason", "x").exit_code == 0
    assert isinstance(run(home, "revoke", applied, "--reason", "x").exception, LakeError)
    assert run(home, "reject", waiting).exit_code == 2
    assert read_decisions(home).height == 1


def test_a_home_without_a_load_says_so(tmp_path: Path) -> None:
    assert isinstance(run(Home(tmp_path), "list").exception, LakeError)
