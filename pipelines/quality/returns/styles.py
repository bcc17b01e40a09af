"""The looks of a workbook: light colours that differ in grey as well, Chinese fonts, thin lines."""

from __future__ import annotations

from typing import Any, Final

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

FONT: Final = "Microsoft YaHei"
INK: Final = "#1F2A37"
GREY: Final = "#6B7280"
LINE: Final = "#C9D1DB"

_CELL: Final[dict[str, Any]] = {
    "font_name": FONT, "font_size": 10, "font_color": INK, "valign": "vcenter", "text_wrap": True, "border": 1,
    "border_color": LINE, "num_format": "@",
}  # fmt: skip
_PLAIN: Final[dict[str, Any]] = {"font_name": FONT, "font_size": 10.5, "font_color": INK, "valign": "vcenter"}

# Only what stands at the left: an indent would draw centred cells there, too.
_LEFT: Final[dict[str, Any]] = _CELL | {"indent": 1}

LOOKS: Final[dict[str, dict[str, Any]]] = {
    "text": _LEFT,
    "strong": _LEFT | {"bold": True},
    "centre": _CELL | {"align": "center"},
    "count": _CELL | {"align": "center", "num_format": "#,##0"},
    "number": _CELL | {"align": "center", "num_format": "0"},
    "quiet": _LEFT | {"font_color": GREY, "font_size": 9},
    "delivered": _LEFT | {"font_size": 9.5},
    "high": _CELL | {"align": "center", "bold": True, "bg_color": "#F3C6B8"},
    "middle": _CELL | {"align": "center", "bg_color": "#FBE8C8"},
    "low": _CELL | {"align": "center"},
    # The wrong cell has a thick frame as well: on a grey print the fill alone would be lost.
    "wrong": _LEFT | {"bold": True, "bg_color": "#FBDDD3", "border": 2, "border_color": "#A23B22"},
    "proposal": _LEFT | {"bold": True, "bg_color": "#E1F0E0"},
    "answer": _LEFT | {"bg_color": "#FFFBE0", "border_color": "#8A7A2F"},
    "band": _PLAIN | {"bold": True, "align": "center", "bg_color": "#33475B", "font_color": "#FFFFFF", "border": 1,
                      "border_color": "#FFFFFF"},
    "header": _CELL | {"bold": True, "align": "center", "bg_color": "#DCE4EE", "border_color": "#8FA0B3"},
    "answer_header": _CELL | {"bold": True, "align": "center", "bg_color": "#F6E9A6", "border_color": "#8A7A2F"},
    "note": _PLAIN | {"italic": True, "font_color": GREY},
    "title": _PLAIN | {"bold": True, "font_size": 18},
    "subtitle": _PLAIN | {"font_color": GREY, "font_size": 10},
    "section": _PLAIN | {"bold": True, "font_size": 12, "bottom": 2, "bottom_color": "#33475B"},
    "para": _PLAIN | {"text_wrap": True, "valign": "top"},
    "para_en": _PLAIN | {"text_wrap": True, "valign": "top", "font_color": GREY, "font_size": 9},
    "figure": _PLAIN | {"bold": True, "font_size": 20, "align": "center", "num_format": "#,##0", "top": 1,
                        "top_color": LINE, "left": 1, "left_color": LINE, "right": 1, "right_color": LINE},
    "figure_name": _PLAIN | {"align": "center", "font_color": GREY, "font_size": 9, "text_wrap": True, "bottom": 1,
                             "bottom_color": LINE, "left": 1, "left_color": LINE, "right": 1, "right_color": LINE},
    "blank": _PLAIN,
}  # fmt: skip
"""Name of a look -> properties of a cell format."""


class Looks:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._made = {name: book.add_format(properties) for name, properties in LOOKS.items()}

    def __getitem__(self, name: str) -> Format:
        """Return the format of a look."""
        return self._made[name]
