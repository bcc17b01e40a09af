"""Under which heading an indicator stands: what people ask about, not which department's export it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.pages.text import Text


@dataclass(frozen=True)
class Theme:
    """One heading.

    Attributes:
        key: for filters.
        title: for people.
        indicators: their ids, in the order in which they are shown.
    """

    key: str
    title: Text
    indicators: tuple[str, ...] = ()


OTHER = Theme("other", Text("其他", "Other"))
"""Of an indicator that no theme names yet: it is shown all the same."""

THEMES = (
    Theme(
        "disputes",
        Text("矛盾纠纷化解", "Disputes"),
        (
            "mediation_success",
            "disputes_found_proactively",
            "joint_response_median_minutes",
            "joint_response_p90_minutes",
            "disputes_closed_in_time",
            "workorders_closed_in_time",
        ),
    ),
    Theme(
        "incidents",
        Text("警情与处置", "Incidents and response"),
        (
            "police_arrival_median_minutes",
            "police_arrival_p90_minutes",
            "fire_arrivals_within_20_minutes",
            "incidents_per_10000_residents",
            "incidents_on_base_year",
            "preventable_incidents_per_10000_residents",
            "preventable_on_base_year",
            "old_to_new_estate_rate",
        ),
    ),
    Theme(
        "residents",
        Text("群众参与和感受", "Residents' part and view"),
        (
            "satisfaction_with_safety",
            "night_safety",
            "residents_taking_part",
            "mechanism_awareness",
            "self_rescue_skill",
            "social_organisations",
        ),
    ),
    Theme(
        "devices",
        Text("技防与预警", "Devices and alarms"),
        (
            "camera_coverage",
            "smart_device_coverage",
            "device_fault_rate",
            "alarms_handled",
            "alarms_handled_within_15_minutes",
            "alarm_precision",
        ),
    ),
    Theme(
        "readiness",
        Text("应急准备", "Readiness"),
        ("plans_in_force", "supplies_in_order", "realistic_drills"),
    ),
    Theme(
        "data",
        Text("数据与机制", "Data and the mechanism"),
        (
            "indicators_on_target",
            "feeds_fresh",
            "address_validity",
            "register_overlap",
            "double_entry",
            "floating_updates_late",
            "returns_corrected",
        ),
    ),
    OTHER,
)

_PLACES = {indicator: (theme, place) for theme in THEMES for place, indicator in enumerate(theme.indicators)}


def theme_of(indicator: str) -> Theme:
    """Return the theme of an indicator; `OTHER` where none names it."""
    return _PLACES.get(indicator, (OTHER, 0))[0]


def theme_order(indicator: str) -> tuple[int, int, str]:
    """Return the sort key of an indicator: by theme, then as the theme lists it, then by id."""
    theme, place = _PLACES.get(indicator, (OTHER, 0))
    return (THEMES.index(theme), place, indicator)
