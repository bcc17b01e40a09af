"""A city that somebody else generated: every file and row accounted for and explained."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest
from landing_desk import Desk

from pipelines.home import CHECKOUT

SAMPLE = CHECKOUT.parent / "shared" / "samples" / "yunchuan-3k" / "landing"
pytestmark = [
    pytest.mark.samples,
    pytest.mark.slow,
    pytest.mark.skipif(not SAMPLE.exists(), reason="../shared/samples is absent"),
]
EXPLAINED = {"missing_key", "ragged_row", "key_conflict"}


def test_every_file_and_row_of_the_sample_is_accounted_for(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    shutil.copytree(SAMPLE, desk.home.landing, dirs_exist_ok=True)
    desk.load()
    told = desk.deliveries()
    files = {str(path.relative_to(SAMPLE)) for path in SAMPLE.rglob("*") if path.is_file()}
    assert {path.split("!")[0] for path in told["path"]} == files
    assert set(told["status"]) == {"loaded", "duplicate"}
    assert set(told.filter(pl.col("rows_read") == 0)["path"]) == set()
    refused = desk.table("raw.quarantine")
    assert refused.height == told["rows_quarantined"].sum()
    assert set(refused["reason_code"]) <= EXPLAINED
    assert sum(desk.raw(feed).height for feed in desk.contracts) == told["rows_loaded"].sum()
    for feed in desk.contracts:
        table = desk.raw(feed)
        assert table.filter("is_current")["record_key"].is_unique().all(), feed
        assert table.select(pl.struct("file_sha256", "row_number").is_unique().all()).item(), feed
