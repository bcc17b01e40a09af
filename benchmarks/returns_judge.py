"""Whether a finding about a generated row is true, and whether its proposal is the true value.

A cell is compared with the truth itself, not with the name of the damage: a name is wrong where it is not the person's.
What no truth table tells (broken rules, unknown codes, cells that could not be read) is not judged.
"""

from __future__ import annotations

import polars as pl

from pipelines.addresses.mentions import declared_sources
from pipelines.city.evaluate.linking import Truth, current_rows, with_keys
from pipelines.lake.snapshot import Snapshot
from pipelines.quality.findings.addresses import INSIDE_ESTATE
from pipelines.quality.findings.night import KEY, Night
from pipelines.quality.findings.places import standard_texts
from pipelines.quality.findings.roles import columns_of_roles

ROW = ["feed", "record_key"]
NUMBERS = ("number_impossible", "number_spoiled", "number_of_another", "number_of_15_digits")
BIRTHS = ("birth_date_not_in_number", "birth_date_differs")
ADDRESSES = (
    *("address_lacks_part", "address_no_such_door", "address_unknown", "address_unclear", "address_contradicted"),
    *("address_columns_differ", "address_misspelt", "address_former"),
)
WELL_WRITTEN = ("nickname",)  # the register itself calls the estate so


def judged(candidates: pl.DataFrame, night: Night, truth: Truth, snapshot: Snapshot) -> pl.DataFrame:
    """Return the candidates that the truth can judge, with `right` and `proposal_right` (null without a proposal)."""
    rows = current_rows(snapshot)
    mentions = true_mentions(night, truth, rows)
    places = with_keys(truth.address, rows).unique([*ROW, "address_role"])
    numbered = candidates.with_row_index("entry")
    parts = [
        _of_cells(numbered, mentions),
        _of_addresses(numbered, places, night),
        _entered_twice(numbered, mentions),
        _about_residence(numbered, mentions, night),
        _unregistered(numbered, mentions, truth),
    ]
    verdicts = pl.concat(parts).unique("entry")
    return numbered.join(verdicts, on="entry", how="inner").drop("entry")


def true_mentions(night: Night, truth: Truth, rows: pl.DataFrame) -> pl.DataFrame:
    """Every mention with the true values of its person."""
    person = truth.person.select(
        "person",
        "mobile",
        "residence_code",
        "is_alive",
        true_name="name",
        true_former="former_name",
        true_number="id_number",
        true_birth="birth_date",
        true_sex="sex",
    )
    known = with_keys(truth.mention, rows).unique(KEY).select(*KEY, "person")
    return night.witnesses.join(known, on=KEY, how="inner").join(person, on="person", how="left")


_VERDICT_SCHEMA = {"entry": pl.UInt32, "right": pl.Boolean, "proposal_right": pl.Boolean}
_VERDICT = tuple(_VERDICT_SCHEMA)


