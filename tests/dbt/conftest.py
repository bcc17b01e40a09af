"""The district's build folder, built once by dbt in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dbt_district import district_tables
from dbt_frames import write_build
from dbt_runner import Built, declare_sources, run_dbt

from pipelines.contracts.loader import load_contracts


@pytest.fixture(scope="session")
def build_tables(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, list[dict[str, Any]]]], Path]:
    """Write tables to a fresh folder and return it."""

    def write(tables: dict[str, list[dict[str, Any]]]) -> Path:
        root = tmp_path_factory.mktemp("workshop")
        write_build(root / "build", load_contracts(), tables)
        declare_sources(root)
        return root

    return write


@pytest.fixture(scope="session")
def built(build_tables: Callable[[dict[str, list[dict[str, Any]]]], Path]) -> Built:
    """The district, built with all its tests."""
    feeds = [f"{contract.department}/{contract.feed}" for contract in load_contracts().values()]
    root = build_tables(district_tables(feeds))
    return Built(root / "build", run_dbt(root, "build"))
