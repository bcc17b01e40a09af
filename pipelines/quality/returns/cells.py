"""Text of other people in a cell of a workbook: shown as it is, and never carried out."""

from __future__ import annotations

import re
from typing import Final

# What Excel holds is 32,767 UTF-16 units; the sign for the rest and a guard take a few.
CELL_CHARACTERS: Final = 32_000
CUT_SIGN: Final = "…（原文过长，其后从略）"
GUARD: Final = "'"
"""Put before a text that a spreadsheet might take for a formula. It is seen, so that nobody takes it for delivered,
and taken off again by `original_text`."""

# Full-width signs too: an input method's ＝ starts a formula in Chinese editions. `<r>` starts rich text in a writer.
_DANGEROUS = re.compile(r"^'*\s*([=+\-@|＝＋－＠]|<r>)")
_GUARDED = re.compile(r"^''*\s*([=+\-@|＝＋－＠]|<r>)")
# Control and format characters (a right-to-left override turns a text around), and what XML cannot hold.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufdd0-\ufdef\ufeff\ufff9-\uffff\ud800-\udfff]"
)


def safe_text(text: str | None, limit: int = CELL_CHARACTERS) -> str:
    r"""Return a text that is safe in a cell: no control characters, no start of a formula, not too long.

    >>> safe_text("=1+1")
    "'=1+1"
    >>> safe_text("\t@SUM(A1)")
    "'@SUM(A1)"
    >>> safe_text("张三")
    '张三'
    """
    if not text:
        return ""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    clean = _UNSEEN.sub("", lines).strip(" \n")
    if len(clean.encode("utf-16-le")) // 2 > limit:
        clean = clean.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", errors="ignore") + CUT_SIGN
    return GUARD + clean if _DANGEROUS.match(clean) else clean


def original_text(shown: str) -> str:
    """Take off the guard that `safe_text` put before a text.

    >>> original_text("'=1+1"), original_text("'90"), original_text("''=1")
    ('=1+1', "'90", "'=1")
    """
    return shown[1:] if _GUARDED.match(shown) else shown


def sheet_name(title: str, taken: set[str]) -> str:
    """Return a name that a sheet may have (31 characters, no sign that is forbidden there) and that is not taken."""
    base = re.sub(r"[\[\]:*?/\\]", " ", safe_text(title)).strip(" '")[:31] or "表"
    name, number = base, 1
    while name.casefold() in {other.casefold() for other in taken}:
        number += 1
        name = f"{base[: 31 - len(str(number)) - 1]} {number}"
    return name
