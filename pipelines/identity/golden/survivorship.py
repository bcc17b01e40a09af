"""How a golden value is chosen: every source is a witness with a known reliability, and memory fades.

Each claim says a value at a date. A candidate is as likely as all claims are if it is the truth: those that agree were
right; those that do not were wrong, or were right once and the value has changed since. So agreement adds up, a lone
slip loses against two departments, and of two good registers the one that knew it last wins. Sums run over integers, so
that no order of rows can change a tie.
"""

from __future__ import annotations

from math import log

import polars as pl

from pipelines.identity.golden.rules import AttributeRule

NATS = 1_000_000
"""Log-likelihoods are counted in millionths of a nat."""

DAYS_PER_YEAR = 365.25
EQUAL = pl.col("value") == pl.col("candidate")


def rank_claims(
    claims: pl.DataFrame,
    rule: AttributeRule,
    candidates: pl.DataFrame | None = None,
    agrees: pl.Expr = EQUAL,
    prior: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Rank the values that a person's sources claim.

    Args:
        claims: ``person_id, value, source`` and ``on`` (date of the evidence); null values and sources without a
            reliability claim nothing. ``doubt`` may stand there already; ``extra`` columns serve ``agrees``.
        rule: the attribute's rule.
        candidates: ``person_id, candidate`` with columns for ``agrees``; default every claimed value.
        agrees: whether a claim supports a candidate; a claim of a month supports each of its days.
        prior: ``person_id, candidate, prior`` (nats) for what is likelier before any claim; absent ones count 0.

    Returns:
        One row per person and candidate, best first: ``person_id, value, confidence`` (0..1, against all other
        candidates and against a value that nobody told), ``source`` (the most reliable that says so), ``on`` (its
        newest evidence), ``sources`` (all that say so, sorted), ``witnesses`` (how many), ``place`` (0 is the winner).
    """
    told = _told(claims, rule)
    values = _values(told, rule)
    one = values.filter(pl.len().over("person_id") == 1)
    several = values.filter(pl.len().over("person_id") > 1)
    chosen = several.select("person_id", candidate="value") if candidates is None else candidates
    pairs = several.join(chosen, on="person_id").with_columns(agrees=agrees.fill_null(value=False))
    scored = _scored(pairs, rule)
    if prior is not None:
        scored = scored.join(prior, on=["person_id", "candidate"], how="left", maintain_order="left").with_columns(
            score=pl.col("score") + (pl.col("prior").fill_null(0.0) * NATS).round().cast(pl.Int64)
        )
    return pl.concat([_undisputed(one), _placed(scored)])


def _told(claims: pl.DataFrame, rule: AttributeRule) -> pl.DataFrame:
    """One claim a person, source and value: the newest; a department that repeats itself has said it once."""
    given = [pl.col("doubt")] if "doubt" in claims.columns else []
    weighed = (
        claims.drop_nulls("value")
        .with_columns(doubt=pl.coalesce(*given, rule.doubts(claims["source"])))
        .filter(pl.col("doubt").is_not_null())
        .with_columns(pl.col("source").cast(_best_first(claims["source"], rule)))
    )
    rest = [name for name in weighed.columns if name not in ("person_id", "value", "source", "on", "doubt")]
    told = weighed.group_by("person_id", "value", "source").agg(
        pl.col("on").max(), pl.col("doubt").min(), *(pl.col(name).min() for name in rest)
    )
    return told.with_columns(missed=rule.missed(told["source"].cast(pl.String)))


def _best_first(sources: pl.Series, rule: AttributeRule) -> pl.Enum:
    """The sources as an ordered type, the most reliable first, so that the least of several is the best."""
    names = [str(name) for name in sources.unique().to_list() if name is not None]
    return pl.Enum(sorted(names, key=lambda name: (-(rule.reliability_of(name) or 0.0), name)))


def _values(told: pl.DataFrame, rule: AttributeRule) -> pl.DataFrame:
    """One row a person and claimed value, with the log-likelihoods of all that say so.

    ``right`` if they are right; ``wrong`` if all of them err, each after the first repeating the slip; ``stale`` if
    they were right once and none of them has heard of the change.
    """
    rest = [name for name in told.columns if name not in ("person_id", "value", "source", "on", "doubt", "missed")]
    echo = round(log(rule.coincidence) * NATS)
    return told.group_by("person_id", "value").agg(
        *(pl.col(name).min() for name in rest),
        right=_nats(1.0 - pl.col("doubt")).sum(),
        wrong=_nats(pl.col("doubt")).sum() + echo * (pl.len().cast(pl.Int64) - 1),
        stale=_nats((1.0 - pl.col("doubt")) * pl.col("missed")).sum(),
        told_on=pl.col("on").max(),
        best=pl.col("source").min(),
        said_by=pl.col("source").unique().sort(),
    )


def _nats(chance: pl.Expr) -> pl.Expr:
    return (chance.clip(lower_bound=1e-9).log() * NATS).round().cast(pl.Int64)


def _undisputed(one: pl.DataFrame) -> pl.DataFrame:
    """The columns of ``_placed`` for persons of whom one value is claimed: it needs no pairs."""
    right, wrong = ((pl.col(name) / NATS).exp() for name in ("right", "wrong"))
    return one.select(
        "person_id",
        "value",
        (right / (right + wrong)).round(4).alias("confidence"),
        pl.col("best").cast(pl.String).alias("source"),
        pl.col("told_on").alias("on"),
        pl.col("said_by").cast(pl.List(pl.String)).alias("sources"),
        pl.col("said_by").list.len().cast(pl.Int64).alias("witnesses"),
        pl.lit(0, dtype=pl.Int64).alias("place"),
    )


def _scored(pairs: pl.DataFrame, rule: AttributeRule) -> pl.DataFrame:
    """Each candidate with the log-likelihood of everything that was said, and that of its being none of the candidates.

    A value that speaks against a candidate was wrong, or was right before a single change that came between its newest
    evidence and the candidate's.
    """
    known = pl.col("told_on").filter("agrees").max().over("person_id", "candidate")
    years = ((known - pl.col("told_on")).dt.total_days() / DAYS_PER_YEAR).clip(lower_bound=0.0).fill_null(0.0)
    changed = 1.0 - (-rule.change_per_year * years).exp()
    against = (pl.col("wrong") / NATS).exp() + changed * (pl.col("stale") / NATS).exp()
    nats = pl.when("agrees").then("right").otherwise((against.log() * NATS).round().cast(pl.Int64))
    return (
        pairs.with_columns(nats=nats)
        .group_by("person_id", "candidate")
        .agg(
            score=pl.col("nats").sum(),
            nobody=pl.col("wrong").sum(),
            source=pl.col("best").filter("agrees").min(),
            sources=pl.col("said_by").filter("agrees").explode().unique().sort(),
            on=pl.col("told_on").filter("agrees").max(),
        )
        .with_columns(witnesses=pl.col("sources").list.len().cast(pl.Int64))
    )


def _placed(scored: pl.DataFrame) -> pl.DataFrame:
    """Order the candidates of each person and say how sure the choice is; ties: newer, then the smaller value."""
    top = pl.max_horizontal(pl.col("score").max().over("person_id"), "nobody")
    share = ((pl.col("score") - top) / NATS).exp()
    unseen = ((pl.col("nobody") - top) / NATS).exp()
    return (
        scored.sort(["person_id", "score", "on", "candidate"], descending=[False, True, True, False], nulls_last=True)
        .with_columns(confidence=(share / (share.sum().over("person_id") + unseen)).round(4))
        .select(
            "person_id",
            pl.col("candidate").alias("value"),
            "confidence",
            pl.col("source").cast(pl.String),
            "on",
            pl.col("sources").cast(pl.List(pl.String)),
            "witnesses",
            place=pl.int_range(pl.len()).over("person_id"),
        )
    )


def winners(ranked: pl.DataFrame, attribute: str) -> pl.DataFrame:
    """The winning value of each person as ``<attribute>``, ``_source``, ``_on`` and ``_confidence`` (0..1)."""
    return ranked.filter(pl.col("place") == 0).select(
        "person_id",
        pl.col("value").alias(attribute),
        pl.col("source").alias(f"{attribute}_source"),
        pl.col("on").alias(f"{attribute}_on"),
        pl.col("confidence").alias(f"{attribute}_confidence"),
    )
