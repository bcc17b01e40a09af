"""Persons as clerks write them: the truth tells what was done, the shares are those asked for, nobody is real."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from city_reading import checksum_holds, delivered_files, rows_of
from test_city_generate import digests

from pipelines.city import generate_city
from pipelines.city.clerks import CellHabits, ClerkMix
from pipelines.city.error_model import ErrorModel
from pipelines.city.world import World, build_world
from pipelines.city.writing.characters import accented, alike, same_sound
from pipelines.city.writing.clerk_births import write_clerk_births, write_clerk_sexes
from pipelines.city.writing.clerk_names import write_clerk_names
from pipelines.city.writing.clerk_numbers import STATES, write_clerk_numbers
from pipelines.city.writing.clerk_phones import write_clerk_phones

EVERY = 1.0


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(4_000, 3, 5, "hard", date(2026, 3, 1), clerks=ClerkMix("held_out"))


def names_of(world: World, kind: str, role: str = "occupant") -> pl.DataFrame:
    """Every person's name written with one kind of damage, beside the person's row."""
    habits = CellHabits(EVERY, ((kind, 1.0),), second=0.0)
    written = write_clerk_names(np.random.default_rng(1), world.persons, habits, role)
    return pl.concat([written, world.persons], how="horizontal").filter(pl.col("damage") == kind)


def test_the_same_arguments_give_the_same_bytes_and_another_mix_others(tmp_path: Path) -> None:
    made = []
    for name, mix in (("a", "tuning"), ("b", "tuning"), ("c", "held_out")):
        generate_city(tmp_path / name, tmp_path / f"{name}_truth", 300, 3, 3, "hard", clerks=ClerkMix(mix))
        made.append({**digests(tmp_path / name), **digests(tmp_path / f"{name}_truth")})
    assert made[0] == made[1]
    assert made[0] != made[2]


@pytest.mark.parametrize(
    ("kind", "length", "why"),
    [
        ("homophone", 0, "an input method offers another character of the sound"),
        ("shape", 0, "a hand or a scanner takes a character for its like"),
        ("dropped", -1, "a character of a long name is forgotten"),
        ("doubled", 1, "a key is hit twice"),
        ("transposed", 0, "two characters change places"),
    ],
)
def test_a_slip_changes_what_it_says(world: World, kind: str, length: int, why: str) -> None:
    rows = names_of(world, kind).filter(pl.col("kind") == 0)
    assert len(rows) > 50, why
    assert rows.filter(pl.col("text") == pl.col("name")).is_empty()
    changed = rows.select((pl.col("text").str.len_chars().cast(int) - pl.col("name").str.len_chars()).unique())
    assert changed["text"].to_list() == [length]


def test_characters_of_a_kind_are_alike_as_it_says() -> None:
    assert "玮" not in same_sound("伟"), "玮 is no common character, which an input method would offer first"
    assert "位" in same_sound("伟")
    assert "伟" not in same_sound("伟")
    assert "未" in alike("末", "shapes")
    assert {"赞", "咱"} & set(accented("占")), "zh is heard as z"


@pytest.mark.parametrize(
    ("kind", "role", "begins", "ends"),
    [("remark", "tenant", True, False), ("prefix", "participant", False, True), ("phone_in_name", "owner", True, False),
     ("two_persons", "occupant", True, False), ("name_and_title", "occupant", True, False)],
)  # fmt: skip
def test_what_stands_beside_a_name_leaves_it_whole(
    world: World, kind: str, role: str, begins: bool, ends: bool
) -> None:
    rows = names_of(world, kind, role)
    assert len(rows) > 50
    assert rows.select(pl.col("text").str.starts_with(pl.col("name")).all()).item() or not begins
    assert rows.select(pl.col("text").str.ends_with(pl.col("name")).all()).item() or not ends


def test_owners_in_one_cell_never_gain_a_further_name(world: World) -> None:
    assert names_of(world, "two_persons", "owner").is_empty()


def test_titles_keep_the_surname_and_fit_the_sex(world: World) -> None:
    rows = names_of(world, "title")
    assert rows.select(pl.col("text").str.slice(0, 1) == pl.col("name").str.slice(0, 1)).to_series().all()
    women = rows.filter(pl.col("text").str.contains("女士|阿姨|奶奶|大妈|婆婆|小姐|大姐"))
    assert set(women["sex"]) == {2}


def test_every_state_of_a_number_keeps_what_it_promises(world: World) -> None:
    habits = ClerkMix("held_out").clerks("civil_affairs").number
    written = write_clerk_numbers(np.random.default_rng(2), world.persons, habits)
    rows = pl.concat([written, world.persons.select("id_number", "kind")], how="horizontal").filter(pl.col("kind") != 2)
    assert set(rows["damage"]) <= set(STATES)
    state = pl.col("damage").replace_strict(STATES)
    whole = rows.filter((state == "full") & ~pl.col("damage").is_in(["fifteen", "lookalike", "x_form"]))
    digits = whole["text"].str.normalize("NFKC").str.replace_all(r"[^0-9Xx]", "").str.to_uppercase()
    assert (digits.str.slice(0, 18) == whole["id_number"]).all()
    masked = rows.filter((state == "masked") & (pl.col("text").str.len_chars() == 18))
    for text, number in masked.select("text", "id_number").iter_rows():
        assert all(a in ("*", "＊", "X", "x", "#", "●", "•") or a == b for a, b in zip(text, number, strict=True))
    borrowed = rows.filter(state == "borrowed")
    assert len(borrowed) > 10
    assert (borrowed["text"] != borrowed["id_number"]).all()
    tail = rows.filter(pl.col("damage") == "tail")["text"].str.extract(r"([0-9X]{4,6})", 1)
    assert tail.null_count() < len(tail) * 0.4, "lower-case x aside, a tail shows its digits"


def test_shares_of_numbers_are_those_of_the_department(world: World) -> None:
    habits = ClerkMix("tuning").clerks("property").number
    written = write_clerk_numbers(np.random.default_rng(3), world.persons, habits)["damage"]
    shares = dict(written.value_counts(normalize=True).rows())
    assert shares["missing"] == pytest.approx(habits.missing, abs=0.03)
    assert shares["tail"] == pytest.approx(habits.tail, abs=0.03)


def test_phones_belong_to_whom_the_damage_says(world: World) -> None:
    rows = world.persons.filter("has_mobile")
    for kind, column in (("family", "family_mobile"), ("agent", "agent_mobile"), ("stale", "old_mobile")):
        habits = CellHabits(EVERY, ((kind, 1.0),))
        written = write_clerk_phones(np.random.default_rng(4), rows, habits)
        both = pl.concat([written, rows], how="horizontal").filter(pl.col("damage") == kind)
        assert len(both) > 20
        assert (both["text"] == both[column]).all(), kind
        assert both["has_phone"].all()


def test_births_are_damaged_as_told_and_stay_dates(world: World) -> None:
    days = world.persons["birth"].cast(pl.Date)
    habits = ClerkMix("held_out").clerks("civil_affairs").birth
    written = write_clerk_births(np.random.default_rng(5), days, habits, {"dashed": 1.0})
    both = written.with_columns(days.alias("day"), pl.col("text").str.to_date("%Y-%m-%d", strict=False).alias("read"))
    whole = both.filter(pl.col("damage") == "none")
    assert (whole["read"] == whole["day"]).all()
    lunar = both.filter(pl.col("damage") == "lunar")
    assert len(lunar) > 10
    earlier = (lunar["day"] - lunar["read"]).dt.total_days()
    assert earlier.is_between(20, 50).all()
    first = both.filter(pl.col("damage") == "january_first")["read"]
    assert set(first.dt.ordinal_day()) == {1}
    assert (both["damage"] != "none").mean() == pytest.approx(habits.share, abs=0.03)


def test_sexes_are_wrong_or_missing_in_the_share_asked_for() -> None:
    texts = pl.Series(["男", "女"] * 5_000)
    written = write_clerk_sexes(np.random.default_rng(6), texts, 0.1)
    wrong = written.filter(pl.col("damage") == "wrong")
    assert (written["damage"] != "none").mean() == pytest.approx(0.1, abs=0.015)
    assert written.filter(pl.col("damage") == "missing")["text"].null_count() > 0
    assert set(wrong["text"]) == {"男", "女"}


def test_the_crowd_holds_people_who_are_hard_to_tell_apart(world: World) -> None:
    persons = world.persons
    children = persons.filter(pl.col("mother") >= 0)
    twins = children.filter(pl.len().over("mother", "birth") > 1)
    assert len(twins) >= 4
    year = pl.col("birth").cast(pl.Date).dt.year()
    assert persons.filter(pl.len().over("name", year) > 1).height > len(persons) * 0.005
    assert (persons["role"] == 6).sum() > len(persons) * 0.08, "outsiders whom no register knows"
    assert persons["id_number"].n_unique() == len(persons)
    hukou = persons.filter(pl.col("register_household") >= 0).group_by("register_household").len()
    assert hukou["len"].max() >= 10, "a collective hukou"


def test_no_number_of_the_crowd_can_be_a_living_persons(world: World) -> None:
    numbers = world.persons.filter(pl.col("id_number").str.len_chars() == 18)["id_number"]
    assert numbers.str.starts_with("9901").all()
    assert all(map(checksum_holds, numbers.sample(300, seed=1).to_list()))
    assert world.persons["mobile"].str.starts_with("142").all()


def test_the_truth_tells_the_damage_of_every_cell(tmp_path: Path) -> None:
    city = generate_city(tmp_path / "nights", tmp_path / "truth", 900, 3, 8, "hard", clerks=ClerkMix("tuning"))
    mentions = pl.read_parquet(tmp_path / "truth" / "truth_mention.parquet")
    assert mentions["damage"].null_count() == 0
    cells = mentions["damage"].str.split("|").explode().str.extract(r"^(\w+):", 1).unique().drop_nulls()
    assert set(cells) == {"name", "number", "phone", "birth", "sex"}
    agreed = mentions.filter(pl.col("number_damage").is_not_null() & (pl.col("number_damage") != "none"))
    told = agreed.select(pl.col("damage").str.contains(pl.concat_str(pl.lit("number:"), "number_damage"), literal=True))
    assert told["damage"].all()
    without = mentions.filter(~pl.col("number_damage").replace_strict(STATES, default="none").eq("full"))
    assert 0.35 < len(without) / len(mentions) < 0.65, "about half has no whole number of its own"
    names = dict(pl.read_parquet(tmp_path / "truth" / "truth_person.parquet").select("person", "name").iter_rows())
    rows = rows_of("police/x.csv", (city.landing / "police/residents/2026-03-01/实有人口.csv").read_bytes())
    clean = mentions.filter(
        (pl.col("file") == "police/residents/2026-03-01/实有人口.csv") & (pl.col("damage") == "none")
    )
    assert len(clean) > 100
    assert all(rows[at - 1]["姓名"] == names[who] for at, who in clean.select("row_number", "person").iter_rows())


def test_some_rows_vanish_for_a_night_and_come_back(tmp_path: Path) -> None:
    generate_city(tmp_path / "nights", tmp_path / "truth", 2_000, 3, 8, "hard", clerks=ClerkMix("tuning"))
    rows = pl.read_parquet(tmp_path / "truth" / "truth_mention.parquet").filter(
        (pl.col("feed") == "civil_affairs_elderly") & (pl.col("person_role") == "self")
    )
    nights = rows.group_by("record_no").agg(pl.col("delivered_on").unique().sort())["delivered_on"].to_list()
    assert any(len(days) == 2 and (days[1] - days[0]).days == 2 for days in nights)
    assert {name.split("/")[0] for name, _ in delivered_files(tmp_path / "nights")} >= {"police", "civil_affairs"}


def test_clerks_leave_addresses_and_their_habits_alone() -> None:
    plain = ErrorModel.preset("hard")
    changed = plain.with_clerks(ClerkMix("tuning"))
    assert changed.police.address == plain.police.address
    assert changed.police.formal == plain.police.formal
    assert changed.police.clerks is not None
