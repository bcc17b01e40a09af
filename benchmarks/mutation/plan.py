"""Which corruptions are run: drawn at random from one seed, every family and every feed among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mutation.case import REGISTRY, Case, Damage
from mutation.export import Books, Export, files_of
from pipelines.contracts.model import Contract

FEEDS_TRIED = 17
WATCHED = 40  # nights before the last that are loaded one by one


@dataclass(frozen=True)
class Mutation:
    """One corruption of one feed's delivery.

    Attributes:
        number: within its plan.
        family: name of the corruption.
        feed: `<department>_<feed>`.
        seed: of its random numbers.
        damage: what is delivered instead.
    """

    number: int
    family: str
    feed: str
    seed: int
    damage: Damage

    @property
    def feeds(self) -> tuple[str, ...]:
        """The feeds of which a person must be told."""
        return self.damage.feeds or (self.feed,)


class Deliveries:
    """The clean deliveries of one night, as cases for corruptions."""

    def __init__(self, books: Books, contracts: dict[str, Contract], night: int) -> None:
        self.books, self.contracts, self.night = books, contracts, night
        self.exports = {feed: books.exports(feed, night) for feed in sorted(contracts)}

    def case(self, feed: str) -> Case:
        """Return one feed's delivery."""
        others = {name: found for name, found in self.exports.items() if name != feed}
        return Case(
            self.contracts[feed],
            self.exports[feed],
            lambda back: self.books.before(feed, self.night, back),
            self._lately(feed),
            others,
        )

    def _lately(self, feed: str) -> list[list[Export]]:
        due = self.books.world.delivery_nights(feed)
        nights = [night for night in due if self.night - WATCHED <= night <= self.night]
        return [found for night in nights if (found := self.books.exports(feed, night))]


def draw(
    deliveries: Deliveries, count: int, seed: int, families: Sequence[str] | None = None, first: int = 0
) -> Iterator[Mutation]:
    """Yield `count` corruptions: families in turn, in an order drawn anew each round, each on a feed drawn at random.

    A family that fits no feed tonight is passed over.

    Args:
        deliveries: the clean night.
        count: how many.
        seed: of all draws.
        families: names out of `REGISTRY`; null takes all of them.
        first: number of the first one.
    """
    rng = np.random.default_rng([seed, 20])
    names = sorted(families if families is not None else REGISTRY)
    feeds = [feed for feed, exports in deliveries.exports.items() if exports]
    made = 0
    while made < count:
        for position in rng.permutation(len(names)):
            found = _one(deliveries, names[int(position)], feeds, first + made, rng)
            if found is not None and made < count:
                made += 1
                yield found


def _one(
    deliveries: Deliveries, family: str, feeds: list[str], number: int, rng: np.random.Generator
) -> Mutation | None:
    for position in rng.permutation(len(feeds))[:FEEDS_TRIED]:
        feed, seed = feeds[int(position)], int(rng.integers(0, 2**31))
        case = deliveries.case(feed)
        damage = REGISTRY[family](case, np.random.default_rng(seed))
        if damage is not None and damage.files != files_of(case.exports):
            return Mutation(number, family, feed, seed, damage)
    return None
