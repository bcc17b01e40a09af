"""A small lake with a list of needs, for the sheets."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
from needs_world import PLACE, TODAY, World

from pipelines.home import Home
from pipelines.lake.lock import RunLock
from pipelines.lake.store import Lake
from pipelines.needs.night import TABLE, attention_households

REGISTER = ("register", {})
SICK = ("elderly", {"living": "独居", "health": "失能", "visited_on": date(2026, 1, 5)})


def street() -> World:
    """Two buildings of one estate, two village houses of one number, a house on a road."""
    world = World()
    world.estate()
    world.building("B1", "no", ["1-101", "1-102", "1-601", "2-101", "2-301"], storeys=6)
    world.building("B2", "yes", ["1-101"], storeys=18)
    world.house("H1", "12号", "石关村")
    world.house("H2", "12号", "杨家村")
    road = {**PLACE, "address_code": "R1", "level": "house_number", "road": "中山东路", "house_number": "571号"}
    world.rows["master.address"].append({**road, "estate_code": "R1"})
    told = {"building_code": "R1", "name": "中山东路571号", "level": "house_number", "estate_code": "R1"}
    world.rows["facts.building"].append({**told, "storeys": 3, "lift_evidence": "no"})
    world.person("甲", 85, "B1-1-601", "u1", [REGISTER, SICK], name="赵<b>一", phones=["14200000001", "14200000002"])
    world.person("乙", 70, "B1-2-101", "u2", [REGISTER], name="钱二")
    world.person("丙", 30, "B1-2-101", "u2", [REGISTER, ("benefit", {"benefit": "残疾补贴"})], name="孙三")
    world.person("丁", 40, "B1-1-102", "u3", [REGISTER], name="李四", phones=["14200000044"])
    world.person("戊", 90, "E1", "u4", [REGISTER, SICK], name="周五")
    return world


def loaded(folder: Path) -> Home:
    """A home whose snapshot holds the street."""
    home = Home(folder / "home").ensure()
    frames = street().frames()
    with RunLock(home):
        tx = Lake(home).begin("run-1")
        for table, frame in frames.items():
            tx.replace(table, frame)
        tx.replace(TABLE, attention_households(lambda table: frames[table].lazy(), TODAY))
        tx.replace("ops.delivery", pl.DataFrame({"delivered_on": [TODAY]}))
        tx.commit(inputs={}, checks={})
    return home
