"""How right the persons are: pairs, B-cubed, mixed clusters, merged numbers, and the calibration of probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import polars as pl

from pipelines.city.evaluate.linking import Truth, with_keys
from pipelines.lake.snapshot import Snapshot

KEY = ["feed", "record_key", "person_role", "person_seq"]
WHOLE_NUMBERS = ("none", "spaced", "full_width", "trailing_tab", "fifteen")
_BINS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0)


@dataclass(frozen=True)
class PersonQuality:
    """Figures over current mentions of persons.

    Attributes:
        all_mentions, with_evidence: precision, recall, f1, b3_precision, b3_recall, b3_f1, mentions, persons, clusters,
            mixed_clusters, split_persons; `with_evidence` leaves out mentions that are a name and nothing else.
        by_role: by feed and role: mentions, and the share that stands with the majority of its true person.
        numbers_merged: clusters that hold the whole, different ID numbers of two or more people.
        missing: current mentions of persons without a row in the crosswalk; `organisations_as_persons`: the reverse.
        calibration: bins of the crosswalk's probability with the share that is right.
    """

    all_mentions: dict[str, Any]
    with_evidence: dict[str, Any]
    by_role: list[dict[str, Any]]
    numbers_merged: int
    missing: int
    organisations_as_persons: int
    calibration: list[dict[str, Any]]


def linked_mentions(snapshot: Snapshot, truth: Truth, rows: pl.DataFrame) -> pl.DataFrame:
    """Return current mentions with their true `person` and the `person_id`, probability and method given to them."""
    found = snapshot.scan("master.person_crosswalk").select(*KEY, "person_id", "probability", "method").collect()
    known = with_keys(truth.mention, rows).unique(KEY, keep="first", maintain_order=True)
    return known.join(found.cast({"person_seq": pl.Int32}), on=KEY, how="left", maintain_order="left")


def measure_persons(mentions: pl.DataFrame) -> PersonQuality:
    """Judge the crosswalk; `mentions` is the frame of `linked_mentions`."""
    people = mentions.filter(pl.col("person").is_not_null())
    given = people.filter(pl.col("person_id").is_not_null())
    home = best_clusters(given)
    judged = given.join(home, on="person_id", how="left").with_columns(
        at_home=pl.col("person") == pl.col("main_person")
    )
    whole = given.filter(pl.col("number_damage").is_in(WHOLE_NUMBERS))
    return PersonQuality(
        all_mentions=cluster_figures(given),
        with_evidence=cluster_figures(given.filter(~pl.col("name_only"))),
        by_role=_by_role(given),
        numbers_merged=whole.group_by("person_id").agg(pl.col("person").n_unique()).filter(pl.col("person") > 1).height,
        missing=people["person_id"].null_count(),
        organisations_as_persons=mentions.filter(pl.col("person").is_null() & pl.col("person_id").is_not_null()).height,
        calibration=_calibration(judged),
    )


def best_clusters(given: pl.DataFrame) -> pl.DataFrame:
    """Return for each person_id the true person most of its mentions belong to (`main_person`)."""
    counted = given.group_by("person_id", "person").len()
    first = counted.sort("person_id", "len", "person", descending=[False, True, False])
    return first.unique("person_id", keep="first", maintain_order=True).select("person_id", main_person="person")


def cluster_figures(given: pl.DataFrame) -> dict[str, Any]:
    """Return pairwise and B-cubed precision and recall, and counts, of mentions with `person` and `person_id`."""
    cells = given.group_by("person_id", "person").len(name="n").with_columns(pl.col("n").cast(pl.Float64))
    clusters = cells.group_by("person_id").agg(pl.col("n").sum(), pl.len().alias("people"))
    people = cells.group_by("person").agg(pl.col("n").sum(), pl.len().alias("parts"))
    both, total = _pairs(cells["n"]), float(cells["n"].sum())
    sizes = cells.join(clusters.select("person_id", of="n"), on="person_id").join(
        people.select("person", own="n"), on="person"
    )
    b3p = float((sizes["n"] ** 2 / sizes["of"]).sum()) / total if total else None
    b3r = float((sizes["n"] ** 2 / sizes["own"]).sum()) / total if total else None
    precision, recall = _ratio(both, _pairs(clusters["n"])), _ratio(both, _pairs(people["n"]))
    return {
        "mentions": int(total),
        "persons": len(people),
        "clusters": len(clusters),
        "precision": precision,
        "recall": recall,
        "f1": _f1(precision, recall),
        "b3_precision": _round(b3p),
        "b3_recall": _round(b3r),
        "b3_f1": _f1(b3p, b3r),
        "mixed_clusters": clusters.filter(pl.col("people") > 1).height,
        "split_persons": people.filter(pl.col("parts") > 1).height,
    }


def _pairs(sizes: pl.Series) -> float:
    return float((sizes * (sizes - 1) / 2).sum())


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, 5) if whole else None


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 5)


def _f1(precision: float | None, recall: float | None) -> float | None:
    if not precision or not recall:
        return None
    return round(2 * precision * recall / (precision + recall), 5)


def _by_role(given: pl.DataFrame) -> list[dict[str, Any]]:
    """Share of each role's mentions that stand in the cluster which holds most mentions of their true person."""
    counted = (
        given.group_by("person", "person_id").len().sort("person", "len", "person_id", descending=[False, True, False])
    )
    main = counted.unique("person", keep="first", maintain_order=True).select("person", main_id="person_id")
    placed = given.join(main, on="person").with_columns(together=pl.col("person_id") == pl.col("main_id"))
    found = placed.group_by("feed", "person_role").agg(pl.len().alias("mentions"), pl.col("together").mean().round(5))
    return found.sort("feed", "person_role").to_dicts()


def _calibration(judged: pl.DataFrame) -> list[dict[str, Any]]:
    scored = judged.filter(pl.col("probability").is_not_null() & ~pl.col("method").is_in(["single", "organisation"]))
    rows = []
    for low, high in pairwise(_BINS):
        upper = pl.col("probability") <= high if high == 1.0 else pl.col("probability") < high
        inside = scored.filter((pl.col("probability") >= low) & upper)
        if not inside.is_empty():
            told, right = float(inside["probability"].mean()), float(inside["at_home"].mean())  # type: ignore[arg-type]
            rows.append(
                {"from": low, "to": high, "mentions": len(inside), "told": round(told, 5), "right": round(right, 5)}
            )
    return rows
