"""Which files each department sends on which night, and which rows stand in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from pipelines.city.feeds.civil_affairs import COUNTER
from pipelines.city.feeds.rows import FeedRows
from pipelines.city.files import Form, archive, encode
from pipelines.city.happenings.standing import HISTORY_MONTHS
from pipelines.city.world import World

SPLIT_SHARE, LATE_FILE_SHARE = 0.3, 0.3
REPEATED_FILE_NIGHT = 1
ESTATES_PER_NIGHT = 0.15
WEEK, NIGHTLY_WORKBOOK_ROWS = 7, 20_000  # a longer workbook is sent once a week
_TITLES = {
    "civil_affairs_benefits": "云川市社会救助对象花名册",
    "civil_affairs_elderly": "云川市老年人基本信息表",
    "street_office_disputes": "矛盾纠纷排查调处台账",
    "street_office_readiness": "应急预案与物资清单",
}
_NAMES = {
    "police_addresses": "标准地址",
    "police_residents": "实有人口",
    "civil_affairs_benefits": "社会救助对象",
    "civil_affairs_elderly": "老年人名册",
    "street_office_disputes": "纠纷台账",
}
_CSV_FORMS = {
    "police_addresses": Form(encoding="gb18030", newline="\r\n"),
    "police_residents": Form(encoding="gb18030", newline="\r\n"),
    "police_incidents": Form(encoding="gb18030", newline="\r\n"),
    "civil_affairs_marriages": Form(encoding="utf-8"),
    "housing_properties": Form(encoding="utf-8-sig", newline="\r\n"),
    "housing_leases": Form(encoding="utf-8-sig", newline="\r\n"),
    "property_workorders": Form(encoding="utf-8"),
    "street_office_participation": Form(encoding="gb18030", newline="\r\n"),
    "street_office_surveys": Form(encoding="utf-8"),
    "market_regulation_enterprises": Form(encoding="utf-8"),
}
_VENDOR_FEEDS = ("property_workorders", "market_regulation_enterprises", "housing_leases", "police_incidents")
_LATE_FEEDS = ("housing_leases", "property_workorders", "street_office_participation")


@dataclass(frozen=True)
class Part:
    """One table of rows that is delivered: a file, or a member of a zip.

    Attributes:
        path: below landing; members of a zip as `archive.zip!member`.
        delivered_on: the date of its folder.
        rows: with the truth columns, in the order of the file.
        content: the bytes of the file or member.
        form: how it is written.
    """

    path: str
    delivered_on: date
    rows: pl.DataFrame
    content: bytes
    form: Form


@dataclass(frozen=True)
class Outgoing:
    """One file to be written, and the parts in it."""

    path: str
    content: bytes
    parts: tuple[Part, ...]


def night_files(world: World, feed: FeedRows, night: int) -> Iterator[Outgoing]:
    """Yield the files of one feed on one night; none where nothing is to be told."""
    rng = world.rng(f"{feed.name}/{night}")
    due = world.delivery_nights(feed.name)
    if night not in due:
        return
    if feed.name == "street_office_readiness" and night == 0 and world.calendar is None:
        yield from _former_registers(world, feed, rng)
    if feed.name == "property_occupants":
        yield from _occupants(world, feed, night, rng)
        return
    rows = _due_rows(world, feed, night)
    if rows.is_empty() or (world.calendar is None and _stays_away(feed, night, rows)):
        return
    if feed.name in _LATE_FEEDS:
        yield from _with_late_part(world, feed, night, rng)
        return
    folder = _folder(world, feed, night)
    is_full = feed.full or (world.calendar is not None and world.day(night).day == 1)
    if feed.name == "police_residents" and night > 0 and not is_full and len(rows) > 20 and rng.random() < SPLIT_SHARE:
        half = len(rows) // 2
        yield _file(folder, "residents_1.csv", world.day(night), rows[:half], _form(world, feed, night, rng))
        yield _file(folder, "residents_2.csv", world.day(night), rows[half:], _form(world, feed, night, rng))
        return
    form = _form(world, feed, night, rng)
    name = f"{_NAMES.get(feed.name, feed.feed)}.{form.format}"
    yield _file(folder, name, world.day(night), _typed(feed, rows, form), form)
    if feed.name == "civil_affairs_marriages" and night == REPEATED_FILE_NIGHT and world.calendar is None:
        yield _file(
            folder,
            "marriages_again.csv",
            world.day(night),
            feed.at(0),
            _form(world, feed, 0, world.rng(f"{feed.name}/0")),
        )


def _former_registers(world: World, feed: FeedRows, rng: np.random.Generator) -> Iterator[Outgoing]:
    """Hand over the registers of readiness of the year before, each in the folder of its own date."""
    for before in HISTORY_MONTHS:
        form = _form(world, feed, 0, rng)
        name = f"{feed.feed}.{form.format}"
        yield _file(_folder(world, feed, before), name, world.day(before), feed.at(before), form)


_SELDOM = ("police_addresses", "street_office_readiness")


def _due_rows(world: World, feed: FeedRows, night: int) -> pl.DataFrame:
    """Return all rows that came up since the delivery before; of residents every one on the first of a month."""
    if world.calendar is None:
        return feed.at(night)
    if feed.name == "police_residents" and world.day(night).day == 1:
        return feed.since(night, before=-1)
    return feed.since(night, before=_before(world, feed, night))


def _before(world: World, feed: FeedRows, night: int) -> int:
    """Return the night of a feed's delivery before, -1 for the first."""
    return max((n for n in world.delivery_nights(feed.name) if n < night), default=-1)


