"""One person, one record (一人一档): golden values over all mentions of a person, each with its source and date."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipelines.identity.constraints import number_birth, number_sex
from pipelines.identity.golden import survivorship as rules
from pipelines.identity.golden.kin_ties import registered_households, strong_hubs
from pipelines.identity.golden.names import ranked_by_usage
from pipelines.identity.golden.residence import golden_residence
from pipelines.identity.golden.survivorship import ranked_claims, winners

Tokenise = Callable[[pl.Series], pl.Series]

GONE_STATUSES = ("死亡", "迁出", "注销")
"""Police statuses after which a person no longer lives here: died, moved away, registration cancelled."""


def build_persons(members: pl.DataFrame, facts: pl.DataFrame, tokenise: Tokenise) -> pl.DataFrame:
    """Build the golden record of every person.

    Args:
        members: person mentions with ``person_id`` and ``is_own`` (the valid number is the mention's own; null when
            the mention has none).
        facts: ``feed, record_key, fact``: event of a certificate, role in a property roll.
        tokenise: keyed one-way tokens of ID numbers (a number never enters a master table).

    Returns:
        One row per person, sorted: the columns of ``master.person`` without ``household_id``. A null golden value
        means that no source tells it; the residence of a person who died or moved away is null.
    """
    rows = members.with_columns(source=pl.col("feed") + "/" + pl.col("person_role"), on=pl.col("observed_on"))
    status = _police_now(rows)
    persons = rows.group_by("person_id").agg(
        sources=pl.col("feed").unique().sort(),
        mention_count=pl.len(),
        first_seen=pl.col("first_delivered_on").min(),
        last_seen=pl.col("last_delivered_on").max(),
    )
    parts = [
        golden_name(rows),
        golden_sex(rows),
        golden_birth(rows),
        _phones(rows),
        _id_tokens(rows, tokenise),
        golden_residence(rows, strong_hubs(members, registered_households(members), facts)),
        winners(_claimed(rows, "hukou_address_code", rules.HUKOU_TRUST), "hukou_address_code"),
        status,
    ]
    for part in parts:
        persons = persons.join(part, on="person_id", how="left")
    return (
        _without_residence_of_the_gone(persons)
        .with_columns(pl.col("phones", "id_tokens").fill_null([]))
        .sort("person_id")
    )


def golden_name(rows: pl.DataFrame) -> pl.DataFrame:
    """The full name: most trusted and agreed; a surname with a title counts only where nothing else is known.

    A form that the police register lists as a former name is believed only when nothing else is there.
    """
    former = rows.filter(pl.col("former_name").is_not_null()).select("person_id", value="former_name").unique()
    claims = rows.filter(pl.col("name").is_not_null() & ~pl.col("name_kind").is_in(["titled", "none", "organisation"]))
    claims = claims.select("person_id", "source", "on", value="name")
    current = claims.join(former, on=["person_id", "value"], how="anti")
    old = claims.join(current.select("person_id").unique(), on="person_id", how="anti")
    named = pl.concat([current, old])
    rest = rows.join(named.select("person_id").unique(), on="person_id", how="anti").select(
        "person_id", "source", "on", value=pl.coalesce("name", "surname")
    )
    ranked = ranked_claims(pl.concat([named, rest]), rules.NAME_TRUST)
    return winners(ranked_by_usage(ranked, rows), "name")


def golden_sex(rows: pl.DataFrame) -> pl.DataFrame:
    """Sex: rows and the parity digit of own valid numbers, by trust."""
    inside = rows.filter("is_own").select(
        "person_id", "on", source=pl.lit("number"), value=number_sex(pl.col("id_number"))
    )
    told = rows.filter(_not_from_number("sex", number_sex(pl.col("id_number")))).select(
        "person_id", "on", "source", value="sex"
    )
    return winners(ranked_claims(pl.concat([inside, told], how="diagonal"), rules.SEX_TRUST), "sex")


def golden_birth(rows: pl.DataFrame) -> pl.DataFrame:
    """Birth date with its precision.

    Claims of a month or a year support every day inside them; they win only where nobody tells the day.
    """
    inner = number_birth(pl.col("id_number"))
    inside = rows.filter("is_own").select(
        "person_id", "on", source=pl.lit("number"), value=inner, precision=pl.lit("day")
    )
    told = rows.filter(_not_from_number("birth_date", inner)).select(
        "person_id", "on", "source", value="birth_date", precision="birth_precision"
    )
    claims = pl.concat([inside, told], how="diagonal").drop_nulls("value")
    finest = pl.col("precision").replace_strict({"day": 0, "month": 1, "year": 2}, default=2, return_dtype=pl.Int8)
    claims = claims.with_columns(grain=finest).with_columns(best=pl.col("grain").min().over("person_id"))
    exact = claims.filter(pl.col("grain") == pl.col("best"))
    coarse = claims.filter(pl.col("grain") > pl.col("best"))
    values = exact.select("person_id", "value").unique()
    support = coarse.join(values.rename({"value": "day"}), on="person_id").filter(_inside_claim())
    backed = support.select("person_id", "on", "source", value="day")
    ranked = ranked_claims(pl.concat([exact.select("person_id", "on", "source", "value"), backed]), rules.BIRTH_TRUST)
    precision = claims.group_by("person_id").agg(birth_date_precision=pl.col("precision").sort_by("grain").first())
    return winners(ranked, "birth_date").join(precision, on="person_id", how="left")


def _inside_claim() -> pl.Expr:
    same_year = pl.col("day").dt.year() == pl.col("value").dt.year()
    same_month = pl.col("day").dt.month() == pl.col("value").dt.month()
    return same_year & ((pl.col("precision") == "year") | same_month)


def _not_from_number(column: str, inner: pl.Expr) -> pl.Expr:
    """Rows whose value did not merely come out of their number: it differs, or the row has no valid number.

    A mention takes birth date and sex from its number where the row has none; counted again as the row's own word,
    it would let a borrowed number outvote the register.
    """
    return (pl.col("id_kind") != "valid") | (pl.col(column) != inner).fill_null(value=True)


def _claimed(rows: pl.DataFrame, column: str, trust: rules.Trust) -> pl.DataFrame:
    return ranked_claims(rows.select("person_id", "source", "on", value=column), trust)


def _phones(rows: pl.DataFrame) -> pl.DataFrame:
    """Phones of a person, best first: trust, agreement, recency."""
    claims = rows.select("person_id", "source", "on", value="phones").explode("value")
    ranked = ranked_claims(claims, rules.PHONE_TRUST, rules.PHONE_HALF_LIFE_DAYS)
    best = winners(ranked, "phones").drop("phones", "phones_confidence")
    return ranked.group_by("person_id", maintain_order=True).agg(phones=pl.col("value")).join(best, on="person_id")


def _id_tokens(rows: pl.DataFrame, tokenise: Tokenise) -> pl.DataFrame:
    """Tokens of a person's own valid numbers; each distinct number is tokenised once."""
    held = rows.filter("is_own").select("person_id", "id_number").unique().sort("person_id", "id_number")
    numbers = held.select("id_number").unique().sort("id_number")
    tokens = numbers.with_columns(token=tokenise(numbers["id_number"]))
    return (
        held.join(tokens, on="id_number", how="left")
        .group_by("person_id")
        .agg(id_tokens=pl.col("token").drop_nulls().unique().sort())
    )


