"""Dates and instants as departments write them; pure, one expression over distinct texts."""

from __future__ import annotations

import polars as pl

LOCAL = "Asia/Shanghai"
# Years outside are slips of the pen (0001, 9999, 2204): the cell counts as unread and keeps its text.
FIRST_YEAR, LAST_YEAR = 1850, 2150
# Excel counts days from 1899-12-30; 2101 to 73415 are 1905-10 to 2100, and no plausible years.
FIRST_SERIAL, LAST_SERIAL = 2101, 73_415
_NO_SERIAL = 9999
_TIME = (
    r"(?:[T ]*(?P<half>上午|下午|凌晨|中午|晚上|am|pm)? ?"
    r"(?P<hour>\d{1,2})(?:[:时点](?P<minute>\d{1,2})?分?(?::?(?P<second>\d{1,2})秒?(?P<fraction>\.\d{1,9})?)?)"
    r" ?(?P<half2>am|pm)?)?"
)
_ZONE = r" ?(?P<zone>z|utc|[+-]\d{2}:?\d{2})?"
_WRITTEN = (
    (
        r"(?i)^(?P<year>\d{4})[-/.年](?:(?P<month>\d{1,2})(?:[-/.月](?:(?P<day>\d{1,2})[日号]?)?|月)?)?"
        r"(?: ?(?:星期|周)[一二三四五六日天])?"
    )
    + _TIME
    + _ZONE
    + "$"
)
_COMPACT = (
    r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:T? ?(?P<hour>\d{2}):?(?P<minute>\d{2}):?(?P<second>\d{2})?)?Z?$"
)

_MONTH = r"^(?P<year>\d{4})(?P<month>\d{2})$"
_YEAR = r"^(?P<year>\d{4})年?$"
_SERIAL = r"^(\d{4,5})(\.\d+)?$"
_EPOCH = r"^(\d{10}|\d{13})(?:\.0+)?$"
_PARTS = ("year", "month", "day", "hour", "minute", "second")
_PATTERNS = ("written", "compact", "only_month", "only_year")
_HALVES_AFTER = ("下午", "晚上", "pm")
_BLANKS = r"[\s\u00a0\u3000\u200b\ufeff]+"


def parse_dates(texts: pl.Series) -> pl.DataFrame:
    """Read dates.

    Accepts `20240305`, `2024-03-05`, `2024/3/5`, `2024.03`, `202403`, `2024年3月5日`, `2024`, an Excel serial, epoch
    seconds or milliseconds, each with or without a time.

    Args:
        texts: distinct texts, trimmed.

    Returns:
        In the same order: `value` (Date, the first day where the text has none; null when unread) and `precision`
        (day, month or year; null when unread).
    """
    parts = _parts(texts)
    local = pl.col("instant").dt.convert_time_zone(LOCAL).dt.date()
    return parts.select(
        pl.coalesce(pl.when(pl.col("zone").is_null()).then(pl.col("local").dt.date()), local).alias("value"),
        pl.when(pl.col("local").is_null() & pl.col("instant").is_null())
        .then(None)
        .when(pl.col("month").is_null() & pl.col("year").is_not_null())
        .then(pl.lit("year"))
        .when(pl.col("day").is_null() & pl.col("year").is_not_null())
        .then(pl.lit("month"))
        .otherwise(pl.lit("day"))
        .alias("precision"),
    )


def parse_timestamps(texts: pl.Series) -> pl.Series:
    """Read instants as UTC; a text without an offset is local time of Asia/Shanghai.

    Accepts what `parse_dates` does (a date alone is its midnight), ISO 8601 with an offset, and epoch seconds or
    milliseconds.

    Args:
        texts: distinct texts, trimmed.
    """
    return _parts(texts)["instant"].alias(texts.name)


def _parts(texts: pl.Series) -> pl.DataFrame:
    frame = pl.DataFrame({"text": texts.cast(pl.String)}).with_columns(_normal(pl.col("text")))
    frame = frame.with_columns(_written(), _fields(_COMPACT, "compact"), _fields(_MONTH, "only_month"))
    frame = frame.with_columns(_fields(_YEAR, "only_year")).with_columns(
        *(_number(part).alias(part) for part in _PARTS),
        pl.col("written").struct.field("zone").str.to_lowercase().alias("zone"),
    )
    frame = frame.with_columns(_hour().alias("hour"))
    return frame.with_columns(_local().alias("local"), _epoch().alias("epoch")).with_columns(
        _instant().alias("instant")
    )


