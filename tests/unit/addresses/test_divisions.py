"""The national table: names below what stands before them, old names, towns and streets."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.addresses.country.divisions import Located, national_divisions
from pipelines.addresses.country.names import short_name, ways_to_write
from pipelines.addresses.free.leading import leading_divisions

REFERENCE = Path(__file__).resolve().parents[3] / "data" / "reference"


@pytest.mark.parametrize(
    ("province", "city", "district", "street", "code", "why"),
    [
        ("江苏省", "南京市", "鼓楼区", "湖南路街道", "320106003", "to the street"),
        (None, None, "鼓楼区", "湖南路街道", "320106003", "the street settles which of four is meant"),
        (None, None, None, "城关镇", None, "a town alone is no place"),
        ("安徽省", None, "利辛县", "城关镇", "341623100", "without the city"),
        ("安徽省", "阜阳市", "利辛县", None, "341623", "the city that it belonged to when the name was used"),
        ("北京市", None, "崇文区", None, "110101", "merged"),
        ("湖北省", "襄樊市", "樊城区", None, "420606", "renamed"),
        ("浙江省", "宁波市", "江东区", None, "330212", "not the river's east bank of another city"),
        ("浙江省", "杭州市", "江干区", "下沙街道", "330114001", "an old district that was split: the street tells"),
        ("广东省", "东莞市", None, "虎门镇", "441900121", "a city without districts"),
        ("湖北省", "仙桃市", None, None, "429004", "a county-level city in a city's place"),
        ("浙江省", None, "安吉县", "递铺镇", "330523001", "a town that is a street today"),
        ("新疆省", "伊宁市", None, None, "654002", "a province as people call it"),
        ("内蒙", "赤峰市", "红山区", None, "150402", "short"),
        ("湖北省", "恩施州", "恩施市", None, "422801", "an autonomous prefecture in short"),
        ("江苏省", "南京市", "鼓楼区", "不存在街道", "320106", "an unknown street leaves the district"),
        ("台湾省", "台北市", None, None, "710000", "the table knows the province alone"),
        ("河北省", "石家庄市", "桥东区", None, "130100", "a name of other cities is not this city's"),
    ],
)
def test_the_deepest_sure_division(
    province: str | None, city: str | None, district: str | None, street: str | None, code: str | None, why: str
) -> None:
    assert national_divisions().find(province, city, district, street) == code, why


def test_an_old_name_is_told_with_the_code_of_today() -> None:
    assert national_divisions().locate("北京市", None, "宣武区") == Located("110102", "district", "宣武区")
    assert national_divisions().locate("北京市", None, "西城区") == Located("110102", "district", None)


@pytest.mark.parametrize(
    ("text", "names", "rest"),
    [
        ("浙江省杭州市余杭区杭州市余杭区闲林街道五常大道", "浙江省 杭州市 余杭区 闲林街道", "五常大道"),
        ("安徽省利辛县城关镇", "安徽省 利辛县 城关镇", ""),
        ("吉林吉林市船营区", "吉林省 吉林市 船营区", ""),
        ("北京北京市朝阳区", "北京市 朝阳区", ""),
        ("杭州下沙12号大街", "杭州市 下沙", "12号大街"),
        ("浙江-嘉兴-海宁市井栏庙", "浙江省 嘉兴市 海宁市", "井栏庙"),
        ("浙江省金华兰溪县三市街", "浙江省 金华市 兰溪市", "三市街"),
        ("浙江省NULL浙江温州市瓯海区", "浙江省 温州市 瓯海区", ""),
        ("绍兴县上虞市东关街道", "上虞市 东关街道", ""),
        ("中山北路30号", "", "中山北路30号"),
        ("南京东路街道", "", "南京东路街道"),
        ("义乌市场", "", "义乌市场"),
        ("", "", ""),
    ],
)
def test_leading_divisions(text: str, names: str, rest: str) -> None:
    lead = leading_divisions(text)
    assert " ".join(lead.names.values()) == names
    assert text[lead.size :] == rest


@pytest.mark.parametrize(
    ("name", "level", "short"),
    [
        ("恩施土家族苗族自治州", "city", "恩施"),
        ("石柱土家族自治县", "district", "石柱"),
        ("内蒙古自治区", "province", "内蒙古"),
        ("广西壮族自治区", "province", "广西"),
        ("浦东新区", "district", "浦东"),
        ("和县", "district", "和县"),
        ("横岭瑶族乡", "street", "横岭"),
        ("兴安盟", "city", "兴安"),
    ],
)
def test_short_names(name: str, level: str, short: str) -> None:
    assert short_name(name, level) == short


def test_long_zones_have_no_short_name() -> None:
    assert ways_to_write("石家庄高新技术产业开发区", "district") == [("石家庄高新技术产业开发区", "full")]


def test_every_code_has_its_parent_and_every_change_its_successor() -> None:
    table = national_divisions()
    for ways in table.names.values():
        for way in ways:
            assert way.code in table.by_code
    streets = gzip.decompress((REFERENCE / "divisions_streets.csv.gz").read_bytes()).decode().splitlines()
    codes = [line.split(",")[0] for line in streets if not line.startswith(("#", "code"))]
    assert len(codes) == len(set(codes)) > 41_000
    assert {code[:6] for code in codes} <= table.by_code.keys()


def test_the_reference_files_stay_small() -> None:
    assert sum(path.stat().st_size for path in REFERENCE.glob("divisions*")) < 1_000_000


def test_importing_reads_no_table() -> None:
    code = (
        "from pipelines.addresses.country import divisions\n"
        "from pipelines.addresses.deciding import elsewhere\n"
        "from pipelines.addresses.free import leading, parse\n"
        "print(divisions.national_divisions.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
