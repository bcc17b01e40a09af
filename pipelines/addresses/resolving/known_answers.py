"""Answers kept over nights (`internal.address_answer`): a text is read again only when what it depends on has changed.

An answer depends on its text and hints, on the names of the register and the code (`read_by`), and on the rows of the
sites that were considered for it (`states`). Where all of these are as they were, the answer is what a new reading
would give; tests/property/test_known_answers.py holds the two equal over random edits of a register.
"""

from __future__ import annotations

from typing import Final

import polars as pl

DEPENDS: Final[dict[str, type[pl.DataType] | pl.DataType]] = {"read_by": pl.String, "states": pl.List(pl.UInt64)}
"""Columns beside text, hints and answer: the fingerprint of code and names, and the states of the considered sites."""


def still_true(known: pl.DataFrame, read_by: str, states: pl.Series) -> pl.DataFrame:
    """The kept answers that a new reading would give again, in the same order.

    Args:
        known: answers of earlier nights with the columns `DEPENDS`.
        read_by: `names_fingerprint` of tonight's register.
        states: `site_states` of tonight's register.
    """
    same = known.filter(pl.col("read_by") == read_by).with_row_index("answer")
    needed = same.select("answer", pl.col("states").alias("state")).explode("state").drop_nulls()
    gone = needed.join(states.unique().to_frame("state"), on="state", how="anti")
    return same.join(gone.select("answer").unique(), on="answer", how="anti", maintain_order="left").drop("answer")


def split_known(
    distinct: pl.DataFrame, known: pl.DataFrame, read_by: str, states: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tonight's texts whose answer is known, with it, and those that must be read.

    Args:
        distinct: text and hints, each once.
        known: answers of an earlier night: the columns of `distinct`, the answer, and `DEPENDS`.
        read_by: `names_fingerprint` of tonight's register.
        states: `site_states` of tonight's register.
    """
    on = distinct.columns
    usable = still_true(known, read_by, states)
    answered = distinct.join(usable, on=on, how="inner", nulls_equal=True, maintain_order="left")
    asked = distinct.join(usable.select(on), on=on, how="anti", nulls_equal=True, maintain_order="left")
    return answered, asked
