"""Node features as integers: texts are coded once, pairs are compared by gathering codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.identity.candidates.features import SLOTS
from pipelines.normalise.ids import ID_LENGTH

Codes = npt.NDArray[np.int32]
STAR = ord("*")

# Columns that are compared with one another share one dictionary.
_DICTIONARIES: tuple[tuple[str, ...], ...] = (
    ("name", "former_name"),
    ("name_sorted",),
    ("pinyin",),
    ("shape",),
    ("accent",),
    ("surname",),
    ("given",),
    ("birth",),
    ("sex",),
    *(tuple(f"{slot}_{place + 1}" for place in range(count)) for slot, count in SLOTS.items()),
)

_BUCKETED = tuple(f"{slot}_{place + 1}" for slot in ("phone", "room") for place in range(SLOTS[slot]))


@dataclass(frozen=True)
class CodedNodes:
    """Features by row number, in the order of `node`.

    Attributes:
        node: node ids, ascending.
        codes: column -> code of each row's value; -1 for null. Equal codes in one dictionary mean equal texts.
        texts: column -> the texts themselves, for the few that must be read (names).
        pattern: 18 bytes of each id pattern; all `*` for null.
        flags: column -> boolean facts (`valid`, `minority`, `long_given`) and small numbers (`name_length`,
            `birth_length`, `phone_1_bucket`, ...).
        birth: 10 bytes of each birth date; spaces for null.
    """

    node: npt.NDArray[np.uint32]
    codes: dict[str, Codes]
    texts: dict[str, pl.Series]
    pattern: npt.NDArray[np.uint8]
    flags: dict[str, npt.NDArray[np.int64]]
    birth: npt.NDArray[np.uint8]

    def rows_of(self, nodes: pl.Series) -> npt.NDArray[np.int64]:
        """Row numbers of node ids; every id must be known."""
        return np.searchsorted(self.node, nodes.to_numpy())


def code_nodes(features: pl.DataFrame) -> CodedNodes:
    """Code the frame of `node_features`."""
    frame = features.sort("node")
    codes: dict[str, Codes] = {}
    for columns in _DICTIONARIES:
        codes.update(_codes_of(frame, columns))
    flags = frame.select(
        valid=pl.col("id_number").is_not_null(),
        has_pattern=pl.col("id_pattern").is_not_null(),
        minority=pl.col("name_kind") == "minority",
        long_given=pl.col("given").str.len_chars() >= 2,
        name_length=pl.col("name").str.len_chars(),
        birth_length=pl.col("birth").str.len_chars(),
        **{f"{column}_bucket": pl.col(column).str.extract(r"#(\d)$", 1).cast(pl.Int64) for column in _BUCKETED},
    ).with_columns(pl.all().fill_null(0).cast(pl.Int64))
    return CodedNodes(
        node=frame["node"].to_numpy(),
        codes=codes,
        texts={"name": frame["name"], "pinyin": frame["pinyin"]},
        pattern=_bytes(frame["id_pattern"], ID_LENGTH, "*"),
        flags={name: flags[name].to_numpy() for name in flags.columns},
        birth=_bytes(frame["birth"], 10, " "),
    )


def _codes_of(frame: pl.DataFrame, columns: tuple[str, ...]) -> dict[str, Codes]:
    """Codes are ranks of sorted distinct texts, so that they do not depend on the order of rows."""
    values = pl.concat([frame[column].alias("value") for column in columns])
    ranks = values.rank("dense").cast(pl.Int32).fill_null(0) - 1
    height = frame.height
    return {column: ranks.slice(place * height, height).to_numpy() for place, column in enumerate(columns)}


def _bytes(texts: pl.Series, width: int, filler: str) -> npt.NDArray[np.uint8]:
    """Fixed-width ASCII bytes, padded with `filler` on the right."""
    padded = texts.fill_null("").str.pad_end(width, filler)
    joined = "".join(padded.to_list()).encode("ascii")
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(texts), width)
