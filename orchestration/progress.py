"""Tells the command line how far the night is; silent where nobody listens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import dagster as dg

Sink = Callable[[str, int, int], None]


@dataclass
class Listener:
    """Who listens, and how far the run is."""

    sink: Sink
    total: int
    done: int = 0


_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(sink: Sink | None, total: int) -> Iterator[None]:
    """Send progress to `sink` (label, steps done, steps in all) while the block runs."""
    token = _listener.set(Listener(sink, total) if sink else None)
    try:
        yield
    finally:
        _listener.reset(token)


def report_label(label: str) -> None:
    """Tell what is being worked on."""
    if listener := _listener.get():
        listener.sink(label, listener.done, listener.total)


@dg.success_hook(name="report_step")
def report_step(context: dg.HookContext) -> None:
    """Tell that a step has ended."""
    if listener := _listener.get():
        listener.done += 1
        listener.sink(context.op.name, listener.done, listener.total)
