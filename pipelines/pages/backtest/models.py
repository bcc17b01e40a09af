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
    "rolling_origins": Text("逐次测试", "rolling origins"),
    "building_points": Text("楼栋打分", "points of buildings"),
    "fire_points": Text("火情：打分", "fire: points"),
    "fire_counts": Text("火情：过去计数", "fire: past counts"),
    "fire_shrunk_counts": Text("火情：计数收缩", "fire: shrunken counts"),
    "blocked_passage_points": Text("堵通道：打分", "blocked passages: points"),
    "blocked_passage_counts": Text("堵通道：过去计数", "blocked passages: past counts"),
    "blocked_passage_shrunk_counts": Text("堵通道：计数收缩", "blocked passages: shrunken counts"),
    "smoke_alarm_points": Text("烟感报警：打分", "smoke alarms: points"),
    "smoke_alarm_counts": Text("烟感报警：过去计数", "smoke alarms: past counts"),
    "smoke_alarm_shrunk_counts": Text("烟感报警：计数收缩", "smoke alarms: shrunken counts"),
    "lane_alarm_points": Text("通道报警：打分", "fire-lane alarms: points"),
    "lane_alarm_counts": Text("通道报警：过去计数", "fire-lane alarms: past counts"),
    "lane_alarm_shrunk_counts": Text("通道报警：计数收缩", "fire-lane alarms: shrunken counts"),
    "signals": Text("先兆", "lead signals"),
    "kind_rate": Text("同类比率", "rate of its kind"),
    "estate_pressure": Text("压力指数", "index of pressure"),
    "index": Text("指数", "index"),
    "red_light": Text("红灯", "red light"),
}
MEASURES = {
    "hit_rate_top_10": Text("排在前一成的楼栋占之后事件的比例", "share of later events in the first tenth"),
    "gain_over_counts": Text("比过去计数多命中", "more hits than past counts"),
    "precision_top_10": Text("排在前一成的有几成真的发生", "share that came true in the first tenth"),
    "auc": Text("排序准确（AUC，0.5 是乱猜）", "order (AUC, 0.5 is guessing)"),
    "brier": Text("概率误差（Brier，越小越好）", "error of probabilities (Brier, less is better)"),
    "brier_gain": Text("概率误差减少", "less error of probabilities"),
    "calibration": Text("预计 ÷ 发生", "foretold over happened"),
    "escalation_rate": Text("真实升级率", "share that did escalate"),
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


def measure_title(measure: str | None) -> Text:
    """Return the name of a measure."""
    return MEASURES.get(measure or "", same(measure or "–"))


def mart_title(mart: str | None) -> Text:
    """Return the name of a mart."""
    return MARTS.get(mart or "", same(mart or "–"))
