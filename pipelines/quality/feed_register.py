"""The feeds as dbt sees them: `dbt/seeds/feeds.csv`, rendered from the contracts."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from pipelines.contracts.model import Contract
from pipelines.home import CHECKOUT

SEED = CHECKOUT / "dbt" / "seeds" / "feeds.csv"
COLUMNS = ("department", "department_zh", "feed", "title_zh", "title_en", "mode", "cadence_hours", "owner")


def render_feed_seed(contracts: Mapping[str, Contract]) -> str:
    """Return the text of the seed: one row a feed, in the order of their names, unit of `cadence_hours` as named."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([getattr(contracts[name], column) for column in COLUMNS] for name in sorted(contracts))
    return text.getvalue()


def write_feed_seed(contracts: Mapping[str, Contract], path: Path = SEED) -> bool:
    """Write the seed where it differs from the contracts; return whether it did."""
    text = render_feed_seed(contracts)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8")
    return True
