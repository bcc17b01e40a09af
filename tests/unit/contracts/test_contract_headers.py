"""Headers as departments write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.contracts.forms import code_form, header_form
from pipelines.contracts.headers import resolve_headers
from pipelines.contracts.loader import load_contracts

CONTRACTS = load_contracts()
RESIDENTS = CONTRACTS["police_residents"]
NEEDED = ["人员编号", "姓名", "公民身份号码", "居住地址"]


@pytest.mark.parametrize(
    ("written", "column", "why"),
    [
        ("联系电话", "phone", "canonical"),
        ("手机号", "phone", "synonym"),
        ("\ufeff联系电话", "phone", "byte order mark"),
        (" 联 系\u00a0电\u3000话\t", "phone", "blanks of all kinds"),
        ("联系\n电话", "phone", "line break in the cell"),
        ("*联系电话：", "phone", "form decoration"),
        ("“联系电话", None, "a Chinese quote is text"),
        ('"联系电话"', "phone", "stray quotes"),
        ("联系电话（必填）", "phone", "remark in full-width brackets"),
        ("PHONE", "phone", "the column's own name"),
        ("电话簿", None, "no synonym"),
    ],
)
def test_one_header(written: str, column: str | None, why: str) -> None:
    found = resolve_headers(RESIDENTS, [*NEEDED, written])
    position = {p: name for name, p in found.columns.items()}.get(4)
    assert position == column, why
    assert found.unknown == ({} if column else {4: written.strip()})


def test_order_and_blank_columns_do_not_matter() -> None:
    found = resolve_headers(RESIDENTS, ["", "居住地址", "姓名", "  ", "公民身份号码", "人员编号", ""])
    assert dict(found.columns) == {"resident_no": 5, "name": 2, "id_number": 4, "residence_address": 1}
    assert found.blank == (0, 3, 6)
    assert found.is_usable
    assert not found.unknown


def test_the_better_of_two_synonyms_wins_and_the_other_is_extra() -> None:
    found = resolve_headers(RESIDENTS, ["手机号", *NEEDED, "联系电话"])
    assert found.columns["phone"] == 5
    assert found.shadowed == {0: "phone"}
    assert found.unknown == {0: "手机号"}
    assert found.is_usable


def test_the_same_header_twice_cannot_be_used() -> None:
    found = resolve_headers(RESIDENTS, [*NEEDED, "姓 名"])
    assert found.duplicates == ("姓名",)
    assert not found.is_usable


def test_an_unknown_header_twice_is_only_extra() -> None:
    found = resolve_headers(RESIDENTS, [*NEEDED, "网格", "网格"])
    assert found.is_usable
    assert found.unknown == {4: "网格", 5: "网格"}


def test_missing_columns_are_named_in_the_order_of_the_contract() -> None:
    found = resolve_headers(RESIDENTS, ["居住地址", "性别"])
    assert found.missing == ("resident_no", "name", "id_number")


def test_no_headers_at_all() -> None:
    found = resolve_headers(RESIDENTS, [])
    assert found.missing == ("resident_no", "name", "id_number", "residence_address")


def test_a_remark_on_a_number_may_be_another_unit() -> None:
    leases = CONTRACTS["housing_leases"]
    needed = ["备案号", "房屋坐落", "承租人"]
    assert resolve_headers(leases, [*needed, "月租金（元）"]).columns["rent_cny"] == 3
    assert "rent_cny" not in resolve_headers(leases, [*needed, "月租金（万元）"]).columns


@settings(max_examples=500)
@given(st.text())
def test_forms_are_idempotent(text: str) -> None:
    assert header_form(header_form(text)) == header_form(text)
    assert code_form(code_form(text)) == code_form(text)


@given(st.lists(st.sampled_from([*NEEDED, "手机号", "联系电话", "网格", "", "出生日期(公历)"]), max_size=12))
def test_every_header_is_accounted_for_once(headers: list[str]) -> None:
    found = resolve_headers(RESIDENTS, headers)
    positions = [*found.columns.values(), *found.unknown, *found.blank]
    assert sorted(positions) == list(range(len(headers)))
    assert set(found.shadowed) <= set(found.unknown)


@given(st.permutations([*NEEDED, "手机号", "联系电话", "网格", "出生日期(公历)"]))
def test_order_changes_nothing(headers: list[str]) -> None:
    found = resolve_headers(RESIDENTS, headers)
    assert {name: headers[p] for name, p in found.columns.items()} == {
        "resident_no": "人员编号",
        "name": "姓名",
        "id_number": "公民身份号码",
        "birth_date": "出生日期(公历)",
        "residence_address": "居住地址",
        "phone": "联系电话",
    }
