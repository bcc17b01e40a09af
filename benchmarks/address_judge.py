"""Judge answers against the truth of a generated city, and count by whatever is asked for.

A text is *honest* unless a slip makes it plainly name another existing place (`!` in its damage). An answer is
*resolved* when it gives a code, or a unit or floor below a building that it names; *right* when that place is the true
one or an ancestor of it; *covered* when it is right and at least as deep as the text supports; *matched* when it is
resolved and its status says so. Wrong is counted among the matched.
"""

from __future__ import annotations

import math
from typing import Any

import orjson
import polars as pl

from pipelines.city.evaluate.addresses import ratio

KEY = ["feed", "record_key", "address_role"]
DEPTH = {
    "none": 0, "street": 1, "community": 2, "road": 3, "house_number": 4, "estate": 4, "building": 5, "unit": 6,
    "floor": 7, "room": 8,
}  # fmt: skip
BINS = 10
UNSURE = ("wrong_digit", "swapped")  # of the older styles, which do not tell whether the door exists
FINE_EDGES = (0.0002, 0.0006, 0.0015, 0.003, 0.006, 0.012, 0.025, 0.05, 0.1)


def one_code_a_door(register: pl.DataFrame) -> dict[str, str]:
    """Return for every code of a door that the register has twice the first code of that door."""
    parts = [c for c in ("city", "district", "street", "community", "road", "house_number", "estate", "building",
                         "unit", "room") if c in register.columns]  # fmt: skip
    doors = register.group_by(parts).agg(pl.col("address_code").sort())
    twice = doors.filter(pl.col("address_code").list.len() > 1)["address_code"].to_list()
    return {code: codes[0] for codes in twice for code in codes[1:]}


def judge(truth: pl.DataFrame, answers: pl.DataFrame, place: pl.DataFrame, register: pl.DataFrame) -> pl.DataFrame:
    """Return one row a mention inside the city with what its answer is worth."""
    same = one_code_a_door(register)
    columns = ["address_text", "address_code", "matched_level", "status", "confidence", "reason", "candidates",
               "building_code", "unit_key"]  # fmt: skip
    joined = truth.join(answers.select(*KEY, *columns), on=KEY, how="left", maintain_order="left")
    own = place.select(
        true_code="address_code", true_building="building_code", true_estate="estate_code",
        true_unit_no="unit_no",
    )  # fmt: skip
    joined = joined.filter(pl.col("true_code").is_not_null()).join(own, on="true_code", how="left")
    joined = joined.with_columns(pl.col("address_code", "building_code").replace(same))
    joined = joined.join(_unit_keys(joined), on=["true_building", "true_unit_no"], how="left", maintain_order="left")
    code, level = pl.col("address_code"), pl.col("matched_level").fill_null("none")
    below = code.is_null() & level.is_in(["unit", "floor"])
    ancestor = (code == pl.col("true_building")) | (code == pl.col("true_estate"))
    told = (level == "unit") | (pl.col("supported_level") == "unit")
    in_unit = ~told | (pl.col("true_unit_no") == 0) | (pl.col("unit_key") == pl.col("known_unit_key"))
    below_right = below & (pl.col("building_code") == pl.col("true_building")) & in_unit.fill_null(value=True)
    right = ((code == pl.col("true_code")) | ancestor | below_right).fill_null(value=False)
    resolved = code.is_not_null() | below
    supports = pl.col("supported_level") != "none"
    depth, wanted = (pl.col(c).replace_strict(DEPTH, default=0) for c in ("matched_level", "supported_level"))
    deep = pl.when(code == pl.col("true_code")).then(pl.lit(8)).otherwise(depth)
    return joined.with_columns(
        honest=~(pl.col("damage").str.contains("!", literal=True) | pl.col("damage").is_in(UNSURE)),
        matched=(pl.col("status") == "matched") & resolved,
        resolved=resolved,
        right=right & resolved,
        supports=supports,
        covered=supports & right & resolved & (deep >= wanted),
        wrong=resolved & ~right,
        wrong_match=resolved & ~right & (pl.col("status") == "matched"),
        level_right=supports & ((depth == wanted) | (right & resolved & (deep >= wanted))),
        among=_among(joined, same),
    )


def _unit_keys(joined: pl.DataFrame) -> pl.DataFrame:
    """Return the key that answers give to each unit whose rooms they find, so that a wrong unit can be told."""
    rooms = joined.filter((pl.col("address_code") == pl.col("true_code")) & (pl.col("true_unit_no") > 0))
    return (
        rooms.filter(pl.col("unit_key").is_not_null())
        .group_by("true_building", "true_unit_no")
        .agg(pl.col("unit_key").mode().sort().first().alias("known_unit_key"))
    )


