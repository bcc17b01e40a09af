"""What an answer depends on beside its text: the code that reads, the names of the register, the rows of its sites.

Equal fingerprints mean equal answers, so that a text is read again only when one of them has changed.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

import orjson
import polars as pl

from pipelines.addresses.register.index import Register

_HERE: Final = Path(__file__).resolve().parents[1]
_READERS: Final = (_HERE, _HERE.parent / "normalise")
_REFERENCE: Final = _HERE.parents[1] / "data" / "reference"
_LIBRARIES: Final = ("polars", "rapidfuzz", "pypinyin", "opencc")
_SEED: Final = 20260301
_IDENTITY: Final = ("district", "street", "community", "kind", "estate")
_NOT_CONTENT: Final = ("index", "site")


@cache
def code_fingerprint() -> str:
    """Hash of everything that reads a text but is no register: modules, national tables, versions of libraries."""
    found = hashlib.sha256()
    sources = [path for folder in _READERS for path in sorted(folder.rglob("*.py"))]
    for path in (*sources, *sorted(_REFERENCE.glob("divisions*"))):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    for library in _LIBRARIES:
        found.update(f"{library} {version(library)}\0".encode())
    return found.hexdigest()


def names_fingerprint(register: Register) -> str:
    """Hash of `code_fingerprint` and all that decides which sites a text may mean: names, aliases, places of sites.

    What stands inside a site is left out but for whether there are buildings; that is in `site_states`.
    """
    sites = [
        (*(getattr(site, name) for name in _IDENTITY), sorted(site.addresses), any(site.buildings))
        for site in register.sites
    ]
    names = [
        {kind: sorted(found) for kind, found in register.divisions.items()},
        sorted((*key, sorted(uppers)) for key, uppers in register.parents.items()),
        sorted(register.estates.items()),
        sorted(register.roads.items()),
        sites,
    ]
    return hashlib.sha256(code_fingerprint().encode() + orjson.dumps(names)).hexdigest()


def site_states(register: Register) -> pl.Series:
    """One number per site, by `Site.index`: equal numbers are one site with the same rows, whatever its index."""
    content = [name for name in register.frame.columns if name not in _NOT_CONTENT]
    row = pl.concat_str([pl.col(name).cast(pl.String).fill_null("\0") for name in content], separator="\x1f")
    rows = register.frame.select("site", row.hash(_SEED).alias("row"))
    states = rows.group_by("site").agg(pl.col("row").bitwise_xor()).sort("site")
    identity = [
        "\x1f".join((*(getattr(site, name) for name in _IDENTITY), str(sorted(site.addresses))))
        for site in register.sites
    ]
    named = states.with_columns(pl.Series("identity", identity, pl.String))
    return named.select(state=pl.concat_str(pl.col("row").cast(pl.String), "identity").hash(_SEED))["state"]
