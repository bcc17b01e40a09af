"""Deliveries that are old, strange, late, or lie in the wrong folder."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from mutation.case import Case, Damage, Rng, family
from mutation.export import Export, files_of
from mutation.families.files import renamed_files

MONTH_HOURS = 744
LEAST_OLD = 0.03  # an old list that differs in fewer rows is not told from a new one, and does little harm


def redated(exports: list[Export], day: date) -> list[Export]:
    """Return old exports as if they were made on `day`."""
    return [replace(e, day=day, path=e.path.replace(e.day.isoformat(), day.isoformat())) for e in exports]


@family
def sent_again(case: Case, _rng: Rng) -> Damage | None:
    """An increment is yesterday's: what was delivered before comes again under today's date."""
    if case.contract.mode == "full":
        return None
    old = redated(case.before(1), case.exports[0].day)
    return Damage(files_of(old), "the delivery before again") if _differs(old, case.exports) else None


@family
def frozen_for_weeks(case: Case, _rng: Rng) -> Damage | None:
    """A full list has been the same for weeks, though things changed."""
    if case.contract.mode != "full" or len(case.lately) < 2:
        return None
    first = case.before(len(case.lately))
    if not first or not _differs(first, case.exports):
        return None
    weeks = tuple(files_of(redated(first, exports[0].day)) for exports in case.lately)
    return Damage(weeks[-1], f"{len(weeks)} deliveries alike", weeks=weeks)


@family
def old_list_sent(case: Case, rng: Rng) -> Damage | None:
    """A full list of some deliveries ago is sent as today's."""
    back = int(rng.integers(2, 5))
    old = redated(case.before(back), case.exports[0].day)
    if case.contract.mode != "full" or not old or not _differs(old, case.exports, LEAST_OLD):
        return None
    return Damage(files_of(old), f"the delivery {back} before")


@family
def not_delivered_for_long(case: Case, _rng: Rng) -> Damage | None:
    """Nothing has come for forty days from a feed that is due every month or more often."""
    if case.contract.cadence_hours > MONTH_HOURS:
        return None
    return Damage({}, "nothing for forty days", weeks=())


def _differs(old: list[Export], new: list[Export], least: float = 0.0) -> bool:
    """Tell whether more than a share of the new rows are not among the old, whatever the order of columns and rows."""
    rows, known = _rows(new), _rows(old)
    fresh = sum(row not in known for row in rows)
    return fresh > least * len(rows)


def _rows(exports: list[Export]) -> set[tuple[object, ...]]:
    return {row for e in exports for row in e.frame.select(sorted(e.frame.columns)).iter_rows()}


@family
def folders_exchanged(case: Case, rng: Rng) -> Damage | None:
    """Two departments' files lie in each other's folder."""
    names = sorted(name for name, exports in case.others.items() if exports)
    if not names:
        return None
    other = names[int(rng.integers(0, len(names)))]
    mine, theirs = files_of(case.exports), files_of(case.others[other])
    here, there = _folder(case.contract.name), _folder(other)
    files = renamed_files(mine, here, there) | renamed_files(theirs, there, here)
    return Damage(files, f"exchanged with {other}", (case.contract.name, other))


def _folder(feed: str) -> str:
    for department in ("civil_affairs", "market_regulation", "street_office"):
        if feed.startswith(department):
            return f"{department}/{feed.removeprefix(department + '_')}"
    return feed.replace("_", "/", 1)


@family
def anothers_file(case: Case, rng: Rng) -> Damage | None:
    """Another feed's file lies in this folder."""
    names = sorted(name for name, exports in case.others.items() if exports)
    if not names:
        return None
    other = names[int(rng.integers(0, len(names)))]
    theirs = renamed_files(files_of(case.others[other]), _folder(other), _folder(case.contract.name))
    return Damage(theirs, f"the file of {other}")


@family
def wrong_date_of_folder(case: Case, rng: Rng) -> Damage | None:
    """The folder says another year, or a day to come."""
    today = case.exports[0].day
    off = int(rng.choice([-365, 31, 365]))
    wrong = today + timedelta(days=off)
    return Damage(renamed_files(files_of(case.exports), today.isoformat(), wrong.isoformat()), f"folder {off:+d} days")


@family
def delivered_again_under_other_headers(case: Case, rng: Rng) -> Damage | None:
    """Beside the file lies the same one from another system, with headers of its own."""
    large = max(case.exports, key=lambda e: len(e.frame))
    names = {header: f"COL_{n:02d}" for n, header in enumerate(large.frame.columns)}
    head, _, tail = large.path.partition("!")[0].rpartition(".")
    copy = replace(large.with_frame(large.frame.rename(names)), path=f"{head}_{int(rng.integers(2, 9))}.{tail}")
    if "!" in large.path:
        return None
    return Damage(files_of([*case.exports, copy]), "a second file with unknown headers")
