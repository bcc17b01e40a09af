"""Which column of a feed says what of a person in which role."""

from __future__ import annotations

from functools import cache

import polars as pl

from pipelines.identity.mentions.roles import ROLES

ATTRIBUTES = ("name", "id_number", "birth_date", "sex", "phone")


@cache
def columns_of_roles() -> pl.DataFrame:
    """Return `feed, person_role, attribute, column, joint`: the raw column of each attribute that a role has.

    `joint`: the cell holds the values of several persons.
    """
    rows = [
        (role.feed, role.person_role, attribute, column, role.joint)
        for role in ROLES
        for attribute in ATTRIBUTES
        if (column := getattr(role, attribute)) is not None
    ]
    names = ("feed", "person_role", "attribute", "column", "joint")
    return pl.DataFrame(rows, schema=list(names), orient="row")


def with_column(mentions: pl.DataFrame, attribute: str) -> pl.DataFrame:
    """Return the mentions whose role has the attribute, with its `column` and `joint`."""
    known = columns_of_roles().filter(pl.col("attribute") == attribute).drop("attribute")
    return mentions.join(known, on=["feed", "person_role"], how="inner", maintain_order="left")
