"""Make a city: all files of all nights in one folder, the truth in another, and deliver them night by night.

`generate_city` writes every night into `landing`. To load night by night, generate into a staging folder and call
`deliver(report, night, home.landing)` before each load: it copies the files that arrived on that night.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.city import truth as truths
from pipelines.city.calendar import Calendar
from pipelines.city.clerks import ClerkMix
from pipelines.city.deliveries import night_files
from pipelines.city.error_model import Style
from pipelines.city.feeds import civil_affairs, housing, market_regulation, sensors, street_office
from pipelines.city.feeds import property as property_feeds
from pipelines.city.feeds.police_addresses import address_rows
from pipelines.city.feeds.police_incidents import incident_rows
from pipelines.city.feeds.police_residents import resident_rows
from pipelines.city.feeds.rows import FeedRows
from pipelines.city.kpi.residents import KEPT
from pipelines.city.kpi.table import kpi_truth
from pipelines.city.unruly import Mix
from pipelines.city.world import World, build_world
from pipelines.errors import StreetlakeError

Progress = Callable[[str, int, int], None]
"""Called with what is being made, steps done, steps in all."""
TRUTH_TABLES = ("person", "mention", "address", "row", "household", "dwelling", "place", "kpi")


@dataclass(frozen=True)
class NightFiles:
    """What arrived on one night.

    Attributes:
        night: 0 for the first.
        day: its date.
        files: paths below landing, in the order of arrival; a late file stands in an earlier date's folder.
        rows: data rows in them.
    """

    night: int
    day: date
    files: tuple[str, ...]
    rows: int


@dataclass
class CityReport:
    """What was generated: where, how many, and the files of each night."""

    landing: Path
    truth: Path
    seed: int
    style: Style
    residents: int
    dwellings: int
    nights: list[NightFiles] = field(default_factory=list)


def generate_city(
    landing: Path,
    truth: Path,
    residents: int = 20_000,
    nights: int = 3,
    seed: int = 1,
    style: Style = "plain",
    start: date = date(2026, 3, 1),
    progress: Progress | None = None,
    mix: Mix | None = None,
    clerks: ClerkMix | None = None,
    calendar: Calendar | None = None,
) -> CityReport:
    """Generate a city with its truth; the same arguments give the same bytes.

    Args:
        landing: folder for the department files, `<department>/<feed>/<date>/...`; must not hold the truth.
        truth: folder for `truth_<table>.parquet`, outside `landing`.
        residents: people who live in the city on the first night.
        nights: nights of deliveries, at least one.
        seed: of all draws.
        style: how much the departments err: mild, plain or hard; unruly writes addresses in ways of its own.
        start: date of the first delivery.
        progress: called with what is being made, the steps done and the steps in all.
        mix: which unruly addresses and how many wrong digits; only for the style unruly.
        clerks: write persons as clerks do, among people who are hard to tell apart; null keeps the style's own errors.
        calendar: the rhythm of deliveries over months; null lets every feed send something every night.

    Raises:
        StreetlakeError: when the numbers make no city, or the truth would lie inside the landing.
    """
    _check(landing, truth, residents, nights)
    tell = progress or (lambda _label, _done, _total: None)
    steps = len(BUILDERS) + 2
    tell("places and people", 0, steps)
    world = build_world(residents, nights, seed, style, start, mix, clerks, calendar)
    report = CityReport(landing, truth, seed, style, residents, len(world.places.homes))
    collected: dict[str, list[pl.DataFrame]] = {"mention": [], "address": [], "row": []}
    found: list[list[str]] = [[] for _ in range(nights)]
    counts = [0] * nights
    kept: dict[str, FeedRows] = {}
    for number, (name, build) in enumerate(BUILDERS):
        tell(name, number + 1, steps)
        feed = build(world)
        if name in KEPT:
            kept[name] = feed
        for night in range(nights):
            counts[night] += _write_night(world, feed, night, landing, found[night], collected)
    report.nights = [NightFiles(n, world.day(n), tuple(found[n]), counts[n]) for n in range(nights)]
    tell("truth", steps - 1, steps)
    _write_truth(world, truth, collected, kept)
    tell("done", steps, steps)
    return report


def deliver(report: CityReport, night: int, landing: Path) -> list[Path]:
    """Copy the files of one night from the generated folder into `landing`; return them."""
    copied = []
    for name in report.nights[night].files:
        target = landing / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(report.landing / name, target)
        copied.append(target)
    return copied


def _events(world: World) -> FeedRows:
    return sensors.event_rows(world, sensors.device_rows(world))


BUILDERS: tuple[tuple[str, Callable[[World], FeedRows]], ...] = (
    ("police_addresses", address_rows),
    ("police_residents", resident_rows),
    ("police_incidents", incident_rows),
    ("civil_affairs_benefits", civil_affairs.benefit_rows),
    ("civil_affairs_elderly", civil_affairs.elderly_rows),
    ("civil_affairs_marriages", civil_affairs.marriage_rows),
    ("housing_properties", housing.property_rows),
    ("housing_leases", housing.lease_rows),
    ("property_occupants", property_feeds.occupant_rows),
    ("property_workorders", property_feeds.workorder_rows),
    ("sensors_devices", sensors.device_rows),
    ("sensors_events", _events),
    ("street_office_disputes", street_office.dispute_rows),
    ("street_office_participation", street_office.participation_rows),
    ("street_office_surveys", street_office.survey_rows),
    ("street_office_readiness", street_office.readiness_rows),
    ("market_regulation_enterprises", market_regulation.enterprise_rows),
)
"""Every feed by its name `<department>_<feed>`, and what makes its rows; in the order in which they are made."""


def _check(landing: Path, truth: Path, residents: int, nights: int) -> None:
    problems = []
    if residents < 200:
        problems.append(f"{residents} residents are too few for seventeen feeds: ask for 200 or more")
    if nights < 1:
        problems.append("a city needs one night or more")
    if truth.resolve().is_relative_to(landing.resolve()):
        problems.append("the truth must lie outside the landing folder")
    if problems:
        raise StreetlakeError("; ".join(problems))


def _write_night(
    world: World, feed: FeedRows, night: int, landing: Path, names: list[str], collected: dict[str, list[pl.DataFrame]]
) -> int:
    rows = 0
    for outgoing in night_files(world, feed, night):
        target = landing / outgoing.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(outgoing.content)
        names.append(outgoing.path)
        for part in outgoing.parts:
            rows += len(part.rows)
            collected["row"].append(truths.part_rows(feed, part, night))
            for table, found in (
                ("mention", truths.part_mentions(feed, part)),
                ("address", truths.part_addresses(world, feed, part)),
            ):
                if found is not None:
                    collected[table].append(found)
    return rows


def _write_truth(
    world: World, folder: Path, collected: dict[str, list[pl.DataFrame]], kept: dict[str, FeedRows]
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tables = {name: pl.concat(frames) for name, frames in collected.items()}
    tables["person"] = truths.person_truth(world)
    tables["household"] = truths.household_truth(world)
    tables["dwelling"] = truths.dwelling_truth(world)
    tables["place"] = truths.place_truth(world)
    tables["kpi"] = kpi_truth(world, kept, tables["address"])
    for name in TRUTH_TABLES:
        tables[name].write_parquet(folder / f"truth_{name}.parquet", compression="zstd")
