"""How evidence is told: which departments say otherwise, without telling who keeps a sensitive list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from pipelines.contracts.model import Contract

# The others keep lists of which the mere presence of a person tells something: assistance, old age, disputes.
TOLD_BY_NAME: Final = ("police", "housing", "property", "market_regulation")


def departments_zh(departments: pl.Expr, contracts: Mapping[str, Contract]) -> pl.Expr:
    """Return `公安、物业`, `公安及另1个部门` or `另有2个部门` for a list of departments."""
    names = {c.department: c.department_zh for c in contracts.values() if c.department in TOLD_BY_NAME}
    told, hidden = _named(departments, names, "、"), _hidden(departments)
    return (
        pl.when(hidden == 0)
        .then(told)
        .when(told == "")
        .then(pl.format("另有{}个部门", hidden))
        .otherwise(pl.format("{}及另{}个部门", told, hidden))
    )


def departments_en(departments: pl.Expr) -> pl.Expr:
    """Return `police, property`, `police and 1 other department` or `2 other departments` for a list of departments."""
    names = {name: name.replace("_", " ") for name in TOLD_BY_NAME}
    told, hidden = _named(departments, names, ", "), _hidden(departments)
    plural = pl.when(hidden == 1).then(pl.lit("department")).otherwise(pl.lit("departments"))
    return (
        pl.when(hidden == 0)
        .then(told)
        .when(told == "")
        .then(pl.format("{} other {}", hidden, plural))
        .otherwise(pl.format("{} and {} other {}", told, hidden, plural))
    )


def _named(departments: pl.Expr, names: Mapping[str, str], separator: str) -> pl.Expr:
    known = departments.list.filter(pl.element().is_in(list(names))).list.unique().list.sort()
    told = known.list.eval(pl.element().replace_strict(dict(names), return_dtype=pl.String))
    return told.list.join(separator)


def _hidden(departments: pl.Expr) -> pl.Expr:
    return departments.list.filter(~pl.element().is_in(list(TOLD_BY_NAME))).list.n_unique()
