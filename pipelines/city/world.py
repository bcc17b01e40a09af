"""The city as it is: places, people and habits of departments, from one seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import polars as pl

from pipelines.city.calendar import Calendar
from pipelines.city.clerks import ClerkMix
from pipelines.city.crowd import crowd
from pipelines.city.error_model import Department, ErrorModel, Style
from pipelines.city.families import OUTSIDER
from pipelines.city.life import FOREVER, Population, build_population
from pipelines.city.numbers import Ints
from pipelines.city.places import ROOMS_PER_ESTATE, Places, build_places
from pipelines.city.unruly import Mix, UnrulyErrors
from pipelines.city.unruly_places import UNRULY_ROOMS_PER_ESTATE, unruly_places
from pipelines.city.words import places as words
from pipelines.city.words import unruly as unruly_words

DWELLINGS_PER_RESIDENT = 0.41
ORGANISATION_OWNER_SHARE = 0.03
BUILT_YEARS = (1982, 2020)


@dataclass
class World:
    """Everything true about the city; the feeds read it and never change it.

    Attributes:
        calendar: the rhythm of deliveries; null where every feed sends every night.
        owners: place, seq, person (null where an organisation owns), organisation, rented (bool), since (date).
        built: year in which the site of each register row was built; the buildings of an estate within three years.
    """

    seed: int
    start: date
    nights: int
    errors: ErrorModel
    places: Places
    people: Population
    calendar: Calendar | None = None
    owners: pl.DataFrame = field(default_factory=pl.DataFrame)
    built: Ints = field(default_factory=lambda: np.array([], dtype=np.int64))

    def rng(self, stream: str) -> np.random.Generator:
        """Return the stream of random numbers of one feed, so that one feed's draws never move another's."""
        return np.random.default_rng([self.seed, *stream.encode()])

    def day(self, night: int) -> date:
        """Return the delivery date of a night."""
        return self.start + timedelta(days=night)

    def delivery_nights(self, feed: str) -> list[int]:
        """Return the nights on which a feed (`<department>_<feed>`) may send something, ascending from 0."""
        if self.calendar is None:
            return list(range(self.nights))
        return self.calendar.nights_of(feed, self.seed, self.start, self.nights)

    def habits(self, department: str) -> Department:
        """Return the error rates of a department."""
        return self.errors.department(department)

    @property
    def outside(self) -> list[list[str]]:
        """The counties that people moved in from: province code, province, city, county, code."""
        habits = self.habits("police").address
        held_out = isinstance(habits, UnrulyErrors) and habits.held_out
        chosen: list[list[str]] = unruly_words()["held_out"]["outside"] if held_out else words()["outside"]
        return chosen

    @property
    def persons(self) -> pl.DataFrame:
        """All people, residents and outsiders, by person number."""
        return self.people.persons

    def residents_at_start(self) -> pl.DataFrame:
        """People who live in the city on night 0, with their `place`."""
        first = self.people.spells.filter(pl.col("from_night") == 0).select("person", "place")
        return self.persons.join(first, on="person", maintain_order="left")


def build_world(
    residents: int,
    nights: int,
    seed: int,
    style: Style,
    start: date,
    mix: Mix | None = None,
    clerks: ClerkMix | None = None,
    calendar: Calendar | None = None,
) -> World:
    """Build places and people, and let the nights pass.

    `mix` is for the style `unruly`, the others ignore it; `clerks`, for any style, makes people hard to tell apart and
    writes them as clerks do; a `calendar` gives every feed a rhythm of its own.
    """
    chosen, unruly = mix or Mix(), style == "unruly"
    dwellings = max(60, round(residents * DWELLINGS_PER_RESIDENT))
    rooms = UNRULY_ROOMS_PER_ESTATE if unruly else ROOMS_PER_ESTATE
    places = build_places(np.random.default_rng([seed, 1]), dwellings, rooms)
    if unruly:
        places = unruly_places(np.random.default_rng([seed, 3]), places, chosen)
    people = build_population(
        np.random.default_rng([seed, 2]), places, residents, nights, start, calendar.pace if calendar else None
    )
    errors = ErrorModel.unruly(chosen) if unruly else ErrorModel.preset(style)
    if clerks is not None:
        people = crowd(np.random.default_rng([seed, 4]), people, places, start, clerks)
        errors = errors.with_clerks(clerks)
    world = World(seed, start, nights, errors, places, people, calendar)
    world.owners = _owners(world)
    world.built = _built(world)
    return world


def _built(world: World) -> Ints:
    """Draw when each site was built: an estate at one time, houses one by one."""
    rng = world.rng("built")
    register = world.places.register
    estate = pl.when(pl.col("kind").is_in(["estate", "shop"])).then("estate_place")
    group = register.select(pl.coalesce(estate, "site").alias("g"))["g"].to_numpy()
    year = rng.integers(*BUILT_YEARS, len(register))[group]
    later = rng.integers(0, 3, len(register))[register["site"].to_numpy()]
    return np.asarray(year + later, dtype=np.int64)


def _owners(world: World) -> pl.DataFrame:
    """Who owns each home: who lives there, another family of the city, someone outside, or an organisation."""
    rng = world.rng("owners")
    persons, homes = world.persons, np.sort(world.places.homes)
    heads = (
        world.residents_at_start()
        .filter(pl.col("role") == 0)
        .select("place", "person", "spouse", "template", "migrant")
    )
    heads = heads.unique("place", keep="first", maintain_order=True)
    table = pl.DataFrame({"place": homes}).join(heads, on="place", how="left", maintain_order="left")
    size = len(table)
    migrant = table["migrant"].fill_null(value=True).to_numpy()
    rented = (rng.random(size) < np.where(migrant, 0.85, 0.12)) | table["person"].is_null().to_numpy()
    adults = persons.filter((pl.col("age") > 28) & (pl.col("died_night") == FOREVER) & (pl.col("role") != OUTSIDER))[
        "person"
    ].to_numpy()
    outsiders = persons.filter(pl.col("role") == OUTSIDER)["person"].to_numpy()
    landlord = np.where(
        rng.random(size) < 0.35,
        outsiders[rng.integers(0, len(outsiders), size)],
        adults[rng.integers(0, len(adults), size)],
    )
    owner = np.where(rented, landlord, table["person"].fill_null(-1).to_numpy())
    joint = (~rented) & (table["spouse"].fill_null(-1).to_numpy() >= 0) & (rng.random(size) < 0.38)
    organisation = rented & (rng.random(size) < ORGANISATION_OWNER_SHARE / 0.3)
    since = np.datetime64(world.start, "D") - rng.integers(200, 7_000, size).astype("timedelta64[D]")
    first = pl.DataFrame(
        {
            "place": homes,
            "seq": np.ones(size, dtype=np.int64),
            "person": owner,
            "organisation": organisation,
            "rented": rented,
            "since": since,
        }
    )
    second = first.filter(pl.Series(joint)).with_columns(
        pl.lit(2, dtype=pl.Int64).alias("seq"), table.filter(pl.Series(joint))["spouse"].alias("person")
    )
    both = pl.concat([first, second]).with_columns(pl.when(~pl.col("organisation")).then("person").alias("person"))
    return both.sort("place", "seq")
