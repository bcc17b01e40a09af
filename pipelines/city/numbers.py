"""Numbers that nobody living has: ID numbers of 9901xx, mobiles of 142, credit codes, all with valid check digits.

Sources: GB 11643-1999 (weights, ISO 7064 MOD 11-2) and GB 32100-2015 (31 characters, weights 3^i mod 31).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Objects = NDArray[np.object_]

ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
ID_CHECK = "10X98765432"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = np.array([pow(3, i, 31) for i in range(17)], dtype=np.int64)
ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_LETTER_X = CREDIT_ALPHABET.index("X")
_COUNTER_STEP, _COUNTER_MIX = 137, 7_907  # 137 and 500 have no common factor
_MOBILE_SPACE = 10**8
_MOBILE_STEP = 61_803_399  # odd and no multiple of 5: a permutation of the eight digits


def id_numbers(area: Ints, birth: NDArray[np.datetime64], sequence: Ints, male: NDArray[np.bool_]) -> Objects:
    """Return 18-character numbers.

    Args:
        area: six-digit division codes.
        birth: days of birth (datetime64[D]).
        sequence: a counter below 500 that separates people of one area and day; its parity is made to fit the sex.
        male: true for an odd sequence code.
    """
    days = birth.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    code = (sequence % 500) * 2 + male.astype(np.int64)
    body = ((area * 10_000 + years) * 10_000 + month * 100 + day) * 1_000 + code
    digits = (body[:, None] // 10 ** np.arange(16, -1, -1, dtype=np.int64)) % 10
    check = np.array(list(ID_CHECK), dtype=object)[(digits @ ID_WEIGHTS) % 11]
    numbers: Objects = body.astype("U17").astype(object) + check
    return numbers


def day_sequences(area: Ints, birth: NDArray[np.datetime64], start: int = 0) -> Ints:
    """Give the people of one area and day distinct counters below 500, spread as if drawn.

    `start` is the rank from which a later batch goes on; up to 500 people of one area and day get different counters.
    """
    key = area * 100_000 + birth.astype("datetime64[D]").astype(np.int64)
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(key) else np.array([], dtype=bool)
    begins = np.maximum.accumulate(np.where(first, np.arange(len(key)), 0))
    rank = np.empty(len(key), dtype=np.int64)
    rank[order] = np.arange(len(key)) - begins
    return np.asarray(((start + rank) * _COUNTER_STEP + key * _COUNTER_MIX) % 500, dtype=np.int64)


def mobiles(first: int, size: int) -> Objects:
    """Return `size` distinct mobile numbers 142xxxxxxxx; ranges that do not overlap share none."""
    counter = np.arange(first, first + size, dtype=np.int64)
    tail = (counter * _MOBILE_STEP + 7_919) % _MOBILE_SPACE
    numbers: Objects = (14_200_000_000 + tail).astype("U11").astype(object)
    return numbers


def landlines(rng: np.random.Generator, size: int) -> Objects:
    """Return landline numbers of the area code 0989, which no place has."""
    return np.array([f"0989-{n}" for n in rng.integers(2_000_000, 8_999_999, size)], dtype=object)


def credit_codes(area: Ints, organisation: Ints) -> Objects:
    """Return unified social credit codes; the organisation part is distinct where the counter is."""
    scrambled = organisation * 48_271 + 1_000_003
    part = (scrambled[:, None] // 10 ** np.arange(7, -1, -1, dtype=np.int64)) % 10
    organisation_check = (11 - (part @ ORGANISATION_WEIGHTS) % 11) % 11
    part = np.concatenate([part, np.where(organisation_check == 10, _LETTER_X, organisation_check)[:, None]], axis=1)
    head = (area[:, None] // 10 ** np.arange(5, -1, -1, dtype=np.int64)) % 10
    lead = np.tile(np.array([9, 1], dtype=np.int64), (len(area), 1))
    digits = np.concatenate([lead, head, part], axis=1)
    check = (31 - (digits @ CREDIT_WEIGHTS) % 31) % 31
    alphabet = np.array(list(CREDIT_ALPHABET), dtype="U1")
    letters = alphabet[np.concatenate([digits, check[:, None]], axis=1)]
    return np.array(["".join(row) for row in letters], dtype=object)
