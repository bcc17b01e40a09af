"""Mentions become persons and households; one computation, because all tables follow from the same clusters."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import dagster as dg
import polars as pl

from orchestration.assets.addresses import raw_frames, raw_tables
from orchestration.opening import began_at
from orchestration.reporting import asset_key, counts_by, counts_chart, private_errors, told
from orchestration.resources import Night
from pipelines.governance.tokens import purpose_key, tokenise
from pipelines.home import Home
from pipelines.identity.night.memory import DECISIONS, MATCH, NUMBER_KEY_PURPOSE, VERSION, read_memory, read_previous
from pipelines.identity.outputs import DECISION_SCHEMA, PreviousIdentity
from pipelines.identity.stewarding.journal import all_decisions
from pipelines.lake.store import Transaction

if TYPE_CHECKING:
    from pipelines.identity.night.rules import Adoption
    from pipelines.identity.scoring.model import Model

TABLES = {
    DECISIONS: "A steward's answers, obeyed by every later run. 人工裁定。",
    "master.person_link": "Evidence of each linked or rejected pair. 关联证据。",
    "master.person_crosswalk": "One row a person mention, with its person_id. 人员提及与人员编号对照。",
    "internal.person_mention_ledger": "Who each mention was, from when to when; not served. 提及台账（内部）。",
    "master.person_history": "The ledger of identity: created, merged, split, retired. 人员编号台账。",
    "master.match_review": "Pairs for a steward, most valuable first. 待人工复核。",
    "master.person": "One row a person: golden values with their source (一人一档). 人员主档。",
    "master.person_attribute": (
        "One row a person and attribute: the value, why it won, and what other departments say. 取值依据与分歧。"
    ),
    "master.household_member": "One row a person in a household, with basis and period. 户成员。",
    "master.household": "One row a household in a dwelling (户). 户主档。",
    "master.household_history": "The ledger of households: created, joined, left, ended. 户变动台账。",
    "internal.mention_content": "What each mention said, as hashes for the next night. 提及内容指纹（内部）。",
    "internal.mention_form": "What rows were read as, by their content; it only saves time. 提及规范形缓存（内部）。",
    "internal.person_value": "Own golden values by the rows they follow from; it only saves time. 主档值缓存（内部）。",
    "internal.person_value_attribute": "What these were chosen from; it only saves time. 主档值依据缓存（内部）。",
    "internal.identity_component": "How groups of mentions were cut; it only saves time. 分组结果缓存（内部）。",
    VERSION: "Which model and which rules made which nights. 归一模型与规则版本（内部）。",
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
    "master.person_attribute": ["master.person_crosswalk"],
    "master.household_member": ["master.person"],
    "master.household": ["master.household_member"],
    "master.household_history": ["master.household_member"],
    "internal.mention_content": ["master.person_crosswalk"],
    "internal.mention_form": raw_tables(),
    "internal.person_value": ["master.person_crosswalk"],
    "internal.person_value_attribute": ["master.person_crosswalk"],
    "internal.identity_component": ["master.person_crosswalk"],
    VERSION: ["master.person_crosswalk"],
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
    from pipelines.identity.night.adoption import model_in_force

    tx = night.transaction(context)
    with private_errors("identity"):
        versions = last_versions(tx)
        model, adoption = model_in_force(night.place, versions)
        decisions = steward_decisions(tx, night.place)
        if not nothing_new(tx, versions, model, decisions):
            resolve(tx, night, model, adoption, decisions)
        crosswalk = tx.scan("master.person_crosswalk")
    methods = counts_chart(counts_by(crosswalk, "method"))
    for table in TABLES:
        extra = {"by_method": methods} if table == "master.person_crosswalk" else {}
        yield told(tx, table, night.place, **extra)


def resolve(
    tx: Transaction, night: Night, model: "Model", adoption: "Adoption | None", decisions: pl.DataFrame
) -> None:
    """Resolve the night and stage its tables."""
    from pipelines.identity.night.resolve import resolve_identities

    key = purpose_key(night.place, NUMBER_KEY_PURPOSE)
    tables = resolve_identities(
        raw_frames(tx),
        tx.scan(MATCH).collect(),
        PreviousIdentity.empty() if tx.base is None else read_previous(tx.base.has, tx.base.scan),
        model,
        decisions,
        lambda numbers: tokenise(numbers, key),
        run_id=tx.run_id,
        now=began_at(night.place, tx.run_id),
        adoption=adoption,
    )
    for table, frame in tables.by_table().items():
        tx.replace(table, frame)


def nothing_new(tx: Transaction, versions: pl.DataFrame, model: "Model", decisions: pl.DataFrame) -> bool:
    """Say whether every row, answer, model and rule is that of the last snapshot, whose tables then stand."""
    from pipelines.identity.night.resolve import input_tables
    from pipelines.identity.night.rules import model_changed, rules_changed

    base = tx.base
    if base is None or not all(base.has(table) for table in TABLES):
        return False
    same_rows = not any(tx.changed(table) for table in (*input_tables(), MATCH) if tx.has(table))
    same_rules = not model_changed(versions, model) and not rules_changed(versions)
    return same_rows and same_rules and decisions.equals(read_memory("decisions", base.has, base.scan))


def last_versions(tx: Transaction) -> pl.DataFrame:
    """Return the models and rules so far; none before the first night."""
    return PreviousIdentity.empty().version if tx.base is None else read_memory("version", tx.base.has, tx.base.scan)


def steward_decisions(tx: Transaction, home: Home) -> pl.DataFrame:
    """Return the answers given so far, those given since the last run included; none before the first."""
    obeyed = tx.scan(DECISIONS).collect() if tx.has(DECISIONS) else pl.DataFrame(schema=DECISION_SCHEMA)
    return all_decisions(obeyed, home)
