"""What a page of the site is, and what a family of pages is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
        within: the page of the navigation that it belongs to; empty for one that stands there itself.
    """

    name: str
    title: Text
    template: str
    view: Callable[[Marts], Mapping[str, object]]
    within: str = ""

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.html"

    @property
    def place(self) -> str:
        """The name of the page of the navigation that is marked while this one is read."""
        return self.within or self.name


@dataclass(frozen=True)
class Family:
    """Pages of one kind, as many as the marts say: one for each indicator, for instance.

    Attributes:
        name: of the family, for messages.
        members: from the marts to its pages, in a fixed order, each with `within`; none where the marts have nothing.
    """

    name: str
    members: Callable[[Marts], Sequence[Page]]
