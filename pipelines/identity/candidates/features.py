"""One row a node: what all its mentions together know, in columns that plain SQL can compare.

Lists become numbered slots (`phone_1`, `room_1`, ...), the rarest value first. A value that many names share carries
how many in its text (`room#2`), so that comparison levels can weigh it; beyond a bound it is no evidence and is left
out and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from pipelines.identity.candidates.numbers import node_numbers
from pipelines.normalise.han import look_alike, without_accent
from pipelines.normalise.name_text import known_surnames

SLOTS: Final = {"phone": 4, "ends": 4, "room": 4, "unit": 3, "building": 3, "estate": 3, "community": 2, "kin": 6}
# Upper bounds of distinct names that share a value: bucket 1, bucket 2, bucket 3; above the last it is no evidence.
PHONE_BUCKETS: Final = (2, 5, 12)
ROOM_BUCKETS: Final = (8, 20, 60)


@dataclass(frozen=True)
class Features:
    """The nodes as they are compared.

    Attributes:
        frame: one row a node, sorted by `node`.
        left_out: value kind -> how many values were left out because too many names share them.
    """

    frame: pl.DataFrame
    left_out: dict[str, int]


def node_features(mentions: pl.DataFrame, nodes: pl.DataFrame) -> Features:
    """Gather the mentions of each node.

    Args:
        mentions: frame of `MENTION_SCHEMA`.
        nodes: `mention_index, node`.

    Returns:
        Columns: `node`; `name, name_sorted, name_kind, surname, given, pinyin, former_name`; `shape, accent` (equal
        for names that look alike, or that sound alike to many ears); `sex`; `birth` (`1980-05-01`, `1980-05` or
        `1980`, as precise as known); `id_number, id_pattern, borrowed, contested` (see `numbers.node_numbers`); the
        slots of `SLOTS`; `mentions` (count). Nodes of which every mention has a reason are left out.
    """
    rows = mentions.join(nodes, on="mention_index").filter(pl.col("reason").is_null())
    rows = rows.with_columns(person=pl.coalesce("name", "surname"))
    numbers = node_numbers(mentions, nodes)
    scalars = (
        _scalars(_without_borrowed(rows, numbers))
        .join(numbers, on="node", how="left")
        .with_columns(pl.col("borrowed", "contested").fill_null(value=False))
    )
    left_out: dict[str, int] = {}
    frame = scalars
    for name, values in _slot_values(rows, left_out).items():
        frame = frame.join(_slots(values, name), on="node", how="left", maintain_order="left")
    return Features(frame.with_columns(_missing_slots(frame)).sort("node"), left_out)


def _commonest(column: str) -> pl.Expr:
    """The value most mentions have; the smaller one where two are equally common."""
    values = pl.col(column).drop_nulls()
    return values.mode().sort().first().alias(column)


def _scalars(rows: pl.DataFrame) -> pl.DataFrame:
    names = (
        rows.filter(pl.col("name").is_not_null())
        .group_by("node", "name")
        .agg(pl.len(), pl.col("name_kind", "surname", "given", "pinyin").first(), own=_written_of_oneself().any())
        .with_columns(known=pl.col("surname").is_in(sorted(known_surnames())), length=pl.col("name").str.len_chars())
        .sort(
            ["node", "len", "own", "known", "length", "name"],
            descending=[False, True, True, True, True, False],
            nulls_last=True,
        )
        .with_columns(second=pl.col("name").shift(-1).over("node"))
        .unique("node", keep="first", maintain_order=True)
        .drop("len", "own", "known", "length")
    )
    birth_format = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}
    precise = pl.coalesce(
        pl.when(pl.col("birth_precision") == precision).then(pl.col("birth_date").dt.strftime(fmt))
        for precision, fmt in birth_format.items()
    )
    births = (
        rows.with_columns(birth=precise)
        .filter(pl.col("birth").is_not_null())
        .group_by("node", "birth")
        .len()
        .sort(pl.col("node"), pl.col("birth").str.len_chars(), "len", "birth", descending=[False, True, True, False])
        .unique("node", keep="first", maintain_order=True)
        .select("node", "birth")
    )
    others = rows.group_by("node").agg(
        mentions=pl.len(),
        sex=_commonest("sex"),
        former=pl.col("former_name").drop_nulls().min(),
        titled_surname=pl.col("surname").drop_nulls().min(),
    )
    joined = others.join(names, on="node", how="left").join(births, on="node", how="left")
    return joined.with_columns(
        surname=pl.when(pl.col("name").is_null()).then("titled_surname").otherwise("surname"),
        former_name=pl.coalesce("former", "second"),
        name_kind=pl.col("name_kind").fill_null("titled"),
        name_sorted=_sorted_signs(),
        shape=look_alike(pl.col("name")),
        accent=without_accent(pl.col("pinyin")),
    ).drop("former", "second", "titled_surname")


def _written_of_oneself() -> pl.Expr:
    """The row is about this person; a name written beside somebody else is copied with less care."""
    return ~pl.col("person_role").is_in(("head", "contact"))


def _sorted_signs() -> pl.Expr:
    """Characters of a Han name, or words of a Latin one, in order: equal where two were swapped."""
    separator = pl.when(pl.col("name").str.contains(" ", literal=True)).then(pl.lit(" ")).otherwise(pl.lit(""))
    words = pl.col("name").str.split(" ").list.sort().list.join(" ")
    signs = pl.col("name").str.split("").list.sort().list.join("")
    return pl.when(separator == " ").then(words).otherwise(signs)


def _without_borrowed(rows: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """Forget what a number told of birth and sex that is not surely the row's own: it is its owner's."""
    doubtful = numbers.filter(pl.col("borrowed") | pl.col("contested"))["node"].implode()
    own = ~pl.col("node").is_in(doubtful)
    return rows.with_columns(
        birth_date=pl.when(own | (pl.col("birth_source") != "number")).then("birth_date"),
        sex=pl.when(own | (pl.col("sex_source") != "number")).then("sex"),
    )


def _slot_values(rows: pl.DataFrame, left_out: dict[str, int]) -> dict[str, pl.DataFrame]:
    """`node, value, holders` for every slotted kind, values of many holders marked or left out."""
    phones = rows.select("node", "person", value="phones").explode("value", empty_as_null=True)
    masks = rows.select("node", "person", value="phone_masks").explode("value", empty_as_null=True)
    either = pl.concat([phones, masks]).with_columns(
        pl.concat_str(pl.col("value").str.head(3), pl.col("value").str.tail(4))
    )
    kin = rows.select("node", "person", value="kin_names").explode("value", empty_as_null=True)
    unit = rows.select("node", "person", value=pl.coalesce("unit_key", "unit_code"))
    plain = {column: rows.select("node", "person", value=f"{column}_code") for column in ("room", "building", "estate")}
    community = rows.select("node", "person", value="community")
    return {
        "phone": _bounded(phones, PHONE_BUCKETS, "phone", left_out),
        "ends": _plain(_held_by_few(either, PHONE_BUCKETS[2])),
        "room": _bounded(plain["room"], ROOM_BUCKETS, "room", left_out),
        "unit": _plain(unit),
        "building": _plain(plain["building"]),
        "estate": _plain(plain["estate"]),
        "community": _plain(community),
        "kin": _plain(kin),
    }


def _held_by_few(values: pl.DataFrame, most: int) -> pl.DataFrame:
    """Without the values that more than `most` names share."""
    return values.filter(pl.col("person").n_unique().over("value") <= most)


def _plain(values: pl.DataFrame) -> pl.DataFrame:
    return (
        values.filter(pl.col("value").is_not_null())
        .group_by("node", "value")
        .len("times")
        .with_columns(holders=pl.lit(0, pl.UInt32))
    )


def _bounded(values: pl.DataFrame, buckets: tuple[int, int, int], kind: str, left_out: dict[str, int]) -> pl.DataFrame:
    known = values.filter(pl.col("value").is_not_null())
    holders = known.group_by("value").agg(holders=pl.col("person").n_unique())
    left_out[kind] = holders.filter(pl.col("holders") > buckets[2]).height
    counted = known.join(holders.filter(pl.col("holders") <= buckets[2]), on="value")
    bucket = pl.when(pl.col("holders") <= buckets[0]).then(1).when(pl.col("holders") <= buckets[1]).then(2).otherwise(3)
    counted = counted.with_columns(value=pl.concat_str("value", pl.lit("#"), bucket.cast(pl.String)))
    return counted.group_by("node", "value").agg(pl.len().alias("times"), pl.col("holders").first())


def _slots(values: pl.DataFrame, name: str) -> pl.DataFrame:
    """The first values of each node as columns: fewest holders first, then most often said, then the smaller text."""
    ordered = values.sort(["node", "holders", "times", "value"], descending=[False, False, True, False])
    ranked = ordered.with_columns(slot=pl.int_range(1, pl.len() + 1).over("node")).filter(pl.col("slot") <= SLOTS[name])
    wide = ranked.group_by("node", maintain_order=True).agg(values=pl.col("value"))
    return wide.select(
        "node",
        *(pl.col("values").list.get(slot, null_on_oob=True).alias(f"{name}_{slot + 1}") for slot in range(SLOTS[name])),
    )


def _missing_slots(frame: pl.DataFrame) -> list[pl.Expr]:
    wanted = [f"{name}_{slot + 1}" for name, count in SLOTS.items() for slot in range(count)]
    return [pl.lit(None, dtype=pl.String).alias(column) for column in wanted if column not in frame.columns]
