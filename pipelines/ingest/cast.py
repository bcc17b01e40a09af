"""From text to the types of the contract, cell by cell, each distinct text read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.contracts.headers import HeaderMap
from pipelines.contracts.model import Column, Contract
from pipelines.contracts.schema import PRECISION_SUFFIX, column_schema
from pipelines.ingest.codes import parse_codes, parse_lists
from pipelines.ingest.dates import parse_dates, parse_timestamps
from pipelines.ingest.numbers import parse_booleans, parse_integers, parse_numbers

_TRIMMED = " \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
# `="0012"` and `'0012`: how a spreadsheet is told that digits are text.
_FORMULA_TEXT = r"""^(?:="([^"]*)"|'(\d.*))$"""


@dataclass(frozen=True)
class TypedChunk:
    """Rows cast by contract.

    Attributes:
        frame: `row_number`, the contract's typed columns, `extra`, and for each row a `reason_code` and `reason`
            (null for a row that is taken) and `text_<identity column>` for the columns that make its key.
        unread: column -> cells that could not be read as its type.
        unknown_codes: column -> cells outside its code list.
    """

    frame: pl.DataFrame
    unread: Mapping[str, int]
    unknown_codes: Mapping[str, int]


def cast_chunk(frame: pl.DataFrame, contract: Contract, headers: HeaderMap) -> TypedChunk:
    """Cast the rows of a text table.

    Rule: feeds.md, "Cells". A cell that cannot be read becomes null and its text goes to `extra` under the name of
    its column; unknown columns go there under their header.
    """
    texts = frame.select("row_number", *_texts(contract, headers), *_unknown(headers))
    typed = texts.select("row_number", *(pl.col(_text(name)) for name in _key_columns(contract)))
    for column in contract.columns:
        typed = typed.hstack(_cast_column(texts[_text(column.name)], column, contract))
    unread = {column.name: int(typed[f"unread_{column.name}"].sum()) for column in contract.columns}
    unknown = {c.name: int((~typed[f"known_{c.name}"]).sum()) for c in contract.columns if c.type == "code"}
    typed = typed.with_columns(_extra(texts, typed, contract, headers), *_verdict(contract))
    keep = ["row_number", *column_schema(contract), "extra", "reason_code", "reason"]
    return TypedChunk(
        typed.select(*keep, *(_text(name) for name in _key_columns(contract))),
        {name: count for name, count in unread.items() if count},
        {name: count for name, count in unknown.items() if count},
    )


def trimmed(text: pl.Expr) -> pl.Expr:
    """Return `text` without blanks of any width at its ends and without the marks of a spreadsheet's text cell."""
    return text.str.strip_chars(_TRIMMED).str.replace(_FORMULA_TEXT, "${1}${2}").str.strip_chars(_TRIMMED)


def null_texts(tokens: Iterable[str]) -> list[str]:
    """Return the null tokens of a contract in every case and width, and the empty text.

    >>> "ｎｕｌｌ" in null_texts(["NULL"])
    True
    """
    cases = {form for token in tokens for form in (token, token.lower(), token.upper(), token.title())}
    return sorted({""} | cases | {token.translate(_WIDE) for token in cases})


def _text(name: str) -> str:
    return f"text_{name}"


def _key_columns(contract: Contract) -> list[str]:
    return list(contract.key or contract.identity)


def _texts(contract: Contract, headers: HeaderMap) -> list[pl.Expr]:
    """One text column a contract column: trimmed, null tokens null, null throughout where the file lacks it."""
    tokens = null_texts(contract.null_tokens)
    found = []
    for column in contract.columns:
        position = headers.columns.get(column.name)
        if position is None:
            found.append(pl.lit(None, dtype=pl.String).alias(_text(column.name)))
            continue
        text = trimmed(pl.col(str(position)))
        found.append(pl.when(~text.is_in(tokens)).then(text).alias(_text(column.name)))
    return found


def _unknown(headers: HeaderMap) -> list[pl.Expr]:
    found = []
    for position in headers.unknown:
        text = trimmed(pl.col(str(position)))
        found.append(pl.when(text != "").then(text).alias(f"unknown_{position}"))
    return found


def _by_distinct(values: pl.Series, read: Callable[[pl.Series], pl.DataFrame]) -> pl.DataFrame:
    """Apply `read` to the distinct values and return its columns for every row."""
    distinct = values.alias("text").to_frame().unique(maintain_order=True).filter(pl.col("text").is_not_null())
    answers = distinct.hstack(read(distinct["text"]))
    return values.alias("text").to_frame().join(answers, on="text", how="left", maintain_order="left").drop("text")


