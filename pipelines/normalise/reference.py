"""Lists that the rules of this room read: `data/reference/*.json`, each with a line that names its source."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).resolve().parent.parent.parent / "data" / "reference"


@cache
def reference(name: str) -> dict[str, Any]:
    """Return the content of `data/reference/<name>.json`; callers must not change it.

    Raises:
        FileNotFoundError: the installation lacks the file.
    """
    loaded: dict[str, Any] = json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))
    return loaded
