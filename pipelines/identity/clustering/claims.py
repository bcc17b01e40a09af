"""Claims: how strongly all that a cluster has gathered speaks for a lesser cluster being the same person."""

from __future__ import annotations

import polars as pl

from pipelines.identity.clustering.evidence import CORROBORATION, NAME_AGREES
from pipelines.identity.constraints import ADULT_YEARS, POLICE_FEED
from pipelines.identity.outputs import WEIGHT_COLUMNS
from pipelines.identity.scoring.excuses import OTHERS_KIN

REGISTER_TWICE_BITS = 7.0
"""The register lists a resident once, but for slips: two of its rows join only on evidence this much above even."""

FIXED = ("weight_birth", "weight_sex", "weight_id")
"""Comparisons of what never changes in a life."""

OTHER_SPOUSE_BITS = 3.0
"""Somebody else is named as spouse, beyond what kin in general object: one marriage in ten is not the first one."""

ADULT_ROLES = (
    "contact",
    "head",
    "husband",
    "landlord",
    "legal_representative",
    "owner",
    "participant",
    "tenant",
    "wife",
)
"""Roles that a child does not have, but for a rare owner."""

MAX_BITS = 60.0


def gather_units(
    assignment: pl.DataFrame, features: pl.DataFrame, mentions: pl.DataFrame, nodes: pl.DataFrame
) -> pl.DataFrame:
    """Clusters in the order of how firm they are: with a number, in the register, by mentions (``rank``).

    Returns:
        One row per cluster: ``cluster, rank, has_number, is_police, nodes, mentions, is_usable``, ``lists`` (in how
        many roles of feeds it is named), ``sex`` (null unless one), ``spouses`` (their surnames), ``born`` (latest
        certain birth year), ``adult_in`` (first year in which a row names it in a role, or with a title, that children
        do not have).
    """
    feed, role = pl.col("feed"), pl.col("person_role")
    grown_up = role.is_in(ADULT_ROLES) | (pl.col("name_kind") == "titled")
    by_node = (
        mentions.join(nodes, on="mention_index")
        .group_by("node")
        .agg(
            is_police=((feed == POLICE_FEED) & (role == "self")).any(),
            adult_in=pl.col("observed_on").dt.year().filter(grown_up).min(),
            roles=pl.concat_str("feed", "person_role", separator="/").unique(),
        )
    )
    sexes = pl.col("sex").drop_nulls()
    return (
        assignment.join(features, on="node")
        .join(by_node, on="node", how="left")
        .group_by("cluster")
        .agg(
            has_number=(pl.col("numbers").list.len() > 0).any(),
            is_police=pl.col("is_police").fill_null(value=False).any(),
            lists=pl.col("roles").explode().n_unique(),
            nodes=pl.len(),
            mentions=pl.col("size").sum(),
            is_usable=pl.col("is_usable").any(),
            sex=pl.when(sexes.n_unique() == 1).then(sexes.first()),
            # A clerk's slip is seldom in the surname, and a second spouse seldom has that of the first.
            spouses=pl.col("spouses").explode().drop_nulls().str.head(1).unique().sort(),
            born=pl.col("birth").dt.year().max(),
            adult_in=pl.col("adult_in").min(),
        )
        .sort("has_number", "is_police", "mentions", "cluster", descending=[True, True, True, False])
        .with_row_index("rank")
    )


def claims_on(
    assignment: pl.DataFrame,
    units: pl.DataFrame,
    features: pl.DataFrame,
    pairs: pl.DataFrame,
    titled: pl.DataFrame,
) -> pl.DataFrame:
    """Claims of anchors on lesser clusters: ``cluster, anchor, bits, odds, rule, beside``.

    An anchor is firmer than what it claims, and claims none that has a number, another sex or a role that it is too
    young for. ``beside``: the strongest evidence (bits) other than the name.
    """
    home = assignment.select(node="node", home="cluster")
    by_title = titled.join(home, on="node").join(
        home.select(anchor_node="node", anchor="home"), left_on="cluster", right_on="anchor_node"
    )
    told = pl.concat(
        [
            spread_evidence(assignment, features, pairs),
            by_title.select("anchor", "bits", "rule", cluster="home", kin_agrees=False, beside="bits"),
        ],
        how="diagonal",
    )
    anchors = units.drop("mentions", "is_usable", "lists")
    return (
        told.filter(pl.col("cluster") != pl.col("anchor"))
        .join(anchors, on="cluster")
        .join(anchors.rename({"cluster": "anchor"}), on="anchor", suffix="_anchor")
        .with_columns(bits=pl.col("bits") - pl.when(_other_spouse()).then(OTHER_SPOUSE_BITS).otherwise(0.0))
        .filter(_may_claim())
        .filter(_is_firm() | ~_is_firm().any().over("cluster"))
        .sort("cluster", "anchor", "bits", "rule", descending=[False, False, True, False])
        .unique(["cluster", "anchor"], keep="first", maintain_order=True)
        .with_columns(odds=pl.lit(2.0).pow(pl.col("bits").clip(-MAX_BITS, MAX_BITS)))
        .select("cluster", "anchor", "bits", "odds", "rule", "beside")
    )


