"""Groups of persons by basis: residence (户 as a family in a dwelling), hukou, lease and benefit."""

from __future__ import annotations

import polars as pl

from pipelines.identity.golden.civil_status import GONE_STATUSES
from pipelines.identity.golden.kin_ties import registered_households
from pipelines.identity.households.residing import residence_groups
from pipelines.identity.households.roles import role_expr, with_heads

GROUP_SCHEMA = pl.Schema(
    {
        "basis": pl.String(),
        "group": pl.String(),
        "person_id": pl.String(),
        "address_code": pl.String(),
        "role": pl.String(),
        "since": pl.Date(),
        "until": pl.Date(),
        "is_head": pl.Boolean(),
    }
)


def living(persons: pl.DataFrame) -> pl.DataFrame:
    """Persons who can be in a household now: not dead, and with a residence if they moved away."""
    dead = pl.col("status") == "死亡"
    gone = pl.col("status").is_in(GONE_STATUSES) & pl.col("residence_address_code").is_null()
    return persons.filter(~(dead | gone).fill_null(value=False))


def group_households(
    persons: pl.DataFrame, members: pl.DataFrame, facts: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put persons into households, at most one current one per person and basis.

    Args:
        persons: golden records with ``person_rank`` (smallest mention of the person: the order that does not depend
            on ids).
        members: mentions with ``person_id``.
        facts: ``facts.record_facts``.

    Returns:
        ``GROUP_SCHEMA`` rows; ``group`` names a household for tonight only. ``until`` is null but for leases whose own
        row tells that they ended. And what says that a residence group is one (``residing.residence_groups``).
    """
    alive = living(persons)
    registered = registered_households(members).join(alive.select("person_id"), on="person_id", how="semi")
    residence, evidence = residence_groups(alive, members, registered, facts)
    lease = _lease(alive, members, residence)
    frames = [residence, _hukou(alive, registered), lease, _benefit(alive, members)]
    current = [frame.with_columns(until=pl.lit(None, dtype=pl.Date)) for frame in frames]
    told = [frame.select(GROUP_SCHEMA.names()).cast(GROUP_SCHEMA) for frame in (*current, _ended_leases(members))]
    return pl.concat(told), evidence


def _hukou(alive: pl.DataFrame, registered: pl.DataFrame) -> pl.DataFrame:
    rows = registered.join(
        alive.select("person_id", "person_rank", "birth_date", "hukou_address_code", "first_seen"), on="person_id"
    ).with_columns(group="hukou_no", since=pl.coalesce("since_on", "first_seen"))
    where = (
        rows.drop_nulls("hukou_address_code")
        .group_by("group", "hukou_address_code")
        .len()
        .sort(["group", "len", "hukou_address_code"], descending=[False, True, False])
        .group_by("group", maintain_order=True)
        .agg(address_code=pl.col("hukou_address_code").first())
    )
    return with_heads(rows).join(where, on="group", how="left").with_columns(basis=pl.lit("hukou"), role=role_expr())


def _lease(alive: pl.DataFrame, members: pl.DataFrame, residence: pl.DataFrame) -> pl.DataFrame:
    """Running leases: the tenant, and the family that lives with the tenant in the leased dwelling."""
    today = _newest_delivery(members)
    running = (
        members.filter(
            (pl.col("person_role") == "tenant")
            & (pl.col("until_on").is_null() | (pl.col("until_on") >= today))
            & (pl.col("since_on").is_null() | (pl.col("since_on") <= today))
        )
        .join(alive.select("person_id"), on="person_id", how="semi")
        .sort(["person_id", "since_on", "record_key"], descending=[False, True, True], nulls_last=True)
        .group_by("person_id", maintain_order=True)
        .agg(pl.col("record_key", "address_code", "since_on", "first_delivered_on").first())
        .with_columns(group="record_key", since=pl.coalesce("since_on", "first_delivered_on"))
    )
    tenants = running.with_columns(role=pl.lit("tenant"), is_head=pl.lit(value=True))
    home = residence.select("person_id", "group", "address_code")
    family = (
        running.select("person_id", "address_code", "since", lease="group")
        .join(home, on=["person_id", "address_code"])
        .sort("group", "lease")
        .group_by("group", maintain_order=True)
        .agg(pl.col("lease", "address_code", "since").first())
        .join(residence.select("group", "person_id", "role", moved="since"), on="group")
        .join(running.select("person_id"), on="person_id", how="anti")
        .select(
            "person_id",
            "address_code",
            group="lease",
            role=pl.lit("co_resident"),
            since=pl.max_horizontal("since", "moved"),
            is_head=pl.lit(value=False),
        )
    )
    columns = ["group", "person_id", "address_code", "role", "since", "is_head"]
    return pl.concat([tenants.select(columns), family.select(columns)]).with_columns(basis=pl.lit("lease"))


def _newest_delivery(members: pl.DataFrame) -> pl.Expr:
    """The date of the newest delivery, the only today there is; a typed null where nobody is mentioned."""
    return pl.lit(members["last_delivered_on"].max(), dtype=pl.Date)


def _ended_leases(members: pl.DataFrame) -> pl.DataFrame:
    """Leases that are over, with their tenants; who lived with them then, no row tells."""
    today = _newest_delivery(members)
    over = members.filter((pl.col("person_role") == "tenant") & (pl.col("until_on") < today))
    return (
        over.sort("mention_index")
        .unique(["record_key", "person_id"], keep="first", maintain_order=True)
        .select(
            "person_id",
            "address_code",
            group="record_key",
            basis=pl.lit("lease"),
            role=pl.lit("tenant"),
            since=pl.coalesce("since_on", "first_delivered_on"),
            until="until_on",
            is_head=pl.int_range(pl.len()).over("record_key") == 0,
        )
    )


def _benefit(alive: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Households of social assistance: the head named on the rows, and everyone whose row names that head."""
    rows = members.filter(pl.col("feed") == "civil_affairs_benefits").join(
        alive.select("person_id", "person_rank", "residence_address_code"), on="person_id"
    )
    heads = rows.filter(pl.col("person_role") == "head").select("record_key", head_rank="person_rank")
    own = rows.filter(pl.col("person_role") == "self")
    placed = own.join(heads.unique("record_key"), on="record_key", how="left").with_columns(
        rank=pl.coalesce("head_rank", "person_rank")
    )
    everyone = pl.concat(
        [
            placed.with_columns(relation="relation_to_head"),
            rows.filter(pl.col("person_role") == "head").with_columns(rank="person_rank", relation=pl.lit("02")),
        ],
        how="diagonal",
    ).with_columns(is_head=pl.col("rank") == pl.col("person_rank"))
    one = (
        everyone.with_columns(is_vague=pl.col("address_code").is_null())
        .sort(
            ["person_id", "is_head", "observed_on", "is_vague", "rank", "mention_index"],
            descending=[False, True, True, False, False, False],
            nulls_last=True,
        )
        .group_by("person_id", maintain_order=True)
        .agg(pl.col("rank", "is_head", "relation", "address_code", "since_on", "first_delivered_on").first())
    )
    return one.select(
        "person_id",
        "is_head",
        basis=pl.lit("benefit"),
        group=pl.col("rank").cast(pl.String),
        address_code=pl.col("address_code").drop_nulls().sort().first().over("rank"),
        role=role_expr(),
        since=pl.coalesce("since_on", "first_delivered_on"),
    )
