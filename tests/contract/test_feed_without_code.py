"""A feed that is a YAML file and nothing else: hotline calls, from a GB18030 export to places and checks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import jinja2
import polars as pl
import pytest
from landing_desk import Desk, csv_text

from pipelines.addresses.match import match_addresses
from pipelines.addresses.mentions import collect_address_mentions
from pipelines.addresses.register.index import build_register
from pipelines.contracts.loader import load_contracts
from pipelines.contracts.render import STAGING
from pipelines.home import CHECKOUT
from pipelines.identity.mentions.collect import collect_person_mentions
from pipelines.identity.mentions.roles import ROLES
from pipelines.quality.evaluation import evaluate_batches
from pipelines.quality.findings.collect import collect_findings
from pipelines.quality.profile.deliveries import profile_deliveries
from pipelines.quality.rules import load_table_suites

FEED, REGISTER = "street_office_hotline", "police_addresses"
HEADER = (
    "工单编号,来电时间,诉求类别,诉求内容,事发地址,小区,所属社区,承办单位,"
    "办结时间,办理结果,满意度,来电人姓名,来电号码,坐席"
)
GOOD = [
    "RX1,20260301 081233,噪音扰民,施工,迎宾巷76号嘉禾府3栋2单元501,,三渡社区,城管中队,,处理中,,欧阳云川,14200000001,9",
    "RX2,2026/3/1 21:40,停车难,堵门,3栋,嘉禾府,三渡社区,物业科,2026-03-02 10:00,已办结,很满意,,14200000002,9",
    "RX3,2026年3月1日 7:05,养犬,犬吠,迎宾巷76号,,三渡社区,居委会,2026-03-02 10:00,办结,一般,王云川,,8",
    "RX4,很久以前,外星人,看见了,不知道在哪,,,派出所,,办结,,,,8",
]
BAD = [
    ",2026-03-01 09:00,噪声,没有编号,迎宾巷76号,,,,,,,,,8",  # no key
    "RX6,2026-03-01 09:00,噪声",  # ragged
    "RX7,2026-03-01 09:00,噪声,一,迎宾巷76号,,,,,,,,,8",  # the same number twice, with different content
    "RX7,2026-03-01 09:00,路灯,二,迎宾巷76号,,,,,,,,,8",
]
ADDRESSES = csv_text(
    "地址编码,省,市,区县,街道,社区,街路巷,门牌号,小区,楼栋,单元,楼层,户室,状态",
    "D0,云岭省,云川市,望云区,城关街道,三渡社区,迎宾巷,76号,嘉禾府,,,,,在用",
    "D1,云岭省,云川市,望云区,城关街道,三渡社区,迎宾巷,76号,嘉禾府,3栋,,,,在用",
    "D2,云岭省,云川市,望云区,城关街道,三渡社区,迎宾巷,76号,嘉禾府,3栋,2单元,5,501,在用",
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("hotline"), FEED, REGISTER)
    desk.put("police/addresses/2026-03-02/a.csv", ADDRESSES, "gb18030")
    desk.put("street_office/hotline/2026-03-02/便民热线.csv", csv_text(HEADER, *GOOD, *BAD), "gb18030")
    desk.load()
    return desk


def test_every_row_is_loaded_or_refused_for_its_reason(desk: Desk) -> None:
    assert desk.outcome("street_office/hotline/2026-03-02/便民热线.csv") == ("loaded", None, 8, 5, 0, 3)
    assert dict(desk.refused_rows()) == {5: "missing_key", 6: "ragged_row", 7: "key_conflict"}
    calls = desk.current(FEED)
    assert calls["record_key"].to_list() == ["RX1", "RX2", "RX3", "RX4", "RX7"]
    assert calls["category"].to_list() == ["噪声扰民", "停车管理", "邻里纠纷", "外星人", "道路设施"]
    assert calls["satisfaction"].to_list() == [None, "非常满意", "基本满意", None, None]
    assert calls["called_at"].null_count() == 1
    assert calls.filter(pl.col("record_key") == "RX4")["extra"].item() == '{"called_at":"很久以前","坐席":"8"}'


def test_its_staging_view_reads_the_raw_table(desk: Desk, tmp_path: Path) -> None:
    desk.raw(FEED).write_parquet(tmp_path / "calls.parquet")
    model = (CHECKOUT / STAGING / "stg_street_office__hotline.sql").read_text(encoding="utf-8")
    sql = jinja2.Template(model).render(source=lambda schema, table: f"'{tmp_path / 'calls.parquet'}'")
    with duckdb.connect() as connection:
        rows = connection.sql(sql)
        assert rows.columns == desk.raw(FEED).columns
        assert len(rows.fetchall()) == 5


@pytest.mark.slow
def test_its_checks_follow_from_the_contract(desk: Desk) -> None:
    contracts = {FEED: load_contracts()[FEED]}
    many = pl.concat([desk.current(FEED)] * 40).with_row_index("n")  # of five rows one odd value may be chance
    many = many.with_columns(call_no=pl.format("RX{}", "n"), record_key=pl.format("RX{}", "n")).drop("n")
    results = {r.check: r for r in evaluate_batches(lambda _: many.lazy(), contracts)}
    assert not any(result.raised for result in results.values())
    assert results["column_values_to_be_unique__call_no"].success
    unknown = results["column_values_to_be_in_set__category"]
    assert (unknown.success, unknown.unexpected_count, unknown.element_count) == (False, 40, 200)
    unread = results["column_values_to_not_be_null__called_at"]
    assert (unread.success, unread.unexpected_count) == (False, 40)
    assert results["column_values_to_be_in_set__outcome"].success


def test_its_places_take_part_in_address_matching(desk: Desk) -> None:
    raw = {f"raw.{name}": desk.raw(name).lazy() for name in (FEED, REGISTER)}
    mentions = collect_address_mentions(raw)
    assert set(mentions["feed"]) == {FEED}
    told = mentions.select("record_key", "address_text", "hint_estate", "hint_community").rows()
    assert told[1] == ("RX2", "3栋", "嘉禾府", "三渡社区")
    matched = match_addresses(mentions, build_register(desk.raw(REGISTER)))
    codes = dict(matched.select("record_key", "address_code").iter_rows())
    assert codes == {"RX1": "D2", "RX2": "D1", "RX3": "D0", "RX4": None, "RX7": "D0"}
    assert set(matched["address_role"]) == {"location"}


def test_its_callers_are_nobody_in_the_register_of_persons(desk: Desk) -> None:
    assert FEED not in {role.feed for role in ROLES}
    raw = {f"raw.{FEED}": desk.raw(FEED).lazy()}
    nobody = pl.DataFrame(schema=dict.fromkeys(("feed", "record_key", "address_role", "address_code"), pl.String))
    assert collect_person_mentions(raw, nobody).is_empty()
    classes = {column.name: column.data_class for column in load_contracts()[FEED].columns}
    assert classes["caller_name"] == classes["caller_phone"] == "direct"
    assert classes["content"] == "sensitive"


def test_its_profile_counts_what_was_delivered(desk: Desk) -> None:
    profile = profile_deliveries(lambda table: desk.table(table).lazy(), load_contracts(), desk.deliveries(), "night1")
    rows = {row["column"]: row for row in profile.filter(pl.col("feed") == "hotline").iter_rows(named=True)}
    assert (rows[""]["rows"], rows[""]["new_columns"]) == (8, 1)
    assert rows["called_at"]["unread"] == rows["category"]["unknown_codes"] == 1
    assert set(rows) == {"", *(column.name for column in load_contracts()[FEED].columns)}


def test_the_office_gets_its_rows_back(desk: Desk) -> None:
    snapshot = desk.lake.current()
    assert snapshot is not None
    found = collect_findings(snapshot.scan, load_contracts(), load_table_suites(), date(2026, 3, 2))
    own = found.filter(pl.col("feed") == "hotline").select("record_key", "column", "problem").rows()
    assert {(None, None, "row_missing_key"), (None, None, "row_ragged_row")} <= set(own)
    assert {("RX4", "called_at", "cell_unread"), ("RX4", "category", "code_unknown")} <= set(own)
