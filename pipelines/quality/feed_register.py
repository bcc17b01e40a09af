"""The contracts as dbt sees them: `dbt/seeds/feeds.csv` and `feed_columns.csv`, rendered from them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pipelines.contracts.model import Contract
from pipelines.home import CHECKOUT

SEEDS = CHECKOUT / "dbt" / "seeds"
FEED_COLUMNS = ("department", "department_zh", "feed", "title_zh", "title_en", "mode", "cadence_hours", "owner")
WANTED_COLUMNS = ("feed_name", "column_name", "min_filled_ratio")


def render_seeds(contracts: Mapping[str, Contract]) -> dict[str, str]:
    """Return the text of each seed by its file's name.

    Args:
        contracts: by name `<department>_<feed>`.

    Returns:
        `feeds.csv`, one row a feed; `feed_columns.csv`, one row a column that its contract wants filled (required, or
        with a `min_filled_ratio`): of every other column an empty cell is no fault. Both in the order of the names.
    """
    ordered = [contracts[name] for name in sorted(contracts)]
    feeds = ([getattr(contract, column) for column in FEED_COLUMNS] for contract in ordered)
    wanted = (
        [f"{contract.department}_{contract.feed}", column.name, 1.0 if column.required else column.min_filled_ratio]
        for contract in ordered
        for column in contract.columns
        if column.required or column.min_filled_ratio is not None
    )
    return {"feeds.csv": _csv(FEED_COLUMNS, feeds), "feed_columns.csv": _csv(WANTED_COLUMNS, wanted)}


def stale_seeds(contracts: Mapping[str, Contract], folder: Path = SEEDS) -> list[Path]:
    """Return the seeds that are not what the contracts say, or not there."""
    return [
        folder / name
        for name, text in render_seeds(contracts).items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text
    ]


def write_seeds(contracts: Mapping[str, Contract], folder: Path = SEEDS) -> list[Path]:
    """Write the seeds that differ from the contracts; return which."""
    stale = stale_seeds(contracts, folder)
    texts = render_seeds(contracts)
    for path in stale:
        path.write_text(texts[path.name], encoding="utf-8")
    return stale


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
