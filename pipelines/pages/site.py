"""The site: every page of the registry, drawn from one snapshot."""

from __future__ import annotations

from pathlib import Path

from pipelines.pages.facts import PageFacts
from pipelines.pages.marts import Marts, Scan
from pipelines.pages.registry import PAGES
from pipelines.pages.rendering import write_page


def write_site(scan: Scan, folder: Path, told: PageFacts) -> list[Path]:
    """Write every page of the site into `folder`.

    Args:
        scan: gives a table of one snapshot as a lazy frame; it is asked for those in `told.tables` alone.
        folder: made when missing; links between pages are relative, so that it can be moved.
        told: which snapshot this is.

    Returns:
        The pages' paths, in the order of the navigation.
    """
    marts = Marts(scan, told)
    return [write_page(page, marts, folder, PAGES) for page in PAGES]
