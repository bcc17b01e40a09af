"""One raw table and one role to rows of texts and dates, still as delivered: the first half of a mention."""

from __future__ import annotations

import polars as pl

from pipelines.identity.mentions.kin import HEADS
from pipelines.identity.mentions.roles import Role
from pipelines.normalise.joint_names import first_person, split_names, split_places

SHANGHAI = "Asia/Shanghai"
# GB/T 2261.1 codes and the words for them; 0 and 9 say that nobody knows.
SEX_CODES = {
    "1": "1",
    "01": "1",
    "男": "1",
    "男性": "1",
    "M": "1",
    "2": "2",
    "02": "2",
    "女": "2",
    "女性": "2",
    "F": "2",
}

CERTAINLY_OTHERS = ("spouse", "contact", "elder")
"""What a person in the column beside is, if it is surely another one: the head of a household may be the same."""


def current_records(table: pl.LazyFrame) -> pl.DataFrame:
    """Return one row per record_key: the current version, with the day the record was first delivered.

    Where two versions of a record are current at once the one delivered last counts, then the lower row of the file.
    """
    first = pl.col("delivered_on").min().over("record_key").alias("first_delivered_on")
    return (
        table.with_columns(first)
        .filter(pl.col("is_current"))
        .sort("record_key", "delivered_on", "row_number", "batch_id")
        .unique("record_key", keep="last", maintain_order=True)
        .collect()
    )


def role_rows(records: pl.DataFrame, role: Role) -> pl.DataFrame:
    """Return the rows of one role: key, texts as delivered, dates; a row that tells nothing of the person is none."""
    rows = _split_joint(records, role) if role.joint else _one_each(records, role)
    selected = rows.select(
        feed=pl.lit(role.feed),
        record_key=pl.col("record_key").cast(pl.String),
        person_role=pl.lit(role.person_role),
        person_seq=pl.col("person_seq").cast(pl.Int32),
        name_text=pl.col("name_text").cast(pl.String),
        person_text=pl.col("person_text").cast(pl.String),
        beside_text=pl.col("beside_text").cast(pl.String),
        id_text=pl.col("id_text").cast(pl.String),
        former_name_text=_text(role.former_name),
        sex=_text(role.sex).replace_strict(SEX_CODES, default=None, return_dtype=pl.String),
        birth_date=_date(role.birth_date),
        birth_precision=_precision(records, role.birth_date),
        phone_text=pl.concat_str(_joined(records, role.phone), _phone_in_name(), separator="、", ignore_nulls=True),
        address_role=pl.lit(role.address_role, dtype=pl.String),
        community=_text(role.community),
        hukou_no=_text(role.hukou_no),
        relation_to_head=_text(role.relation_to_head),
        kin_name_text=pl.col("kin_name_text").cast(pl.String),
        kin_id_text=pl.col("kin_id_text").cast(pl.String),
        kin_role=pl.lit(role.kin_role if not role.joint else "co_owner", dtype=pl.String),
        residence_type=_text(role.residence_type),
        status=_text(role.status),
        observed_on=pl.coalesce(_day(records, role.observed), pl.col("delivered_on").cast(pl.Date)),
        first_delivered_on=pl.col("first_delivered_on").cast(pl.Date),
        last_delivered_on=pl.coalesce(pl.col("last_delivered_on"), pl.col("delivered_on")).cast(pl.Date),
        since_on=_day(records, role.since),
        until_on=_day(records, role.until),
    )
    told = [pl.col(column).str.strip_chars().fill_null("") != "" for column in _evidence(role)]
    return selected.filter(pl.any_horizontal(*told) | (pl.lit(role.person_role) == "self"))


def _evidence(role: Role) -> tuple[str, ...]:
    """Columns of which one must be filled to make a mention; the telephone of a benefits row is not that of the head.

    The row of a roll or a register is a person by itself, whatever is blank in it.
    """
    return ("name_text", "id_text") if role.person_role == "head" else ("name_text", "id_text", "phone_text")


def _phone_in_name() -> pl.Expr:
    """叶峰峰14282487659: a mobile number in the cell of the name."""
    return pl.col("name_text").cast(pl.String).str.extract(r"(?:^|\D)(1[3-9]\d{9})(?:\D|$)", 1)


