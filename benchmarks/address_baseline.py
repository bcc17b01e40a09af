"""What a naive system reaches: exact normalised text, then rapidfuzz among the rooms whose numbers are the same."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict

import polars as pl
from rapidfuzz import fuzz, process

KEY = ["feed", "record_key", "address_role"]
CUT = 90
_HEADS = ("province", "city", "district", "street", "community")


def plain(text: str) -> str:
    """Return a text in NFKC without spaces and without the word for room."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).removesuffix("室")


def _row_forms(row: dict[str, str | None]) -> set[str]:
    """Return the ways in which the register itself would write a row: from any division on, with and without road."""
    road = (row["road"] or "") + (row["house_number"] or "")
    tail = "".join(row[c] or "" for c in ("estate", "building", "unit", "room"))
    bodies = {road + tail} | ({tail} if row["estate"] else set())
    heads = [row[c] or "" for c in _HEADS]
    fronts = {"".join(heads[i:]) for i in range(len(heads) + 1)} | {"".join(heads[i:4]) for i in range(4)}
    return {plain(front + body) for front in fronts for body in bodies if body}


def _numbers(text: str) -> str:
    return "-".join(re.findall(r"\d+", text))


def naive_answers(mentions: pl.DataFrame, register: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the answers of both baselines in the columns that a judge reads."""
    columns = [*_HEADS, "road", "house_number", "estate", "building", "unit", "room"]
    missing = [pl.lit(None, dtype=pl.String).alias(c) for c in columns if c not in register.columns]
    rows = register.with_columns(missing).select("address_code", *columns).sort("address_code")
    exact: dict[str, set[str]] = defaultdict(set)
    blocks: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows.iter_rows(named=True):
        forms = _row_forms(row)
        for form in forms:
            exact[form].add(row["address_code"])
        for form in sorted(forms, key=len):
            blocks[_numbers(form)].append((form, row["address_code"]))
    texts = mentions.select(*KEY, pl.concat_str("hint_estate", "address_text", ignore_nulls=True).alias("text"))
    distinct = texts["text"].drop_nulls().unique().sort().to_list()
    by_text = {text: _one(exact.get(plain(text), set())) for text in distinct}
    near = {text: found or _nearest(plain(text), blocks) for text, found in by_text.items()}
    return {"exact text": _answers(texts, by_text), "rapidfuzz in block": _answers(texts, near)}


def _one(codes: set[str]) -> str | None:
    return next(iter(codes)) if len(codes) == 1 else None


def _nearest(text: str, blocks: dict[str, list[tuple[str, str]]]) -> str | None:
    block = blocks.get(_numbers(text), [])
    found = process.extract(text, [form for form, _ in block], scorer=fuzz.WRatio, score_cutoff=CUT, limit=5)
    best = {block[at][1] for _, score, at in found if score == found[0][1]}
    return _one(best)


def _answers(texts: pl.DataFrame, found: dict[str, str | None]) -> pl.DataFrame:
    code = texts["text"].replace_strict(found, default=None, return_dtype=pl.String)
    none = pl.lit(None, dtype=pl.String)
    return texts.with_columns(code.alias("address_code")).select(
        *KEY,
        pl.col("text").alias("address_text"),
        "address_code",
        pl.when(pl.col("address_code").is_not_null()).then(pl.lit("matched")).otherwise(pl.lit("unmatched")).alias("status"),
        pl.lit(1.0).alias("confidence"),
        none.alias("matched_level"),
        *(none.alias(c) for c in ("reason", "candidates", "building_code", "unit_key", "community", "street",
                                  "district", "division_code")),
    )  # fmt: skip
