"""Which building somebody means: by its code, or by a name as people write it."""

from __future__ import annotations

from typing import Final

import polars as pl
from rapidfuzz import fuzz, process

from pipelines.addresses.forms.keys import building_key, house_key
from pipelines.addresses.forms.normal import normal_form, normal_forms
from pipelines.errors import StreetlakeError
from pipelines.needs.witnesses import Scan

SHOWN: Final = 12
BUILDING_SCHEMA: Final = pl.Schema(
    {
        "building_code": pl.String(),
        "name": pl.String(),
        "level": pl.String(),
        "district": pl.String(),
        "street": pl.String(),
        "community": pl.String(),
        "estate_code": pl.String(),
        "estate": pl.String(),
        "road": pl.String(),
        "house_number": pl.String(),
        "building": pl.String(),
        "storeys": pl.Int64(),
        "lift": pl.String(),
    }
)
NAMES: Final = ("district", "street", "community", "estate", "road", "house_number", "building")


class BuildingNotFound(StreetlakeError):
    """No building, or more than one, goes by what was asked for."""


def buildings_of(scan: Scan) -> pl.DataFrame:
    """Collect all buildings with the parts of their names.

    Returns:
        Rows of ``BUILDING_SCHEMA``, one per building_code, sorted.
    """
    told = scan("facts.building").select(
        "building_code", "name", "level", "estate_code", "storeys", lift="lift_evidence"
    )
    parts = scan("master.address").select(*NAMES, building_code="address_code")
    rows = told.join(parts, on="building_code", how="left").collect()
    return rows.select(BUILDING_SCHEMA.names()).cast(BUILDING_SCHEMA).sort("building_code")


def find_building(buildings: pl.DataFrame, asked: str) -> dict[str, object]:
    """Find the one building that is meant.

    Args:
        buildings: rows of ``BUILDING_SCHEMA``.
        asked: a code, or a name such as `银河小区一期A座`, `雅居小区 3#`, `石关村二组13号` or `中山东路571号`; street
            and community before it tell namesakes apart.

    Returns:
        The row of the building.

    Raises:
        BuildingNotFound: when none or several are meant; the message names those that may be, by estate and number.
    """
    by_code = buildings.filter(pl.col("building_code") == asked.strip())
    if by_code.height == 1:
        return by_code.row(0, named=True)
    text = normal_form(asked)
    formed = _formed(buildings)
    near = _in_named_places(formed, text)
    exact = near.filter(pl.col("number") == pl.col("asked_number"))
    told_apart = _told_apart(exact, text)
    if told_apart.height == 1:
        return buildings.filter(pl.col("building_code") == told_apart["building_code"][0]).row(0, named=True)
    if told_apart.height > 1:
        raise BuildingNotFound(
            f"{told_apart.height} buildings go by that name; name one by its code: {_list(told_apart)}"
        )
    candidates = near if near.height else _alike(formed, text)
    raise BuildingNotFound(
        f"no building goes by that name. {'Perhaps one of these: ' + _list(candidates) if candidates.height else ''}"
        "Write its estate and number, or road and number, or its code (building_code in facts.building)."
    )


def _formed(buildings: pl.DataFrame) -> pl.DataFrame:
    """Names in normal form; ``head`` (what a name begins with) and ``number`` (the key of what follows)."""
    texts = pl.concat([buildings[name] for name in NAMES]).drop_nulls().unique()
    forms = dict(zip(texts, normal_forms(texts)["normal_text"], strict=True))
    formed = buildings.with_columns(pl.col(name).replace_strict(forms, default=None) for name in NAMES)
    is_building = pl.col("level") == "building"
    heads = [
        formed.filter(is_building).select("building_code", head="estate", tail="building"),
        formed.filter(pl.col("level") == "house_number").select("building_code", head="road", tail="house_number"),
        formed.filter(pl.col("level") == "house_number").select("building_code", head="estate", tail="house_number"),
        formed.filter(pl.col("level") == "estate").select("building_code", head="estate", tail=pl.lit("")),
    ]
    keyed = pl.concat(heads).drop_nulls("head").with_columns(pl.col("tail").fill_null(""))
    of_house = keyed.join(formed.select("building_code", "level"), on="building_code")
    tails = {tail: (building_key(tail), house_key(tail)) for tail in of_house["tail"].unique()}
    number = pl.when(pl.col("level") == "house_number").then(
        pl.col("tail").replace_strict({tail: keys[1] for tail, keys in tails.items()}, return_dtype=pl.String)
    )
    return of_house.select(
        "building_code",
        "head",
        number=number.otherwise(
            pl.col("tail").replace_strict({tail: keys[0] for tail, keys in tails.items()}, return_dtype=pl.String)
        ),
    ).join(formed, on="building_code")


def _in_named_places(formed: pl.DataFrame, text: str) -> pl.DataFrame:
    """Buildings of the estates or roads that the text names, those of the longest name; ``asked_number`` follows it."""
    heads = [head for head in formed["head"].unique() if head and head in text]
    ends = {head: text[text.rindex(head) + len(head) :] for head in heads}
    asked = [
        {"head": head, "asked_building": building_key(rest), "asked_house": house_key(rest), "reach": len(head)}
        for head, rest in ends.items()
    ]
    schema = {"head": pl.String, "asked_building": pl.String, "asked_house": pl.String, "reach": pl.Int64}
    found = formed.join(pl.DataFrame(asked, schema=schema), on="head")
    number = pl.when(pl.col("level") == "house_number").then("asked_house").otherwise("asked_building")
    by = ["reach", "head", "counted", "number", "building_code"]
    counted = pl.col("number").str.extract(r"(\d+)", 1).cast(pl.Int64)
    return found.with_columns(asked_number=number, counted=counted).sort(
        by, descending=[name == "reach" for name in by], nulls_last=True
    )


def _told_apart(exact: pl.DataFrame, text: str) -> pl.DataFrame:
    """Of namesakes those whose community, street or road the text names as well, if any does."""
    named = exact.unique("building_code", keep="first", maintain_order=True)
    for part in ("community", "street", "district", "road"):
        stem = pl.col(part).str.replace(r"(社区|村|街道|镇|区)$", "")
        here = named.filter(
            (stem.str.len_chars() > 0) & pl.lit(text).str.contains(stem, literal=True).fill_null(value=False)
        )
        named = here if 0 < here.height < named.height else named
    return named


def _alike(formed: pl.DataFrame, text: str) -> pl.DataFrame:
    heads = formed["head"].unique().sort().to_list()
    found = [head for head, _, _ in process.extract(text, heads, scorer=fuzz.partial_ratio, limit=3, score_cutoff=50)]
    return formed.filter(pl.col("head").is_in(found)).sort("head", "number")


def _list(candidates: pl.DataFrame) -> str:
    shown = candidates.unique("building_code", keep="first", maintain_order=True)
    names = [f"{row['name']} ({row['community'] or ''} {row['building_code']})" for row in shown.head(SHOWN).to_dicts()]
    more = f", and {shown.height - SHOWN} more" if shown.height > SHOWN else ""
    return ", ".join(names) + more + ". "
