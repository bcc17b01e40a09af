from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.city import CityReport, generate_city


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> CityReport:
    """A small city of three nights, plain style."""
    folder: Path = tmp_path_factory.mktemp("city")
    return generate_city(folder / "nights", folder / "truth", residents=1_500, nights=3, seed=7)
