"""Every error that Streetlake raises on purpose; no message ever carries a personal value."""

from __future__ import annotations


class StreetlakeError(Exception):
    """Root of all errors with a cause that a user can mend; the message says where, what and what to do next."""


class ConfigError(StreetlakeError):
    """The configuration or the home is wrong."""


class ContractError(StreetlakeError):
    """One or several contracts are wrong; the message lists every problem with its file and line."""


class FileRejected(StreetlakeError):
    """A delivered file cannot be used as a whole.

    Attributes:
        reason_code: one of the file reason codes of the feed specification, such as ``no_header``.
    """

    def __init__(self, reason_code: str, reason: str) -> None:
        super().__init__(reason)
        self.reason_code = reason_code
        self.reason = reason


class LakeError(StreetlakeError):
    """The lake cannot be read or written as asked."""


class LockHeldError(LakeError):
    """Another run holds the lock of this home."""


class PublicationBlocked(StreetlakeError):
    """A critical check failed, so the snapshot was not published; yesterday's stays."""
