"""Speed of address resolution: normalise, parse and match distinct texts over a register of 100,000 rooms.

    .venv/bin/python benchmarks/address_speed.py --work /tmp/address_speed [--peers-python <python with cpca, jionlp>]

Texts of all feeds of a generated city, plain and hard style, each distinct text with its columns once. Every round is a
new process, so that nothing is warm; the figure is the median round. Results go to
`benchmarks/results/address_speed.json` and `.md`. Run it on a quiet machine (Linux): the load average at the start
stands in the results.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
from address_texts import CityTexts, city_texts

from pipelines.addresses import match
from pipelines.addresses.match import answer_texts, match_addresses
from pipelines.addresses.mentions import HINTS
from pipelines.addresses.register.index import build_register
from pipelines.addresses.resolving import doors, resolve
from pipelines.addresses.resolving.known_answers import DEPENDS

RESULTS = Path(__file__).parent / "results"
TEXT = ["address_text", *HINTS]
TARGET, MEMORY_MB = 50_000, 1_000
PEER_SAMPLE = {"rapidfuzz": 2_000, "cpca": 20_000, "jionlp": 1_000}
# Stage -> where the function is looked up, and its name.
STAGES: dict[str, tuple[Any, str]] = {
    "normalise": (resolve, "normal_forms"),
    "split head and tail": (resolve, "_split"),
    "fast: read heads": (doors, "_heads"),
    "fast: read tails": (doors, "read_tails"),
    "fast: whole": (resolve, "find_doors"),
    "cascade": (resolve, "_decide"),
}
NIGHT_STAGES: dict[str, tuple[Any, str]] = {
    "read new texts": (match, "resolve_texts"),
    "find known answers": (match, "split_known"),
    "coordinates": (match, "check_coordinates"),
    "doubt neighbours": (match, "doubt_neighbours"),
    "settle open ones": (match, "settle_open"),
}


@contextmanager
def timed(stages: dict[str, tuple[Any, str]], seconds: dict[str, float]) -> Iterator[None]:
    """Add the wall time of every stage to `seconds` while the context lasts."""
    kept = {name: getattr(*place) for name, place in stages.items()}
    for name, (module, attribute) in stages.items():
        setattr(module, attribute, _timer(kept[name], name, seconds))
    try:
        yield
    finally:
        for name, (module, attribute) in stages.items():
            setattr(module, attribute, kept[name])


def _timer(function: Callable[..., Any], name: str, seconds: dict[str, float]) -> Callable[..., Any]:
    def call(*args: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*args, **named)
        finally:
            seconds[name] = round(seconds.get(name, 0.0) + time.perf_counter() - began, 3)

    return call


def peak_mb() -> int:
    """Peak resident memory of this process; `ru_maxrss` would count the parent's before the start as well."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def clock() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def since(began: tuple[float, float]) -> dict[str, float]:
    wall, cpu = clock()
    return {"seconds": round(wall - began[0], 3), "cpu_seconds": round(cpu - began[1], 3)}


def texts_round(register_rows: Path, texts: Path) -> dict[str, Any]:
    """One cold reading of all texts in this process, then a warm one."""
    base = peak_mb()
    rows, distinct = pl.read_parquet(register_rows), pl.read_parquet(texts)
    began = clock()
    register = build_register(rows)
    built, stages = since(began), dict[str, float]()
    found: list[int] = []
    kept = resolve.find_doors

    def counted(*args: Any) -> pl.DataFrame:
        frame = kept(*args)
        found.append(frame.height)
        return frame

    resolve.find_doors = counted  # type: ignore[assignment]
    with timed(STAGES, stages):
        began = clock()
        resolve.resolve_texts(distinct, register)
        cold = since(began)
    peak = peak_mb()
    began = clock()
    resolve.resolve_texts(distinct, register)
    warm = since(began)
    return {
        "rooms": rows["room"].count(), "texts": distinct.height, "register": built, "cold": cold, "warm": warm,
        "stages": stages, "fast_share": round(found[0] / distinct.height, 4), "peak_mb": peak, "start_mb": base,
    }  # fmt: skip


