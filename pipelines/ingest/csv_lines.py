"""One record of delimited text, read with tolerance for stray quotes; the slow path, for the few lines that need it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

# A cell with more line breaks than this is taken for a stray quote rather than for one cell.
JOINED_LINES = 200


@cache
def _patterns(separator: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    end = rf" *(?={re.escape(separator)}|\Z)"
    return re.compile(rf' *"([^"]*(?:""[^"]*)*)"{end}'), re.compile(rf' *"(.*?)"{end}', re.DOTALL)


def split_record(text: str, separator: str) -> tuple[list[str], bool]:
    r"""Return the cells of one record, and whether every quoted cell was closed.

    A quote opens a cell only at its beginning, and closes it only before a separator or the end; any other is text.
    A last cell whose quotes do not pair is not closed: it may go on in the next line.

    >>> split_record('a,"b,c",d"e', ",")
    (['a', 'b,c', 'd"e'], True)
    >>> split_record('a,"b', ",")
    (['a', '"b'], False)
    """
    strict, lax = _patterns(separator)
    cells: list[str] = []
    whole, start = True, 0
    while True:
        stop = text.find(separator, start)
        stop = len(text) if stop < 0 else stop
        if text[start:stop].lstrip(" ").startswith('"'):
            found = strict.match(text, start)
            if found is None:
                found = lax.match(text, start)
                whole = whole and found is not None and found.end() < len(text)
            stop = found.end() if found else stop
            cells.append(found.group(1).replace('""', '"') if found else text[start:stop])
        else:
            cells.append(text[start:stop])
        if stop >= len(text):
            return cells, whole
        start = stop + len(separator)


def join_record(lines: Sequence[str], at: int, separator: str, width: int) -> tuple[list[str], int] | None:
    """Return the cells of the record that begins at `lines[at]` and how many lines it takes.

    Only a record of exactly `width` cells is believed; None means that the quote at its beginning is a stray one.
    """
    text = lines[at]
    for taken in range(2, min(JOINED_LINES, len(lines) - at) + 1):
        text = f"{text}\n{lines[at + taken - 1]}"
        if '"' not in lines[at + taken - 1]:
            continue
        cells, whole = split_record(text.removesuffix("\r"), separator)
        if whole:
            return (cells, taken) if len(cells) == width else None
    return None
