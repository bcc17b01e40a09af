"""A district of two thousand residents over three nights, and how the tests load it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from orchestration.runner import NightResult, run_nightly
from pipelines.city import CityReport, deliver, generate_city
from pipelines.home import Home

RESIDENTS = 2_000


@dataclass(frozen=True)
class District:
    """The generated files and their truth."""

    report: CityReport

    def deliver(self, night: int, home: Home) -> list[Path]:
        return deliver(self.report, night, home.landing)


def make_district(folder: Path, residents: int = RESIDENTS, nights: int = 3, seed: int = 11) -> District:
    return District(generate_city(folder / "nights", folder / "truth", residents=residents, nights=nights, seed=seed))


def home_like(other: Home, folder: Path) -> Home:
    """A new home with the keys of `other`, so that tokens of ID numbers can be compared."""
    home = Home(folder).ensure()
    shutil.copytree(other.secrets, home.secrets, dirs_exist_ok=True)
    return home


def load(home: Home) -> NightResult:
    return run_nightly(home)
