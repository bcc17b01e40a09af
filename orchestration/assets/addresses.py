"""Texts become places: the register and its past, the address of every mention, and what was learned on the way."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from orchestration.opening import began_at
from orchestration.reporting import asset_key, counts_by, counts_chart, private_errors, told
from orchestration.resources import Night
from pipelines.contracts.loader import load_contracts
from pipelines.lake.store import Transaction

REGISTER = "raw.police_addresses"
DELIVERIES = "ops.delivery"
QUARANTINE = "raw.quarantine"
MATCH = "master.address_match"
ANSWER = "internal.address_answer"
MATCH_HISTORY = "master.address_match_history"
ALIAS = "master.address_alias"
TABLES = {
    "master.address": "The standard address register, one row an address_code. 标准地址库，每个地址编码一行。",
    "master.address_history": (
        "What became of every address_code, one row a change: new, renamed, moved, stopped, merged, split. "
        "地址编码变更史：新增、更名、移位、停用、合并、拆分。"
    ),
    ANSWER: (
        "What each distinct text was read as, and what that rests on; memory that only saves time, not served. "
        "地址解析缓存（内部）。"
    ),
    MATCH: (
        "One row per (feed, record_key, address_role): the deepest certain place of the text. "
        "每处地址文本对应的标准地址。"
    ),
    MATCH_HISTORY: (
        "The ledger of answers: one row where a run answered an address otherwise than the last, and why. "
        "地址匹配变更台账及原因。"
    ),
    ALIAS: (
        "Other names of estates and roads that records agree on, one row a version: proposed, applied from the next "
        "run, revoked or lapsed. 学得的别名台账，可撤销。"
    ),
    "master.register_finding": (
        "What the keeper of the register should look at: rooms that it lacks, doubled codes, stopped addresses where "
        "people live. 标准地址库问题清单。"
    ),
}
# What each table is made from; the rows of all feeds enter once, where texts are resolved.
FROM = {
    "master.address": [REGISTER],
    "master.address_history": [REGISTER, DELIVERIES],
    ANSWER: ["master.address", "master.address_history"],
    MATCH: [ANSWER],
    MATCH_HISTORY: [MATCH],
    ALIAS: [MATCH],
    "master.register_finding": [MATCH, QUARANTINE],
}
OWNERS = {"master.address": "team:police", "master.register_finding": "team:police"}
CHARTS = {
    "master.address": ("level",),
    "master.address_history": ("change",),
    MATCH: ("status", "matched_level"),
    MATCH_HISTORY: ("why",),
    "master.register_finding": ("kind",),
}


def raw_tables() -> list[str]:
    """Return the raw table of every contract, sorted."""
    return [f"raw.{name}" for name in sorted(load_contracts())]


def raw_frames(tx: Transaction) -> dict[str, Any]:
    """Return the raw tables by their feed's name, for the functions that collect mentions."""
    return {table.removeprefix("raw."): tx.scan(table) for table in raw_tables() if tx.has(table)}


def _parents(table: str) -> list[dg.AssetKey]:
    others = raw_tables() if table == ANSWER else []
    return [asset_key(origin) for origin in dict.fromkeys([*FROM[table], *others])]


@dg.multi_asset(
    name="addresses",
    group_name="addresses",
    specs=[
        dg.AssetSpec(
            asset_key(table),
            deps=_parents(table),
            description=description,
            owners=[OWNERS.get(table, "team:addresses")],
            kinds={"polars", "parquet"},
        )
        for table, description in TABLES.items()
    ],
)
def addresses(context: dg.AssetExecutionContext, night: Night) -> Iterator[dg.MaterializeResult[Any]]:
    """Resolve every distinct address text once, against the register of tonight and the names learned before."""
    from pipelines.addresses.aliases.decisions import read_decisions
    from pipelines.addresses.night import resolve_addresses

    tx = night.transaction(context)
    with private_errors("addresses"):
        made = resolve_addresses(
            raw_frames(tx),
            previous_addresses(tx),
            read_decisions(night.place),
            delivered_register(tx),
            run_id=tx.run_id,
            now=began_at(night.place, tx.run_id),
            min_support=night.config.addresses.alias_min_support,
        )
        for table, frame in made.by_table().items():
            tx.replace(table, frame)
    for table, frame in made.by_table().items():
        charts = {f"by_{column}": counts_chart(counts_by(frame.lazy(), column)) for column in CHARTS.get(table, ())}
        yield told(tx, table, night.place, **charts, **(alias_facts(frame) if table == ALIAS else {}))


def alias_facts(ledger: pl.DataFrame) -> dict[str, Any]:
    """Return what is in force and what waits, by status; names of places are left to the table."""
    from pipelines.addresses.aliases.ledger import latest

    now = latest(ledger)
    waiting = now.filter((pl.col("status") == "proposed") & pl.col("guard").is_null()).height
    return {
        "by_status": counts_chart(counts_by(now.lazy(), "status")),
        "apply_from_the_next_load": waiting,
        "for_a_steward": now.filter((pl.col("status") == "proposed") & pl.col("guard").is_not_null()).height,
    }


def previous_addresses(tx: Transaction) -> Any:
    """Return what the last snapshot knew; nothing before the first night, or of a table that is new since."""
    from pipelines.addresses.night import PreviousAddresses
    from pipelines.addresses.upkeep.match_history import COMPARED

    empty, base = PreviousAddresses.empty(), tx.base

    def read(table: str, otherwise: pl.DataFrame, columns: Any = pl.all()) -> pl.DataFrame:  # noqa: B008 - an expression
        return base.scan(table).select(columns).collect() if base and base.has(table) else otherwise

    return PreviousAddresses(
        address=read("master.address", empty.address),
        match=read(MATCH, empty.match, COMPARED),
        alias=read(ALIAS, empty.alias),
        match_history=read(MATCH_HISTORY, empty.match_history),
        answer=read(ANSWER, empty.answer),
    )


def delivered_register(tx: Transaction) -> Any:
    """Return the days on which the register came, and its rows that could not be loaded."""
    from pipelines.addresses.night import Delivered, delivered_days

    refused = tx.scan(QUARANTINE).filter((pl.col("department") == "police") & (pl.col("feed") == "addresses"))
    return Delivered(delivered_days(tx.scan(DELIVERIES)), refused.collect())
