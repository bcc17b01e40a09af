"""What changed between the columns of two contracts of one feed; pure."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.contracts.changes import ChangeLevel
from pipelines.contracts.forms import code_form, header_form
from pipelines.contracts.headers import must_be_present
from pipelines.contracts.model import Column, Contract

Told = tuple[ChangeLevel, str | None, str, str, str]
"""level, column, kind, what, why: a `Change` without its feed."""

_STRICTNESS = ("public", "quasi", "sensitive", "direct")
_SAME_STORAGE = {"string", "code"}


def column_changes(old: Contract, new: Contract) -> Iterator[Told]:
    """Yield the changes of columns: renamed, gone, new, and changed in themselves."""
    before = {column.name: column for column in old.columns}
    after = {column.name: column for column in new.columns}
    renamed = _renamed(old, new)
    for name, other in sorted(renamed.items()):
        why = "whoever reads it by name no longer finds it"
        yield "breaking", name, "renamed", f"is called {other} now", why
        yield from _changed(old, new, before[name], after[other])
    for name in sorted(set(before) - set(after) - set(renamed)):
        why = "it leaves the raw table and its staging view; files that have it keep it in `extra`"
        yield "breaking", name, "removed", "is gone", why
    for name in sorted(set(after) - set(before) - set(renamed.values())):
        yield _added(new, after[name])
    for name in sorted(set(before) & set(after)):
        yield from _changed(old, new, before[name], after[name])
    order = [column.name for column in new.columns if column.name in before]
    if order != [column.name for column in old.columns if column.name in after]:
        why = "the columns of the raw table are ordered anew; readers by name see no difference"
        yield "harmless", None, "order", "columns stand in another order", why


def _renamed(old: Contract, new: Contract) -> dict[str, str]:
    """Old name -> new name of columns that are read from the same header."""
    before, after = {c.name for c in old.columns}, {c.name for c in new.columns}
    gone = {header_form(c.headers[0]): c.name for c in old.columns if c.name not in after}
    return {
        gone[form]: column.name
        for column in new.columns
        if column.name not in before
        for form in map(header_form, column.headers[:1])
        if form in gone
    }


def _added(new: Contract, column: Column) -> Told:
    if must_be_present(new, column):
        why = "a file that lacks it is refused as missing_columns"
        return "breaking", column.name, "added_required", "is new, and files must have it", why
    return "harmless", column.name, "added", "is new", "null for what was delivered before"


def _changed(old: Contract, new: Contract, before: Column, after: Column) -> Iterator[Told]:
    yield from _type(before, after)
    yield from _presence(old, new, before, after)
    yield from _headers(old, before, after)
    yield from _codes(before, after)
    yield from _class(before, after)
    yield from _options(before, after)


def _type(before: Column, after: Column) -> Iterator[Told]:
    name = before.name
    if before.type != after.type:
        same = {before.type, after.type} <= _SAME_STORAGE
        why = (
            "values are read otherwise" if same else "the column has another type in raw, staging and whatever reads it"
        )
        yield "attention" if same else "breaking", name, "type", f"type: {before.type} -> {after.type}", why
    if before.with_precision and not after.with_precision:
        yield "breaking", name, "precision", "loses its precision", f"{name}_precision is gone"
    elif after.with_precision and not before.with_precision:
        yield "harmless", name, "precision", "gains its precision", f"{name}_precision is new"
    if before.unit != after.unit:
        why = "the same number means something else; nothing is converted"
        yield "breaking", name, "unit", f"unit: {before.unit or 'none'} -> {after.unit or 'none'}", why
    if before.separators != after.separators and after.type == "list":
        yield "attention", name, "separators", "separators changed", "lists are cut at other places"


def _presence(old: Contract, new: Contract, before: Column, after: Column) -> Iterator[Told]:
    name = before.name
    if after.required and not before.required:
        yield "breaking", name, "required", "is required now", "rows without a value are quarantined"
    elif before.required and not after.required:
        yield "attention", name, "required", "is no longer required", "nulls arrive where none were"
    had, has = must_be_present(old, before), must_be_present(new, after)
    if has and not had:
        yield "breaking", name, "required_header", "must be in the file", "a file without it is refused"
    elif had and not has:
        yield "attention", name, "required_header", "may be missing", "a file without it loads, and the column is null"


def _headers(old: Contract, before: Column, after: Column) -> Iterator[Told]:
    had = {header_form(header): header for header in before.headers}
    has = {header_form(header): header for header in after.headers}
    if gone := [had[form] for form in had if form not in has]:
        must = must_be_present(old, before)
        why = (
            "a file that uses it is refused"
            if must
            else "in a file that uses it the column is null, its cells in `extra`"
        )
        yield (
            "breaking" if must else "attention",
            before.name,
            "header_removed",
            f"headers: without {_listed(gone)}",
            why,
        )
    if come := [has[form] for form in has if form not in had]:
        why = "more files are read; what used to lie in `extra` is a value"
        yield "harmless", before.name, "header_added", f"headers: also {_listed(come)}", why
    if before.headers[0] != after.headers[0] and set(had) == set(has):
        yield "harmless", before.name, "header_order", f"{after.headers[0]} is the usual header", "pages say it so"


def _codes(before: Column, after: Column) -> Iterator[Told]:
    name = before.name
    if before.type == "code" and after.type == "code":
        if gone := [code for code in before.codes if code not in after.codes]:
            why = "it arrives as text outside the list, or as another code; who counts by it counts nothing"
            yield "breaking", name, "code_removed", f"codes: without {_listed(gone)}", why
        if come := [code for code in after.codes if code not in before.codes]:
            yield "attention", name, "code_added", f"codes: also {_listed(come)}", "who counts by code does not know it"
        yield from _synonyms(before, after)
    if before.unknown_code != after.unknown_code:
        refuses = after.unknown_code == "quarantine"
        why = "rows with an unknown code are refused" if refuses else "rows with an unknown code are loaded"
        level: ChangeLevel = "breaking" if refuses else "attention"
        yield level, name, "unknown_code", f"an unknown code: {before.unknown_code} -> {after.unknown_code}", why


def _synonyms(before: Column, after: Column) -> Iterator[Told]:
    had, has = _lookup(before), _lookup(after)
    kept = {code_form(code) for code in before.codes}
    if moved := sorted(form for form in had if form in has and had[form] != has[form]):
        why = "the same cell is read as another code from now on"
        yield "breaking", before.name, "synonym_moved", f"another code for {_listed(moved)}", why
    if gone := sorted(form for form in had if form not in has and form not in kept):
        why = "such cells arrive as text outside the list"
        yield "attention", before.name, "synonym_removed", f"no longer read: {_listed(gone)}", why
    new_codes = {code_form(code) for code in after.codes}
    if come := sorted(form for form in has if form not in had and form not in new_codes):
        yield "harmless", before.name, "synonym_added", f"also read: {_listed(come)}", "fewer cells outside the list"


def _lookup(column: Column) -> dict[str, str]:
    return {code_form(text): code for code, synonyms in column.codes.items() for text in (code, *synonyms)}


def _class(before: Column, after: Column) -> Iterator[Told]:
    if before.data_class == after.data_class:
        return
    what = f"data class: {before.data_class} -> {after.data_class}"
    if _STRICTNESS.index(after.data_class) > _STRICTNESS.index(before.data_class):
        direct = after.data_class == "direct"
        why = "an open table with a column of this name blocks publication" if direct else "it must be protected now"
        yield "breaking" if direct else "attention", before.name, "data_class", what, why
    else:
        yield "attention", before.name, "data_class", what, "less protection: a decision of whoever answers for privacy"


def _options(before: Column, after: Column) -> Iterator[Told]:
    for field, stricter in _stricter_checks(before, after).items():
        what = f"{field}: {getattr(before, field)} -> {getattr(after, field)}"
        why = "more rows or nights fail this check" if stricter else "fewer rows or nights fail this check"
        yield "attention" if stricter else "harmless", before.name, field, what, why
    for field in ("description_en", "description_zh"):
        if getattr(before, field) != getattr(after, field):
            yield "harmless", before.name, field, f"{field} changed", "the dictionary says it otherwise"


def _stricter_checks(before: Column, after: Column) -> dict[str, bool]:
    """Return the checks that changed, and whether each demands more than before."""
    low, high, share = after.minimum, after.maximum, after.min_filled_ratio
    stricter = {
        "minimum": low is not None and (before.minimum is None or low > before.minimum),
        "maximum": high is not None and (before.maximum is None or high < before.maximum),
        "min_filled_ratio": share is not None and (before.min_filled_ratio is None or share > before.min_filled_ratio),
        "pattern": after.pattern is not None,
        "not_after_delivery": after.not_after_delivery,
    }
    return {field: more for field, more in stricter.items() if getattr(before, field) != getattr(after, field)}


def _listed(texts: list[str]) -> str:
    return "、".join(texts)
