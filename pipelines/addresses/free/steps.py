"""What one name of a division does to what is read so far: which divisions are then meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from pipelines.addresses.country.names import NEEDS_PARENT, WIDTH, Written

OPEN: Final = ("",)  # nothing read yet


class Step(NamedTuple):
    """What reading one name does: the keys then open, and the level and name that it gives; no level repeats one."""

    keys: tuple[str, ...]
    level: str | None
    name: str
    sign: str
    anew: bool = False


class Ways(NamedTuple):
    """What a name may mean, apart by whether it stands there with its ending."""

    full: list[Written]
    short: list[Written]

    @classmethod
    def of(cls, ways: Iterable[Written]) -> Ways:
        """Part the ways to read a name."""
        found = list(ways)
        full = [way for way in found if way.sign in ("full", "old")]
        return cls(full, [way for way in found if way not in full])


def below(ways: list[Written], keys: tuple[str, ...]) -> list[Written]:
    """Those that lie below one of the keys, and are not one of them."""
    return [way for way in ways if way.key not in keys and any(way.below(key) for key in keys)]


def _today(ways: list[Written]) -> list[Written]:
    return [way for way in ways if way.sign == "full"] or ways


def step_to(name: str, ways: list[Written]) -> Step:
    """The step to the uppermost of these; `东莞市` is a city and the only district of it."""
    keys = {way.key for way in ways}
    tops = [way for way in ways if not any(other != way.key and way.key.startswith(other) for other in keys)]
    top = tops[0]
    label = name if top.sign.startswith("old") else top.name
    return Step(tuple(sorted({way.key for way in tops})), top.level, label, top.sign)


def find_full_step(keys: tuple[str, ...], name: str, ways: list[Written]) -> Step | None:
    """The step of a name with its ending after what stands before it; None where it fits nowhere."""
    if keys == OPEN:
        return None if name in NEEDS_PARENT else step_to(name, _today(ways))
    fits = below(ways, keys)
    if fits:
        return step_to(name, _today(fits))
    if any(key.startswith(way.key) for way in ways for key in keys):
        return Step(keys, None, name, "full")  # `浙江省杭州市浙江省杭州市余杭区`
    beside = below(ways, tuple({key[: WIDTH["city"]] for key in keys if len(key) > WIDTH["city"]}))
    if beside:
        return step_to(name, _today(beside))  # `绍兴县上虞市`: the city's name stood first
    if ways[0].level == "province":
        return step_to(name, ways)._replace(anew=True)
    return None
