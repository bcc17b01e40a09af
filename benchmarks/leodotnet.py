"""The register-free parser on real labelled Chinese addresses, beside cpca and jionlp.

    .venv/bin/python benchmarks/leodotnet.py [--split dev] [--peers-python /path/to/python] [--errors 40]

The data (Li, Lu, Xie, Li, "Neural Chinese Address Parsing", NAACL 2019) has no licence file and is not part of the
project: it is read from `../shared/data/addresses`, and without it the benchmark says so and ends.
A parse is exact when all twelve levels are equal. Numbers are compared by their digits and letters, divisions without
their ending. `inferred` figures do not count a province, city, district or street that the truth does not name.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pipelines.addresses.country.names import short_name
from pipelines.addresses.free.parse import FreeParse, parse_free
from pipelines.addresses.free.tokens import numbers_of
from pipelines.normalise.text import normalise_text

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "addresses"
DIVISIONS = ("province", "city", "district", "street")
NAMES = ("community", "road", "estate")
LEVELS = (*DIVISIONS, "community", "road", "house_number", "estate", "building", "unit", "floor", "room")
LABELS = {
    "prov": "province",
    "city": "city",
    "district": "district",
    "town": "street",
    "community": "community",
    "road": "road",
    "subroad": "road",
    "roadno": "house_number",
    "subroadno": "house_number",
    "poi": "estate",
    "subpoi": "estate",
    "houseno": "building",
    "cellno": "unit",
    "floorno": "floor",
    "roomno": "room",
}
NEAR = 60

Levels = dict[str, str]


def compared(level: str, text: str) -> str:
    """The form in which two values of a level are compared."""
    plain = normalise_text(text)
    if level in DIVISIONS:
        plain = short_name(re.sub(r"街道办(?:事处)?$", "街道", plain), level)
        return short_name(plain, "district") if level == "district" else plain
    if level in NAMES:
        return re.sub(r"[^\u4e00-\u9fffA-Z0-9]", "", plain)
    return "-".join(numbers_of(plain)) or plain


def truth_of(spans: list[dict[str, Any]]) -> Levels:
    """The twelve levels of a labelled address: names of one level one after the other."""
    found: dict[str, list[str]] = {}
    for span in spans:
        label = span["label"].lower()
        level = LABELS.get(label)
        if level is None:
            continue
        parts = found.setdefault(level, [])
        if label == "subroadno" and parts and "弄" not in parts[-1] and any(s["label"] == "subroadno" for s in spans):
            parts[1:] = []
        parts.append(span["text"])
    return {
        level: "-".join(compared(level, part) for part in parts)
        if level not in (*NAMES, *DIVISIONS)
        else compared(level, "".join(parts))
        for level, parts in found.items()
    }


def in_their_terms(parse: FreeParse) -> Levels:
    """A parse in the levels of the labels: village groups are roads there, and lanes and parts of a door differ."""
    values = {level: getattr(parse, level) for level in LEVELS}
    values["city"] = parse.city or (parse.province if (parse.province or "").endswith("市") else None)
    values["road"] = (parse.road or "") + (parse.group or "") or None
    if parse.lane is not None:
        values["house_number"], values["building"] = parse.lane, parse.building or parse.house_number
    door = re.fullmatch(r"(\d+)-+(\d+)号?", parse.house_number or "")
    if door is not None and parse.lane is None and parse.building is None:
        first, second = int(door.group(1)), int(door.group(2))
        if not 0 < second - first <= NEAR:
            values["house_number"], values["building"] = door.group(1), door.group(2)
    return {level: compared(level, value) for level, value in values.items() if value}


def read_split(split: str) -> list[dict[str, Any]]:
    """The labelled addresses of a split."""
    with (DATA / f"leodotnet_{split}.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def score(pairs: Iterable[tuple[Levels, Levels]], *, inferred: bool) -> dict[str, Any]:
    """Exact share, micro F1 and F1 of each level, in per cent, for pairs of truth and answer."""
    right: Counter[str] = Counter()
    given: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    exact = total = 0
    for truth, answer in pairs:
        if inferred:
            answer = {level: text for level, text in answer.items() if level in truth or level not in DIVISIONS}
        total += 1
        exact += truth == answer
        given.update(answer.keys())
        wanted.update(truth.keys())
        right.update(level for level, text in answer.items() if truth.get(level) == text)
    levels = {level: f1(right[level], given[level], wanted[level]) for level in LEVELS}
    return {
        "texts": total,
        "exact": round(100 * exact / total, 2),
        "micro_f1": f1(right.total(), given.total(), wanted.total()),
        "levels": levels,
    }


def f1(right: int, given: int, wanted: int) -> float:
    return round(200 * right / (given + wanted), 2) if given + wanted else 0.0


def parse_all(texts: list[str], parse: Callable[[str], FreeParse] = parse_free) -> tuple[list[Levels], float]:
    """Answers in the levels of the labels, and addresses a second of one core's time: the best of three passes."""
    parse(texts[0])
    took = []
    for _ in range(3):
        start = time.process_time()
        parses = [parse(text) for text in texts]
        took.append(time.process_time() - start)
    return [in_their_terms(found) for found in parses], len(texts) / min(took)


