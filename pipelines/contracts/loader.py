"""Contracts from their files, all problems of all files named at once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from yaml import YAMLError

from pipelines.contracts.model import Contract
from pipelines.contracts.problems import Finding, from_validation, from_yaml, locate, report
from pipelines.contracts.rules import find_conflicts
from pipelines.contracts.yaml_text import read_yaml
from pipelines.errors import ContractError
from pipelines.home import CHECKOUT

FEEDS = CHECKOUT / "expectations" / "feeds"


def load_contracts(folder: Path | None = None) -> dict[str, Contract]:
    """Return every contract below a folder by its name `<department>_<feed>`, in the order of names.

    Args:
        folder: holds `<department>/<feed>.yml`; default the checkout's `expectations/feeds`, read once a process.

    Raises:
        ContractError: naming every problem of every file with its line, or when there is no contract at all.
    """
    return dict(_load_default()) if folder is None else _load_all(folder)


def load_contract(path: Path) -> Contract:
    """Return the contract of one file.

    Raises:
        ContractError: naming every problem with its line.
    """
    contract, problems = _read(path)
    if contract is None:
        raise ContractError("\n".join(problems))
    return contract


def contract_problems(folder: Path | None = None) -> list[str]:
    """Return `<department>/<feed>.yml:<line>: <message>` for every problem; empty when there is none."""
    files = _files(FEEDS if folder is None else folder)
    return [problem for path in files for problem in _read(path)[1]]


@cache
def _load_default() -> dict[str, Contract]:
    return _load_all(FEEDS)


def _load_all(folder: Path) -> dict[str, Contract]:
    files = _files(folder)
    if not files:
        raise ContractError(f"no contract below {folder.name}: expected <department>/<feed>.yml")
    read = [_read(path) for path in files]
    if problems := [problem for _, found in read for problem in found]:
        raise ContractError(f"{len(problems)} problems in contracts:\n" + "\n".join(problems))
    return {c.name: c for c in sorted((c for c, _ in read if c is not None), key=lambda c: c.name)}


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*.yml"))


def _read(path: Path) -> tuple[Contract | None, list[str]]:
    text = path.read_text(encoding="utf-8")
    contract = _read_right(path, text)
    return (contract, []) if contract is not None else _read_wrong(path, text)


def _read_right(path: Path, text: str) -> Contract | None:
    """Return the contract of a file without a fault; null for the careful reader, who tells what is wrong where."""
    try:
        raw = read_yaml(text)
        contract = Contract.model_validate(raw)
    except (YAMLError, ValidationError):
        return None
    return None if find_conflicts(raw, department=path.parent.name, feed=path.stem) else contract


def _read_wrong(path: Path, text: str) -> tuple[Contract | None, list[str]]:
    try:
        raw: Any = YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        return None, report(path, [from_yaml(error)])
    findings: list[Finding] = []
    contract = None
    try:
        contract = Contract.model_validate(raw)
    except ValidationError as error:
        findings += from_validation(error)
    if isinstance(raw, dict):
        findings += find_conflicts(raw, department=path.parent.name, feed=path.stem)
    return (None if findings else contract), report(path, locate(findings, text))
