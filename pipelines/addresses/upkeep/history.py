"""What became of every address code: a function of all versions of the register (`master.address_history`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from pipelines.addresses.upkeep.successors import successors
from pipelines.addresses.upkeep.versions import PLACE, STATE, delivery_dates, is_settled, prepared_versions, spells

NEW: Final = "new"
RENAMED: Final = "renamed"
MOVED: Final = "moved"
GONE: Final = ("stopped", "vanished", "merged_into")
CHANGES: Final = (NEW, RENAMED, MOVED, "stopped", "restarted", "vanished", "merged_into", "split_from")
HISTORY: Final = pl.Schema(
    {
        "address_code": pl.String(),
        "change": pl.String(),
        "valid_from": pl.Date(),
        "valid_to": pl.Date(),
        "level": pl.String(),
        "place_before": pl.String(),
        "place_after": pl.String(),
        "parts_changed": pl.String(),
        "successor_codes": pl.String(),
        "predecessor_codes": pl.String(),
    }
)
_NUMBERED: Final = ("house_number_k", "building_k", "unit_k", "room_k")
_NAMED: Final = ("province_n", "city_n", "district_n", "street_n", "community_n", "road_n", "estate_n")


class RegisterHistory:
    """The register's past, laid out once.

    Attributes:
        events: `master.address_history`, one row per (address_code, valid_from, change), sorted by it.
        spells: what each code was, from one change to the next (`register_versions.spells`).
        links: (address_code, successor, how, on): which codes took over, at the time.
    """

    def __init__(self, events: pl.DataFrame, spells: pl.DataFrame, links: pl.DataFrame) -> None:
        self.events = events
        self.spells = spells
        self.links = links


LINKS: Final = pl.Schema({"address_code": pl.String, "successor": pl.String, "how": pl.String, "on": pl.Date})


def read_history(versions: pl.DataFrame, delivered: Sequence[date] = ()) -> RegisterHistory:
    """The history of the register from all its versions.

    Args:
        versions: `raw.police_addresses` with the versions that are not current.
        delivered: the days on which the delivery log says that the register came: without them a day on which every
            row changed or went is not seen.

    Returns:
        Its events and what they rest on. The first delivery is no event, so that a register that never changed has
        none. `valid_from` is the day of the delivery that first said so, `valid_to` that of the code's next event (null
        for its last). `place_before` and `place_after` are the places in a row, in normal form; `parts_changed` names
        the parts, joined by `,`. Changes: `new`; `renamed` (a name began or ended with it, the numbers stay); `moved`
        (other numbers, or under another name that goes on); `stopped` (停用), `restarted`, `vanished` (no longer
        delivered); `merged_into` for a code that goes over into one to which others go too; `split_from` for a new
        code that is a part of another. `successor_codes` and `predecessor_codes` are joined by `,`, null where there is
        none; several successors mean that the register does not say which.
    """
    dates = delivery_dates(versions, delivered)
    if is_settled(versions, dates):
        return RegisterHistory(HISTORY.to_frame(), pl.DataFrame(), LINKS.to_frame())
    prepared = prepared_versions(versions)
    laid_out = spells(prepared, dates)
    changes = _changes(laid_out, dates[0])
    links = _links(laid_out, changes)
    return RegisterHistory(_events(changes, links), laid_out, links)


def _changes(laid_out: pl.DataFrame, first_day: date) -> pl.DataFrame:
    """Every step of a code from one spell to the next: columns of both, the new one's without suffix."""
    before = [pl.col(name).shift(1).over("address_code").name.suffix("_before") for name in (*STATE[1:], "present")]
    stepped = laid_out.with_columns(
        *before, earlier=pl.col("present").cum_sum().shift(1).over("address_code").fill_null(0) > 0
    )
    return _with_kind(stepped.filter((pl.col("valid_from") > first_day) | pl.col("earlier")), laid_out)


def _life_of(laid_out: pl.DataFrame, name: str) -> pl.DataFrame:
    """First day of each value of a name, and the day after which no code bears it (null while one does)."""
    return laid_out.filter("present").group_by(pl.col(name).alias("value")).agg(
        born=pl.col("valid_from").min(),
        died=pl.when(pl.col("valid_to").is_not_null().all()).then(pl.col("valid_to").max()),
    )  # fmt: skip


def _differs(name: str) -> pl.Expr:
    return pl.col("present") & pl.col("present_before") & pl.col(name).ne_missing(pl.col(f"{name}_before"))


