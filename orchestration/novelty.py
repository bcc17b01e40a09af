"""Whether a night has anything to do; decided from file names, sizes and times, without Dagster."""

from __future__ import annotations

import polars as pl

from orchestration.books import ANSWERS, FROZEN
from pipelines.home import Home
from pipelines.ingest.delivery import DELIVERY_SCHEMA
from pipelines.ingest.discover import walk
from pipelines.lake.publish import publication_pending
from pipelines.lake.store import Lake

ALIAS = "master.address_alias"
DECISIONS = "master.steward_decision"


def known_deliveries(home: Home) -> pl.DataFrame:
    """Return `ops.delivery` of the current snapshot; empty before the first."""
    snapshot = Lake(home).current()
    if snapshot is None or not snapshot.has("ops.delivery"):
        return pl.DataFrame(schema=DELIVERY_SCHEMA)
    return snapshot.scan("ops.delivery").collect()


def decisions_wait(home: Home) -> bool:
    """Say whether somebody decided what no run has obeyed yet.

    A steward about an alias or a person, a clerk about an entry of the return list, who adopted a model, or who froze a
    quarter.
    """
    waiting = (_alias_decisions_wait, _person_decisions_wait, _model_waits, _answers_wait, _frozen_quarter_waits)
    return any(waits(home) for waits in waiting)


def _frozen_quarter_waits(home: Home) -> bool:
    from pipelines.indicators.freeze_store import frozen_quarters

    snapshot = Lake(home).current()
    return snapshot is not None and frozen_quarters(home) != list(snapshot.inputs.get(FROZEN, []))


def _answers_wait(home: Home) -> bool:
    from pipelines.quality.returns.answers import answers_file, read_answers

    snapshot = Lake(home).current()
    if snapshot is None or not answers_file(home).exists():
        return False
    return read_answers(home).height > int(snapshot.inputs.get(ANSWERS, 0))


def _model_waits(home: Home) -> bool:
    from pipelines.identity.night.adoption import adoption_waits, adoptions_file
    from pipelines.identity.night.memory import VERSION

    snapshot = Lake(home).current()
    if snapshot is None or not snapshot.has(VERSION) or not adoptions_file(home).exists():
        return False
    return adoption_waits(home, snapshot.scan(VERSION).collect())


def _person_decisions_wait(home: Home) -> bool:
    from pipelines.identity.stewarding.journal import decisions_file, read_decisions

    snapshot = Lake(home).current()
    if snapshot is None or not snapshot.has(DECISIONS) or not decisions_file(home).exists():
        return False
    known = snapshot.scan(DECISIONS).select("decision_id").collect()
    return not read_decisions(home).join(known, on="decision_id", how="anti").is_empty()


def _alias_decisions_wait(home: Home) -> bool:
    from pipelines.addresses.aliases.decisions import decisions_file, read_decisions

    snapshot = Lake(home).current()
    if snapshot is None or not snapshot.has(ALIAS) or not decisions_file(home).exists():
        return False
    ledger = snapshot.scan(ALIAS).select("alias_id", "decision_id").collect()
    known = set(ledger["decision_id"].drop_nulls()), set(ledger["alias_id"])
    asked = read_decisions(home).select("decision_id", "alias_id").iter_rows()
    return any(decision not in known[0] and alias in known[1] for decision, alias in asked)


def anything_new(home: Home) -> bool:
    """Say whether a load would do something.

    It would where landing has a file that no delivery tells of as it is now, a publication waits to be finished, or a
    steward's decision waits to be obeyed.
    """
    if publication_pending(home) or decisions_wait(home):
        return True
    settled = known_deliveries(home).filter(pl.col("reason_code").ne_missing("still_written"))
    stamps = set(settled.select("source_path", "source_bytes", "source_mtime_ns").unique().iter_rows())
    return any((found.path, *found.stamp) not in stamps for found in walk(home.landing))
