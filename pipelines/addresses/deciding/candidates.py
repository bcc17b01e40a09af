"""The places that an open answer leaves to a steward, each with its share of belief."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import Final

from pipelines.addresses.deciding.place import AMBIGUOUS, Placement
from pipelines.addresses.deciding.sites import SiteGuess
from pipelines.addresses.register.index import Register

SHOWN: Final = 3
_COST_OF_E: Final = 0.2  # a name that costs so much more is believed e times less
_ALL: Final = 0.999
_NONE_OF_THESE: Final = 2.0  # beside the weights of `slips.SLIPS`: the number may be right and the register incomplete


def listed(register: Register, rows: Sequence[int], shares: Sequence[float]) -> list[dict[str, object]]:
    """The first `SHOWN` rows as candidates: address_code, level, score."""
    return [
        {"address_code": register.rows[row].code, "level": register.rows[row].level, "score": round(share, 3)}
        for row, share in zip(rows[:SHOWN], shares[:SHOWN], strict=True)
    ]


def of_placement(placement: Placement) -> tuple[list[int], list[float]]:
    """What an open answer leaves possible inside a site, with shares of belief; else what is certain."""
    rows = list(placement.options)
    if not rows and placement.status == AMBIGUOUS and placement.row is not None:
        return [placement.row], [1.0]
    if not placement.shares:
        return rows, [1.0 / len(rows)] * len(rows) if rows else []
    whole = sum(placement.shares) + _NONE_OF_THESE
    return rows, [share / whole for share in placement.shares]


def with_certain(rows: list[int], shares: list[float], certain: int | None) -> tuple[list[int], list[float]]:
    """The likeliest rows, and what is certain for all the others, where some are not shown or none may be meant."""
    if certain is None or certain in rows or (len(rows) <= SHOWN and sum(shares) > _ALL):
        return rows, shares
    shown, kept = rows[: SHOWN - 1], shares[: SHOWN - 1]
    return [*shown, certain], [*kept, max(1.0 - sum(kept), 0.0)]


def of_sites(found: Sequence[tuple[SiteGuess, Placement]]) -> tuple[list[int], list[float]]:
    """The rows of several sites that fit, by what speaks against each site."""
    weights = [exp(-guess.cost / _COST_OF_E) for guess, _ in found]
    whole = sum(weights)
    ranked = sorted(zip(weights, found, strict=True), key=lambda item: (-item[0], item[1][0].site.index))
    pairs = [(placement.row, weight / whole) for weight, (_, placement) in ranked if placement.row is not None]
    return [row for row, _ in pairs], [share for _, share in pairs]
