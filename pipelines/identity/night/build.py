"""Everything after scoring: clusters, lasting ids, golden records, households and their evidence."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from pipelines.identity.clustering.cluster import cluster
from pipelines.identity.clustering.collective import join_lone_nodes
from pipelines.identity.constraints import node_features, own_numbers, row_mates
from pipelines.identity.golden.contact import Tokenise
from pipelines.identity.households.build import Households, build_households
from pipelines.identity.households.history import append_household_events
from pipelines.identity.ledger.causes import Changes
from pipelines.identity.ledger.persons import LedgerNight, Mint, assign_person_ids, mint_ids
from pipelines.identity.ledger.replay import successors
from pipelines.identity.night.crosswalk import build_crosswalk
from pipelines.identity.night.known_values import golden_from_memory
from pipelines.identity.outputs import (
    HOUSEHOLD_MEMBER_SCHEMA,
    PERSON_SCHEMA,
    IdentityTables,
    PreviousIdentity,
)
from pipelines.identity.stewarding.decisions import decisions_in_force, node_decisions, validate_decisions
from pipelines.identity.stewarding.links import build_links
from pipelines.identity.stewarding.review import build_review


def build_identity(
    mentions: pl.DataFrame,
    nodes: pl.DataFrame,
    pairs: pl.DataFrame,
    facts: pl.DataFrame,
    previous: PreviousIdentity,
    decisions: pl.DataFrame,
    tokenise: Tokenise,
    run_id: str,
    now: datetime,
    mint: Mint = mint_ids,
    changes: Changes | None = None,
) -> IdentityTables:
    """Build all identity tables from the night's scored pairs.

    Args:
        mentions: all person mentions of the night.
        nodes: ``mention_index, node``, already split by a steward's no.
        pairs: scored pairs of nodes.
        facts: ``record_facts``.
        previous: the memory of the last snapshot.
        decisions: ``master.steward_decision``.
        tokenise: keyed tokens of ID numbers.
        run_id: tonight's run.
        now: instant of the run, with zone.
        mint: source of new ids.
        changes: what happened since the last night, for the reasons in the history; None for nothing.

    Returns:
        All tables, those of contents and versions as they were; with unchanged input and the previous tables as
        memory they come back equal.
    """
    people = mentions.filter(pl.col("name_kind") != "organisation")
    nodes = nodes.join(people.select("mention_index"), on="mention_index", how="semi").sort("mention_index")
    in_force = decisions_in_force(decisions, people)
    law = node_decisions(in_force, nodes)
    own = own_numbers(people, nodes)
    features = node_features(people, nodes, own)
    usable = features.filter("is_usable")["node"].implode()
    pairs = pairs.filter(pl.col("left_node").is_in(usable), pl.col("right_node").is_in(usable))
    bounds = pl.concat([law, row_mates(people, nodes)])
    first = cluster(features, pairs, bounds, previous.component)
    second = join_lone_nodes(first, features, pairs, people, nodes, bounds)
    placed = _placed(people, nodes, second.assignment, own)
    night = assign_person_ids(placed, previous.mention_ledger, previous.history, run_id, now, mint, changes)
    members = placed.with_columns(night.persons["person_id"])
    earlier = _following_merges(previous.household_member, night)
    known = golden_from_memory(members, facts, tokenise, previous.value, previous.value_attribute)
    persons, households = _records(known.golden.person, members, facts, earlier, previous.household_history, mint)
    today = members.select(pl.col("last_delivered_on").max()).item()
    told = append_household_events(
        previous.household_history, earlier, households.household_member, today, run_id, now, persons
    )
    same = in_force.filter(pl.col("answer") == "same")
    return IdentityTables(
        person=persons,
        person_attribute=known.golden.person_attribute,
        person_crosswalk=build_crosswalk(mentions, nodes, own, pairs, second, same, night.persons),
        person_history=night.history,
        person_link=build_links(people, nodes, pairs, first, second),
        match_review=build_review(people, nodes, pairs, first, second, own, law, night.persons),
        steward_decision=validate_decisions(decisions),
        household=households.household,
        household_member=households.household_member,
        household_history=told,
        person_mention_ledger=night.mention_ledger,
        mention_content=previous.mention_content,
        identity_version=previous.version,
        identity_component=first.answers,
        mention_form=previous.form,
        person_value=known.value,
        person_value_attribute=known.value_attribute,
    )


def _placed(people: pl.DataFrame, nodes: pl.DataFrame, assignment: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    return (
        people.join(nodes, on="mention_index")
        .join(assignment, on="node")
        .join(own.select("mention_index", "is_own"), on="mention_index", how="left")
        .with_columns(has_own_number=pl.col("is_own").fill_null(value=False))
        .sort("mention_index")
    )


def _following_merges(previous_member: pl.DataFrame, night: LedgerNight) -> pl.DataFrame:
    """The memberships of the last snapshot under the ids that their persons have tonight."""
    went = successors(night.history)
    return previous_member.join(went, on="person_id", how="left", maintain_order="left").select(
        *(name for name in HOUSEHOLD_MEMBER_SCHEMA if name != "person_id"),
        person_id=pl.coalesce("successor_id", "person_id"),
    )


def _records(
    persons: pl.DataFrame,
    members: pl.DataFrame,
    facts: pl.DataFrame,
    earlier: pl.DataFrame,
    history: pl.DataFrame,
    mint: Mint,
) -> tuple[pl.DataFrame, Households]:
    rank = members.group_by("person_id").agg(person_rank=pl.col("mention_index").min())
    born = history.filter(pl.col("event") == "created").group_by("household_id").agg(born=pl.col("at").min())
    households = build_households(persons.join(rank, on="person_id"), members, facts, earlier, born, mint)
    home = households.household_member.filter((pl.col("basis") == "residence") & pl.col("until").is_null())
    persons = persons.join(home.select("person_id", "household_id"), on="person_id", how="left").sort("person_id")
    return persons.select(PERSON_SCHEMA.names()).cast(PERSON_SCHEMA), households
