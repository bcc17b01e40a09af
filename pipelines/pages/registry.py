"""The pages of the site: those of the navigation, in its order, and the families that they lead to."""

from __future__ import annotations

from pipelines.pages.backtest.page import BACKTEST
from pipelines.pages.freshness.page import FRESHNESS
from pipelines.pages.indicators.page import INDICATORS
from pipelines.pages.indicators.sheet import SHEETS
from pipelines.pages.map.page import MAP
from pipelines.pages.overview.page import OVERVIEW
from pipelines.pages.page import Family, Page
from pipelines.pages.places.page import PLACES
from pipelines.pages.scorecard.page import SCORECARD

PAGES: tuple[Page, ...] = (
    OVERVIEW,
    INDICATORS,
    MAP,
    PLACES,
    BACKTEST,
    FRESHNESS,
    SCORECARD,
)

FAMILIES: tuple[Family, ...] = (SHEETS,)
