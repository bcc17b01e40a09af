"""Classes of incidents (警情大类): `data/reference/incident_classes.csv`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.errors import ConfigError
from pipelines.home import CHECKOUT

CLASSES = CHECKOUT / "data" / "reference" / "incident_classes.csv"
EVERYTHING = "all"
REST = "missing_or_other"


@dataclass(frozen=True)
class IncidentClass:
    """One class.

    Attributes:
        name: as in `incident_class` of the marts.
        title_zh, title_en: for people.
        categories: categories of the police feed that it takes in; empty for `all`.
    """

    name: str
    title_zh: str
    title_en: str
    categories: tuple[str, ...]


@cache
def incident_classes(path: Path = CLASSES) -> tuple[IncidentClass, ...]:
    """Return the classes in the order of the file; `all` is among them.

    Raises:
        ConfigError: a category belongs to two classes, or `all` or the class of the rest is missing.
    """
    with path.open(encoding="utf-8", newline="") as file:
        found = tuple(
            IncidentClass(
                row["incident_class"],
                row["title_zh"],
                row["title_en"],
                tuple(name for name in row["categories"].split(";") if name != "*"),
            )
            for row in csv.DictReader(file)
        )
    categories = [category for one in found for category in one.categories]
    twice = sorted({category for category in categories if categories.count(category) > 1})
    missing = sorted({EVERYTHING, REST} - {one.name for one in found})
    if twice or missing:
        raise ConfigError(f"{path.name}: categories in two classes: {twice}; classes missing: {missing}.")
    return found


def class_of_category() -> dict[str, str]:
    """Return the class of each category; what is not named here counts as `missing_or_other`."""
    return {category: one.name for one in incident_classes() for category in one.categories}