def _police_now(rows: pl.DataFrame) -> pl.DataFrame:
    """Status and residence type of the newest police row; of two on one day, the one that says a person is gone."""
    police = rows.filter(pl.col("source") == "police_residents/self").with_columns(
        is_gone=pl.col("status").is_in(GONE_STATUSES).fill_null(value=False)
    )
    newest = police.sort(
        ["person_id", "on", "is_gone", "record_key"], descending=[False, True, True, False], nulls_last=True
    ).group_by("person_id", maintain_order=True)
    told = pl.col("status").is_not_null()
    typed = pl.col("residence_type").is_not_null()
    return newest.agg(
        residence_type=pl.col("residence_type").drop_nulls().first(),
        residence_type_source=pl.col("source").filter(typed).first(),
        residence_type_on=pl.col("on").filter(typed).first(),
        status=pl.col("status").drop_nulls().first(),
        status_source=pl.col("source").filter(told).first(),
        status_on=pl.col("on").filter(told).first(),
    )


def _without_residence_of_the_gone(persons: pl.DataFrame) -> pl.DataFrame:
    """Nobody lives on after death; who moved away or was cancelled lives here again if newer evidence says so."""
    dead = pl.col("status") == "死亡"
    away = pl.col("status").is_in(GONE_STATUSES) & (
        (pl.col("residence_address_code_source") == "police_residents/self")
        | (pl.col("residence_address_code_on") <= pl.col("status_on"))
    )
    gone = (dead | away).fill_null(value=False)
    columns = [
        name for name in persons.columns if name.startswith("residence_address_code") or name == "residence_level"
    ]
    return persons.with_columns(pl.when(~gone).then(pl.col(name)).alias(name) for name in columns)
