"""The signals of an open dispute by name, and its reasons in words."""

from __future__ import annotations

from typing import Final

import polars as pl

SENTENCES: Final = {
    "long_open": (
        "已受理{}天，超过同类四分之三的案件",
        "open for {} days, longer than three quarters of its kind",
        "days_open",
    ),
    "earlier_failures": ("近一年此处{}件调解不成功", "mediations that failed there in a year: {}", "earlier_failures"),
    "earlier_disputes": ("近一年此处另有{}件纠纷", "other disputes there in a year: {}", "earlier_disputes"),
    "quarrels_here": (
        "近60天本楼{}起争吵警情",
        "quarrels with police at the building in 60 days: {}",
        "quarrels_here",
    ),
    "quarrels_in_estate": (
        "近60天小区另有{}起争吵警情",
        "quarrels with police elsewhere in the estate in 60 days: {}",
        "quarrels_in_estate",
    ),
    "fees_and_noise": (
        "近60天此处{}件物业费或噪音工单",
        "work orders about fees or noise there in 60 days: {}",
        "fees_and_noise",
    ),
    "slow_response": (
        "部门响应{}分钟，偏慢",
        "the department answered after {} minutes, slower than usual",
        "response_minutes",
    ),
    "from_police": ("由警情移交", "handed over by the police", None),
}
"""Signal -> Chinese, English, and the column behind `{}`."""

BY_SIGNALS: Final = (None, None)
BY_RATE: Final = ("信号未能优于同类基准，按同类比率", "signals do not beat the rate of its kind, which is used")
UNTRIED: Final = (
    "已结案件不足以检验信号，按同类比率",
    "too few closed cases to test signals: the rate of its kind is used",
)
UNKNOWN: Final = ("无已结案件可比，风险未知", "no closed case to compare with: the risk is not known")


def with_reasons(rows: pl.DataFrame, closing: tuple[str | None, str | None]) -> pl.DataFrame:
    """Add `signals` (list of those present), `reasons_zh` and `reasons_en`.

    Args:
        rows: open disputes with signals, and `rate` (null when nothing was learnt).
        closing: a last sentence in both languages, None for none.
    """
    return rows.with_columns(
        signals=pl.concat_list(pl.when(pl.col(name) > 0).then(pl.lit(name)) for name in SENTENCES).list.drop_nulls(),
        reasons_zh=_joined(0, "；", "同类纠纷升级比率{}%", closing[0]),
        reasons_en=_joined(1, "; ", "{} % of its kind escalate", closing[1]),
    )


def _joined(language: int, mark: str, kind: str, closing: str | None) -> pl.Expr:
    rate = pl.when(pl.col("rate").is_not_null()).then(pl.format(kind, (pl.col("rate") * 100).round(0).cast(pl.Int64)))
    said = [
        pl.when(pl.col(name) > 0).then(_sentence(told[language], told[2])) for name, told in SENTENCES.items()
    ]  # fmt: skip
    return pl.concat_str(*said, rate, pl.lit(closing, pl.String), separator=mark, ignore_nulls=True)


def _sentence(text: str | None, column: str | None) -> pl.Expr:
    return pl.lit(text) if column is None else pl.format(str(text), pl.col(column).cast(pl.Int64))
