"""How texts of former days still find their place: names that changed, doors that changed, codes that went.

All of it follows from the register's own versions, so it needs no proposal and no steward.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl

from pipelines.addresses.register.index import LEARNED
from pipelines.addresses.register.rows import PARTS
from pipelines.addresses.upkeep.history import RegisterHistory
from pipelines.addresses.upkeep.versions import STATE

SIGN: Final = "\u0001"  # begins the code of a former door; no code of a register begins so
_SHARE: Final = 0.1  # a name went where at least this share of its addresses went; fewer are corrections
_DOOR: Final = [
    "district_n", "street_n", "community_n", "road_n", "house_number_k", "estate_n", "building_k", "unit_k", "room_k",
]  # fmt: skip
_NUMBERS: Final = ["house_number_k", "building_k", "unit_k", "room_k"]
REUSED: Final = pl.Schema({"address_code": pl.String, "heir": pl.String, "since": pl.Date})


@dataclass(frozen=True)
class Former:
    """What the past adds to the register.

    Attributes:
        names: former names of estates and roads that no address bears any more, in the columns of `LEARNED`.
        doors: former doors as rows of the feed `police/addresses`, each with a code of its own that begins with `SIGN`.
        heirs: (address_code, heir): for the code of a former door, and for a code that is out of use, each code that
            has its place now; several where the register does not say which.
        reused: (address_code, heir, since): a code that took over the door of another on that day, while the other went
            on elsewhere as `heir`, as where the buildings of an estate are numbered anew. A text that is older means
            the heir.
    """

    names: pl.DataFrame
    doors: pl.DataFrame
    heirs: pl.DataFrame
    reused: pl.DataFrame


def former_addresses(history: RegisterHistory) -> Former:
    """What is known of the register's past, as of its last delivery."""
    laid_out = history.spells
    if laid_out.is_empty():
        return Former(LEARNED.to_frame(), pl.DataFrame(), _heir_frame([]), REUSED.to_frame())
    now = laid_out.filter(pl.col("valid_to").is_null() & pl.col("present") & pl.col("in_use")).select(STATE)
    heirs = _heirs(history, now)
    past = laid_out.filter(pl.col("valid_to").is_not_null() & pl.col("present") & pl.col("in_use"))
    reused = _reused(laid_out, past, heirs)
    past = past.select(*STATE, "valid_from").join(now, on=_DOOR, how="anti", nulls_equal=True)
    led = past.join(heirs, on="address_code").join(
        now.select(heir="address_code", **{f"{name}_now": name for name in (*_DOOR,)}), on="heir"
    )
    names = _names(led, now)
    doors, door_heirs = _doors(led, names)
    out_of_use = heirs.join(now, on="address_code", how="anti")
    return Former(names, doors, pl.concat([out_of_use, door_heirs]).unique().sort("address_code", "heir"), reused)


def _reused(laid_out: pl.DataFrame, past: pl.DataFrame, heirs: pl.DataFrame) -> pl.DataFrame:
    """Doors that went from one code straight to another, while what had been there went on elsewhere."""
    used = laid_out.filter(pl.col("present") & pl.col("in_use")).sort("address_code", "valid_from")
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1).over("address_code")) for name in _DOOR)
    after = pl.col("valid_from") == pl.col("valid_to").shift(1).over("address_code")
    begun = used.with_columns(
        since=pl.when(~(same & after).fill_null(value=False)).then("valid_from").forward_fill().over("address_code")
    )
    holders = begun.filter(pl.col("valid_to").is_null()).select(*_DOOR, holder="address_code", since="since")
    taken = past.join(holders, left_on=[*_DOOR, "valid_to"], right_on=[*_DOOR, "since"], nulls_equal=True)
    led = taken.filter(pl.col("address_code") != pl.col("holder")).join(heirs, on="address_code")
    return (
        led.filter(pl.col("heir") != pl.col("holder"))
        .select(address_code="holder", heir="heir", since="valid_to")
        .unique()
        .sort(REUSED.names())
    )


def _heirs(history: RegisterHistory, now: pl.DataFrame) -> pl.DataFrame:
    """For every code ever: the codes in use now that its place went to; itself where it is in use and undivided."""
    steps: dict[str, set[str]] = {}
    for code, successor in history.links.select("address_code", "successor").iter_rows():
        steps.setdefault(code, set()).add(successor)
    used = set(now["address_code"].to_list())
    found = [(code, heir) for code in sorted(steps) for heir in sorted(_reach(code, steps, used))]
    alive = sorted(used - steps.keys())
    return _heir_frame([*found, *((code, code) for code in alive)])


def _reach(code: str, steps: dict[str, set[str]], used: set[str]) -> set[str]:
    reached, waiting, seen = set(), [code], {code}
    while waiting:
        at = waiting.pop()
        if at in used and (at != code or at in steps.get(code, ())):
            reached.add(at)
        for successor in steps.get(at, ()):
            if successor not in seen:
                seen.add(successor)
                waiting.append(successor)
    return reached


def _heir_frame(pairs: Iterable[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(list(pairs), schema={"address_code": pl.String, "heir": pl.String}, orient="row")


def _names(led: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Names that no address bears any more, each with what most of its addresses are called now."""
    found = [LEARNED.to_frame()]
    for kind, name in (("estate", "estate_n"), ("road", "road_n")):
        changed = led.filter((pl.col(name) != "") & (pl.col(f"{name}_now") != "") & (pl.col("level") != "none"))
        gone = changed.join(now.select(name).unique(), on=name, how="anti")
        place = ["district_n", "street_n", "community_n", name] if kind == "estate" else [name]
        places = [f"{part}_now" for part in place]
        counted = gone.group_by(name, *places).agg(size=pl.len(), code=pl.col("heir").min())
        large = counted.filter(pl.col("size") >= _SHARE * pl.col("size").sum().over(name))
        told = large.select(
            kind=pl.lit(kind),
            written=name,
            estate_code=pl.col("code") if kind == "estate" else pl.lit(None, pl.String),
            road=pl.col(f"{name}_now") if kind == "road" else pl.lit(None, pl.String),
        )
        found.append(told)
    return pl.concat(found).unique().sort(LEARNED.names(), nulls_last=True)


def _doors(led: pl.DataFrame, names: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Former doors that a former name alone does not lead to the present one, and their heirs."""
    known = {kind: set(names.filter(pl.col("kind") == kind)["written"].to_list()) for kind in ("estate", "road")}
    same_numbers = pl.all_horizontal(pl.col(name) == pl.col(f"{name}_now") for name in _NUMBERS)
    by_name = pl.all_horizontal(
        (pl.col(f"{kind}_n") == pl.col(f"{kind}_n_now")) | pl.col(f"{kind}_n").is_in(sorted(written))
        for kind, written in known.items()
    )
    alone = pl.len().over("address_code", "valid_from") == 1
    other = led.filter(~(alone & same_numbers & by_name))
    coded = other.with_columns(door=pl.lit(SIGN) + pl.concat_str("address_code", pl.col("valid_from").cast(pl.String)))
    rows = coded.unique("door").sort("door").select(
        pl.col("door").alias("address_code"), *PARTS, "floor", "lon", "lat",
        aliases=pl.lit(None, pl.String), status=pl.lit("停用"),
    )  # fmt: skip
    return rows, coded.select(address_code="door", heir="heir")
