"""An explanation as a page of the terminal and as JSON, and what the snapshot holds for the same text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl
from rich.console import Console, Group
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipelines.addresses.deciding.reasons import REASONS
from pipelines.addresses.explaining.words import LEVELS, METHODS, STATUSES

if TYPE_CHECKING:
    from pipelines.addresses.explaining.explain import Explanation
    from pipelines.lake.store import Snapshot

MATCHES: Final = "master.address_match"
ROWS_SHOWN: Final = 200
_FOUND: Final = {
    "registered": "标准名称 as registered",
    "alias": "别名或旧名 alias",
    "fuzzy": "近似 not exact",
    "unknown": "库中没有 not in the register",
    "": "",
}
_COLOUR: Final = {"matched": "green", "ambiguous": "yellow", "unmatched": "red"}


def stored_answers(snapshot: Snapshot, text: str, feed: str | None) -> list[dict[str, Any]]:
    """What the rows of the snapshot with this very text got: counts by feed and answer, never whose rows they are.

    Columns of the row and other departments' records count there, so that one text may have several answers.
    """
    if not snapshot.has(MATCHES):
        return []
    rows = snapshot.scan(MATCHES).filter(pl.col("address_text") == text)
    if feed is not None:
        rows = rows.filter(pl.col("feed") == feed)
    answer = ["feed", "status", "matched_level", "address_code", "reason"]
    return (
        rows.group_by(answer)
        .agg(pl.len().alias("rows"))
        .sort("rows", *answer, descending=[True] + [False] * 5, nulls_last=True)
        .collect()
        .to_dicts()
    )


def as_dict(explained: Explanation, stored: list[dict[str, Any]]) -> dict[str, Any]:
    """The explanation for scripts."""
    decision = explained.decision
    return {
        "text": explained.text,
        "normal_text": explained.normal_text,
        "steps": [
            {"step": change.step.name, "zh": change.step.title, "before": change.before, "after": change.after}
            for change in explained.changes
        ],
        "parts": [
            {"kind": part.kind, "zh": part.zh, "value": part.value, "found": part.found or None}
            for part in explained.said
        ],
        "sites": [
            {
                "name": found.name, "score": found.score, "in_reach": found.in_reach, "method": found.method,
                "against": [{"zh": zh, "en": en} for zh, en in found.against],
                "status": found.status, "level": found.level, "address_code": found.code,
            }
            for found in explained.candidates
        ],
        "similar": {name: list(names) for name, names in explained.similar.items()},
        "answer": {
            "status": decision.status, "matched_level": decision.matched_level,
            "address_code": decision.address_code, "address": explained.address,
            "confidence": decision.confidence, "method": decision.method, "division_code": decision.division_code,
            "candidates": decision.candidates, "reason": decision.reason,
            "reason_zh": explained.reason[0], "reason_en": explained.reason[1],
            "next_zh": explained.next_step[0], "next_en": explained.next_step[1],
        },
        "stored": stored,
    }  # fmt: skip


def show(console: Console, explained: Explanation, stored: list[dict[str, Any]]) -> None:
    """Print the explanation: text, steps, parts, sites, answer, and what the snapshot holds."""
    for title, body in (
        ("Text (文本)", Text(explained.text or "(blank)")),
        ("Steps (规范化)", _steps(explained)),
        ("What it says (解析)", _parts(explained)),
        ("Places considered (候选)", _sites(explained)),
        ("Answer (结论)", _answer(explained)),
        ("In this snapshot (库中记录)", _stored(stored)),
    ):
        console.print(Text(title, style="bold"))
        console.print(Padding(body, (0, 0, 0, 2)))
        console.print()


def _grid(*columns: str) -> Table:
    table = Table(box=None, show_header=bool(columns), padding=(0, 2, 0, 0), header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _steps(explained: Explanation) -> Table | Text:
    if not explained.changes:
        return Text("none: it is in normal form already (无需处理)" if explained.normal_text else "nothing to read")
    table = _grid("step", "步骤", "after")
    for change in explained.changes:
        table.add_row(change.step.name, change.step.title, escape(change.after))
    return table


def _parts(explained: Explanation) -> Table | Text:
    if not explained.said:
        return Text("nothing (没有可识别的内容)")
    table = _grid("part", "层级", "value", "found")
    for part in explained.said:
        table.add_row(part.kind, part.zh, escape(part.value), _FOUND[part.found])
    return table


def _sites(explained: Explanation) -> Group | Text:
    lines: list[Table | Text] = []
    if explained.candidates:
        table = _grid("score", "place", "ends at", "code", "what speaks against it (不符之处)")
        for found in explained.candidates:
            against = "\n".join(f"{zh} ({en})" for zh, en in found.against) or "nothing (无)"
            ends = f"{LEVELS[found.level]} {found.level}, {STATUSES[found.status]}"
            shown = f"{found.score:.2f}" + ("" if found.in_reach else " (too far)")
            table.add_row(shown, escape(found.name), ends, found.code or "", escape(against))
        lines.append(table)
    else:
        lines.append(Text("no place of the register fits (库中没有相符的地点)"))
    for name, names in explained.similar.items():
        near = "、".join(names) or "nothing near"
        lines.append(Text(f"{name}: the register has (库中相近名称) {near}"))
    return Group(*lines)


def _answer(explained: Explanation) -> Table:
    decision = explained.decision
    table = _grid()
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    colour = _COLOUR[decision.status]
    table.add_row("status", f"[bold {colour}]{decision.status}[/] {STATUSES[decision.status]}")
    table.add_row("level", f"{decision.matched_level} {LEVELS[decision.matched_level]}")
    if decision.address_code is not None:
        table.add_row("code", f"{decision.address_code}  {escape(explained.address or '')}")
    if decision.division_code is not None:
        table.add_row("division", decision.division_code)
    table.add_row("confidence", f"{decision.confidence:.4f}")
    if decision.method is not None:
        zh, en = METHODS[decision.method]
        table.add_row("method", f"{decision.method}: {zh}, {en}")
    named = f"{decision.reason}: " if decision.reason else ""
    table.add_row("reason", f"{named}{explained.reason[0]}。{explained.reason[1]}")
    for candidate in decision.candidates:
        table.add_row("candidate", f"{candidate['address_code']}  {candidate['level']}  {candidate['score']}")
    table.add_row("next", f"{explained.next_step[0]}。{explained.next_step[1]}")
    return table


def _stored(stored: list[dict[str, Any]]) -> Table | Text:
    if not stored:
        return Text("no row has this very text (没有相同文本的记录)")
    table = _grid("rows", "feed", "status", "level", "code", "reason")
    for row in stored:
        reason = row["reason"]
        words = f"{reason} {REASONS[reason].zh}" if reason in REASONS else reason or ""
        table.add_row(str(row["rows"]), row["feed"], row["status"], row["matched_level"], row["address_code"] or "",
                      words)  # fmt: skip
    return table


def show_table(console: Console, table: pl.DataFrame) -> None:
    """Print the answers for many texts, the first `ROWS_SHOWN` of them, and how many got which status."""
    counts = table["status"].value_counts(sort=True).sort("count", "status", descending=[True, False]).rows()
    grid = _grid("text", "parts", "status", "level", "code", "sure", "reason")
    for row in table.head(ROWS_SHOWN).iter_rows(named=True):
        status = f"[{_COLOUR[row['status']]}]{STATUSES[row['status']]}[/]"
        grid.add_row(escape(row["text"]), escape(row["parts"]), status, row["level"], row["code"] or "",
                     f"{row['confidence']:.3f}", row["reason_zh"])  # fmt: skip
    console.print(grid)
    more = "" if table.height <= ROWS_SHOWN else f", the first {ROWS_SHOWN} shown: --out writes all of them"
    told = ", ".join(f"{count} {status} ({STATUSES[status]})" for status, count in counts)
    console.print(f"{table.height} texts{more}" + (f": {told}" if told else ""), highlight=False)
