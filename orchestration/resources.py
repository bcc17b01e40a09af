"""The one resource of a run: its home, the run lock, and the transaction all its steps share."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import dagster as dg
from pydantic import Field

from orchestration.closing import obstacles
from orchestration.opening import begin_night
from pipelines.config import Config, load_config
from pipelines.home import Home
from pipelines.ingest.workroom import clear_workroom
from pipelines.lake.lock import RunLock
from pipelines.lake.runs import latest_run, log_run
from pipelines.lake.store import Lake, Transaction

KEY = "night"


class Night(dg.ConfigurableResource):  # type: ignore[type-arg]
    """One run's hold on a home.

    It lives for the whole run, because the executor is in-process; a step in another process finds the same
    transaction by the run's id. A run that is executed again from its failure goes on with what it had staged.
    """

    home: str = Field(default="", description="The Streetlake home; empty: $STREETLAKE_HOME, else the checkout's data/")
    accept_shrunk: list[str] = Field(
        default=[], description="Feeds (<department>_<feed>) whose shrunk full delivery is taken on purpose"
    )

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Night"]:
        """Hold the lock from the first step to the last."""
        place = self.place.ensure()
        run = context.run
        with ExitStack() as stack:
            if not RunLock(place).held_here():
                stack.enter_context(RunLock(place))
            lake = Lake(place)
            name = transaction_name(run.run_id, run.root_run_id) if run else "adhoc"
            if name not in lake.staged_runs():
                begin_night(place, name, self.config)
            yield self
            log_unpublished(place, name)

    @property
    def place(self) -> Home:
        """The home."""
        return Home.resolve(self.home or None)

    @property
    def config(self) -> Config:
        """The home's configuration."""
        return load_config(self.place)

    def transaction(self, context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> Transaction:
        """Return the run's transaction."""
        return Lake(self.place).resume(transaction_name(context.run.run_id, context.run.root_run_id))


def log_unpublished(home: Home, name: str) -> None:
    """Tell of a run that ended without closing the night: a critical check stopped it, or it was only a part of one.

    What it staged stays for a repetition from the failure; the next run of its own drops it. Of a run that was closed
    nothing stays in the workshop: unpacked deliveries and quarantined rows lie there as delivered.
    """
    lake = Lake(home)
    if name not in lake.staged_runs():
        clear_workroom(home)
        return
    problems = obstacles(lake.resume(name))
    record = latest_run(home, name)
    log_run(home, record.ended("blocked" if problems else "unpublished", message="\n".join(problems) or None))


def transaction_name(run_id: str, root_run_id: str | None) -> str:
    """Return under which name a run stages: its own, or that of the run it repeats from the failure."""
    return root_run_id or run_id
