"""What the finders read: tonight's tables, each opened once, and every person mention as a witness."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.errors import LakeError
from pipelines.identity.mentions.collect import MENTION_SCHEMA, collect_person_mentions, read_rows
from pipelines.identity.mentions.roles import ROLES
from pipelines.identity.night.known_rows import KnownRows
from pipelines.quality.specs import Suite

Scan = Callable[[str], pl.LazyFrame]
KEY: Final = ("feed", "record_key", "person_role", "person_seq")

WITNESS_COLUMNS: Final = (
    *KEY,
    *("name", "name_kind", "name_text", "pinyin", "former_name", "sex", "sex_source"),
    *("birth_date", "birth_precision", "birth_source"),
    *("id_text", "id_kind", "id_number", "id_pattern", "id_birth_date", "id_sex"),
    *("phones", "address_role", "address_code", "room_code", "building_code", "estate_code", "matched_level"),
    *("kin_names", "residence_type", "status", "observed_on", "first_delivered_on", "since_on", "until_on"),
)


_WHO: Final = {"person_id": pl.String(), "probability": pl.Float64(), "department": pl.String()}


@dataclass(frozen=True)
class Night:
    """One night's tables, as far as they are there.

    Attributes:
        scan: returns a table's rows by its name; raises LakeError for a table that is absent.
        contracts: by `<department>_<feed>`.
        suites: hand-written expectations by table.
        as_of: the newest delivery date.
    """

    scan: Scan
    contracts: Mapping[str, Contract]
    suites: Mapping[str, Suite]
    as_of: date

    def rows(self, table: str) -> pl.LazyFrame | None:
        """Return a table, or None where it is absent."""
        try:
            return self.scan(table)
        except LakeError:
            return None

    def current(self, feed: str) -> pl.LazyFrame | None:
        """Return the current rows of a feed, or None where it was never delivered."""
        table = self.rows(f"raw.{feed}")
        return None if table is None else table.filter(pl.col("is_current"))

    @cached_property
    def feeds(self) -> list[str]:
        """The feeds that have a raw table, sorted."""
        return [name for name in sorted(self.contracts) if self.rows(f"raw.{name}") is not None]

    @cached_property
    def departments(self) -> pl.DataFrame:
        """`feed, department`: whose feed it is."""
        return pl.DataFrame(
            {"feed": list(self.contracts), "department": [c.department for c in self.contracts.values()]},
            schema={"feed": pl.String, "department": pl.String},
        )

    @cached_property
    def address_match(self) -> pl.DataFrame | None:
        """`master.address_match`, or None."""
        table = self.rows("master.address_match")
        return None if table is None else table.collect()

    @cached_property
    def register(self) -> pl.DataFrame | None:
        """`master.address`, or None."""
        table = self.rows("master.address")
        return None if table is None else table.collect()

    @cached_property
    def fused(self) -> pl.DataFrame:
        """`person_id, fused_name, name_sure, fused_birth, birth_sure`: what all records together say of each person."""
        kinds = {"fused_name": pl.String, "name_sure": pl.Float64, "fused_birth": pl.Date, "birth_sure": pl.Float64}
        person = self.rows("master.person")
        if person is None:
            return pl.DataFrame(schema={"person_id": pl.String, **kinds})
        return person.select(
            "person_id",
            fused_name="name",
            name_sure="name_confidence",
            fused_birth="birth_date",
            birth_sure="birth_date_confidence",
        ).collect()

    @cached_property
    def households(self) -> pl.DataFrame:
        """`person_id, home`: how many persons live in the current household of each."""
        person, household = self.rows("master.person"), self.rows("master.household")
        if person is None or household is None:
            return pl.DataFrame(schema={"person_id": pl.String, "home": pl.Int64})
        sizes = household.select("household_id", home="member_count")
        return person.select("person_id", "household_id").join(sizes, on="household_id").drop("household_id").collect()

    @cached_property
    def witnesses(self) -> pl.DataFrame:
        """Every person mention with who it is: `WITNESS_COLUMNS`, `person_id, probability, department`.

        Empty where persons were never resolved. Rows that tonight's identity has read already are not read again.
        """
        crosswalk = self.rows("master.person_crosswalk")
        kinds = {name: MENTION_SCHEMA[name] for name in WITNESS_COLUMNS}
        empty = pl.DataFrame(schema=kinds | _WHO)
        if crosswalk is None or self.address_match is None:
            return empty
        raw = {f"raw.{feed}": self.scan(f"raw.{feed}") for feed in sorted({r.feed for r in ROLES} & set(self.feeds))}
        form = self.rows("internal.mention_form")
        read = read_rows if form is None else KnownRows(form.collect()).read
        mentions = collect_person_mentions(raw, self.address_match, read).select(WITNESS_COLUMNS)
        known = crosswalk.select(*KEY, "person_id", "probability").collect()
        return mentions.join(known, on=KEY, how="inner").join(self.departments, on="feed", how="left").sort(KEY)
