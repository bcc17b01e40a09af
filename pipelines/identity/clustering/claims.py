"""Claims: how strongly all that a cluster has gathered speaks for a lesser cluster being the same person."""

from __future__ import annotations

import polars as pl

from pipelines.identity.constraints import ADULT_YEARS, POLICE_FEED
from pipelines.identity.outputs import WEIGHT_COLUMNS

REGISTER_TWICE_BITS = 7.0
"""The register lists a resident once, but for slips: two of its rows join only on evidence this much above even."""

FIXED = ("weight_birth", "weight_sex", "weight_id")
"""Comparisons of what never changes in a life."""

OTHER_SPOUSE_BITS = 3.0
"""Somebody else is named as spouse, beyond what kin in general object: one marriage in ten is not the first one."""

MAX_BITS = 60.0


def gather_units(
    assignment: pl.DataFrame, features: pl.DataFrame, mentions: pl.DataFrame, nodes: pl.DataFrame
) -> pl.DataFrame:
    """Clusters with their rank: with a number, in the register, by mentions; ``may_join`` without a number."""
    police = mentions.filter((pl.col("feed") == POLICE_FEED) & (pl.col("person_role") == "self"))
    seen = mentions.join(nodes, on="mention_index").group_by("node").agg(seen=pl.col("observed_on").dt.year().max())
    registered = police.join(nodes, on="mention_index").select("node", is_police=pl.lit(value=True)).unique()
    return (
        assignment.join(features, on="node")
        .join(registered, on="node", how="left")
        .join(seen, on="node", how="left")
        .group_by("cluster")
        .agg(
            has_number=(pl.col("numbers").list.len() > 0).any(),
            is_police=pl.col("is_police").fill_null(value=False).any(),
            sex=pl.when(pl.col("sex").drop_nulls().n_unique() == 1).then(pl.col("sex").drop_nulls().first()),
            nodes=pl.len(),
            mentions=pl.col("size").sum(),
            is_usable=pl.col("is_usable").any(),
            # A clerk's slip is seldom in the surname, and a second spouse seldom has that of the first.
            spouses=pl.col("spouses").explode().drop_nulls().str.head(1).unique().sort(),
            is_titled=(pl.col("names").list.len() == 0).all(),
            born=pl.col("birth").dt.year().max(),
            seen=pl.col("seen").max(),
        )
        .sort(
            ["has_number", "is_police", "mentions", "cluster"],
            descending=[True, True, True, False],
            maintain_order=True,
        )
        .with_row_index("rank")
    )


def claims_on(
    assignment: pl.DataFrame,
    units: pl.DataFrame,
    features: pl.DataFrame,
    pairs: pl.DataFrame,
    titled: pl.DataFrame,
) -> pl.DataFrame:
    """Claims of anchors on lesser clusters: ``cluster, anchor, bits, rule``."""
    home = assignment.select(node="node", home="cluster")
    by_title = titled.join(home, on="node").join(
        home.select(anchor_node="node", anchor="home"), left_on="cluster", right_on="anchor_node"
    )
    told = pl.concat(
        [spread_evidence(assignment, features, pairs), by_title.select("anchor", "bits", "rule", cluster="home")],
        how="diagonal",
    )
    facts = units.select(
        "cluster", "rank", "has_number", "is_police", "nodes", "sex", "spouses", "is_titled", "born", "seen"
    )
    married = (pl.col("spouses").list.len() > 0) & (pl.col("spouses_anchor").list.len() > 0)
    remarried = pl.col("spouses").list.set_intersection("spouses_anchor").list.len() == 0
    other_spouse = married & remarried & ~pl.col("kin_agrees").fill_null(value=False)
    # Fragments of a person are no rivals of the person: they count only where nobody firmer is claimed.
    firm = pl.col("has_number_anchor") | pl.col("is_police_anchor") | (pl.col("nodes_anchor") > 1)
    child = (pl.col("seen") - pl.col("born_anchor") < ADULT_YEARS).fill_null(value=False)
    return (
        told.filter(pl.col("cluster") != pl.col("anchor"))
        .join(facts, on="cluster")
        .join(facts.rename({"cluster": "anchor"}), on="anchor", suffix="_anchor")
        .with_columns(bits=pl.col("bits") - pl.when(other_spouse).then(OTHER_SPOUSE_BITS).otherwise(0.0))
        .filter(
            ~pl.col("has_number"),
            ~(pl.col("is_titled") & child),
            pl.col("rank_anchor") < pl.col("rank"),
            (pl.col("sex") == pl.col("sex_anchor")).fill_null(value=True),
            ~(pl.col("is_police") & pl.col("is_police_anchor")) | (pl.col("bits") >= REGISTER_TWICE_BITS),
        )
        .filter(firm | ~firm.any().over("cluster"))
        .sort(["cluster", "anchor", "bits", "rule"], descending=[False, False, True, False])
        .unique(["cluster", "anchor"], keep="first", maintain_order=True)
        .select("cluster", "anchor", "bits", "rule", odds=pl.lit(2.0).pow(pl.col("bits").clip(-MAX_BITS, MAX_BITS)))
    )


