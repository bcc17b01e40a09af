"""The register-free parser on real labelled addresses: a floor, where the data is there."""

from __future__ import annotations

import sys
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT.parent / "shared" / "data" / "addresses" / "leodotnet_dev.jsonl"
EXACT_FLOOR, F1_FLOOR = 60.0, 88.0


def benchmark() -> ModuleType:
    spec = util.spec_from_file_location("leodotnet_benchmark", ROOT / "benchmarks" / "leodotnet.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_scoring_by_hand() -> None:
    bench = benchmark()
    truth = {"road": "甲路", "house_number": "3"}
    pairs = [
        (truth, dict(truth)),
        (truth, {"road": "甲路", "city": "乙"}),
        (truth, {"road": "丙路", "house_number": "3"}),
    ]
    strict, inferred = bench.score(pairs, inferred=False), bench.score(pairs, inferred=True)
    assert (strict["exact"], inferred["exact"]) == (33.33, 33.33)
    assert strict["micro_f1"] == pytest.approx(200 * 4 / (6 + 6), abs=0.01)
    assert inferred["micro_f1"] == pytest.approx(200 * 4 / (5 + 6), abs=0.01)
    assert strict["levels"]["road"] == pytest.approx(66.67)


def test_labels_become_levels() -> None:
    spans = [
        {"label": label, "text": text}
        for label, text in (
            ("prov", "浙江省"), ("road", "东环路"), ("subRoad", "六巷"), ("subroadno", "十二弄"), ("subroadno", "7号"),
            ("poi", "甲苑"), ("subpoi", "东区"), ("person", "某某"), ("houseno", "三幢"),
        )
    ]  # fmt: skip
    truth = benchmark().truth_of(spans)
    assert truth["province"] == "浙江"
    assert truth["road"] == "东环路六巷"
    assert truth["estate"] == "甲苑东区"
    assert truth["building"] == "3"
    assert set(truth) == {"province", "road", "house_number", "estate", "building"}


@pytest.mark.samples
@pytest.mark.skipif(not DATA.exists(), reason=f"no {DATA}")
def test_twelve_levels_of_real_addresses() -> None:
    bench = benchmark()
    rows = bench.read_split("dev")
    answers, _ = bench.parse_all([row["text"] for row in rows])
    figures = bench.score(
        list(zip((bench.truth_of(row["spans"]) for row in rows), answers, strict=True)), inferred=True
    )
    assert figures["exact"] >= EXACT_FLOOR
    assert figures["micro_f1"] >= F1_FLOOR
