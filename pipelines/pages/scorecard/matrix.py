"""Department by dimension: one light each, and the worst metric behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.pages.facts import PageFacts
from pipelines.pages.lights import LIGHTS, Light, worst
from pipelines.pages.scorecard.metrics import Metric
from pipelines.pages.text import Text

DIMENSIONS = {
    "completeness": Text("完整", "Complete"),
    "validity": Text("有效", "Valid"),
    "uniqueness": Text("唯一", "Unique"),
    "consistency": Text("一致", "Consistent"),
    "timeliness": Text("及时", "Timely"),
    "accuracy": Text("准确", "Accurate"),
}


@dataclass(frozen=True)
class Cell:
    """One dimension of one department.

    Attributes:
        dimension: its key.
        light: the worst of its metrics that can be judged; grey when there is none.
        metrics: the worst first.
    """

    dimension: str
    light: Light
    metrics: tuple[Metric, ...]

    @property
    def title(self) -> Text:
        """The dimension in words."""
        return DIMENSIONS[self.dimension]


@dataclass(frozen=True)
class Row:
    """One department."""

    department: str
    name: Text
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Matrix:
    """All departments, and how many metrics with a target have which light, worst light first."""

    rows: tuple[Row, ...]
    lights: tuple[tuple[Light, int], ...]
    dimensions: tuple[Text, ...] = tuple(DIMENSIONS.values())


def matrix_of(metrics: Sequence[Metric], told: PageFacts) -> Matrix:
    """Arrange metrics that stand worst first; every department of a contract has a row."""
    departments = sorted({*told.departments, *(metric.department for metric in metrics)})
    rows = tuple(
        Row(
            department,
            told.department_name(department),
            tuple(_cell(department, dimension, metrics) for dimension in DIMENSIONS),
        )
        for department in departments
    )
    judged = [metric.light for metric in metrics if metric.target_value is not None]
    return Matrix(rows, tuple((light, judged.count(light)) for light in LIGHTS))


def _cell(department: str, dimension: str, metrics: Sequence[Metric]) -> Cell:
    chosen = tuple(metric for metric in metrics if (metric.department, metric.dimension) == (department, dimension))
    return Cell(dimension, worst(metric.light for metric in chosen if metric.judged), chosen)
