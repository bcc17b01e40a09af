"""Finds what runs the nightly job, without importing it by name: the entry point group `streetlake.runner`."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from importlib.metadata import entry_points
from typing import Protocol, cast

from pipelines.cli.console import ProgressSink
from pipelines.errors import ConfigError
from pipelines.home import Home

GROUP = "streetlake.runner"


class NightResult(Protocol):
    """How a night ended: `published`, `nothing_new`, `blocked` or `failed`."""

    @property
    def status(self) -> str:
        """One of the four."""

    @property
    def snapshot_id(self) -> str | None:
        """The published snapshot, when there is one."""

    @property
    def messages(self) -> list[str]:
        """What the user should know, in plain words."""


class Runner(Protocol):
    """The module behind the entry point."""

    def prepare(self, home: Home) -> None:
        """Write what Dagster needs to open on this home."""

    def run_nightly(
        self, home: Home, accept_shrunk: AbstractSet[str] = ..., progress: ProgressSink | None = ...
    ) -> NightResult:
        """Load everything new in landing, to a published snapshot."""


def find_runner() -> Runner:
    """Return the runner of this installation.

    Raises:
        ConfigError: when none is installed.
    """
    for point in entry_points(group=GROUP):
        return cast(Runner, point.load())
    raise ConfigError("no job runner is installed: run `make setup` again")
