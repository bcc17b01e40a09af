"""The values of the loaded city, and the search for them, made once."""

from __future__ import annotations

import pytest
from personal_values import PersonalValues, personal_values
from scanning import Scan
from small_district import District

from pipelines.home import Home


@pytest.fixture(scope="session")
def values(night_by_night: Home, district: District) -> PersonalValues:
    return personal_values(night_by_night, district.report.truth)


@pytest.fixture(scope="session")
def scan(values: PersonalValues) -> Scan:
    return Scan(values)
