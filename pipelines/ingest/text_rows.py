"""Row numbers, totals and refusals that all readers of text rows share."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.ingest.table import (
    BAD_BYTE,
    BAD_ROW_SCHEMA,
    TextChunk,
    is_data,
    payload_of,
    positions,
)

Cells = list[str]


class RowSink:
    """Gathers the rows of one table and numbers them over its chunks.

    A blank row, a total row and a repeated header are no rows: they get no number and are counted nowhere.
    """

    def __init__(self, headers: Sequence[str], first_row: int = 1) -> None:
        self.headers = list(headers)
        self.names = positions(len(headers))
        self.next_row = first_row

    def take(
        self, good: pl.DataFrame, special: Sequence[tuple[int, Cells]], longest: int, broken: Sequence[int] = ()
    ) -> TextChunk:
        """Return the next chunk.

        Args:
            good: `at` (position in the file's chunk) and one String column a header.
            special: rows read one by one, as (`at`, cells).
            longest: a longer cell makes the row `row_too_long`.
            broken: positions of rows that could not be read as a record at all; their one cell is the line.
        """
        kept: list[tuple[int, Cells]] = []
        bad: list[tuple[int, Cells, Cells, tuple[str, str]]] = []
        unreadable = set(broken)
        for at, cells in special:
            reason = ("undecodable", "the line is no record of the format") if at in unreadable else None
            reason = reason or self._reason(cells, longest)
            fitted = cells[: len(self.names)] + [""] * (len(self.names) - len(cells))
            if reason:
                bad.append((at, fitted, cells, reason))
            else:
                kept.append((at, fitted))
        frame = pl.concat([good, self._frame(kept)])
        frame = frame.filter(is_data(frame, self.headers))
        rows = is_data(self._frame([(at, fitted) for at, fitted, _, _ in bad]), self.headers)
        refused = [
            (at, *reason, payload_of(cells)) for (at, _, cells, reason), is_row in zip(bad, rows, strict=True) if is_row
        ]
        return self._number(frame, refused)

    def _reason(self, cells: Cells, longest: int) -> tuple[str, str] | None:
        surplus = cells[len(self.names) :]
        if any(BAD_BYTE in cell or "\x00" in cell for cell in cells):
            return "undecodable", "the row holds bytes that are no text in the file's encoding"
        if any(len(cell) > longest for cell in cells):
            return "row_too_long", f"a cell has more than {longest} characters"
        if len(cells) < len(self.names) or any(cell.strip() for cell in surplus):
            return "ragged_row", f"{len(cells)} cells under {len(self.names)} headers"
        return None

    def _frame(self, rows: Sequence[tuple[int, Cells]]) -> pl.DataFrame:
        columns = {name: [cells[i] for _, cells in rows] for i, name in enumerate(self.names)}
        schema = {"at": pl.UInt32, **dict.fromkeys(self.names, pl.String)}
        return pl.DataFrame({"at": [at for at, _ in rows], **columns}, schema=schema)

    def _number(self, frame: pl.DataFrame, refused: list[tuple[int, str, str, str]]) -> TextChunk:
        schema = {"at": pl.UInt32, **{k: t for k, t in BAD_ROW_SCHEMA.items() if k != "row_number"}}
        bad = pl.DataFrame(refused, schema=schema, orient="row")
        numbers = (
            pl.concat([frame.select("at"), bad.select("at")])
            .sort("at")
            .with_row_index("row_number", offset=self.next_row)
            .with_columns(pl.col("row_number").cast(pl.Int64))
        )
        self.next_row += numbers.height
        return TextChunk(
            frame.join(numbers, on="at", how="inner").sort("at").select("row_number", *self.names),
            bad.join(numbers, on="at", how="inner").sort("at").select(list(BAD_ROW_SCHEMA)),
        )
