"""Names as clerks write them; all made up."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.normalise.han import look_alike, without_accent
from pipelines.normalise.joint_names import first_person, split_names, split_places
from pipelines.normalise.names import parse_names
from pipelines.normalise.reference import reference

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
    ("女儿", None, "none", None, None, "a word for kin is no name"),
    ("张三的儿子", None, "none", None, None, "somebody whose father is named"),
    ("户主张华淑", "张华淑", "han", "张", None, "a word before"),
    ("儿子姚晨超", "姚晨超", "han", "姚", "1", "a word before that tells the sex"),
    ("亲戚 张承一", "张承一", "han", "张", None, "a word and a space"),
    ("房东东", "房东东", "han", "房", None, "房东 with one sign behind is a name"),
    ("已故张三", "张三", "han", "张", None, "a remark before"),
    ("户主已故张三(本人)", "张三", "han", "张", None, "words behind words"),
    ("张三本人", "张三", "han", "张", None, "a remark behind"),
    ("張三夫婦", "张三", "han", "张", None, "a couple named by one"),
    ("李一名", "李一名", "han", "李", None, "no count of persons"),
    ("张三等3人", "张三", "han", "张", None, "a count of persons"),
    ("欧阳建新", "欧阳建新", "han", "欧阳", None, "新 is no remark behind a compound surname"),
    ("王王亮文", "王亮文", "han", "王", None, "a surname typed twice"),
    ("李辉辉海", "李辉海", "han", "李", None, "a sign typed twice"),
    ("张慧慧", "张慧慧", "han", "张", None, "a doubled given name"),
    ("林林旭", "林林旭", "han", "林", None, "a given name that begins as the surname does"),
    ("其其格", "其其格", "han", "其", None, "a name of three signs"),
    ("买买提", "买买提", "han", "买", None, "a sign that is double by nature"),
    ("买买提江", "买买提江", "han", "买", None, "the same, longer"),
    ("权利人塔依尔尼亚孜", "塔依尔尼亚孜", "minority", None, None, "a long word before a name without its dot"),
    ("大李", None, "titled", "李", None, "familiar"),
    ("小张师傅", None, "titled", "张", None, "familiar, with a title"),
    ("张三曾用名李四", "张三", "han", "张", None, "a former name behind"),
    ("周强14200000009", "周强", "han", "周", None, "a telephone number behind"),
    ("周强 电话:14200000009", "周强", "han", "周", None, "a labelled one"),
    ("王頔", "王頔", "han", "王", None, "nobody writes the simplified form"),
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
        ("艾力 赛买提", ["艾力 赛买提"]),
        ("张 三", ["张 三"]),
        ("欧阳 娜娜", ["欧阳 娜娜"]),
        ("Smith, John", ["Smith, John"]),
        ("TANAKA YUKI,JOHN SMITH", ["TANAKA YUKI", "JOHN SMITH"]),
        ("JOHN SMITH/张三", ["JOHN SMITH", "张三"]),
        ("SMITH, JOHN、张三", ["SMITH, JOHN", "张三"]),
        ("叶峰/14200000009、赵冬", ["叶峰", "赵冬"]),
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


@pytest.mark.parametrize(
    ("cell", "beside", "person", "other", "why"),
    [
        ("崔军和李淑兰", None, "崔军", "李淑兰", "two names and a word between"),
        ("黄丹洁;史亮", None, "黄丹洁", "史亮", "two names and a sign between"),
        ("张威威 刘梅", None, "张威威", "刘梅", "two names and a space"),
        ("张三、李四、王五", None, "张三", "李四", "three names"),
        ("王丽萍，王辉亮", "王丽萍", "王辉亮", "王丽萍", "the one beside is not the one meant"),
        ("张三/户主", None, "张三/户主", None, "a remark is nobody"),
        ("张和平", None, "张和平", None, "one man"),
        ("欧阳 娜娜", None, "欧阳 娜娜", None, "one woman"),
        ("张 三", None, "张 三", None, "a space inside"),
        (None, None, None, None, "empty"),
    ],
)
def test_two_persons_in_a_cell_for_one(
    cell: str | None, beside: str | None, person: str | None, other: str | None, why: str
) -> None:
    read = first_person(pl.Series([cell], dtype=pl.String), pl.Series([beside], dtype=pl.String))
    assert read.rows() == [(person, other)], why


@pytest.mark.parametrize(("one", "other"), [("陈明", "阵明"), ("王末", "王未"), ("李霞", "李露"), ("杨己", "扬已")])
def test_names_that_look_alike_share_a_shape(one: str, other: str) -> None:
    shapes = pl.DataFrame({"name": [one, other, "李强"]}).select(look_alike(pl.col("name")))["name"]
    assert shapes[0] == shapes[1] != shapes[2]


def test_every_sign_has_one_class_of_like_shapes() -> None:
    classes = reference("like_shapes")["classes"]
    signs = [sign for alike in classes for sign in alike]
    assert len(signs) == len(set(signs))
    assert min(map(len, classes)) > 1


@pytest.mark.parametrize(("one", "other"), [("张宁", "臧林"), ("陈兰", "岑南"), ("沈英", "森因"), ("单雄信", "散雄新")])
def test_names_that_an_accent_does_not_part(one: str, other: str) -> None:
    spelled = parse_names(pl.Series([one, other])).select(without_accent(pl.col("pinyin")))["pinyin"]
    assert spelled[0] == spelled[1]


@pytest.mark.parametrize(
    ("latin", "han", "same", "why"),
    [
        ("WANG XIAOMING", "王小明", True, "as a passport writes it"),
        ("Xiaoming Wang", "王小明", True, "the surname last"),
        ("WANG, Xiao Ming", "王小明", True, "a comma, and the syllables apart"),
        ("Ouyang Nana", "欧阳娜娜", True, "a compound surname"),
        ("Zhang Wei", "张伟", True, "two syllables"),
        ("Wei Zhang", "张伟", False, "Wei is a surname too: the order stays"),
        ("JOHN SMITH", "张伟", False, "no Mandarin"),
    ],
)
def test_the_pinyin_of_a_han_name_sounds_like_it(latin: str, han: str, same: bool, why: str) -> None:
    sounds = parse_names(pl.Series([latin, han]))["pinyin"]
    assert (sounds[0] == sounds[1]) is same, why


@pytest.mark.parametrize("text", ["某人", "某某", "佚名", "无名氏", "姓名不详"])
def test_nobody_is_no_name(text: str) -> None:
    assert parse_names(pl.Series([text]))["name_kind"].to_list() == ["none"]
