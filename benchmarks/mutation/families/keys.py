"""Keys and numbers of persons that lost their form or their owner."""

from __future__ import annotations

import polars as pl

from mutation.case import Case, Rng, columns, header_of, pick, put, some_rows, texts
from mutation.families.lists import key_headers, new_keys
from mutation.frames import Corrupted, frame_corruption

_NUMBER = r"^\d{15}$|^\d{17}[\dXx]$"


def _number_headers(case: Case, frame: pl.DataFrame) -> list[str]:
    found = []
    for column in columns(case, frame, "string", "list", filled=0.1):
        header = header_of(frame, column)
        if header is not None and texts(frame, header).str.contains(_NUMBER).fill_null(value=False).mean() > 0.15:  # type: ignore[operator]
            found.append(header)
    return found


def _phone_headers(case: Case, frame: pl.DataFrame) -> list[str]:
    found = []
    for column in columns(case, frame, "string", "list", filled=0.1):
        header = header_of(frame, column)
        if header is not None and texts(frame, header).str.contains(r"^1\d{10}").fill_null(value=False).mean() > 0.15:  # type: ignore[operator]
            found.append(header)
    return found


@frame_corruption
def keys_renumbered(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A new system gave every record a new key."""
    keys = [h for h in key_headers(case, frame) if frame.schema[h] == pl.String]
    if not keys or case.contract.mode != "full":
        return None
    return frame.with_columns(new_keys(frame[keys[0]], rng).alias(keys[0])), f"all of {keys[0]} new"


@frame_corruption
def keys_cut(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Keys lost their last characters to a narrow field, so that many are alike."""
    keys = [h for h in key_headers(case, frame) if frame.schema[h] == pl.String]
    if not keys:
        return None
    lost = int(rng.integers(1, 4))
    cells = texts(frame, keys[0])
    mask, share = some_rows(rng, len(frame), 0.5, 1.0)
    return put(frame, keys[0], mask, cells.str.head(-lost)), f"{keys[0]} without {lost} characters in {share:.0%}"


@frame_corruption
def numbers_as_floats(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Excel took ID numbers for floats: 3.20106E+17."""
    headers = _number_headers(case, frame)
    if not headers:
        return None
    header = headers[int(rng.integers(0, len(headers)))]
    cells = texts(frame, header)
    digits = cells.str.contains(r"^\d{15,18}$").fill_null(value=False)
    mask, share = some_rows(rng, len(frame), 0.2, 1.0)
    floats = pl.Series([f"{float(text):.5E}" if text and text.isdecimal() else text for text in cells])
    return put(frame, header, mask & digits, floats), f"{header} as floats in {share:.0%} of rows"


@frame_corruption
def numbers_rounded(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Excel kept fifteen digits of ID numbers and wrote zeros for the rest."""
    headers = _number_headers(case, frame)
    if not headers:
        return None
    header = headers[int(rng.integers(0, len(headers)))]
    mask, share = some_rows(rng, len(frame), 0.3, 1.0)
    cells = texts(frame, header).str.replace(r"^(\d{15})\d{2}[\dXx]$", "${1}000")
    return put(frame, header, mask, cells), f"{header} with 000 at the end in {share:.0%} of rows"


@frame_corruption
def leading_zeros_lost(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Leading zeros of codes and numbers are gone."""
    found = []
    for column in columns(case, frame, "string", "code"):
        header = header_of(frame, column)
        if header is None:
            continue
        cells = texts(frame, header)
        if (cells.str.contains(r"^0\d+$").fill_null(value=False).mean() or 0.0) > 0.05:  # type: ignore[operator]
            found.append(header)
    if not found:
        return None
    header = found[int(rng.integers(0, len(found)))]
    mask, share = some_rows(rng, len(frame), 0.5, 1.0)
    return put(frame, header, mask, texts(frame, header).str.replace(r"^0+(\d)", "${1}")), f"{header} in {share:.0%}"


@frame_corruption
def phones_masked(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A privacy patch masks the middle of phones."""
    headers = _phone_headers(case, frame)
    if not headers:
        return None
    header = headers[int(rng.integers(0, len(headers)))]
    mask, share = some_rows(rng, len(frame), 0.6, 1.0)
    cells = texts(frame, header).str.replace_all(r"(1\d{2})\d{4}(\d{4})", "${1}****${2}")
    return put(frame, header, mask, cells), f"{header} masked in {share:.0%} of rows"


@frame_corruption
def numbers_masked(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A privacy patch masks the middle of ID numbers."""
    headers = _number_headers(case, frame)
    if not headers:
        return None
    header = headers[int(rng.integers(0, len(headers)))]
    mask, share = some_rows(rng, len(frame), 0.6, 1.0)
    cells = texts(frame, header).str.replace_all(r"(\d{6})\d{8}(\d{3}[\dXx])", "${1}********${2}")
    return put(frame, header, mask, cells), f"{header} masked in {share:.0%} of rows"


@frame_corruption
def one_number_for_many(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A clerk filled an ID number or phone down over many rows."""
    headers = [*_number_headers(case, frame), *_phone_headers(case, frame)]
    if not headers:
        return None
    header = headers[int(rng.integers(0, len(headers)))]
    cells = texts(frame, header)
    first = cells.drop_nulls().sort().head(1)
    mask, share = some_rows(rng, len(frame), 0.1, 0.5)
    return put(frame, header, mask, first.new_from_index(0, len(frame))), f"one {header} in {share:.0%} of rows"


@frame_corruption
def sexes_flipped(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Male is female and the other way round in a share of rows."""
    column = pick(rng, [c for c in columns(case, frame) if c.name == "sex"])
    header = header_of(frame, column) if column else None
    if header is None:
        return None
    mask, share = some_rows(rng, len(frame), 0.08, 1.0)
    cells = texts(frame, header).replace({"1": "2", "2": "1", "男": "女", "女": "男"})
    return put(frame, header, mask, cells), f"{header} flipped in {share:.0%} of rows"
