"""Names that people use and the register has not, proposed as aliases where other records bear them out."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.addresses.aliases.guards import NEAR_OTHER, guard_estate, guard_road
from pipelines.addresses.aliases.names import ESTATE, TEXT, Unknown, unknown_names, without_learned, worth_reading
from pipelines.addresses.aliases.support import AGREES, DIFFERS, ELSEWHERE, KEYS, Judge, rooms_by_record, shared_records
from pipelines.addresses.evidence.collect import entity_of
from pipelines.addresses.mentions import HINTS
from pipelines.addresses.reading.parse import Parser
from pipelines.addresses.register.index import LEARNED, Register

MIN_SUPPORT: Final = 3
TWO_PLACES: Final = "two_places"
STEWARD_ONLY: Final = (NEAR_OTHER, TWO_PLACES)
_MIN_SHARE: Final = 0.8  # of those whose numbers can be compared at the place, or agree at another
_MIN_ROOMS: Final = 2  # a family at one door writes with one hand
_RIVAL_SHARE: Final = 0.1
PROPOSALS: Final = pl.Schema(
    {
        "kind": pl.String,
        "stem": pl.String,
        "written": pl.String,
        "estate_code": pl.String,
        "estate": pl.String,
        "road": pl.String,
        "support_persons": pl.Int64,
        "support_parcels": pl.Int64,
        "support_rooms": pl.Int64,
        "feeds": pl.String,
        "contradicting": pl.Int64,
        "share": pl.Float64,
        "guard": pl.String,
    }
)
_VOTES: Final = pl.Schema(
    {
        "kind": pl.String, "stem": pl.String, "written": pl.String, "feed": pl.String, "record_key": pl.String,
        "person": pl.UInt64, "parcel": pl.UInt64, "other_feed": pl.String, "room_code": pl.String,
        "outcome": pl.String, "target": pl.String,
    }
)  # fmt: skip


def propose_aliases(
    mentions: pl.DataFrame,
    matches: pl.DataFrame,
    register: Register,
    evidence: pl.DataFrame,
    *,
    learned: pl.DataFrame | None = None,
    min_support: int = MIN_SUPPORT,
) -> pl.DataFrame:
    """What unknown names of estates and roads stand for, as far as records bear it out.

    A record bears out that X is estate Y where another record of the same person (ID number; or two of name, phone and
    last digits) or parcel is at a room of Y with the numbers that the text gives; or where the rest of the text names
    the place: its road and number for an estate, its estate and number for a road. What was learned before is left out
    of the reckoning, so that the result is the same before and after an alias is applied.

    Args:
        mentions: the frame of `collect_address_mentions`.
        matches: `master.address_match` of the same mentions.
        register: the register that it was made with.
        evidence: the frame of `collect_address_evidence`.
        learned: the names that the register had learned (`register.LEARNED`, without former names), or None.
        min_support: distinct persons, or parcels, that must agree.

    Returns:
        One row per (kind, stem) with enough support, in the columns of `PROPOSALS`, sorted by it. `stem` is the name as
        the parser reads it, `written` its most frequent full form; `estate_code` stands for the estate (its own row,
        else its smallest code) and `road` for the road, each null for the other kind. `feeds` are those that name it,
        joined by `,`. `contradicting` counts persons whose numbers differ at the place or agree at another; `share` is
        agreeing by both. `guard` is null for what may be applied, else why only a steward may: see `alias_guards`.
    """
    known = learned if learned is not None else LEARNED.to_frame()
    own = without_learned(register, known)
    rows, unknown = _named(mentions, worth_reading(matches, register, known), own)
    if not unknown:
        return PROPOSALS.to_frame()
    rooms = rooms_by_record(matches).join(rows, on=KEYS, how="anti")
    judge = Judge(register, own)
    votes = pl.concat(
        [_votes_of_others(rows, unknown, rooms, evidence, judge), _own_votes(rows, unknown, evidence, judge)]
    )
    counted = _counted(votes, min_support)
    return _guarded(counted, own, judge, evidence)


def _named(mentions: pl.DataFrame, open_: pl.DataFrame, register: Register) -> tuple[pl.DataFrame, list[Unknown]]:
    """The mentions with an unknown name (key, `unknown`: place in the list; one row a name), and the names."""
    hints = mentions.select(*KEYS, *(name for name in HINTS if name in TEXT))
    rows = open_.select(*KEYS, "normal_text").join(hints, on=KEYS, how="left", maintain_order="left")
    texts = rows.select(TEXT).unique().sort(TEXT, nulls_last=True).with_row_index("text")
    unknown = unknown_names(texts, register)
    index = pl.DataFrame(
        {"text": [found.text for found in unknown], "unknown": range(len(unknown))},
        schema={"text": pl.UInt32, "unknown": pl.UInt32},
    )
    told = rows.join(texts, on=TEXT, nulls_equal=True, maintain_order="left").join(index, on="text")
    return told.select(*KEYS, "unknown").sort(*KEYS, "unknown"), unknown


def _votes_of_others(
    rows: pl.DataFrame, unknown: list[Unknown], rooms: pl.DataFrame, evidence: pl.DataFrame, judge: Judge
) -> pl.DataFrame:
    pairs = rows.join(shared_records(rows, rooms, evidence), on=KEYS)
    asked = pairs.select("unknown", "room_code").unique().sort("unknown", "room_code")
    verdicts = [judge.beside(unknown[index], code) for index, code in asked.iter_rows()]
    judged = asked.with_columns(
        pl.Series("outcome", [verdict.outcome for verdict in verdicts], pl.String),
        pl.Series("target", [verdict.target for verdict in verdicts], pl.String),
    )
    return _with_names(pairs.join(judged, on=["unknown", "room_code"]), unknown)


def _own_votes(rows: pl.DataFrame, unknown: list[Unknown], evidence: pl.DataFrame, judge: Judge) -> pl.DataFrame:
    """What the rest of a text says; the person is whoever the row is about, or the row itself."""
    found = [(index, told) for index, one in enumerate(unknown) if (told := judge.itself(one)) is not None]
    judged = pl.DataFrame(
        [(index, verdict.outcome, verdict.target, code) for index, (verdict, code) in found],
        schema={"unknown": pl.UInt32, "outcome": pl.String, "target": pl.String, "room_code": pl.String},
        orient="row",
    )
    who = evidence.join(rows.select(KEYS).unique(), on=KEYS, how="semi").sort(*KEYS, "entity")
    persons = who.filter(pl.col("kind") == "id").unique(KEYS, keep="first", maintain_order=True)
    parcels = who.filter(pl.col("kind") == "parcel").unique(KEYS, keep="first", maintain_order=True)
    voted = (
        rows.join(judged, on="unknown")
        .join(persons.select(*KEYS, person="entity"), on=KEYS, how="left")
        .join(parcels.select(*KEYS, parcel="entity"), on=KEYS, how="left")
        .with_columns(other_feed=pl.lit(None, pl.String))
    )
    row_itself = entity_of("record", pl.concat_str("feed", "record_key", separator="|"))
    nobody = pl.col("person").is_null() & pl.col("parcel").is_null()
    return _with_names(voted.with_columns(person=pl.when(nobody).then(row_itself).otherwise("person")), unknown)


def _with_names(votes: pl.DataFrame, unknown: list[Unknown]) -> pl.DataFrame:
    names = pl.DataFrame(
        [(index, one.kind, one.stem, one.written) for index, one in enumerate(unknown)],
        schema={"unknown": pl.UInt32, "kind": pl.String, "stem": pl.String, "written": pl.String},
        orient="row",
    )
    return votes.join(names, on="unknown").select(_VOTES.names()).cast(_VOTES)


def _counted(votes: pl.DataFrame, min_support: int) -> pl.DataFrame:
    """Per name the target that most bear out, with its figures, where they are enough."""
    name = ["kind", "stem"]
    who = votes.with_columns(who=pl.coalesce("person", "parcel"))
    agreeing = who.filter(pl.col("outcome") == AGREES)
    per_target = agreeing.group_by(*name, "target").agg(
        support_persons=pl.col("person").n_unique() - pl.col("person").null_count().clip(0, 1),
        support_parcels=pl.col("parcel").n_unique() - pl.col("parcel").null_count().clip(0, 1),
        support_rooms=pl.col("room_code").n_unique(),
        agree=pl.col("who").n_unique(),
        feeds=pl.col("feed").unique().sort().str.join(","),
        written=pl.col("written").sort().mode().sort().first(),
    )
    ranked = per_target.sort(*name, "agree", "target", descending=[False, False, True, False])
    best = ranked.unique(name, keep="first", maintain_order=True)
    rival = (
        ranked.join(best.select(*name, "target"), on=[*name, "target"], how="anti")
        .group_by(name)
        .agg(rival=pl.col("agree").max())
    )
    against = _against(who, agreeing, best)
    told = (
        best.join(rival, on=name, how="left")
        .join(against, on=name, how="left")
        .with_columns(pl.col("rival", "contradicting", "elsewhere").fill_null(0))
    )
    told = told.with_columns(share=(pl.col("agree") / (pl.col("agree") + pl.col("contradicting"))).round(4))
    enough = pl.max_horizontal("support_persons", "support_parcels") >= min_support
    several = pl.col("support_rooms") >= min(_MIN_ROOMS, min_support)
    plain = (pl.col("share") >= _MIN_SHARE) & (pl.col("agree") >= pl.col("elsewhere"))
    two = pl.col("rival") > _RIVAL_SHARE * pl.col("agree")
    return told.filter(enough & several & plain).with_columns(two_places=two).sort(name)


def _against(who: pl.DataFrame, agreeing: pl.DataFrame, best: pl.DataFrame) -> pl.DataFrame:
    """Per name, persons who do not agree at its target: with other numbers there or the same elsewhere; or neither."""
    name = ["kind", "stem"]
    target = best.select(*name, best_target="target")
    yes = agreeing.join(target, on=name).filter(pl.col("target") == pl.col("best_target")).select(*name, "who")
    others = who.join(target, on=name).join(yes.unique(), on=[*name, "who"], how="anti")
    same_place = pl.col("target") == pl.col("best_target")
    speaks = (pl.col("outcome") == AGREES) | ((pl.col("outcome") == DIFFERS) & same_place)
    apart = pl.col("outcome").is_in([DIFFERS, ELSEWHERE])
    return others.group_by(name).agg(
        contradicting=pl.col("who").filter(speaks).n_unique(),
        elsewhere=pl.col("who").filter(apart & ~same_place).n_unique(),
    )


def _guarded(counted: pl.DataFrame, register: Register, judge: Judge, evidence: pl.DataFrame) -> pl.DataFrame:
    """The proposals; what is no name of a place at all is dropped, what only a steward may decide says so."""
    parser = Parser(register)
    names = counted.select(hash=entity_of("name", pl.col("stem")))["hash"]
    known = evidence.filter((pl.col("kind") == "name") & pl.col("entity").is_in(names.implode()))
    residents = set(known["entity"].to_list())
    rows = []
    for row, hashed in zip(counted.iter_rows(named=True), names, strict=True):
        if hashed in residents:
            continue  # a person's name is nobody's business here, and would be published
        made = _proposal(row, register, judge, parser)
        if made["guard"] is None and row["two_places"]:
            made["guard"] = TWO_PLACES
        rows.append(made)
    return pl.DataFrame(rows, schema=PROPOSALS, orient="row").filter(
        pl.col("guard").is_null() | pl.col("guard").is_in([*STEWARD_ONLY])
    )


def _proposal(row: dict[str, object], register: Register, judge: Judge, parser: Parser) -> dict[str, object]:
    stem, target = str(row["stem"]), str(row["target"])
    made = {name: row.get(name) for name in PROPOSALS}
    if row["kind"] == ESTATE:
        site = judge.site_of(target)
        estate = site.estate or "".join(min(site.addresses, default=("", "")))
        guard = guard_estate(stem, site, register, parser.estate(stem))
        return made | {"estate_code": target, "estate": estate, "guard": guard}
    return made | {"road": target, "guard": guard_road(stem, target, register)}
