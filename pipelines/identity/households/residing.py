"""Households of residence (户): who lives in a dwelling together as a family, and what says so."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipelines.identity.golden.evidence import dated_rows
from pipelines.identity.golden.facts import complete_facts
from pipelines.identity.golden.kin_ties import registered_relations, strong_hubs
from pipelines.identity.households.alone import living_alone
from pipelines.identity.households.dwelling_ties import dwelling_hubs, titles_in_rooms
from pipelines.identity.households.roles import role_expr, with_heads

UNASKED = ("name", "given", "surname", "former_name", "birth_date", "id_number", "phones", "unit_key", "building_code")
"""Columns of mentions of which nothing here follows, left out of a copy."""


def residence_groups(
    alive: pl.DataFrame, members: pl.DataFrame, registered: pl.DataFrame, facts: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Families in dwellings; flat-sharers without kin are each a household of their own.

    Args:
        alive: golden records of persons who can be in a household now, with ``person_rank``.
        members: mentions with ``person_id``.
        registered: ``kin_ties.registered_households`` of them.
        facts: ``facts.record_facts``.

    Returns:
        Members: ``group, person_id, since, is_head, person_rank, basis, address_code, role``; and what says that each
        group is one: ``group, evidence, lives_alone, lives_alone_confidence``.
    """
    today = pl.lit(members["last_delivered_on"].max(), dtype=pl.Date)
    rows = dated_rows(members.drop(UNASKED), complete_facts(facts))
    residents = _residents(alive, members).with_columns(today=today)
    ties = dwelling_hubs(residents, titles_in_rooms(rows, today), registered_relations(members))
    tied = _tied(residents, pl.concat([strong_hubs(members, registered, facts), ties]))
    placed = residents.with_columns(family=_families(residents.height, tied)).join(
        registered.select("person_id", "relation"), on="person_id", how="left"
    )
    placed = placed.with_columns(group=pl.col("place") + "/" + pl.col("family").cast(pl.String))
    groups = with_heads(placed).select(
        "group",
        "person_id",
        "since",
        "is_head",
        "person_rank",
        basis=pl.lit("residence"),
        address_code="place",
        role=role_expr(),
    )
    return groups, _evidence(placed, tied, rows)


def _residents(alive: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    surname = members.drop_nulls("surname").sort("mention_index").group_by("person_id").agg(pl.col("surname").first())
    return (
        alive.filter(pl.col("residence_address_code").is_not_null())
        .join(surname, on="person_id", how="left")
        .select(
            "person_id",
            "person_rank",
            "birth_date",
            "sex",
            "surname",
            source="residence_address_code_source",
            place="residence_address_code",
            is_room=pl.col("residence_level") == "room",
            since=pl.coalesce("residence_since", "first_seen"),
        )
        .sort("person_rank")
    )


def _tied(residents: pl.DataFrame, hubs: pl.DataFrame) -> pl.DataFrame:
    """``i, hub``: residents by row number and the ties they have within their dwelling."""
    rows = residents.with_row_index("i").select("i", "person_id", "place")
    return hubs.join(rows, on="person_id").select("i", hub=pl.col("place") + "|" + pl.col("hub")).unique()


def _families(size: int, tied: pl.DataFrame) -> pl.Series:
    """Family number of each resident: residents of one place joined through hubs, numbered by their first row."""
    first = tied.with_columns(first=pl.col("i").min().over("hub")).sort("i", "first")
    left, right = (first[name].cast(pl.Int64).to_numpy() for name in ("i", "first"))
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    return (
        pl.DataFrame({"label": label})
        .with_row_index("i")
        .select(pl.col("i").min().over("label").alias("family"))["family"]
    )


def _evidence(placed: pl.DataFrame, tied: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The kinds of ties that hold each group together; of a group of one, what speaks for and against living alone."""
    several = tied.filter(pl.len().over("hub") > 1)
    kind = pl.col("hub").str.split_exact("|", 1).struct.field("field_1").str.split("/").list.first()
    groups = placed.with_row_index("i").select("i", "group")
    ties = several.join(groups, on="i").group_by("group").agg(ties=kind.unique().sort())
    alone = living_alone(placed, rows)
    return (
        groups.select("group")
        .unique()
        .join(ties, on="group", how="left")
        .join(alone, on="group", how="left")
        .select(
            "group",
            evidence=pl.coalesce("ties", "signs").fill_null([]),
            lives_alone=pl.col("lives_alone").fill_null(value=False),
            lives_alone_confidence="confidence",
        )
    )
