"""Texts of other cities: told before anything of the register is looked at, answered as deep as sure."""

from __future__ import annotations

import pytest

from pipelines.addresses.deciding.elsewhere import Home, answer_elsewhere
from pipelines.normalise.text import normalise_text

MADE_UP = Home({"province": ["海东省"], "city": ["云川市"], "district": ["川东区", "鼓楼区", "朝阳区"]})
REAL = Home({"province": ["浙江省"], "city": ["杭州市"], "district": ["滨江区", "余杭区"]})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("江苏南京鼓楼区湖南路街道中山路30号", "names without ending, a district of ours by name only"),
        ("安徽省利辛县城关镇红光村5组12号", "without its city"),
        ("合肥蜀山区长江西路5号", "a city without ending and its district"),
        ("北京朝阳区建国路5号", "governed directly, a district that we have too"),
        ("内蒙呼和浩特新城区", "short province"),
        ("湖北襄樊樊城区", "old name of a city"),
        ("太和县三堂镇", "a county alone"),
        ("南京市玄武区人民路2号", "a road that we may have too"),
        ("浙江省温州市", "another city of the province"),
        ("北京市崇文区", "a district that was merged"),
        ("山东省青岛市市南区香港中路10号", "a road named after a city behind it"),
        ("江苏省江苏省南京市", "the province twice"),
        ("双流区东风北路113号501室", "the only district of its name"),
        ("四川双流大桥镇体育南大道34号", "a town that the table lacks, after two names without ending"),
        ("四川双流站前东大道67号", "a road that begins like a station"),
        ("安徽颍上天鹅嘉园3栋3单元401室", "an estate that we may have too"),
        ("老家安徽省利辛县", "a word before it"),
        ("户籍地:河南固始", "so too, and no ending"),
        ("贵州毕节", "two names and nothing else"),
        ("安徽", "nothing but a province"),
        ("香港九龙弥敦道100号", "a province without cities in the table"),
        ("山東單縣新集鎮大李村10號", "traditional characters"),
    ],
)
def test_another_city_is_elsewhere(text: str, why: str) -> None:
    assert MADE_UP.elsewhere(normalise_text(text)) is not None, why
    assert REAL.elsewhere(normalise_text(text)) is not None, why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("中山北路30号", "a road named after a city"),
        ("南京西路100号", "so too"),
        ("江苏路5号", "a road named after a province"),
        ("上海路街道人民社区", "a street named after a city"),
        ("南京花园3栋501", "an estate named after a city"),
        ("南京人家中山路3号", "an estate, then a road"),
        ("东方市场3号", "a market, not the city of 东方"),
        ("太和小区5栋", "an estate, not the county"),
        ("长安街12号", "a street, not the district"),
        ("云川市川东区城关镇", "our own city"),
        ("鼓楼区中山路3号", "a district that exists four times, without its city"),
        ("新城区人民路5号", "an old district of ours may have that name"),
        ("川西区中山路", "one character off ours"),
        ("江南区中山路5号", "people may call a part of ours so"),
        ("城关镇红光村", "a town that exists 88 times"),
        ("朝阳城关街道嘉禾府", "our district without its ending, not the city of 朝阳"),
        ("云川", "our city without its ending"),
        ("501", "a number"),
        ("", "nothing"),
    ],
)
def test_what_names_no_other_city_is_ours(text: str, why: str) -> None:
    assert MADE_UP.elsewhere(normalise_text(text)) is None, why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("浙江省杭州市滨江区江陵路", "in full"),
        ("杭州滨江江陵路", "without endings"),
        ("杭州市余杭区余杭区", "twice"),
        ("浙江省杭州市", "no deeper than the city"),
        ("浙江省", "no deeper than the province"),
        ("滨江区江陵路", "the district alone"),
    ],
)
def test_a_real_jurisdiction_is_known_by_code(text: str, why: str) -> None:
    assert REAL.elsewhere(normalise_text(text)) is None, why


def test_a_neighbouring_district_of_a_real_city_is_elsewhere() -> None:
    assert REAL.elsewhere("杭州市西湖区文三路5号") is not None


@pytest.mark.parametrize(
    ("text", "code", "level", "why"),
    [
        ("江苏南京鼓楼区湖南路街道中山路30号3栋501", "320106003", "room", "to the street, nine digits"),
        ("安徽省利辛县城关镇红光村5组12号", "341623100", "house_number", "a house of a village group"),
        ("湖北省黄冈市红安县新集镇红光村125号", "421122", "house_number", "a town that the table lacks"),
        ("北京市崇文区", "110101", "none", "an old name leads to the code of today"),
        ("湖北省襄樊市樊城区", "420606", "none", "so does the old name of a city"),
        ("重庆市石柱县龙沙镇老林村", "500240110", "community", "an autonomous county in short"),
        ("广东省东莞市虎门镇", "441900121", "street", "a city without districts"),
        ("湖北省仙桃市沙嘴街道", "429004001", "street", "a county-level city below the province"),
        ("河南省固始县城关镇人民路", "411525", "road", "a town of another county is no town of this one"),
        ("四川成都武侯区天府大道200号1栋2单元", "510107", "unit", "without endings"),
        ("杭州市江干区九堡街道", "330102018", "street", "a merged district"),
        ("江苏省鼓楼区中山路5号", "320000", "house_number", "two cities of the province have one"),
        ("台湾省台北市中山北路1号", "710000", "house_number", "the table knows the province alone"),
        ("浙江省杭州市余杭区杭州市余杭区闲林街道", "330110011", "street", "said twice"),
    ],
)
def test_the_answer_is_as_deep_as_sure(text: str, code: str, level: str, why: str) -> None:
    decision = answer_elsewhere(normalise_text(text))
    assert (decision.division_code, decision.matched_level) == (code, level), why
    assert (decision.status, decision.reason, decision.address_code) == ("matched", "outside", None)
