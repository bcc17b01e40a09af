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


class RiskConfig(_Section):
    """Risk of places.

    Attributes:
        cell_metres: side of a grid cell.
        horizon_days: days ahead that a forecast speaks of.
        history_weeks: weeks of past incidents that are counted.
        minimum_weeks: a backtest does not begin before that many weeks were recorded.
        list_cells: cells on the list of a sub-district and class.
        origins: dates from which the backtest looks ahead; a model needs all of them to pass the gate.
        origin_step_days: days between these dates.
        half_life_weeks: after so many weeks an incident weighs half in the check for drift.
        kernel_metres: bandwidth of the smoothed map.
        sparse_events: a class with fewer incidents in one horizon is sparse; only there may the smoothed map be shown.
        gate_gain: relative gain in hit rate over past counts, at 5 % of the area, that another model must reach.
        built_up_metres: a cell belongs to the study area when its centre is this near to an address of the register.
        far_metres: coordinates farther than this from the incident's own address are not believed.
        building_dwellings: buildings with fewer homes get no forecast of their own, and of cells with fewer (but some)
            only all calls together are told: so few are families.
        study_area_version: raise it by one to fix the study area anew by today's register.
    """

    cell_metres: int = Field(default=100, ge=25, le=1_000)
    horizon_days: int = Field(default=28, ge=7, le=91)
    history_weeks: int = Field(default=26, ge=4, le=104)
    minimum_weeks: int = Field(default=12, ge=2)
    list_cells: int = Field(default=12, ge=1)
    origins: int = Field(default=12, ge=2)
    origin_step_days: int = Field(default=14, ge=1)
    half_life_weeks: float = Field(default=16.0, gt=0)
    kernel_metres: float = Field(default=150.0, gt=0)
    sparse_events: int = Field(default=150, ge=0)
    gate_gain: float = Field(default=0.05, ge=0)
    built_up_metres: float = Field(default=200.0, ge=0)
    far_metres: float = Field(default=500.0, gt=0)
    building_dwellings: int = Field(default=10, ge=10)
    study_area_version: int = Field(default=1, ge=1)


class Config(_Section):
    """All of `streetlake.toml`; a missing file is the defaults."""

    ingest: IngestConfig = IngestConfig()
    lake: LakeConfig = LakeConfig()
    engine: EngineConfig = EngineConfig()
    addresses: AddressConfig = AddressConfig()
    risk: RiskConfig = RiskConfig()


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