def _of_cells(candidates: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """Names, numbers, births, sexes and phones: any mention of the cell that is wrong makes the entry right."""
    columns = columns_of_roles().select("feed", "person_role", "attribute", "column")
    met = candidates.join(mentions.join(columns, on=["feed", "person_role"]), on=[*ROW, "column"])
    problem, said = pl.col("problem"), pl.col("proposed_value")
    shown = pl.col("id_text").str.normalize("NFKC").str.replace_all(r"\s", "").str.to_uppercase()
    tail = shown.str.extract(r"(\d{3,}[\dX]?)$", 1)
    birth_form = pl.col("birth_date").dt.strftime("%Y-%m-%d").str.head(_told_signs())
    right = pl.coalesce(
        pl.when(problem == "name_slip").then(pl.col("name") != pl.col("true_name")),
        pl.when(problem.is_in(NUMBERS)).then(shown != pl.col("true_number")),
        pl.when(problem == "number_tail_differs").then(~_ends(pl.col("true_number"), tail)),
        pl.when(problem.is_in(BIRTHS)).then(birth_form != _true_birth().str.head(_told_signs())),
        pl.when(problem == "sex_not_in_number").then(pl.col("sex") != pl.col("true_sex").cast(pl.String)),
        pl.when(problem == "phone_of_another").then(pl.col("replaces") != pl.col("mobile")),
    )
    proposal = pl.coalesce(
        pl.when(problem == "name_slip").then(said == pl.col("true_name")),
        pl.when(problem.is_in(NUMBERS)).then(said == pl.col("true_number")),
        pl.when(problem == "number_tail_differs").then(_ends(pl.col("true_number"), said.str.extract(r"([\dX]+)$", 1))),
        pl.when(problem.is_in(BIRTHS)).then(_true_birth().str.starts_with(said)),
        pl.when(problem == "sex_not_in_number").then(said == pl.col("true_sex").cast(pl.String)),
    )
    verdicts = met.with_columns(right=right, proposal_right=proposal).filter(pl.col("right").is_not_null())
    return verdicts.group_by("entry").agg(pl.col("right").any(), _any_right()).select(_VERDICT)


def _any_right() -> pl.Expr:
    """Null where nothing was proposed."""
    return (
        pl.when(pl.col("proposed_value").is_not_null().any())
        .then(pl.col("proposal_right").fill_null(value=False).any())
        .alias("proposal_right")
    )


def _told_signs() -> pl.Expr:
    return pl.col("birth_precision").replace_strict({"day": 10, "month": 7, "year": 4}, default=10)


def _true_birth() -> pl.Expr:
    return pl.col("true_birth").dt.strftime("%Y-%m-%d")


def _ends(number: pl.Expr, tail: pl.Expr) -> pl.Expr:
    return number.str.ends_with(tail)


def _of_addresses(candidates: pl.DataFrame, places: pl.DataFrame, night: Night) -> pl.DataFrame:
    """Addresses: the entry is right where the text is damaged, the proposal where it is the true place.

    A former road name is no damage: there the entry is right where the text lacks the road of the true place.
    """
    register = night.register
    if register is None:
        return pl.DataFrame(schema=_VERDICT_SCHEMA)
    texts = standard_texts(register).select("address_code", "standard_text", "door_text")
    texts = texts.join(register.select("address_code", "road").unique("address_code"), on="address_code")
    asked = candidates.filter(pl.col("problem").is_in(ADDRESSES)).join(address_columns(), on=["feed", "column"])
    met = asked.join(places, on=[*ROW, "address_role"]).join(texts, on="address_code", how="left")
    cells = night.address_match
    if cells is not None:
        met = met.join(cells.select(*ROW, "address_role", "normal_text"), on=[*ROW, "address_role"], how="left")
    whole = pl.when(pl.col("feed").is_in(list(INSIDE_ESTATE))).then("door_text").otherwise("standard_text")
    damaged = is_damaged()
    other_road = ~pl.col("normal_text").str.contains(pl.col("road"), literal=True)
    right = pl.when(pl.col("problem") == "address_former").then(other_road).otherwise(damaged)
    verdicts = met.with_columns(right=right, proposal_right=pl.col("proposed_value") == whole.fill_null(""))
    return verdicts.group_by("entry").agg(pl.col("right").any(), _any_right()).select(_VERDICT)


def address_columns() -> pl.DataFrame:
    """Return `feed, column, address_role`: where each address text stands."""
    return pl.DataFrame(
        [(source.feed, source.text, source.role) for source in declared_sources()],
        schema=["feed", "column", "address_role"],
        orient="row",
    )


def is_damaged() -> pl.Expr:
    """Whether the truth says that an address text is not what a careful clerk writes."""
    clean = pl.col("damage").str.split("|").list.first().is_in(["none", *WELL_WRITTEN])
    return ~clean & ~pl.col("damage").str.starts_with("outside")


def _entered_twice(candidates: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    own = mentions.filter((pl.col("person_role") == "self") & pl.col("person").is_not_null())
    several = (
        own.filter(pl.len().over("feed", "person") > 1).select(ROW).unique().with_columns(right=pl.lit(value=True))
    )
    asked = candidates.filter(pl.col("problem") == "entered_twice").join(several, on=ROW, how="left")
    return asked.select("entry", pl.col("right").fill_null(value=False), proposal_right=pl.lit(None, pl.Boolean))


def _about_residence(candidates: pl.DataFrame, mentions: pl.DataFrame, night: Night) -> pl.DataFrame:
    if night.register is None:
        return pl.DataFrame(schema=_VERDICT_SCHEMA)
    texts = standard_texts(night.register).select("standard_text", residence_code="address_code")
    asked = candidates.filter(
        pl.col("problem").is_in(["residence_out_of_date", "deceased_still_listed", "departed_still_listed"])
    )
    own = mentions.filter(pl.col("person_role") == "self")
    met = asked.join(own, on=ROW).join(texts, on="residence_code", how="left")
    right = (
        pl.when(pl.col("problem") == "residence_out_of_date")
        .then(pl.col("room_code").ne_missing(pl.col("residence_code")))
        .when(pl.col("problem") == "deceased_still_listed")
        .then(~pl.col("is_alive"))
        .otherwise(pl.col("residence_code").is_null())
    )
    verdicts = met.with_columns(right=right, proposal_right=pl.col("proposed_value") == pl.col("standard_text"))
    return verdicts.select(_VERDICT)


def _unregistered(candidates: pl.DataFrame, mentions: pl.DataFrame, truth: Truth) -> pl.DataFrame:
    """Right where somebody truly lives in the room whom no current row of the police register is about."""
    known = mentions.filter(pl.col("feed") == "police_residents").select("person").drop_nulls().unique()
    unknown = truth.person.filter(pl.col("is_alive")).join(known, on="person", how="anti")
    rooms = unknown.select(record_key="residence_code").drop_nulls().unique().with_columns(right=pl.lit(value=True))
    asked = candidates.filter(pl.col("problem") == "residents_unregistered").join(rooms, on="record_key", how="left")
    return asked.select("entry", pl.col("right").fill_null(value=False), proposal_right=pl.lit(None, pl.Boolean))
