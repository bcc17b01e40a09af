"""From a normalised text to its parts: a scan from left to right with the register's names and the grammar.

Whatever is neither becomes a run of unknown characters, which later steps resolve, recognise as noise, or leave over.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from pipelines.addresses.forms.grammar import TOKENS, Token
from pipelines.addresses.register.index import Register
from pipelines.addresses.register.rows import PARTS

NameKind = str
_ROAD_SIGNS: Final = frozenset("路街巷弄道")
_OFFICE: Final = {
    "street": (("街道", ("街道办事处", "街道办", "街办")), ("镇", ("镇政府", "镇人民政府")), ("乡", ("乡政府",))),
    "community": (
        ("社区", ("社区居委会", "社区居民委员会", "居委会", "居委")),
        ("村", ("村委会", "村民委员会", "行政村")),
    ),
}  # fmt: skip


_ROMAN: Final = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6"}


def token_of(kind: str, text: str) -> Token:
    """A token in the form that names are compared in: `第2期` and `II期` are `2期`."""
    if kind == "phase":
        stem = text.removeprefix("第").removesuffix("期")
        text = _ROMAN.get(stem, stem) + "期"
    return Token(kind, text)


@dataclass(frozen=True, slots=True)
class Name:
    """A stretch of text that is a name of the register; `kinds` are the levels at which that name exists."""

    text: str
    kinds: tuple[NameKind, ...]
    canonical: str


@dataclass(slots=True)
class Scan:
    """The pieces of a text in order: `Name`, `Token`, or a run of unknown characters (`str`)."""

    pieces: list[Name | Token | str] = field(default_factory=list)


class Scanner:
    """Cuts texts into pieces; built once per register."""

    def __init__(self, register: Register) -> None:
        names: dict[str, dict[str, str]] = defaultdict(dict)
        for kind in PARTS[:5]:
            for name in register.divisions[kind]:
                names[name].setdefault(kind, name)
                for suffix, offices in _OFFICE.get(kind, ()):
                    if name.endswith(suffix) and len(name) > len(suffix) + 1:
                        for office in offices:
                            names[name.removesuffix(suffix) + office].setdefault(kind, name)
        for road in register.roads:
            if len(road) >= 2:
                names[road]["road"] = road
        for estate in register.estates:
            if len(estate) >= 2:
                names[estate]["estate"] = estate
        self._by_start: dict[str, list[tuple[str, Name]]] = defaultdict(list)
        for text, kinds in names.items():
            canonical = next(iter(kinds.values()))
            self._by_start[text[:2]].append((text, Name(text, tuple(sorted(kinds)), canonical)))
        for found in self._by_start.values():
            found.sort(key=lambda item: (-len(item[0]), item[0]))

    def names(self) -> list[str]:
        """All names that the scanner knows, as they are written."""
        return [name for found in self._by_start.values() for name, _ in found]

    def scan(self, text: str) -> Scan:
        """The pieces of a normalised text; every character belongs to exactly one piece."""
        result = Scan()
        run: list[str] = []
        position, length = 0, len(text)
        while position < length:
            piece: Name | Token | None = self._name_at(text, position)
            size = len(piece.text) if isinstance(piece, Name) else 0
            if piece is None:
                match = TOKENS.match(text, position)
                if match is not None and match.lastgroup is not None:
                    piece, size = token_of(match.lastgroup, match.group()), match.end() - position
            if piece is None:
                run.append(text[position])
                position += 1
                continue
            if run:
                result.pieces.append("".join(run))
                run = []
            result.pieces.append(piece)
            position += size
        if run:
            result.pieces.append("".join(run))
        return result

    def _name_at(self, text: str, position: int) -> Name | None:
        for name, entry in self._by_start.get(text[position : position + 2], ()):
            if not text.startswith(name, position):
                continue
            following = text[position + len(name) : position + len(name) + 1]
            if following in _ROAD_SIGNS and following and "road" not in entry.kinds and entry.kinds == ("estate",):
                continue  # `友谊` in `友谊路` is no estate
            return entry
        return None
