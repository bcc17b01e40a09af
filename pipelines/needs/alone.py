"""Which elderly people live alone, weighed from all lists: the flag of one list is one voice among them."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from pipelines.needs.housemates import housemates, on_the_list

NO_STRANGER: Final = 0.9
"""That nobody lives there whom no list names: registers leave out up to a tenth of the residents."""

ALONE_WHERE_ROOM_UNKNOWN: Final = 0.4
"""Of somebody whose room nobody could read and who has no kin in any list of the place. A minority of elderly people
live alone; of those without kin beside them it is more."""

SIGNS: Final = {
    "flag_alone": 3.0,
    "flag_alone_old": 2.0,
    "flag_with_children": -2.6,
    "flag_with_children_old": -1.8,
    "flag_empty_nest": -0.7,
    "flag_institution": -2.5,
    "benefit_for_one": 1.0,
    "benefit_for_several": -1.0,
    "hukou_of_one": 0.3,
    "lease_for_several": -1.5,
    "spouse_of_unknown_home": -1.0,
    "kin_in_estate": -2.5,
    "others_on_roll": -1.0,
}
"""What each sign adds to the log-odds: judgements. 独居 and 与子女同住 are what a visitor saw: twenty to one, one to
fourteen; less if it was more than a year ago. 空巢 says that no child lives there, a spouse may. 机构养老 says that the
person has moved into a home for the aged; the police often do not hear of it."""

FLAGS: Final = {
    "独居": "flag_alone",
    "与子女同住": "flag_with_children",
    "空巢": "flag_empty_nest",
    "机构养老": "flag_institution",
}
FRESH_DAYS: Final = 366
AGEING_FLAGS: Final = ("flag_alone", "flag_with_children")


def living_alone(
    elderly: pl.DataFrame,
    residents: pl.DataFrame,
    witnesses: pl.DataFrame,
    couples: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """Judge every elderly resident.

    Args:
        elderly: the residents to judge, rows of ``residents``.
        residents: everyone with a residence, ``person_id, household_id, place, is_room, estate, name, sex, birth_date,
            presence``.
        witnesses: rows of ``witnesses.WITNESS_SCHEMA``.
        couples: ``person_id, spouse_id, spouse_place`` of standing certificates; null where nobody knows where the
            spouse lives, or whether.
        as_of: the day of the newest delivery.

    Returns:
        ``person_id, confidence`` (0..1, that the person lives there and nobody else does; summed in one order, so that
        no order of rows moves it) and ``signs`` (codes of ``SIGNS``, with ``only_resident`` or
        ``doubtful_housemates``), sorted by person.
    """
    mates = housemates(elderly, residents, couples, on_the_list(witnesses))
    empty = mates.group_by("person_id").agg(empty=(1.0 - pl.col("presence")).log().sort().sum().exp())
    known = elderly.select("person_id", "is_room", "presence").join(empty, on="person_id", how="left")
    alone = pl.when("is_room").then(NO_STRANGER).otherwise(ALONE_WHERE_ROOM_UNKNOWN)
    share = alone * pl.col("empty").fill_null(1.0) * pl.col("presence")
    base = known.select(
        "person_id",
        odds=(share / (1.0 - share)).log(),
        first=pl.when(pl.col("empty").is_null()).then(pl.lit("only_resident")).otherwise(pl.lit("doubtful_housemates")),
    )
    weights = pl.col("sign").replace_strict(SIGNS, return_dtype=pl.Float64)
    signs = (
        _signs(elderly, residents, witnesses, couples, as_of)
        .group_by("person_id")
        .agg(weight=weights.sort().sum(), told=pl.col("sign").sort())
    )
    odds = (pl.col("odds") + pl.col("weight").fill_null(0.0)).exp()
    return (
        base.join(signs, on="person_id", how="left")
        .select(
            "person_id",
            confidence=(odds / (1.0 + odds)).round(4),
            signs=pl.concat_list(pl.col("first"), pl.col("told").fill_null([])),
        )
        .sort("person_id")
    )


def _signs(
    elderly: pl.DataFrame, residents: pl.DataFrame, witnesses: pl.DataFrame, couples: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    own = witnesses.join(elderly.select("person_id", "place", "is_room", "estate"), on="person_id")
    found = [
        _flags(own, as_of),
        _counted(own),
        _registered(own, witnesses, residents),
        _spouses(elderly, couples),
        _others(elderly, witnesses, residents),
    ]
    return pl.concat(found).unique()


def _flags(own: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The way of living that the newest visit found."""
    listed = own.filter((pl.col("kind") == "elderly") & pl.col("living").is_in(list(FLAGS)))
    newest = listed.sort("person_id", "seen_on", "living", descending=[False, True, False], nulls_last=True).unique(
        "person_id", keep="first", maintain_order=True
    )
    flag = pl.col("living").replace_strict(FLAGS, return_dtype=pl.String)
    fresh = ((pl.lit(as_of) - pl.col("seen_on")).dt.total_days() <= FRESH_DAYS).fill_null(value=False)
    aged = pl.when(flag.is_in(AGEING_FLAGS) & ~fresh).then(flag + "_old").otherwise(flag)
    return newest.select("person_id", sign=aged)


