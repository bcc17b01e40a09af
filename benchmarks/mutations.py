"""Random corruptions of a clean city's exports, and which part of a night notices each of them.

    .venv/bin/python benchmarks/mutations.py --work /tmp/mutations                       # the whole run
    .venv/bin/python benchmarks/mutations.py --work /tmp/mutations --set known --count 40 --cheap

A city of 1,200 residents delivers for half a year, every feed at its own rhythm; its last night is
corrupted. Each corruption goes through the cheap layers first (the door, the checks of the batches, the rules of
drift) and only what none of them notices through a whole night. The set `known` is drawn from the families that those
who write rules may be told of; the set `unseen` has further families and a city of its own. A run that was cut short
goes on where it stopped; after a change of rules or profile remove everything in FOLDER but the folders `raw`. Figures,
report and plot go to `benchmarks/results/mutations.json`, `.md` and `.svg`: counts and names, never a cell.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mutation.base import Base
from mutation.case import REGISTRY
from mutation.families.unseen import UNSEEN
from mutation.full_night import FullNights
from mutation.judge import Judge
from mutation.plan import Mutation, draw
from mutation.quiet import false_alarms
from mutation.report import picture, report
from mutation.tally import NOT_CAUGHT, Ledger, Row, row_of, summary

RESULTS = Path(__file__).parent / "results"
SETS = {"known": 140, "unseen": 60}
CITY_SEEDS = {"known": 7, "unseen": 8}
DRAW_SEEDS = {"known": 2026, "unseen": 6202}
UNSEEN_SHARE = 0.4  # of the unseen set, from families that are in no other set


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder for the cities; what lies there is used again")
    parser.add_argument("--set", dest="sets", nargs="+", default=list(SETS), choices=list(SETS))
    parser.add_argument("--count", type=int, help="corruptions of each set, instead of 140 and 60")
    parser.add_argument("--family", nargs="+", help="only of these families")
    parser.add_argument("--cheap", action="store_true", help="without the whole nights")
    parser.add_argument("--results", type=Path, default=RESULTS)
    args = parser.parse_args()
    found: dict[str, Any] = {}
    for name in args.sets:
        found[name] = run_set(args.work.resolve(), name, args.count or SETS[name], args.family, cheap=args.cheap)
    write(found, args.results)
    return 0


def run_set(work: Path, name: str, count: int, families: list[str] | None, *, cheap: bool) -> dict[str, Any]:
    """Run one set on its city; return its figures."""
    base = Base(work / f"city-{CITY_SEEDS[name]}", CITY_SEEDS[name])
    quiet = false_alarms(base.load())
    ledger = Ledger(work / f"{name}.jsonl")
    judge = Judge(base)
    drawn = list(plan(base, name, count, families))
    for mutation in drawn:
        if mutation.number not in ledger.rows:
            ledger.add(judge.judge(mutation))
            tell(ledger.rows[mutation.number])
    if not cheap:
        ask_whole_nights(base, drawn, ledger)
    return summary([ledger.rows[mutation.number] for mutation in drawn], quiet)


def tell(row: Row) -> None:
    """Print a row as it is found."""
    what = f"{row['number']:3d} {row['family']} {row['feed']} ({row['note']})"
    print(f"{what}: {row['outcome']} {row['told_by'][:4]}", file=sys.stderr, flush=True)


def plan(base: Base, name: str, count: int, families: list[str] | None) -> Iterator[Mutation]:
    """Yield the corruptions of a set."""
    known = sorted(set(REGISTRY) - set(UNSEEN))
    seed = DRAW_SEEDS[name]
    if families is not None or name == "known":
        yield from draw(base.deliveries, count, seed, families or known)
        return
    new = round(count * UNSEEN_SHARE)
    yield from draw(base.deliveries, new, seed, UNSEEN)
    yield from draw(base.deliveries, count - new, seed + 1, known, first=new)


def ask_whole_nights(base: Base, drawn: list[Mutation], ledger: Ledger) -> None:
    """Load a whole night for each corruption that the cheap layers did not notice."""
    missed = [m for m in drawn if ledger.rows[m.number]["outcome"] == NOT_CAUGHT and m.damage.weeks is None]
    missed = [m for m in missed if not ledger.rows[m.number]["has_whole_night"]]
    nights = FullNights(base)
    if missed:
        nights.prepare()
    for mutation in missed:
        alarms = nights.told(mutation.feed, mutation.damage.files)
        ledger.add(row_of(mutation, alarms, is_harmless=False, has_whole_night=True))
        tell(ledger.rows[mutation.number])


def write(found: dict[str, Any], folder: Path) -> None:
    """Write figures, report and picture."""
    folder.joinpath("mutations.json").write_text(
        json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    folder.joinpath("mutations.md").write_text(report(found), encoding="utf-8")
    folder.joinpath("mutations.svg").write_text(picture(found), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
