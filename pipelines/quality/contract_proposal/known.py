"""What is known of headers before a file is opened: the columns of all contracts, and words that tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipelines.contracts.forms import header_form, without_remark
from pipelines.contracts.loader import FEEDS
from pipelines.contracts.model import Column, Contract, DataClass
from pipelines.contracts.yaml_text import read_yaml

STRICTEST: tuple[DataClass, ...] = ("direct", "sensitive", "quasi", "public")


@dataclass(frozen=True)
class Words:
    """The vocabulary of `expectations/feeds/header_words.yml`, in header form.

    Attributes:
        classes: word -> data class, longer words first.
        identifiers, line_numbers: parts of headers of numbers of things, and whole headers of line numbers.
        free_text: parts of headers under which somebody writes what he likes.
        names: header -> English name; units: end or part of a header -> unit.
    """

    classes: Sequence[tuple[str, DataClass]]
    identifiers: tuple[str, ...]
    line_numbers: frozenset[str]
    free_text: tuple[str, ...]
    names: Mapping[str, str]
    units: Mapping[str, str]


@cache
def header_words() -> Words:
    """Return the vocabulary, read once a process."""
    told: dict[str, Any] = read_yaml((FEEDS / "header_words.yml").read_text(encoding="utf-8"))
    pairs = [(header_form(word), data_class) for data_class, words in told["classes"].items() for word in words]
    return Words(
        classes=sorted(pairs, key=lambda pair: (-len(pair[0]), pair)),
        identifiers=tuple(header_form(word) for word in told["identifiers"]),
        line_numbers=frozenset(header_form(word) for word in told["line_numbers"]),
        free_text=tuple(header_form(word) for word in told["free_text"]),
        names={header_form(header): name for header, name in told["names"].items()},
        units={header_form(part): unit for part, unit in told["units"].items()},
    )


class KnownHeaders:
    """The columns that contracts have under a header."""

    def __init__(self, contracts: Mapping[str, Contract]) -> None:
        self._columns: dict[str, list[tuple[int, Column]]] = {}
        for _, contract in sorted(contracts.items()):
            for column in contract.columns:
                for rank, header in enumerate([*column.headers, column.name]):
                    self._columns.setdefault(header_form(header), []).append((rank, column))

    @property
    def forms(self) -> frozenset[str]:
        """All header forms."""
        return frozenset(self._columns)

    def columns(self, header: str) -> list[Column]:
        """Return the columns under a header, without its bracketed remark if need be; the most canonical first."""
        form = header_form(header)
        found = self._columns.get(form) or self._columns.get(header_form(without_remark(form)), [])
        return [column for _, column in sorted(found, key=lambda item: item[0])]

    def data_class(self, header: str) -> DataClass | None:
        """Return the class that most contracts give this header, the stricter of two; null for one nobody knows."""
        classes = [column.data_class for column in self.columns(header)]
        return strictest([one for one in classes if classes.count(one) == max(map(classes.count, classes))])


def class_of_words(header: str) -> DataClass | None:
    """Return the class that the longest telling word of a header gives; null without one."""
    form = header_form(header)
    return next((data_class for word, data_class in header_words().classes if word in form), None)


def strictest(classes: Sequence[DataClass]) -> DataClass | None:
    """Return the strictest of some data classes; null of none."""
    return next((data_class for data_class in STRICTEST if data_class in classes), None)


def is_identifier(header: str) -> bool:
    """Say whether a header ends like the number of a thing (`工单编号`, `device_id`)."""
    form = without_remark(header_form(header))
    return form.endswith(header_words().identifiers)


def is_free_text(header: str) -> bool:
    """Say whether a header asks for sentences, in which anybody may be named (`诉求内容`, `备注`)."""
    return any(word in header_form(header) for word in header_words().free_text)


def unit_of(header: str) -> str | None:
    """Return the unit that a header tells: in brackets at its end, else by a word in it."""
    form = header_form(header)
    units = header_words().units
    return next((unit for part, unit in units.items() if part.startswith("(") and form.endswith(part)), None) or next(
        (unit for part, unit in units.items() if part in form), None
    )