def _among(joined: pl.DataFrame, same: dict[str, str]) -> pl.Series:
    """Tell of each answer whether the true code, its building or its site is among the candidates."""
    found = []
    for text, true, building, estate in joined.select(
        "candidates", "true_code", "true_building", "true_estate"
    ).iter_rows():
        codes = {same.get(c, c) for c in _codes(text)}
        found.append(bool(codes & {true, building, estate} - {None}))
    return pl.Series(found, dtype=pl.Boolean)


def _codes(candidates: str | None) -> set[str]:
    if not candidates:
        return set()
    return {str(c["address_code"]) if isinstance(c, dict) else str(c) for c in orjson.loads(candidates)}


def shares(judged: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Return counts and shares, by columns where given.

    coverage: covered of all texts; of_supported: covered of those that support a place; exact_share: covered of the
    resolved among those; wrong_share: wrong matches of all matches, wrong_honest_share: the same of honest texts;
    wrong_code_share: wrong codes of all given, also with `ambiguous` and `unmatched`.
    """
    sums = [
        pl.len().alias("texts"),
        pl.col("supports").sum().alias("supporting"),
        pl.col("covered").sum(),
        (pl.col("supports") & pl.col("resolved")).sum().alias("answered"),
        pl.col("matched").sum(),
        pl.col("wrong_match").sum(),
        pl.col("resolved").sum(),
        pl.col("wrong").sum(),
        (pl.col("wrong_match") & pl.col("honest")).sum().alias("wrong_honest"),
        (pl.col("matched") & pl.col("honest")).sum().alias("matched_honest"),
        (~pl.col("honest")).sum().alias("dishonest"),
        (pl.col("wrong_match") & ~pl.col("honest")).sum().alias("dishonest_believed"),
        (pl.col("status") == "ambiguous").sum().alias("ambiguous"),
        pl.col("level_right").sum(),
    ]
    counted = judged.group_by(*by).agg(sums).sort(*by) if by else judged.select(sums)
    return counted.with_columns(
        coverage=ratio("covered", "texts"),
        of_supported=ratio("covered", "supporting"),
        exact_share=ratio("covered", "answered"),
        wrong_share=ratio("wrong_match", "matched"),
        wrong_honest_share=ratio("wrong_honest", "matched_honest"),
        wrong_code_share=ratio("wrong", "resolved"),
        level_right_share=ratio("level_right", "supporting"),
    )


def by_kind(judged: pl.DataFrame) -> pl.DataFrame:
    """Return `shares` by kind of damage and by form; a text with several counts for each."""
    tags = judged.with_columns(pl.col("damage").str.split("|").list.get(0).str.split("+").alias("kind"))
    forms = judged.filter(pl.col("damage").str.contains("|", literal=True)).with_columns(
        pl.col("damage").str.split("|").list.get(1).str.split("+").list.eval("form:" + pl.element()).alias("kind")
    )
    return shares(pl.concat([tags, forms]).explode("kind"), "kind")


def ambiguity(judged: pl.DataFrame) -> dict[str, Any]:
    """Return how reliable `ambiguous` is: truth among the candidates, and how often it was needed."""
    asked = judged.filter(pl.col("status") == "ambiguous")
    needless = asked.filter(pl.col("honest") & (pl.col("supported_level") == "room"))
    return {
        "texts": len(asked),
        "truth_among_candidates": _mean(asked["among"]),
        "needless": len(needless),
        "necessary_share": round(1 - len(needless) / len(asked), 5) if len(asked) else None,
        "code_right": _mean(asked.filter("resolved")["right"]),
        "by_reason": asked.group_by("reason")
        .agg(pl.len().alias("texts"), pl.col("among").mean().round(4))
        .sort("texts", "reason", descending=True)
        .to_dicts(),
    }


def calibration(judged: pl.DataFrame) -> dict[str, Any]:
    """Return ten equal bins of confidence of matched answers, ten that part the top one, and the expected errors."""
    matched = judged.filter("matched").select(pl.col("confidence").clip(0, 1), "right")
    equal = matched.with_columns((pl.col("confidence") * BINS).floor().clip(0, BINS - 1).cast(pl.Int64).alias("bin"))
    fine = matched.with_columns(
        (1 - pl.col("confidence")).cut(list(FINE_EDGES), left_closed=False).cast(pl.String).alias("bin")
    )
    bins, fine_bins = (_bins(frame) for frame in (equal, fine))
    return {
        "ece": round(sum(b["gap"] * b["texts"] for b in fine_bins) / max(1, len(matched)), 6),
        "ece_of_equal_bins": round(sum(b["gap"] * b["texts"] for b in bins) / max(1, len(matched)), 6),
        "bins": bins,
        "fine_bins": fine_bins,
    }


def _bins(frame: pl.DataFrame) -> list[dict[str, Any]]:
    counted = frame.group_by("bin").agg(
        pl.len().alias("texts"), pl.col("confidence").mean(), pl.col("right").mean()
    ).sort("confidence")  # fmt: skip
    rows = []
    for row in counted.drop("bin").iter_rows(named=True):
        low, high = _interval(1 - row["right"], row["texts"])
        rows.append({**row, "gap": abs(row["confidence"] - row["right"]), "low": low, "high": high})
    return rows


def _interval(share: float, size: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    z = 1.96
    centre, half = share + z * z / (2 * size), z * math.sqrt(share * (1 - share) / size + z * z / (4 * size * size))
    return max(0.0, (centre - half) / (1 + z * z / size)), (centre + half) / (1 + z * z / size)


def listing(judged: pl.DataFrame, examples: int = 8) -> str:
    """Return the misses by kind of damage and reason, most first, each with a few texts, truths and answers."""
    honest, supports = pl.col("honest"), pl.col("supports")
    short = supports & honest & ((~pl.col("covered")) | ((pl.col("supported_level") == "room") & ~pl.col("matched")))
    missed = judged.filter(short | pl.col("wrong_match")).with_columns(
        pl.col("damage").str.split("|").list.get(0).alias("kinds")
    )
    lines = []
    groups = missed.group_by("kinds", "reason", "wrong_match", maintain_order=True)
    for (kinds, reason, wrong), rows in sorted(groups, key=lambda g: (-len(g[1]), str(g[0]))):
        lines.append(f"{len(rows):4d} {kinds} reason={reason}{' WRONG MATCH' if wrong else ''}")
        lines += [
            f"       [{r['feed'].split('_', 1)[1]}] {r['address_text']}  want={r['supported_level']}:"
            f"{r['supported_code']} (true {r['true_code']})  got={r['status']}/{r['matched_level']}:"
            f"{r['address_code']}  {r['damage']}"
            for r in rows.head(examples).iter_rows(named=True)
        ]
    return "\n".join(lines) + "\n"


def outside(truth: pl.DataFrame, answers: pl.DataFrame) -> dict[str, Any]:
    """Return how addresses of other cities fared: right to the county, right as far as told, codes invented."""
    columns = ["division_code", "address_code", "status", "matched_level", "address_text", "reason"]
    rows = truth.filter(pl.col("outside_code").is_not_null()).join(answers.select(*KEY, *columns), on=KEY, how="left")
    told = pl.col("division_code")
    prefix = told.str.slice(0, 6).str.replace("(0000|00)$", "")
    as_far = rows.filter(told.is_not_null()).select(
        pl.struct(prefix.alias("p"), "outside_code")
        .map_elements(lambda s: s["outside_code"].startswith(s["p"]), return_dtype=pl.Boolean)
        .alias("ok")
    )["ok"]
    supported = rows.filter(pl.col("supported_level").ne_missing("province"))  # null in the older styles
    ours = truth.filter(pl.col("true_code").is_not_null()).join(answers.select(*KEY, "reason"), on=KEY, how="left")
    return {
        "texts": len(rows),
        "to_the_county": _mean(supported["division_code"].str.slice(0, 6) == supported["outside_code"]),
        "supporting": len(supported),
        "told": len(as_far),
        "right_as_far_as_told": _mean(as_far),
        "taken_for_outside": ours.filter(pl.col("reason") == "outside").height,
        "invented_codes": rows["address_code"].count(),
    }


def outside_listing(truth: pl.DataFrame, answers: pl.DataFrame, examples: int = 8) -> str:
    """Return addresses of other cities without their county or with a code of ours, and ours taken for outside."""
    columns = ["division_code", "address_code", "status", "matched_level", "address_text", "reason"]
    rows = truth.join(answers.select(*KEY, *columns), on=KEY, how="left")
    elsewhere = pl.col("outside_code").is_not_null()
    county = pl.col("division_code").str.slice(0, 6)
    short = (pl.col("supported_level") == "district") & county.ne_missing(pl.col("outside_code"))
    ours = pl.col("address_code").is_not_null()
    missed = rows.filter(pl.when(elsewhere).then(short | ours).otherwise(pl.col("reason") == "outside"))
    lines = []
    for (form, status), group in sorted(missed.group_by("damage", "status"), key=lambda g: (-len(g[1]), str(g[0]))):
        lines.append(f"{len(group):4d} {form} status={status}")
        lines += [
            f"       {r['address_text']}  want={r['outside_code']}  got={r['matched_level']}:{r['division_code']}"
            f" code={r['address_code']} reason={r['reason']}"
            for r in group.sort("address_text").head(examples).iter_rows(named=True)
        ]
    return "\n".join(lines) + "\n"


def _mean(values: pl.Series) -> float | None:
    return round(float(values.fill_null(value=False).mean()), 5) if len(values) else None  # type: ignore[arg-type]