def spread_evidence(assignment: pl.DataFrame, features: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Evidence between two clusters: the best of each comparison over all their pairs that can be compared.

    Phones, rooms and names change, so that agreement with one row of a person is agreement. Birth date, sex and
    number do not, so that half of the strongest objection counts against the strongest support. A pair that cannot be
    compared (weight 0) is silent: it neither supports nor takes back what the others say. A surname with a title is
    silent where whole names can be compared. Place and kin are taken together with the discount for house-mates, from
    the one pair in which they say most: room from one row and kin from another both say "one of this family", and
    saying so twice does not tell which.
    """
    whole = features.filter(pl.col("names").list.len() > 0)["node"].implode()
    placed = _with_household(pairs).with_columns(
        is_whole=pl.col("left_node").is_in(whole) & pl.col("right_node").is_in(whole),
        prior=pl.col("match_weight") - pl.sum_horizontal(WEIGHT_COLUMNS) - pl.col("weight_household"),
        home=pl.sum_horizontal("weight_address", "weight_kin", "weight_household"),
        is_placed=(pl.col("weight_address") != 0) | (pl.col("weight_kin") != 0),
    )
    for side in ("left", "right"):
        home = assignment.rename({"node": f"{side}_node", "cluster": f"{side}_cluster"})
        placed = placed.join(home, on=f"{side}_node")
    apart = placed.filter(pl.col("left_cluster") != pl.col("right_cluster")).with_columns(
        lo=pl.min_horizontal("left_cluster", "right_cluster"), hi=pl.max_horizontal("left_cluster", "right_cluster")
    )
    told = {name: pl.col(name).filter(pl.col(name) != 0) for name in ("weight_name", "weight_phone", *FIXED)}
    whole_name = pl.col("weight_name").filter((pl.col("weight_name") != 0) & pl.col("is_whole"))
    best = {
        "weight_name": pl.coalesce(whole_name.max(), told["weight_name"].max()),
        "weight_phone": told["weight_phone"].max(),
        "home": pl.col("home").filter("is_placed").max(),
    }
    for name in FIXED:
        doubt = pl.when(told[name].max() > 0).then(0.5 * told[name].min().clip(upper_bound=0.0)).otherwise(0.0)
        best[name] = told[name].max() + doubt
    gathered = (
        apart.group_by("lo", "hi")
        .agg(
            pl.col("prior").min(),
            kin_agrees=(pl.col("weight_kin") > 0).any(),
            **{name: value.fill_null(0.0) for name, value in best.items()},
        )
        # Two given names under one roof are two persons: room, phone and kin are what they share as house-mates.
        .filter((pl.col("weight_name") > 0) | (pl.col("weight_id") > 0))
        .select(
            "lo", "hi", "kin_agrees", bits=pl.col("prior") + pl.sum_horizontal(list(best)), rule=pl.lit("collective")
        )
    )
    ends = (("lo", "hi"), ("hi", "lo"))
    told_columns = ["bits", "rule", "kin_agrees"]
    return pl.concat([gathered.select(*told_columns, cluster=one, anchor=two) for one, two in ends])


def _with_household(pairs: pl.DataFrame) -> pl.DataFrame:
    if "weight_household" in pairs.columns:
        return pairs
    return pairs.with_columns(weight_household=pl.lit(0.0))
