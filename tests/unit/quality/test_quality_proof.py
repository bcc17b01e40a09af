"""Every rule of every suite is fed rows that keep it and rows that break it, found by a search that the suite itself
drives: values are taken from the rule's own condition, from the code lists and ranges of the contract, and from a small
stock of texts and dates. A rule for which the search finds no breach cannot fire; one without a clean row cannot pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipelines.contracts.expectations import ExpectationSpec
from pipelines.contracts.loader import load_contracts
from pipelines.contracts.schema import polars_schema
from pipelines.indicators.freeze import FROZEN_SCHEMA
from pipelines.needs.night import ATTENTION_SCHEMA
from pipelines.quality.chance import allowed_breaches
from pipelines.quality.profile import PROFILE_SCHEMA
from pipelines.quality.rules import load_table_suites
from pipelines.quality.specs import Suite
from pipelines.quality.suites import ROW_COUNT, STRUCTURE, check_names, run_suite, suite_for_contract
from pipelines.quality.verdicts import UNIQUE, columns_of, verdict
from pipelines.risk.buildings.evaluation import EVALUATION
from pipelines.risk.buildings.night import RISK_BUILDING
from pipelines.risk.disputes.night import DISPUTE_ESCALATION
from pipelines.risk.estates.night import ESTATE_PRESSURE
from pipelines.risk.places.inputs import INPUT_SCHEMA
from pipelines.risk.places.outputs import BACKTEST_SCHEMA, FORECAST_SCHEMA
from pipelines.risk.places.study_area import CELL_SCHEMA
from pipelines.risk.register import REGISTER_SCHEMA
from pipelines.risk.stale.night import STALE_AREA

# Rows that are tried first, and those for a rule whose breach is rarer: it needs a number and its own birth date.
TRIED = (4_000, 150_000)
MANY = 5
# Numbers of the unassigned division 9901..; the checksum of the last two of each is wrong.
TEXTS = (
    *("990101198001012327", "990101198001012319", "990101198001012328", "990101196003012326", "99010119800101232X"),
    *("919901021Y71MYKXG5", "919901021Y71MYKXG4", "990102001000GB00002F00000095", "14200000000", "142"),
    *(
        "张三",
        "李四",
        "云川市望云区一里路12号",
        "室",
        "一里",
        "101",
        "1301",
        "3-2-501",
        "12号",
        "甲、乙",
        "甲",
        "2025-06",
        "2026-W09",
        "2025-06-01",
        "2025Q2",
        "0123456789abcdef",
        "E00012N00012",
        "",
    ),
)
POOLS: Mapping[type, tuple[Any, ...]] = {
    str: TEXTS,
    int: (-10_000, -1, 0, 1, 2, 5, 8, 10, 12, 100, 1999, 2050, 50_000, 1_000_000),
    float: (-100.0, -1.0, 0.0, 0.5, 1.0, 1.5, 5.0, 30.0, 100.0, 120.0, 5_000.0, 1e7),
    date: tuple(date(year, 1, 1) for year in (1850, 1940, 1980, 2005, 2014, 2025, 2026, 2060)),
    datetime: tuple(datetime(year, 1, 1, tzinfo=UTC) for year in (1990, 2014, 2025, 2026, 2060)),
    bool: (True, False),
    list: (["云A12345"], ["车"], ["R1"], []),
}

# What the columns of tables made in Python hold.
SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "ops.feed_profile": PROFILE_SCHEMA,
    "marts.kpi_frozen": FROZEN_SCHEMA,
    "marts.risk_cell": CELL_SCHEMA,
    "marts.risk_place_forecast": FORECAST_SCHEMA,
    "marts.risk_input": INPUT_SCHEMA,
    "marts.backtest": BACKTEST_SCHEMA,
    "marts.model_register": REGISTER_SCHEMA,
    "marts.risk_building": RISK_BUILDING,
    "marts.dispute_escalation": DISPUTE_ESCALATION,
    "marts.estate_pressure": ESTATE_PRESSURE,
    "marts.stale_area": STALE_AREA,
    "marts.risk_evaluation": EVALUATION,
    "marts.attention_household": ATTENTION_SCHEMA,
}

# What the columns of tables built by dbt hold, by their names.
NAMED: Mapping[str, type] = {
    r"^(is|has|lives)_|^suppressed$": bool,
    r"_on$|^since$|^until$|^valid_|_seen$|^birth_date$": date,
    r"_at$": datetime,
    r"^rows|^support_|_count$|_rows$|_only$|^(parcels|occupants|lease_occupants)$": int,
    r"^(opened|open|both|updates|elements|unexpected)$": int,
    r"^(rooms|dwellings|commercial_units|times)$|^homes_|_devices$": int,
    r"_days$|^(evaluations|failures|corrected|removed|withdrawn|reopened|storeys|floor|built_year)$": int,
    r"^(value|numerator|denominator|target|share|probability|confidence|priority|area_m2)|_confidence$": float,
}


@cache
def suites() -> dict[str, Suite]:
    """Return the suite of every table: those of contracts with what is written, and the other written ones."""
    of_feeds = [suite_for_contract(contract) for contract in load_contracts().values()]
    written = [suite for table, suite in load_table_suites().items() if not table.startswith("raw.")]
    return {suite.table: suite for suite in (*of_feeds, *written)}


def rules() -> list[tuple[str, int]]:
    """Return (table, position) of every rule about single rows, for the names of the cases below."""
    return [(t, i) for t, suite in suites().items() for i, s in enumerate(suite.specs) if verdict(s) is not None]


def named(rule: tuple[str, int]) -> str:
    table, position = rule
    return f"{table}-{check_names(suites()[table].specs)[position]}"


def judged_by(suite: Suite, spec: ExpectationSpec) -> tuple[pl.Expr, str]:
    """Return what judges a row, and the text in which the values that matter to it stand."""
    name = str(spec.kwargs.get("column", ""))
    if name in suite.derived:
        return pl.sql_expr(suite.derived[name]), suite.derived[name]
    expression = verdict(spec)
    assert expression is not None
    return expression, ""


def type_of(suite: Suite, column: str) -> type:
    """Return what a column holds: by its schema where that is code, else by the naming rules of all tables."""
    schema = SCHEMAS.get(suite.table, {})
    if suite.table.startswith("raw."):
        schema = polars_schema(load_contracts()[suite.table.removeprefix("raw.")])
    if column in schema:
        kind: pl.DataType = schema[column]
        return kind.to_python()
    if column in {measure.column for measure in suite.measures}:
        return float
    if column in {reference.column for reference in suite.references}:
        return bool
    return next((kind for pattern, kind in NAMED.items() if re.search(pattern, column)), str)


def values_of(kind: type, spec: ExpectationSpec, text: str) -> list[Any]:
    """Return the values to try: none, the stock, the rule's own codes and bounds, and what lies just beside them."""
    values: list[Any] = [None]
    if kind is str:
        values += [
            *re.findall(r"'([^']*)'", text),
            *(v for v in spec.kwargs.get("value_set", []) if isinstance(v, str)),
        ]
    if kind in (int, float):
        bounds = [
            spec.kwargs.get("min_value"),
            spec.kwargs.get("max_value"),
            *re.findall(r"(?<![\w.'])\d+\.?\d*", text),
        ]
        numbers = [float(bound) for bound in bounds if bound is not None]
        values += [kind(n + step) for n in numbers if abs(n) < 1e12 for step in (0, -1, 1)]
    values += POOLS[kind]
    return values if kind is list else list(dict.fromkeys(values))


