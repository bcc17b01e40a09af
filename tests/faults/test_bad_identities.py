"""Lists that are wrong as a whole: nothing explodes, nobody is merged in bulk, and a steward can see the case.

Measured on two busy cores, everything from nodes to tables: each case under 20 s of processor time and 900 MB.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from made_up_people import no_facts, tokens
from small_city import number_of, small_city

from pipelines.identity.mentions.collect import MENTION_SCHEMA
from pipelines.identity.night.build import build_identity
from pipelines.identity.night.linkage import Linkage, link_mentions
from pipelines.identity.night.resolve import surely_one
from pipelines.identity.outputs import DECISION_SCHEMA, MENTION_KEY, IdentityTables, PreviousIdentity
from pipelines.identity.scoring.model import Model

MODEL = Model.load()
NONE = pl.DataFrame(schema=DECISION_SCHEMA)
PAIRS_PER_MENTION = 40
"""Blocks are bounded, so that pairs grow with the mentions and not with their square."""


@dataclass(frozen=True)
class Outcome:
    """What a night made of the mentions; ``placed`` is the crosswalk with the true person beside it."""

    linkage: Linkage
    tables: IdentityTables
    placed: pl.DataFrame

    @property
    def mixed(self) -> int:
        """Mentions that stand in a cluster whose main person is somebody else."""
        counts = self.placed.drop_nulls("person_id").group_by("person_id", "truth").agg(rows=pl.len())
        return int(counts.group_by("person_id").agg(wrong=pl.col("rows").sum() - pl.col("rows").max())["wrong"].sum())

    @property
    def largest(self) -> int:
        """Mentions in the largest cluster."""
        return int(self.placed["person_id"].drop_nulls().value_counts()["count"].max())  # type: ignore[arg-type]


def night(city: pl.DataFrame) -> Outcome:
    """Resolve mentions with their ``truth``; pairs stay in proportion whatever the case."""
    told = city.sort(MENTION_KEY).with_columns(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("mention_index"),
        observed_on=date(2025, 5, 1),
        first_delivered_on=date(2025, 6, 1),
        last_delivered_on=date(2025, 6, 3),
    )
    mentions = told.select(pl.col(name).cast(dtype) for name, dtype in MENTION_SCHEMA.items())
    nodes = surely_one(mentions, NONE)
    linkage = link_mentions(mentions, MODEL, nodes)
    assert linkage.scored.height <= PAIRS_PER_MENTION * mentions.height
    at = datetime(2025, 6, 3, tzinfo=UTC)
    tables = build_identity(
        mentions, nodes, linkage.scored, no_facts(), PreviousIdentity.empty(), NONE, tokens, "run", at
    )
    placed = told.select(*MENTION_KEY, "truth").join(tables.person_crosswalk, on=MENTION_KEY)
    assert placed.height == mentions.height
    return Outcome(linkage, tables, placed)


def people(persons: int) -> pl.DataFrame:
    """A small city in which every list names a person once."""
    lists = pl.int_range(pl.len()).over("truth") % 4
    feeds = ["police_residents", "property_occupants", "civil_affairs_elderly", "housing_leases"]
    roles = ["self", "self", "self", "tenant"]
    return small_city(persons).with_columns(
        feed=lists.replace_strict(dict(enumerate(feeds)), return_dtype=pl.String),
        person_role=lists.replace_strict(dict(enumerate(roles)), return_dtype=pl.String),
    )


def as_nobody(**columns: Any) -> dict[str, pl.Expr]:
    """Columns with one value for all rows, null included."""
    return {name: pl.lit(value, dtype=MENTION_SCHEMA[name]) for name, value in columns.items()}


def numbered(number: str) -> dict[str, pl.Expr]:
    """The columns of a valid number."""
    born = datetime.strptime(number[6:14], "%Y%m%d").replace(tzinfo=UTC).date()
    sex = "1" if int(number[16]) % 2 else "2"
    return as_nobody(
        id_text=number, id_kind="valid", id_number=number, id_pattern=number, id_birth_date=born, id_sex=sex
    )


def test_no_row_has_a_birth_date() -> None:
    bare = as_nobody(birth_date=None, birth_precision=None, birth_source=None)
    outcome = night(people(250).with_columns(**bare))
    assert outcome.mixed <= 0.01 * outcome.placed.height
    persons = outcome.placed["person_id"].n_unique()
    assert persons < 1.2 * 250, "numbers, phones and rooms still hold the rows together"


def test_a_thousand_people_with_one_phone() -> None:
    outcome = night(people(1000).with_columns(phones=pl.lit(["14200000000"])))
    assert outcome.mixed <= 0.01 * outcome.placed.height
    assert outcome.largest <= 12
    assert outcome.linkage.left_out["phone"] == 1, "the phone is no evidence, and it is counted"
    assert outcome.tables.match_review.height > 0, "who cannot be told without the phone is asked for"


def test_four_hundred_registered_in_one_room() -> None:
    home = as_nobody(room_code="room-0", unit_key="unit-0", building_code="building-0", hukou_no="H1")
    outcome = night(people(400).with_columns(**home))
    assert outcome.mixed <= 0.015 * outcome.placed.height
    assert outcome.largest <= 12
    assert outcome.linkage.left_out["room"] == 1
    collective = outcome.tables.household.filter("is_collective")
    assert collective["member_count"].max() is not None, "the collective household is named as one"
    assert collective.height >= 1


def test_a_number_that_five_names_share_is_nobodys_but_its_owners() -> None:
    city = people(60)
    names = city.filter(pl.col("name").is_not_null()).unique("name", keep="first").sort("truth")
    five = names.unique("truth", keep="first").sort("truth")["truth"].head(5).implode()
    hit = pl.col("truth").is_in(five)
    shared = {
        name: pl.when(hit).then(value).otherwise(pl.col(name))
        for name, value in numbered(number_of(date(1970, 5, 5), 77)).items()
    }
    outcome = night(city.with_columns(**shared))
    five_rows = outcome.placed.filter(pl.col("truth").is_in(five))
    mixed = five_rows.group_by("person_id").agg(pl.col("truth").n_unique()).filter(pl.col("truth") > 1)
    assert mixed.is_empty()
    owners = five_rows.filter(pl.col("method") == "id_number")["person_id"].n_unique()
    assert owners <= 1, "a number that five show proves nothing, but for a clear owner"
    asked = outcome.tables.match_review.filter(pl.col("reason_code") == "shared_number")
    assert asked.height == five_rows["person_id"].n_unique() - 1, "a steward is asked about each of them"


def test_all_names_are_titles() -> None:
    title = as_nobody(name_text="张女士", name=None, name_kind="titled", surname="张", given=None, pinyin=None, sex="2")
    outcome = night(people(300).with_columns(**title))
    assert outcome.mixed <= 0.02 * outcome.placed.height
    assert outcome.largest <= 12
    assert outcome.tables.match_review.height > 0
    assert outcome.linkage.blocks["dropped_pairs"].sum() > 0, "what a bound drops is counted"


def test_empty_names_stand_by_their_numbers_only() -> None:
    empty = as_nobody(name_text=None, name=None, name_kind="none", surname=None, given=None, pinyin=None)
    no_number = pl.col("id_pattern").is_null()
    city = people(200).with_columns(**empty)
    outcome = night(city.with_columns(reason=pl.when(no_number).then(pl.lit("no_usable_name"))))
    assert outcome.mixed <= 0.01 * outcome.placed.height
    lonely = city.filter(no_number).select(MENTION_KEY)
    together = outcome.placed.filter(pl.len().over("person_id") > 1)
    assert together.join(lonely, on=MENTION_KEY, how="semi").is_empty(), "without name and number nobody is anybody"


@pytest.mark.parametrize(
    ("told", "persons", "why"),
    [
        ({"phones": ["14200000001"]}, 1, "name, phone and room say who it is, ten thousand times"),
        ({"phones": [], "room_code": None, "unit_key": None}, 10_000, "a bare name says nothing of who it is"),
    ],
)
def test_ten_thousand_identical_rows(told: dict[str, Any], persons: int, why: str) -> None:
    first = small_city(30).filter(pl.col("name").is_not_null()).head(1)
    bare = as_nobody(
        feed="property_occupants" if told["phones"] else "street_office_participation",
        id_text=None,
        id_kind="none",
        id_number=None,
        id_pattern=None,
        id_birth_date=None,
        id_sex=None,
        birth_date=None,
        birth_precision=None,
        birth_source=None,
        building_code=None,
        estate_code=None,
        community=None,
        **told,
    )
    rows = pl.concat([first.with_columns(**bare)] * 10_000).with_columns(
        record_key=pl.concat_str(pl.lit("x"), pl.int_range(pl.len()).cast(pl.String).str.zfill(6)), truth=0
    )
    outcome = night(rows)
    assert outcome.placed["person_id"].n_unique() == persons, why
