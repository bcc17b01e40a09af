"""The seed of feeds is what the contracts say."""

from __future__ import annotations

from pathlib import Path

from pipelines.contracts.loader import load_contracts
from pipelines.quality.feed_register import SEED, render_feed_seed, write_feed_seed


def test_the_seed_in_the_project_is_up_to_date() -> None:
    assert SEED.read_text(encoding="utf-8") == render_feed_seed(load_contracts())


def test_it_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "feeds.csv"
    assert write_feed_seed(load_contracts(), path)
    assert not write_feed_seed(load_contracts(), path)
