"""Names of models and measures for people; one without a name here is shown by its key."""

from __future__ import annotations

from pipelines.pages.text import Text, same

COUNTS = "counts"

MODELS = {
    COUNTS: Text("过去计数", "past counts"),
    "long_counts": Text("长历史计数", "counts of a longer past"),
    "gamma_poisson": Text("计数收缩", "shrunken counts"),
    "ewma": Text("近重远轻", "recent weeks weigh more"),
    "kde": Text("平滑图", "smoothed map"),
    "near_repeat": Text("邻近重复", "near repeats"),
    "lightgbm": Text("决策树", "boosted trees"),
}
MARTS = {
    "marts.risk_place_forecast": Text("地点预测", "forecast of places"),
    "marts.backtest": Text("回测", "backtest"),
    "marts.risk_building": Text("楼栋风险", "risk of buildings"),
    "marts.dispute_escalation": Text("纠纷升级", "escalation of disputes"),
    "marts.estate_pressure": Text("小区压力", "pressure on estates"),
    "marts.stale_area": Text("不知道的地方", "places not known"),
    "marts.attention_household": Text("需要帮助的家庭", "households in need of help"),
}


def model_title(model: str | None) -> Text:
    """Return the name of a model."""
    return MODELS.get(model or "", same(model or "–"))


def mart_title(mart: str | None) -> Text:
    """Return the name of a mart."""
    return MARTS.get(mart or "", same(mart or "–"))
