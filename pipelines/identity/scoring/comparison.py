"""The level of every comparison for every pair, by integer arithmetic; texts are read only where codes differ.

Gives the same level as the SQL conditions in `levels.py`, which `tests/unit/identity/test_comparison.py` holds
against DuckDB.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

from pipelines.identity.candidates.coding import STAR, CodedNodes
from pipelines.identity.candidates.features import SLOTS
from pipelines.identity.scoring.levels import COMPARISONS, REGION, SEX_DIGIT, SHORT_NAME, TAIL, YEAR

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.int8]

# Pairs compared at a time: bounds the memory of the widest step (18 bytes a number, twice) to some 40 MB.
CHUNK = 500_000
_LABELS = {comparison.name: comparison.labels for comparison in COMPARISONS}


def compare(pairs: pl.DataFrame, nodes: CodedNodes) -> pl.DataFrame:
    """Return `pairs` with one Int8 column a comparison, `level_<name>`: the place in `levels.COMPARISONS`.

    Args:
        pairs: `left_node, right_node` and anything else, kept.
        nodes: the coded features; every node of a pair must be in it.
    """
    left, right = nodes.rows_of(pairs["left_node"]), nodes.rows_of(pairs["right_node"])
    chunks: dict[str, list[Levels]] = {name: [] for name in _LABELS}
    for start in range(0, max(len(left), 1), CHUNK):
        part_left, part_right = left[start : start + CHUNK], right[start : start + CHUNK]
        for name, levels in _compare_rows(nodes, part_left, part_right).items():
            chunks[name].append(levels)
    return pairs.with_columns(
        pl.Series(f"level_{name}", np.concatenate(levels), dtype=pl.Int8) for name, levels in chunks.items()
    )


def _compare_rows(nodes: CodedNodes, left: Rows, right: Rows) -> dict[str, Levels]:
    return {
        "name": _names(nodes, left, right),
        "birth": _births(nodes, left, right),
        "sex": _sexes(nodes, left, right),
        "id": _numbers(nodes, left, right),
        "phone": _phones(nodes, left, right),
        "address": _addresses(nodes, left, right),
        "kin": _kin(nodes, left, right),
    }


def _first_true(comparison: str, conditions: dict[str, Mask]) -> Levels:
    """The first level, in the order of the definition, whose condition holds; `else` otherwise."""
    labels = _LABELS[comparison]
    ordered = [conditions[label] for label in labels[:-1]]
    numbers = [np.int8(place) for place in range(len(labels) - 1)]
    return np.asarray(np.select(ordered, numbers, default=np.int8(len(labels) - 1)), dtype=np.int8)


def _equal(nodes: CodedNodes, left: Rows, right: Rows, column: str, other: str | None = None) -> Mask:
    mine, theirs = nodes.codes[column][left], nodes.codes[other or column][right]
    same: Mask = (mine == theirs) & (mine >= 0)
    return same


def _names(nodes: CodedNodes, left: Rows, right: Rows) -> Levels:
    code, surname = nodes.codes["name"], nodes.codes["surname"]
    nameless = (code[left] < 0) | (code[right] < 0)
    same_surname = _equal(nodes, left, right, "surname")
    equal = _equal(nodes, left, right, "name")
    length = nodes.flags["name_length"]
    left_length, right_length = length[left], length[right]
    unequal = ~nameless & ~equal
    short = (left_length <= SHORT_NAME) & (right_length <= SHORT_NAME)
    slips = _distance(nodes, left, right, unequal & short, "name", 1) <= 1
    long_slip = slips & same_surname & ((left_length >= 3) | (right_length >= 3))
    long = (left_length > SHORT_NAME) & (right_length > SHORT_NAME)
    long_slip |= _distance(nodes, left, right, unequal & long, "pinyin", 2) <= 2
    same_given = _equal(nodes, left, right, "given") & (nodes.flags["long_given"][left] == 1)
    return _first_true(
        "name",
        {
            "null": nameless & ((surname[left] < 0) | (surname[right] < 0)),
            "equal": equal,
            "former": _equal(nodes, left, right, "name", "former_name")
            | _equal(nodes, left, right, "former_name", "name"),
            "sound": _equal(nodes, left, right, "pinyin"),
            "shape": _equal(nodes, left, right, "shape"),
            "accent": _equal(nodes, left, right, "accent"),
            "swapped": _equal(nodes, left, right, "name_sorted"),
            "slip": long_slip | _part_of_name(nodes, left, right, unequal),
            "given": same_given,
            "short_slip": slips,
            "titled": nameless & same_surname,
            "surname": same_surname,
        },
    )


def _distinct(nodes: CodedNodes, left: Rows, right: Rows, where: Mask) -> tuple[Rows, Rows, Rows, Rows]:
    """Rows of one pair of every distinct pair of names, the places they stand for, and the way back."""
    places = np.flatnonzero(where)
    code = nodes.codes["name"].astype(np.int64)
    keys = (code[left[places]] << 32) | code[right[places]]
    _, first, back = np.unique(keys, return_index=True, return_inverse=True)
    return left[places][first], right[places][first], places, back


def _distance(
    nodes: CodedNodes, left: Rows, right: Rows, where: Mask, column: str, cutoff: int
) -> npt.NDArray[np.int32]:
    """Levenshtein distance up to `cutoff`, read once for every distinct pair of names; 99 where it is not asked for."""
    result = np.full(len(left), 99, dtype=np.int32)
    one, other, places, back = _distinct(nodes, left, right, where)
    if len(places):
        texts = nodes.texts[column]
        distance = cpdist(
            texts.gather(one).to_list(),
            texts.gather(other).to_list(),
            scorer=Levenshtein.distance,
            score_cutoff=cutoff,
            dtype=np.int32,
        )
        result[places] = distance[back]
    return result


def _part_of_name(nodes: CodedNodes, left: Rows, right: Rows, where: Mask) -> Mask:
    """A minority name that begins with the other name: 古丽娜尔 and 古丽娜尔·玉素甫."""
    minority = nodes.flags["minority"]
    result = np.zeros(len(left), dtype=np.bool_)
    one, other, places, back = _distinct(nodes, left, right, where & ((minority[left] == 1) | (minority[right] == 1)))
    if len(places):
        names = pl.DataFrame({"one": nodes.texts["name"].gather(one), "other": nodes.texts["name"].gather(other)})
        long_enough = names.select(one=pl.col("one").str.len_chars() >= 3, other=pl.col("other").str.len_chars() >= 3)
        begins = names.select(
            other=pl.col("other").str.starts_with(pl.col("one")), one=pl.col("one").str.starts_with(pl.col("other"))
        )
        found = begins["other"].to_numpy() & long_enough["one"].to_numpy() & (minority[other] == 1)
        found |= begins["one"].to_numpy() & long_enough["other"].to_numpy() & (minority[one] == 1)
        result[places] = found[back]
    return result


def _births(nodes: CodedNodes, left: Rows, right: Rows) -> Levels:
    code, length = nodes.codes["birth"], nodes.flags["birth_length"]
    mine, theirs = nodes.birth[left], nodes.birth[right]
    in_numbers = (nodes.pattern[left, YEAR] != STAR).all(axis=1) & (nodes.pattern[right, YEAR] != STAR).all(axis=1)
    differing = mine != theirs
    days = (length[left] == 10) & (length[right] == 10)
    shortest = np.minimum(length[left], length[right])
    same_year, same_month = ~differing[:, :4].any(axis=1), ~differing[:, :7].any(axis=1)
    swapped = same_year & (mine[:, 5:7] == theirs[:, 8:10]).all(axis=1) & (mine[:, 8:10] == theirs[:, 5:7]).all(axis=1)
    # At equal length one substitution is the only single edit, so the count of differing places is enough.
    slip = days & ((differing.sum(axis=1) <= 1) | swapped)
    return _first_true(
        "birth",
        {
            "null": (code[left] < 0) | (code[right] < 0) | in_numbers,
            "day": days & ~differing.any(axis=1),
            "month": same_month & ((length[left] == 7) | (length[right] == 7)),
            "year": same_year & (shortest == 4),
            "slip": slip,
            "same_year": same_year,
        },
    )


def _sexes(nodes: CodedNodes, left: Rows, right: Rows) -> Levels:
    code = nodes.codes["sex"]
    unknown = (code[left] < 0) | (code[right] < 0)
    unknown |= (nodes.pattern[left, SEX_DIGIT] != STAR) & (nodes.pattern[right, SEX_DIGIT] != STAR)
    return _first_true("sex", {"null": unknown, "equal": code[left] == code[right]})


def _numbers(nodes: CodedNodes, left: Rows, right: Rows) -> Levels:
    mine, theirs = nodes.pattern[left], nodes.pattern[right]
    known = (mine != STAR) & (theirs != STAR)
    same = known & (mine == theirs)
    different = (known & ~same).sum(axis=1)
    equal, tail = same[:, REGION:].sum(axis=1), same[:, TAIL:].sum(axis=1) >= 3
    valid, fits = nodes.flags["valid"], different == 0
    return _first_true(
        "id",
        {
            "null": equal + different == 0,
            "equal": fits & (equal >= 12),
            "fits_many": fits & (equal >= 9),
            "fits_some": fits & (equal >= 5) & tail,
            "fits_few": fits & tail,
            "fits_birth": fits,
            "both_valid_differ": (valid[left] == 1) & (valid[right] == 1),
            "one_digit": (different == 1) & (equal >= 8),
            "two_digits": (different == 2) & (equal >= 9),
            "one_of_few": different == 1,
        },
    )


def _any_shared(nodes: CodedNodes, left: Rows, right: Rows, slot: str) -> Mask:
    """Some slot of the left equals some slot of the right."""
    found = np.zeros(len(left), dtype=np.bool_)
    for mine in range(1, SLOTS[slot] + 1):
        left_codes = nodes.codes[f"{slot}_{mine}"][left]
        for theirs in range(1, SLOTS[slot] + 1):
            found |= (left_codes == nodes.codes[f"{slot}_{theirs}"][right]) & (left_codes >= 0)
    return found


def _bucketed(nodes: CodedNodes, left: Rows, right: Rows, slot: str) -> npt.NDArray[np.int32]:
    """The bucket of the value that both share and fewest hold; 0 where nothing is shared."""
    best = np.zeros(len(left), dtype=np.int32)
    for mine in range(SLOTS[slot], 0, -1):
        column = f"{slot}_{mine}"
        bucket, left_codes = nodes.flags[f"{column}_bucket"][left], nodes.codes[column][left]
        for theirs in range(1, SLOTS[slot] + 1):
            same = (left_codes == nodes.codes[f"{slot}_{theirs}"][right]) & (left_codes >= 0)
            best = np.where(same & ((best == 0) | (bucket < best)), bucket, best).astype(np.int32)
    return best


def _phones(nodes: CodedNodes, left: Rows, right: Rows) -> Levels:
    bucket, ends = _bucketed(nodes, left, right, "phone"), nodes.codes["ends_1"]
    return _first_true(
        "phone",
        {
            "null": (ends[left] < 0) | (ends[right] < 0),
            "own": bucket == 1,
            "family": bucket == 2,
            "shared": bucket == 3,
            "masked": _any_shared(nodes, left, right, "ends"),
        },
    )


def _addresses(nodes: CodedNodes, left: Rows, right: Rows) -> Levels:
    bucket = _bucketed(nodes, left, right, "room")
    fine = np.zeros(len(nodes.node), dtype=np.bool_)
    for place in ("room", "unit", "building", "estate"):
        fine |= nodes.codes[f"{place}_1"] >= 0
    placed = fine | (nodes.codes["community_1"] >= 0)
    same_community = _any_shared(nodes, left, right, "community")
    return _first_true(
        "address",
        {
            "null": ~placed[left] | ~placed[right],
            "room": bucket == 1,
            "busy_room": bucket >= 2,
            "community_only": (~fine[left] | ~fine[right]) & same_community,
            "community_apart": ~fine[left] | ~fine[right],
            **{place: _any_shared(nodes, left, right, place) for place in ("unit", "building", "estate")},
            "community": same_community,
        },
    )


def _kin(nodes: CodedNodes, left: Rows, right: Rows) -> Levels:
    first = nodes.codes["kin_1"]
    return _first_true(
        "kin",
        {"null": (first[left] < 0) | (first[right] < 0), "same": _any_shared(nodes, left, right, "kin")},
    )
