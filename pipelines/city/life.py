"""The people of the city and K nights of their life: moves, births, deaths, marriages, new phones.

Night 0 is the state at the first delivery; what happens on night k is seen by deliveries from night k on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from pipelines.city import families as fam
from pipelines.city.numbers import Ints, Objects, day_sequences, id_numbers, mobiles
from pipelines.city.people import FEMALE, FOREIGN, MALE, draw_names, draw_surnames
from pipelines.city.places import Places
from pipelines.city.words import places as words

MOVE_RATE, BIRTH_RATE, DEATH_RATE, WEDDING_RATE, PHONE_RATE = 0.003, 0.0015, 0.0002, 0.0006, 0.001
OUTSIDER_SHARE, FORMER_NAME_SHARE = 0.03, 0.035
HUKOU_ELSEWHERE_SHARE = 0.22
OUTSIDE_AREA_FIRST = 990151
FOREVER = 1_000_000


@dataclass
class Population:
    """The people and where they live.

    Attributes:
        persons: one row a person, `person` is the row number (see `_table` for the columns).
        spells: person, household, place, from_night, to_night (exclusive; FOREVER when it lasts).
        weddings: night, husband, wife, event (结婚/离婚), joined (bool: they moved together).
        phone_changes: person, night, mobile.
    """

    persons: pl.DataFrame
    spells: pl.DataFrame
    weddings: pl.DataFrame
    phone_changes: pl.DataFrame


def build_population(
    rng: np.random.Generator, places: Places, residents: int, nights: int, start: date, pace: float | None = None
) -> Population:
    """Draw the people, house them, and let `nights` nights pass.

    With a `pace` the nightly rates are multiplied by it, and homes that were left are moved into again: many nights
    pass. Without one a home that was left stays empty.
    """
    family = fam.build_families(rng, residents)
    homes = places.homes[rng.permutation(len(places.homes))]
    home_of_group = homes[: int(family.group.max()) + 1]
    vacant = homes[len(home_of_group) :]
    persons = _persons(rng, places, family, home_of_group[family.group], start)
    life = _Life(rng, persons, home_of_group[family.group], vacant, start, pace)
    for night in range(1, nights):
        life.pass_night(night)
    return life.population()


def _persons(rng: np.random.Generator, places: Places, family: fam.Families, home: Ints, start: date) -> dict[str, Any]:
    """Base columns of the residents, then of outsiders: owners who live elsewhere."""
    inside, outside = len(family.sex), round(len(family.sex) * OUTSIDER_SHARE)
    size = inside + outside
    extend = {name: np.full(outside, -1) for name in ("spouse", "father", "mother", "household")}
    p: dict[str, Any] = {name: np.concatenate([getattr(family, name), extend[name]]) for name in extend}
    p["role"] = np.concatenate([family.role, np.full(outside, fam.OUTSIDER)])
    p["sex"] = np.concatenate([family.sex, rng.integers(1, 3, outside)])
    p["age"] = np.concatenate([family.age, rng.uniform(28, 75, outside)])
    p["kind"] = np.concatenate([family.kind, np.zeros(outside, dtype=np.int64)])
    p["migrant"] = np.concatenate([family.migrant, np.ones(outside, dtype=bool)])
    p["template"] = np.concatenate([family.template, np.full(outside, -1)])
    p["surname"] = np.concatenate([family.surname, draw_surnames(rng, outside)])
    p["birth"] = _births(rng, p["age"], start)
    p["name"] = draw_names(rng, p["surname"], p["sex"], _years(p["birth"]), p["kind"])
    districts = np.array([int(code) for code, _ in words()["districts"]])
    native = districts[rng.integers(0, places.communities["division_code"].n_unique(), size)]
    p["outside"] = rng.integers(0, len(words()["outside"]), size)
    p["area"] = np.where(p["migrant"], OUTSIDE_AREA_FIRST + p["outside"], native)
    p["id_number"] = id_numbers(p["area"], p["birth"], day_sequences(p["area"], p["birth"]), p["sex"] == MALE)
    p["id_number"][p["kind"] == FOREIGN] = _passports(rng, int((p["kind"] == FOREIGN).sum()))
    p["mobile"] = mobiles(0, size)
    p["old_mobile"] = np.where(rng.random(size) < 0.25, mobiles(size, size), p["mobile"])
    p["has_mobile"] = (p["age"] >= 13) & (rng.random(size) < np.where(p["age"] > 75, 0.75, 0.98))
    p["hukou_place"] = _hukou(rng, places, family, home, outside)
    p["former_name"] = draw_names(rng, p["surname"], p["sex"], _years(p["birth"]), p["kind"])
    p["former_name"][(rng.random(size) > FORMER_NAME_SHARE) | (p["age"] < 16)] = None
    return p


def _births(rng: np.random.Generator, age: Any, start: date) -> Any:
    days = (
        np.floor(age * 365.25).astype("timedelta64[D]") + rng.integers(0, 365, len(age)).astype("timedelta64[D]") // 365
    )
    return np.datetime64(start, "D") - days - np.timedelta64(1, "D")


def _years(birth: Any) -> Ints:
    return np.asarray(birth.astype("datetime64[Y]").astype(np.int64) + 1970)


def _passports(rng: np.random.Generator, size: int) -> Objects:
    numbers = (np.arange(size) * 7_368_787 + int(rng.integers(0, 90_000_000))) % 90_000_000 + 10_000_000
    return np.array([f"E{n}" for n in numbers], dtype=object)


def _hukou(rng: np.random.Generator, places: Places, family: fam.Families, home: Ints, outside: int) -> Ints:
    """Place of registration: the home for most local households, another home in the city for some, -1 outside it."""
    households = int(family.household.max()) + 1
    elsewhere = rng.random(households) < HUKOU_ELSEWHERE_SHARE
    other = places.homes[rng.integers(0, len(places.homes), households)]
    inside = np.where(elsewhere[family.household], other[family.household], home)
    return np.concatenate([np.where(family.migrant, -1, inside), np.full(outside, -1)])


class _Life:
    """Applies one night after the other to a growing table of people."""

    def __init__(
        self,
        rng: np.random.Generator,
        persons: dict[str, Any],
        home: Ints,
        vacant: Ints,
        start: date,
        pace: float | None = None,
    ) -> None:
        self.pace, self.is_long = 1.0 if pace is None else pace, pace is not None
        self.rng, self.p, self.start = rng, persons, np.datetime64(start, "D")
        size = len(persons["sex"])
        persons["born_night"] = np.zeros(size, dtype=np.int64)
        persons["died_night"] = np.full(size, FOREVER)
        self.place = np.concatenate([home, np.full(size - len(home), -1)])
        self.vacant = list(vacant)
        self.since = np.zeros(size, dtype=np.int64)
        self.spells: list[pl.DataFrame] = []
        self.weddings: list[tuple[int, int, int, str]] = []
        self.phones: list[pl.DataFrame] = []

    def pass_night(self, night: int) -> None:
        """Let everything happen that happens in one night."""
        self._deaths(night)
        self._moves(night)
        self._weddings(night)
        self._new_phones(night)
        self._newborn(night)

    def _alive(self) -> Any:
        return (self.place >= 0) & (self.p["died_night"] == FOREVER)

    def _leave(self, people: Ints, night: int) -> None:
        """Close the spells of `people`; a spell that began tonight leaves no trace."""
        frame = pl.DataFrame(
            {
                "person": people,
                "household": self.p["household"][people],
                "place": self.place[people],
                "from_night": self.since[people],
                "to_night": np.full(len(people), night),
            }
        )
        self.spells.append(frame.filter(pl.col("from_night") < pl.col("to_night")))
        self.since[people] = night

    def _deaths(self, night: int) -> None:
        risk = self.pace * DEATH_RATE * np.where(self.p["age"] > 65, 6, 0.2)
        died = np.flatnonzero(self._alive() & (self.rng.random(len(self.place)) < risk))
        self._leave(died, night)
        self.p["died_night"][died] = night
        self.place[died] = -1

    def _moves(self, night: int) -> None:
        alive = np.flatnonzero(self._alive())
        households = np.unique(self.p["household"][alive])
        moving = households[self.rng.random(len(households)) < self.pace * MOVE_RATE][: len(self.vacant)]
        targets = np.array([self.vacant.pop() for _ in moving], dtype=np.int64)
        who = alive[np.isin(self.p["household"][alive], moving)]
        left = np.unique(self.place[who])
        self._leave(who, night)
        self.place[who] = targets[np.searchsorted(moving, self.p["household"][who])]
        if self.is_long:
            self.vacant = [*left[~np.isin(left, self.place)], *self.vacant]

    def _weddings(self, night: int) -> None:
        p = self.p
        single = self._alive() & (p["spouse"] < 0) & (p["age"] > 22) & (p["age"] < 45) & (p["kind"] != FOREIGN)
        men = np.flatnonzero(single & (p["sex"] == MALE))
        women = np.flatnonzero(single & (p["sex"] == FEMALE))
        count = min(len(men), len(women), max(1, round(int(single.sum()) * WEDDING_RATE * 4)))
        men, women = self.rng.permutation(men)[:count], self.rng.permutation(women)[:count]
        p["spouse"][men], p["spouse"][women] = women, men
        self.weddings += [(night, int(m), int(w), "结婚") for m, w in zip(men, women, strict=True)]
        self._leave(women, night)
        p["household"][women] = p["household"][men]
        self.place[women] = self.place[men]
        pairs = np.flatnonzero(self._alive() & (p["sex"] == MALE) & (p["spouse"] >= 0) & (p["age"] < 60))
        apart = self.rng.permutation(pairs)[: max(1, round(len(pairs) * WEDDING_RATE / 10))]
        self.weddings += [(night, int(m), int(p["spouse"][m]), "离婚") for m in apart if p["spouse"][m] not in women]

    def _new_phones(self, night: int) -> None:
        who = np.flatnonzero(
            self._alive() & self.p["has_mobile"] & (self.rng.random(len(self.place)) < self.pace * PHONE_RATE)
        )
        numbers = mobiles(4_000_000 + night * 100_000, len(who))
        self.phones.append(
            pl.DataFrame(
                {"person": who, "night": np.full(len(who), night), "mobile": list(numbers)},
                schema_overrides={"mobile": pl.String},
            )
        )

    def _newborn(self, night: int) -> None:
        p = self.p
        mothers = self._alive() & (p["sex"] == FEMALE) & (p["spouse"] >= 0) & (p["age"] > 21) & (p["age"] < 42)
        chosen = np.flatnonzero(mothers & (self.rng.random(len(mothers)) < self.pace * BIRTH_RATE))
        size = len(chosen)
        fathers = p["spouse"][chosen]
        birth = np.full(size, self.start + np.timedelta64(night - 1, "D"))
        sex = self.rng.integers(1, 3, size)
        sequence = day_sequences(p["area"][fathers], birth, 250)
        first = len(p["sex"])
        new = {
            "spouse": np.full(size, -1),
            "father": fathers,
            "mother": chosen,
            "household": p["household"][chosen],
            "role": np.full(size, fam.CHILD),
            "sex": sex,
            "age": np.zeros(size),
            "kind": p["kind"][fathers],
            "migrant": p["migrant"][fathers],
            "template": p["template"][chosen],
            "surname": p["surname"][fathers],
            "birth": birth,
            "name": draw_names(self.rng, p["surname"][fathers], sex, _years(birth), p["kind"][fathers]),
            "outside": p["outside"][fathers],
            "area": p["area"][fathers],
            "id_number": id_numbers(p["area"][fathers], birth, sequence, sex == MALE),
            "mobile": mobiles(8_000_000 + first, size),
            "old_mobile": mobiles(8_000_000 + first, size),
            "has_mobile": np.zeros(size, dtype=bool),
            "hukou_place": p["hukou_place"][fathers],
            "former_name": np.full(size, None),
            "born_night": np.full(size, night),
            "died_night": np.full(size, FOREVER),
        }
        for name, values in new.items():
            p[name] = np.concatenate([p[name], values])
        self.place = np.concatenate([self.place, self.place[chosen]])
        self.since = np.concatenate([self.since, np.full(size, night)])

    def population(self) -> Population:
        """Close the books: the table of people, all spells, weddings and phone changes."""
        self._leave(np.flatnonzero(self.place >= 0), FOREVER)
        persons = pl.DataFrame({name: _column(values) for name, values in self.p.items()}).with_row_index("person")
        # Typed, because a city of one night has no wedding to tell the types by.
        told = {"night": pl.Int64, "husband": pl.Int64, "wife": pl.Int64, "event": pl.String}
        weddings = pl.DataFrame(self.weddings, schema=told, orient="row")
        spells = pl.concat(self.spells).sort("person", "from_night")
        empty = pl.DataFrame(schema={"person": pl.Int64, "night": pl.Int64, "mobile": pl.String})
        phones = pl.concat([empty, *self.phones])
        return Population(persons.with_columns(pl.col("person").cast(pl.Int64)), spells, weddings, phones)


def _column(values: Any) -> pl.Series:
    if values.dtype == object:
        return pl.Series(values.tolist(), dtype=pl.String)
    return pl.Series(values)
