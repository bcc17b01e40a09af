"""A clean city with half a year of deliveries, loaded up to the night on which everything is delivered."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from mutation.alarms import Alarm
from mutation.export import Books, Files, files_of
from mutation.home_copies import copy_home
from mutation.nights import cheap_night, load_history, profile_history
from mutation.plan import WATCHED, Deliveries
from pipelines.city.calendar import Calendar
from pipelines.city.error_model import Style
from pipelines.city.world import build_world
from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import Contract
from pipelines.home import Home

START = date(2025, 12, 1)
NIGHTS = 183  # to 2026-06-01: a Monday, the first of a month, and the first of a quarter
RESIDENTS = 1_200


@dataclass(frozen=True)
class Base:
    """A city in a folder.

    Attributes:
        folder: everything of it.
        seed: of its draws.
        residents, nights: its size and its age on the last night, which is damaged.
        feeds: only these are delivered; empty for all.
        style: how its departments err.
    """

    folder: Path
    seed: int
    residents: int = RESIDENTS
    nights: int = NIGHTS
    feeds: tuple[str, ...] = ()
    style: Style = "mild"

    @property
    def home(self) -> Home:
        """Loaded up to the night before the last."""
        return Home(self.folder / "home")

    @property
    def early(self) -> Home:
        """Loaded up to where the nights that are looked at begin."""
        return Home(self.folder / "early")

    @property
    def last(self) -> int:
        """The night that is damaged."""
        return self.nights - 1

    @cached_property
    def contracts(self) -> dict[str, Contract]:
        """The contracts of the feeds that the city delivers."""
        wanted = self.feeds or tuple(self.books.feeds)
        return {name: contract for name, contract in load_contracts().items() if name in wanted}

    @cached_property
    def books(self) -> Books:
        """All that its departments write."""
        return Books(build_world(self.residents, self.nights, self.seed, self.style, START, calendar=Calendar()))

    @cached_property
    def deliveries(self) -> Deliveries:
        """The clean deliveries of the last night."""
        return Deliveries(self.books, self.contracts, self.last)

    def day(self, night: int) -> date:
        """Return the date of a night."""
        return self.books.world.day(night)

    def files(self, first: int, last: int) -> Files:
        """Return the files that arrived on the nights from `first` to `last`, both included."""
        arrived = (
            export
            for night in range(first, last + 1)
            for feed in self.contracts
            for export in self.books.arrivals(feed, night)
        )
        return files_of(arrived)

    def load(self) -> dict[date, list[Alarm]]:
        """Load the history; return what the cheap layers said on each night looked at, the last one among them.

        The last night is looked at and taken back, so that the home waits for it. What is there already is not loaded
        again: after a change of the profile, remove all but the folder `raw`.
        """
        told = self.folder / "alarms.json"
        if told.exists():
            return _read(told)
        begin = self.last - WATCHED
        raw = Home(self.folder / "raw")
        if not raw.lake.joinpath("current.json").exists():
            load_history(raw.ensure(), self.contracts, self.files(0, begin - 1))
        profile_history(copy_home(raw, self.early.root), self.contracts)
        copy_home(self.early, self.home.root)
        alarms = {}
        for night in range(begin, self.last + 1):
            kept = night < self.last
            files = self.files(night, night)
            alarms[self.day(night)] = cheap_night(self.home, self.contracts, files, night, kept=kept).alarms
        told.write_text(
            json.dumps({day.isoformat(): [asdict(alarm) for alarm in found] for day, found in alarms.items()}),
            encoding="utf-8",
        )
        return alarms


def _read(path: Path) -> dict[date, list[Alarm]]:
    kept = json.loads(path.read_text(encoding="utf-8"))
    return {date.fromisoformat(day): [Alarm(**alarm) for alarm in found] for day, found in kept.items()}
