"""ID numbers as departments write them. Divisions 9901xx are assigned to nobody."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.normalise.ids import CHECK_CHARACTERS, WEIGHTS, parse_ids

VALID = "990103199808071202"
CASES = [
    (VALID, "valid", VALID, VALID, "as it should be"),
    (" 990103 19980807 1202\t", "valid", VALID, VALID, "spaces and tabs"),
    ("'990103199808071202", "valid", VALID, VALID, "the apostrophe of a spreadsheet"),
    ("９９０１０３１９９８０８０７１２０２", "valid", VALID, VALID, "full width"),
    ("99O1O3l998O8O712O2", "valid", VALID, VALID, "letters that look like digits"),
    ("身份证号：990103199808071202", "valid", VALID, VALID, "a label in the cell"),
    ("990103199808071202.0", "valid", VALID, VALID, "a float's tail"),
    ("98042519820716388x", "valid", "98042519820716388X", "98042519820716388X", "small x"),
    ("990102801213215", "valid", "990102198012132152", "990102198012132152", "15 digits brought to 18"),
    ("990103199808071203", "invalid", "990103199808071203", "990103199808071203", "wrong check character"),
    ("990103199813071202", "invalid", "990103199813071202", "990103199813071202", "month 13"),
    ("99010319980807120", "invalid", None, "99010319980807****", "one sign is missing behind the birth date"),
    ("9901319980807120X", "invalid", None, "******19980807120X", "one digit is missing before the birth date"),
    ("9901031998087120", "invalid", None, None, "two digits are missing, nobody knows which"),
    ("990103199808071000", "invalid", "990103199808071000", "990103199808071***", "a spreadsheet wrote zeros"),
    ("9.90103E+17", "invalid", None, "99010*************", "digits lost for ever"),
    ("990103********1202", "masked", None, "990103********1202", "the usual mask"),
    ("9901**…", "masked", None, "9901**************", "a mask of any width"),
    ("9901031998********", "masked", None, "9901031998********", "the end hidden"),
    ("9901031998XXXX120X", "masked", None, "9901031998****120X", "X inside hides, X at the end is a check character"),
    ("990103×××××××××202", "masked", None, "990103*********202", "other signs"),
    ("071202", "tail", None, "************071202", "last six"),
    ("4221x", "tail", None, "*************4221X", "a leading zero lost"),
    ("G12345678", "passport", "G12345678", None, "passport"),
    ("E34718183", "passport", "E34718183", None, "a passport is no float"),
    ("ABC123456789012", "passport", "ABC123456789012", None, "permanent residence permit"),
    ("99010319980807012Ⅹ", "valid", "99010319980807012X", "99010319980807012X", "the Roman numeral ten"),
    ("99010319980807012х", "valid", "99010319980807012X", "99010319980807012X", "a Cyrillic letter"),
    ("99010319980807012×", "valid", "99010319980807012X", "99010319980807012X", "a cross where X belongs"),
    ("99010319980807120×", "masked", None, "99010319980807120*", "a cross where another sign belongs: hidden"),
    ("990103-19980807-1202", "valid", VALID, VALID, "hyphens between the parts"),
    ("990103199808071202（已过期）", "valid", VALID, VALID, "a remark behind"),
    ("张三 990103199808071202", "valid", VALID, VALID, "words before"),
    ("证件号码：990103 19980807 1202", "valid", VALID, VALID, "a longer label, and spaces"),
    ("3301…1234", "masked", None, "3301**********1234", "dots for the middle"),
    ("3301......123X", "masked", None, "3301**********123X", "more dots"),
    ("9901****1998****1202", "masked", None, "9901**1998****1202", "a year between masks of the wrong width"),
    ("330106？？？？？？？？1234", "masked", None, "330106********1234", "question marks"),
    ("330106••••1234", "masked", None, "330106********1234", "fewer signs than digits"),
    ("330106xxxxxxxxxxxx1234", "masked", None, "330106********1234", "more signs than digits"),
    ("33O1O6****1234", "masked", None, "330106********1234", "look-alike letters beside a mask"),
    ("尾号1234", "tail", None, "**************1234", "the words for a tail"),
    ("身份证后四位：123x", "tail", None, "**************123X", "other words for it"),
    ("后6位071202", "tail", None, "************071202", "with a figure"),
    ("前六位330106", "masked", None, "330106************", "the words for a head"),
    ("071202.0", "tail", None, "************071202", "a spreadsheet's float"),
    ("护照：E12345678", "passport", "E12345678", None, "a labelled passport"),
    ("H1234567801", "passport", "H1234567801", None, "a Hong Kong permit"),
    ("01234567", "passport", "01234567", None, "a Taiwan permit"),
    ("0123456789B", "passport", "0123456789B", None, "a Taiwan permit before 2015"),
    ("C01X00T47", "passport", "C01X00T47", None, "letters and digits mixed"),
    ("19980807", "invalid", None, None, "a birth date in the wrong column"),
    ("830000198001010018", "valid", "830000198001010018", "830000198001010018", "residence permit of a Taiwan person"),
    ("911156198001010016", "valid", "911156198001010016", "911156198001010016", "a foreigner's card of 2023"),
    ("880000198001010017", "invalid", "880000198001010017", "880000198001010017", "no division begins with 88"),
    (None, "none", None, None, "empty"),
    ("   ", "none", None, None, "blank"),
    ("有", "invalid", None, None, "a remark"),
]


@pytest.mark.parametrize(("text", "kind", "number", "pattern", "why"), CASES)
def test_reads(text: str | None, kind: str, number: str | None, pattern: str | None, why: str) -> None:
    row = parse_ids(pl.Series([text], dtype=pl.String)).row(0, named=True)
    assert (row["id_kind"], row["id_number"], row["id_pattern"]) == (kind, number, pattern), why


def test_birth_date_and_sex_are_inside() -> None:
    rows = parse_ids(
        pl.Series(
            [
                VALID,
                "990102801213215",
                "9901031959********",
                "990103********1234",
                "990103199808071203",
                "990103195908******",
            ]
        )
    )
    assert rows["id_birth_date"].to_list() == [
        date(1998, 8, 7),
        date(1980, 12, 13),
        date(1959, 1, 1),
        None,
        None,
        date(1959, 8, 1),
    ]
    assert rows["id_birth_precision"].to_list() == ["day", "day", "year", None, None, "month"]
    assert rows["id_sex"].to_list() == ["2", "1", None, "1", None, None]


def test_keeps_the_order_of_rows() -> None:
    texts = [VALID, None, "071202", VALID]
    assert parse_ids(pl.Series(texts))["id_kind"].to_list() == ["valid", "none", "tail", "valid"]


@settings(deadline=None, max_examples=60)
@given(
    born=st.dates(date(1900, 1, 1), date(2024, 12, 31)),
    sequence=st.integers(0, 999),
    place=st.integers(0, 16),
    step=st.integers(1, 9),
)
def test_one_wrong_digit_never_passes(born: date, sequence: int, place: int, step: int) -> None:
    body = f"990101{born:%Y%m%d}{sequence:03d}"
    check = CHECK_CHARACTERS[sum(int(sign) * weight for sign, weight in zip(body, WEIGHTS, strict=True)) % 11]
    wrong = body[:place] + str((int(body[place]) + step) % 10) + body[place + 1 :] + check
    kinds = parse_ids(pl.Series([body + check, wrong]))["id_kind"].to_list()
    assert kinds[0] == "valid"
    assert kinds[1] != "valid"


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=30))
def test_any_text_is_read_and_reading_again_changes_nothing(text: str) -> None:
    row = parse_ids(pl.Series([text])).row(0, named=True)
    assert row["id_kind"] in {"valid", "invalid", "masked", "tail", "passport", "none"}
    assert row["id_pattern"] is None or len(row["id_pattern"]) == 18
    if row["id_number"] is not None and row["id_kind"] == "valid":
        assert parse_ids(pl.Series([row["id_number"]])).row(0, named=True)["id_number"] == row["id_number"]
