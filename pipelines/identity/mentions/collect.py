"""Every mention of a person in any feed, in one normal form with everything its row knows.

Grain: (feed, record_key, person_role, person_seq). Only current records; what a full delivery no longer has is history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from pipelines.identity.mentions.columns import current_records, role_rows
from pipelines.identity.mentions.kin import add_household_kin
from pipelines.identity.mentions.repair import with_mended_patterns
from pipelines.identity.mentions.roles import ROLES, SEX_OF_ROLE
from pipelines.normalise.ids import parse_ids
from pipelines.normalise.name_text import trimmed
from pipelines.normalise.names import parse_names
from pipelines.normalise.phones import parse_phones

KEY: Final = ("feed", "record_key", "person_role", "person_seq")
ADDRESS: Final = ("address_code", "room_code", "unit_code", "unit_key", "building_code", "estate_code", "matched_level")

MENTION_SCHEMA: Final = pl.Schema(
    {
        "mention_index": pl.UInt32(),
        "feed": pl.String(),
        "record_key": pl.String(),
        "person_role": pl.String(),
        "person_seq": pl.Int32(),
        "name_text": pl.String(),
        "name": pl.String(),
        "name_kind": pl.String(),
        "surname": pl.String(),
        "given": pl.String(),
        "pinyin": pl.String(),
        "former_name": pl.String(),
        "sex": pl.String(),
        "birth_date": pl.Date(),
        "birth_precision": pl.String(),
        "birth_source": pl.String(),
        "sex_source": pl.String(),
        "id_text": pl.String(),
        "id_kind": pl.String(),
        "id_number": pl.String(),
        "id_pattern": pl.String(),
        "id_birth_date": pl.Date(),
        "id_sex": pl.String(),
        "phones": pl.List(pl.String()),
        "phone_masks": pl.List(pl.String()),
        "address_role": pl.String(),
        **{column: pl.String() for column in ADDRESS},
        "community": pl.String(),
        "hukou_address_code": pl.String(),
        "hukou_no": pl.String(),
        "relation_to_head": pl.String(),
        "kin_name": pl.String(),
        "kin_id_number": pl.String(),
        "kin_role": pl.String(),
        "kin_names": pl.List(pl.String()),
        "residence_type": pl.String(),
        "status": pl.String(),
        "observed_on": pl.Date(),
        "first_delivered_on": pl.Date(),
        "last_delivered_on": pl.Date(),
        "since_on": pl.Date(),
        "until_on": pl.Date(),
        "reason": pl.String(),
    }
)


def read_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Read names, numbers, phones, birth and sex of rows as delivered: each by itself, in the same order."""
    return with_mended_patterns(_with_sexes(_with_normal_forms(rows)))


def collect_person_mentions(
    raw: Mapping[str, pl.LazyFrame],
    address_match: pl.DataFrame,
    read: Callable[[pl.DataFrame], pl.DataFrame] = read_rows,
) -> pl.DataFrame:
    """Return all mentions of persons of tonight's current records.

    Args:
        raw: raw tables by name (`police_residents` or `raw.police_residents`); feeds that are absent name nobody.
        address_match: `master.address_match` with its extra columns; may be empty.
        read: `read_rows`, or what gives the same rows from memory.

    Returns:
        Rows of `MENTION_SCHEMA`, sorted by the four key columns; `mention_index` is the row number, good for one run.
        Beyond the architecture page: `id_birth_date` and `id_sex` (inside a number), `birth_source` (column,
        number) and `sex_source` (column, words, number) tell where birth date and sex come from, `community` (of the
        activity, else of the address), `kin_names` (all persons named beside this one, normal form, sorted).
        A row that says nothing of the person of a role is no mention, but a row of a register or a roll is one even
        without a name; `reason` tells why a mention cannot be linked. Where a cell names two persons, the mention is
        the one whom the row speaks of, and the other is kin.
    """
    tables = {name.removeprefix("raw."): table for name, table in raw.items()}
    records = {feed: current_records(tables[feed]) for feed in sorted({role.feed for role in ROLES} & tables.keys())}
    parts = [role_rows(records[role.feed], role) for role in ROLES if role.feed in records]
    if not parts:
        return pl.DataFrame(schema=MENTION_SCHEMA)
    rows = pl.concat(parts, how="vertical").sort(KEY)
    rows = add_household_kin(read(rows))
    rows = _with_addresses(rows, address_match).with_columns(reason=_reason())
    return rows.with_row_index("mention_index").select(
        pl.col(column).cast(dtype) for column, dtype in MENTION_SCHEMA.items()
    )


