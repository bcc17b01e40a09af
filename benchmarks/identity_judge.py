"""Figures of one identity run against the truth of its city: pairs, clusters, probabilities, ids over nights."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import polars as pl

from pipelines.city.writing.clerk_numbers import STATES

KEY = ["feed", "record_key", "person_role", "person_seq"]
WHOLE = [damage for damage, state in STATES.items() if state == "full"]
EDGES = (0.0, 0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999, 0.9999, 1.0)
UNSCORED = ("single", "organisation")


def judged_mentions(known: pl.DataFrame, answers: pl.DataFrame, person: pl.DataFrame) -> pl.DataFrame:
    """Join truth and answers: one row a current mention of a person.

    Args:
        known: KEY, person, name_only, number_damage, damage of every current mention.
        answers: KEY, person_id, probability, method.
        person: `truth_person`.

    Returns:
        The mentions of persons with `state` of the number, `kinds` (list of `cell:kind`), `lost` (no answer: then
        `person_id` is one of its own, so that a lost mention costs recall), `outsider`, `birth_year`.
    """
    table = known.filter(pl.col("person").is_not_null()).join(answers, on=KEY, how="left", maintain_order="left")
    facts = person.select(
        "person",
        true_name="name",
        birth_year=pl.col("birth_date").cast(pl.Date).dt.year(),
        born=pl.col("birth_date").cast(pl.Date),
        outsider=pl.col("residence_code").is_null() & pl.col("is_alive"),
    )
    table = table.join(facts, on="person", how="left", maintain_order="left").with_row_index("row")
    state = pl.col("number_damage").replace_strict(STATES, default="none", return_dtype=pl.String)
    return _with_kinds(table).with_columns(
        lost=pl.col("person_id").is_null(),
        person_id=pl.coalesce("person_id", pl.format("lost {}", "row")),
        state=pl.when(pl.col("number_damage").is_null()).then(pl.lit("no column")).otherwise(state),
    )


def _with_kinds(table: pl.DataFrame) -> pl.DataFrame:
    """Split `name:a+b|phone:c` into `name:a`, `name:b`, `phone:c`; a style that does not tell has `untold`."""
    cells = table.select("row", cell=pl.col("damage").fill_null("untold").str.split("|")).explode("cell")
    parts = cells.with_columns(
        head=pl.col("cell").str.extract(r"^(\w+:)").fill_null(""),
        kind=pl.col("cell").str.replace(r"^\w+:", "").str.split("+"),
    ).explode("kind")
    kinds = parts.group_by("row").agg(kinds=pl.concat_str("head", "kind").unique().sort())
    return table.join(kinds, on="row", how="left", maintain_order="left")


def _pairs(sizes: pl.Series) -> float:
    n = sizes.cast(pl.Float64)
    return float((n * (n - 1) / 2).sum())


def _touching(frame: pl.DataFrame, by: list[str]) -> float:
    """Count pairs of rows that agree in `by` and of which one or both are `in_group`."""
    grouped = frame.group_by(by).agg(pl.len().alias("n"), pl.col("in_group").sum().alias("k"))
    return _pairs(grouped["n"]) - _pairs(grouped["n"] - grouped["k"])


def pair_figures(frame: pl.DataFrame, group: pl.Expr | None = None) -> dict[str, Any]:
    """Return pairwise precision, recall and F1 of pairs that touch the rows of `group` (all rows without one)."""
    chosen = pl.lit(value=True) if group is None else group.fill_null(value=False)
    marked = frame.select("person", "person_id", in_group=chosen)
    both = _touching(marked, ["person", "person_id"])
    found, true = _touching(marked, ["person_id"]), _touching(marked, ["person"])
    return {"mentions": int(marked["in_group"].sum()), "true_pairs": int(true), **_shares(both, found, true)}


def _shares(both: float, found: float, true: float) -> dict[str, Any]:
    precision = round(both / found, 5) if found else None
    recall = round(both / true, 5) if true else None
    f1 = round(2 * both / (found + true), 5) if found + true else None
    return {"wrong_pairs": int(found - both), "missed_pairs": int(true - both), "precision": precision,
            "recall": recall, "f1": f1}  # fmt: skip


def grouped_figures(frame: pl.DataFrame, columns: list[str]) -> list[dict[str, Any]]:
    """Return `pair_figures` for each value of `columns`, sorted."""
    values = frame.select(columns).unique().sort(columns).rows()
    found = []
    for value in values:
        named = dict(zip(columns, value, strict=True))
        group = pl.all_horizontal(pl.col(c) == v for c, v in named.items())
        found.append({**named, **pair_figures(frame, group)})
    return found


def kind_figures(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return `pair_figures` for each kind of damage, most mentions first."""
    kinds = frame["kinds"].explode().drop_nulls().unique().sort().to_list()
    rows = [{"kind": kind, **pair_figures(frame, pl.col("kinds").list.contains(kind))} for kind in kinds]
    return sorted(rows, key=lambda row: (-row["mentions"], row["kind"]))


