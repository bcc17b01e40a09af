"""`streetlake.toml`: typed, every key with a default and a reason."""

from __future__ import annotations

import tomllib

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.errors import ConfigError
from pipelines.home import Home


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IngestConfig(_Section):
    """Limits at the door.

    Attributes:
        max_file_bytes: a larger file is rejected as `too_large`.
        max_cell_characters: a row with a longer cell is quarantined as `row_too_long`.
        max_archive_ratio: a zip that unpacks to more than this multiple of its size is `unsafe_archive`.
        max_archive_bytes: a zip that unpacks to more is `unsafe_archive`.
        max_archive_members: a zip with more members is `unsafe_archive`.
        settle_seconds: a file changed more recently is looked at twice; one that still changes is `still_written`.
        chunk_rows: rows held in memory at once while reading.
    """

    max_file_bytes: int = 20 * 2**30
    max_cell_characters: int = 100_000
    max_archive_ratio: float = 200.0
    max_archive_bytes: int = 20 * 2**30
    max_archive_members: int = 10_000
    settle_seconds: float = 2.0
    chunk_rows: int = 500_000


class LakeConfig(_Section):
    """Storage.

    Attributes:
        keep_snapshots: that many newest snapshots are always kept.
        keep_days: snapshots younger than this are kept as well, so that yesterday's open catalogue stays whole.
        part_rows: a table file grows to about this many rows before a new one is begun.
    """

    keep_snapshots: int = Field(default=7, ge=1)
    keep_days: int = Field(default=7, ge=0)
    part_rows: int = 2_000_000


class EngineConfig(_Section):
    """What a run may use of the machine.

    Attributes:
        memory_limit_mb: limit given to DuckDB.
        threads: of DuckDB; 0 means all cores.
    """

    memory_limit_mb: int = 3_000
    threads: int = 0


class AddressConfig(_Section):
    """Addresses.

    Attributes:
        alias_min_support: distinct persons, or parcels, whose records must agree before another name of an estate or
            road is learned.
    """

    alias_min_support: int = Field(default=3, ge=2)


class Config(_Section):
    """All of `streetlake.toml`; a missing file is the defaults."""

    ingest: IngestConfig = IngestConfig()
    lake: LakeConfig = LakeConfig()
    engine: EngineConfig = EngineConfig()
    addresses: AddressConfig = AddressConfig()


def load_config(home: Home) -> Config:
    """Read `home`'s `streetlake.toml`.

    Raises:
        ConfigError: naming every wrong key, when the file is not TOML or has unknown or mistyped keys.
    """
    if not home.config_file.exists():
        return Config()
    try:
        return Config.model_validate(tomllib.loads(home.config_file.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"streetlake.toml is not valid TOML: {error}. Mend the file or remove it.") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ConfigError(f"streetlake.toml: {wrong}. See docs/configuration.md for the keys.") from error
