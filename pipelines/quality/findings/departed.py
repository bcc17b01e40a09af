"""People who are dead or gone by the police register and stand in another list as if they were here."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.quality.findings.candidate import as_candidates
from pipelines.quality.findings.night import Night

_DEAD: Final = "死亡"
_AWAY: Final = ("迁出", "注销")
_LISTS: Final = ("civil_affairs_benefits", "civil_affairs_elderly", "property_occupants")


def find_departed(night: Night) -> pl.DataFrame:
    """Find current rows about persons of whom every police row says that they died, or moved away.

    The word is always "please verify": a wrong death in one register must not become one in all. An owner who moved
    away still owns, and a move that a row is younger than may be a return.
    """
    police = night.witnesses.filter((pl.col("feed") == "police_residents") & pl.col("status").is_not_null())
    gone = police.group_by("person_id").agg(
        dead=(pl.col("status") == _DEAD).all(),
        away=pl.col("status").is_in([_DEAD, *_AWAY]).all(),
        gone_on=pl.col("observed_on").max(),
        numbers=pl.col("id_number").filter(pl.col("id_kind") == "valid").unique(),
        police_name=pl.col("name").drop_nulls().first(),
        police_birth=pl.col("birth_date").drop_nulls().first(),
        sure=pl.col("probability").min(),
    )
    listed = night.witnesses.filter(pl.col("feed").is_in(_LISTS) & (pl.col("person_role") == "self"))
    rows = listed.join(gone.filter("away"), on="person_id", how="inner", maintain_order="left")
    rows = _running(rows, night)
    same_number = (pl.col("id_kind") == "valid") & pl.col("numbers").list.contains(pl.col("id_number"))
    same_birth = (pl.col("birth_date") == pl.col("police_birth")) & (pl.col("name") == pl.col("police_name"))
    dead = pl.col("dead")
    return as_candidates(
        rows.filter(pl.col("name").is_not_null()).with_columns(
            problem=pl.when(dead).then(pl.lit("deceased_still_listed")).otherwise(pl.lit("departed_still_listed")),
            case=pl.when(same_number.fill_null(value=False))
            .then(pl.lit("same_number"))
            .when(same_birth.fill_null(value=False))
            .then(pl.lit("same_name_and_birth"))
            .otherwise(pl.lit("linked")),
            certainty=pl.col("probability") * pl.col("sure"),
            evidence_zh=pl.format(
                "公安登记此人{}（{}更新），本表仍在册，请核实",
                pl.when(dead).then(pl.lit("已死亡")).otherwise(pl.lit("已迁出或注销")),
                pl.col("gone_on").dt.strftime("%Y-%m-%d"),
            ),
            evidence_en=pl.format(
                "The police register says that the person {} (row of {}); still on this list, please verify",
                pl.when(dead).then(pl.lit("died")).otherwise(pl.lit("left or was struck off")),
                pl.col("gone_on").dt.strftime("%Y-%m-%d"),
            ),
        )
    )  # fmt: skip


def _running(rows: pl.DataFrame, night: Night) -> pl.DataFrame:
    """Rows that say that the person is here: payment not stopped, not moved out, an owner only where he died."""
    rows = rows.filter(pl.col("until_on").is_null())
    for feed, over in (
        ("civil_affairs_benefits", pl.col("stopped_on").is_not_null()),
        ("property_occupants", pl.col("role") == "业主"),
    ):
        table = night.current(feed)
        if table is not None:
            ended = table.filter(over).select("record_key", feed=pl.lit(feed)).unique().collect()
            kept = rows.join(ended, on=["feed", "record_key"], how="anti", maintain_order="left")
            rows = kept if feed == "civil_affairs_benefits" else pl.concat([kept, _dead_owners(rows, ended)])
    return rows


def _dead_owners(rows: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    return rows.filter("dead").join(owners, on=["feed", "record_key"], how="semi", maintain_order="left")
