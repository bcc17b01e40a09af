"""What went wrong, by class and with examples: for the tuning mix, which may be looked at.

Three parts: mentions that stand apart from their person (and whether a scored pair joined them to it), clusters that
hold several persons (and how those are related), and golden values that are wrong.
"""

from __future__ import annotations

from typing import Any

import polars as pl
from identity_candidates import best_pairs, scored_mentions
from identity_city import KEY, LoadedCity
from identity_judge import main_ids, with_home

Row = dict[str, Any]
EXAMPLES, GROUPS, PERSONS = 6, 30, 25
SHOWN = (
    "name_text", "name", "name_kind", "sex", "birth_date", "birth_precision", "id_text", "id_kind", "phones",
    "room_code", "unit_key", "kin_name",
)  # fmt: skip
ROLE = pl.format("{}/{}", "feed", "person_role")


def listing(city: LoadedCity, frame: pl.DataFrame) -> str:
    """Return all three parts as Markdown; `frame` is that of `judged_mentions`."""
    mentions = city.mentions()
    shown = mentions.select(*KEY, "mention_index", *SHOWN)
    told = frame.join(shown, on=KEY, how="left", maintain_order="left")
    pairs = scored_mentions(mentions)
    parts = [_apart(told, pairs), _mixed(told, pairs, city.truth.person), _golden(city, told)]
    head = ["# What went wrong", "", f"{len(frame)} judged mentions.", ""]
    return "\n".join([*head, *(line for part in parts for line in part)]) + "\n"


def _apart(told: pl.DataFrame, pairs: pl.DataFrame) -> list[str]:
    home = main_ids(told).select("person", main_id="person_id")
    placed = told.join(home, on="person", how="left", maintain_order="left")
    at_home = pl.col("person_id") == pl.col("main_id")
    members = placed.filter(at_home).select("person", other="mention_index")
    apart = placed.filter(~at_home)
    best = best_pairs(apart.select("row", "mention_index", "person").join(members, on="person"), pairs)
    apart = apart.join(best, on="row", how="left", maintain_order="left").with_columns(verdict=_verdict(), role=ROLE)
    lines = [f"## Apart from their person: {len(apart)} mentions", "", *_counts(apart, ["verdict"])]
    lines += [*_counts(apart, ["role", "verdict"]), *_counts(apart.explode("kinds"), ["kinds", "verdict"])]
    for (verdict,), rows in _largest(apart, ["verdict"]):
        lines += [f"### {verdict}: {len(rows)}", ""]
        for (role, damage), some in _largest(rows, ["role", "damage"])[:GROUPS]:
            lines.append(f"- **{role}, {damage}**: {len(some)}")
            lines += [line for row in some.head(EXAMPLES).to_dicts() for line in _lone(row, placed)]
        lines.append("")
    return lines


def _verdict() -> pl.Expr:
    probability = pl.col("best_probability")
    return (
        pl.when("lost")
        .then(pl.lit("no mention made"))
        .when(probability.is_null())
        .then(pl.lit("never a candidate"))
        .when(probability < 0.5)
        .then(pl.lit("scored below .5"))
        .when(probability < 0.75)
        .then(pl.lit("scored .5 to .75"))
        .otherwise(pl.lit("scored above .75, cut"))
    )


def _lone(row: Row, placed: pl.DataFrame) -> list[str]:
    same = (pl.col("person") == row["person"]) & (pl.col("person_id") == row["main_id"])
    others = [f"    - person {row['person']}: {_tell(other)}" for other in placed.filter(same).head(3).to_dicts()]
    return [f"  - {_tell(row)}", *others, f"    - {_pair(row)}"]


def _mixed(told: pl.DataFrame, pairs: pl.DataFrame, person: pl.DataFrame) -> list[str]:
    homed = with_home(told)
    hosts = homed.filter("at_home").select("person_id", other="mention_index")
    strangers = homed.filter(~pl.col("at_home"))
    best = best_pairs(strangers.select("row", "mention_index", "person_id").join(hosts, on="person_id"), pairs)
    kin = person.select("person", "father", "mother", own_name="name", own_birth=pl.col("birth_date").cast(pl.Date))
    host = kin.rename({c: f"host_{c}" for c in kin.columns})
    rows = strangers.join(kin, on="person", how="left").join(
        host, left_on="main_person", right_on="host_person", how="left"
    )
    rows = rows.join(best, on="row", how="left").with_columns(relation=_relation(), role=ROLE)
    lines = [f"## In somebody else's cluster: {len(rows)} mentions, {rows['person_id'].n_unique()} clusters", ""]
    for by in (["relation"], ["role", "relation"], ["relation", "method"], ["relation", "outsider"]):
        lines += _counts(rows, by)
    lines += _counts(rows.explode("kinds"), ["kinds", "relation"])
    for (relation,), some in _largest(rows, ["relation"]):
        shown = some.sort("person_id", "row").head(EXAMPLES * 4).to_dicts()
        lines += [f"### {relation}: {len(some)}", "", *(line for row in shown for line in _stranger(row, homed)), ""]
    return lines


