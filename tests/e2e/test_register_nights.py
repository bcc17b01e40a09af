"""Three nights of a register that renames, renumbers, replaces and divides; people write as they always did."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import date
from pathlib import Path

import orjson
import polars as pl
import pytest
from canonical import canonical_tables, differences, snapshot_of
from scripted_register import Night, changed, estate, night, place
from small_district import home_like, load
from typer.testing import CliRunner

from pipelines.addresses.upkeep.match_history import KEYS, as_of
from pipelines.cli.app import app
from pipelines.governance.audit import read_audit
from pipelines.home import Home
from pipelines.lake.store import Lake

pytestmark = pytest.mark.slow

HEADERS = {
    "province": "省", "city": "市", "district": "区县", "street": "街道", "community": "社区", "road": "街路巷",
    "house_number": "门牌号", "estate": "小区", "building": "楼栋", "unit": "单元", "floor": "楼层", "room": "户室",
    "lon": "经度", "lat": "纬度", "aliases": "别名", "status": "状态",
}  # fmt: skip
DOORS = [f"{building}栋{unit}单元{room}" for building in (1, 2) for unit in (1, 2) for room in (101, 201, 301)]
NICKNAME = "老烟厂宿舍"


def registers() -> list[Night]:
    """An estate gets another name; then a room is divided, a code replaced and a building of the other renumbered."""
    first = {**estate("翠湖花园", "CH"), **estate("金桂小区", "JG", road="解放路", house_number="8号")}
    second = changed(first, "CH", estate="望江华府")
    third = changed(second, "JG-2", building="7栋")
    parts = {code: place("望江华府", "1栋", "1单元", room) for code, room in (("SA", "201A"), ("SB", "201B"))}
    kept = {code: row for code, row in third.items() if code not in ("CH-1-1-201", "CH-1-2-301")}
    return [first, second, {**kept, **parts, "X-77": third["CH-1-2-301"]}]


def id_number(number: int) -> str:
    """A number with its check character, of a division that is not assigned."""
    stem = f"99010119800101{number:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return stem + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(stem, weights, strict=True)) % 11]


def residents(nights: int) -> list[list[dict[str, str]]]:
    """One resident a door; each writes the hukou address by a name that only the neighbours know."""
    rows = [
        {
            "人员编号": f"R{number:03d}", "姓名": "某人", "性别代码": "1", "户号": f"H{number:03d}",
            "公民身份号码": id_number(number),
            "户籍地址": (NICKNAME if name == "翠湖花园" else name) + door, "居住地址": name + door, "居住类别": "常住",
            "更新时间": "2026-02-01 08:00:00", "人员状态": "正常",
        }
        for number, (name, door) in enumerate((name, door) for name in ("翠湖花园", "金桂小区") for door in DOORS)
    ]  # fmt: skip
    return [rows, *([row] for row in rows[: nights - 1])]


def write(home: Home, feed: str, on: date, rows: list[dict[str, str]]) -> None:
    folder = home.landing / feed / on.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    (folder / "delivered.csv").write_bytes(text.getvalue().encode("gb18030"))


def deliver(home: Home, number: int) -> None:
    rows = [
        {"地址编码": code, **{header: str(row[name] or "") for name, header in HEADERS.items()}}
        for code, row in registers()[number - 1].items()
    ]
    write(home, "police/addresses", night(number), rows)
    write(home, "police/residents", night(number), residents(3)[number - 1])


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("register") / "home").ensure()
    for number in (1, 2, 3):
        deliver(home, number)
        assert load(home).status == "published"
    assert snapshot_of(home).rows("master.address_match") == 4 * len(DOORS)
    return home


def answers(home: Home, role: str, name: str) -> dict[str, tuple[str, str | None, str | None]]:
    match = snapshot_of(home).scan("master.address_match").filter(pl.col("address_role") == role).collect()
    chosen = match.filter(pl.col("address_text").str.starts_with(name))
    told = chosen.select(pl.col("address_text").str.slice(len(name)), "status", "address_code", "reason")
    return {door: (status, code, reason) for door, status, code, reason in told.iter_rows()}


def code_of(prefix: str, door: str) -> str:
    return f"{prefix}-{door[0]}-{door[2]}-{door[5:]}"


def test_texts_with_the_former_name_follow(nights: Home) -> None:
    found = answers(nights, "residence", "翠湖花园")
    assert found.pop("1栋1单元201") == ("ambiguous", "CH-1", "ambiguous_successor")
    assert found.pop("1栋2单元301")[:2] == ("matched", "X-77")
    assert {door: (status, code) for door, (status, code, _) in found.items()} == {
        door: ("matched", code_of("CH", door)) for door in found
    }
    assert len(found) == len(DOORS) - 2


def test_texts_with_the_former_number_follow(nights: Home) -> None:
    found = answers(nights, "residence", "金桂小区")
    assert {door: code for door, (_, code, _) in found.items()} == {door: code_of("JG", door) for door in DOORS}


def test_the_history_says_what_became_of_each_code(nights: Home) -> None:
    history = snapshot_of(nights).scan("master.address_history").collect()
    second = history.filter(pl.col("valid_from") == night(2))
    assert set(second["change"]) == {"renamed"}
    assert second.height == 15
    third = history.filter(pl.col("valid_from") == night(3)).group_by("change").agg(pl.col("address_code").sort())
    told = dict(third.iter_rows())
    assert told["vanished"] == ["CH-1-1-201", "CH-1-2-301"]
    assert told["split_from"] == ["SA", "SB"]
    assert told["new"] == ["X-77"]
    assert set(told["moved"]) == {code for code in registers()[0] if code.startswith("JG-2")}


def test_the_answers_of_every_night_can_be_told(nights: Home) -> None:
    last = snapshot_of(nights)
    current, history = last.scan("master.address_match").collect(), last.scan("master.address_match_history").collect()
    runs = last.scan("ops.run").collect()
    for snapshot in Lake(nights).history():
        started = runs.filter(pl.col("run_id") == snapshot.run)["started_at"].item()
        told = as_of(current, history, started)
        then = snapshot.scan("master.address_match").select(told.columns).sort(KEYS).collect()
        assert told.equals(then)
    assert set(history["why"]) >= {"register_changed", "alias"}


def test_the_neighbours_name_is_learned_and_applied_from_the_next_night(nights: Home) -> None:
    snapshots = sorted(Lake(nights).history(), key=lambda snapshot: snapshot.number)
    roles = [
        snapshot.scan("master.address_match").filter(pl.col("address_text").str.starts_with(NICKNAME)).collect()
        for snapshot in snapshots
    ]
    assert set(roles[0]["status"]) == {"unmatched"}
    assert set(roles[1]["status"]) == {"matched"}
    assert set(roles[1]["method"]) == {"alias"}
    ledger = snapshots[-1].scan("master.address_alias").collect()
    assert ledger.select("stem", "status", "version").rows() == [(NICKNAME, "proposed", 1), (NICKNAME, "applied", 2)]


def test_at_once_is_night_by_night_once_what_was_learned_applies(nights: Home, tmp_path: Path) -> None:
    home = home_like(nights, tmp_path / "home")
    for number in (1, 2, 3):
        deliver(home, number)
    assert load(home).status == "published"
    first = differences(canonical_tables(nights), canonical_tables(home))
    assert not [told for told in first if told.startswith(("raw.", "master.address:", "master.address_history"))]
    by_night = Home(tmp_path / "by_night")
    shutil.copytree(nights.root, by_night.root)
    for other in (home, by_night):
        write(other, "police/residents", date(2026, 3, 20), residents(3)[1])
        assert load(other).status == "published"
    assert differences(canonical_tables(by_night), canonical_tables(home)) == []


def test_a_steward_revokes_and_the_next_load_obeys(nights: Home, tmp_path: Path) -> None:
    home, cli = Home(tmp_path / "home"), CliRunner()
    shutil.copytree(nights.root, home.root)
    where = ["--home", str(home.root)]
    assert NICKNAME in cli.invoke(app, ["aliases", "list", *where]).output
    alias = snapshot_of(home).scan("master.address_alias").collect()["alias_id"][0]
    told = cli.invoke(app, ["aliases", "revoke", alias[:8], "--reason", "two yards bear it", "--actor", "chen", *where])
    assert told.exit_code == 0, told.output
    again = cli.invoke(app, ["aliases", "revoke", alias[:8], "--reason", "again", *where])
    assert again.exit_code != 0
    listed = orjson.loads(cli.invoke(app, ["aliases", "list", "--json", *where]).output)
    assert [(row["status"], row["from_next_load"]) for row in listed] == [("applied", "revoked")]
    assert "applied → revoked" in cli.invoke(app, ["aliases", "list", *where]).output
    assert load(home).status == "published"
    assert {status for status, _, _ in answers(home, "hukou", NICKNAME).values()} == {"unmatched"}
    assert load(home).status == "nothing_new"
    entry = next(entry for entry in read_audit(home) if entry["action"] == "alias_revoke")
    assert (entry["actor"], entry["purpose"]) == ("chen", "stewardship")
    history = snapshot_of(home).scan("master.address_match_history").collect()
    assert set(history.filter(pl.col("to_status") == "unmatched")["why"]) == {"alias"}