def candidates(suite: Suite, spec: ExpectationSpec, text: str, roots: list[str]) -> Iterator[pl.DataFrame]:
    """Yield frames of rows to try: a small one, then a large one."""
    kinds = [type_of(suite, root) for root in roots]
    pools = [values_of(kind, spec, text) for kind in kinds]
    if len(roots) <= MANY:
        yield from drawn(roots, kinds, pools)
        return
    # Such a rule compares columns, so that they must often be alike: first values of the stock, then the rule's own.
    yield from drawn(roots, kinds, [[None, *POOLS[kind][:3]] for kind in kinds])
    yield from drawn(roots, kinds, [pool[:4] for pool in pools])


def drawn(roots: list[str], kinds: list[type], pools: list[list[Any]]) -> Iterator[pl.DataFrame]:
    """Yield frames whose cells are drawn from the pools; all combinations where they are few."""
    sizes = [len(pool) for pool in pools]
    total = int(np.prod(sizes))
    for tried in TRIED:
        # The first value is none: a third of the cells of the second try, for some rules speak of much that is missing.
        places = [
            rng.integers(0, size, tried) * (rng.random(tried) > (0 if tried == TRIED[0] else 1 / 3))
            for size, rng in zip(sizes, np.random.default_rng(1).spawn(len(sizes)), strict=True)
        ]
        if total <= tried:
            places = list(np.unravel_index(np.arange(total), sizes))
        yield pl.DataFrame(
            {
                root: pl.Series(root, pool, dtype=_dtype(kind), strict=False).gather(place)
                for root, pool, kind, place in zip(roots, pools, kinds, places, strict=True)
            }
        )


