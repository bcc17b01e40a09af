"""The site: every page of the registry, drawn from one snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.pages.facts import PageFacts
from pipelines.pages.failures import DRAWING_ERRORS, Failure, failure_of
from pipelines.pages.marts import Marts, Scan
from pipelines.pages.page import Family, Page
from pipelines.pages.registry import FAMILIES, PAGES
from pipelines.pages.rendering import put_page, render_page

FAILED_TEMPLATE = "failed.html.j2"


@dataclass(frozen=True)
class Site:
    """What was written.

    Attributes:
        pages: the paths, those of the navigation first, in its order, then those of the families.
        failures: pages that could not be drawn; in the place of each stands a plain page that says so.
    """

    pages: tuple[Path, ...]
    failures: tuple[Failure, ...]


def write_site(
    scan: Scan,
    folder: Path,
    told: PageFacts,
    pages: Sequence[Page] = PAGES,
    families: Sequence[Family] = FAMILIES,
) -> Site:
    """Write every page of the site into `folder`, the one that cannot be drawn as a page that says so.

    Args:
        scan: gives a table of one snapshot as a lazy frame; it is asked for those in `told.tables` alone.
        folder: made when missing; links between pages are relative, so that it can be moved.
        told: which snapshot this is.
        pages: those of the navigation.
        families: those that other pages lead to.

    Raises:
        OSError: when a page cannot be written; what stood there stays.
    """
    marts = Marts(scan, told)
    members, failures = _members(families, marts)
    paths: list[Path] = []
    for page in (*pages, *members):
        html, failure = _drawn(page, marts, pages)
        paths.append(put_page(page, html, folder))
        failures.extend([failure] if failure else [])
    return Site(tuple(paths), tuple(failures))


def _members(families: Sequence[Family], marts: Marts) -> tuple[list[Page], list[Failure]]:
    members: list[Page] = []
    failures: list[Failure] = []
    for family in families:
        try:
            members.extend(family.members(marts))
        except DRAWING_ERRORS as error:
            failures.append(failure_of(family.name, error))
    return members, failures


def _drawn(page: Page, marts: Marts, pages: Sequence[Page]) -> tuple[str, Failure | None]:
    try:
        return render_page(page, marts, pages), None
    except DRAWING_ERRORS as error:
        failure = failure_of(page.name, error)
    plain = Page(page.name, page.title, FAILED_TEMPLATE, lambda _: _told(failure), page.within)
    return render_page(plain, marts, pages), failure


def _told(failure: Failure) -> Mapping[str, object]:
    return {"failure": failure}