def _one_each(records: pl.DataFrame, role: Role) -> pl.DataFrame:
    other = ~_names_oneself(role)
    texts = records.select(
        name=pl.col(role.name).cast(pl.String),
        kin=pl.when(other).then(_text(role.kin_name)),
        beside=pl.when(other & pl.lit(role.kin_role in CERTAINLY_OTHERS)).then(_text(role.kin_name)),
    )
    own = first_person(texts["name"], texts["beside"])
    kin = first_person(texts["kin"], own["person"])
    return records.with_columns(
        person_seq=pl.lit(1),
        name_text=pl.col(role.name),
        person_text=own["person"],
        beside_text=own["other"],
        id_text=_text(role.id_number),
        kin_name_text=kin["person"],
        kin_id_text=pl.when(other).then(_text(role.kin_id_number)),
    )


def _names_oneself(role: Role) -> pl.Expr:
    """The head named beside a beneficiary who is the head himself is he, however the two are spelled."""
    if role.kin_role not in ("head", "member"):
        return pl.lit(value=False)
    relation = pl.col("relation_to_head").cast(pl.String).str.strip_chars()
    return relation.is_in(HEADS).fill_null(value=False)


def _split_joint(records: pl.DataFrame, role: Role) -> pl.DataFrame:
    """One row an owner; the numbers stand in the order of the names, and may be fewer."""
    lists = records.with_columns(names=split_names(records[role.name]), number_text=_text(role.id_number))
    lists = lists.with_columns(numbers=split_places(lists["number_text"], lists["names"].list.len()))
    lists = lists.filter(pl.col("names").list.len() > 0).with_columns(
        person_seq=pl.int_ranges(1, pl.col("names").list.len() + 1), owners=pl.col("names")
    )
    rows = lists.explode("names", "person_seq", empty_as_null=False)
    partner = pl.when(pl.col("person_seq") == 1).then(1).otherwise(0)
    return rows.with_columns(
        name_text=pl.col("names"),
        person_text=pl.col("names"),
        beside_text=pl.lit(None, dtype=pl.String),
        id_text=pl.col("numbers").list.get(pl.col("person_seq") - 1, null_on_oob=True),
        kin_name_text=_partner("owners", partner),
        kin_id_text=_partner("numbers", partner),
    )


def _partner(lists: str, place: pl.Expr) -> pl.Expr:
    """The text of the first other owner; null for a sole owner."""
    several = pl.col("owners").list.len() > 1
    return pl.when(several).then(pl.col(lists).list.get(place, null_on_oob=True))


def _text(column: str | None) -> pl.Expr:
    return pl.lit(None, dtype=pl.String) if column is None else pl.col(column).cast(pl.String)


def _joined(records: pl.DataFrame, column: str | None) -> pl.Expr:
    """A cell that the contract reads as a list is joined again: the phone reader splits by its own rules."""
    if column is not None and isinstance(records.schema[column], pl.List):
        return pl.col(column).list.join("、")
    return _text(column)


def _date(column: str | None) -> pl.Expr:
    return pl.lit(None, dtype=pl.Date) if column is None else pl.col(column).cast(pl.Date)


def _precision(records: pl.DataFrame, column: str | None) -> pl.Expr:
    """Null where there is no date; `day` where the feed's contract keeps no precision."""
    if column is None:
        return pl.lit(None, dtype=pl.String)
    known = pl.col(f"{column}_precision") if f"{column}_precision" in records.columns else pl.lit("day")
    return pl.when(pl.col(column).is_not_null()).then(known)


def _day(records: pl.DataFrame, column: str | None) -> pl.Expr:
    """A date as it is, an instant as the local day."""
    if column is None:
        return pl.lit(None, dtype=pl.Date)
    dtype = records.schema[column]
    if isinstance(dtype, pl.Datetime):
        local = pl.col(column).dt.convert_time_zone(SHANGHAI) if dtype.time_zone else pl.col(column)
        return local.dt.date()
    return pl.col(column).cast(pl.Date)
