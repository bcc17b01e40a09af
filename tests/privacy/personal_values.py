"""All that could tell who a person of the demo city is: the generator's truth, and each form that departments wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from canonical import snapshot_of

from pipelines.contracts.loader import load_contracts
from pipelines.home import CHECKOUT, Home

REMARK = re.compile(r"[(（][^)）]*[)）]")
LIST = re.compile(r"[、,，;；/|]+")
HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
DOTTED_NAME = re.compile(r"[\u4e00-\u9fff]+[·•.．・][\u4e00-\u9fff·•.．・]+")
LATIN_NAME = re.compile(r"[A-Za-z'’-]{2,}(?: [A-Za-z'’-]{2,})+")
# A form of address is no name: 张女士 could be anybody.
TITLED = re.compile(r".{1,2}(?:女士|先生|小姐|师傅|阿姨|大爷|奶奶|老师|某某?|经理|主任|家属)")
HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
SHORTEST_NUMBER = 7  # a tail of six digits is a division code as often
PROJECT_TEXTS = ("*.py", "*.yml", "*.sql", "*.csv", "*.md", "*.html", "*.json")


@dataclass(frozen=True)
class PersonalValues:
    """What must not be found.

    Attributes:
        long: names of three characters and more, names in Latin letters, ID numbers, phones, plates, register numbers:
            found anywhere, as part of a word too.
        short: names of two characters that are no word of the project: found where they stand alone.
    """

    long: frozenset[str]
    short: frozenset[str]


def personal_values(home: Home, truth: Path) -> PersonalValues:
    """Return the values of the truth of a city and of every `direct` column of the home's raw tables and quarantine."""
    persons = pl.read_parquet(truth / "truth_person.parquet")
    written = {*_texts(persons, ["name", "former_name"]), *_delivered(home), *_quarantined(home)}
    numbers = {*_texts(persons, ["id_number", "mobile"]), *(value for value in written if _digits(value))}
    names = {name for value in written if not _digits(value) for name in names_in(value)}
    known = frozenset(_project_words())
    long = {value for value in (*names, *numbers) if len(value) > 2}
    return PersonalValues(frozenset(long), frozenset(name for name in names if len(name) == 2) - known)


def names_in(text: str) -> set[str]:
    """Return the names of a cell, each as it is written and without spaces; none of an organisation or a mere title.

    >>> sorted(names_in("张  娥珍(户主)、李莉"))
    ['张  娥珍', '张娥珍', '李莉']
    """
    found: set[str] = set()
    for part in LIST.split(REMARK.sub("", text)):
        name, plain = part.strip(), re.sub(r"\s+", "", part)
        if TITLED.fullmatch(plain):
            continue
        if HAN_NAME.fullmatch(plain):
            found |= {name, plain}
        elif DOTTED_NAME.fullmatch(plain) or LATIN_NAME.fullmatch(name):
            found.add(name)
    return found


def _digits(value: str) -> bool:
    return sum(sign.isdigit() for sign in value) >= SHORTEST_NUMBER


def _delivered(home: Home) -> Iterable[str]:
    snapshot = snapshot_of(home)
    for name, contract in sorted(load_contracts().items()):
        columns = [column.name for column in contract.columns if column.data_class == "direct"]
        if columns and snapshot.has(f"raw.{name}"):
            yield from _texts(snapshot.scan(f"raw.{name}").select(columns).collect(), columns)


def _quarantined(home: Home) -> Iterable[str]:
    """Return the cells of quarantined rows under headers that belong to direct columns."""
    headers = {
        header
        for contract in load_contracts().values()
        for column in contract.columns
        if column.data_class == "direct"
        for header in column.headers
    }
    rows = snapshot_of(home).scan("raw.quarantine").select("payload").collect()["payload"].drop_nulls()
    for cells in rows.str.json_decode(pl.Struct(dict.fromkeys(sorted(headers), pl.String))):
        yield from (value for value in cells.values() if value)


def _texts(frame: pl.DataFrame, columns: Iterable[str]) -> Iterable[str]:
    for column in columns:
        values = frame[column]
        values = values.explode() if values.dtype.base_type() == pl.List else values
        yield from values.drop_nulls().unique().to_list()


def _project_words() -> set[str]:
    """Return the words of two characters that stand alone in the project's own text: no proof of a leak."""
    folders = ("pipelines", "orchestration", "expectations", "dbt/models", "dbt/seeds", "data/reference")
    texts = (
        path.read_text(encoding="utf-8", errors="ignore")
        for folder in folders
        for pattern in PROJECT_TEXTS
        for path in (CHECKOUT / folder).rglob(pattern)
    )
    return {run for text in texts for run in HAN_RUN.findall(text) if len(run) == 2}
