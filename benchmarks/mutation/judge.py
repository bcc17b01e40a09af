"""Each corruption before the cheap layers, and what they say of it that they do not say of the clean night."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from mutation.alarms import news
from mutation.base import Base
from mutation.export import Files, files_of
from mutation.home_copies import copy_home
from mutation.nights import Word, cheap_night
from mutation.plan import Mutation
from mutation.tally import Row, row_of

FIRST_RUN = 10_000


@dataclass
class Judge:
    """Loads corrupted nights on top of one clean city, one after the other.

    Attributes:
        base: the city, loaded.
    """

    base: Base
    _run: int = FIRST_RUN
    _clean: dict[str, Word] = field(default_factory=dict)

    def judge(self, mutation: Mutation) -> Row:
        """Show a corruption to the cheap layers; return what they told of it."""
        weeks = mutation.damage.weeks
        if weeks is None:
            word = self._tonight(mutation.feeds, mutation.damage.files)
            clean = [self._clean_tonight(feed) for feed in mutation.feeds]
        elif weeks:
            word = self._over_weeks(mutation.feed, weeks)
            clean = [self._clean_weeks(mutation.feed)]
        else:
            word = self._without(mutation.feed)
            clean = [self._without(None)]
        usual = [alarm for before in clean for alarm in (*before.alarms, *before.standing)]
        told = [alarm for alarm in news(word.alarms, usual) if alarm.feed in mutation.feeds]
        meant = all(before.contents[feed] == word.contents[feed] for before in clean for feed in before.contents)
        return row_of(mutation, told, is_harmless=meant and weeks is None)

    def _next_run(self) -> int:
        self._run += 1
        return self._run

    def _tonight(self, feeds: Iterable[str], files: Files, *, is_reference: bool = False) -> Word:
        contracts = {feed: self.base.contracts[feed] for feed in feeds}
        return cheap_night(self.base.home, contracts, files, self._next_run(), is_reference=is_reference)

    def _clean_tonight(self, feed: str) -> Word:
        if feed not in self._clean:
            files = files_of(self.base.deliveries.exports[feed])
            self._clean[feed] = self._tonight([feed], files, is_reference=True)
        return self._clean[feed]

    def _over_weeks(self, feed: str, weeks: Iterable[Files]) -> Word:
        home = copy_home(self.base.early, self._scratch())
        contracts = {feed: self.base.contracts[feed]}
        words = [cheap_night(home, contracts, files, self._next_run(), kept=True) for files in weeks]
        return words[-1]

    def _clean_weeks(self, feed: str) -> Word:
        name = f"{feed} over weeks"
        if name not in self._clean:
            lately = self.base.deliveries.case(feed).lately
            self._clean[name] = self._over_weeks(feed, [files_of(exports) for exports in lately])
        return self._clean[name]

    def _without(self, feed: str | None) -> Word:
        name = f"without {feed}"
        if name not in self._clean:
            home = copy_home(self.base.early, self._scratch())
            others = [e for name, found in self.base.deliveries.exports.items() if name != feed for e in found]
            self._clean[name] = cheap_night(home, self.base.contracts, files_of(others), self._next_run())
        return self._clean[name]

    def _scratch(self) -> Path:
        return self.base.folder / "scratch"