def _with_kind(steps: pl.DataFrame, laid_out: pl.DataFrame) -> pl.DataFrame:
    """Adds `change` (null for a step that is none) and `parts_changed`."""
    moved = pl.any_horizontal(_differs(name) for name in _NUMBERED)
    renamed = pl.any_horizontal(_differs(name) for name in _NAMED)
    for name in _NAMED:
        life = _life_of(laid_out, name)
        steps = steps.join(life.select(pl.col("value").alias(name), born="born"), on=name, how="left")
        steps = steps.join(
            life.select(pl.col("value").alias(f"{name}_before"), died="died"), on=f"{name}_before", how="left"
        )
        day = pl.col("valid_from")
        goes_on = _differs(name) & (pl.col("born") != day) & pl.col("died").ne_missing(day)
        # A name that is only added or taken away (a road for an estate that had none) is a new name of the place.
        goes_on &= (pl.col(name) != "") & (pl.col(f"{name}_before") != "")
        steps = steps.with_columns(**{f"{name}_goes_on": goes_on}).drop("born", "died")
    elsewhere = pl.any_horizontal(pl.col(f"{name}_goes_on") for name in _NAMED)
    parts = pl.concat_list(
        pl.when(_differs(name)).then(pl.lit(name[:-2])) for name in PLACE
    ).list.drop_nulls().list.join(",")  # fmt: skip
    was, now = pl.col("present_before").fill_null(value=False), pl.col("present")
    used, used_before = pl.col("in_use"), pl.col("in_use_before")
    return steps.with_columns(
        change=pl.when(now & ~was & ~pl.col("earlier")).then(pl.lit(NEW))
        .when(now & ~was).then(pl.lit("restarted"))
        .when(~now & was).then(pl.lit("vanished"))
        .when(used_before & ~used).then(pl.lit("stopped"))
        .when(~used_before & used).then(pl.lit("restarted"))
        .when(moved | elsewhere).then(pl.lit(MOVED))
        .when(renamed).then(pl.lit(RENAMED)),
        parts_changed=pl.when(parts != "").then(parts),
    ).filter(pl.col("change").is_not_null()).sort("address_code", "valid_from")  # fmt: skip


def _links(laid_out: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Successors of the codes that went, or got another room number, on each day."""
    ends = changes.filter(pl.col("change").is_in(["stopped", "vanished"]) | _differs("room_k"))
    found = [LINKS.to_frame()]
    for day in ends["valid_from"].unique().sort().to_list():
        gone = ends.filter(pl.col("valid_from") == day)
        went = gone.filter(pl.col("change").is_in(["stopped", "vanished"]))
        # What went is looked up by the place that it had, which a stopped row may tell no longer.
        last = pl.concat([_place_before(went), _place_before(gone.join(went, on="address_code", how="anti"))])
        here = _in_use_on(laid_out, day)
        fresh = here.join(
            changes.filter(pl.col("valid_from") == day).select("address_code"), on="address_code", how="semi"
        )
        taken = successors(last, here, fresh)
        kept = gone.filter(~pl.col("change").is_in(["stopped", "vanished"])).select("address_code")
        # A code that lives on with another number has no successor but what is divided from it.
        divided = taken.filter(pl.col("how") == "divided")
        own = pl.concat(
            [taken.join(kept, on="address_code", how="anti"), divided.join(kept, on="address_code", how="semi")]
        )
        late = went.join(own, on="address_code", how="anti")
        later = _born_after(laid_out, day)
        found += [
            own.with_columns(on=pl.lit(day)),
            successors(_place_before(late), later, later).with_columns(on=pl.lit(day)),
        ]
    return pl.concat(found).unique().sort(LINKS.names())


def _place_before(steps: pl.DataFrame) -> pl.DataFrame:
    return steps.select("address_code", *(pl.col(f"{name}_before").alias(name) for name in STATE[1:]))


def _in_use_on(laid_out: pl.DataFrame, day: date) -> pl.DataFrame:
    within = (pl.col("valid_from") <= day) & (pl.col("valid_to").is_null() | (pl.col("valid_to") > day))
    return laid_out.filter(within & pl.col("present") & pl.col("in_use")).select(STATE)


def _born_after(laid_out: pl.DataFrame, day: date) -> pl.DataFrame:
    now = laid_out.filter(pl.col("valid_to").is_null() & pl.col("present") & pl.col("in_use"))
    born = laid_out.filter("present").group_by("address_code").agg(born=pl.col("valid_from").min())
    return now.join(born.filter(pl.col("born") > day), on="address_code", how="semi").select(STATE)


def _events(changes: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """The served table: what goes over into another with others is merged, a new part of another is split from it."""
    shared = links.with_columns(others=pl.col("address_code").n_unique().over("successor"))
    after = shared.group_by("address_code", "on").agg(
        successor_codes=pl.col("successor").sort().str.join(","),
        joins=((pl.col("others") > 1) | (pl.col("how") == "joined")).all(),
        n=pl.len(),
    )
    before = links.group_by(pl.col("successor").alias("address_code")).agg(
        predecessor_codes=pl.col("address_code").unique().sort().str.join(","),
        is_part=(pl.col("how") == "divided").all(),
    )
    told = changes.join(after, left_on=["address_code", "valid_from"], right_on=["address_code", "on"], how="left")
    told = told.join(before, on="address_code", how="left")
    gone, begins = pl.col("change").is_in(["stopped", "vanished"]), pl.col("change") == NEW
    return told.with_columns(
        change=pl.when(gone & pl.col("joins") & (pl.col("n") == 1)).then(pl.lit("merged_into"))
        .when(begins & pl.col("is_part")).then(pl.lit("split_from"))
        .otherwise("change"),
        predecessor_codes=pl.when(begins).then("predecessor_codes"),
        valid_to=pl.col("valid_from").shift(-1).over("address_code"),
        level=pl.coalesce("level", "level_before"),
        place_before="full_text_before",
        place_after="full_text",
    ).select(HISTORY.names()).cast(HISTORY).sort("address_code", "valid_from", "change")  # fmt: skip