def _relation() -> pl.Expr:
    mother = (pl.col("mother") >= 0) & (pl.col("mother") == pl.col("host_mother"))
    name = pl.col("own_name") == pl.col("host_own_name")
    year = pl.col("own_birth").dt.year() == pl.col("host_own_birth").dt.year()
    parent = (pl.col("father") == pl.col("main_person")) | (pl.col("mother") == pl.col("main_person"))
    child = (pl.col("host_father") == pl.col("person")) | (pl.col("host_mother") == pl.col("person"))
    cases = (
        ("twin", mother & (pl.col("own_birth") == pl.col("host_own_birth"))),
        ("sibling", mother),
        ("parent", parent),
        ("child", child),
        ("namesake of the year", name & year),
        ("namesake", name),
    )
    return pl.coalesce(*(pl.when(holds).then(pl.lit(case)) for case, holds in cases), pl.lit("other"))


def _stranger(row: Row, homed: pl.DataFrame) -> list[str]:
    host = homed.filter((pl.col("person_id") == row["person_id"]) & pl.col("at_home")).head(3).to_dicts()
    who = f"person {row['person']} {row['own_name']} is in {row['main_person']} {row['host_own_name']}"
    return [
        f"- cluster {row['person_id'][:8]} p={row['probability']} {row['method']}: {who}",
        f"  - stranger: {_tell(row)}",
        *(f"  - host: {_tell(other)}" for other in host),
        f"  - {_pair(row)}",
    ]


def _golden(city: LoadedCity, told: pl.DataFrame) -> list[str]:
    values = ("name", "sex", "birth_date", "residence_address_code")
    golden = city.last.scan("master.person").select(
        "person_id",
        "birth_date_precision",
        *(pl.col(c).cast(pl.String).alias(f"got_{c}") for c in values),
        *(f"{c}_source" for c in values),
    )
    true = city.truth.person.select(
        "person",
        "is_alive",
        true_name="name",
        true_sex=pl.col("sex").cast(pl.String),
        true_birth_date=pl.col("birth_date").cast(pl.Date).cast(pl.String),
        true_residence_address_code="residence_code",
    )
    judged = main_ids(told).join(true, on="person").join(golden.collect(), on="person_id", how="left")
    lines = ["## Golden values that are wrong", ""]
    for value in values:
        rows = judged.filter(_wrong(value)).sort("len", "person", descending=[True, False])
        lines += [f"### {value}: {len(rows)} of {len(judged)}", "", *_counts(rows, [f"{value}_source"])]
        for row in rows.head(PERSONS).to_dicts():
            got = f"true {row[f'true_{value}']}, told {row[f'got_{value}']} from {row[f'{value}_source']}"
            own = told.filter((pl.col("person") == row["person"]) & (pl.col("person_id") == row["person_id"]))
            lines.append(f"- person {row['person']} ({row['len']} mentions): {got}")
            lines += [f"  - {_tell(other)}" for other in own.head(EXAMPLES).to_dicts()]
        lines.append("")
    return lines


def _wrong(value: str) -> pl.Expr:
    got, true = pl.col(f"got_{value}"), pl.col(f"true_{value}")
    if value == "name":
        got, true = (name.str.replace_all(r"[·•.\s]", "").str.to_uppercase() for name in (got, true))
    scope = {"birth_date": pl.col("birth_date_precision") == "day", "residence_address_code": pl.col("is_alive")}
    return (got != true) & scope.get(value, pl.lit(value=True))


def _largest(rows: pl.DataFrame, by: list[str]) -> list[tuple[tuple[Any, ...], pl.DataFrame]]:
    groups = rows.group_by(by, maintain_order=True)
    return sorted(groups, key=lambda item: (-len(item[1]), str(item[0])))


def _counts(rows: pl.DataFrame, by: list[str]) -> list[str]:
    counted = rows.group_by(by).len().sort("len", *by, descending=[True, *(False for _ in by)], nulls_last=True)
    body = ["| " + " | ".join(map(str, row)) + " |" for row in counted.head(40).iter_rows()]
    return ["| " + " | ".join([*by, "count"]) + " |", "|" + "---|" * (len(by) + 1), *body, ""]


def _pair(row: Row) -> str:
    if row["best_probability"] is None:
        return "no scored pair between them"
    return f"best pair p={row['best_probability']} {row['best_weights']}"


def _tell(row: Row) -> str:
    facts = " · ".join(f"{c}={row[c]}" for c in SHOWN if row.get(c) not in (None, [], "", "none"))
    return f"[{row['feed']}/{row['person_role']} {str(row['record_key'])[:22]}] {row['damage']} — {facts}"
