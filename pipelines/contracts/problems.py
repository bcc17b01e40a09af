"""What is wrong with a contract file, and on which line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

Location = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        line: one-based line of the file; 1 where the file as a whole is meant.
        message: what is wrong and what to do, without the file name.
    """

    line: int
    message: str


@dataclass(frozen=True)
class Finding:
    """A problem before its line is known: the path of keys to it, such as `("columns", 3, "headers", 0)`."""

    where: Location
    message: str


def locate(findings: Sequence[Finding], text: str) -> list[Problem]:
    """Return the findings with the line of their key or list item, in order of lines, each once."""
    tree = YAML(typ="rt").load(text) if findings else None
    return sorted({Problem(_line_of(tree, finding.where), finding.message) for finding in findings})


def _line_of(tree: Any, where: Location) -> int:
    line, node = 0, tree
    for step in where:
        marks = getattr(getattr(node, "lc", None), "data", None) or {}
        if step not in marks:
            break
        line = marks[step][0]
        node = node[step]
    return line + 1


def from_yaml(error: MarkedYAMLError) -> Problem:
    """Return what the YAML reader could not read, with its line."""
    mark = error.problem_mark or error.context_mark
    reason = error.problem or error.context or "this is not YAML"
    return Problem(mark.line + 1 if mark else 1, str(reason).splitlines()[0])


def from_validation(error: ValidationError) -> list[Finding]:
    """Return one finding for each error of the model."""
    return [Finding(_existing(e["loc"]), _message(e)) for e in error.errors()]


def _existing(location: Location) -> Location:
    """Drop the marker pydantic adds for a mapping key (`codes`, 1, `[key]`)."""
    return tuple(step for step in location if step != "[key]")


def _message(error: Any) -> str:
    where = _spelled(_existing(error["loc"]))
    if error["type"] == "extra_forbidden":
        return f"{where}: unknown key; mend the spelling or remove it"
    if error["type"] == "missing":
        return f"{where}: is missing"
    if error["type"] == "string_type" and isinstance(error["input"], int | float):
        return f"{where}: {error['input']!r} was read as {_kind(error['input'])}; put it in quotes"
    return f"{where}: {error['msg'][:1].lower()}{error['msg'][1:]}"


def _kind(value: float) -> str:
    return "true or false" if isinstance(value, bool) else "a number"


def _spelled(location: Location) -> str:
    out = ""
    for step in location:
        out += f"[{step}]" if isinstance(step, int) else f".{step}" if out else step
    return out or "contract"


def report(path: Path, problems: Sequence[Problem]) -> list[str]:
    """Return `department/feed.yml:line: message` for each problem."""
    return [f"{path.parent.name}/{path.name}:{p.line}: {p.message}" for p in problems]
