"""The backtest as a page: which marts it reads, and what its template is given."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.pages.backtest import charts, schemas
from pipelines.pages.backtest.registered import evaluations_of, registered_of
from pipelines.pages.backtest.results import Results, class_names, results_of
from pipelines.pages.backtest.score_table import score_table
from pipelines.pages.marts import Marts, Missing
from pipelines.pages.page import Page
from pipelines.pages.text import Text


def backtest_view(marts: Marts) -> Mapping[str, object]:
    """Return the view of every section; `Missing` for one whose mart is absent, `None` for one without rows."""
    register = marts.read("marts.model_register", schemas.REGISTER)
    evaluation = marts.read("marts.risk_evaluation", schemas.EVALUATION)
    return {
        "results": _results(marts),
        "register": register if isinstance(register, Missing) else registered_of(register),
        "evaluations": evaluation if isinstance(evaluation, Missing) else evaluations_of(evaluation),
        "charts": charts,
        "score_table": score_table,
    }


BACKTEST = Page(
    name="backtest", title=Text("预测回测", "Backtest of forecasts"), template="backtest.html.j2", view=backtest_view
)


def _results(marts: Marts) -> Results | Missing | None:
    rows = marts.read("marts.backtest", schemas.BACKTEST)
    if isinstance(rows, Missing):
        return rows
    named = marts.read("marts.risk_place_forecast", schemas.CLASS_NAMES, where=pl.col("place_kind") == "cell")
    return results_of(rows, {} if isinstance(named, Missing) else class_names(named))