def night_round(city: CityTexts) -> dict[str, Any]:
    """A first night, the next with what changed, the next read whole, and the evidence pass over all mentions."""
    first = answer_texts(city.mentions, build_register(city.register))
    register = build_register(city.later_register)
    same = build_register(city.register)
    result: dict[str, Any] = {"mentions": city.later.height, "texts": first.height}
    for name, mentions, kept_register, known in (
        ("unchanged night", city.mentions, same, first),
        ("new texts only", city.later, same, first),
        ("register with a renamed road", city.later, register, first),
    ):
        stages: dict[str, float] = {}
        with timed(NIGHT_STAGES, stages):
            began = clock()
            answers = answer_texts(mentions, kept_register, known)
            result[name] = since(began) | {"stages": stages}
        new = answers.join(known.select(*TEXT, "read_by"), on=[*TEXT, "read_by"], how="anti", nulls_equal=True)
        result[name]["texts_new_or_reread"] = new.height
    stages = {}
    with timed(NIGHT_STAGES, stages):
        began = clock()
        match_addresses(city.later, register, city.evidence, answers)
        result["evidence pass"] = since(began) | {"stages": stages}
    full = answer_texts(city.later, register)
    result["equal_to_a_full_reading"] = full.equals(answers)
    result["answer_mb"] = round(answers.drop(DEPENDS).estimated_size("mb"))
    return result


