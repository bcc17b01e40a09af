"""The names of estates and roads that texts use and the register has not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from pipelines.addresses.country.divisions import national_divisions
from pipelines.addresses.forms.grammar import NOISE_HEAD, NOISE_TAIL
from pipelines.addresses.forms.keys import building_key, room_key, unit_key
from pipelines.addresses.forms.names import ALIAS
from pipelines.addresses.forms.normal import normal_form
from pipelines.addresses.reading.parse import Parse, Parser, Parts
from pipelines.addresses.reading.scan import Scanner
from pipelines.addresses.register.index import Register

ESTATE: Final = "estate"
ROAD: Final = "road"
TEXT: Final = ("normal_text", "hint_estate", "hint_building", "hint_unit", "hint_room")
_CLOSING: Final = re.compile(r"^(?:小区|大院|院)")
_ROAD_NUMBER: Final = r"(?:路|街|巷|弄|道|大道|胡同)\d"
_NAMED_AT_NUMBER: Final = r"号院?[\u4e00-\u9fff]{2,}"  # `30号老烟厂`, `30号院内`
_SETTLED: Final = ("no_text", "too_long", "outside")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that the register has not, and what else its text says.

    Attributes:
        text: row of the frame of texts.
        kind: `estate` or `road`.
        stem: the name as the parser leaves it, which is what an alias is known by.
        written: the same with `院`, `小区` as people wrote it.
        parse: what the whole text says.
        parts: the numbers below the site, columns beside the text included.
    """

    text: int
    kind: str
    stem: str
    written: str
    parse: Parse
    parts: Parts


def without_learned(register: Register, learned: pl.DataFrame) -> Register:
    """The register as it would be if nothing had been learned: what supports an alias must not lean on it."""
    names = {normal_form(name) for name in learned["written"].to_list() if name is not None}

    def own(found: list[tuple[str, str]] | list[tuple[int, str]], name: str) -> bool:
        return name not in names or any(method == "parsed" for _, method in found)

    return replace(
        register,
        estates={name: found for name, found in register.estates.items() if own(found, name)},
        roads={name: found for name, found in register.roads.items() if own(found, name)},
    )


def worth_reading(matches: pl.DataFrame, register: Register, learned: pl.DataFrame) -> pl.DataFrame:
    """The mentions whose text may name a place by a name that the register has not.

    These are the texts without a sure answer, those that a learned name answered, and those with a road and number
    that are not the road of their place.

    Args:
        matches: `master.address_match`.
        register: the register it was made with.
        learned: the names learned so far, in the columns of `register.LEARNED`.
    """
    roads = register.table.select("address_code", "road")
    joined = matches.join(roads, on="address_code", how="left", maintain_order="left")
    text = pl.col("normal_text").fill_null("")
    open_ = (pl.col("status") != "matched") | (pl.col("method") == "fuzzy")
    other_road = text.str.contains(_ROAD_NUMBER) & ~text.str.contains(pl.col("road"), literal=True)
    other_name = text.str.contains(_NAMED_AT_NUMBER) & ~text.str.contains(pl.col("estate"), literal=True)
    named = pl.lit(value=False)
    if not learned.is_empty():
        named = text.str.contains_any(sorted(set(learned["written"].to_list()))) | (pl.col("method") == "alias")
    wanted = open_ | named | other_road.fill_null(value=False) | other_name.fill_null(value=False)
    settled = pl.col("reason").is_in(_SETTLED).fill_null(value=False)
    return joined.filter(wanted.fill_null(value=False) & ~settled).drop("road")


def unknown_names(texts: pl.DataFrame, register: Register) -> list[Unknown]:
    """Every unknown name of the texts, in their order.

    Args:
        texts: distinct rows with the columns `TEXT`; hints as delivered or null.
        register: the register without what was learned.
    """
    parser, scanner = Parser(register), Scanner(register)
    return [
        unknown
        for index, row in enumerate(texts.select(TEXT).iter_rows())
        for unknown in _unknown_of(parser, scanner, index, row)
    ]


def _unknown_of(parser: Parser, scanner: Scanner, index: int, row: tuple[str | None, ...]) -> Iterator[Unknown]:
    text, estate, *numbers = (normal_form(value) if value else "" for value in row)
    parse = parser.parse(text)
    parts = parts_beside(parse.parts, numbers)
    if parse.unknown_road is not None and not parse.roads and parse.house is not None:
        yield Unknown(index, ROAD, parse.unknown_road, parse.unknown_road, parse, parts)
    if parse.group is not None:
        return
    if parse.estates:
        for name in _slips(parser, scanner, text) if parse.fuzzy > ALIAS else ():
            yield Unknown(index, ESTATE, name, _as_written(name, text), parse, parts)
        return
    if estate:
        if not parser.estate(estate):
            stem = NOISE_TAIL.sub("", estate)
            yield Unknown(index, ESTATE, stem, estate, parse, parts)
        return
    for name in _estate_names(parse):
        yield Unknown(index, ESTATE, name, _as_written(name, text), parse, parts)


def _estate_names(parse: Parse) -> list[str]:
    """Unknown names that may be an estate's: `棉纺生活区` looks like a district, `老棉纺新村` like a village."""
    found = [parse.unknown_estate] if parse.unknown_estate else []
    known = national_divisions()
    for kind in ("district", "community"):
        name = parse.foreign.get(kind)
        if name is not None and not (kind == "district" and known.find(None, None, name)):
            found.append(name)
    return found


def _slips(parser: Parser, scanner: Scanner, text: str) -> Iterator[str]:
    """What was taken for a slip of an estate's name, as written: it may be the name of quite another estate."""
    for piece in scanner.scan(text).pieces:
        if isinstance(piece, str):
            name = NOISE_TAIL.sub("", NOISE_HEAD.sub("", piece))
            guesses = parser.estate(name) if len(name) > 1 else ()
            if guesses and guesses[0].cost > ALIAS:
                yield name


def _as_written(stem: str, text: str) -> str:
    after = text[text.find(stem) + len(stem) :]
    closing = _CLOSING.match(after)
    return stem + closing.group() if closing is not None else stem


def parts_beside(parts: Parts, numbers: list[str]) -> Parts:
    """Columns beside the text (building, unit, room; empty where silent) win over its own numbers, as in `decide`."""
    building, unit, room = numbers
    if not (building or unit or room):
        return parts
    made = replace(parts)
    if building:
        made.building, made.house_or_building = building_key(building), None
    if unit:
        made.unit = unit_key(unit)
    if room:
        made.room, made.loose, made.storey, made.floor = room_key(room), (), None, None
    return made
