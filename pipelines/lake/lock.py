"""One run at a time: a lock that dies with its process."""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import orjson

from pipelines.errors import LockHeldError
from pipelines.home import Home

_held_here: set[Path] = set()


class RunLock:
    """Exclusive right to change a home, as a context manager.

    The kernel holds it (`flock`), so a killed process leaves nothing to clean up. The file's text names the holder;
    it is only information and never decides anything.
    """

    def __init__(self, home: Home) -> None:
        self.path = home.root / ".run.lock"
        self._handle: int | None = None

    def __enter__(self) -> RunLock:
        """Take the lock.

        Raises:
            LockHeldError: at once, naming the process that holds it and since when.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise LockHeldError(
                f"another run works on {self.path.parent.name!r} ({self.holder()}): wait for it, or end that process."
            ) from None
        holder = {"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
        os.ftruncate(handle, 0)
        os.pwrite(handle, orjson.dumps(holder), 0)
        self._handle = handle
        _held_here.add(self.path)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the lock back."""
        if self._handle is not None:
            _held_here.discard(self.path)
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None

    def holder(self) -> str:
        """Describe who holds the lock, as far as its file tells."""
        try:
            told = orjson.loads(self.path.read_bytes())
            return f"process {told['pid']}, since {told['since']}"
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
            return "a process that did not say which"

    def held_here(self) -> bool:
        """Say whether this process already holds the lock of the home."""
        return self.path in _held_here
