"""A file as a department sends it, held as a table that can be damaged and written again in its own format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import polars as pl

from pipelines.city.deliveries import night_files, visible
from pipelines.city.feeds.rows import FeedRows
from pipelines.city.files import Form, archive, encode
from pipelines.city.generate import BUILDERS
from pipelines.city.world import World


@dataclass(frozen=True)
class Export:
    """One delivered table: a file, or a member of a zip.

    Attributes:
        feed: `<department>_<feed>`.
        path: below landing; a member of a zip as `archive.zip!member`.
        day: date of its folder.
        frame: the delivered columns under the delivered headers.
        form: how it is written.
    """

    feed: str
    path: str
    day: date
    frame: pl.DataFrame
    form: Form

    def content(self) -> bytes:
        """Return the bytes of the file or member."""
        return encode(self.frame, self.form)

    def with_frame(self, frame: pl.DataFrame) -> Export:
        """Return the export with other rows; a new set of columns stands in the order of `frame`."""
        form = self.form
        if frame.columns != self.frame.columns:
            form = replace(form, order=())
        return replace(self, frame=frame, form=form)


Files = dict[str, bytes]


def files_of(exports: Iterable[Export]) -> Files:
    """Return path -> bytes, members of one zip packed together."""
    files: Files = {}
    boxes: dict[str, Files] = {}
    for export in exports:
        box, _, member = export.path.partition("!")
        if member:
            boxes.setdefault(box, {})[member] = export.content()
        else:
            files[export.path] = export.content()
    return files | {box: archive(members) for box, members in boxes.items()}


@dataclass
class Books:
    """All that the departments of a city ever write, from which any night's exports can be taken again."""

    world: World

    @cached_property
    def feeds(self) -> dict[str, FeedRows]:
        """The rows of each feed."""
        return {name: build(self.world) for name, build in BUILDERS}

    def exports(self, feed: str, night: int) -> list[Export]:
        """Return the exports of a feed on a night, late files of an earlier night left out."""
        day = self.world.day(night)
        return [export for export in self.arrivals(feed, night) if export.day == day]

    def arrivals(self, feed: str, night: int) -> Iterator[Export]:
        """Yield all exports that arrive on a night, those in an earlier night's folder among them."""
        for outgoing in night_files(self.world, self.feeds[feed], night):
            for part in outgoing.parts:
                yield Export(feed, part.path, part.delivered_on, visible(part.rows), part.form)

    def before(self, feed: str, night: int, back: int = 1) -> list[Export]:
        """Return the exports of the feed's delivery `back` deliveries before `night`; empty where there was none."""
        earlier: Sequence[int] = [n for n in self.world.delivery_nights(feed) if n < night]
        return self.exports(feed, earlier[-back]) if len(earlier) >= back else []
