"""What the columns beside a text say of building, unit and room: they win over the text."""

from __future__ import annotations

from dataclasses import replace

from pipelines.addresses.deciding.answers import Hints
from pipelines.addresses.forms.keys import building_key, room_key, unit_key
from pipelines.addresses.forms.said import Parts


def with_columns(parts: Parts, hints: Hints) -> tuple[Parts, bool]:
    """The parts with what the columns say, and whether that contradicts the text. The parts given stay as they are."""
    if hints.building is None and hints.unit is None and hints.room is None:
        return parts, False
    told, conflict = replace(parts), False
    for name, text, key in (
        ("building", hints.building, building_key),
        ("unit", hints.unit, unit_key),
        ("room", hints.room, room_key),
    ):
        if text is None:
            continue
        value, said = key(text), getattr(parts, name)
        conflict = conflict or (said is not None and said != value)
        setattr(told, name, value)
    if hints.room is not None:
        told.loose, told.storey, told.floor = (), None, None
    if hints.building is not None:
        told.house_or_building = None
    return told, conflict
