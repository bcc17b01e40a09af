"""How sure an answer is: what was right of such answers in cities whose truth is known."""

from __future__ import annotations

from typing import Final

from pipelines.addresses.deciding.place import AMBIGUOUS
from pipelines.addresses.deciding.sites import SiteGuess
from pipelines.addresses.forms.said import Parse

# Rooms that nobody confirms: .9959 of 34,419 right in three demo cities (hard 4242 and 5501, plain 7302), .9982 of
# 14,067 in four others (hard 8811, plain 8812, unruly 505 and 606); the rest are wrong digits. Of 997 found by alias or
# fuzzy names in the latter all are right; they are kept lower because names differ more elsewhere.
_CONFIDENCE: Final = {AMBIGUOUS: 0.5, "exact": 0.997, "parsed": 0.997, "alias": 0.995, "fuzzy": 0.99}
NO_ROOM: Final = 0.001  # without a room there is less to get wrong: .9978 of 4,026 (house numbers of villages)
_LOWEST: Final = 0.05


def method_of(parse: Parse, guess: SiteGuess) -> str:
    """`parsed`, `alias` or `fuzzy`: by way of which names the site was found."""
    return "fuzzy" if parse.fuzzy > 0.1 and guess.method != "alias" else guess.method


def confidence_of(parse: Parse, guess: SiteGuess, method: str, weight: float) -> float:
    """Confidence of an answer found by `method`; `weight` is that of the reading of its numbers."""
    doubt = 0.02 * max(guess.cost, 0.0) + 0.02 * weight + 0.01 * len(parse.leftover)
    return round(max(_CONFIDENCE[method] - doubt, _LOWEST), 4)
