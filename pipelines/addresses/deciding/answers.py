"""The answer for one text, and the answers that need no site: a place outside the jurisdiction, shared divisions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from pipelines.addresses.country.divisions import national_divisions
from pipelines.addresses.deciding.place import MATCHED, UNMATCHED
from pipelines.addresses.reading.parse import Parse, Parts
from pipelines.addresses.register.index import Site
from pipelines.addresses.register.rows import PARTS


@dataclass(slots=True)
class Decision:
    """The answer for one distinct text, in the columns of `master.address_match`.

    Attributes:
        options: codes of all rows that an open answer leaves possible, for evidence to choose from; not served.
    """

    address_code: str | None = None
    matched_level: str = "none"
    confidence: float = 0.0
    method: str | None = None
    status: str = UNMATCHED
    candidates: list[dict[str, object]] = field(default_factory=list)
    reason: str | None = None
    division_code: str | None = None
    district: str | None = None
    street: str | None = None
    community: str | None = None
    estate: str | None = None
    estate_code: str | None = None
    building_code: str | None = None
    unit_code: str | None = None
    unit_key: str | None = None
    room_code: str | None = None
    options: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Hints:
    """What other columns of the row say, in normal form; None where they are silent."""

    estate: str | None
    building: str | None
    unit: str | None
    room: str | None
    community: str | None


NO_HINTS: Final = Hints(None, None, None, None, None)


def outside_answer(parse: Parse, parts: Parts) -> Decision | None:
    """The answer for a text that names another province or city, None for one of ours."""
    if not {"province", "city"} & parse.foreign.keys():
        return None
    if (
        "province" not in parse.foreign
        and {"city", "district"} & parse.divisions.keys()
        and "city" not in parse.foreign
    ):
        return None
    level = "none"
    for name, present in (
        ("room", parts.room or (parts.loose and not parse.house)),
        ("unit", parts.unit),
        ("building", parts.building),
        ("house_number", parse.house),
        ("estate", parse.group or parse.estates),
        ("road", parse.unknown_road or parse.roads),
        ("community", "community" in parse.foreign or "community" in parse.divisions),
        ("street", "street" in parse.foreign or "street" in parse.divisions),
    ):
        if present:
            level = name
            break
    return Decision(
        status=MATCHED,
        matched_level=level,
        reason="outside",
        method="parsed",
        confidence=0.95,
        division_code=national_divisions().find(*(_named(parse, kind) for kind in PARTS[:3])),
        district=_named(parse, "district"),
    )


def _named(parse: Parse, kind: str) -> str | None:
    return parse.foreign.get(kind) or parse.divisions.get(kind)


def shared_level(sites: list[Site]) -> str:
    """The deepest division that all sites share, `none` where they share nothing below the district."""
    for level, name in (("community", "community"), ("street", "street")):
        if len({(site.district, site.street, getattr(site, name)) for site in sites}) == 1:
            return level
    return "none"


def shared_divisions(sites: list[Site]) -> tuple[str | None, str | None, str | None]:
    """District, street and community that all sites share, each null where they differ."""
    found = []
    for name in ("district", "street", "community"):
        values = {getattr(site, name) for site in sites}
        found.append(values.pop() or None if len(values) == 1 else None)
    return found[0], found[1], found[2]
