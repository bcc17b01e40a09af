from __future__ import annotations

import numpy as np
import pytest
from city_reading import ID_WEIGHTS, checksum_holds

from pipelines.city.numbers import credit_codes, day_sequences, id_numbers, mobiles


def test_a_number_worked_out_by_hand() -> None:
    number = id_numbers(np.array([990102]), np.array(["1990-02-03"], "M8[D]"), np.array([3]), np.array([True]))[0]
    body = [int(d) for d in "99010219900203007"]
    expected = "10X98765432"[sum(w * d for w, d in zip(ID_WEIGHTS, body, strict=True)) % 11]
    assert number == "99010219900203007" + expected
    assert checksum_holds(number)


def test_every_number_is_valid_distinct_and_tells_sex_and_day() -> None:
    rng = np.random.default_rng(5)
    size = 5_000
    area = rng.integers(990102, 990106, size)
    birth = np.datetime64("1980-01-01") + rng.integers(0, 40, size).astype("timedelta64[D]")
    male = rng.random(size) < 0.5
    numbers = id_numbers(area, birth, day_sequences(area, birth), male)
    assert all(map(checksum_holds, numbers))
    assert len(set(numbers)) == size
    assert all((int(n[16]) % 2 == 1) == m for n, m in zip(numbers, male, strict=True))
    assert all(n[6:14] == str(b).replace("-", "") for n, b in zip(numbers, birth, strict=True))


def test_the_last_six_characters_differ_between_people() -> None:
    area, birth = np.full(400, 990102), np.array(["1990-02-03"], "M8[D]").repeat(400)
    tails = {n[12:] for n in id_numbers(area, birth, day_sequences(area, birth), np.zeros(400, dtype=bool))}
    assert len(tails) == 400


def test_a_later_batch_of_the_same_day_shares_no_number() -> None:
    area, birth, male = np.full(200, 990102), np.array(["2026-03-01"], "M8[D]").repeat(200), np.ones(200, dtype=bool)
    first = set(id_numbers(area, birth, day_sequences(area, birth), male))
    later = set(id_numbers(area, birth, day_sequences(area, birth, 250), male))
    assert not first & later


def test_mobiles_begin_with_142_and_ranges_do_not_meet() -> None:
    numbers = np.concatenate([mobiles(0, 50_000), mobiles(50_000, 50_000)])
    assert all(n.startswith("142") and len(n) == 11 for n in numbers)
    assert len(set(numbers)) == 100_000


@pytest.mark.parametrize("counter", [0, 1, 17, 99_999])
def test_credit_codes_hold_both_check_characters(counter: int) -> None:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    code = credit_codes(np.array([990102]), np.array([counter]))[0]
    total = sum(alphabet.index(c) * 3**i for i, c in enumerate(code[:17]))
    assert len(code) == 18
    assert alphabet[(31 - total % 31) % 31] == code[17]
    organisation = sum(w * int(d) for w, d in zip([3, 7, 9, 10, 5, 8, 4, 2], code[8:16], strict=True))
    check = (11 - organisation % 11) % 11
    assert code[16] == ("X" if check == 10 else str(check))
