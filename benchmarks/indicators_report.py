"""The comparison of indicators with their truth, as Markdown."""

from __future__ import annotations

from typing import Any

WHY = {
    "address_validity": "addresses: texts that the matcher leaves open, and wrong digits that name another room",
    "alarm_precision": "addresses, and reports whose number is lost or contradicts itself",
    "alarms_handled": "events of the last night that come a night late",
    "alarms_handled_within_15_minutes": "as above",
    "device_fault_rate": "addresses of devices",
    "disputes_found_proactively": "addresses: a dispute counts in the community that its address names",
    "disputes_closed_in_time": "addresses",
    "double_entry": "identity: two records of one person that are not joined, or of two that are",
    "fire_arrivals_within_20_minutes": "a clock that runs back gives no duration",
    "floating_updates_late": "coverage: a lease or a roll dates about half of the arrivals, and a renewed lease counts "
    "as one that was registered before; on the same arrivals both agree",
    "incidents_on_base_year": "addresses; reports with a lost number or a year in the future; contradicted outcomes",
    "incidents_per_10000_residents": "identity (residents are fused persons), and as above",
    "indicators_on_target": "follows from the others",
    "joint_response_median_minutes": "6 % of disputes do not tell their response time",
    "joint_response_p90_minutes": "as above",
    "mediation_success": "addresses",
    "old_to_new_estate_rate": "the year and the number of homes of an estate are those of the dwellings on record",
    "police_arrival_median_minutes": "clocks that run back, lost numbers",
    "police_arrival_p90_minutes": "as above",
    "preventable_incidents_per_10000_residents": "as incidents",
    "preventable_on_base_year": "as incidents",
    "register_overlap": "identity",
    "residents_taking_part": "identity: an entry with a name alone may be nobody's or a namesake's",
    "workorders_closed_in_time": "addresses",
}
"""Why a value may differ from the truth, as found by looking at the cells; exact indicators have no entry."""
EXACT = 1e-6
COLOURS = ("green", "yellow", "red", "grey")


def markdown(figures: dict[str, Any]) -> str:
    """Return the report: a table a level, the lights, what is grey and what has no truth."""
    lines = [
        "# Indicators against the truth of the demo city",
        "",
        f"{figures['residents']:,.0f} residents, {figures['cells']:,} cells (indicator, area and month) on both sides. "
        "Means are over the cells with a value on both sides; *error* is the mean absolute difference, *held* the "
        "share of cells whose published interval holds the truth, *lights* the cells with a colour on both sides and "
        "how many have the same.",
    ]
    for level, rows in figures["indicators"].items():
        lines += ["", f"## {level.capitalize()}", "", *_table(rows)]
    lines += ["", "## Where differences come from", ""]
    differing = [row["indicator"] for row in figures["indicators"]["community"] if (row["error"] or 0) > EXACT]
    lines += [f"- `{name}`: {WHY.get(name, 'not looked into')}" for name in differing]
    lines += ["", "## Lights of all levels", "", "Across the published light, down the light by truth (same rule).", ""]
    lines += _matrix(figures["lights"])
    if figures["greys"]:
        lines += ["", "Published grey although the truth has a colour:", ""]
        lines += [f"- `{row['light_reason']}`: {row['cells']} cells" for row in figures["greys"]]
    lines += ["", "## Districts with another colour than by truth", "", *_wrong(figures["wrong_lights"])]
    if figures["without_truth"]:
        lines += ["", "## Without a truth", ""]
        lines += [f"- `{name}`: {reason}" for name, reason in figures["without_truth"].items()]
    return "\n".join([*lines, ""])


def _table(rows: list[dict[str, Any]]) -> list[str]:
    head = "| indicator | cells | cases | by truth | value | by truth | error | worst | held | lights | same |"
    lines = [head, "|---|" + "---:|" * 10]
    for row in rows:
        if row["cells"]:
            numbers = [
                *(_number(row[name]) for name in ("denominator", "denominator_true", "value", "value_true")),
                *(_number(row[name]) for name in ("error", "worst", "covered")),
            ]
            lines.append(
                f"| {row['indicator']} | {row['cells']} | "
                + " | ".join(numbers)
                + f" | {row['lights']} | {row['lights_same']} |"
            )
    return lines


def _matrix(rows: list[dict[str, Any]]) -> list[str]:
    found = {(row["light_true"], row["light"]): row["cells"] for row in rows}
    lines = ["| by truth | " + " | ".join(COLOURS) + " |", "|---|" + "---:|" * len(COLOURS)]
    lines += [f"| {true} | " + " | ".join(str(found.get((true, c), 0)) for c in COLOURS) + " |" for true in COLOURS]
    return lines


def _wrong(rows: list[dict[str, Any]]) -> list[str]:
    if not rows:
        return ["None."]
    lines = [
        "| indicator | area | month | by truth | value | light by truth | light |",
        "|---|---|---|---:|---:|---|---|",
    ]
    for row in rows:
        values = " | ".join(_number(row[name]) for name in ("value_true", "value"))
        where = f"| {row['indicator']} | {row['area']} | {row['month']} "
        lines.append(f"{where}| {values} | {row['light_true']} | {row['light']} |")
    return lines


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"
