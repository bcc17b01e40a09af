"""Writing pages: each is rendered whole, then put in its place by rename."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipelines.lake.durable import make_folder, write_bytes
from pipelines.pages.marts import Marts
from pipelines.pages.page import Page
from pipelines.pages.templating import environment


def render_page(page: Page, marts: Marts, pages: Sequence[Page]) -> str:
    """Return the HTML of a page; equal marts give equal bytes.

    Args:
        page: which.
        marts: the tables of one snapshot.
        pages: those of the navigation.
    """
    template = environment().get_template(page.template)
    return template.render(page=page, pages=pages, told=marts.told, **page.view(marts))


def put_page(page: Page, html: str, folder: Path) -> Path:
    """Put a rendered page into `folder`; a reader finds the old one or the new one."""
    path = make_folder(folder) / page.file
    write_bytes(path, html.encode())
    return path


def write_page(page: Page, marts: Marts, folder: Path, pages: Sequence[Page]) -> Path:
    """Render a page and put it into `folder`.

    Raises:
        StreetlakeError: when the page asks for what no page may read; the old one stays, as after any error.
    """
    return put_page(page, render_page(page, marts, pages), folder)
