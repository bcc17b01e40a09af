"""What a page of the site is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipelines.pages.marts import Marts
from pipelines.pages.text import Text


@dataclass(frozen=True)
class Page:
    """One page.

    Attributes:
        name: its file without `.html`, and its place in the navigation.
        title: in both languages.
        template: below `templates/`, extending `base.html.j2`.
        view: from the marts to what the template is given; pure but for reading them.
    """

    name: str
    title: Text
    template: str
    view: Callable[[Marts], Mapping[str, object]]

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.html"
