"""Tokens: stable within a purpose, unlinkable between purposes, useless without the key."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from pathlib import Path

import polars as pl
import pytest

from pipelines.errors import ConfigError
from pipelines.governance.tokens import purpose_key, token, tokenise
from pipelines.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path).ensure()


def test_a_key_is_made_once_and_private(home: Home) -> None:
    key = purpose_key(home, "kpi")
    assert purpose_key(home, "kpi") == key
    assert purpose_key(home, "evacuation") != key
    path = home.secrets / "kpi.key"
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert sorted(p.name for p in home.secrets.iterdir()) == ["evacuation.key", "kpi.key"]


def test_tokens_are_hmac_sha256(home: Home) -> None:
    key = purpose_key(home, "kpi")
    expected = b32encode(hmac.new(key, "九九".encode(), hashlib.sha256).digest()[:20]).decode()
    assert token(key, "九九") == expected
    assert len(expected) == 32


def test_columns_keep_order_nulls_and_repeats(home: Home) -> None:
    key = purpose_key(home, "kpi")
    values = pl.Series("person_id", ["b", None, "a", "b"])
    tokens = tokenise(values, key)
    assert tokens.name == "person_id"
    assert tokens.to_list() == [token(key, "b"), None, token(key, "a"), token(key, "b")]
    assert tokenise(values.clear(), key).to_list() == []
    other = tokenise(values, purpose_key(home, "research"))
    assert not set(other.drop_nulls()) & set(tokens.drop_nulls())


@pytest.mark.parametrize("purpose", ["", "../kpi", "KPI", "k" * 60])
def test_purposes_are_plain_names(home: Home, purpose: str) -> None:
    with pytest.raises(ConfigError, match="purpose"):
        purpose_key(home, purpose)


def test_a_damaged_key_is_never_replaced_silently(home: Home) -> None:
    purpose_key(home, "kpi")
    (home.secrets / "kpi.key").write_bytes(b"short")
    with pytest.raises(ConfigError, match="damaged"):
        purpose_key(home, "kpi")
