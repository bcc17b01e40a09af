"""The forms in which headers and codes are compared: what a clerk or a spreadsheet changes without meaning to."""

from __future__ import annotations

import re
import unicodedata

_BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_DECORATION = "*:\"'`"
_TRAILING_REMARK = re.compile(r"\([^()]*\)$")


def header_form(text: str) -> str:
    """Return the form in which two headers are the same header.

    NFKC, no blanks of any kind (also inside, also a byte order mark), no asterisk, colon or quote at either end, lower
    case.

    >>> header_form(" *身份证号 码：")
    '身份证号码'
    >>> header_form("建筑面积（㎡）")
    '建筑面积(m2)'
    """
    return _narrow(text).strip(_DECORATION)


def without_remark(form: str) -> str:
    """Return a header form without one bracketed remark at its end, or unchanged when nothing else is left.

    >>> without_remark("出生日期(公历)")
    '出生日期'
    """
    return _TRAILING_REMARK.sub("", form) or form


def code_form(text: str) -> str:
    """Return the form in which a delivered code equals a synonym: NFKC, no blanks, lower case.

    >>> code_form("１ ")
    '1'
    """
    return _narrow(text)


def _narrow(text: str) -> str:
    """NFKC, lower case, no blanks; NFKC again, as what a blank stood between may now combine."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFKC", _BLANK.sub("", folded))
