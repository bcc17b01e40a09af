"""One column of a proposal: its name, type, class and what was seen, for a person to check."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import polars as pl
from pypinyin import lazy_pinyin

from pipelines.contracts.forms import header_form, without_remark
from pipelines.contracts.model import METADATA_COLUMNS, NULL_TOKENS, DataClass
from pipelines.contracts.schema import PRECISION_SUFFIX
from pipelines.ingest.cast import null_texts, trimmed
from pipelines.quality.contract_proposal.known import (
    KnownHeaders,
    class_of_words,
    header_words,
    is_free_text,
    is_identifier,
    strictest,
    unit_of,
)
from pipelines.quality.contract_proposal.shapes import PERSONAL_SHARE, Shapes, shapes_of
from pipelines.quality.contract_proposal.types import TypeGuess, guess_type

_LONGEST_NAME = 40
_YAML_WORDS = frozenset({"null", "true", "false"})
_PARTS_OF_A_HOME = ("幢号", "栋", "单元", "室号", "房间", "楼层")
UPDATE_WORDS = ("更新", "修改", "变更", "update", "modif")


@dataclass(frozen=True)
class ColumnGuess:
    """What is proposed for one column, and why.

    Attributes:
        header: as delivered, trimmed.
        name: English, snake case, unique in the proposal.
        guess: type and codes.
        data_class: the strictest that header, words or shape suggest.
        class_reason: what suggested it.
        unit: of a number; null otherwise.
        description_en: of a known column with this header, else the header.
        rows, nulls: of the sample; `tokens` are the null tokens met with their counts.
        shapes: of the texts.
        texts: trimmed, null tokens null; for the search of keys.
    """

    header: str
    name: str
    guess: TypeGuess
    data_class: DataClass
    class_reason: str
    unit: str | None
    description_en: str
    rows: int
    nulls: int
    tokens: dict[str, int]
    shapes: Shapes
    texts: pl.Series

    @property
    def is_line_number(self) -> bool:
        """Whether the column only counts the lines of the list."""
        return header_form(self.header) in header_words().line_numbers


def guess_column(header: str, cells: pl.Series, known: KnownHeaders, taken: Collection[str]) -> ColumnGuess:
    """Return what is proposed for a column.

    Args:
        header: as delivered.
        cells: the column as delivered.
        known: columns of the contracts there are.
        taken: names that are in use already.
    """
    text = cells.to_frame("cell").select(trimmed(pl.col("cell"))).to_series()
    is_null = text.is_null() | text.is_in(null_texts(NULL_TOKENS))
    filled = text.to_frame("t").with_columns(n=is_null).select(pl.when(~pl.col("n")).then("t")).to_series()
    shapes = shapes_of(filled)
    data_class, reason = _data_class(header, shapes, known)
    private = data_class == "direct" or shapes.is_personal or is_free_text(header)
    columns = known.columns(header)
    guess = guess_type(header, filled, shapes, columns, private=private)
    return ColumnGuess(
        header=header.strip(),
        name=_name(header, known, taken),
        guess=guess,
        data_class=data_class,
        class_reason=reason,
        unit=unit_of(header) if guess.type in ("number", "integer") else None,
        description_en=columns[0].description_en if columns else f"As under the header {header.strip()}",
        rows=len(cells),
        nulls=int(is_null.sum()),
        tokens=_tokens(text.filter(is_null)),
        shapes=shapes,
        texts=filled,
    )


def beside_persons(columns: Sequence[ColumnGuess]) -> list[ColumnGuess]:
    """Return the columns, those that help to tell a person raised to `quasi` where a row names one: dates and places.

    When somebody moved in or married says little of a list of streets, and much beside a name.
    """
    if not any(column.data_class == "direct" for column in columns):
        return list(columns)
    reason = "it stands beside a person's columns"
    return [
        replace(column, data_class="quasi", class_reason=reason)
        if column.data_class == "public" and _helps_to_tell(column)
        else column
        for column in columns
    ]


def _helps_to_tell(column: ColumnGuess) -> bool:
    if column.guess.type == "date":
        return not any(word in column.header for word in UPDATE_WORDS)
    return column.shapes.numbered >= PERSONAL_SHARE or any(word in column.header for word in _PARTS_OF_A_HOME)


def _tokens(nulls: pl.Series) -> dict[str, int]:
    counted = Counter(text for text in nulls.to_list() if text)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _data_class(header: str, shapes: Shapes, known: KnownHeaders) -> tuple[DataClass, str]:
    """The strictest of what shape, known header and words in the header say; public when none says anything."""
    words = class_of_words(header)
    told: dict[str, DataClass | None] = {
        "its values": _class_of_shape(header, shapes),
        "a known header": known.data_class(header),
        "a word in the header": words if words == "direct" or not known.columns(header) else None,
    }
    data_class = strictest([one for one in told.values() if one is not None])
    if data_class is None:
        return "public", "nothing personal was seen; confirm it"
    return data_class, "by " + " and ".join(why for why, one in told.items() if one == data_class)


def _class_of_shape(header: str, shapes: Shapes) -> DataClass | None:
    if max(shapes.ids, shapes.phones, shapes.names, shapes.plates) >= PERSONAL_SHARE and not _names_things(shapes):
        return "direct"
    if shapes.is_free_text and not is_identifier(header) and not shapes.is_address:
        return "sensitive"
    return "quasi" if shapes.is_address else None


def _names_things(shapes: Shapes) -> bool:
    """Offices and places may be spelt like names; coordinates and amounts may be read as phones."""
    return max(shapes.offices, shapes.places) >= 0.5 or (shapes.numbers >= 0.9 and shapes.integers < 0.5)


def _name(header: str, known: KnownHeaders, taken: Collection[str]) -> str:
    columns = known.columns(header)
    form = header_form(header)
    name = (
        (columns[0].name if columns else None)
        or header_words().names.get(form)
        or header_words().names.get(without_remark(form))
        or _spelt(header)
    )
    reserved = name in METADATA_COLUMNS or name in _YAML_WORDS or name.endswith(PRECISION_SUFFIX)
    free = f"{name}_text" if reserved else name
    number = 2
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _spelt(header: str) -> str:
    words = lazy_pinyin(without_remark(header_form(header)))
    name = re.sub(r"_+", "_", re.sub(r"[^a-z0-9]+", "_", "_".join(words).lower())).strip("_")[:_LONGEST_NAME]
    return name if re.match(r"[a-z]", name) else f"column_{name}".rstrip("_")
