"""One linker over the normalised mentions of a city, in a process of its own.

    .venv/bin/python benchmarks/identity_linkers.py splink mentions.parquet clusters.parquet

`ours`, `splink` (vanilla), `splink_prepared` and `exact` rules. Writes `mention_index, cluster` and prints one line of
JSON: CPU and wall seconds of the linking itself (after imports and reading), peak resident memory of the process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

Linked = tuple[pl.DataFrame, dict[str, Any]]
Run = Callable[[pl.DataFrame], Linked]


def main() -> int:
    name, source, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    run = LINKERS[name]()
    mentions = pl.read_parquet(source)
    began, cpu = time.monotonic(), time.process_time()
    clusters, told = run(mentions)
    spent, wall = time.process_time() - cpu, time.monotonic() - began
    clusters.write_parquet(target)
    figures = {"cpu_seconds": round(spent, 2), "wall_seconds": round(wall, 2), "peak_rss_mb": _peak_kilobytes() // 1024}
    print(json.dumps({"mentions": len(mentions), **figures, **told}))
    return 0


def run_linker(name: str, source: Path, target: Path) -> dict[str, Any]:
    """Run one linker in a process of its own; return what it says of its cost."""
    load = round(os.getloadavg()[0], 2)
    done = subprocess.run([sys.executable, __file__, name, str(source), str(target)], check=True, capture_output=True)
    cost: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**cost, "load_before": load}


def _peak_kilobytes() -> int:
    """Return the peak resident memory since this program began (`ru_maxrss` would count its parent's too)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(text for text in status.splitlines() if text.startswith("VmHWM"))
    return int(line.split()[1])


def ours() -> Run:
    """Linkage and clustering up to the crosswalk's clusters, as on a first night without decisions."""
    from pipelines.identity.clustering.cluster import cluster
    from pipelines.identity.clustering.collective import join_lone_nodes
    from pipelines.identity.constraints import node_features, row_mates
    from pipelines.identity.night.linkage import link_mentions
    from pipelines.identity.night.resolve import surely_one
    from pipelines.identity.outputs import DECISION_SCHEMA
    from pipelines.identity.scoring.model import Model

    model = Model.load()

    def run(mentions: pl.DataFrame) -> Linked:
        nodes = surely_one(mentions, DECISION_SCHEMA.to_frame())
        pairs = link_mentions(mentions, model, nodes).scored
        people = mentions.filter(pl.col("name_kind") != "organisation")
        nodes = nodes.join(people.select("mention_index"), on="mention_index", how="semi").sort("mention_index")
        features = node_features(people, nodes)
        usable = features.filter("is_usable")["node"].implode()
        kept = pairs.filter(pl.col("left_node").is_in(usable), pl.col("right_node").is_in(usable))
        bounds = row_mates(people, nodes)
        second = join_lone_nodes(cluster(features, kept, bounds), features, kept, people, nodes, bounds)
        placed = nodes.join(second.assignment, on="node", how="left")
        column = next(c for c in second.assignment.columns if c != "node")
        return placed.select("mention_index", cluster=pl.col(column)), {"pairs": len(pairs), "nodes": features.height}

    return run


def splink() -> Run:
    """Splink as its tutorial has it."""
    from identity_splink import link, vanilla

    return lambda mentions: link(mentions, vanilla())


def splink_prepared() -> Run:
    """Splink with columns prepared for Chinese registers."""
    from identity_splink import link, prepared

    return lambda mentions: link(mentions, prepared())


def exact() -> Run:
    """Rows that agree on a valid number, or on the name and one of birth date, phone and room, are one person."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    def run(mentions: pl.DataFrame) -> Linked:
        people = mentions.filter(pl.col("name_kind") != "organisation")
        table = people.select(
            "mention_index",
            "name",
            id_number=pl.when(pl.col("id_kind") == "valid").then("id_number"),
            birth=pl.when(pl.col("birth_precision") == "day").then("birth_date"),
            phone=pl.col("phones").list.first(),
            room="room_code",
        ).with_row_index("at")
        left, right = [], []
        for keys in (["id_number"], ["name", "birth"], ["name", "phone"], ["name", "room"]):
            found = table.drop_nulls(keys).with_columns(first=pl.col("at").min().over(keys))
            later = found.filter(pl.col("first") != pl.col("at"))
            left.append(later["first"].to_numpy())
            right.append(later["at"].to_numpy())
        ends = np.concatenate(left), np.concatenate(right)
        graph = coo_array((np.ones(len(ends[0]), dtype=bool), ends), shape=(len(table), len(table)))
        labels = connected_components(graph, directed=False)[1]
        return table.select("mention_index", cluster=pl.Series(labels)), {"pairs": len(ends[0])}

    return run


LINKERS: dict[str, Callable[[], Run]] = {
    "ours": ours, "splink": splink, "splink_prepared": splink_prepared, "exact": exact,
}  # fmt: skip

if __name__ == "__main__":
    raise SystemExit(main())
