"""All that pages of indicators read, gathered once: catalogue, readings, sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pipelines.pages.indicators import schemas
from pipelines.pages.indicators.catalogue import Indicator, named_only, read_catalogue
from pipelines.pages.indicators.readings import Reading, read_readings
from pipelines.pages.indicators.sources import Sources, sources_of
from pipelines.pages.marts import Marts, Missing


@dataclass(frozen=True)
class Gathered:
    """What is known of the indicators of one snapshot.

    Attributes:
        catalogue: every indicator, by theme.
        readings: one per indicator and area; or what is missing.
        sources: when feeds came; empty where the log of deliveries is missing.
    """

    catalogue: tuple[Indicator, ...] | Missing
    readings: tuple[Reading, ...] | Missing
    sources: Sources

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """The catalogue; empty where it is missing."""
        return () if isinstance(self.catalogue, Missing) else self.catalogue

    @property
    def told(self) -> tuple[Reading, ...]:
        """The readings; none where they are missing."""
        return () if isinstance(self.readings, Missing) else self.readings

    @property
    def as_of(self) -> date | None:
        """The newest day of any delivery."""
        return self.sources.as_of


@lru_cache(maxsize=1)
def gather(marts: Marts) -> Gathered:
    """Read the marts of the indicators; once for all pages of one snapshot that are drawn in a row."""
    deliveries = marts.read("ops.delivery", schemas.DELIVERY)
    sources = Sources(None, {}) if isinstance(deliveries, Missing) else sources_of(deliveries)
    kpi = marts.read("marts.kpi_monthly", schemas.KPI)
    catalogue = read_catalogue(marts)
    if isinstance(kpi, Missing):
        return Gathered(catalogue, kpi, sources)
    known = catalogue if not isinstance(catalogue, Missing) else named_only(kpi, marts.told)
    return Gathered(known, read_readings(kpi, known, sources.as_of, sources.stale(known)), sources)