def _with_normal_forms(rows: pl.DataFrame) -> pl.DataFrame:
    names = parse_names(rows["person_text"])
    beside = parse_names(rows["beside_text"])["name"].alias("beside_name")
    former = parse_names(rows["former_name_text"])["name"]
    numbers = parse_ids(rows["id_text"])
    phones = parse_phones(rows["phone_text"])
    kin_names = parse_names(rows["kin_name_text"])["name"].alias("kin_name")
    kin_numbers = parse_ids(rows["kin_id_text"]).select(
        kin_id_number=pl.when(pl.col("id_kind") == "valid").then("id_number")
    )
    names = names.with_columns(name_text=rows.select(trimmed(pl.col("name_text"))).to_series())
    bare = rows.drop("name_text", "id_text")
    told = [kin_names.to_frame(), kin_numbers, former.alias("former").to_frame(), beside.to_frame()]
    joined = pl.concat([bare, names, numbers, phones, *told], how="horizontal")
    known = pl.coalesce("former", "remark_former_name")
    joined = joined.with_columns(former_name=pl.when(known.ne_missing(pl.col("name"))).then(known))
    joined = joined.with_columns(beside_name=pl.coalesce("beside_name", "remark_kin_name"))
    own = pl.col("kin_name").eq_missing(pl.col("name"))  # 户主 is the beneficiary himself
    joined = joined.with_columns(
        pl.when(~own).then(column).alias(column) for column in ("kin_name", "kin_id_number", "kin_role")
    )
    return _with_birth(joined)


def _with_birth(rows: pl.DataFrame) -> pl.DataFrame:
    """The column's date, made exact by a valid number of the same month; else the number's own."""
    same_month = pl.col("id_birth_date").dt.truncate("1mo") == pl.col("birth_date").dt.truncate("1mo")
    same_year = pl.col("id_birth_date").dt.year() == pl.col("birth_date").dt.year()
    from_number = (pl.col("id_kind") == "valid") & (
        pl.col("birth_date").is_null()
        | ((pl.col("birth_precision") == "month") & same_month)
        | ((pl.col("birth_precision") == "year") & same_year)
    )
    masked = (pl.col("id_kind") == "masked") & pl.col("birth_date").is_null()
    return rows.with_columns(
        birth_date=pl.when(from_number | masked).then("id_birth_date").otherwise("birth_date"),
        birth_precision=pl.when(from_number | masked).then("id_birth_precision").otherwise("birth_precision"),
        birth_source=pl.when(pl.col("birth_date").is_not_null())
        .then(pl.lit("column"))
        .when(from_number | masked)
        .then(pl.lit("number")),
    )


def _with_sexes(rows: pl.DataFrame) -> pl.DataFrame:
    of_role = pl.col("person_role").replace_strict(SEX_OF_ROLE, default=None, return_dtype=pl.String)
    of_number = pl.when(pl.col("id_kind").is_in(["valid", "masked", "tail"])).then("id_sex")
    source = (
        pl.when(pl.col("sex").is_not_null())
        .then(pl.lit("column"))
        .when(pl.coalesce(of_role, "title_sex").is_not_null())
        .then(pl.lit("words"))
        .when(of_number.is_not_null())
        .then(pl.lit("number"))
    )
    return rows.with_columns(sex=pl.coalesce("sex", of_role, "title_sex", of_number), sex_source=source)


def _with_addresses(rows: pl.DataFrame, address_match: pl.DataFrame) -> pl.DataFrame:
    """Join the mention's own address and, for residents, that of the registered household."""
    key = ["feed", "record_key", "address_role"]
    present = [column for column in (*ADDRESS, "community") if column in address_match.columns]
    own = address_match.select(*key, *present).unique(key, keep="first", maintain_order=True)
    own = own.rename({"community": "address_community"} if "community" in present else {})
    missing = [column for column in (*ADDRESS, "address_community") if column not in own.columns]
    own = own.with_columns(pl.lit(None, dtype=pl.String).alias(column) for column in missing)
    hukou = address_match.filter(pl.col("address_role") == "hukou").select(
        "feed", "record_key", pl.col("address_code").alias("hukou_address_code")
    )
    hukou = hukou.unique(["feed", "record_key"], keep="first", maintain_order=True)
    joined = rows.join(own, on=key, how="left", maintain_order="left")
    joined = joined.join(hukou, on=["feed", "record_key"], how="left", maintain_order="left")
    return joined.with_columns(community=pl.coalesce("community", "address_community").str.strip_chars())


def _reason() -> pl.Expr:
    """Why a mention cannot be linked; null when it can."""
    number = pl.col("id_pattern").is_not_null() | (pl.col("id_kind") == "passport")
    reachable = (
        number
        | (pl.col("phones").list.len() > 0)
        | (pl.col("phone_masks").list.len() > 0)
        | pl.col("room_code").is_not_null()
    )
    return (
        pl.when(pl.col("name_kind") == "organisation")
        .then(pl.lit("organisation"))
        .when((pl.col("name_kind") == "none") & ~number)
        .then(pl.lit("no_usable_name"))
        .when((pl.col("name_kind") == "titled") & ~reachable)
        .then(pl.lit("title_only"))
    )
