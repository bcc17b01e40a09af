"""The scores of all models of one class as a table set by great_tables, in both languages and without outside fonts."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from markupsafe import Markup, escape

from pipelines.pages.backtest.results import ClassResult, ModelResult, Score
from pipelines.pages.numbers import share
from pipelines.pages.text import Text

DASH = "–"
MEASURES: Sequence[tuple[str, Text]] = (
    ("pai", Text("PAI", "PAI")),
    ("pei", Text("PEI", "PEI")),
    ("gain", Text("比计数", "over counts")),
    ("calibration", Text("校准", "calibration")),
    ("jaccard", Text("清单稳定", "stability")),
    ("log_score", Text("对数得分", "log score")),
)


def score_table(kind: ClassResult, name: str) -> Markup:
    """Set hit rates at each share of the area, and all other measures at 5 %, one row a model; `name` is its id.

    The importing of great_tables takes a second, so it is left to the moment when a table is set.
    """
    from great_tables import GT, html

    areas = sorted({score.area_share for model in kind.models for score in model.scores})
    rows = [_row(model, areas) for model in kind.models]
    titles = {name: html(_markup(title)) for name, title in MEASURES}
    over, beside = (
        Text("命中率，占面积", "Hit rate at a share of the area of"),
        Text("在 5% 的面积上", "At 5 % of the area"),
    )
    hits = {f"hit_{index}": html(f"{area * 100:g}%") for index, area in enumerate(areas)}
    table = (
        GT(pl.DataFrame(rows), rowname_col="model", id=name)
        .fmt(lambda model: model, columns="model")
        .tab_stubhead(html(_markup(Text("模型", "Model"))))
        .tab_spanner(label=html(_markup(over)), columns=list(hits), id="hits")
        .tab_spanner(label=html(_markup(beside)), columns=list(titles), id="others")
        .cols_label(cases={**hits, **titles})
        .cols_align("right", columns=[*hits, *titles])
        .tab_options(table_font_names="inherit", table_font_size="14px", table_width="100%")
    )
    return _captioned(table.as_raw_html(), Text("各模型的得分", "Scores of all models"))


def _captioned(table: str, caption: Text) -> Markup:
    """Put a caption for screen readers into the table, for which great_tables has no place."""
    before, opening, rest = table.partition("<table")
    attributes, _, after = rest.partition(">")
    told = f'{before}{opening}{attributes}><caption class="unseen">{_markup(caption)}</caption>{after}'
    return Markup(told)  # noqa: S704 - great_tables escapes cells; names are escaped by `Text`


def _row(model: ModelResult, areas: Sequence[float]) -> dict[str, str]:
    at = {score.area_share: score for score in model.scores}
    hits = {f"hit_{index}": share(at[area].hit_rate) if area in at else DASH for index, area in enumerate(areas)}
    name = _markup(model.title)
    if model.published:
        name = f"<b>{name}</b> {_markup(Text('（地图所用）', '(on the map)'))}"
    return {"model": name, **hits, **_measures(model.decisive)}


def _measures(score: Score | None) -> dict[str, str]:
    if score is None:
        return {name: DASH for name, _ in MEASURES}
    return {
        "pai": _plain(score.pai, 1),
        "pei": _plain(score.pei, 2),
        "gain": DASH if score.gain is None else f"{score.gain * 100:+.1f}%",
        "calibration": _plain(score.calibration, 2),
        "jaccard": _plain(score.jaccard, 2),
        "log_score": _plain(score.log_score, 4),
    }


def _plain(value: float | None, digits: int) -> str:
    return DASH if value is None else f"{value:.{digits}f}"


def _markup(text: Text) -> str:
    return str(escape(text))
