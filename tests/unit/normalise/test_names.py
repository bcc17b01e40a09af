"""Names as clerks write them; all made up."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.normalise.joint_names import split_names, split_places
from pipelines.normalise.names import parse_names

CASES = [
    ("张三", "张三", "han", "张", None, "plain"),
    (" 张 三 ", "张三", "han", "张", None, "spaces inside"),
    ("張偉", "张伟", "han", "张", None, "traditional"),
    ("李乾", "李乾", "han", "李", None, "乾 is simplified already"),
    ("张三(户主)", "张三", "han", "张", None, "remark"),
    ("张三（已故）", "张三", "han", "张", None, "remark in full-width brackets"),
    ("户主：张三", "张三", "han", "张", None, "label"),
    ("张三等2人", "张三", "han", "张", None, "and others"),
    ("李四(女)", "李四", "han", "李", "2", "sex in brackets"),
    ("张女士", None, "titled", "张", "2", "title"),
    ("欧阳先生", None, "titled", "欧阳", "1", "title after a compound surname"),
    ("张丽女士", "张丽", "han", "张", "2", "title after a whole name"),
    ("王女士（业主）", None, "titled", "王", "2", "title and remark"),
    ("老张", None, "titled", "张", None, "familiar"),
    ("王总", None, "titled", "王", None, "boss"),
    ("张*明", None, "titled", "张", None, "masked"),
    ("张某某", None, "titled", "张", None, "hidden"),
    ("欧阳娜娜", "欧阳娜娜", "han", "欧阳", None, "compound surname"),
    ("王国社", "王国社", "han", "王", None, "a man, no cooperative"),
    ("王新", "王新", "han", "王", None, "新 is no remark here"),
    ("古丽娜尔.玉素甫", "古丽娜尔·玉素甫", "minority", None, None, "full stop for the dot"),
    ("古丽娜尔 • 玉素甫", "古丽娜尔·玉素甫", "minority", None, None, "bullet for the dot"),
    ("John  Smith", "JOHN SMITH", "latin", None, None, "Latin"),
    ("Smith, John", "SMITH JOHN", "latin", None, None, "Latin with a comma"),
    ("云川市双泉科技有限公司", None, "organisation", None, None, "company"),
    ("云川市房管局", None, "organisation", None, None, "office"),
    ("云川市", None, "organisation", None, None, "the municipality as owner"),
    ("第一小学", None, "organisation", None, None, "school"),
    ("业主", None, "none", None, None, "no name at all"),
    (None, None, "none", None, None, "empty"),
]


@pytest.mark.parametrize(("text", "name", "kind", "surname", "sex", "why"), CASES)
def test_reads(text: str | None, name: str | None, kind: str, surname: str | None, sex: str | None, why: str) -> None:
    row = parse_names(pl.Series([text], dtype=pl.String)).row(0, named=True)
    assert (row["name"], row["name_kind"], row["surname"], row["title_sex"]) == (name, kind, surname, sex), why


def test_pinyin_reads_surnames_as_surnames() -> None:
    names = parse_names(pl.Series(["单雄信", "尉迟恭", "曾国华"]))
    assert names["pinyin"].to_list() == ["shan xiong xin", "yu chi gong", "zeng guo hua"]


def test_a_former_name_in_brackets_is_kept() -> None:
    assert parse_names(pl.Series(["张三(曾用名:张四)"]))["remark_former_name"].to_list() == ["张四"]


@settings(deadline=None, max_examples=80)
@given(st.text(alphabet="张王李欧阳娜伟丰明·. ()（）abcXY", max_size=10))
def test_reading_a_normal_form_again_changes_nothing(text: str) -> None:
    name = parse_names(pl.Series([text]))["name"][0]
    if name is not None:
        assert parse_names(pl.Series([name]))["name"][0] == name


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("张三、李四", ["张三", "李四"]),
        ("张三，李四, 王五", ["张三", "李四", "王五"]),
        ("张三 李四", ["张三", "李四"]),
        ("张 三", ["张 三"]),
        ("欧阳 娜娜", ["欧阳 娜娜"]),
        ("Smith, John", ["Smith, John"]),
        ("TANAKA YUKI,JOHN SMITH", ["TANAKA YUKI", "JOHN SMITH"]),
        ("JOHN SMITH/张三", ["JOHN SMITH", "张三"]),
        (None, []),
    ],
)
def test_joint_owners_are_split(cell: str | None, names: list[str]) -> None:
    assert split_names(pl.Series([cell], dtype=pl.String)).to_list() == [names]


@pytest.mark.parametrize(
    ("cell", "names", "numbers", "why"),
    [
        ("11、22", 2, ["11", "22"], "one each"),
        ("、22", 2, [None, "22"], "the first has none, and the second keeps his"),
        (",22", 2, [None, "22"], "any separator"),
        ("11，", 2, ["11", None], "the last has none"),
        ("无、22", 2, [None, "22"], "a word for nothing"),
        ("/、22", 2, [None, "22"], "a sign for nothing"),
        ("、", 2, [None, None], "nobody has one"),
        ("11", 2, ["11"], "a shorter list is filled from the left"),
        ("11/22", 2, ["11", "22"], "a separator that may also mean nothing"),
        ("、11、22", 2, ["11", "22"], "more places than names: what is told, in order"),
        (None, 2, [], "empty"),
    ],
)
def test_numbers_keep_the_place_of_their_owner(
    cell: str | None, names: int, numbers: list[str | None], why: str
) -> None:
    split = split_places(pl.Series([cell], dtype=pl.String), pl.Series([names]))
    assert split.to_list() == [numbers], why
