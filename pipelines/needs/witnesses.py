"""What departments say of who lives where and in which state: one row per person and current record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final, NamedTuple

import polars as pl

Scan = Callable[[str], pl.LazyFrame]

WITNESS_SCHEMA: Final = pl.Schema(
    {
        "person_id": pl.String(),
        "kind": pl.String(),
        "dwelling": pl.String(),
        "living": pl.String(),
        "health": pl.String(),
        "benefit": pl.String(),
        "people": pl.Int64(),
        "hukou_no": pl.String(),
        "seen_on": pl.Date(),
    }
)
GONE: Final = ("死亡", "迁出", "注销")


class Witness(NamedTuple):
    """How one feed bears witness.

    Attributes:
        feed: its raw table without the schema.
        person_role, address_role: which of its persons lives at which of its addresses.
        kind: `register`, `elderly`, `benefit`, `roll`, `owner` or `lease`; an expression on the raw row.
        holds: which current rows still speak of today; an expression of the day.
        told: raw columns that are carried along, by their name here.
    """

    feed: str
    person_role: str
    address_role: str
    kind: pl.Expr
    holds: Callable[[date], pl.Expr]
    told: dict[str, str]


def _still(column: str) -> Callable[[date], pl.Expr]:
    return lambda day: pl.col(column).is_null() | (pl.col(column) >= day)


def _not_in(column: str, words: tuple[str, ...]) -> Callable[[date], pl.Expr]:
    return lambda _: ~pl.col(column).is_in(words).fill_null(value=False)


WITNESSES: Final = (
    Witness(
        "police_residents",
        "self",
        "residence",
        pl.lit("register"),
        _not_in("status", GONE),
        {"hukou_no": "hukou_no"},
    ),
    Witness(
        "civil_affairs_elderly",
        "self",
        "residence",
        pl.lit("elderly"),
        lambda _: pl.lit(value=True),
        {"living": "living", "health": "health", "seen_on": "visited_on"},
    ),
    Witness(
        "civil_affairs_benefits",
        "self",
        "residence",
        pl.lit("benefit"),
        _still("stopped_on"),
        {"benefit": "benefit", "people": "household_size", "seen_on": "approved_on"},
    ),
    Witness(
        "property_occupants",
        "self",
        "dwelling",
        pl.when(pl.col("role") == "业主").then(pl.lit("owner")).otherwise(pl.lit("roll")),
        _still("moved_out_on"),
        {"seen_on": "updated_on"},
    ),
    Witness(
        "housing_properties",
        "owner",
        "dwelling",
        pl.lit("owner"),
        _not_in("status", ("注销",)),
        {},
    ),
    Witness(
        "housing_leases",
        "tenant",
        "dwelling",
        pl.lit("lease"),
        _still("ends_on"),
        {"people": "occupants"},
    ),
)
"""Lists that put a person into a dwelling. Whoever takes part in something, files a complaint or is somebody's contact
is not thereby at home anywhere."""

TABLES: Final = tuple(f"raw.{witness.feed}" for witness in WITNESSES)


def witness_rows(scan: Scan, homes: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Collect what the lists say.

    Args:
        scan: gives a table as a lazy frame.
        homes: ``address_code, is_home`` of every row of the register.
        as_of: the day of the newest delivery.

    Returns:
        Rows of ``WITNESS_SCHEMA``: ``dwelling`` is the room (or unit, where no room is told; or the house that is not
        divided) the row speaks of, null where it stops short of one; ``seen_on`` the day on which somebody looked;
        ``people`` how many heads the record counts. Ended stays, stopped benefits, cancelled titles and the dead are
        left out. Sorted.
    """
    frames = [pl.DataFrame(schema=WITNESS_SCHEMA)]
    whole = homes.filter("is_home").select("address_code", is_home=pl.lit(value=True)).lazy()
    frames += [_rows_of(scan, witness, whole, as_of) for witness in WITNESSES]
    return pl.concat(frames, how="diagonal").sort(WITNESS_SCHEMA.names(), nulls_last=True)


def _rows_of(scan: Scan, witness: Witness, homes: pl.LazyFrame, as_of: date) -> pl.DataFrame:
    raw = scan(f"raw.{witness.feed}").filter(pl.col("is_current") & witness.holds(as_of))
    told = raw.select(
        pl.col("record_key").cast(pl.String),
        kind=witness.kind,
        **{name: pl.col(column).cast(WITNESS_SCHEMA[name]) for name, column in witness.told.items()},
    )
    persons = (
        scan("master.person_crosswalk")
        .filter((pl.col("feed") == witness.feed) & (pl.col("person_role") == witness.person_role))
        .filter(pl.col("person_id").is_not_null())
        .select("record_key", "person_id")
    )
    deep = pl.col("is_home") | pl.col("matched_level").is_in(["room", "unit"])
    places = (
        scan("master.address_match")
        .filter((pl.col("feed") == witness.feed) & (pl.col("address_role") == witness.address_role))
        .join(homes, on="address_code", how="left")
        .select("record_key", dwelling=pl.coalesce("room_code", pl.when(deep).then("address_code")))
    )
    joined = told.join(persons, on="record_key").join(places, on="record_key", how="left")
    return joined.drop("record_key").collect()
