"""How right the golden records and the households are, as of the last night."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.city.evaluate.linking import Truth
from pipelines.lake.snapshot import Snapshot

_DOTS = r"[·•.\s]"


@dataclass(frozen=True)
class GoldenQuality:
    """Golden values of true persons, each judged by the cluster that holds most of their mentions.

    Attributes:
        values: value -> persons, filled, right, accuracy (right among filled), coverage (filled among persons).
        households: pairs of residents: precision, recall, f1, true_pairs, found_pairs.
    """

    values: dict[str, dict[str, Any]]
    households: dict[str, Any]


def measure_golden(snapshot: Snapshot, truth: Truth, mentions: pl.DataFrame) -> GoldenQuality:
    """Judge names, birth dates, sexes and current dwellings, and who lives with whom."""
    given = mentions.filter(pl.col("person").is_not_null() & pl.col("person_id").is_not_null())
    counted = (
        given.group_by("person", "person_id").len().sort("person", "len", "person_id", descending=[False, True, False])
    )
    main = counted.unique("person", keep="first", maintain_order=True).select("person", "person_id")
    columns = ["person_id", "name", "sex", "birth_date", "birth_date_precision", "residence_address_code"]
    got = snapshot.scan("master.person").select(
        *(pl.col(c).alias(c if c == "person_id" else f"got_{c}") for c in columns)
    )
    judged = main.join(truth.person, on="person").join(got.collect(), on="person_id", how="left")
    return GoldenQuality(values=_values(judged), households=_households(snapshot, truth, main))


def _values(judged: pl.DataFrame) -> dict[str, dict[str, Any]]:
    plain = {c: pl.col(c).str.replace_all(_DOTS, "").str.to_uppercase() for c in ("name", "got_name")}
    full_day = pl.when(pl.col("got_birth_date_precision") == "day").then(pl.col("got_birth_date"))
    everyone = pl.lit(value=True)
    alive = pl.col("is_alive") & pl.col("residence_code").is_not_null()
    checks = {
        "name": (everyone, plain["got_name"], plain["name"]),
        "sex": (everyone, pl.col("got_sex").cast(pl.String), pl.col("sex").cast(pl.String)),
        "birth_date": (everyone, full_day, pl.col("birth_date")),
        "residence": (alive, pl.col("got_residence_address_code"), pl.col("residence_code")),
    }
    result = {}
    for name, (whom, got, true) in checks.items():
        rows = judged.filter(whom).select(got=got, true=true)
        filled = rows.drop_nulls("got")
        right = filled.filter(pl.col("got") == pl.col("true")).height
        result[name] = {
            "persons": len(rows),
            "filled": len(filled),
            "right": right,
            "accuracy": _share(right, len(filled)),
            "coverage": _share(len(filled), len(rows)),
        }
    return result


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 5) if whole else None


def _households(snapshot: Snapshot, truth: Truth, main: pl.DataFrame) -> dict[str, Any]:
    """Compare pairs of people who live in one household: the true ones of people named at all, and those served."""
    members = snapshot.scan("master.household_member").filter(
        (pl.col("basis") == "residence") & pl.col("until").is_null()
    )
    served = (
        members.select("person_id", "household_id")
        .collect()
        .join(main, on="person_id")
        .select("person", "household_id")
    )
    served = served.unique("person", keep="first", maintain_order=True)
    true = truth.household.join(main.select("person"), on="person").select("person", "household")
    both = true.join(served, on="person").group_by("household", "household_id").len()
    found = _pairs(served.group_by("household_id").len()["len"])
    wanted = _pairs(true.group_by("household").len()["len"])
    right = _pairs(both["len"])
    precision, recall = _share(right, found), _share(right, wanted)
    f1 = round(2 * precision * recall / (precision + recall), 5) if precision and recall else None
    return {"true_pairs": int(wanted), "found_pairs": int(found), "precision": precision, "recall": recall, "f1": f1}


def _pairs(sizes: pl.Series) -> float:
    n = sizes.cast(pl.Float64)
    return float((n * (n - 1) / 2).sum())
