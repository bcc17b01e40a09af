"""Texts become places: the register, and the address of every mention."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.reporting import asset_key, counts_by, counts_chart, private_errors, told
from orchestration.resources import Night
from pipelines.contracts.loader import load_contracts
from pipelines.lake.store import Transaction

REGISTER = "raw.police_addresses"


def raw_tables() -> list[str]:
    """Return the raw table of every contract, sorted."""
    return [f"raw.{name}" for name in sorted(load_contracts())]


def raw_frames(tx: Transaction) -> dict[str, Any]:
    """Return the raw tables by their feed's name, for the functions that collect mentions."""
    return {table.removeprefix("raw."): tx.scan(table) for table in raw_tables() if tx.has(table)}


@dg.multi_asset(
    name="addresses",
    group_name="addresses",
    specs=[
        dg.AssetSpec(
            asset_key("master.address"),
            deps=[asset_key(REGISTER)],
            description="The standard address register, one row an address_code. 标准地址库，每个地址编码一行。",
            owners=["team:police"],
            kinds={"polars", "parquet"},
        ),
        dg.AssetSpec(
            asset_key("master.address_match"),
            deps=[asset_key(table) for table in raw_tables()],
            description=(
                "One row per (feed, record_key, address_role): the deepest certain place of the text. "
                "每处地址文本对应的标准地址。"
            ),
            owners=["team:addresses"],
            kinds={"polars", "parquet"},
        ),
    ],
)
def addresses(context: dg.AssetExecutionContext, night: Night) -> Iterator[dg.MaterializeResult[Any]]:
    """Resolve every distinct address text once, against the register of tonight."""
    from pipelines.addresses.evidence import collect_address_evidence
    from pipelines.addresses.match import match_addresses
    from pipelines.addresses.mentions import collect_address_mentions
    from pipelines.addresses.register import build_register

    tx = night.transaction(context)
    with private_errors("addresses"):
        register = build_register(tx.scan(REGISTER).collect())
        raw = raw_frames(tx)
        evidence = collect_address_evidence(raw)  # plain numbers: never stored, never logged
        matched = match_addresses(collect_address_mentions(raw), register, evidence=evidence)
        tx.replace("master.address", register.table)
        tx.replace("master.address_match", matched)
    yield told(tx, "master.address", night.place, by_level=counts_chart(counts_by(register.table.lazy(), "level")))
    charts = {f"by_{column}": counts_chart(counts_by(matched.lazy(), column)) for column in ("status", "matched_level")}
    yield told(tx, "master.address_match", night.place, **charts)
