"""One evaluation: its figures as plain values, and as a table for the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Group
from rich.table import Table

from pipelines.city.evaluate.addresses import AddressQuality
from pipelines.city.evaluate.conservation import Conservation
from pipelines.city.evaluate.golden import GoldenQuality
from pipelines.city.evaluate.persons import PersonQuality
from pipelines.city.evaluate.stability import Stability


@dataclass(frozen=True)
class Evaluation:
    """All figures of one home; see the parts. `stability` is null where only one snapshot is kept."""

    snapshot: str
    conservation: Conservation
    addresses: AddressQuality
    persons: PersonQuality
    golden: GoldenQuality
    stability: Stability | None

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values for JSON."""
        return asdict(self)


def render(evaluation: Evaluation) -> Group:
    """Return the figures as tables that a `rich` console prints."""
    return Group(*_tables(evaluation))


def _tables(e: Evaluation) -> Iterable[Table]:
    yield _facts(f"Conservation (守恒), snapshot {e.snapshot}", asdict(e.conservation))
    yield _rows(
        "Addresses (地址)", [{"feed": "all", "address_role": "", **e.addresses.overall}, *e.addresses.by_feed], _ADDRESS
    )
    yield _rows("Addresses by damage (书写差错)", e.addresses.by_damage, ("damage", *_ADDRESS[2:]))
    yield _facts(
        "Addresses outside the city (外地地址)", {**e.addresses.outside, "without a match row": e.addresses.missing}
    )
    groups = {"all mentions": e.persons.all_mentions, "with evidence": e.persons.with_evidence}
    yield _rows(
        "Persons (人员)",
        [{"over": name, **values} for name, values in groups.items()],
        ("over", *e.persons.all_mentions),
    )
    yield _facts(
        "Persons: what must not happen",
        {
            "clusters with two whole ID numbers": e.persons.numbers_merged,
            "mentions without an id": e.persons.missing,
            "organisations taken for persons": e.persons.organisations_as_persons,
        },
    )
    yield _rows(
        "Mentions beside their person, by role", e.persons.by_role, ("feed", "person_role", "mentions", "together")
    )
    yield _rows("Calibration (概率校准)", e.persons.calibration, ("from", "to", "mentions", "told", "right"))
    values = [{"value": name, **figures} for name, figures in e.golden.values.items()]
    yield _rows("Golden values (一人一档)", values, ("value", "persons", "filled", "right", "accuracy", "coverage"))
    yield _facts("Households, pairs of members (户)", e.golden.households)
    if e.stability is not None:
        yield _facts("Ids between nights (编号稳定)", asdict(e.stability))


_ADDRESS = (
    "feed",
    "address_role",
    "texts",
    "resolvable",
    "coverage",
    "level_right",
    "wrong_share",
    "wrong_share_without_digit_errors",
)


def _rows(title: str, rows: list[dict[str, Any]], columns: Iterable[str]) -> Table:
    table = Table(title=title, title_justify="left")
    names = list(columns)
    for name in names:
        table.add_column(name.replace("_", " "), justify="left" if name in _TEXTS else "right")
    for row in rows:
        table.add_row(*(_text(row[name]) for name in names))
    return table


_TEXTS = ("feed", "address_role", "damage", "person_role", "value", "over")


def _facts(title: str, facts: dict[str, Any]) -> Table:
    table = Table(title=title, title_justify="left", show_header=False)
    for name, value in facts.items():
        table.add_row(name.replace("_", " "), _text(value))
    return table


def _text(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, float):
        return f"{value:.2%}" if 0 <= value <= 1 else f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
