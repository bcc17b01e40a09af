"""What an explanation tells: the parts, the sites with what speaks against them, and the answer that a night stores."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.addresses.deciding.answers import Decision
from pipelines.addresses.deciding.reasons import REASONS
from pipelines.addresses.explaining.explain import TABLE, Explainer, explain_table
from pipelines.addresses.explaining.words import LEVELS, next_step, reason_words
from pipelines.addresses.forms.levels import LEVELS as MATCHED_LEVELS
from pipelines.addresses.match import resolve_texts
from pipelines.addresses.mentions import HINTS
from pipelines.addresses.register.index import Register

TEXTS = [
    "川东區朝阳街２４７号翠湖雅居三栋501（户主：王某）", "翠湖雅居1栋501", "望善堂", "油坊巷29号101", "钟楼北路325号",
    "翠胡雅居2-1-502", "三合村五组24号", "江苏南京鼓楼区中山北路30号", "朝阳街247-2-1-502", "", "张三", "翠湖雅居某栋",
]  # fmt: skip


@pytest.fixture(scope="module")
def explainer(register: Register) -> Explainer:
    return Explainer(register)


@pytest.mark.parametrize("text", TEXTS)
def test_the_explanation_has_the_answer_of_the_night(explainer: Explainer, register: Register, text: str) -> None:
    asked = pl.DataFrame({"address_text": [text]}).with_columns(pl.lit(None, pl.String).alias(hint) for hint in HINTS)
    stored = resolve_texts(asked, register).row(0, named=True)
    found = explainer.explain(text)
    answer = found.decision
    assert (answer.status, answer.matched_level, answer.address_code) == (
        stored["status"], stored["matched_level"], stored["address_code"]
    )  # fmt: skip
    assert (answer.reason, answer.confidence, found.normal_text) == (
        stored["reason"], stored["confidence"], stored["normal_text"]
    )  # fmt: skip
    assert [change.step.name for change in found.changes] == [n for n in stored["steps"].split(",") if n]
    assert found.text == text


def _parts(explainer: Explainer, text: str) -> list[tuple[str, str, str]]:
    return [(part.kind, part.value, part.found) for part in explainer.explain(text).said]


def test_the_parts_are_told_from_province_to_room(explainer: Explainer) -> None:
    assert _parts(explainer, "川东区翠溪街247号翠湖雅居3栋501室") == [
        ("district", "川东区", ""),
        ("road", "翠溪街", "alias"),
        ("house_number", "247", ""),
        ("estate", "翠湖雅居", "registered"),
        ("building", "3", ""),
        ("room", "501", ""),
    ]
    assert ("estate", "翠湖雅居", "fuzzy") in _parts(explainer, "翠胡雅居2-1-502")
    assert ("numbers", "2-1-502", "") in _parts(explainer, "翠胡雅居2-1-502")
    assert ("road", "钟楼北路", "unknown") in _parts(explainer, "钟楼北路325号")
    assert ("group", "5组", "") in _parts(explainer, "三合村五组24号")


def test_a_site_is_shown_with_what_speaks_against_it(explainer: Explainer) -> None:
    right = explainer.explain("朝阳街247号翠湖雅居1栋1单元501")
    assert [(found.code, found.score, found.against) for found in right.candidates] == [("CH-1-1-501", 1.0, ())]
    wrong = explainer.explain("望云区朝阳街347号翠胡雅居1栋1单元503").candidates[0]
    told = " ".join(zh for zh, _ in wrong.against)
    assert wrong.name.endswith("朝阳街247号翠湖雅居")
    assert (wrong.score, wrong.in_reach) == (0.0, False), "too much speaks against it to be believed"
    for word in ("翠湖雅居", "247", "347", "川东区", "望云区", REASONS["no_room"].zh):
        assert word in told
    assert all(any(sign.isascii() and sign.isalpha() for sign in en) for _, en in wrong.against)


def test_a_site_that_is_believed_in_part_has_a_score_between(explainer: Explainer) -> None:
    found = explainer.explain("朝阳街347号翠湖雅居1栋1单元501").candidates[0]
    assert (found.code, found.in_reach) == ("CH-1-1-501", True)
    assert 0.0 < found.score < 1.0


def test_equal_sites_are_all_shown(explainer: Explainer) -> None:
    found = explainer.explain("望善堂")
    assert {candidate.code for candidate in found.candidates} == {"WS1", "WS2"}
    assert found.decision.reason == "ambiguous_estate"


def test_a_name_that_the_register_lacks_is_shown_with_its_neighbours(explainer: Explainer) -> None:
    assert explainer.explain("钟楼北路325号").similar == {"钟楼北路": ("钟楼西路", "钟楼路")}


def test_every_reason_and_level_has_words() -> None:
    assert set(MATCHED_LEVELS) <= set(LEVELS)
    for name, reason in REASONS.items():
        decision = Decision(status=reason.status, reason=name)
        for zh, en in (reason_words(decision), next_step(decision)):
            assert zh
            assert en
    assert next_step(Decision(status="matched"))[0] == "无需处理"


def test_halves_of_a_surrogate_pair_are_dropped(explainer: Explainer) -> None:
    assert explainer.explain("翠湖雅居\udcff2栋").text == "翠湖雅居2栋"


def test_a_table_keeps_order_and_repeats(register: Register) -> None:
    table = explain_table([*TEXTS, TEXTS[0]], register)
    assert table["text"].to_list() == [*TEXTS, TEXTS[0]]
    assert table.schema == TABLE
    assert table.row(0) == table.row(-1)
    first = table.row(0, named=True)
    assert first["code"] == "CH-3-0-501"
    assert first["address"] == "云岭省云川市川东区青洲街道东泉社区朝阳街247号翠湖雅居3号楼501"
    assert first["parts"] == "区县=川东区 道路=朝阳街 门牌号=247 小区=翠湖雅居 楼栋=3 数字=501"
    assert table.row(1, named=True)["candidates"] == "CH-1-1-501,CH-1-2-501"
    assert table.row(9, named=True)["reason_zh"] == REASONS["no_text"].zh


def test_no_text_gives_an_empty_table(register: Register) -> None:
    assert explain_table([], register).equals(TABLE.to_frame())
