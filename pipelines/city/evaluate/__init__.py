"""The measurement of a loaded home against the truth of its generated city."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from pipelines.city.evaluate.addresses import measure_addresses
from pipelines.city.evaluate.conservation import measure_conservation
from pipelines.city.evaluate.golden import measure_golden
from pipelines.city.evaluate.linking import Truth, current_rows
from pipelines.city.evaluate.persons import linked_mentions, measure_persons
from pipelines.city.evaluate.report import Evaluation, render
from pipelines.city.evaluate.stability import measure_stability
from pipelines.errors import StreetlakeError
from pipelines.home import Home
from pipelines.lake.store import Lake

__all__ = ["Evaluation", "evaluate", "render"]


def evaluate(home: Home, truth: Path) -> Evaluation:
    """Measure the current snapshot of `home` against the truth tables in the folder `truth`.

    Raises:
        StreetlakeError: when the home has no snapshot, or a truth table is missing.
    """
    lake = Lake(home)
    snapshot = lake.current()
    if snapshot is None:
        raise StreetlakeError(f"{home.root} has no snapshot yet: load it first with `streetlake load`")
    known = Truth.read(truth)
    rows = current_rows(snapshot)
    mentions = linked_mentions(snapshot, known, rows)
    kept = list(islice((s for s in lake.history() if s.has("master.person_crosswalk")), 2))
    return Evaluation(
        snapshot=snapshot.id,
        conservation=measure_conservation(snapshot, known),
        addresses=measure_addresses(snapshot, known, rows),
        persons=measure_persons(mentions),
        golden=measure_golden(snapshot, known, mentions),
        stability=measure_stability(kept[1], kept[0]) if len(kept) == 2 else None,
    )
