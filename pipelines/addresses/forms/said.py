"""What a text says before it is held against the sites of the register: its names, and its numbered parts."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.addresses.forms.names import Guess


@dataclass(slots=True)
class Parts:
    """The numbered parts below the site; keys of `pipelines.addresses.forms.keys`, None where the text names none.

    Attributes:
        loose: numbers without a word that says what they are (`3-2-501`, `501`), in order.
        storey: the number of `3楼` before it is known whether a building or a floor is meant.
        house_or_building: the number of `3号` right after an estate.
        numbered: the number of a `202号` below the site that no word places: a building or a room.
    """

    building: str | None = None
    building_text: str | None = None
    unit: str | None = None
    floor: int | None = None
    room: str | None = None
    storey: str | None = None
    house_or_building: str | None = None
    numbered: str | None = None
    loose: tuple[str, ...] = ()

    def empty(self) -> bool:
        """Whether the text names nothing below the site."""
        named = self.building or self.unit or self.room or self.storey or self.numbered
        return not (named or self.loose or self.floor is not None)


@dataclass(slots=True)
class Parse:
    """What a text says, before it is held against the sites of the register.

    Attributes:
        divisions: level -> name of the register; foreign: the same for names that it lacks.
        roads: name as registered (old names too) -> how it was found.
        house: key of the house number; more_houses: keys of further ones (`28号、30号`).
        estates: for each estate named, its guesses.
        phase: `2期` where it stands apart from the estate's name.
        leftover: what nothing could be made of.
        fuzzy: the highest cost of a name that is not written as registered.
    """

    divisions: dict[str, str] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)
    roads: dict[str, Guess] = field(default_factory=dict)
    unknown_road: str | None = None
    house: str | None = None
    more_houses: tuple[str, ...] = ()
    estates: list[tuple[Guess, ...]] = field(default_factory=list)
    unknown_estate: str | None = None
    group: str | None = None
    phase: str | None = None
    leftover: list[str] = field(default_factory=list)
    parts: Parts = field(default_factory=Parts)
    fuzzy: float = 0.0
    last_kind: str = ""

    def add_estate(self, guesses: tuple[Guess, ...]) -> None:
        """Note an estate with the guesses that its name allows."""
        self.estates.append(guesses)
        self.fuzzy = max(self.fuzzy, guesses[0].cost)
