"""Read from a snapshot what an explanation needs: a person's mentions, the links between them, the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from pipelines.errors import StreetlakeError
from pipelines.identity.mentions.collect import collect_person_mentions
from pipelines.identity.mentions.roles import ROLES
from pipelines.identity.outputs import MENTION_KEY, PERSON_SCHEMA
from pipelines.identity.stewarding.decisions import MentionKey

CROSSWALK, LINK, PERSON, HISTORY, ADDRESS = (
    "master.person_crosswalk",
    "master.person_link",
    "master.person",
    "master.person_history",
    "master.address",
)
Scan = Callable[[str], pl.LazyFrame]


class UnknownPerson(StreetlakeError):
    """No person, mention or link of the snapshot is called so."""


@dataclass(frozen=True)
class Evidence:
    """What the snapshot holds about a few persons.

    Attributes:
        crosswalk: mentions with ``person_id``, ``probability`` and ``method``.
        mentions: the same mentions as the linkage read them (``MENTION_SCHEMA``).
        links: rows of ``master.person_link`` with one of the mentions on either side.
    """

    crosswalk: pl.DataFrame
    mentions: pl.DataFrame
    links: pl.DataFrame


def person_called(scan: Scan, written: str) -> str:
    """The id of the one current person whose id begins so.

    Raises:
        UnknownPerson: none does, or several do; an id that rests names its successor.
    """
    found = scan(CROSSWALK).filter(pl.col("person_id").str.starts_with(written.strip())).select("person_id")
    ids = found.unique().sort("person_id").collect()["person_id"].to_list()
    if len(ids) == 1:
        return str(ids[0])
    if len(ids) > 1:
        raise UnknownPerson(f"{len(ids)} persons begin with {written}: give more of the id")
    events = scan(HISTORY).filter(pl.col("person_id").str.starts_with(written.strip())).collect()
    if events.is_empty():
        raise UnknownPerson(f"no person_id begins with {written}: `streetlake sql` on master.person finds one")
    last = events.sort("at").row(-1, named=True)
    into = f" into {last['other_person_id']}" if last["other_person_id"] else ""
    raise UnknownPerson(f"{last['person_id']} is no current person: {last['event']}{into} ({last['reason']})")


def mention_called(written: str) -> MentionKey | None:
    """Read ``feed/record_key/role[/seq]``; None for a text that is no mention, a person id for example."""
    feed, _, rest = written.strip().partition("/")
    parts = rest.split("/")
    seq = int(parts.pop()) if len(parts) > 2 and parts[-1].isdigit() else 1
    known = {(role.feed, role.person_role) for role in ROLES}
    if len(parts) < 2 or (feed, parts[-1]) not in known:
        return None
    return feed, "/".join(parts[:-1]), parts[-1], seq


def evidence_of(scan: Scan, persons: list[str], keys: list[MentionKey] | None = None) -> Evidence:
    """Everything about the mentions of some persons, and about single mentions.

    Raises:
        UnknownPerson: a mention is not in the snapshot.
    """
    wanted = pl.DataFrame(keys or [], schema=dict.fromkeys(MENTION_KEY[:3], pl.String) | {"person_seq": pl.Int32},
                          orient="row")  # fmt: skip
    asked = scan(CROSSWALK).join(wanted.lazy(), on=MENTION_KEY, how="semi").collect()
    missing = wanted.join(asked, on=MENTION_KEY, how="anti")
    if missing.height:
        named = "/".join(map(str, missing.row(0)))
        raise UnknownPerson(f"{named} is no current mention: `streetlake sql` on master.person_crosswalk lists them")
    ids = [*persons, *asked["person_id"].drop_nulls()]
    known = scan(CROSSWALK).filter(pl.col("person_id").is_in(ids)).collect()
    crosswalk = pl.concat([known, asked]).unique(MENTION_KEY).sort(MENTION_KEY)
    return Evidence(crosswalk, _mentions(scan, crosswalk), _links(scan, crosswalk))


def _mentions(scan: Scan, crosswalk: pl.DataFrame) -> pl.DataFrame:
    """The mentions as the linkage reads them: only the few rows asked for are read again."""
    rows = crosswalk.select("feed", "record_key").unique()
    raw = {
        str(feed): scan(f"raw.{feed}").filter(pl.col("record_key").is_in(part["record_key"].implode()))
        for (feed,), part in rows.group_by("feed")
    }
    matches = scan("master.address_match").join(rows.lazy(), on=["feed", "record_key"], how="semi").collect()
    return collect_person_mentions(raw, matches).join(crosswalk.select(MENTION_KEY), on=MENTION_KEY, how="semi")


def _links(scan: Scan, crosswalk: pl.DataFrame) -> pl.DataFrame:
    keys = crosswalk.select(MENTION_KEY).lazy()
    sides = [
        scan(LINK).join(keys.rename({name: f"{side}_{name}" for name in MENTION_KEY}),
                        on=[f"{side}_{name}" for name in MENTION_KEY], how="semi").collect()
        for side in ("left", "right")
    ]  # fmt: skip
    pair = [f"{side}_{name}" for side in ("left", "right") for name in MENTION_KEY]
    return pl.concat(sides).unique().sort(*pair, "rule")


def golden_record(scan: Scan, person_id: str) -> dict[str, object]:
    """The row of ``master.person``; an empty dict for a person that holds organisations only."""
    found = scan(PERSON).filter(pl.col("person_id") == person_id).select(PERSON_SCHEMA.names()).collect()
    return found.row(0, named=True) if found.height else {}


def events_of(scan: Scan, person_id: str) -> pl.DataFrame:
    """Events of the ledger that speak of the person, on either side, oldest first."""
    concerned = (pl.col("person_id") == person_id) | (pl.col("other_person_id") == person_id)
    return scan(HISTORY).filter(concerned).collect().sort("at", "person_id", "event")


def place_texts(scan: Scan, codes: pl.Series) -> dict[str, str]:
    """How the register writes the places of some address codes: estate or road, building, unit, room."""
    found = scan(ADDRESS).filter(pl.col("address_code").is_in(codes.drop_nulls().unique().implode()))
    road = pl.when(pl.col("estate").is_null()).then(pl.concat_str("road", "house_number", ignore_nulls=True))
    text = pl.concat_str(pl.coalesce("estate", road), "building", "unit", "room", ignore_nulls=True)
    return dict(found.select("address_code", text).collect().iter_rows())
