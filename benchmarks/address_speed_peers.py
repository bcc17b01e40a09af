"""How fast cpca, jionlp and a plain rapidfuzz matcher read the same texts; run by an interpreter that has them.

    <python> benchmarks/address_speed_peers.py <peer> <texts.json>

Prints one JSON object: texts, seconds. cpca needs setuptools below 80. The file holds `texts` and, for rapidfuzz,
`blocks`: name of an estate -> the full texts of its rooms.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def cpca(given: dict[str, Any]) -> None:
    """Province, city and district of each text."""
    import cpca as peer

    peer.transform(given["texts"])


def jionlp(given: dict[str, Any]) -> None:
    """Down to town and village of each text."""
    import jionlp as peer

    for text in given["texts"]:
        peer.parse_location(text, town_village=True)


def rapidfuzz(given: dict[str, Any]) -> None:
    """The most similar room among the rooms of the estates whose name stands in the text."""
    from rapidfuzz import fuzz, process

    blocks: dict[str, list[str]] = given["blocks"]
    for text in given["texts"]:
        for name, rooms in blocks.items():
            if name in text:
                process.extractOne(text, rooms, scorer=fuzz.WRatio, score_cutoff=90)


PEERS: dict[str, Callable[[dict[str, Any]], None]] = {"cpca": cpca, "jionlp": jionlp, "rapidfuzz": rapidfuzz}


def main() -> int:
    peer, path = sys.argv[1:]
    given = json.loads(Path(path).read_text(encoding="utf-8"))
    PEERS[peer](given | {"texts": given["texts"][:5]})  # reads its tables
    began = time.perf_counter()
    PEERS[peer](given)
    print(json.dumps({"texts": len(given["texts"]), "seconds": round(time.perf_counter() - began, 2)}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
