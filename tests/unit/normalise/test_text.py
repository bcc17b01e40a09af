"""What text becomes, and why."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.normalise.numerals import numeral_value
from pipelines.normalise.text import normalise_text, normalise_texts

CASES = [
    ("翠湖雅居３号楼", "翠湖雅居3号楼", "full-width digits"),
    ("三号楼二单元五零一室", "3号楼2单元501室", "numerals before units"),
    ("五一路三号", "五一路3号", "a road's name is no number"),
    ("十二组", "12组", "by place"),
    ("二十三层", "23层", "by place"),
    ("零五零一室", "0501室", "a leading zero stays"),
    ("二栋一单元三零二", "2栋1单元302", "a bare room after a unit"),
    ("30号之二", "30号之二", "之 keeps its numeral"),
    ("30号之2", "30号之二", "and gets one"),
    ("東風北街號", "东风北街号", "traditional characters"),
    ("翠 湖\u3000雅\u00a0居\t3\n栋", "翠湖雅居3栋", "spaces of every kind"),
    ("3 2 501", "3-2-501", "spaces between the parts of a short form"),
    ("2单元0 103室", "2单元0103室", "a stray space inside a number"),
    ("3—2－501", "3-2-501", "dashes"),
    ("a座", "A座", "upper case"),
    ("", "", "nothing"),
    ("八一小区", "八一小区", "no unit follows"),
]


@pytest.mark.parametrize(("text", "expect", "why"), CASES, ids=[case[2] for case in CASES])
def test_normal_form(text: str, expect: str, why: str) -> None:
    assert normalise_text(text) == expect, why


def test_the_column_form_equals_the_single_form() -> None:
    texts = pl.Series("t", [text for text, _, _ in CASES] + [None])
    assert normalise_texts(texts).to_list() == [expect for _, expect, _ in CASES] + [None]


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("十", 10), ("十二", 12), ("一百零五", 105), ("三零一", 301), ("两百", 200), ("甲", None), ("", None)],
)
def test_numerals(numeral: str, value: int | None) -> None:
    assert numeral_value(numeral) == value
