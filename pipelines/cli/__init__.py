"""The command line `streetlake`: a thin layer of Typer over the rooms, with progress, plain words and `--json`.

No rule of the domain lives here, and no import of Dagster: the job is found by the entry point `streetlake.runner`.
"""

from pipelines.cli.app import main

__all__ = ["main"]
