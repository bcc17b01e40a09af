"""What changed between two contracts of a feed, and what each change breaks for those who read it; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelines.contracts.changes import LEVELS, Change, ChangeLevel
from pipelines.contracts.diff_columns import column_changes
from pipelines.contracts.model import Contract


def diff_contracts(old: Mapping[str, Contract], new: Mapping[str, Contract]) -> list[Change]:
    """Return all changes from one set of contracts to another, worst first, then by feed and column.

    Args:
        old: contracts by `<department>_<feed>`.
        new: the same, after the change.
    """
    changes = [change for name in sorted({*old, *new}) for change in _of_feed(name, old.get(name), new.get(name))]
    return sorted(changes, key=lambda c: (LEVELS.index(c.level), c.feed, c.column or "", c.kind, c.what))


def _of_feed(name: str, old: Contract | None, new: Contract | None) -> Iterator[Change]:
    if old is None:
        why = "its raw table, staging view, checks and dictionary follow when it is rendered and loaded"
        yield Change("harmless", name, None, "feed_added", "the feed is new", why)
    elif new is None:
        yield Change("breaking", name, None, "feed_removed", "the feed is gone", "its raw table is no longer written")
    else:
        yield from _of_the_whole(old, new)
        for level, column, kind, what, why in column_changes(old, new):
            yield Change(level, name, column, kind, what, why)


def _of_the_whole(old: Contract, new: Contract) -> Iterator[Change]:
    for field, level, why in _FIELDS:
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            yield Change(level, old.name, None, field, f"{field}: {_told(before)} -> {_told(after)}", why)
    yield from _of_lists(old, new)
    yield from _of_mentions(old, new)


def _of_lists(old: Contract, new: Contract) -> Iterator[Change]:
    for field, gone_why, come_why in _LISTS:
        before, after = set(getattr(old, field)), set(getattr(new, field))
        if gone := sorted(before - after):
            yield Change("attention", old.name, None, field, f"{field}: without {', '.join(gone)}", gone_why)
        if come := sorted(after - before):
            level: ChangeLevel = "harmless" if field == "formats" else "attention"
            yield Change(level, old.name, None, field, f"{field}: also {', '.join(come)}", come_why)


def _of_mentions(old: Contract, new: Contract) -> Iterator[Change]:
    before = {mention.role: mention for mention in old.address_mentions}
    after = {mention.role: mention for mention in new.address_mentions}
    for role in sorted({*before, *after}):
        had, has = before.get(role), after.get(role)
        if has is None and had is not None:
            why = "its rows leave master.address_match, and whatever places them"
            yield Change("breaking", old.name, had.text, "mention_removed", f"address role {role} is gone", why)
        elif had is None and has is not None:
            why = "its rows join master.address_match; expect new unmatched texts"
            yield Change("attention", old.name, has.text, "mention_added", f"address role {role} is new", why)
        elif had != has and has is not None:
            why = "its addresses are read from other columns and may resolve otherwise"
            yield Change("attention", old.name, has.text, "mention_changed", f"address role {role} changed", why)


def _told(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    return str(value) if value is not None else "none"


_NEW_IDENTITY = "every record gets another record_key: history, person links and return lists start anew"
_FIELDS: tuple[tuple[str, ChangeLevel, str], ...] = (
    ("mode", "breaking", "which rows are current changes: what a file lacks is gone, or stays"),
    ("key", "breaking", _NEW_IDENTITY),
    ("identity", "breaking", _NEW_IDENTITY),
    ("full_scope", "breaking", "a full takes away other rows than before"),
    ("full_when", "attention", "other deliveries count as full, and take away what they lack"),
    ("min_full_ratio", "attention", "another shrinkage of a full is refused"),
    ("updated_by", "attention", "another version of a record may be the current one"),
    ("cadence_hours", "attention", "the feed is stale, and its lights grey, after another time"),
    ("min_rows", "attention", "the check of the number of rows changes"),
    ("department_zh", "harmless", "pages and workbooks say another name"),
    ("title_zh", "harmless", "pages and workbooks say another name"),
    ("title_en", "harmless", "pages and workbooks say another name"),
    ("description_zh", "harmless", "the dictionary says it otherwise"),
    ("description_en", "harmless", "the dictionary says it otherwise"),
    ("owner", "harmless", "another office is told of breaches"),
    ("version", "harmless", "a number"),
)
_LISTS = (
    ("formats", "the first of the formats is what pages show; files are still read by what they are", "nothing"),
    ("null_tokens", "cells that were null become values", "cells that were values become null"),
)
