"""Hand-written expectations of a table: `expectations/tables/<schema>/<table>.yml`.

They say what a contract cannot: rules across columns, shares, references to other tables, and what must hold of the
records that Streetlake itself builds. A file is read strictly, and every problem of every file is named at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pydantic import ValidationError
from yaml import MarkedYAMLError

from pipelines.contracts.yaml_text import read_yaml
from pipelines.errors import ContractError
from pipelines.home import CHECKOUT
from pipelines.quality.rule_file import TableRules
from pipelines.quality.specs import RULE_PREFIX, Reference, RowRule, RuleSpec, Suite

__all__ = ["RULE_PREFIX", "Reference", "RowRule", "RuleSpec", "Suite", "load_table_suites", "row_rules"]

TABLES = CHECKOUT / "expectations" / "tables"


def load_table_suites(folder: Path | None = None) -> dict[str, Suite]:
    """Return the hand-written suite of every table that has one, by the table's name.

    Args:
        folder: holds `<schema>/<table>.yml`; default the checkout's `expectations/tables`, read once a process.

    Raises:
        ContractError: naming every problem of every file.
    """
    return dict(_load_default()) if folder is None else _load(folder)


def row_rules(table: str) -> list[RowRule]:
    """Return the conditions that each row of a table must keep, in the order of its file; none without a file."""
    suite = _load_default().get(table)
    return [] if suite is None else list(suite.row_rules)


@cache
def _load_default() -> dict[str, Suite]:
    return _load(TABLES)


def _load(folder: Path) -> dict[str, Suite]:
    suites: dict[str, Suite] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*/*.yml")):
        name = f"{path.parent.name}.{path.stem}"
        rules, found = _read(path)
        problems += [f"tables/{path.parent.name}/{path.name}: {problem}" for problem in found]
        if rules is not None:
            problems += [f"tables/{path.parent.name}/{path.name}: {problem}" for problem in _conflicts(name, rules)]
            suites[name] = rules.to_suite()
    if problems:
        raise ContractError(f"{len(problems)} problems in hand-written expectations:\n" + "\n".join(problems))
    return suites


def _read(path: Path) -> tuple[TableRules | None, list[str]]:
    try:
        return TableRules.model_validate(read_yaml(path.read_text(encoding="utf-8"))), []
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return None, [f"line {line}: {error.problem}"]
    except ValidationError as error:
        return None, [f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors()]


def _conflicts(name: str, rules: TableRules) -> Iterator[str]:
    if rules.table != name:
        yield f"table is {rules.table}, the path says {name}"
    named = [rule.derived_name for rule in rules.rules if rule.derived_name is not None]
    named += [reference.column for reference in rules.references] + [measure.column for measure in rules.measures]
    yield from (f"rule {rule} stands twice" for rule in sorted({rule for rule in named if named.count(rule) > 1}))
    if name.startswith("raw."):
        yield from (
            f"rule {r.holds} needs `about`, the column to correct" for r in rules.rules if r.holds and not r.about
        )