def feed_pair_figures(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return figures of the pairs between each two feeds, and within each."""
    feeds = frame["feed"].unique().sort().to_list()
    counts = {by: _by_feed(frame, list(by)) for by in (("person", "person_id"), ("person_id",), ("person",))}
    rows = []
    for at, left in enumerate(feeds):
        for right in feeds[at:]:
            both, found, true = (_between(table, left, right) for table in counts.values())
            if found or true:
                rows.append({"left": left, "right": right, "true_pairs": int(true), **_shares(both, found, true)})
    return rows


def _by_feed(frame: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    return frame.group_by([*by, "feed"]).len().pivot("feed", index=by, values="len").fill_null(0)


def _between(table: pl.DataFrame, left: str, right: str) -> float:
    if left == right:
        return _pairs(table[left])
    return float((table[left].cast(pl.Float64) * table[right].cast(pl.Float64)).sum())


def cluster_counts(frame: pl.DataFrame) -> dict[str, Any]:
    """Return B-cubed figures, and counts of clusters that hold what must not stand together."""
    cells = frame.group_by("person_id", "person").len(name="n").with_columns(pl.col("n").cast(pl.Float64))
    sized = cells.with_columns(of=pl.col("n").sum().over("person_id"), own=pl.col("n").sum().over("person"))
    total = float(cells["n"].sum())
    precision = float((sized["n"] ** 2 / sized["of"]).sum()) / total
    recall = float((sized["n"] ** 2 / sized["own"]).sum()) / total
    whole = frame.filter(pl.col("number_damage").is_in(WHOLE))
    numbers = whole.group_by("person_id").agg(pl.col("person").n_unique().alias("people"))
    people = cells.group_by("person_id").len()
    return {
        "b3_precision": round(precision, 5),
        "b3_recall": round(recall, 5),
        "b3_f1": round(2 * precision * recall / (precision + recall), 5),
        "clusters": len(people),
        "persons": cells["person"].n_unique(),
        "mixed_clusters": people.filter(pl.col("len") > 1).height,
        "two_numbers_merged": numbers.filter(pl.col("people") > 1).height,
        "lost_mentions": int(frame["lost"].sum()),
    }


def children_apart(frame: pl.DataFrame, person: pl.DataFrame) -> dict[str, Any]:
    """Judge mentions of children that show a parent's number: apart from both parents, and with their own rows."""
    parents = person.select("person", "father", "mother")
    children = frame.filter(pl.col("number_damage") == "parent").join(parents, on="person", how="left")
    members = frame.select("person_id", "row", member="person")
    near = children.select("row", "person_id", "person", "father", "mother").join(
        members.rename({"row": "other"}), on="person_id"
    )
    with_parent = near.filter((pl.col("member") == pl.col("father")) | (pl.col("member") == pl.col("mother")))
    with_own = near.filter((pl.col("member") == pl.col("person")) & (pl.col("other") != pl.col("row")))
    elsewhere = frame.group_by("person").len().filter(pl.col("len") > 1)
    able = children.join(elsewhere, on="person", how="semi")
    apart = len(children) - with_parent["row"].n_unique()
    return {
        "mentions": len(children),
        "apart": apart,
        "apart_share": round(apart / len(children), 5) if len(children) else None,
        "with_own_rows": with_own["row"].n_unique(),
        "that_have_own_rows": len(able),
    }


def lookalike_figures(frame: pl.DataFrame, person: pl.DataFrame) -> dict[str, Any]:
    """Return pair figures of people who are hard to tell apart."""
    named = person.filter(pl.col("person").is_in(frame["person"].unique().implode())).with_columns(
        year=pl.col("birth_date").cast(pl.Date).dt.year()
    )
    namesakes = named.filter(pl.len().over("name", "year") > 1)["person"]
    same_name = named.filter(pl.len().over("name") > 1)["person"]
    born = named.filter(pl.col("mother") >= 0)
    twins = born.filter(pl.len().over("mother", "birth_date") > 1)["person"]
    siblings = born.filter(pl.len().over("mother") > 1)["person"]
    groups = {"namesakes_same_year": namesakes, "namesakes": same_name, "twins": twins, "siblings": siblings}
    found = {name: pair_figures(frame, pl.col("person").is_in(who.implode())) for name, who in groups.items()}
    return {name: {"persons": len(groups[name]), **figures} for name, figures in found.items()}


def outsider_figures(frame: pl.DataFrame) -> dict[str, Any]:
    """Count mentions of people who live elsewhere that stand in a cluster with somebody else."""
    people = frame.group_by("person_id").agg(pl.col("person").n_unique().alias("people"))
    outside = frame.filter("outsider").join(people, on="person_id", how="left")
    wrong = outside.filter(pl.col("people") > 1)
    only = wrong.filter("name_only")
    return {
        "mentions": len(outside),
        "wrongly_linked": len(wrong),
        "wrongly_linked_share": round(len(wrong) / len(outside), 5) if len(outside) else None,
        "of_them_name_only": len(only),
        "by_role": outside.group_by("feed", "person_role")
        .agg(pl.len().alias("mentions"), (pl.col("people") > 1).sum().alias("wrong"))
        .sort("feed", "person_role")
        .to_dicts(),
    }


def with_home(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `at_home`: the mention's person has most mentions of its cluster (the smaller number on a tie)."""
    order = {"person_id": False, "len": True, "person": False}
    counted = frame.group_by("person_id", "person").len().sort(*order, descending=list(order.values()))
    main = counted.unique("person_id", keep="first", maintain_order=True).select("person_id", main_person="person")
    joined = frame.join(main, on="person_id", how="left", maintain_order="left")
    return joined.with_columns(at_home=pl.col("person") == pl.col("main_person"))


def main_ids(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `person, person_id, len`: the cluster that holds most mentions of each person, and how many."""
    order = {"person": False, "len": True, "person_id": False}
    counted = frame.group_by("person", "person_id").len().sort(*order, descending=list(order.values()))
    return counted.unique("person", keep="first", maintain_order=True)


def calibration(frame: pl.DataFrame) -> dict[str, Any]:
    """Compare the crosswalk's probabilities with the share that stands in its own person's cluster, bin by bin."""
    scored = with_home(frame).filter(pl.col("probability").is_not_null() & ~pl.col("method").is_in(UNSCORED))
    bins = []
    for low, high in pairwise(EDGES):
        top = pl.col("probability") <= high if high == 1.0 else pl.col("probability") < high
        inside = scored.filter((pl.col("probability") >= low) & top)
        if len(inside):
            told, right = inside.select(pl.col("probability").mean(), pl.col("at_home").mean()).row(0)
            bins.append(
                {"from": low, "to": high, "mentions": len(inside), "told": round(told, 5), "right": round(right, 5)}
            )
    error = sum(b["mentions"] * abs(b["told"] - b["right"]) for b in bins) / max(1, len(scored))
    doubtful = [b for b in bins if b["to"] <= 0.95]
    count = sum(b["mentions"] for b in doubtful)
    return {
        "mentions": len(scored),
        "ece": round(error, 5),
        "doubtful_mentions": count,
        "doubtful_ece": round(sum(b["mentions"] * abs(b["told"] - b["right"]) for b in doubtful) / max(1, count), 5),
        "bins": bins,
    }


def precision_recall(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return pair figures when only mentions of at least some probability stay in their cluster."""
    rows = []
    for least in (0.0, 0.5, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97, 0.99, 0.995, 0.999):
        certain = pl.col("probability").fill_null(1.0) >= least
        alone = frame.with_columns(
            person_id=pl.when(certain | pl.col("method").is_in(UNSCORED))
            .then("person_id")
            .otherwise(pl.format("cut {}", "row"))
        )
        rows.append({"least_probability": least, **pair_figures(alone)})
    return rows
