"""The seeds of feeds and of their columns are what the contracts say."""

from __future__ import annotations

from pathlib import Path

from pipelines.contracts.loader import load_contracts
from pipelines.quality.feed_register import render_seeds, stale_seeds, write_seeds


def test_the_seeds_in_the_project_are_up_to_date() -> None:
    assert stale_seeds(load_contracts()) == []


def test_they_are_written_once(tmp_path: Path) -> None:
    written = write_seeds(load_contracts(), tmp_path)
    assert [path.name for path in written] == ["feeds.csv", "feed_columns.csv"]
    assert write_seeds(load_contracts(), tmp_path) == []


def test_a_changed_seed_is_stale(tmp_path: Path) -> None:
    write_seeds(load_contracts(), tmp_path)
    (tmp_path / "feeds.csv").write_text("", encoding="utf-8")
    assert stale_seeds(load_contracts(), tmp_path) == [tmp_path / "feeds.csv"]


def test_a_column_is_wanted_where_it_is_required_or_has_a_share_to_be_filled() -> None:
    rows = {
        line.rsplit(",", 1)[0]: line.rsplit(",", 1)[1]
        for line in render_seeds(load_contracts())["feed_columns.csv"].split()
    }
    assert rows["police_residents,resident_no"] == "1.0"
    assert rows["civil_affairs_benefits,id_number"] == "0.9"
    assert "civil_affairs_benefits,stopped_on" not in rows