def _may_claim() -> pl.Expr:
    both_police = pl.col("is_police") & pl.col("is_police_anchor")
    by_name_alone = pl.col("is_police") & (pl.col("beside") < CORROBORATION)
    child = (pl.col("adult_in") - pl.col("born_anchor") < ADULT_YEARS).fill_null(value=False)
    return pl.all_horizontal(
        ~pl.col("has_number"),
        pl.col("rank_anchor") < pl.col("rank"),
        (pl.col("sex") == pl.col("sex_anchor")).fill_null(value=True),
        ~child,
        ~by_name_alone,
        ~both_police | (pl.col("bits") >= REGISTER_TWICE_BITS),
    )


def _is_firm() -> pl.Expr:
    """Fragments of a person are no rivals of the person: they count only where nobody firmer is claimed."""
    return pl.col("has_number_anchor") | pl.col("is_police_anchor") | (pl.col("nodes_anchor") > 1)


def _other_spouse() -> pl.Expr:
    married = (pl.col("spouses").list.len() > 0) & (pl.col("spouses_anchor").list.len() > 0)
    remarried = pl.col("spouses").list.set_intersection("spouses_anchor").list.len() == 0
    return married & remarried & ~pl.col("kin_agrees")


def spread_evidence(assignment: pl.DataFrame, features: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Evidence between two clusters: the best of each comparison over all their pairs that can be compared.

    Phones, rooms and names change, so that agreement with one row of a person is agreement. Birth date, sex and
    number do not, so that half of the strongest objection counts against the strongest support. A pair that cannot be
    compared (weight 0) is silent: it neither supports nor takes back what the others say. A surname with a title is
    silent where whole names can be compared. Place and kin are taken together with the discount for house-mates, from
    the one pair in which they say most: room from one row and kin from another both say "one of this family", and
    saying so twice does not tell which.

    Args:
        assignment: ``node, cluster``.
        features: ``node, names``.
        pairs: scored pairs as ``fair_pairs`` gives them.
    """
    whole = features.filter(pl.col("names").list.len() > 0)["node"].implode()
    placed = pairs.with_columns(
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
        .with_columns(
            bits=pl.col("prior") + pl.sum_horizontal(list(best)),
            rule=pl.lit("collective"),
            beside=pl.max_horizontal(name for name in best if name not in ("weight_name", "weight_sex")),
        )
    )
    ends = (("lo", "hi"), ("hi", "lo"))
    told_columns = ["bits", "rule", "kin_agrees", "beside"]
    return pl.concat([gathered.select(*told_columns, cluster=one, anchor=two) for one, two in ends])


def fair_pairs(
    pairs: pl.DataFrame, features: pl.DataFrame, mentions: pl.DataFrame, nodes: pl.DataFrame, other_phone: float
) -> pl.DataFrame:
    """Scored pairs with what the night knows better than a pair: phones that differ, and whose home a row tells.

    The room and the kin on a contact's row are those of the elder. They pick one of several bearers of a name, but
    with a mere surname, or a name like a brother's, they only say "one of this family", as the name does already.

    Args:
        pairs: scored pairs with one weight per comparison.
        features: ``node, names``.
        mentions: person mentions.
        nodes: ``mention_index, node``.
        other_phone: what two phones that differ say (bits, below 0).
    """
    whole = features.filter(pl.col("names").list.len() > 0)["node"].implode()
    roles = mentions.join(nodes, on="mention_index").group_by("node").agg(pl.col("person_role").is_in(OTHERS_KIN).all())
    guests = roles.filter("person_role")["node"].implode()
    named = pl.all_horizontal(
        pl.col("weight_name") >= NAME_AGREES, pl.col("left_node").is_in(whole), pl.col("right_node").is_in(whole)
    )
    family_only = ~named & (pl.col("left_node").is_in(guests) | pl.col("right_node").is_in(guests))
    household = [] if "weight_household" in pairs.columns else [pl.lit(0.0).alias("weight_household")]
    weights = [*WEIGHT_COLUMNS, "weight_household"]
    told = pairs.with_columns(household).with_columns(prior=pl.col("match_weight") - pl.sum_horizontal(weights))
    home = ["weight_address", "weight_kin"]
    fair = told.with_columns(
        pl.when(family_only).then(pl.col(home).clip(upper_bound=0.0)).otherwise(pl.col(home)),
        weight_household=pl.when(family_only).then(0.0).otherwise("weight_household"),
        weight_phone=pl.when(pl.col("weight_phone") < 0).then(other_phone).otherwise("weight_phone"),
    )
    return fair.with_columns(match_weight=pl.col("prior") + pl.sum_horizontal(weights)).drop("prior")
