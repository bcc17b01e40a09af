"""What a change of a contract is called, how bad it is, and whom it reaches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pipelines.contracts.changes import Change
from pipelines.contracts.diff import diff_contracts
from pipelines.contracts.impact import Reader, follow, impact_of
from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import AddressMention, Column, Contract
from pipelines.contracts.sql_reads import columns_read

FEED = "police_residents"
OLD = load_contracts()[FEED]


def changed(**update: Any) -> Contract:
    return OLD.model_copy(update=update)


def with_column(name: str, /, **update: Any) -> Contract:
    columns = [column.model_copy(update=update) if column.name == name else column for column in OLD.columns]
    return OLD.model_copy(update={"columns": columns})


def without(name: str) -> Contract:
    return OLD.model_copy(update={"columns": [column for column in OLD.columns if column.name != name]})


def plus(**update: Any) -> Contract:
    column = Column(name="extra_one", headers=["新列"], description_en="New", description_zh="新列", **update)
    return OLD.model_copy(update={"columns": [*OLD.columns, column]})


def codes_of(name: str, change: Callable[[dict[str, list[str]]], None]) -> Contract:
    codes = {code: list(synonyms) for code, synonyms in OLD.column(name).codes.items()}
    change(codes)
    return with_column(name, codes=codes)


HOME = AddressMention(role="residence", text="residence_address")
PLACE = AddressMention(role="location", text="residence_address")
SEX = OLD.column("sex").codes

# (the contract after the change, its level, column and kind)
CASES = [
    (changed(mode="full"), "breaking", None, "mode"),
    (changed(key=["id_number"]), "breaking", None, "key"),
    (changed(full_scope="status"), "breaking", None, "full_scope"),
    (changed(updated_by=None), "attention", None, "updated_by"),
    (changed(cadence_hours=48), "attention", None, "cadence_hours"),
    (changed(null_tokens=OLD.null_tokens[1:]), "attention", None, "null_tokens"),
    (changed(formats=["csv", "xlsx", "jsonl"]), "harmless", None, "formats"),
    (changed(owner="派出所"), "harmless", None, "owner"),
    (changed(address_mentions=[HOME]), "breaking", "hukou_address", "mention_removed"),
    (changed(address_mentions=[*OLD.address_mentions, PLACE]), "attention", "residence_address", "mention_added"),
    (without("phone"), "breaking", "phone", "removed"),
    (with_column("phone", name="phones"), "breaking", "phone", "renamed"),
    (plus(), "harmless", "extra_one", "added"),
    (plus(required=True), "breaking", "extra_one", "added_required"),
    (changed(columns=[*OLD.columns[1:], OLD.columns[0]]), "harmless", None, "order"),
    (with_column("birth_date", type="string"), "breaking", "birth_date", "type"),
    (with_column("status", type="string", codes={}), "attention", "status", "type"),
    (with_column("birth_date", with_precision=False), "breaking", "birth_date", "precision"),
    (with_column("phone", required=True), "breaking", "phone", "required"),
    (with_column("phone", required_header=True), "breaking", "phone", "required_header"),
    (with_column("name", required_header=False), "attention", "name", "required_header"),
    (with_column("name", headers=["姓名"]), "breaking", "name", "header_removed"),
    (with_column("phone", headers=["联系电话"]), "attention", "phone", "header_removed"),
    (with_column("phone", headers=[*OLD.column("phone").headers, "座机"]), "harmless", "phone", "header_added"),
    (codes_of("sex", lambda codes: codes.pop("9")), "breaking", "sex", "code_removed"),
    (codes_of("sex", lambda codes: codes.update({"3": []})), "attention", "sex", "code_added"),
    (codes_of("sex", lambda codes: codes["1"].remove("M")), "attention", "sex", "synonym_removed"),
    (codes_of("sex", lambda codes: codes["1"].append("汉子")), "harmless", "sex", "synonym_added"),
    (with_column("sex", codes={**SEX, "1": ["女"], "2": ["男"]}), "breaking", "sex", "synonym_moved"),
    (with_column("sex", unknown_code="quarantine"), "breaking", "sex", "unknown_code"),
    (with_column("status", data_class="direct"), "breaking", "status", "data_class"),
    (with_column("phone", data_class="public"), "attention", "phone", "data_class"),
    (with_column("phone", min_filled_ratio=0.9), "attention", "phone", "min_filled_ratio"),
    (with_column("phone", min_filled_ratio=0.1), "harmless", "phone", "min_filled_ratio"),
    (with_column("phone", pattern="^1"), "attention", "phone", "pattern"),
    (with_column("phone", unit="m2"), "breaking", "phone", "unit"),
    (with_column("phone", description_en="Telephones"), "harmless", "phone", "description_en"),
]


@pytest.mark.parametrize(("new", "level", "column", "kind"), CASES, ids=[f"{c[3]} {c[1]} {c[2]}" for c in CASES])
def test_each_change_has_its_level(new: Contract, level: str, column: str | None, kind: str) -> None:
    found = diff_contracts({FEED: OLD}, {FEED: new})
    assert (level, column, kind) in [(change.level, change.column, change.kind) for change in found]
    assert all(change.what and change.why for change in found)


def test_every_field_of_a_contract_is_compared() -> None:
    """A field that the model gains later must not change in silence."""
    compared = {kind for new, *_ in CASES for kind in [c.kind for c in diff_contracts({FEED: OLD}, {FEED: new})]}
    others = {
        "min_full_ratio": 0.4, "min_rows": 5, "full_when": None, "identity": ["name"], "department_zh": "甲",
        "title_zh": "甲", "title_en": "A", "description_zh": "甲", "description_en": "A", "version": 2,
    }  # fmt: skip
    for field, value in others.items():
        compared |= {change.kind for change in diff_contracts({FEED: OLD}, {FEED: changed(**{field: value})})}
    fields = set(Contract.model_fields) - {"department", "feed", "columns", "address_mentions"}
    assert fields <= compared


def test_every_field_of_a_column_is_compared() -> None:
    other = {
        "minimum": 1.0, "maximum": 2.0, "not_after_delivery": True, "description_zh": "甲", "separators": "|",
    }  # fmt: skip
    base = with_column("former_name", type="list")
    compared = {kind for *_, kind in CASES} | {
        change.kind
        for field, value in other.items()
        for change in diff_contracts(
            {FEED: base},
            {FEED: base.model_copy(update={"columns": [
                column.model_copy(update={field: value}) if column.name == "former_name" else column
                for column in base.columns
            ]})},
        )
    }  # fmt: skip
    told_as = {"name": "renamed", "headers": "header_removed", "codes": "code_removed", "with_precision": "precision"}
    assert {told_as.get(field, field) for field in Column.model_fields} <= compared


def test_nothing_changed_is_nothing_told_and_feeds_come_and_go() -> None:
    assert diff_contracts({FEED: OLD}, {FEED: OLD.model_copy(deep=True)}) == []
    assert [change.kind for change in diff_contracts({}, {FEED: OLD})] == ["feed_added"]
    assert [(c.kind, c.level) for c in diff_contracts({FEED: OLD}, {})] == [("feed_removed", "breaking")]


def test_the_worst_comes_first() -> None:
    new = with_column("phone", min_filled_ratio=0.9).model_copy(update={"owner": "甲", "mode": "full"})
    assert [change.level for change in diff_contracts({FEED: OLD}, {FEED: new})] == [
        "breaking", "attention", "harmless",
    ]  # fmt: skip


def change_of(column: str | None, level: Any = "breaking") -> Change:
    return Change(level, "a_b", column, "removed", "is gone", "because")


READERS = [
    Reader("model", "sure", "a_b", frozenset({"x", "d_precision"}), ("facts.sure",)),
    Reader("model", "perhaps", "a_b", None, ("facts.perhaps",)),
    Reader("rule", "other column", "a_b", frozenset({"y"}), ("marts.rules",)),
    Reader("model", "other feed", "c_d", frozenset({"x"}), ("facts.other",)),
]
EDGES = {"facts.sure": ["marts.kpi"], "facts.perhaps": ["marts.more"], "marts.kpi": ["facts.sure"]}


@pytest.mark.parametrize(
    ("column", "reached", "tables"),
    [
        ("x", [("perhaps", "table"), ("sure", "column")], ["facts.perhaps", "facts.sure", "marts.kpi", "marts.more"]),
        ("d", [("perhaps", "table"), ("sure", "column")], ["facts.perhaps", "facts.sure", "marts.kpi", "marts.more"]),
        ("z", [("perhaps", "table")], ["facts.perhaps", "marts.more"]),
        (None, [("other column", "table"), ("perhaps", "table"), ("sure", "table")], None),
    ],
)
def test_a_change_reaches_who_reads_the_column(
    column: str | None, reached: list[tuple[str, str]], tables: list[str] | None
) -> None:
    impact = impact_of(change_of(column), READERS, EDGES)
    assert sorted((one.name, one.certainty) for one in impact.readers) == reached
    if tables is not None:
        assert list(impact.tables) == tables


def test_a_harmless_change_reaches_nobody_and_a_ring_of_tables_ends() -> None:
    impact = impact_of(change_of("x", "harmless"), READERS, EDGES)
    assert (impact.readers, impact.tables) == ((), ())
    assert follow(["facts.sure"], EDGES) == {"marts.kpi", "facts.sure"}


TABLES = {"raw.f": ["a", "b", "c"], "staging.stg_f": ["a", "b", "c"], "master.m": ["a", "d"]}


@pytest.mark.parametrize(
    ("sql", "read"),
    [
        ("select a from read_parquet('/home/x y/raw/f.parquet', union_by_name = true)", {"raw.f": {"a"}}),
        (
            'with r as (select * from "workshop"."staging"."stg_f" where c) select r.a as b from r',
            {"staging.stg_f": {"a", "c"}},
        ),
        (
            'select s.b from "workshop"."staging"."stg_f" s left join \'/x/master/m.parquet\' m using (a)',
            {"staging.stg_f": {"a", "b"}, "master.m": {"a"}},
        ),
        ('select * from "workshop"."staging"."stg_f"', {"staging.stg_f": {"a", "b", "c"}}),
        ("select 1", {}),
    ],
)
def test_columns_that_a_query_reads(sql: str, read: dict[str, set[str]]) -> None:
    assert columns_read(sql, TABLES) == read


def test_a_query_that_cannot_be_followed_reads_perhaps_everything() -> None:
    assert columns_read("select from where (", TABLES) is None