def _normal(text: pl.Expr) -> pl.Expr:
    return (
        text.str.normalize("NFKC")
        .str.replace_all(_BLANKS, " ")
        .str.strip_chars(" '\"")
        .str.replace_all(r" *([年月日时分秒]) *", "$1")
        .str.replace_all(r" *([-/.:]) *", "$1")
    )


def _fields(pattern: str, name: str) -> pl.Expr:
    return pl.col("text").str.extract_groups(pattern).alias(name)


def _written() -> pl.Expr:
    return _fields(_WRITTEN, "written")


def _number(part: str) -> pl.Expr:
    """Return a part of the date or time from the first pattern that has it."""
    count = {"year": 4, "month": 3}.get(part, 2)
    found = [pl.col(name).struct.field(part) for name in _PATTERNS[:count]]
    return pl.coalesce(found).cast(pl.Int32, strict=False)


def _hour() -> pl.Expr:
    half = pl.coalesce(
        pl.col("written").struct.field("half"), pl.col("written").struct.field("half2")
    ).str.to_lowercase()
    hour = pl.col("hour")
    return (
        pl.when(half.is_in(_HALVES_AFTER) & (hour < 12))
        .then(hour + 12)
        .when(half.is_in(["am", "上午", "凌晨"]) & (hour == 12))
        .then(0)
        .otherwise(hour)
    )


def _local() -> pl.Expr:
    """Local time without a zone: from the parts, else from an Excel serial."""
    pad = {
        part: pl.col(part).fill_null(1 if part in ("month", "day") else 0).cast(pl.String).str.zfill(2)
        for part in _PARTS
    }
    text = pl.format("{}-{}-{} {}:{}:{}", *(pad[part] for part in _PARTS))
    sane = pl.col("year").is_between(FIRST_YEAR, LAST_YEAR)
    fraction = pl.col("written").struct.field("fraction").cast(pl.Float64, strict=False).fill_null(0.0)
    written = text.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")
    written = written + pl.duration(microseconds=(fraction * 1e6).round(0).cast(pl.Int64))
    days = pl.col("text").str.extract(_SERIAL, 1).cast(pl.Int64, strict=False)
    part = pl.col("text").str.extract(_SERIAL, 2).cast(pl.Float64, strict=False).fill_null(0.0)
    serial = pl.when(days.is_between(FIRST_SERIAL, LAST_SERIAL) & (days != _NO_SERIAL)).then(
        pl.datetime(1899, 12, 30) + pl.duration(days=days, seconds=(part * 86_400).round(0).cast(pl.Int64))
    )
    return pl.when(sane).then(written).otherwise(serial)


def _padded(part: str) -> pl.Expr:
    return pl.col(part).fill_null(1 if part in ("month", "day") else 0).cast(pl.String).str.zfill(2)


def _epoch() -> pl.Expr:
    digits = pl.col("text").str.extract(_EPOCH, 1)
    number = digits.cast(pl.Int64, strict=False)
    millis = pl.when(digits.str.len_bytes() == 10).then(number * 1000).otherwise(number)
    return pl.from_epoch(millis, time_unit="ms").dt.replace_time_zone("UTC").dt.cast_time_unit("us")


def _instant() -> pl.Expr:
    zone = pl.col("zone")
    sign = pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)
    hours = zone.str.extract(r"^[+-](\d{2})", 1).cast(pl.Int64).fill_null(0)
    minutes = zone.str.extract(r"(\d{2})$", 1).cast(pl.Int64).fill_null(0)
    shifted = (pl.col("local") - pl.duration(minutes=sign * (hours * 60 + minutes))).dt.replace_time_zone("UTC")
    local = pl.col("local").dt.replace_time_zone(LOCAL, ambiguous="earliest", non_existent="null")
    return pl.coalesce(pl.when(zone.is_not_null()).then(shifted), local.dt.convert_time_zone("UTC"), pl.col("epoch"))
