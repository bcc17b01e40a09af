"""One change of a feed and how bad it is: of its contract, or of what the department delivers.

`breaking`: files are refused, rows are lost or records change their identity, a column goes or means something else.
`attention`: values, checks or lights change; somebody should look. `harmless`: nobody notices, or something is gained.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ChangeLevel = Literal["breaking", "attention", "harmless"]
LEVELS: tuple[ChangeLevel, ...] = ("breaking", "attention", "harmless")


@dataclass(frozen=True)
class Change:
    """One change of a feed.

    Attributes:
        level: breaking, attention or harmless.
        feed: `<department>_<feed>`.
        column: of the contract before the change (of the new one where it is new), or a file's header that
            no column has; null for the feed as a whole.
        kind: what sort of change, such as `type`, `header_removed`.
        what: the change in words.
        why: what follows from it.
    """

    level: ChangeLevel
    feed: str
    column: str | None
    kind: str
    what: str
    why: str
