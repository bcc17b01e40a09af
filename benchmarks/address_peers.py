"""Run cpca and jionlp over address texts; meant for an interpreter that has them, so nothing of Streetlake is imported.

    PEERS_PYTHON address_peers.py texts.json answers.json

`texts.json` holds `texts` (a list), `city` (a real city) and `names`: the fictional division names of the demo city by
level. No gazetteer knows a fictional city, so every such name is first replaced by a name of the real city, the same
one everywhere, and the answer is translated back: the peers see texts that differ in nothing but these names.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

LEVELS = ("district", "street", "community")


def main() -> int:
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    import cpca
    import jionlp

    table, back = _translation(asked["names"], asked["city"], jionlp)
    texts = [_replaced(text, table) for text in asked["texts"]]
    answers: dict[str, Any] = {"replaced": {level: len(names) for level, names in back.items()}}
    jionlp.parse_location(texts[0], town_village=True)
    began = time.perf_counter()
    found = [_jionlp(jionlp, text) for text in texts]
    answers["jionlp"] = {"seconds": time.perf_counter() - began, "answers": [_home(f, back) for f in found]}
    cpca.transform(texts[:2])
    began = time.perf_counter()
    rows = cpca.transform(texts).to_dict("records")
    answers["cpca"] = {
        "seconds": time.perf_counter() - began,
        "answers": [_home({"district": row["区"]}, back) for row in rows],
    }
    Path(sys.argv[2]).write_text(json.dumps(answers, ensure_ascii=False), encoding="utf-8")
    return 0


def _jionlp(jionlp: Any, text: str) -> dict[str, str | None]:
    found = jionlp.parse_location(text, town_village=True)
    return {"district": found.get("county"), "street": found.get("town"), "community": found.get("village")}


def _home(found: dict[str, Any], back: dict[str, dict[str, str]]) -> dict[str, str | None]:
    """Translate an answer back; a real name that stands for nothing of the demo city is a wrong answer as it is."""
    return {level: back[level].get(str(name), str(name)) if name else None for level, name in found.items()}


def _translation(names: Any, city: list[str], jionlp: Any) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Return fictional -> real names to replace in texts, and real -> fictional by level."""
    province, town = city
    tree = _tree(jionlp, province, town)
    table = {names["province"]: province, names["city"]: town}
    back: dict[str, dict[str, str]] = {level: {} for level in LEVELS}
    districts = iter(sorted(tree, key=lambda d: -len(tree[d])))
    for district, streets in names["tree"].items():
        real = next(districts)
        back["district"][real], table[district] = district, real
        pool = iter(sorted(tree[real], key=lambda s: -len(tree[real][s])))
        for street, communities in streets.items():
            real_street = next(pool)
            back["street"][real_street], table[street] = street, real_street
            for community, real_community in zip(communities, sorted(tree[real][real_street]), strict=False):
                back["community"][real_community], table[community] = community, real_community
    return table, back


def _tree(jionlp: Any, province: str, town: str) -> dict[str, dict[str, list[str]]]:
    found = jionlp.china_location_loader(detail=True)[province][town]
    return {
        district: {street: list(villages) for street, villages in streets.items() if not street.startswith("_")}
        for district, streets in found.items()
        if not district.startswith("_")
    }


def _replaced(text: str, table: dict[str, str]) -> str:
    for name, real in sorted(table.items(), key=lambda pair: -len(pair[0])):
        text = text.replace(name, real)
    return text


if __name__ == "__main__":
    raise SystemExit(main())
