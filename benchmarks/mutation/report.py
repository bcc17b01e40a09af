"""The report and the picture of a run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mutation.alarms import LAYERS
from mutation.tally import HARMLESS, NOT_CAUGHT, OUTCOMES, Row

_TITLES = {"known": "Known families", "unseen": "Held-out corruptions"}
_WORDS = {
    "door": "the door (refused files and rows, unread cells, unknown codes and columns)",
    "checks": "checks of the batches",
    "drift": "rules of drift over the profile",
    "returns": "rows asked back from the department (return list)",
    "night": "lights of the scorecard, or a night that was blocked",
}
_COLOURS = {"door": "#1d4ed8", "checks": "#0891b2", "drift": "#65a30d", "returns": "#a16207"}
_COLOURS |= {"night": "#7c3aed", HARMLESS: "#9ca3af", NOT_CAUGHT: "#dc2626"}
_BAR, _ROW, _LEFT, _WIDTH = 13, 17, 270, 940

_WHY = {
    "addresses_of_another_street": "The doors exist, so every address is found, only not the right one.",
    "device_ids_shuffled": "Events are not counted by device; each device still sends what its kind may send.",
    "event_ids_restarted": "An event may come again under its id once it is handled; other changes stay in the band.",
    "clock_eight_hours_off": "The newest instant counts as a day, and the hours of a day are not compared.",
    "old_list_sent": "Few rows differ, and rows that were gone and come back are not counted.",
    "month_and_day_swapped": "Every date stays a possible one, and so few rows tell no pattern.",
    "column_scrambled": "The same values in other rows; of an increment's new records nothing else is known.",
}
_WHY_FEED = {
    "street_office_surveys": "Delivered by the quarter: two earlier deliveries make no band.",
    "civil_affairs_marriages": "Seven rows a week: a share of them tells nothing.",
    "housing_leases": "A handful of rows: a share of them tells nothing.",
}
_UNEXPLAINED = "No rule asks about it."


def why(row: Row) -> str:
    """Return the general reason why nobody noticed a corruption."""
    return _WHY_FEED.get(row["feed"]) or _WHY.get(row["family"]) or _UNEXPLAINED


def report(found: dict[str, Any]) -> str:
    """Return the report in Markdown."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield "# Corrupted exports, and who notices them"
    yield ""
    yield "Each corruption damages one feed's delivery of one night in a clean generated city (1,200 residents, half a"
    yield "year of deliveries). Caught: a person is told something that names the feed and that the clean night does"
    yield "not say; rules that only inform do not count. `benchmarks/mutations.py` draws the same corruptions again."
    total = sum(part["corruptions"] - part["read_as_meant"] for part in found.values())
    caught = sum(part["caught"] for part in found.values())
    nights = sum(part["clean_nights"] for part in found.values())
    loud = sum(part["clean_nights_with_alarm"] for part in found.values())
    yield ""
    yield f"**{caught} of {total} caught ({caught / total:.1%}); {loud} of {nights} clean nights raised an alarm.**"
    for name, part in found.items():
        yield from _set_lines(name, part)


def _set_lines(name: str, part: dict[str, Any]) -> Iterator[str]:
    yield ""
    asked = part["corruptions"] - part["read_as_meant"]
    yield f"## {_TITLES[name]}: {part['caught']} of {asked} ({part['share_caught']:.1%})"
    yield ""
    yield "| first told by | corruptions | told by this layer at all |"
    yield "|---|---|---|"
    for layer in LAYERS:
        yield f"| {_WORDS[layer]} | {part['by_layer'][layer]} | {part['each_layer_alone'].get(layer, '')} |"
    yield f"| read as meant: the table is that of the clean night | {part['read_as_meant']} | |"
    yield f"| nobody | {part['corruptions'] - part['read_as_meant'] - part['caught']} | |"
    yield ""
    yield f"| family | drawn | {' | '.join(OUTCOMES)} |"
    yield f"|---|---{'|---' * len(OUTCOMES)}|"
    for family, row in part["by_family"].items():
        cells = " | ".join(str(row[key] or "") for key in OUTCOMES)
        yield f"| {family} | {sum(row.values())} | {cells} |"
    missed = [row for row in part["rows"] if row["outcome"] == NOT_CAUGHT]
    if missed:
        yield ""
        yield "Not caught:"
        yield ""
        yield from (f"- {row['family']}, {row['feed']}: {row['note']}. {why(row)}" for row in missed)
    yield ""
    yield f"Clean nights: {part['clean_nights']}, with an alarm: {part['clean_nights_with_alarm']}."
    yield from (f"- {line}" for line in part["false_alarms"])


def picture(found: dict[str, Any]) -> str:
    """Return a bar a family: how many corruptions each layer was the first to tell of."""
    families: dict[str, dict[str, int]] = {}
    for part in found.values():
        for family, row in part["by_family"].items():
            sums = families.setdefault(family, dict.fromkeys(row, 0))
            for key, count in row.items():
                sums[key] += count
    most = max(sum(row.values()) for row in families.values())
    height = 60 + _ROW * len(families)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" font-family="sans-serif" '
        'font-size="11">',
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
        '<text x="10" y="18" font-size="14">Corrupted exports: which layer tells of them first</text>',
        *_legend(),
    ]
    step = (_WIDTH - _LEFT - 30) / most
    for position, (family, row) in enumerate(sorted(families.items())):
        parts += _bar(family.replace("_", " "), row, 52 + _ROW * position, step)
    return "\n".join([*parts, "</svg>", ""])


def _legend() -> Iterator[str]:
    for position, (key, colour) in enumerate(_COLOURS.items()):
        x = _LEFT + 90 * position
        yield f'<rect x="{x}" y="28" width="11" height="11" fill="{colour}"/><text x="{x + 15}" y="38">{key}</text>'


def _bar(family: str, row: dict[str, int], y: int, step: float) -> Iterator[str]:
    yield f'<text x="{_LEFT - 8}" y="{y + 10}" text-anchor="end">{family}</text>'
    x = float(_LEFT)
    for key, colour in _COLOURS.items():
        width = row[key] * step
        if width:
            yield f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_BAR}" fill="{colour}"/>'
            x += width
    yield f'<text x="{x + 4:.1f}" y="{y + 10}">{sum(row.values())}</text>'
