"""The address benchmark's figures as Markdown."""

from __future__ import annotations

from typing import Any

_SHARES = {
    "of_supported": "covered of supported",
    "exact_share": "exact of answered",
    "coverage": "covered of all",
    "wrong_share": "wrong of matched",
    "wrong_honest_share": "wrong, honest",
    "wrong_code_share": "wrong of all codes",
    "level_right_share": "level right",
}


def report(figures: dict[str, Any], name: str) -> str:
    """Return the report."""
    parts = [
        "# Address resolution on generated cities\n",
        f"{figures['residents']:,} residents; {figures['seconds']} s for the whole run."
        " What the words mean stands at the head of `address_judge.py`.\n",
    ]
    parts += _summary(figures["mixes"])
    for mix, found in figures["mixes"].items():
        parts += _mix(mix, found)
    parts.append(f"![Calibration]({name}_calibration.svg)\n")
    if "sweep" in figures:
        rows = [
            [f"{r['digit_share']:.0%}", "yes" if r["evidence"] else "no", *(_share(r[c]) for c in _SHARES)]
            for r in figures["sweep"]
        ]
        parts += ["## Share of wrong digits\n", _table(["digits", "evidence", *_SHARES.values()], rows)]
        parts.append(f"![Sweep]({name}_sweep.svg)\n")
    return "\n".join(parts)


_NOTES = {
    "tuning": "the mix that the rules were tuned on",
    "held_out": "first run: other names, proportions and kinds of damage; its misses were never listed",
    "hard": "first run of the older style on this seed",
}


def _summary(mixes: dict[str, Any]) -> list[str]:
    """Return the mixes side by side."""
    head = ["mix", "seed", "texts", *_SHARES.values(), "calibration error", "lies caught", "outside, to the county"]
    rows = []
    for mix, found in mixes.items():
        overall = found["overall"]
        caught = 1 - overall["dishonest_believed"] / overall["dishonest"] if overall["dishonest"] else None
        error = f"{found['calibration']['ece']:.5f}"
        cells = [str(overall["texts"]), *(_share(overall[c]) for c in _SHARES), error, _share(caught)]
        rows.append([mix, str(found["seed"]), *cells, _share(found["outside"]["to_the_county"])])
    notes = [f"- `{mix}`: {_NOTES[mix]}." for mix in mixes]
    told = "A lie is a text that plainly names another existing place; in `hard`, any with a changed digit.\n"
    return ["## The mixes side by side\n", _table(head, rows), "\n".join(notes) + "\n", told]


def _mix(mix: str, found: dict[str, Any]) -> list[str]:
    ambiguous, outside = found["ambiguous"], found["outside"]
    head = ["", "texts", *_SHARES.values(), "ambiguous"]
    overall = [["streetlake", *_cells(found["overall"])]]
    overall += [[name, *_cells(row)] for name, row in found["baselines"].items()]
    lines = [
        f"## Mix `{mix}`, seed {found['seed']}\n",
        _table(head, overall),
        f"Calibration error {found['calibration']['ece']:.5f}. `ambiguous`: {ambiguous['texts']} texts,"
        f" truth among the candidates in {_share(ambiguous['truth_among_candidates'])},"
        f" needed in {_share(ambiguous['necessary_share'])} (the others support their room),"
        f" its code right in {_share(ambiguous['code_right'])}. Texts that plainly name another place:"
        f" {found['overall']['dishonest']}, believed {found['overall']['dishonest_believed']}.\n",
        f"Outside the city: {outside['texts']} texts, {_share(outside['to_the_county'])} to the county,"
        f" {_share(outside['right_as_far_as_told'])} right as far as told,"
        f" {outside['invented_codes']} invented codes; {outside['taken_for_outside']} of ours taken for outside.\n",
        "### By supported level\n",
        _table(["level", *head[1:]], [[r["supported_level"], *_cells(r)] for r in found["by_level"]]),
        "### By feed\n",
        _table(["feed", *head[1:]], [[f"{r['feed']} {r['address_role']}", *_cells(r)] for r in found["by_feed"]]),
        "### By damage and form\n",
        _table(["kind", *head[1:]], [[r["kind"], *_cells(r)] for r in found["by_kind"]]),
    ]
    if "peers" in found:
        lines += _peers(found["peers"])
    return lines


def _peers(peers: dict[str, Any]) -> list[str]:
    rows = [
        [name, level, str(f["written"]), *(_share(f[c]) for c in ("found", "wrong", "known_of_all", "wrong_of_all"))]
        for name in ("cpca", "jionlp", "streetlake")
        for level, f in peers[name].items()
        if isinstance(f, dict)
    ]
    speed = ", ".join(f"{name} {peers[name]['texts_per_second']} texts/s" for name in ("cpca", "jionlp"))
    return [
        "### Peers on the same texts\n",
        f"{peers['texts']} texts. No gazetteer knows the fictional city, so for the peers its division names were"
        f" replaced by those of {peers['city_in_place_of_the_fictional_one']}, one for one. Speed: {speed}.\n",
        _table(["", "level", "texts that write it", "found", "wrong", "known of all", "wrong of all"], rows),
    ]


def _cells(row: dict[str, Any]) -> list[str]:
    return [str(row["texts"]), *(_share(row[c]) for c in _SHARES), str(row["ambiguous"])]


def _share(value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value:.2%}" if value > 0.01 or value == 0 else f"{value:.3%}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"