def _cast_column(texts: pl.Series, column: Column, contract: Contract) -> pl.DataFrame:
    """Return the column, its precision if it has one, `unread_<name>` and, for a code, `known_<name>`."""
    if column.type == "string":
        return pl.DataFrame({column.name: texts, f"unread_{column.name}": pl.zeros(len(texts), pl.Boolean, eager=True)})
    answer = _by_distinct(texts, lambda distinct: _read(distinct, column, contract))
    unread = (answer["value"].is_null() & texts.is_not_null()).alias(f"unread_{column.name}")
    columns = [answer["value"].alias(column.name)]
    if column.with_precision:
        columns.append(answer["precision"].alias(column.name + PRECISION_SUFFIX))
    if column.type == "code":
        columns.append(answer["known"].fill_null(value=True).alias(f"known_{column.name}"))
    if column.type == "list":
        unread = unread & False
    return pl.DataFrame([*columns, unread])


def _read(texts: pl.Series, column: Column, contract: Contract) -> pl.DataFrame:
    match column.type:
        case "date":
            return parse_dates(texts)
        case "code":
            return parse_codes(column, texts)
        case "timestamp":
            value = parse_timestamps(texts)
        case "integer":
            value = parse_integers(texts)
        case "number":
            value = parse_numbers(texts)
        case "boolean":
            value = parse_booleans(texts)
        case _:
            value = parse_lists(column, texts, contract.null_tokens)
    return pl.DataFrame({"value": value})


def _extra(texts: pl.DataFrame, typed: pl.DataFrame, contract: Contract, headers: HeaderMap) -> pl.Series:
    """Return the JSON of unknown columns and unread cells; null for a row without any."""
    parts = {headers.unknown[position]: texts[f"unknown_{position}"] for position in headers.unknown}
    for column in contract.columns:
        unread = typed[f"unread_{column.name}"]
        if unread.any():
            parts[column.name] = texts[_text(column.name)].zip_with(unread, pl.Series([None], dtype=pl.String))
    filled = [(name, values) for name, values in sorted(parts.items()) if values.null_count() < len(values)]
    if not filled:
        return pl.Series("extra", [None] * typed.height, dtype=pl.String)
    return json_objects(filled).alias("extra")


def json_objects(columns: list[tuple[str, pl.Series]]) -> pl.Series:
    """Return one JSON object a row with the non-null values of `columns`; null where all are null."""
    pieces = pl.DataFrame([values.alias(str(i)) for i, (_, values) in enumerate(columns)])
    joined = pl.concat_str(
        [pl.lit(_quoted(name) + ":") + json_string(pl.col(str(i))) for i, (name, _) in enumerate(columns)],
        separator=",",
        ignore_nulls=True,
    )
    return pieces.select(pl.when(joined != "").then(pl.format("{{{}}}", joined))).to_series()


def _quoted(text: str) -> str:
    return str(pl.select(json_string(pl.lit(text))).item())


def json_string(text: pl.Expr) -> pl.Expr:
    """Return `text` as a JSON string literal; null stays null."""
    escaped = text.str.replace_many(
        ["\\", '"', "\n", "\r", "\t", *(chr(code) for code in range(32) if chr(code) not in "\n\r\t")],
        ["\\\\", '\\"', "\\n", "\\r", "\\t", *(f"\\u{code:04x}" for code in range(32) if chr(code) not in "\n\r\t")],
    )
    return pl.concat_str(pl.lit('"'), escaped, pl.lit('"'))


def _verdict(contract: Contract) -> list[pl.Expr]:
    """Return `reason_code` and `reason`; the first rule that a row breaks names it. Rule: feeds.md, "Keys", "Cells"."""
    rules: list[tuple[pl.Expr, str, str]] = []
    keys = [pl.col(_text(name)).is_null() for name in _key_columns(contract)]
    if contract.key:
        rules.append((pl.any_horizontal(keys), "missing_key", f"no value in the key {'+'.join(contract.key)}"))
    elif keys:
        rules.append((pl.all_horizontal(keys), "missing_key", "none of the identifying columns has a value"))
    for column in contract.columns:
        if column.required or column.name in contract.key:
            rules.append((pl.col(f"unread_{column.name}"), "bad_value", f"{column.name} is no {column.type}"))
            rules.append((pl.col(column.name).is_null(), "required_missing", f"{column.name} is empty"))
        if column.type == "code" and column.unknown_code == "quarantine":
            rules.append((~pl.col(f"known_{column.name}"), "code_unknown", f"{column.name} is outside its code list"))
    code = [pl.when(broken).then(pl.lit(name)).otherwise(None) for broken, name, _ in rules]
    why = [pl.when(broken).then(pl.lit(text)).otherwise(None) for broken, _, text in rules]
    nothing = pl.lit(None, dtype=pl.String)
    return [pl.coalesce(*code, nothing).alias("reason_code"), pl.coalesce(*why, nothing).alias("reason")]
