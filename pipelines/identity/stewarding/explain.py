"""Why records are one person, or two: the chain of links between two mentions, and everything about one person."""

from __future__ import annotations

import heapq
import itertools
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.identity.outputs import MENTION_KEY
from pipelines.identity.stewarding.decisions import MentionKey
from pipelines.identity.stewarding.evidence import Evidence, Scan, evidence_of, golden_record, place_texts
from pipelines.identity.stewarding.evidence import events_of as ledger_events

RIVALS_SHOWN = 10
Link = dict[str, Any]


@dataclass(frozen=True)
class PersonExplained:
    """One person with all that speaks for the record.

    Attributes:
        golden: the row of ``master.person``.
        mentions: one row a mention, as the linkage read it, with ``probability`` and ``method``, and ``place``, its
            address as the register writes it.
        links: links inside the person, weakest first: where a false merge would show.
        rivals: the strongest rejected links to other persons.
        events: the ledger.
    """

    golden: dict[str, Any]
    mentions: pl.DataFrame
    links: list[Link]
    rivals: list[Link]
    events: pl.DataFrame


@dataclass(frozen=True)
class PairExplained:
    """Two mentions or two persons.

    Attributes:
        is_same: both are one person tonight.
        chain: the links from one to the other whose weakest is strongest; between two persons the best rejected
            link; empty when the two were never near each other.
        mentions: the mentions at the ends of the chain, as the linkage read them.
    """

    is_same: bool
    chain: list[Link]
    mentions: pl.DataFrame


def explain_person(scan: Scan, person_id: str) -> PersonExplained:
    """Gather the explanation of a current person."""
    evidence = evidence_of(scan, [person_id])
    own = {_key(row) for row in evidence.crosswalk.iter_rows(named=True)}
    links = evidence.links.to_dicts()
    inside = [link for link in links if link["is_linked"] and ends(link)[0] in own and ends(link)[1] in own]
    rivals = [link for link in links if not link["is_linked"]]
    return PersonExplained(
        golden=golden_record(scan, person_id),
        mentions=_told(scan, evidence, evidence.mentions),
        links=sorted(inside, key=lambda link: (link["probability"], ends(link))),
        rivals=sorted(rivals, key=lambda link: (-link["probability"], ends(link)))[:RIVALS_SHOWN],
        events=ledger_events(scan, person_id),
    )


def explain_pair(scan: Scan, left: MentionKey | str, right: MentionKey | str) -> PairExplained:
    """Explain two mentions (keys) or two persons (ids); a person stands for all its mentions."""
    named = [side for side in (left, right) if isinstance(side, str)]
    keys = [side for side in (left, right) if not isinstance(side, str)]
    evidence = evidence_of(scan, named, keys)
    of = {_key(row): row["person_id"] for row in evidence.crosswalk.iter_rows(named=True)}
    starts, targets = (_side(side, of) for side in (left, right))
    people = {of[key] for key in starts | targets}
    is_same = len(people) == 1 and None not in people
    links = [link for link in evidence.links.to_dicts() if ends(link)[0] in of and ends(link)[1] in of]
    chain = strongest_chain(links, starts, targets) if is_same else _best_between(links, starts, targets, of)
    touched = {key for link in chain for key in ends(link)} | (set() if chain else {min(starts), min(targets)})
    return PairExplained(is_same, chain, _told(scan, evidence, _of_keys(evidence, touched)))


def _side(side: MentionKey | str, of: dict[MentionKey, str | None]) -> set[MentionKey]:
    return {key for key, person in of.items() if person == side} if isinstance(side, str) else {side}


def _best_between(
    links: list[Link], starts: set[MentionKey], targets: set[MentionKey], of: dict[MentionKey, str | None]
) -> list[Link]:
    """The best link between the two ends; where there is none, between the two persons that the ends belong to."""
    for one, other in ((starts, targets), (_mates(starts, of), _mates(targets, of))):
        between = [
            link
            for link in links
            if (ends(link)[0] in one and ends(link)[1] in other) or (ends(link)[0] in other and ends(link)[1] in one)
        ]
        if between:
            return [max(between, key=lambda link: (link["probability"], ends(link)))]
    return []


def _mates(keys: set[MentionKey], of: dict[MentionKey, str | None]) -> set[MentionKey]:
    persons = {of[key] for key in keys}
    return {key for key, person in of.items() if person in persons}


def strongest_chain(links: list[Link], starts: set[MentionKey], targets: set[MentionKey]) -> list[Link]:
    """The path over linked pairs whose weakest link is as strong as possible; shorter paths on ties.

    Returns:
        Links in order from a start to a target; empty when no links join them.
    """
    around: dict[MentionKey, list[tuple[MentionKey, Link]]] = defaultdict(list)
    for link in (one for one in links if one["is_linked"]):
        left, right = ends(link)
        around[left].append((right, link))
        around[right].append((left, link))
    settled: set[MentionKey] = set()
    serial = itertools.count()  # so that equal entries never compare their paths
    queue: list[tuple[float, int, MentionKey, int, list[Link]]] = [
        (-1.0, 0, key, next(serial), []) for key in sorted(starts)
    ]
    while queue:
        weakest, hops, key, _, path = heapq.heappop(queue)
        if key in targets and path:
            return path
        if key in settled:
            continue
        settled.add(key)
        for other, link in around[key]:
            if other not in settled:
                step = max(weakest, -link["probability"])
                heapq.heappush(queue, (step, hops + 1, other, next(serial), [*path, link]))
    return []


def ends(link: Link) -> tuple[MentionKey, MentionKey]:
    """The two mentions of a link."""
    left, right = (tuple(link[f"{side}_{name}"] for name in MENTION_KEY) for side in ("left", "right"))
    return left, right


def _key(row: dict[str, Any]) -> MentionKey:
    return row["feed"], row["record_key"], row["person_role"], row["person_seq"]


def _of_keys(evidence: Evidence, keys: set[MentionKey]) -> pl.DataFrame:
    wanted = pl.DataFrame(sorted(keys), schema={**dict.fromkeys(MENTION_KEY[:3], pl.String), "person_seq": pl.Int32},
                          orient="row")  # fmt: skip
    return evidence.mentions.join(wanted, on=MENTION_KEY, how="semi")


def _told(scan: Scan, evidence: Evidence, mentions: pl.DataFrame) -> pl.DataFrame:
    code = pl.coalesce("room_code", "address_code")
    texts = place_texts(scan, mentions.select(code).to_series())
    place = code.replace_strict(texts, default=None, return_dtype=pl.String)
    known = mentions.with_columns(place=pl.coalesce(place, "community"))
    return known.join(evidence.crosswalk, on=MENTION_KEY, how="left").sort(MENTION_KEY)
