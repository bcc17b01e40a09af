"""What the address register itself should mend."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.quality.findings.candidate import as_candidates
from pipelines.quality.findings.night import Night

_FEED: Final = "police_addresses"
_ZH: Final = {
    "missing_room": "缺户室",
    "missing_unit": "缺单元",
    "missing_building": "缺楼栋",
    "duplicate_door": "同一门户有多个在用编码",
    "row_without_code": "缺地址编码",
    "row_without_site": "缺小区与门牌",
    "stopped_in_use": "已停用但仍有人登记",
    "duplicate_estate": "同一区内小区重名",
}


def find_register_gaps(night: Night) -> pl.DataFrame:
    """Hand the register's own findings to its keeper, each at the row that it concerns.

    A place in which a door lacks is the row of the estate or building. Gaps in a numbering alone are no finding: there
    need not be a room 404.
    """
    findings = night.rows("master.register_finding")
    if findings is None:
        return as_candidates(pl.DataFrame(schema={"feed": pl.String}))
    told = findings.filter(pl.col("kind").is_in(list(_ZH)) & pl.col("address_code").is_not_null()).collect()
    support, departments = pl.col("support_records").fill_null(0), pl.col("support_departments").fill_null(0)
    merged = told.sort("finding_id").with_columns(
        one_zh=pl.when(support > 0)
        .then(pl.format("{}：{}（{}条记录、{}个部门）", _kind(), _what(), support, departments))
        .otherwise(pl.format("{}：{}", _kind(), _what())),
        one_en=pl.when(support > 0)
        .then(pl.format("{} ({} records, {} departments)", "proposal_en", support, departments))
        .otherwise("proposal_en"),
    )  # fmt: skip
    rows = merged.group_by("kind", record_key="address_code", maintain_order=True).agg(
        evidence_zh=pl.col("one_zh").head(_MOST_TOLD).str.join("；"),
        evidence_en=pl.col("one_en").head(_MOST_TOLD).str.join("; "),
        departments=pl.col("support_departments").max(),
        persons=pl.col("support_persons").sum(),
    )
    return as_candidates(
        rows.with_columns(
            feed=pl.lit(_FEED),
            problem=pl.concat_str(pl.lit("register_"), "kind"),
            case=pl.when(pl.col("departments") >= 2).then(pl.lit("two_departments")).otherwise(pl.lit("register")),
        )
    )


_MOST_TOLD: Final = 10


def _kind() -> pl.Expr:
    return pl.col("kind").replace_strict(_ZH)


def _what() -> pl.Expr:
    return pl.concat_str(pl.col("place").fill_null(""), pl.col("detail").fill_null(""))
