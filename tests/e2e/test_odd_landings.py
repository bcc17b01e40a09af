"""Landings that no department intends: every file gets its line in the log, and what can be published is."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from canonical import snapshot_of
from small_district import load

from pipelines.home import Home

pytestmark = pytest.mark.slow


def test_a_landing_of_junk_alone_is_told_and_published(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    day = home.landing / "police" / "residents" / "2026-03-01"
    day.mkdir(parents=True)
    (day / "empty.csv").write_bytes(b"")
    (day / "noise.csv").write_bytes(bytes(range(128, 256)) * 40)
    (day / "headers.csv").write_text("甲,乙\n1,2\n", encoding="gb18030")
    other = home.landing / "nobody" / "knows" / "2026-03-01"
    other.mkdir(parents=True)
    (other / "a.csv").write_text("a,b\n", encoding="utf-8")
    assert load(home).status == "published"
    log = snapshot_of(home).scan("ops.delivery").collect()
    assert log.height == 4
    assert set(log["status"]) == {"rejected"}
    assert log["reason"].null_count() == 0
    assert snapshot_of(home).scan("master.person").collect().is_empty()
    assert load(home).status == "nothing_new"


def test_one_feed_alone_is_enough_to_begin(tmp_path: Path) -> None:
    """The street office begins with its own list; nothing else has come yet, not even the address register."""
    home = Home(tmp_path / "home").ensure()
    day = home.landing / "street_office" / "participation" / "2026-03-01"
    day.mkdir(parents=True)
    header = "流水号,日期,社区,活动类型,姓名,手机号,积分"
    rows = [f"JF{n},20260301,东泉社区,巡逻,赵甲乙,142000000{n:02d},5" for n in range(3)]
    (day / "list.csv").write_text("\n".join([header, *rows]) + "\n", encoding="gb18030")
    assert load(home).status == "published"
    crosswalk = snapshot_of(home).scan("master.person_crosswalk").collect()
    assert crosswalk.height == 3
    assert crosswalk["person_id"].null_count() == 0
    assert snapshot_of(home).scan("ops.delivery").select(pl.col("rows_loaded").sum()).collect().item() == 3
