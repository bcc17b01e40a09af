"""What every metric means, once for the whole page."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.pages.scorecard.matrix import DIMENSIONS
from pipelines.pages.scorecard.metrics import Definitions
from pipelines.pages.text import Text, same


@dataclass(frozen=True)
class Term:
    """One metric and its meaning."""

    dimension: Text
    title: Text
    meaning: Text


def glossary_of(definitions: Definitions) -> tuple[Term, ...]:
    """Return the metrics with a meaning, in the order of the dimensions and then by name."""
    order = list(DIMENSIONS)
    terms = [
        (order.index(dimension) if dimension in order else len(order), metric, dimension, definition)
        for (dimension, metric), definition in definitions.items()
    ]
    return tuple(
        Term(DIMENSIONS.get(dimension, same(dimension)), definition.title, definition.meaning)
        for _, _, dimension, definition in sorted(terms, key=lambda term: term[:2])
        if definition.title is not None and definition.meaning is not None
    )