PEERS = """
import json, sys, time
texts = json.load(sys.stdin)
out = {}
import cpca
start = time.process_time(); frame = cpca.transform(texts).fillna(""); took = time.process_time() - start
out["cpca"] = (len(texts) / took, [
    {"province": a, "city": b, "district": c} for a, b, c in zip(frame["省"], frame["市"], frame["区"])])
import jionlp
start = time.process_time(); found = [jionlp.parse_location(text, town_village=True) for text in texts]
took = time.process_time() - start
names = {"province": "province", "city": "city", "county": "district", "town": "street", "village": "community"}
out["jionlp"] = (len(texts) / took, [{level: row[name] for name, level in names.items()} for row in found])
json.dump(out, sys.stdout, ensure_ascii=False)
"""


def peers(python: str, texts: list[str]) -> dict[str, tuple[float, list[Levels]]]:
    """What cpca and jionlp answer for the levels that they have, run in an environment of their own."""
    done = subprocess.run([python, "-c", PEERS], input=json.dumps(texts), capture_output=True, text=True, check=True)
    answers = json.loads(done.stdout[done.stdout.index("{") :])
    return {
        name: (
            speed,
            [{level: compared(level, text) for level, text in row.items() if text} for row in rows],
        )
        for name, (speed, rows) in answers.items()
    }


def report(name: str, truths: list[Levels], answers: list[Levels], speed: float) -> dict[str, Any]:
    """Print and return the figures of one tool."""
    pairs = list(zip(truths, answers, strict=True))
    figures = {
        "strict": score(pairs, inferred=False),
        "inferred": score(pairs, inferred=True),
        "per_second": round(speed),
    }
    for kind in ("inferred", "strict"):
        found = figures[kind]
        by_level = " ".join(f"{level} {value}" for level, value in found["levels"].items())
        print(f"{name:8} {kind:8} exact {found['exact']} micro-F1 {found['micro_f1']} | {by_level} | {speed:,.0f}/s")
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--half", type=int, choices=[0, 1], help="only every second address, from this one on")
    parser.add_argument("--peers-python", help="interpreter that has cpca 0.5.5 and jionlp 1.5.31")
    parser.add_argument("--errors", type=int, default=0, help="print so many differences")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON last")
    arguments = parser.parse_args()
    if not (DATA / f"leodotnet_{arguments.split}.jsonl").exists():
        print(f"skipped: no {arguments.split} split in {DATA}")
        return 0
    rows = read_split(arguments.split)
    rows = rows if arguments.half is None else rows[arguments.half :: 2]
    truths, texts = [truth_of(row["spans"]) for row in rows], [row["text"] for row in rows]
    answers, speed = parse_all(texts)
    figures = {"streetlake": report("ours", truths, answers, speed)}
    for name, (peer_speed, found) in (peers(arguments.peers_python, texts) if arguments.peers_python else {}).items():
        figures[name] = report(name, truths, found, peer_speed)
    shown = [
        (row["text"], truth, answer)
        for row, truth, answer in zip(rows, truths, answers, strict=True)
        if differs(truth, answer)
    ]
    for text, truth, answer in shown[: arguments.errors]:
        both = sorted(set(truth.items()) ^ set(answer.items()), key=lambda item: LEVELS.index(item[0]))
        print(text, "|", " ".join(f"{'-' if item in truth.items() else '+'}{item[0]}={item[1]}" for item in both))
    if arguments.json:
        json.dump(figures, sys.stdout)
    return 0


def differs(truth: Levels, answer: Levels) -> bool:
    """Whether an answer is not exact, inferred divisions aside."""
    return truth != {level: text for level, text in answer.items() if level in truth or level not in DIVISIONS}


if __name__ == "__main__":
    raise SystemExit(main())
