"""One night of identity: raw rows and the last snapshot's memory in, all identity tables out.

Pure: the clock, the run and the key of the tokens come in as arguments. The only chance in it is the minting of ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import polars as pl

from pipelines.identity.candidates.nodes import build_nodes
from pipelines.identity.constraints import one_number_per_node
from pipelines.identity.golden.contact import Tokenise
from pipelines.identity.golden.facts import record_facts
from pipelines.identity.ledger.persons import Mint, mint_ids
from pipelines.identity.mentions.collect import collect_person_mentions
from pipelines.identity.mentions.roles import ROLES
from pipelines.identity.night.build import build_identity
from pipelines.identity.night.content import changes_since, content_hashes
from pipelines.identity.night.known_rows import KnownRows
from pipelines.identity.night.linkage import link_mentions
from pipelines.identity.night.rules import Adoption, model_changed, next_versions, rules_changed
from pipelines.identity.outputs import IdentityTables, PreviousIdentity
from pipelines.identity.scoring.model import Model
from pipelines.identity.stewarding.decisions import decisions_in_force, split_nodes


def resolve_identities(
    raw: Mapping[str, pl.LazyFrame],
    address_match: pl.DataFrame,
    previous: PreviousIdentity,
    model: Model,
    decisions: pl.DataFrame,
    tokenise: Tokenise,
    run_id: str,
    now: datetime,
    mint: Mint = mint_ids,
    adoption: Adoption | None = None,
) -> IdentityTables:
    """Resolve every person that any feed names.

    Args:
        raw: raw tables by name (``raw.police_residents`` or ``police_residents``); absent feeds name nobody.
        address_match: ``master.address_match`` with its extra columns.
        previous: the memory of the last snapshot; ``PreviousIdentity.empty()`` on the first night.
        model: the trained linkage model.
        decisions: ``master.steward_decision``; an empty frame of ``DECISION_SCHEMA`` at first.
        tokenise: keyed one-way tokens of ID numbers, series in and series out.
        run_id: tonight's run.
        now: instant of the run, with zone.
        mint: source of new ids; random unless a test needs them told.
        adoption: the order by which the model is in force; None for the model that came with the software.

    Returns:
        All tables of identity, sorted. With unchanged rows and the previous tables as memory they come back equal.

    Raises:
        DecisionError: a steward decision cannot be obeyed.
    """
    if rules_changed(previous.version):
        previous = previous.without_shortcuts()
    rows = KnownRows(previous.form)
    mentions = collect_person_mentions(raw, address_match, rows.read)
    nodes = surely_one(mentions, decisions)
    pairs = link_mentions(mentions, model, nodes).scored
    content = content_hashes(mentions)
    changes = changes_since(
        content, previous, decisions, model_changed(previous.version, model), rules_changed(previous.version)
    )
    tables = build_identity(
        mentions, nodes, pairs, record_facts(raw), previous, decisions, tokenise, run_id, now, mint, changes
    )
    versions = next_versions(previous.version, model, adoption, run_id, now)
    return replace(tables, mention_content=content, identity_version=versions, mention_form=rows.forms)


def input_tables() -> list[str]:
    """The raw tables of which identity reads anything, sorted."""
    return sorted({f"raw.{role.feed}" for role in ROLES})


def surely_one(mentions: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Nodes, one number each, none holding two mentions that a steward told apart: ``mention_index, node``."""
    in_force = decisions_in_force(decisions, mentions)
    return split_nodes(one_number_per_node(mentions, build_nodes(mentions)), in_force)
