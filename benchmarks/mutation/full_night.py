"""What the whole night says: persons and addresses resolved, rows to be returned, lights of the scorecard."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from mutation.alarms import Alarm, news, return_alarms
from mutation.base import Base
from mutation.export import Files, files_of
from mutation.home_copies import copy_home
from mutation.nights import put_files
from mutation.plan import WATCHED
from orchestration.runner import run_nightly
from pipelines.home import Home
from pipelines.lake.store import Lake, Snapshot

RANKS = {"green": 0, "grey": 0, "yellow": 1, "red": 2}


@dataclass
class FullNights:
    """Loads nights with everything on top of a city whose history was loaded so.

    Attributes:
        base: the city; its full home is loaded once, history at once.
    """

    base: Base
    _clean: dict[str, Alarm] = field(default_factory=dict)

    def prepare(self) -> None:
        """Load the first night and the last weeks of the history: what a whole night compares with is not older."""
        if self._home.lake.joinpath("current.json").exists():
            return
        first, lately = self.base.files(0, 0), self.base.files(self.base.last - WATCHED, self.base.last - 1)
        put_files(self._home.ensure().landing, first | lately)
        result = run_nightly(self._home)
        if result.status != "published":
            raise RuntimeError(f"the history was not published: {result.status}")

    @property
    def _home(self) -> Home:
        return Home(self.base.folder / "full")

    def alarms(self, feed: str | None, files: Files) -> list[Alarm]:
        """Return what the night says when one feed delivers `files` and the others what they should."""
        home = copy_home(self._home, self.base.folder / "full_scratch")
        others = [e for name, found in self.base.deliveries.exports.items() if name != feed for e in found]
        put_files(home.landing, files_of(others) | files)
        result = run_nightly(home)
        if result.status == "published":
            snapshot = Lake(home).current()
            return [] if snapshot is None else told_by(snapshot)
        named = [name for name in self.base.contracts if any(f"raw.{name}:" in m for m in result.messages)]
        return [Alarm("night", name, result.status) for name in named]

    def told(self, feed: str, files: Files) -> list[Alarm]:
        """Return what the night says of a feed beyond what the clean night says of it."""
        if not self._clean:
            self._clean = {str(alarm.name): alarm for alarm in self.alarms(None, {})}
        found = [alarm for alarm in self.alarms(feed, files) if alarm.feed == feed]
        return [alarm for alarm in found if is_news(alarm, self._clean.get(str(alarm.name)))]


def is_news(alarm: Alarm, clean: Alarm | None) -> bool:
    """Tell whether an alarm says more than the clean night's: a worse light, or clearly more rows to be returned."""
    if alarm.check.startswith("light:"):
        return alarm.count > (0 if clean is None else clean.count)
    return bool(news([alarm], [] if clean is None else [clean]))


def told_by(snapshot: Snapshot) -> list[Alarm]:
    """Return the lights of all feeds, ranked, and the open entries of the return list."""
    entries = snapshot.scan("marts.return_list").filter(pl.col("status") == "open").collect()
    return [*_lights(snapshot), *return_alarms(entries)]


def _lights(snapshot: Snapshot) -> list[Alarm]:
    lights = snapshot.scan("marts.data_quality").filter(pl.col("scope") == "")
    newest = lights.filter(pl.col("month") == pl.col("month").max().over("department", "feed", "dimension", "metric"))
    rows = newest.select("department", "feed", "dimension", "metric", "light").collect().iter_rows()
    return [Alarm("night", f"{d}_{f}", f"light: {of} {metric}", "", RANKS[light]) for d, f, of, metric, light in rows]
