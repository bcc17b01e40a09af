"""Rules between the parts of a contract, checked on the bare YAML so that one mistake never hides another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from pipelines.contracts.forms import code_form, header_form
from pipelines.contracts.model import METADATA_COLUMNS, Contract
from pipelines.contracts.problems import Finding, Location

_TIMES = ("date", "timestamp")
Raw = dict[str, Any]


def find_conflicts(raw: Raw, department: str, feed: str) -> list[Finding]:
    """Return what contradicts itself in a contract.

    Args:
        raw: the contract as read from YAML, possibly of the wrong shape anywhere.
        department: name of the folder the file lies in.
        feed: name of the file without its ending.
    """
    findings = list(_place(raw, department, feed))
    for rule in _RULES:
        findings += rule(raw)
    return findings


def _place(raw: Raw, department: str, feed: str) -> Iterator[Finding]:
    for key, expected in (("department", department), ("feed", feed)):
        if key in raw and raw[key] != expected:
            yield Finding((key,), f"{key}: is {raw[key]!r} but the file lies at {department}/{feed}.yml; rename one")


def _columns(raw: Raw) -> Iterator[tuple[int, Raw]]:
    columns = raw.get("columns")
    for index, column in enumerate(columns if isinstance(columns, list) else []):
        if isinstance(column, dict):
            yield index, column


def _texts(value: Any) -> Iterator[tuple[int, str]]:
    for index, item in enumerate(value if isinstance(value, list) else []):
        if isinstance(item, str):
            yield index, item


def _names(raw: Raw) -> dict[str, str]:
    return {str(c.get("name")): str(c.get("type", "string")) for _, c in _columns(raw)}


def _references(raw: Raw) -> Iterator[Finding]:
    known = _names(raw)
    for field in ("key", "identity"):
        for index, name in _texts(raw.get(field)):
            if name not in known:
                yield Finding((field, index), f"{field}: there is no column {name!r}")
    for field in ("full_scope", "updated_by"):
        column = raw.get(field)
        if not isinstance(column, str):
            continue
        if column not in known:
            yield Finding((field,), f"{field}: there is no column {column!r}")
        elif field == "updated_by" and known[column] not in _TIMES:
            yield Finding(
                (field,), f"updated_by: column {column!r} is a {known[column]}; only a date or timestamp orders"
            )


def _keys(raw: Raw) -> Iterator[Finding]:
    mode, key, identity = raw.get("mode"), raw.get("key"), raw.get("identity")
    if key and identity:
        yield Finding(("identity",), "identity: is only for a feed without an own key; remove it or key")
    if not key and not identity:
        yield Finding(("mode",), f"mode: {mode} needs key, or identity where the feed has no own key")
    if mode == "append" and not key:
        yield Finding(("mode",), "mode: append needs key")
    if raw.get("full_scope") and mode != "full":
        yield Finding(("full_scope",), "full_scope: is only for mode full")
    if raw.get("full_when") and mode != "increment":
        yield Finding(("full_when",), "full_when: is only for mode increment")


def _mentions(raw: Raw) -> Iterator[Finding]:
    known = _names(raw)
    roles: set[object] = set()
    listed = raw.get("address_mentions")
    for index, mention in enumerate(listed if isinstance(listed, list) else []):
        if not isinstance(mention, dict):
            continue
        at: Location = ("address_mentions", index)
        if mention.get("role") in roles:
            yield Finding((*at, "role"), f"address_mentions: role {mention.get('role')!r} is declared twice")
        roles.add(mention.get("role"))
        if ("lon" in mention) != ("lat" in mention):
            yield Finding(at, "address_mentions: a place has both lon and lat, or none")
        for part, column in mention.items():
            if part != "role" and isinstance(column, str):
                yield from _mentioned(at, part, column, known)


def _mentioned(at: Location, part: str, column: str, known: dict[str, str]) -> Iterator[Finding]:
    wanted = ("number",) if part in ("lon", "lat") else ("string", "code")
    if column not in known:
        yield Finding((*at, part), f"address_mentions: there is no column {column!r}")
    elif known[column] not in wanted:
        yield Finding((*at, part), f"address_mentions: {part} is a {wanted[0]}, column {column!r} a {known[column]}")


def _column_names(raw: Raw) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for index, column in _columns(raw):
        name = str(column.get("name"))
        where: Location = ("columns", index, "name")
        if name in seen:
            yield Finding(where, f"column {name!r}: its name is taken by column {seen[name] + 1}")
        seen.setdefault(name, index)
        if name in METADATA_COLUMNS:
            yield Finding(where, f"column {name!r}: the name is reserved for the raw table's own column")
        if name.endswith("_precision") and _names(raw).get(name.removesuffix("_precision")) == "date":
            yield Finding(where, f"column {name!r}: the name is reserved for the precision of a date")


def _column_headers(raw: Raw) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for index, column in _columns(raw):
        name = str(column.get("name"))
        for number, header in _texts(column.get("headers")):
            form = header_form(header)
            where: Location = ("columns", index, "headers", number)
            if not form:
                yield Finding(where, f"column {name!r}: a header is blank")
            elif form in seen:
                other = "this column already" if seen[form] == name else f"column {seen[form]!r}"
                yield Finding(where, f"column {name!r}: header {header!r} belongs to {other}")
            seen.setdefault(form, name)


def _column_codes(raw: Raw) -> Iterator[Finding]:
    tokens = raw.get("null_tokens", Contract.model_fields["null_tokens"].get_default(call_default_factory=True))
    nulls = {code_form(token) for _, token in _texts(tokens)}
    for index, column in _columns(raw):
        codes = column.get("codes")
        if isinstance(codes, dict):
            yield from _one_code_list(index, str(column.get("name")), codes, nulls)


def _one_code_list(index: int, name: str, codes: Raw, nulls: set[str]) -> Iterator[Finding]:
    owner = {code_form(code): code for code in codes if isinstance(code, str)}
    for code, synonyms in codes.items():
        where: Location = ("columns", index, "codes", code)
        if isinstance(code, str) and code_form(code) in nulls:
            yield Finding(where, f"column {name!r}: code {code!r} is a null token and can never be read")
        for number, synonym in _texts(synonyms):
            form = code_form(synonym)
            if owner.get(form, code) != code:
                yield Finding(
                    (*where, number), f"column {name!r}: {synonym!r} belongs to code {owner[form]!r} and {code!r}"
                )
            if form in nulls:
                yield Finding((*where, number), f"column {name!r}: {synonym!r} is a null token and can never be read")
            owner.setdefault(form, code)


def _column_options(raw: Raw) -> Iterator[Finding]:
    for index, column in _columns(raw):
        name, kind = str(column.get("name")), str(column.get("type", "string"))
        at: Location = ("columns", index)
        if kind == "code" and not column.get("codes"):
            yield Finding((*at, "type"), f"column {name!r}: type code needs codes")
        if column.get("codes") and kind != "code":
            yield Finding((*at, "codes"), f"column {name!r}: codes are only for type code")
        if column.get("with_precision") and kind != "date":
            yield Finding((*at, "with_precision"), f"column {name!r}: with_precision is only for type date")
        if column.get("not_after_delivery") and kind != "date":
            yield Finding((*at, "not_after_delivery"), f"column {name!r}: not_after_delivery is only for type date")
        if kind == "list" and column.get("separators") == "":
            yield Finding((*at, "separators"), f"column {name!r}: a list needs separators")
        yield from _range(at, name, kind, column)
        yield from _pattern(at, name, kind, column.get("pattern"))


def _range(at: Location, name: str, kind: str, column: Raw) -> Iterator[Finding]:
    low, high = column.get("minimum"), column.get("maximum")
    for bound in ("minimum", "maximum"):
        if column.get(bound) is not None and kind not in ("integer", "number"):
            yield Finding((*at, bound), f"column {name!r}: {bound} is only for a number or integer")
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        yield Finding((*at, "minimum"), f"column {name!r}: minimum {low} is above maximum {high}")


def _pattern(at: Location, name: str, kind: str, pattern: object) -> Iterator[Finding]:
    if not isinstance(pattern, str):
        return
    if kind != "string":
        yield Finding((*at, "pattern"), f"column {name!r}: pattern is only for type string")
    try:
        re.compile(pattern)
    except re.error as error:
        yield Finding((*at, "pattern"), f"column {name!r}: pattern is no regular expression: {error}")


_RULES: tuple[Callable[[Raw], Iterator[Finding]], ...] = (
    _references,
    _keys,
    _mentions,
    _column_names,
    _column_headers,
    _column_codes,
    _column_options,
)
