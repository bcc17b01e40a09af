"""How much of each role the city knows: the odds that a mention means somebody who is also named elsewhere.

A pairwise probability asks "this person or any other?" and answers one half for a name that a single resident bears,
because the frequency of the name was counted on that very resident. Within a city the others are enumerated: the
mention means one of the candidates, or somebody whom no other row names. The share of the latter differs by role
(nearly nobody in a property roll, many a legal representative) and is estimated from the night itself, without any
truth: the share under which the evidence of the role's mentions is likeliest (a mixture of two, by EM).
"""

from __future__ import annotations

import polars as pl

from pipelines.identity.scoring.steps import stepped_column

START = 0.8
ROUNDS = 40
BOUNDS = (0.05, 0.98)
"""No role is known to nobody or to everybody: a bound keeps one freak night from deciding everything."""

PRIOR_MENTIONS = 20
"""A role with few mentions is drawn towards ``START`` as if by this many more."""

ROLE = ["feed", "person_role"]


def known_shares(evidence: pl.DataFrame) -> pl.DataFrame:
    """Estimate by role the share of mentions whose person is named elsewhere too.

    Args:
        evidence: one row per unit: ``feed, person_role, odds`` (sum over its candidates of the odds against a random
            other person; 0 without candidates, null for one that surely stands with others).

    Returns:
        ``feed, person_role, known_share`` (0..1, in steps), sorted.
    """
    shares = evidence.select(ROLE).unique().sort(ROLE).with_columns(known_share=pl.lit(START))
    odds = pl.col("odds") * pl.col("known_share")
    belief = (odds / (odds + 1 - pl.col("known_share"))).fill_null(1.0)
    for _ in range(ROUNDS):
        total = evidence.join(shares, on=ROLE).group_by(ROLE).agg(told=belief.sum(), mentions=pl.len())
        share = (pl.col("told") + START * PRIOR_MENTIONS) / (pl.col("mentions") + PRIOR_MENTIONS)
        shares = total.select(*ROLE, known_share=share.clip(*BOUNDS)).sort(ROLE)
    return shares.with_columns(known_share=_stepped("known_share"))


def _stepped(share: str) -> pl.Expr:
    """The share in steps of its odds: a night that changes little shall not change every join of the city."""
    odds = stepped_column(pl.col(share) / (1 - pl.col(share)))
    return odds / (1 + odds)


def belief(odds: pl.Expr, rivals: pl.Expr, known_share: pl.Expr) -> pl.Expr:
    """Probability of one candidate, given the odds of all the others (``rivals``) and the share that is known."""
    return odds * known_share / ((odds + rivals) * known_share + 1 - known_share)
