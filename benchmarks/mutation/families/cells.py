"""Texts and codes that mean something else, or nothing."""

from __future__ import annotations

import numpy as np
import polars as pl

from mutation.case import Case, Rng, columns, header_of, pick, put, some_rows, texts
from mutation.frames import Corrupted, frame_corruption

_UNKNOWN = ["99", "待核实", "类型A", "X01", "其它情况说明"]


def _code(case: Case, frame: pl.DataFrame, rng: Rng, distinct: int = 2) -> tuple[str, pl.DataFrame] | None:
    """Draw a code column; return its header, and its codes by count (`code`, `len`), each of five of a hundred rows."""
    column = pick(rng, columns(case, frame, "code", filled=0.5, distinct=distinct))
    header = header_of(frame, column) if column else None
    if header is None or frame.schema[header] != pl.String:
        return None
    counts = texts(frame, header).drop_nulls().rename("code").to_frame().group_by("code").len().sort("code")
    counts = counts.filter(pl.col("len") >= 0.05 * len(frame))
    return None if counts.is_empty() else (header, counts)


@frame_corruption
def code_remapped(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Two codes of a list change meaning, after the code table was renumbered."""
    found = _code(case, frame, rng)
    if found is None or len(found[1]) < 2:
        return None
    header, counts = found
    chosen = rng.permutation(len(counts))[:2]
    one, other = (counts["code"][int(i)] for i in chosen)
    everything = pl.Series(np.ones(len(frame), dtype=bool))
    cells = texts(frame, header).replace({one: other, other: one})
    return put(frame, header, everything, cells), f"two codes of {header} exchanged"


@frame_corruption
def code_folded(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """One code has become another in every row."""
    found = _code(case, frame, rng)
    if found is None or len(found[1]) < 2:
        return None
    header, counts = found
    chosen = rng.permutation(len(counts))[:2]
    one, other = (counts["code"][int(i)] for i in chosen)
    everything = pl.Series(np.ones(len(frame), dtype=bool))
    share = float((texts(frame, header) == one).mean() or 0)
    return put(frame, header, everything, texts(frame, header).replace({one: other})), (
        f"one code of {header} ({share:.0%}) became another"
    )


@frame_corruption
def code_unknown(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """One code is written in a way that no list knows."""
    found = _code(case, frame, rng, distinct=1)
    if found is None:
        return None
    header, counts = found
    one = counts["code"][int(rng.integers(0, len(counts)))]
    everything = pl.Series(np.ones(len(frame), dtype=bool))
    word = _UNKNOWN[int(rng.integers(0, len(_UNKNOWN)))]
    return put(frame, header, everything, texts(frame, header).replace({one: word})), f"one code of {header} unknown"


@frame_corruption
def unheard_of_nulls(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Empty cells are written with a word, or full ones are hidden behind it."""
    column = pick(rng, columns(case, frame, filled=0.5))
    header = header_of(frame, column) if column else None
    if header is None or frame.schema[header] != pl.String:
        return None
    word = ["待补充", "详见附件", "同上", "#REF!", "#VALUE!", "保密", "0"][int(rng.integers(0, 7))]
    mask, share = some_rows(rng, len(frame), 0.1, 0.6)
    cells = pl.Series([word]).new_from_index(0, len(frame))
    return put(frame, header, mask, cells), f"{header} is {word} in {share:.0%} of rows"


@frame_corruption
def mojibake_in_cells(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Texts were decoded with the wrong table and saved so: question marks or other characters for Han."""
    found = [c for c in columns(case, frame, "string", "code") if _has_han(frame, header_of(frame, c))]
    column = pick(rng, found)
    header = header_of(frame, column) if column else None
    if header is None:
        return None
    mask, share = some_rows(rng, len(frame), 0.1, 1.0)
    cells = texts(frame, header)
    if rng.random() < 0.5:
        broken = pl.Series([t and t.encode("utf-8").decode("gb18030", errors="replace") for t in cells])
    else:
        broken = cells.str.replace_all(r"\p{Han}", "?")
    return put(frame, header, mask, broken), f"{header} garbled in {share:.0%} of rows"


def _has_han(frame: pl.DataFrame, header: str | None) -> bool:
    if header is None:
        return False
    return bool(texts(frame, header).str.contains(r"\p{Han}").fill_null(value=False).mean() > 0.3)  # type: ignore[operator]


def _address(case: Case, frame: pl.DataFrame, rng: Rng) -> str | None:
    named = {mention.text for mention in case.contract.address_mentions}
    column = pick(rng, [c for c in columns(case, frame, "string") if c.name in named])
    return header_of(frame, column) if column else None


@frame_corruption
def addresses_without_rooms(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """The export cuts addresses behind the building, or behind the estate."""
    header = _address(case, frame, rng)
    if header is None:
        return None
    mask, share = some_rows(rng, len(frame), 0.3, 1.0)
    cells = texts(frame, header).str.replace(r"^(.{4,}?\D)[0-9０-９]+.*$", "${1}")
    return put(frame, header, mask, cells), f"{header} cut before the first number in {share:.0%} of rows"


@frame_corruption
def addresses_of_another_street(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Numbers of houses and buildings are one higher or lower than they should be."""
    header = _address(case, frame, rng)
    if header is None:
        return None
    mask, share = some_rows(rng, len(frame), 0.3, 1.0)
    step = 40
    cells = pl.Series([_add_to_first_number(text, step) for text in texts(frame, header)], dtype=pl.String)
    return put(frame, header, mask, cells), f"first number of {header} plus {step} in {share:.0%} of rows"


def _add_to_first_number(text: str | None, step: int) -> str | None:
    if text is None:
        return None
    start = next((i for i, c in enumerate(text) if c.isdecimal() and c.isascii()), None)
    if start is None:
        return text
    end = start
    while end < len(text) and text[end].isdecimal() and text[end].isascii():
        end += 1
    return f"{text[:start]}{int(text[start:end]) + step}{text[end:]}"
