"""From what departments write to the canonical code."""

from __future__ import annotations

from pipelines.contracts.forms import code_form
from pipelines.contracts.model import Column


def code_lookup(column: Column) -> dict[str, str]:
    """Return form (`forms.code_form`) -> canonical code, for every code and synonym of a `code` column.

    Empty for a column without codes. The loader has seen to it that no form belongs to two codes.
    """
    lookup = {code_form(synonym): code for code, synonyms in column.codes.items() for synonym in synonyms}
    return lookup | {code_form(code): code for code in column.codes}
