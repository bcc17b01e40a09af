"""Copies of a home that cost little: tables never change once written, so they are linked."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pipelines.home import Home


def copy_home(home: Home, folder: Path) -> Home:
    """Copy a home into `folder`, which is emptied first; its landing is left behind."""
    shutil.rmtree(folder, ignore_errors=True)
    tables = home.lake / "tables"

    def place(source: str, target: str) -> None:
        if Path(source).is_relative_to(tables):
            os.link(source, target)
        else:
            shutil.copy2(source, target)

    def left_behind(path: str, names: list[str]) -> set[str]:
        return set(names) if Path(path) == home.landing else set()

    shutil.copytree(home.root, folder, copy_function=place, ignore=left_behind, symlinks=True)
    return Home(folder).ensure()
