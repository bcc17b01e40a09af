"""Rows that were refused at the door and have not come again in a better form."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.quality.findings.night import Night
from pipelines.quality.findings.problems import problem_table

_NAMED: Final = r"^([a-z][a-z0-9_]*) is (?:no|empty|outside)"
_SCHEMA: Final[dict[str, pl.DataType]] = {
    **dict.fromkeys(("feed", "file", "file_sha256"), pl.String()),
    "row_number": pl.Int64(),
    "delivered_on": pl.Date(),
    **dict.fromkeys(("row_as_delivered", "column", "problem", "case"), pl.String()),
    "certainty": pl.Float64(),
    **dict.fromkeys(("evidence_zh", "evidence_en"), pl.String()),
}
_WORDS_ZH: Final = {
    "key_conflict": "文件中另有一行主键相同、内容不同且更新较晚",
    "missing_key": "主键或全部识别列为空",
    "required_missing": "必填列为空",
    "bad_value": "必填列无法按约定类型识读",
    "code_unknown": "值不在约定代码之内",
    "ragged_row": "单元格数与表头不一致",
    "undecodable": "含无法解码的字符",
    "row_too_long": "行长超过上限",
}


def find_refused_rows(night: Night) -> pl.DataFrame:
    """Find all quarantined rows: `file_sha256, row_number` and the rest of a finding.

    Which of them still stand is the ledger's to say: a later delivery may have brought the row anew, or left it out.
    """
    refused, deliveries = night.rows("raw.quarantine"), night.rows("ops.delivery")
    if refused is None or deliveries is None:
        return pl.DataFrame(schema=_SCHEMA)
    loaded = deliveries.filter(pl.col("status") == "loaded").select(
        "department", "feed", "delivered_on", file_sha256="sha256"
    )
    rows = refused.join(
        loaded.unique(["department", "feed", "file_sha256"]), on=["department", "feed", "file_sha256"], how="inner"
    ).collect()
    rows = rows.sort("file_sha256", "row_number", "reason_code", "file").unique(
        ["file_sha256", "row_number"], keep="first", maintain_order=True
    )
    code = pl.concat_str(pl.lit("row_"), "reason_code")
    known = problem_table()["problem"].to_list()
    named = pl.col("reason").str.extract(_NAMED, 1)
    return rows.select(
        feed=pl.concat_str("department", "feed", separator="_"),
        file="file",
        file_sha256="file_sha256",
        row_number="row_number",
        delivered_on="delivered_on",
        row_as_delivered="payload",
        column=named,
        problem=pl.when(code.is_in(known)).then(code).otherwise(pl.lit("row_refused")),
        case=pl.lit("refused"),
        certainty=pl.lit(1.0),
        evidence_zh=pl.col("reason_code").replace_strict(_WORDS_ZH, default="不合约定"),
        evidence_en="reason",
    )
