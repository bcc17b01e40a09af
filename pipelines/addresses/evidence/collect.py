"""What several departments hold for whoever lives at, or owns, the places that their texts name.

Only hashes leave this module: the frame is evidence for `match_addresses` alone, and must not be stored all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from pipelines.normalise.joint_names import split_cells
from pipelines.normalise.names import parse_names
from pipelines.normalise.phones import parse_phones

SCHEMA: Final = pl.Schema(
    {
        "feed": pl.String,
        "record_key": pl.String,
        "address_role": pl.String,
        "entity": pl.UInt64,
        "is_owner": pl.Boolean,
        "kind": pl.String,
    }
)
_LONGEST_KEY: Final = 64
_SEED: Final = 20260301
# Equal numbers are what counts, so the check character need not be looked at; masked and cut ones are left out.
_NUMBERS: Final = {"id": r"^'?([0-9]{17}[0-9X])$", "tail": r"^'?(?:[0-9]{12})?([0-9]{5}[0-9X])$"}


@dataclass(frozen=True, slots=True)
class Key:
    """A column that names somebody or something at an address.

    Attributes:
        kind: `id`, `tail` (its last six), `phone`, `name`, `parcel`, `family` (the registered household) or `record`
            (the row itself: what one row says in two roles).
        is_owner: owners and landlords, who may hold the flat next door to their own.
        only: column and value of the rows that count.
    """

    feed: str
    role: str
    kind: str
    column: str
    is_owner: bool = False
    only: tuple[str, str] | None = None


_ROLES: Final = {"police_residents": ("residence", "hukou")}  # what is known of a resident holds for both
KEYS: Final = (
    Key("police_residents", "residence", "id", "id_number"),
    Key("police_residents", "residence", "tail", "id_number"),
    Key("police_residents", "residence", "phone", "phone"),
    Key("police_residents", "residence", "name", "name"),
    Key("police_residents", "residence", "family", "hukou_no"),
    Key("police_residents", "residence", "record", "record_key"),
    Key("civil_affairs_benefits", "residence", "id", "id_number"),
    Key("civil_affairs_benefits", "residence", "phone", "phone"),
    Key("civil_affairs_benefits", "residence", "name", "name"),
    Key("civil_affairs_benefits", "residence", "name", "head_name"),
    Key("civil_affairs_elderly", "residence", "id", "id_number"),
    Key("civil_affairs_elderly", "residence", "name", "name"),
    Key("housing_leases", "dwelling", "id", "tenant_id_number"),
    Key("housing_leases", "dwelling", "phone", "tenant_phone"),
    Key("housing_leases", "dwelling", "name", "tenant_name"),
    Key("housing_leases", "dwelling", "parcel", "parcel_unit_no"),
    Key("housing_leases", "dwelling", "id", "landlord_id_number", is_owner=True),
    Key("housing_leases", "dwelling", "name", "landlord_name", is_owner=True),
    Key("housing_properties", "dwelling", "parcel", "parcel_unit_no"),
    Key("housing_properties", "dwelling", "id", "owner_id_numbers", is_owner=True),
    Key("housing_properties", "dwelling", "name", "owners", is_owner=True),
    Key("property_occupants", "dwelling", "phone", "phone"),
    Key("property_occupants", "dwelling", "id", "id_tail"),
    Key("property_occupants", "dwelling", "tail", "id_tail"),
    Key("property_occupants", "dwelling", "name", "name"),
    Key("property_occupants", "dwelling", "name", "name", is_owner=True, only=("role", "业主")),
)


def entity_of(kind: str, values: pl.Expr) -> pl.Expr:
    """The hash of a key of some kind (see `Key.kind`); values in normal form, null stays null."""
    return pl.when(values.is_not_null()).then((pl.lit(kind + ":") + values).hash(seed=_SEED))


def _one_a_row(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """`record_key` and `value`, one row for each of several persons in a cell."""
    split = rows.select("record_key", split_cells(rows[column]).alias("value"))
    return split.explode("value").drop_nulls()


def _values(rows: pl.DataFrame, key: Key) -> pl.DataFrame:
    """`record_key` and `value`, in normal form; what is no whole number or name is left out."""
    if key.kind == "phone":
        return rows.select("record_key", parse_phones(rows[key.column])["phones"].alias("value")).explode("value")
    if key.kind in _NUMBERS:
        single = _one_a_row(rows, key.column)
        plain = pl.col("value").str.normalize("NFKC").str.replace_all(r"\s", "").str.to_uppercase()
        return single.select("record_key", plain.str.extract(_NUMBERS[key.kind]).alias("value"))
    if key.kind == "name":
        single = _one_a_row(rows, key.column)
        names = parse_names(single["value"])
        whole = names["name_kind"].is_in(["han", "minority", "latin"]) & (names["name"].str.len_chars() >= 2)
        return single.select("record_key", names["name"].alias("value")).filter(whole)
    return rows.select("record_key", pl.col(key.column).cast(pl.String).str.strip_chars().alias("value"))


def _entities(frame: pl.LazyFrame, key: Key) -> pl.DataFrame:
    columns = frame.collect_schema().names()
    current = frame.filter(pl.col("is_current")) if "is_current" in columns else frame
    if "moved_out_on" in columns:
        current = current.filter(pl.col("moved_out_on").is_null())
    if key.only is not None:
        current = current.filter(pl.col(key.only[0]) == key.only[1])
    chosen = sorted({"record_key", key.column})
    rows = current.select(chosen).with_columns(pl.col("record_key").cast(pl.String)).drop_nulls().collect()
    if rows.is_empty():
        return SCHEMA.to_frame()
    found = _values(rows, key).filter(pl.col("value").str.len_chars().is_between(2, _LONGEST_KEY))
    roles = pl.DataFrame({"address_role": _ROLES.get(key.feed, (key.role,))})
    return found.join(roles, how="cross").select(
        pl.lit(key.feed).alias("feed"),
        "record_key",
        "address_role",
        entity_of(key.kind, pl.col("value")).alias("entity"),
        pl.lit(key.is_owner).alias("is_owner"),
        pl.lit(key.kind).alias("kind"),
    )


def collect_address_evidence(raw: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """Who or what several departments hold at an address: whole ID number, phone, name, parcel, registered household.

    Args:
        raw: raw table (`raw.police_residents` or `police_residents`) -> frame; absent feeds and columns give nothing.

    Returns:
        Rows (feed, record_key, address_role, entity, is_owner, kind), distinct and sorted; a mention may have several
        entities. The entity is a hash of the key, which counts only between places of one estate; `kind` is
        `Key.kind`.
    """
    by_name = {name.removeprefix("raw."): frame for name, frame in raw.items()}
    frames = [SCHEMA.to_frame()]
    for key in KEYS:
        frame = by_name.get(key.feed)
        columns = {key.column, *(key.only or ())[:1]}
        if frame is not None and columns <= set(frame.collect_schema().names()):
            frames.append(_entities(frame, key))
    return pl.concat(frames).unique().sort(SCHEMA.names())
