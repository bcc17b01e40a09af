"""Is a name that of an organisation? Owners, landlords and contacts often are one, and then it is no person."""

from __future__ import annotations

import polars as pl

from pipelines.normalise.reference import reference


def is_organisation(name: pl.Expr) -> pl.Expr:
    """Tell whether a text (after NFKC, simplified, without spaces) names an organisation.

    A long ending (`有限公司`) counts anywhere; a short one (`厂`, `局`) only at the end of a text long enough that it
    is no person's name: 王国社 is a man, 丰收合作社 is not. Null stays null.

    Example:
        >>> pl.select(is_organisation(pl.lit("云川市第一小学"))).item()
        True
    """
    rules = reference("organisations")
    anywhere = name.str.contains("|".join(rules["anywhere"]))
    by_length: dict[int, list[str]] = {}
    for ending, length in rules["ending"].items():
        by_length.setdefault(length, []).append(ending)
    bare = name.str.replace_all(r"\(.*?\)", "")
    at_end = [
        bare.str.contains(rf"(?:{'|'.join(endings)})$")
        & (bare.str.len_chars() >= length)
        & ~bare.str.contains("·", literal=True)
        for length, endings in sorted(by_length.items())
    ]
    return (name.str.len_chars() >= 3) & pl.any_horizontal(anywhere, *at_end)
