"""Everything that is written from the contracts and checked in, so that a reviewer sees what a change does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipelines.contracts.loader import contract_problems, load_contracts
from pipelines.contracts.model import Contract
from pipelines.contracts.render_dbt import render_sources, render_staging, staging_name
from pipelines.contracts.render_dictionary import render_dictionary
from pipelines.home import CHECKOUT

STAGING = Path("dbt/models/staging")
SOURCES = STAGING / "sources.generated.yml"
DICTIONARY = Path("docs/data_dictionary.md")


def render_all(root: Path, contracts: Mapping[str, Contract] | None = None) -> dict[Path, str]:
    """Return the files below `root` that the contracts imply, with their text.

    Args:
        root: the checkout; its `expectations/feeds` is read unless contracts are given.
        contracts: contracts by name.

    Raises:
        ContractError: when a contract is wrong.
    """
    known = load_contracts(root / "expectations" / "feeds") if contracts is None else contracts
    listed = [known[name] for name in sorted(known)]
    files = {root / STAGING / f"{staging_name(contract)}.sql": render_staging(contract) for contract in listed}
    files[root / SOURCES] = render_sources(listed)
    files[root / DICTIONARY] = render_dictionary(listed)
    return files


def check_rendered(root: Path) -> list[str]:
    """Return what differs between the contracts and the files rendered from them; empty when nothing does.

    Raises:
        ContractError: when a contract is wrong.
    """
    expected = render_all(root)
    stale = [path for path, text in expected.items() if _text(path) != text]
    problems = [f"{path.relative_to(root)}: is not what the contracts say" for path in sorted(stale)]
    orphans = (f"{path.relative_to(root)}: no contract implies it; remove it" for path in _orphans(root, expected))
    return [*problems, *orphans]


def write_rendered(root: Path) -> list[Path]:
    """Write the rendered files that differ, remove staging models without a contract; return the paths touched.

    Raises:
        ContractError: when a contract is wrong; nothing is written then.
    """
    expected = render_all(root)
    stale = [path for path, text in sorted(expected.items()) if _text(path) != text]
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.draft")
        draft.write_text(expected[path], encoding="utf-8", newline="\n")
        draft.replace(path)
    orphans = _orphans(root, expected)
    for path in orphans:
        path.unlink()
    return [*stale, *orphans]


def check_contracts(root: Path = CHECKOUT) -> list[str]:
    """Return every problem of the contracts, or where there is none every rendered file that is out of date."""
    return contract_problems(root / "expectations" / "feeds") or check_rendered(root)


def _orphans(root: Path, expected: Mapping[Path, str]) -> list[Path]:
    return sorted(path for path in (root / STAGING).glob("stg_*.sql") if path not in expected)


def _text(path: Path) -> str | None:
    return path.read_bytes().decode("utf-8") if path.exists() else None
