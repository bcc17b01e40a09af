"""The contracts of another revision, by git."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import Contract
from pipelines.errors import ConfigError
from pipelines.home import CHECKOUT

_FOLDER = "expectations/feeds"


def contracts_at(revision: str, root: Path = CHECKOUT) -> dict[str, Contract]:
    """Return the contracts of a revision by name.

    Args:
        revision: as git names it: a branch, a tag, a commit, `HEAD~1`.
        root: the checkout.

    Raises:
        ConfigError: git is not installed, this is no checkout, or it has no such revision.
        ContractError: the contracts of that revision cannot be read by today's model.
    """
    git = shutil.which("git")
    if git is None:
        raise ConfigError("git is not installed: compare two files with `streetlake contracts diff OLD.yml NEW.yml`")
    if revision.startswith("-"):
        raise ConfigError(f"{revision} is no revision")
    asked = subprocess.run(  # noqa: S603 - git itself, and a revision that is no option
        [git, "-C", str(root), "archive", "--format=tar", revision, _FOLDER], capture_output=True, check=False
    )
    if asked.returncode:
        said = asked.stderr.decode(errors="replace").strip().splitlines()
        raise ConfigError(f"git has no contracts at {revision}: {said[-1] if said else 'no answer'}")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(asked.stdout)) as archive:
            archive.extractall(folder, filter="data")
        return load_contracts(Path(folder) / _FOLDER)
