"""Mentions become persons and households; one computation, because all tables follow from the same clusters."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import dagster as dg
import polars as pl

from orchestration.assets.addresses import raw_frames, raw_tables
from orchestration.opening import began_at
from orchestration.reporting import asset_key, counts_by, counts_chart, private_errors, told
from orchestration.resources import Night
from pipelines.governance.tokens import purpose_key, tokenise
from pipelines.home import Home
from pipelines.identity.outputs import DECISION_SCHEMA, PreviousIdentity
from pipelines.identity.stewarding.journal import all_decisions
from pipelines.lake.store import Transaction

PURPOSE = "identity"
MATCH = "master.address_match"
DECISIONS = "master.steward_decision"
MEMORY = {
    "mention_ledger": "internal.person_mention_ledger",
    "history": "master.person_history",
    "household_member": "master.household_member",
    "household_history": "master.household_history",
    "mention_content": "internal.mention_content",
    "decisions": DECISIONS,
    "version": "internal.identity_version",
}
TABLES = {
    DECISIONS: "A steward's answers, obeyed by every later run. 人工裁定。",
    "master.person_link": "Evidence of each linked or rejected pair. 关联证据。",
    "master.person_crosswalk": "One row a person mention, with its person_id. 人员提及与人员编号对照。",
    "internal.person_mention_ledger": "Who each mention was, from when to when; not served. 提及台账（内部）。",
    "master.person_history": "The ledger of identity: created, merged, split, retired. 人员编号台账。",
    "master.match_review": "Pairs for a steward, most valuable first. 待人工复核。",
    "master.person": "One row a person: golden values with their source (一人一档). 人员主档。",
    "master.household_member": "One row a person in a household, with basis and period. 户成员。",
    "master.household": "One row a household in a dwelling (户). 户主档。",
    "master.household_history": "The ledger of households: created, joined, left, ended. 户变动台账。",
    "internal.mention_content": "What each mention said, as hashes for the next night. 提及内容指纹（内部）。",
    "internal.identity_version": "Which model and which rules made which nights. 归一模型与规则版本（内部）。",
}
# What each table is made from; the rows of all feeds enter once, where mentions are linked.
FROM = {
    DECISIONS: [],
    "master.person_link": [*raw_tables(), MATCH, DECISIONS],
    "master.person_crosswalk": ["master.person_link"],
    "internal.person_mention_ledger": ["master.person_crosswalk"],
    "master.person_history": ["internal.person_mention_ledger"],
    "master.match_review": ["master.person_link", "master.person_crosswalk"],
    "master.person": ["master.person_crosswalk"],
    "master.household_member": ["master.person"],
    "master.household": ["master.household_member"],
    "master.household_history": ["master.household_member"],
    "internal.mention_content": ["master.person_crosswalk"],
    "internal.identity_version": ["master.person_crosswalk"],
}


@dg.multi_asset(
    name="identity",
    group_name="identity",
    specs=[
        dg.AssetSpec(
            asset_key(table),
            deps=[asset_key(origin) for origin in FROM[table]],
            description=description,
            owners=["team:identity"],
            kinds={"polars", "parquet"},
        )
        for table, description in TABLES.items()
    ],
)
def identity(context: dg.AssetExecutionContext, night: Night) -> Iterator[dg.MaterializeResult[Any]]:
    """Link tonight's mentions, keep last night's ids, and tell every table."""
    from pipelines.identity.night.resolve import resolve_identities
    from pipelines.identity.scoring.model import Model

    tx = night.transaction(context)
    key = purpose_key(night.place, PURPOSE)
    with private_errors("identity"):
        tables = resolve_identities(
            raw_frames(tx),
            tx.scan(MATCH).collect(),
            previous_identity(tx),
            Model.load(),
            steward_decisions(tx, night.place),
            lambda numbers: tokenise(numbers, key),
            run_id=tx.run_id,
            now=began_at(night.place, tx.run_id),
        )
        for table, frame in tables.by_table().items():
            tx.replace(table, frame)
    methods = counts_chart(counts_by(tables.person_crosswalk.lazy(), "method"))
    for table in TABLES:
        extra = {"by_method": methods} if table == "master.person_crosswalk" else {}
        yield told(tx, table, night.place, **extra)


def previous_identity(tx: Transaction) -> PreviousIdentity:
    """Return what the last snapshot knew; nothing before the first night."""
    empty, base = PreviousIdentity.empty(), tx.base
    known = {
        # A table of an older version may lack columns.
        name: pl.concat([getattr(empty, name), base.scan(table).collect()], how="diagonal")
        for name, table in MEMORY.items()
        if base and base.has(table)
    }
    return replace(empty, **known)


def steward_decisions(tx: Transaction, home: Home) -> pl.DataFrame:
    """Return the answers given so far, those given since the last run included; none before the first."""
    obeyed = tx.scan(DECISIONS).collect() if tx.has(DECISIONS) else pl.DataFrame(schema=DECISION_SCHEMA)
    return all_decisions(obeyed, home)
