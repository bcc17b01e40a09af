"""The pages of the site, in the order of their navigation."""

from __future__ import annotations

from pipelines.pages.page import Page
from pipelines.pages.scorecard.page import SCORECARD

PAGES: tuple[Page, ...] = (SCORECARD,)
