"""What a page is told beside the marts: which snapshot it shows, and the feeds as their contracts name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pipelines.contracts.model import Contract
from pipelines.pages.text import Text


class SnapshotLike(Protocol):
    """What is asked of a snapshot."""

    @property
    def id(self) -> str:
        """Its number."""

    def served(self) -> list[str]:
        """Return the names of its served tables."""


@dataclass(frozen=True)
class FeedFacts:
    """One feed.

    Attributes:
        department, feed: their names in tables.
        department_name, title: for people.
        cadence_hours: how often a delivery is agreed.
        owner: the office that answers for it, in Chinese.
    """

    department: str
    feed: str
    department_name: Text
    title: Text
    cadence_hours: int
    owner: str

    @property
    def name(self) -> str:
        """`<department>_<feed>`."""
        return f"{self.department}_{self.feed}"


@dataclass(frozen=True)
class PageFacts:
    """What is true of all pages of one publication.

    Attributes:
        snapshot: its id.
        tables: which tables it has; a page says of a missing one how it comes to be.
        feeds: sorted by name.
    """

    snapshot: str
    tables: frozenset[str]
    feeds: tuple[FeedFacts, ...]

    def feed(self, department: str, feed: str) -> FeedFacts | None:
        """Return a feed; None when no contract has it."""
        return next((known for known in self.feeds if (known.department, known.feed) == (department, feed)), None)

    def feed_title(self, department: str, feed: str) -> Text:
        """Return the title of a feed; the table name where no contract has it."""
        known = self.feed(department, feed)
        return known.title if known else Text(f"{department}_{feed}", f"{department}_{feed}")

    def register_title(self, name: str) -> Text:
        """Return department and title of the feed `<department>_<feed>`; the name itself where no contract has it."""
        known = next((feed for feed in self.feeds if feed.name == name), None)
        if known is None:
            return Text(name, name)
        return Text("{department}{title}", "{department}: {title}").fill(
            department=known.department_name, title=known.title
        )

    def department_name(self, department: str) -> Text:
        """Return the name of a department; its key where no contract has it."""
        names = (feed.department_name for feed in self.feeds if feed.department == department)
        return next(names, Text(department, english(department)))

    @property
    def departments(self) -> tuple[str, ...]:
        """The departments, sorted."""
        return tuple(sorted({feed.department for feed in self.feeds}))


def page_facts(snapshot: SnapshotLike, contracts: Mapping[str, Contract]) -> PageFacts:
    """Gather what pages are told of a committed snapshot and of the contracts in force."""
    feeds = tuple(
        FeedFacts(
            department=contract.department,
            feed=contract.feed,
            department_name=Text(contract.department_zh, english(contract.department)),
            title=Text(contract.title_zh, contract.title_en),
            cadence_hours=contract.cadence_hours,
            owner=contract.owner,
        )
        for contract in contracts.values()
    )
    return PageFacts(snapshot.id, frozenset(snapshot.served()), tuple(sorted(feeds, key=lambda feed: feed.name)))


def english(key: str) -> str:
    """Return the English name of a department from its key: `civil_affairs` is `Civil affairs`."""
    return key.replace("_", " ").capitalize()
