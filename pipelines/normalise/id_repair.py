"""Numbers that a single slip explains: which right numbers may have been meant by one whose check character fails.

A candidate is never proof of anybody: a wrong number of eighteen signs has some fifteen of them. It is a place to look
(blocking), and where the row's own birth date picks one of them, what the number most likely was.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.normalise.id_check import CHECK_CHARACTERS, ID_LENGTH, WEIGHTS, is_valid

_BODY = ID_LENGTH - 1
_NO_DIGIT = 10  # the remainder that no single digit brings about


def repair_candidates(numbers: pl.Series) -> pl.DataFrame:
    """Return the valid numbers that one wrong sign, or two neighbours in the wrong order, turn into each text.

    Args:
        numbers: texts of 18 signs, digits and a last digit or `X`; others and nulls have no candidates.

    Returns:
        `number, candidate`, unique and sorted; valid numbers have none. MOD 11-2 leaves at most one digit for each
        place, so there are at most 18 candidates by a wrong sign and 17 by a swap.

    Example:
        >>> repair_candidates(pl.Series(["990103199808071203"]))["candidate"].to_list()[-1]
        '990703199808071203'
    """
    wrong = numbers.cast(pl.String).rename("number").to_frame().drop_nulls().unique(maintain_order=True)
    wrong = wrong.filter(pl.col("number").str.contains(r"^\d{17}[\dX]$")).filter(
        ~is_valid(pl.col("number")).fill_null(value=False)
    )
    tried = pl.concat([_swapped(wrong), _replaced(wrong)])
    return tried.filter(is_valid(pl.col("candidate"))).unique().sort("number", "candidate")


def _swapped(wrong: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("number")
    swaps = (
        wrong.select(
            "number",
            candidate=pl.concat_str(
                text.str.head(place), text.str.slice(place + 1, 1), text.str.slice(place, 1), text.str.slice(place + 2)
            ),
        )
        for place in range(_BODY)
    )
    return pl.concat(swaps).filter(pl.col("candidate") != text)


def _replaced(wrong: pl.DataFrame) -> pl.DataFrame:
    """For every place the one digit with which the check character fits."""
    digits = _digits(wrong["number"])
    weights = np.array(WEIGHTS, dtype=np.int64)
    asked = wrong["number"].str.tail(1).replace_strict(list(CHECK_CHARACTERS), list(range(11)), return_dtype=pl.Int64)
    missing = (asked.to_numpy() - digits @ weights) % 11
    inverse = np.array([pow(int(weight), -1, 11) for weight in weights], dtype=np.int64)
    fitting = (digits + missing[:, None] * inverse[None, :]) % 11
    text = pl.col("number")
    found = []
    for place in range(_BODY):
        told = wrong.with_columns(digit=pl.Series(fitting[:, place])).filter(pl.col("digit") != _NO_DIGIT)
        mended = pl.concat_str(text.str.head(place), pl.col("digit").cast(pl.String), text.str.slice(place + 1))
        found.append(told.select("number", candidate=mended))
    right = np.array(list(CHECK_CHARACTERS))[(digits @ weights) % 11]
    last = wrong.select("number", candidate=pl.concat_str(text.str.head(_BODY), pl.Series(right, dtype=pl.String)))
    return pl.concat([*found, last])


def _digits(numbers: pl.Series) -> npt.NDArray[np.int64]:
    signs = np.frombuffer("".join(numbers.str.head(_BODY).to_list()).encode("ascii"), dtype=np.uint8)
    return signs.reshape(len(numbers), _BODY).astype(np.int64) - ord("0")
