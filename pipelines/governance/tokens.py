"""Keyed tokens in the place of identifiers: HMAC-SHA256 with one key a purpose, so that two purposes never join.

A plain hash of an ID number is no pseudonym: a known area and birthday leave 11,000 candidates, tried in
milliseconds. The key makes the difference, so it lies outside the lake, in `home.secrets`.
"""

from __future__ import annotations

import base64
import hmac
import os
import re
import secrets
from pathlib import Path

import polars as pl

from pipelines.errors import ConfigError
from pipelines.home import Home
from pipelines.lake.durable import fsync_folder, make_folder

KEY_BYTES = 32
TOKEN_BYTES = 20  # 160 bits: 32 base32 characters without padding


def purpose_key(home: Home, purpose: str) -> bytes:
    """Return the key of `purpose`, made at first use and never changed after.

    Raises:
        ConfigError: when `purpose` is no plain name or its key file is damaged.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", purpose):
        raise ConfigError("a purpose is a short name of lower-case letters, digits and underscores")
    path = make_folder(home.secrets) / f"{purpose}.key"
    if not path.exists():
        _create_once(path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise ConfigError(f"secrets/{path.name} is damaged: restore it from backup, or all tokens of {purpose} change.")
    return key


def token(key: bytes, value: str) -> str:
    """Return the token of one value: 32 characters A-Z2-7."""
    return base64.b32encode(hmac.digest(key, value.encode(), "sha256")[:TOKEN_BYTES]).decode()


def tokenise(values: pl.Series, key: bytes) -> pl.Series:
    """Return the tokens of a text column; null stays null. Each distinct value is hashed once."""
    distinct = values.unique().drop_nulls()
    tokens = pl.Series([token(key, value) for value in distinct], dtype=pl.String)
    return values.replace_strict(distinct, tokens, default=None, return_dtype=pl.String)


def _create_once(path: Path) -> None:
    """Write a new key; where two processes try at once, the first one's key is kept by both."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, secrets.token_bytes(KEY_BYTES))
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    fsync_folder(path.parent)
