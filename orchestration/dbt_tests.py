"""dbt's tests as a person reads them: a short name within their asset, what is expected in both languages, severity.

dbt names a generic test after itself, the model, the column and all its arguments; the asset's page shows the model
anyway. A test that was given a name or a description of its own in the project keeps it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

Test = Mapping[str, Any]


def _list(words: Any) -> str:
    return ", ".join(map(str, words or []))


def _target(test: Test) -> str:
    """Return `master.person.person_id` of `source('master', 'person')` or `ref('indicator')` and its field."""
    arguments = test["test_metadata"]["kwargs"]
    named = re.findall(r"'([^']+)'", str(arguments.get("to", "")))
    return ".".join([*named, str(arguments.get("field", ""))])


def _columns(test: Test) -> list[str]:
    return list(map(str, test["test_metadata"]["kwargs"].get("columns", [])))


# Kind of generic test -> (name within the asset, what is expected).
Worded = tuple[Callable[[Test], str], Callable[[Test], str]]
KINDS: Mapping[str, Worded] = {
    "not_null": (
        lambda test: f"{test['column_name']}_is_given",
        lambda test: f"{test['column_name']} is given in every row · 每行都有 {test['column_name']}",
    ),
    "unique": (
        lambda test: f"{test['column_name']}_names_one_row",
        lambda test: f"{test['column_name']} names one row · {test['column_name']} 不重复",
    ),
    "unique_together": (
        lambda test: f"one_row_each_{'_'.join(_columns(test))}",
        lambda test: f"One row for each {_list(_columns(test))} · 按 {_list(_columns(test))} 唯一",
    ),
    "relationships": (
        lambda test: f"{test['column_name']}_is_known",
        lambda test: f"{test['column_name']} is known to {_target(test)} · {test['column_name']} 在 {_target(test)} 中",
    ),
    "accepted_values": (
        lambda test: f"{test['column_name']}_is_listed",
        lambda test: (
            f"{test['column_name']} is one of {_list(test['test_metadata']['kwargs'].get('values'))}"
            f" · {test['column_name']} 取值在清单内"
        ),
    ),
}


def check_names(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return a name for each test by its unique id: `[A-Za-z0-9_]`, unique within the tested node."""
    seen: Counter[tuple[str | None, str]] = Counter()
    names: dict[str, str] = {}
    for unique_id, test in sorted(_tests(manifest).items()):
        worded = _worded(manifest, test)
        name = re.sub(r"\W", "_", worded[0](test) if worded else str(test["name"]), flags=re.ASCII)
        place = (test.get("attached_node"), name)
        seen[place] += 1
        names[unique_id] = name if seen[place] == 1 else f"{name}_{seen[place]}"
    return names


def description(manifest: Mapping[str, Any], test: Test) -> str:
    """Return what a test expects, `English · Chinese`; a rule that is only a condition is told by the condition."""
    if told := str(test.get("description") or test.get("meta", {}).get("description") or "").strip():
        return told
    worded = _worded(manifest, test)
    if worded or (worded := KINDS.get(_kind(test))):
        return worded[1](test)
    condition = (test.get("test_metadata") or {}).get("kwargs", {}).get("condition")
    if condition:
        return f"Holds in every row: `{condition}` · 每行成立"
    return str(test["name"]).replace("_", " ")


def _tests(manifest: Mapping[str, Any]) -> dict[str, Test]:
    return {unique_id: node for unique_id, node in manifest["nodes"].items() if node["resource_type"] == "test"}


def _kind(test: Test) -> str:
    return str((test.get("test_metadata") or {}).get("name", ""))


def _worded(manifest: Mapping[str, Any], test: Test) -> Worded | None:
    """Return the words of a test that bears the name that dbt gave it; None of one with a name of its own."""
    node = manifest["nodes"].get(test.get("attached_node"))
    made = f"{_kind(test)}_{node['name']}_" if node else ""
    return KINDS.get(_kind(test)) if made and str(test["name"]).startswith(made) else None
