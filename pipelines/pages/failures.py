"""A page that cannot be drawn: told where and how, without a value of any row, and in the way of no other page."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path, PurePath

from jinja2 import TemplateError
from polars.exceptions import PolarsError

from pipelines.errors import StreetlakeError

DRAWING_ERRORS = (
    StreetlakeError,
    PolarsError,
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What a view or a template raises when a mart is not as it expects. A full disk is none of them: it holds up all."""

ROOM = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Failure:
    """One page, or one family of pages, that could not be drawn.

    Attributes:
        page: its name in the registry.
        error: the kind of error. Its message is left out, because messages of a data frame may quote what a row says.
        where: the last line of ours that was reached, `overview/tiles.py:42`; empty where none was.
    """

    page: str
    error: str
    where: str

    def __str__(self) -> str:
        """Return what a log says of it."""
        return f"page {self.page} was not drawn: {self.error} at {self.where or 'a line outside of the pages'}"


def failure_of(page: str, error: Exception) -> Failure:
    """Return what may be told of `error`, which stopped `page`."""
    ours = [
        f"{PurePath(frame.filename).relative_to(ROOM)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if PurePath(frame.filename).is_relative_to(ROOM)
    ]
    return Failure(page, type(error).__name__, ours[-1] if ours else "")