def _stays_away(feed: FeedRows, night: int, rows: pl.DataFrame) -> bool:
    """Tell whether a full is not sent tonight: it is sent seldom and says nothing new, or its workbook is long."""
    if not feed.full or night == 0:
        return False
    if feed.name in _SELDOM and not _changed(feed, night):
        return True
    return feed.name in _TITLES and night % WEEK > 0 and len(rows) > NIGHTLY_WORKBOOK_ROWS


def _changed(feed: FeedRows, night: int) -> bool:
    """Tell whether any row came or went on `night`."""
    return bool(feed.frame.select(((pl.col("_from") == night) | (pl.col("_to") == night)).any()).item())


def _folder(world: World, feed: FeedRows, night: int) -> str:
    return f"{feed.department}/{feed.feed}/{world.day(night).isoformat()}"


def _file(folder: str, name: str, day: date, rows: pl.DataFrame, form: Form) -> Outgoing:
    content = encode(visible(rows), form)
    path = f"{folder}/{name}"
    return Outgoing(path, content, (Part(path, day, rows, content, form),))


def visible(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the delivered columns only, the running number filled in where the feed has one."""
    shown = rows.select([c for c in rows.columns if not c.startswith("_")])
    if COUNTER in shown.columns:
        shown = shown.with_columns(pl.int_range(1, pl.len() + 1).cast(pl.String).alias(COUNTER))
    return shown


def _form(world: World, feed: FeedRows, night: int, rng: np.random.Generator) -> Form:
    """Choose the form of a feed's file tonight; some vendors change the order of columns or add one of their own."""
    draw, shuffle = rng.random(), rng.random()
    if feed.name == "sensors_devices":
        return Form("jsonl")
    if feed.name == "sensors_events":
        return Form("parquet") if night % 2 == 0 else Form("jsonl.gz")
    if feed.name in _TITLES:
        unit = f"填报单位：{feed.department}" if draw < 0.3 else None
        blank, title = int(draw * 10) % 3, _TITLES[feed.name]
        return Form("xlsx", title=title, unit_row=unit, total=draw > 0.4, blank_columns=blank, typed=shuffle < 0.5)
    form = _CSV_FORMS[feed.name]
    if night > 0 and feed.name in _VENDOR_FEEDS and shuffle < world.habits(feed.department).vendor_order * 2:
        width = len(visible(feed.frame).columns)
        form = replace(form, order=tuple(int(i) for i in rng.permutation(width)), vendor_column="系统版本")
    return form


def _typed(feed: FeedRows, rows: pl.DataFrame, form: Form) -> pl.DataFrame:
    """JSON Lines of events carry ISO instants for some rows in the city's offset; Parquet keeps milliseconds."""
    if feed.name != "sensors_events" or form.format == "parquet":
        return rows
    local = [
        (pl.from_epoch(pl.col(c), time_unit="ms") + pl.duration(hours=8))
        .dt.strftime("%Y-%m-%dT%H:%M:%S%.3f+08:00")
        .alias(c)
        for c in ("ts", "handled_at")
    ]
    return rows.with_columns(local)


def _with_late_part(world: World, feed: FeedRows, night: int, rng: np.random.Generator) -> Iterator[Outgoing]:
    """On some nights a part of the rows comes a night later, in the folder of the night it belongs to."""
    form = _form(world, feed, night, rng)
    on_time, _ = _split_late(world, feed, night)
    before = _before(world, feed, night)
    if not on_time.is_empty():
        yield _file(_folder(world, feed, night), f"{feed.feed}.csv", world.day(night), on_time, form)
    if before > 0:
        _, late = _split_late(world, feed, before)
        if not late.is_empty():
            yield _file(_folder(world, feed, before), f"{feed.feed}_补报.csv", world.day(before), late, form)


def _late_share(world: World) -> float:
    return LATE_FILE_SHARE * (2 if world.calendar is None else 0.2)


def _split_late(world: World, feed: FeedRows, night: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows = _due_rows(world, feed, night)
    rng = world.rng(f"late/{feed.name}/{night}")
    if night == 0 or night == world.nights - 1 or rng.random() > _late_share(world):
        return rows, rows.clear()
    late = pl.Series(rng.random(len(rows)) < 0.4)
    return rows.filter(~late), rows.filter(late)


def _occupants(world: World, feed: FeedRows, night: int, rng: np.random.Generator) -> Iterator[Outgoing]:
    """One file an estate: all on night 0, some later; workbooks, CSVs, and the first ones of a night in a zip."""
    rows = feed.at(night)
    estates = rows["_estate"].unique(maintain_order=True).to_list()
    habits = world.rng("property/forms").random(len(estates))
    if night > 0 and world.calendar is None:
        chosen = rng.random(len(estates)) < ESTATES_PER_NIGHT
        chosen[int(rng.integers(0, len(estates)))] = True
    else:
        chosen = np.ones(len(estates), dtype=bool)
    folder, day = _folder(world, feed, night), world.day(night)
    groups = {str(key[0]): group for key, group in rows.group_by("_estate", maintain_order=True)}
    members: list[Part] = []
    box = f"物业{night + 1}批.zip"
    for number, estate in enumerate(estates):
        if not chosen[number]:
            continue
        form = _occupant_form(float(habits[number]))
        name = f"{number:04d}_{estate}.{form.format}"
        if form.format == "csv" and habits[number] < 0.2:
            content = encode(visible(groups[estate]), form)
            members.append(Part(f"{folder}/{box}!{name}", day, groups[estate], content, form))
        else:
            yield _file(folder, name, day, groups[estate], form)
    if members:
        content = archive({part.path.split("!")[1]: part.content for part in members})
        yield Outgoing(f"{folder}/{box}", content, tuple(members))


def _occupant_form(draw: float) -> Form:
    if draw < 0.2:
        return Form(encoding="gb18030", newline="\r\n")
    if draw < 0.5:
        return Form("xlsx", title="住户登记表" if draw < 0.3 else None, total=draw < 0.35)
    if draw < 0.6:
        return Form(encoding="utf-16", newline="\r\n")
    return Form(encoding="utf-8-sig" if draw < 0.8 else "gb18030", newline="\r\n")