def _dtype(kind: type) -> pl.DataType:
    known: dict[type, pl.DataType] = {
        str: pl.String(), int: pl.Int64(), float: pl.Float64(), bool: pl.Boolean(), date: pl.Date(),
        datetime: pl.Datetime("us", "UTC"), list: pl.List(pl.String()),
    }  # fmt: skip
    return known[kind]


@cache
def witnesses(table: str, position: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one row that keeps a rule and one that breaks it; a rule of uniqueness gets two rows of each."""
    suite = suites()[table]
    spec = suite.specs[position]
    expression, text = judged_by(suite, spec)
    roots = sorted(set(expression.meta.root_names()))
    if spec.type in UNIQUE:
        return _unique_witnesses(suite, spec)
    for frame in candidates(suite, spec, text, roots):
        answers = frame.select(expression.alias("answer")).to_series()
        if answers.any() and not answers.all():
            return frame.filter(answers).head(1), frame.filter(~answers).head(1)
    raise AssertionError(f"{table}: no row found that keeps, or none that breaks: {spec.title_en}")


def _unique_witnesses(suite: Suite, spec: ExpectationSpec) -> tuple[pl.DataFrame, pl.DataFrame]:
    columns = columns_of(spec)
    kinds = [type_of(suite, column) for column in columns]
    rows = {c: pl.Series(c, POOLS[kind][:2], dtype=_dtype(kind)) for c, kind in zip(columns, kinds, strict=True)}
    clean = pl.DataFrame(rows)
    return clean, pl.concat([clean.head(1), clean.head(1)])


@pytest.mark.parametrize("rule", rules(), ids=named)
def test_each_rule_lets_a_clean_row_pass_and_fires_at_a_breach(rule: tuple[str, int]) -> None:
    table, position = rule
    expression, _ = judged_by(suites()[table], suites()[table].specs[position])
    clean, broken = witnesses(table, position)
    assert clean.select(expression).to_series().to_list() == [True] * clean.height
    assert broken.select(expression).to_series().to_list() == [False] * broken.height


@pytest.mark.parametrize("rule", rules(), ids=named)
def test_each_rule_tells_of_a_delivery_that_breaks_it(rule: tuple[str, int]) -> None:
    mostly = suites()[rule[0]].specs[rule[1]].kwargs.get("mostly", 1.0)
    assert allowed_breaches(200, mostly) < 200


def whole_table_rules() -> list[tuple[str, int]]:
    kinds = (STRUCTURE, ROW_COUNT)
    return [(t, i) for t, suite in suites().items() for i, s in enumerate(suite.specs) if s.type in kinds]


@pytest.mark.parametrize("rule", whole_table_rules(), ids=named)
def test_each_rule_about_a_table_passes_and_fires(rule: tuple[str, int]) -> None:
    suite = suites()[rule[0]]
    spec = suite.specs[rule[1]]
    columns = sorted(spec.kwargs.get("column_set", ["thing"]))
    clean = pl.DataFrame({name: ["x"] * int(spec.kwargs.get("min_value", 1)) for name in columns})
    broken = clean.drop(columns[0]) if spec.type == STRUCTURE else clean.head(0)
    verdicts = [run_suite(Suite(suite.table, [spec]), frame)[0] for frame in (clean, broken)]
    assert [(result.success, result.raised) for result in verdicts] == [(True, False), (False, False)]


def test_no_rule_is_left_out() -> None:
    """Shares of a whole column are judged by Great Expectations alone: test_quality_suites has them."""
    proved = {*rules(), *whole_table_rules()}
    others = {s.type for t, suite in suites().items() for i, s in enumerate(suite.specs) if (t, i) not in proved}
    assert others <= {"expect_column_mean_to_be_between", "expect_column_proportion_of_unique_values_to_be_between"}
