"""Three nights at once or one by one: what is served follows from tonight's rows, whatever was known before."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
from made_up_people import tokens
from small_city import small_city

from pipelines.identity.night.build import build_identity
from pipelines.identity.night.linkage import link_mentions
from pipelines.identity.night.resolve import surely_one
from pipelines.identity.outputs import DECISION_SCHEMA, MENTION_KEY, IdentityTables, PreviousIdentity
from pipelines.identity.scoring.model import Model

LEDGERS = {"master.person_history", "master.household_history"}
"""What the nights did to the ids: each home's own story, as is all memory, which is not served."""

NONE = pl.DataFrame(schema=DECISION_SCHEMA)
MODEL = Model.load()


def final_night() -> pl.DataFrame:
    """A small city with homes, registered households, and every fifth of the other rows a lease, some over."""
    row = pl.int_range(pl.len())
    police = pl.col("feed") == "police_residents"
    lease = ~police & (row % 5 == 0)
    return _numbered(
        small_city(240)
        .drop("truth")
        .with_columns(
            feed=pl.when(lease).then(pl.lit("housing_leases")).otherwise("feed"),
            person_role=pl.when(lease).then(pl.lit("tenant")).otherwise("person_role"),
            since_on=pl.when(lease).then(date(2024, 1, 1)),
            until_on=pl.when(lease).then(pl.when(row % 2 == 0).then(date(2024, 12, 31)).otherwise(date(2027, 12, 31))),
            hukou_no=pl.when(police).then("room_code"),
            relation_to_head=pl.when(police).then(pl.when(row % 3 == 0).then(pl.lit("02")).otherwise(pl.lit("20"))),
            address_code="room_code",
            matched_level=pl.when(pl.col("room_code").is_not_null()).then(pl.lit("room")),
            observed_on=date(2025, 5, 1),
            first_delivered_on=date(2025, 6, 1),
            last_delivered_on=date(2025, 6, 3),
        )
    )


def earlier_night(final: pl.DataFrame) -> pl.DataFrame:
    """The same city a night before: rows missing, families elsewhere, leases still open, other names and phones."""
    row = pl.int_range(pl.len())
    elsewhere = pl.when(row % 4 == 0).then(pl.lit("room-0")).otherwise("room_code")
    return _numbered(
        final.filter(row % 7 != 0).with_columns(
            address_code=elsewhere,
            room_code=elsewhere,
            until_on=pl.when(pl.col("person_role") == "tenant").then(date(2027, 12, 31)),
            hukou_no=pl.when(row % 6 == 0).then(pl.lit("room-1")).otherwise("hukou_no"),
            phones=pl.when(row % 5 == 0).then(pl.lit([], dtype=pl.List(pl.String))).otherwise("phones"),
            id_kind=pl.when(row % 9 == 0).then(pl.lit("none")).otherwise("id_kind"),
            id_number=pl.when(row % 9 != 0).then("id_number"),
            id_pattern=pl.when(row % 9 != 0).then("id_pattern"),
            last_delivered_on=date(2025, 6, 2),
        )
    )


def _numbered(mentions: pl.DataFrame) -> pl.DataFrame:
    return (
        mentions.drop("mention_index")
        .sort(MENTION_KEY)
        .with_columns(pl.Series("mention_index", range(mentions.height), dtype=pl.UInt32))
    )


def resolved(mentions: pl.DataFrame, previous: PreviousIdentity, day: int) -> IdentityTables:
    nodes = surely_one(mentions, NONE)
    scored = link_mentions(mentions, MODEL, nodes).scored
    facts = pl.DataFrame(schema={"feed": pl.String, "record_key": pl.String, "fact": pl.String})
    at = datetime(2025, 6, day, tzinfo=UTC)
    return build_identity(mentions, nodes, scored, facts, previous, NONE, tokens, f"run{day}", at)


def canonical(tables: IdentityTables) -> dict[str, pl.DataFrame]:
    """Served tables, every id named by the smallest mention that it holds."""
    told = tables.person_crosswalk.drop_nulls("person_id").select(
        "person_id", name=pl.concat_str(MENTION_KEY, separator="|")
    )
    persons = dict(told.group_by("person_id").agg(pl.col("name").min()).iter_rows())
    spell = ["basis", "address_code", "since", "until"]
    members = tables.household_member.with_columns(pl.col("person_id").replace_strict(persons), pl.col("until"))
    homes = dict(
        members.sort("person_id")
        .group_by("household_id")
        .agg(pl.concat_str(["person_id", *(pl.col(name).cast(pl.String).fill_null("-") for name in spell)]).first())
        .iter_rows()
    )
    assert len(set(homes.values())) == len(homes), "two households would get one name"
    names = persons | homes
    served = {}
    for table, frame in tables.by_table().items():
        if table.startswith("master.") and table not in LEDGERS:
            ids = [name for name in frame.columns if name.endswith(("person_id", "household_id"))]
            renamed = frame.with_columns(pl.col(ids).replace(names))
            flat = [pl.col(name).list.join("|") for name, kind in frame.schema.items() if kind == pl.List(pl.String)]
            served[table] = renamed.with_columns(flat).sort(renamed.columns)
    return served


def test_served_tables_follow_from_tonight_alone() -> None:
    final = final_night()
    before = resolved(earlier_night(final), PreviousIdentity.empty(), 2)
    remembered = resolved(final, before.as_previous(), 3)
    afresh = canonical(resolved(final, PreviousIdentity.empty(), 3))
    for table, frame in canonical(remembered).items():
        assert frame.equals(afresh[table]), table
    # The nights differ, and the ledgers say how: else nothing would have been shown.
    assert not canonical(before)["master.household_member"].equals(afresh["master.household_member"])
    assert {"left", "joined"} <= set(remembered.household_history.filter(pl.col("run_id") == "run3")["event"])
    ended = afresh["master.household_member"].filter(pl.col("until").is_not_null())
    assert 0 < ended.height < afresh["master.household_member"].height
    kept = set(before.household["household_id"]) & set(remembered.household["household_id"])
    assert len(kept) > 0.5 * before.household.height, "ids last although the tables remember nothing"
