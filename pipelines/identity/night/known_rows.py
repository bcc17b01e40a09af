"""Rows that were read on an earlier night are not read again: what a row says is a function of its cells alone.

Equal cells give equal forms, so the night with this memory equals the night without it, and the cost of reading follows
the rows that are new or changed.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.identity.mentions.collect import read_rows
from pipelines.identity.outputs import FINGERPRINT

CARRIED: Final = (
    "record_key",
    "person_seq",
    "address_role",
    "community",
    "hukou_no",
    "relation_to_head",
    "residence_type",
    "status",
    "observed_on",
    "first_delivered_on",
    "last_delivered_on",
    "since_on",
    "until_on",
)
"""Columns that reading hands on as they are and does not look at."""

_SEEDS: Final = (20260301, 20260302)


class KnownRows:
    """A reader of rows with a memory.

    Attributes:
        forms: what to remember for the next night: a fingerprint of 128 bits, and every column that reading makes;
            one row per distinct content of the rows read last, in the order of their first occurrence.
    """

    def __init__(self, known: pl.DataFrame) -> None:
        """Begin with what an earlier night of the same release remembered; empty for nothing."""
        self.forms = known

    def read(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Give what ``read_rows`` gives, with the columns of `rows` first."""
        carried = [name for name in rows.columns if name in CARRIED]
        printed = rows.with_columns(**_fingerprints([name for name in rows.columns if name not in CARRIED]))
        distinct = printed.unique(FINGERPRINT, keep="first", maintain_order=True)
        asked = distinct.join(self.forms, on=FINGERPRINT, how="anti", maintain_order="left")
        answered = read_rows(asked.drop(FINGERPRINT)).drop(carried)
        told = pl.concat([asked.select(FINGERPRINT), answered], how="horizontal")
        known = pl.concat([self.forms.select(told.columns), told]) if self.forms.height else told
        self.forms = distinct.select(FINGERPRINT).join(known, on=FINGERPRINT, how="left", maintain_order="left")
        joined = printed.select(*carried, *FINGERPRINT).join(
            self.forms, on=FINGERPRINT, how="left", maintain_order="left"
        )
        return joined.drop(FINGERPRINT)


def _fingerprints(content: list[str]) -> dict[str, pl.Expr]:
    """Two hashes of what reading looks at, by two ways, so that what collides in one does not in the other."""
    texts = [pl.col(name).cast(pl.String).fill_null("\0") for name in content]
    ways = (pl.struct(content).hash(_SEEDS[0]), pl.concat_str(texts, separator="\x1f").hash(_SEEDS[1]))
    return dict(zip(FINGERPRINT, ways, strict=True))
