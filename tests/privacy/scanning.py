"""Look for values in files as they lie on the disk: plain, escaped, in UTF-16, in SQLite, zipped, in Parquet."""

from __future__ import annotations

import io
import re
import sqlite3
import zipfile
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

import polars as pl
from personal_values import PersonalValues

RUNS = {
    "han": re.compile(r"[\u4e00-\u9fff]+"),
    "digits": re.compile(r"\d+"),
    "letters": re.compile(r"[A-Za-z]+"),
}
LONGEST = {"han": 4, "digits": 18, "letters": 8}
ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")
SQLITE = b"SQLite format 3\x00"
ZIP = b"PK\x03\x04"
PARQUET = b"PAR1"


class Scan:
    """A search for many values at once.

    Each value has a signature, its longest run of one kind of sign; only where the text has the signature, the whole
    value is looked for.
    """

    def __init__(self, values: PersonalValues) -> None:
        self.short = values.short
        self.clean: set[str] = set()
        self.by_signature: dict[str, list[str]] = {}
        self.lengths: dict[str, set[int]] = {kind: set() for kind in RUNS}
        for value in values.long:
            kind, signature = _signature(value)
            self.lengths[kind].add(len(signature))
            self.by_signature.setdefault(signature, []).append(value)

    def in_text(self, text: str) -> set[str]:
        """Return the values that stand in a text."""
        runs = {kind: set(pattern.findall(text)) for kind, pattern in RUNS.items()}
        pieces = {
            run[start : start + length]
            for kind, lengths in self.lengths.items()
            for run in runs[kind]
            for length in lengths
            for start in range(len(run) - length + 1)
        }
        told = (value for signature in pieces & self.by_signature.keys() for value in self.by_signature[signature])
        return {value for value in told if value in pieces or value in text} | (runs["han"] & self.short)

    def in_bytes(self, content: bytes) -> set[str]:
        """Return the values that stand in the bytes of a file of whatever kind."""
        if content.startswith(ZIP):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return set().union(*(self.in_bytes(archive.read(name)) for name in archive.namelist()))
        if content.startswith(PARQUET):
            return self.in_frame(pl.read_parquet(content))
        plain = content.decode("utf-8", errors="ignore")
        found = self.in_text(plain)
        if "\\u" in plain:
            found |= self.in_text(ESCAPED.sub(lambda code: chr(int(code[1], 16)), plain))
        if "%" in plain:
            found |= self.in_text(unquote(plain, errors="ignore"))
        if b"\x00" in content and not content.startswith(SQLITE):
            for skipped in (0, 1):
                found |= self.in_long_text(content[skipped:].decode("utf-16-le", errors="ignore"))
        return found

    def in_long_text(self, text: str) -> set[str]:
        """Return the long values that stand in a text that may be noise: two characters in a row are no proof there."""
        return {value for value in self.in_text(text) if len(value) > 2}

    def in_file(self, path: Path) -> set[str]:
        """Return the values in a file; a database is read by its cells too, which may lie in pieces on its pages."""
        content = path.read_bytes()
        if not content.startswith(SQLITE):
            return self.in_bytes(content)
        # Free pages are looked through as they lie; cells, which Dagster keeps two or three times over, once each.
        cells = sqlite_cells(path) - self.clean
        text = "\n".join(cells)
        found = self.in_text(content.decode("utf-8", errors="ignore")) | self.in_bytes(text.encode())
        if not found:
            self.clean |= cells
        return found

    def in_frame(self, frame: pl.DataFrame) -> set[str]:
        """Return the values in the texts of a table, lists and parts of structures included."""
        texts = "\n".join(text for column in frame.get_columns() for text in _texts_of(column))
        return self.in_bytes(texts.encode())


def sqlite_cells(path: Path) -> set[str]:
    """Return the texts of a database."""
    cells: set[str] = set()
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        for table in tables:
            rows = database.execute(f'select * from "{table}"')  # noqa: S608 - a name out of the database itself
            cells.update(str(cell) for row in rows for cell in row if isinstance(cell, str | bytes))
    return cells


def files(*folders: Path) -> list[Path]:
    """Return the files below the folders."""
    return [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def leaks(scan: Scan, paths: Iterable[Path]) -> list[str]:
    """Return the files that hold a value, with how many; the values themselves are not quoted."""
    counts = ((path, len(scan.in_file(path))) for path in paths)
    return [f"{path.parent.name}/{path.name}: {count} values" for path, count in counts if count]


def _signature(value: str) -> tuple[str, str]:
    runs = [(kind, run[: LONGEST[kind]]) for kind, pattern in RUNS.items() for run in pattern.findall(value)]
    return max(runs, key=lambda found: (len(found[1]), found))


def _texts_of(column: pl.Series) -> list[str]:
    kind = column.dtype.base_type()
    if kind == pl.List:
        return _texts_of(column.explode())
    if kind == pl.Struct:
        return [text for field in column.struct.fields for text in _texts_of(column.struct.field(field))]
    return column.drop_nulls().unique().to_list() if kind == pl.String else []
