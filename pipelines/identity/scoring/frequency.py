"""What the night's own data says about chance: how many persons there are, how common each name, how many share a room.

The model says how persons agree with themselves; this says how often strangers agree, which depends on the size of
the city. Everything is counted afresh from the nodes, so that three nights at once equal three nights one by one, and
told in coarse steps (`steps`), so that a night of few changes leaves nearly all of it bit-equal.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.identity.candidates.features import SLOTS
from pipelines.identity.scoring.steps import stepped, stepped_column

# Share of mentions without an own number whose person has a numbered record too: the police register is nearly
# complete.
COVERED = 0.9
FREQUENCY_COLUMNS = ("name", "pinyin", "surname", "given")
# A level of the comparison and the slots whose shared values make it.
_SHARED_LEVELS = {
    ("phone", "own"): ("phone", "1"),
    ("phone", "family"): ("phone", "2"),
    ("phone", "shared"): ("phone", "3"),
    ("address", "room"): ("room", "1"),
    ("address", "unit"): ("unit", None),
    ("address", "building"): ("building", None),
    ("address", "estate"): ("estate", None),
    ("address", "community_only"): ("community", None),
}
# The complement of a level, where both are what a comparison of such rows can show.
_APART_LEVELS = {("address", "community_apart"): ("address", "community_only")}


@dataclass(frozen=True)
class Night:
    """Counts of one night, all but `nodes` in coarse steps.

    Attributes:
        nodes, persons: how many nodes there are, and how many persons they are expected to be.
        anchors: how many nodes have a valid number of their own.
        prior: chance that two nodes taken at random (not both numbered) are one person.
        household: chance that two nodes taken at random are two persons of one household.
        frequencies: column -> `value, tf`: the share of persons that have a value, never 0.
        chances: (comparison, level) -> u of this night, for levels that depend on the size of the city.
        phones: pairs of rows of one numbered person without a common phone, and all such pairs; not in steps.
    """

    nodes: int
    persons: float
    anchors: float
    prior: float
    household: float
    frequencies: dict[str, pl.DataFrame]
    chances: dict[tuple[str, str], float]
    phones: tuple[int, int] = (0, 0)


def count_night(features: pl.DataFrame, phones: tuple[int, int] = (0, 0)) -> Night:
    """Count the nodes of `node_features`; `phones` are those of `habits.changed_phones`."""
    nodes = features.height
    numbered = features["id_number"].n_unique() - int(features["id_number"].null_count() > 0)
    persons = max(numbered, _distinguished(features), 1)
    rest = nodes - features["id_number"].drop_nulls().len()
    all_pairs = max(nodes * (nodes - 1) / 2 - numbered * (numbered - 1) / 2, 1.0)
    per_person = rest / persons
    matches = max(COVERED * min(rest, numbered * max(per_person, 1.0)) + persons * per_person**2 / 2, 1.0)
    holders = _holders(features)
    chances = {
        level: _chance(holders[slot], bucket, features, slot) for level, (slot, bucket) in _SHARED_LEVELS.items()
    }
    household = _household_pairs(holders["room"]) / max(persons * (persons - 1) / 2, 1.0)
    return Night(
        nodes=nodes,
        persons=stepped(persons),
        anchors=stepped(nodes - rest),
        prior=min(stepped(matches / all_pairs), 0.5),
        household=min(stepped(household), 0.5),
        frequencies=_frequencies(features, persons),
        phones=phones,
        chances=chances | {apart: 1 - chances[same] for apart, same in _APART_LEVELS.items()},
    )


def _distinguished(features: pl.DataFrame) -> int:
    """Persons that name and full birth date tell apart: the estimate for a city that has no numbers."""
    dated = features.filter(pl.col("birth").str.len_chars() == 10)
    return dated.select("name", "birth").n_unique() if dated.height else features.height // 2


def _holders(features: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """For each slotted kind `value, holders`: by how many different names every value is held."""
    person = pl.coalesce("name", "surname")
    result = {}
    for slot in ("phone", "room", "unit", "building", "estate", "community"):
        columns = [f"{slot}_{place + 1}" for place in range(SLOTS[slot])]
        values = pl.concat(features.select(person=person, value=column) for column in columns).drop_nulls()
        result[slot] = values.group_by("value").agg(holders=pl.col("person").n_unique().cast(pl.Float64))
    return result


def _household_pairs(rooms: pl.DataFrame) -> float:
    quiet = rooms.filter(pl.col("value").str.ends_with("#1"))["holders"]
    return float((quiet * (quiet - 1) / 2).sum())


def _chance(holders: pl.DataFrame, bucket: str | None, features: pl.DataFrame, slot: str) -> float:
    """The chance that two strangers who both have a value of this kind share one."""
    having = features.filter(pl.col(f"{slot}_1").is_not_null())
    persons = having.select(pl.coalesce("name", "surname")).to_series().n_unique()
    kept = holders if bucket is None else holders.filter(pl.col("value").str.ends_with(f"#{bucket}"))
    count = kept["holders"]
    shared = float((count * (count - 1) / 2).sum())
    # One shared value more than seen, so that nothing is impossible.
    return min(stepped((shared + 1.0) / max(float(persons) * (float(persons) - 1) / 2, 2.0)), 0.9)


def _frequencies(features: pl.DataFrame, persons: int) -> dict[str, pl.DataFrame]:
    """Term frequencies over persons, not over mentions: how many different persons bear each name."""
    named = features.filter(pl.col("name").is_not_null())
    names = _bearers(named, "name")
    total = max(float(names["bearers"].sum()), float(persons), 1.0)
    surnames = names.drop_nulls("surname").group_by(value="surname").agg(others=pl.col("bearers").sum())
    # The bearer himself does not make his given name common; a surname has so many that he does not matter.
    givens = (
        names.drop_nulls("given")
        .group_by(value="given")
        .agg(others=(pl.col("bearers").sum() - 1).clip(lower_bound=_once_more(names["bearers"])))
    )
    city = stepped(total)
    # Homophones are one name to the ear: surname and given name are the first sound and the rest.
    heard = named.drop_nulls("pinyin").with_columns(
        surname=pl.col("pinyin").str.extract(r"^(\S+)"), given=pl.col("pinyin").str.extract(r"^\S+\s+(.*)$")
    )
    return {
        "name": _as_frequency(_others(names, "name", total), city),
        "pinyin": _as_frequency(_others(_bearers(heard, "pinyin"), "pinyin", total), city),
        "surname": _as_frequency(surnames, city),
        "given": _as_frequency(givens, city),
    }


def _bearers(named: pl.DataFrame, column: str) -> pl.DataFrame:
    """`<column>, surname, given, bearers`: the persons of each name, told apart by numbers or by birth dates."""
    return (
        named.group_by(column)
        .agg(
            pl.col("surname", "given").min(),
            numbers=pl.col("id_number").drop_nulls().n_unique(),
            dates=pl.col("birth").filter(pl.col("birth").str.len_chars() == 10).n_unique(),
        )
        .with_columns(bearers=pl.max_horizontal("numbers", "dates", pl.lit(1)).cast(pl.Float64))
    )


def _others(names: pl.DataFrame, column: str, total: float) -> pl.DataFrame:
    """`value, others`: how many persons beside himself bear a bearer's name; he himself does not make it common.

    A name seen once is as common as its parts make it without him (张伟 seen once is still a common name), and never
    rarer than names seen once are on average (Good and Turing: twice the names of two bearers over those of one).
    """
    surnames = names.group_by("surname").agg(surname_bearers=pl.col("bearers").sum())
    givens = names.group_by("given").agg(given_bearers=pl.col("bearers").sum())
    joined = names.join(surnames, on="surname", how="left").join(givens, on="given", how="left")
    chance = (pl.col("surname_bearers") - 1) / total * (pl.col("given_bearers") - 1)
    expected = chance.fill_null(0.0).clip(0.0, pl.col("bearers") + 1)
    rarest = pl.lit(stepped(_once_more(names["bearers"])))
    return joined.select(value=column, others=pl.col("bearers") - 1 + pl.max_horizontal(expected, rarest))


def _as_frequency(counts: pl.DataFrame, city: float) -> pl.DataFrame:
    """`value, tf`: the count in steps over the size of the city in steps, so that growth alone moves no value."""
    share = (stepped_column(pl.col("others")) / city).clip(upper_bound=1.0)
    return counts.select("value", tf=share).sort("value")


def _once_more(bearers: pl.Series) -> float:
    """How many further bearers a name that was seen once has on average, by Good and Turing; 0.1 to 1."""
    once, twice = bearers.filter(bearers == 1).len(), bearers.filter(bearers == 2).len()
    return min(max(2 * twice / max(once, 1), 0.1), 1.0)
