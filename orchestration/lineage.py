"""Which edges of the asset graph say something: an edge that follows from others only hides them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import dagster as dg


def last_of(keys: Collection[dg.AssetKey], assets: Sequence[dg.AssetsDefinition]) -> list[dg.AssetKey]:
    """Return those of `keys` that no other of them is built from, sorted.

    Who waits for these waits for all of `keys`.

    Args:
        keys: some of the keys of `assets`.
        assets: the whole graph.
    """
    parents = {key: frozenset(deps) for asset in assets for key, deps in asset.asset_deps.items()}
    above: set[dg.AssetKey] = set()
    for key in keys:
        waiting = list(parents.get(key, ()))
        while waiting:
            parent = waiting.pop()
            if parent not in above:
                above.add(parent)
                waiting += parents.get(parent, ())
    return sorted(set(keys) - above)
