"""What a row says of where somebody lives: a place at some depth, a date, and how far to believe it."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.identity.golden.rules import AttributeRule

DEPTH: Final = {"room": 6, "floor": 5, "unit": 4, "building": 3, "house_number": 2, "estate": 2}
"""Levels at which a place of residence can be told apart; a road or a community is no residence."""

ROOM: Final = DEPTH["room"]
LEVEL_OF_DEPTH: Final = {6: "room", 5: "floor", 4: "unit", 3: "building", 2: "estate"}
KEYS: Final = ("room", "unit", "building", "estate")

ROLL_OWNER: Final = "property_occupants/self/业主"
TITLES: Final = ("housing_properties/owner", ROLL_OWNER)
"""Who is in these lists owns a dwelling; whether he lives there is another matter."""

TENANTS: Final = ("housing_leases/tenant", "property_occupants/self/租户")

HINTED: Final = 0.05
"""Added doubt of a room that the row does not name but other records tell."""

LEFT: Final = 0.3
"""What is left of the belief in a place that a roll says the person has left since."""


def residence_claims(rows: pl.DataFrame, rule: AttributeRule) -> pl.DataFrame:
    """Read the places that rows claim as residence.

    Args:
        rows: mentions with ``person_id``, ``source`` (with the role on the roll), ``on`` and ``is_dated`` (the row
            itself tells the date).
        rule: the rule of residences.

    Returns:
        One row per claim: ``person_id, source, on, doubt, since_on, value`` (the deepest code told), ``depth`` and the
        keys ``room, unit, building, estate``. A landlord, a contact or a legal representative does not live at the
        address of the row and claims nothing; nor do stays that ended or have not begun, nor cancelled titles.
    """
    today = pl.lit(rows["last_delivered_on"].max(), dtype=pl.Date)
    placed = _placed(rows).with_columns(doubt=rule.doubts(rows["source"]))
    claims = placed.filter(pl.col("doubt").is_not_null() & pl.col("value").is_not_null())
    is_over = (pl.col("until_on") < today).fill_null(value=False)
    current = claims.filter(
        ~is_over & (pl.col("since_on").is_null() | (pl.col("since_on") <= today)) & ~_is_cancelled()
    )
    return (
        _not_left(_not_let(_fresh(current, rule), placed, today), claims.filter(is_over))
        .with_columns(on=pl.max_horizontal("on", "since_on"))
        .select("person_id", "source", "on", "doubt", "since_on", "value", "depth", *KEYS)
    )


def _placed(rows: pl.DataFrame) -> pl.DataFrame:
    """The place of each row: a room told by other records where the row stops short of one."""
    level = pl.col("matched_level").fill_null("none")
    hint = (level != "room") & pl.col("room_code").is_not_null()
    room = pl.when(level == "room").then(pl.coalesce("address_code", "room_code")).otherwise("room_code")
    depth = level.replace_strict(DEPTH, default=None, return_dtype=pl.Int8)
    keyed = rows.with_columns(
        is_hint=hint,
        room=room,
        unit=pl.coalesce(pl.when(level.is_in(["unit", "floor"])).then("address_code"), "unit_code", "unit_key"),
        building=pl.coalesce(pl.when(level == "building").then("address_code"), "building_code"),
        estate=pl.coalesce(pl.when(level.is_in(["estate", "house_number"])).then("address_code"), "estate_code"),
        depth=pl.when(hint).then(pl.lit(ROOM, dtype=pl.Int8)).otherwise(depth),
    )
    own = pl.when(pl.col("depth").is_not_null()).then("address_code")
    told = pl.coalesce("room", own, "building", "estate")
    has_code = pl.col("room").is_not_null() | (pl.col("address_code").is_not_null() & pl.col("depth").is_not_null())
    fallback = pl.when(pl.col("building").is_not_null()).then(pl.lit(3)).otherwise(pl.lit(2)).cast(pl.Int8)
    return keyed.with_columns(value=told, depth=pl.when(has_code).then("depth").otherwise(fallback))


def _is_cancelled() -> pl.Expr:
    is_title = pl.col("source") == "housing_properties/owner"
    return (is_title & (pl.col("fact") == "注销")).fill_null(value=False)


def _fresh(claims: pl.DataFrame, rule: AttributeRule) -> pl.DataFrame:
    """Rows changed just before they were delivered tell a change as it happens; hinted rooms are less sure."""
    age = (pl.col("last_delivered_on") - pl.col("on")).dt.total_days()
    live = (pl.col("is_dated") & age.is_between(0, rule.live_days)).fill_null(value=False)
    doubt = pl.when(live).then(pl.col("doubt") * (1.0 - rule.live_gain)).otherwise("doubt")
    return claims.with_columns(doubt=pl.when("is_hint").then(doubt + HINTED).otherwise(doubt).clip(upper_bound=0.95))


def _not_let(claims: pl.DataFrame, placed: pl.DataFrame, today: pl.Expr) -> pl.DataFrame:
    """Owners do not live in what is let: to whom the lease names them landlord, or where a tenant is on the roll."""
    running = pl.col("until_on").is_null() | (pl.col("until_on") >= today)
    landlords = placed.filter((pl.col("source") == "housing_leases/landlord") & pl.col("room").is_not_null())
    own = landlords.select("person_id", "room", is_landlord=pl.lit(value=True)).unique()
    tenants = placed.filter(pl.col("source").is_in(TENANTS) & running & pl.col("room").is_not_null())
    lodgers = tenants.select("person_id", "room", is_tenant=pl.lit(value=True)).unique()
    let = tenants.select("room", is_let=pl.lit(value=True)).unique()
    told = (
        claims.join(own, on=["person_id", "room"], how="left")
        .join(lodgers, on=["person_id", "room"], how="left")
        .join(let, on="room", how="left")
    )
    by_title = pl.col("source").is_in(TITLES)
    away = by_title & (pl.col("is_landlord") | (pl.col("is_let") & pl.col("is_tenant").is_null()))
    return told.filter(~away.fill_null(value=False)).drop("is_landlord", "is_tenant", "is_let")


def _not_left(claims: pl.DataFrame, over: pl.DataFrame) -> pl.DataFrame:
    """What was told of a place before a roll says that the person left it."""
    left = over.filter(pl.col("source").str.starts_with("property_occupants") & pl.col("room").is_not_null())
    ends = left.group_by("person_id", "room").agg(left_on=pl.col("until_on").max())
    told = claims.join(ends, on=["person_id", "room"], how="left")
    return _weakened(told, pl.col("on") <= pl.col("left_on"), LEFT).drop("left_on")


def _weakened(claims: pl.DataFrame, which: pl.Expr, rest: float) -> pl.DataFrame:
    weaker = 1.0 - (1.0 - pl.col("doubt")) * rest
    return claims.with_columns(doubt=pl.when(which.fill_null(value=False)).then(weaker).otherwise("doubt"))


def same_place(suffix: str) -> pl.Expr:
    """Whether two places agree as far as both of them go; ``suffix`` marks the columns of the second."""
    shared = pl.min_horizontal("depth", f"depth{suffix}")
    equal = {key: pl.col(key) == pl.col(f"{key}{suffix}") for key in KEYS}
    outside = pl.lit(value=False)
    return (
        pl.when(shared == ROOM)
        .then(equal["room"].fill_null(value=False))
        .when(shared >= DEPTH["unit"])
        .then(pl.coalesce(equal["unit"], equal["building"], equal["estate"], outside))
        .when(shared == DEPTH["building"])
        .then(pl.coalesce(equal["building"], equal["estate"], outside))
        .otherwise(pl.coalesce(equal["estate"], outside))
    )
