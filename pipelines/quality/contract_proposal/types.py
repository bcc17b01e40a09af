"""Which type a column has, and which codes: decided from shapes, and from known headers where the data agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from pipelines.contracts.forms import code_form, header_form
from pipelines.contracts.model import Column, ColumnType
from pipelines.ingest.codes import code_lookup
from pipelines.quality.contract_proposal.known import is_identifier, unit_of
from pipelines.quality.contract_proposal.shapes import PERSONAL_SHARE, Shapes

# An export has typing errors: this share of the filled cells is enough.
MOSTLY = 0.9
KNOWN_CODES = 0.8
# A code stands in several rows; a value in fewer might be a person's, or a typing error, and is never listed.
ROWS_PER_CODE = 3
MOST_CODES = 40
_CODE_LENGTH = 16
_SOME = 0.02
_NAME_LIKE = 0.6
_FEWEST_ROWS = 10
# Units of what is measured or paid rather than counted: whole numbers in a sample are chance.
_MEASURED = ("m2", "cny", "ten_thousand_cny", "minutes", "hours")


@dataclass(frozen=True)
class TypeGuess:
    """A column's type with what goes with it.

    Attributes:
        type: of the contract.
        codes: canonical code -> synonyms; empty but for `code`.
        unlisted: rows with a value that was too rare to be listed as a code.
        with_precision: dates of months or years were met.
        reason: why, in words and counts.
    """

    type: ColumnType
    reason: str
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unlisted: int = 0
    with_precision: bool = False


def guess_type(header: str, texts: pl.Series, shapes: Shapes, known: Sequence[Column], *, private: bool) -> TypeGuess:
    """Return the type of a column.

    Args:
        header: as delivered.
        texts: trimmed, null tokens null.
        shapes: of the texts.
        known: columns of other contracts under this header, the most canonical first.
        private: the column looks personal, so that none of its values may become a code.
    """
    if shapes.rows == 0:
        return TypeGuess(_by_header(header, known), "no value in the sample")
    return (
        _known_codes(texts, shapes, known)
        or _yes_or_no(header, shapes)
        or _time(header, shapes)
        or _several(shapes, known)
        or _number(header, shapes, known, private=private)
        or _new_codes(header, texts, shapes, known, private=private)
        or TypeGuess("string", _text_reason(shapes))
    )


def _by_header(header: str, known: Sequence[Column]) -> ColumnType:
    """Return what the type of an empty column would be."""
    if known and known[0].type != "code":
        return known[0].type
    form = header_form(header)
    return "timestamp" if form.endswith("时间") else "date" if form.endswith("日期") else "string"


def _known_codes(texts: pl.Series, shapes: Shapes, known: Sequence[Column]) -> TypeGuess | None:
    counts = texts.drop_nulls().alias("text").value_counts(name="count").sort("text")
    for column in known:
        if column.type != "code":
            continue
        lookup = code_lookup(column)
        read = sum(count for text, count in counts.iter_rows() if code_form(text) in lookup)
        if read >= KNOWN_CODES * shapes.rows:
            reason = f"{read} of {shapes.rows} are in the known code list of {column.name}"
            return TypeGuess("code", reason, dict(column.codes), shapes.rows - read)
    return None


def _yes_or_no(header: str, shapes: Shapes) -> TypeGuess | None:
    if shapes.booleans >= MOSTLY:
        return TypeGuess("boolean", f"{_of(shapes.booleans, shapes)} say yes or no")
    if header_form(header).startswith("是否") and shapes.distinct <= 3 and shapes.integers >= MOSTLY:
        return TypeGuess("boolean", "是否 with few numbers")
    return None


def _time(header: str, shapes: Shapes) -> TypeGuess | None:
    form = header_form(header)
    if shapes.epochs >= MOSTLY and not is_identifier(header) and "电话" not in form:
        return TypeGuess("timestamp", f"{_of(shapes.epochs, shapes)} are seconds or milliseconds since 1970")
    told = shapes.dates + (shapes.epochs if shapes.dates else 0)
    named = any(word in form for word in ("日期", "时间", "年月", "生日"))
    if told < MOSTLY - (0.2 if named else 0) or (shapes.numbers >= MOSTLY and not named):
        return None
    if shapes.instants > _SOME or (shapes.clocks > MOSTLY and "时间" in form):
        return TypeGuess("timestamp", f"{_of(told, shapes)} are dates, {_of(shapes.instants, shapes)} with a clock")
    months = shapes.months > 0
    reason = f"{_of(told, shapes)} are dates" + (f", {_of(shapes.months, shapes)} without a day" if months else "")
    return TypeGuess("date", reason, with_precision=months)


def _several(shapes: Shapes, known: Sequence[Column]) -> TypeGuess | None:
    """Several plates or words in a cell; names, numbers and phones stay text, as their readers split them."""
    listed = any(column.type == "list" for column in known)
    several = shapes.listed >= _SOME and shapes.plates >= PERSONAL_SHARE
    several = several or (shapes.enumerated >= _SOME and shapes.length <= _CODE_LENGTH)
    if max(shapes.names, shapes.ids) >= PERSONAL_SHARE:
        return None
    if (listed and shapes.listed > 0) or (several and not _is_prose(shapes)):
        return TypeGuess("list", f"{_of(shapes.listed, shapes)} hold several items")
    return None


def _is_prose(shapes: Shapes) -> bool:
    return shapes.is_free_text or shapes.is_address or shapes.phones > _SOME or shapes.dates > _SOME


def _number(header: str, shapes: Shapes, known: Sequence[Column], *, private: bool) -> TypeGuess | None:
    if shapes.numbers < MOSTLY or private or shapes.leading_zeros > 0:
        return None
    if is_identifier(header) or any(column.type == "string" for column in known):
        return None
    fractions = unit_of(header) in _MEASURED or any(column.type == "number" for column in known)
    whole = shapes.integers >= MOSTLY and not fractions
    kind: ColumnType = "integer" if whole else "number"
    return TypeGuess(kind, f"{_of(shapes.numbers, shapes)} are numbers, {_of(shapes.integers, shapes)} whole")


def _new_codes(
    header: str, texts: pl.Series, shapes: Shapes, known: Sequence[Column], *, private: bool
) -> TypeGuess | None:
    if (
        private
        or shapes.rows < _FEWEST_ROWS
        or shapes.name_like >= _NAME_LIKE
        or is_identifier(header)
        or any(column.type == "string" for column in known[:1])
    ):
        return None
    if max(shapes.places, shapes.numbered, shapes.offices, shapes.addresses) >= 0.5:
        return None
    counts = texts.drop_nulls().alias("text").value_counts(name="count").sort("count", "text", descending=[True, False])
    often = counts.filter((pl.col("count") >= ROWS_PER_CODE) & (pl.col("text").str.len_chars() <= _CODE_LENGTH))
    covered = int(often["count"].sum() or 0)
    if often.height > MOST_CODES or covered < MOSTLY * shapes.rows or often.height * ROWS_PER_CODE > shapes.rows:
        return None
    codes: dict[str, list[str]] = {}
    forms: set[str] = set()
    for text in often["text"]:
        if code_form(text) not in forms:
            codes[text] = []
            forms.add(code_form(text))
    return TypeGuess(
        "code", f"{often.height} values cover {covered} of {shapes.rows}", codes, unlisted=shapes.rows - covered
    )


def _text_reason(shapes: Shapes) -> str:
    told = {
        "ID numbers": shapes.ids,
        "phones": shapes.phones,
        "names": shapes.names,
        "plates": shapes.plates,
        "address words": shapes.addresses,
        "sentences": shapes.sentences,
    }
    seen = [f"{_of(share, shapes)} look like {what}" for what, share in told.items() if share >= _SOME]
    return "; ".join([f"{shapes.distinct} different texts", *seen])


def _of(share: float, shapes: Shapes) -> str:
    return f"{round(share * shapes.rows)} of {shapes.rows}"