def _counted(own: pl.DataFrame) -> pl.DataFrame:
    """Heads that a benefit or a lease of the same dwelling counts."""
    benefit = own.filter((pl.col("kind") == "benefit") & pl.col("people").is_not_null())
    one = pl.col("people").max() <= 1
    benefits = benefit.group_by("person_id").agg(
        sign=pl.when(one).then(pl.lit("benefit_for_one")).otherwise(pl.lit("benefit_for_several"))
    )
    lease = own.filter(
        (pl.col("kind") == "lease") & (pl.col("people") > 1) & (pl.col("dwelling") == pl.col("place"))
    ).select("person_id", sign=pl.lit("lease_for_several"))
    return pl.concat([benefits, lease.unique()])


def _registered(own: pl.DataFrame, witnesses: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    """A registered household of one; and, where no room is known, kin of the same household in the same estate."""
    heads = witnesses.drop_nulls("hukou_no").group_by("hukou_no").agg(size=pl.col("person_id").n_unique())
    mine = own.drop_nulls("hukou_no").select("person_id", "hukou_no", "is_room", "estate").unique()
    single = mine.join(heads, on="hukou_no").filter(pl.col("size") == 1)
    kin = witnesses.drop_nulls("hukou_no").select("hukou_no", kin_id="person_id").unique()
    near = (
        mine.filter(~pl.col("is_room"))
        .join(kin, on="hukou_no")
        .filter(pl.col("kin_id") != pl.col("person_id"))
        .join(residents.select("estate", kin_id="person_id"), on=["kin_id", "estate"])
    )
    return pl.concat(
        [
            single.select("person_id", sign=pl.lit("hukou_of_one")),
            near.select("person_id", sign=pl.lit("kin_in_estate")),
        ]
    ).unique()


def _spouses(elderly: pl.DataFrame, couples: pl.DataFrame) -> pl.DataFrame:
    """A spouse by certificate of whom nobody knows where he lives."""
    unknown = couples.filter(pl.col("spouse_place").is_null()).join(elderly.select("person_id"), on="person_id")
    return unknown.select("person_id", sign=pl.lit("spouse_of_unknown_home")).unique()


def _others(elderly: pl.DataFrame, witnesses: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    """Others on the roll of the same room, family or tenants, whom the fused record puts elsewhere."""
    roll = witnesses.filter((pl.col("kind") == "roll") & pl.col("dwelling").is_not_null())
    homes = residents.select(other="person_id", other_place="place")
    listed = (
        roll.select(place="dwelling", other="person_id")
        .join(homes, on="other", how="left")
        .filter(pl.col("place").ne_missing(pl.col("other_place")))
    )
    beside = elderly.filter("is_room").select("person_id", "place").join(listed, on="place")
    return (
        beside.filter(pl.col("person_id") != pl.col("other"))
        .select("person_id", sign=pl.lit("others_on_roll"))
        .unique()
    )
