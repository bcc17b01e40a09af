"""Accuracy of address resolution on generated cities whose texts are written as people write.

    .venv/bin/python benchmarks/addresses.py --work /tmp/addresses --peers-python /path/to/python

For each mix a city is generated, delivered, ingested and resolved through the public functions, and every answer is
judged by the truth. `tuning` may be looked at; `held_out` and `hard` (the older style) get a seed that nobody has seen.
Writes `results/addresses.json`, `.md`, `addresses_calibration.svg` and `addresses_sweep.svg`. `--listing FILE` writes
the misses by class, of the tuning mix only, because nobody may look at the others'.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from pathlib import Path
from typing import Any

import polars as pl
from address_baseline import naive_answers
from address_city import MadeCity, make_city, resolve
from address_judge import ambiguity, by_kind, calibration, judge, listing, outside, outside_listing, shares
from address_plots import calibration_plot, sweep_plot
from address_report import report

from pipelines.city.unruly import Mix

RESULTS = Path(__file__).parent / "results"
SWEEP = (0.0, 0.02, 0.04, 0.06, 0.08, 0.1)
PEER_CITY = ["江苏省", "南京市"]
PEER_LEVELS = ("district", "street", "community")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder for cities; emptied city by city")
    parser.add_argument("--residents", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=101)
    parser.add_argument("--mixes", nargs="+", choices=["tuning", "held_out", "hard"], default=["tuning"])
    parser.add_argument("--fresh-seed", type=int, default=7001, help="of the mixes held_out and hard")
    parser.add_argument("--sweep-residents", type=int, default=4_000, help="0 leaves the sweep out")
    parser.add_argument("--peers-python", type=Path, help="interpreter that has cpca and jionlp")
    parser.add_argument("--peer-texts", type=int, default=3_000)
    parser.add_argument("--listing", type=Path, help="write the misses of the tuning mix by class")
    parser.add_argument("--name", default="addresses", help="name of the result files")
    asked = parser.parse_args()
    began = time.perf_counter()
    figures: dict[str, Any] = {"residents": asked.residents, "seed": asked.seed, "mixes": {}}
    for mix in asked.mixes:
        figures["mixes"][mix] = measure(asked, mix)
        print(f"{mix}: {figures['mixes'][mix]['overall']}", flush=True)
    if asked.sweep_residents:
        figures["sweep"] = sweep(asked)
    figures["seconds"] = round(time.perf_counter() - began, 1)
    write(figures, asked.name)
    return 0


def measure(asked: argparse.Namespace, name: str) -> dict[str, Any]:
    """Return all figures of one mix; `hard` is the style of that name, which has no mixes."""
    seed = asked.seed if name == "tuning" else asked.fresh_seed
    mix = None if name == "hard" else Mix("held_out" if name == "held_out" else "tuning")
    city = make_city(asked.work / name, asked.residents, seed, "unruly" if mix else "hard", mix)
    answers, seconds = resolve(city, evidence=True)
    judged = judge(city.truth, answers, city.place, city.register)
    if asked.listing and name == "tuning":
        asked.listing.write_text(listing(judged) + outside_listing(city.truth, answers), encoding="utf-8")
    found: dict[str, Any] = {
        "seed": seed,
        "texts": len(judged),
        "distinct_texts": judged["address_text"].n_unique(),
        "seconds": round(seconds, 2),
        "overall": shares(judged).row(0, named=True),
        "by_feed": shares(judged, "feed", "address_role").to_dicts(),
        "by_level": shares(judged, "supported_level").to_dicts(),
        "by_kind": by_kind(judged).to_dicts(),
        "by_reason": judged.group_by("status", "reason").len().sort("len", "reason", descending=True).to_dicts(),
        "ambiguous": ambiguity(judged),
        "calibration": calibration(judged),
        "outside": outside(city.truth, answers),
        "baselines": baselines(city),
    }
    if asked.peers_python:
        found["peers"] = peers(city, answers, asked)
    return found


def baselines(city: MadeCity) -> dict[str, Any]:
    """Return the overall figures of the naive systems on the same texts."""
    found = naive_answers(city.mentions(), city.register)
    figures = {}
    for name, answers in found.items():
        level = city.place.select("address_code", pl.col("level").alias("matched_level"))
        told = answers.drop("matched_level").join(level, on="address_code", how="left")
        figures[name] = shares(judge(city.truth, told, city.place, city.register)).row(0, named=True)
    return figures


def peers(city: MadeCity, answers: pl.DataFrame, asked: argparse.Namespace) -> dict[str, Any]:
    """Return how often each peer, and we, name the true district, street and community where the text writes it."""
    true = city.place.select(true_code="address_code", **{f"true_{level}": level for level in PEER_LEVELS})
    rows = city.mentions().filter(pl.col("hint_estate").is_null()).join(true, on="true_code")
    keys = ["feed", "record_key", "address_role"]
    rows = rows.join(answers.select(*keys, *PEER_LEVELS), on=keys, how="left").sort(keys)
    rows = rows.sample(min(len(rows), asked.peer_texts), seed=asked.seed)
    told, out = asked.work / "peer_texts.json", asked.work / "peer_answers.json"
    told.write_text(json.dumps(_peer_task(city, rows), ensure_ascii=False), encoding="utf-8")
    script = Path(__file__).with_name("address_peers.py")
    subprocess.run([str(asked.peers_python), str(script), str(told), str(out)], check=True, stdout=subprocess.DEVNULL)
    found = json.loads(out.read_text(encoding="utf-8"))
    named = {name: found[name]["answers"] for name in ("cpca", "jionlp")}
    named["streetlake"] = rows.select(PEER_LEVELS).to_dicts()
    figures: dict[str, Any] = {"texts": len(rows), "city_in_place_of_the_fictional_one": "".join(PEER_CITY)}
    for name, given in named.items():
        figures[name] = _peer_shares(rows, given)
        if name in found:
            figures[name]["texts_per_second"] = round(len(rows) / found[name]["seconds"])
    return figures


def _peer_task(city: MadeCity, rows: pl.DataFrame) -> dict[str, Any]:
    tree: dict[str, dict[str, list[str]]] = {}
    columns = ["district", "street", "community"]
    for district, street, community in city.place.select(columns).unique().sort(columns).iter_rows():
        tree.setdefault(district, {}).setdefault(street, []).append(community)
    province, name = city.register.select("province", "city").row(0)
    names = {"province": province, "city": name, "tree": tree}
    return {"texts": rows["address_text"].to_list(), "city": PEER_CITY, "names": names}


def _peer_shares(rows: pl.DataFrame, given: list[dict[str, str | None]]) -> dict[str, Any]:
    """Count where the true name stands in the text: found, wrong; and, over all texts, known at all."""
    figures: dict[str, Any] = {}
    for level in PEER_LEVELS:
        text, true = rows["address_text"].to_list(), rows[f"true_{level}"].to_list()
        got = [answer.get(level) for answer in given]
        written = [i for i in range(len(text)) if true[i] in text[i]]
        figures[level] = {
            "written": len(written),
            "found": round(sum(got[i] == true[i] for i in written) / max(1, len(written)), 4),
            "wrong": round(sum(got[i] is not None and got[i] != true[i] for i in written) / max(1, len(written)), 4),
            "known_of_all": round(sum(g == t for g, t in zip(got, true, strict=True)) / len(text), 4),
            "wrong_of_all": round(sum(g not in (None, t) for g, t in zip(got, true, strict=True)) / len(text), 4),
        }
    return figures


def sweep(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Return the overall figures over the share of wrong digits, with and without evidence, on the tuning mix."""
    rows = []
    for share in SWEEP:
        mix = Mix("tuning", digit_share=share)
        city = make_city(asked.work / "sweep", asked.sweep_residents, asked.seed + 1, "unruly", mix)
        for evidence in (False, True):
            answers, _ = resolve(city, evidence=evidence)
            found = shares(judge(city.truth, answers, city.place, city.register)).row(0, named=True)
            rows.append({"digit_share": share, "evidence": evidence, **found})
    return rows


def write(figures: dict[str, Any], name: str) -> None:
    """Write figures, report and plots."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (RESULTS / f"{name}.md").write_text(report(figures, name), encoding="utf-8")
    runs = {mix: found["calibration"] for mix, found in figures["mixes"].items()}
    (RESULTS / f"{name}_calibration.svg").write_text(calibration_plot(runs), encoding="utf-8")
    if "sweep" in figures:
        (RESULTS / f"{name}_sweep.svg").write_text(sweep_plot(figures["sweep"]), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