def child(*arguments: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, __file__, *arguments], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def median_round(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """The round whose cold time is the median, with the spread of the cold rates."""
    ranked = sorted(rounds, key=lambda found: found["cold"]["seconds"])
    middle = ranked[(len(ranked) - 1) // 2]
    rates = [round(found["texts"] / found["cold"]["seconds"]) for found in ranked]
    return middle | {
        "cold_texts_per_second": round(middle["texts"] / middle["cold"]["seconds"]),
        "cold_texts_per_cpu_second": round(middle["texts"] / middle["cold"]["cpu_seconds"]),
        "warm_texts_per_second": round(middle["texts"] / middle["warm"]["seconds"]),
        "peak_mb": max(found["peak_mb"] for found in rounds),
        "cold_rates": rates,
        "register_seconds": statistics.median(found["register"]["seconds"] for found in rounds),
    }


def peers(work: Path, rows: pl.DataFrame, texts: list[str], python: str | None) -> dict[str, Any]:
    """Texts per second of the peers on a sample of the same texts."""
    rooms = rows.filter(pl.col("room").is_not_null() & pl.col("estate").is_not_null())
    parts = ["city", "district", "street", "community", "road", "house_number", "estate", "building", "unit", "room"]
    named = rooms.select("estate", text=pl.concat_str(pl.col(part).fill_null("") for part in parts))
    blocks = {str(name[0]): frame["text"].to_list() for name, frame in named.sort("text").group_by("estate")}
    found = {}
    for peer, size in PEER_SAMPLE.items():
        runner = sys.executable if peer == "rapidfuzz" else python
        if runner is None:
            continue
        given = {"texts": texts[:: max(1, len(texts) // size)][:size]} | (
            {"blocks": blocks} if peer == "rapidfuzz" else {}
        )
        path = work / f"peer_{peer}.json"
        path.write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
        script = str(Path(__file__).with_name("address_speed_peers.py"))
        done = subprocess.run([runner, script, peer, str(path)], check=True, capture_output=True, text=True)
        told = json.loads(done.stdout.splitlines()[-1])
        found[peer] = told | {"texts_per_second": round(told["texts"] / told["seconds"])}
    return found


def report(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    lines = [
        "# Speed of address resolution", "",
        f"{result['cores']} cores, Python {result['python']}, Polars {result['polars']}, load average at the start "
        f"{result['load_average']}. Target: {TARGET:,} distinct texts a second, cold, below {MEMORY_MB:,} MB.", "",
        "| style | rooms | distinct texts | register s | cold texts/s | per CPU-s | warm | by joins | peak MB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for style, r in result["styles"].items():
        rates = [r[f"{name}_second"] for name in ("cold_texts_per", "cold_texts_per_cpu", "warm_texts_per")]
        cells = [
            style,
            f"{r['rooms']:,}",
            f"{r['texts']:,}",
            f"{r['register_seconds']:.2f}",
            *(f"{x:,}" for x in rates),
        ]
        lines.append("| " + " | ".join([*cells, f"{r['fast_share']:.1%}", str(r["peak_mb"])]) + " |")
    lines += ["", "Seconds by stage of the median round (`fast: whole` includes heads, tails and joins):", ""]
    lines += ["| stage | " + " | ".join(result["styles"]) + " |", "|---|" + "---|" * len(result["styles"])]
    lines += [
        f"| {stage} | " + " | ".join(f"{r['stages'].get(stage, 0.0):.2f}" for r in result["styles"].values()) + " |"
        for stage in STAGES
    ]
    reached = ", ".join(f"{style} {r['cold_texts_per_second'] / TARGET:.0%}" for style, r in result["styles"].items())
    lines += ["", f"Of the target: {reached}. What is left is Python, one core: heads that stand in one text only"]
    lines += [
        "(house numbers, villages, word order), and the cascade for numbers without a single reading (a missing unit,"
    ]
    lines += ["rooms that do not exist). A second core helps only the joins and the normalisation.", ""]
    night = result["night"]
    lines += ["", f"A night of {night['mentions']:,} mentions, {night['texts']:,} distinct texts (hard style):", ""]
    lines += ["| night | texts read | seconds |", "|---|---|---|"]
    lines += [
        f"| {name} | {found['texts_new_or_reread']:,} | {found['seconds']:.2f} |"
        for name, found in night.items()
        if isinstance(found, dict) and "texts_new_or_reread" in found
    ]
    lines += [
        "",
        f"Answers equal to a full reading: {night['equal_to_a_full_reading']}. Evidence, coordinates and the join",
    ]
    lines += [f"to the mentions take {night['evidence pass']['seconds']:.2f} s over all mentions, every night.", ""]
    if result["peers"]:
        lines += ["| on the same texts | texts/s | texts |", "|---|---|---|"]
        lines += [f"| {name} | {p['texts_per_second']:,} | {p['texts']:,} |" for name, p in result["peers"].items()]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder in which generated texts are kept")
    parser.add_argument("--residents", type=int, default=265_000, help="265,000 make a register of 100,000 rooms")
    parser.add_argument("--texts", type=int, default=240_000, help="distinct texts of each style")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers-python", help="an interpreter that has cpca and jionlp")
    parser.add_argument("--round", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--night", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.round:
        print(json.dumps(texts_round(*given.round)))
        return 0
    if given.night:
        print(json.dumps(night_round(city_texts(given.work, given.residents, given.seed, "hard"))))
        return 0
    result: dict[str, Any] = {
        "cores": os.cpu_count(), "python": platform.python_version(), "polars": pl.__version__,
        "load_average": round(os.getloadavg()[0], 1), "seed": given.seed, "residents": given.residents, "styles": {},
    }  # fmt: skip
    for style in ("plain", "hard"):
        city = city_texts(given.work, given.residents, given.seed, style)
        distinct = city.mentions.select(TEXT).unique().sort(TEXT, nulls_last=True)
        distinct = distinct.sample(min(given.texts, distinct.height), seed=given.seed).sort(TEXT, nulls_last=True)
        rows, texts = given.work / f"register_{style}.parquet", given.work / f"texts_{style}.parquet"
        city.register.write_parquet(rows)
        distinct.write_parquet(texts)
        arguments = ["--work", str(given.work), "--round", str(rows), str(texts)]
        result["styles"][style] = median_round([child(*arguments) for _ in range(given.rounds)])
        print(style, json.dumps(result["styles"][style]), flush=True)
    common = ["--work", str(given.work), "--residents", str(given.residents), "--seed", str(given.seed)]
    result["night"] = child(*common, "--night")
    written = distinct["address_text"].drop_nulls().unique(maintain_order=True).to_list()
    result["peers"] = peers(given.work, city.register, written, given.peers_python)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "address_speed.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (RESULTS / "address_speed.md").write_text(report(result), encoding="utf-8")
    print(report(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
