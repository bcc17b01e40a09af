"""Where an installation keeps its things: one folder, `STREETLAKE_HOME`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Home:
    """One Streetlake home; all paths below it are derived, none is configured apart.

    Attributes:
        root: the absolute folder that holds landing, lake, workshop, published and dagster.
    """

    root: Path

    @classmethod
    def resolve(cls, folder: Path | str | None = None) -> Home:
        """Return the home named by the argument, else by `STREETLAKE_HOME`, else the checkout's `data/`."""
        chosen = folder or os.environ.get("STREETLAKE_HOME") or CHECKOUT / "data"
        return cls(Path(chosen).expanduser().resolve())

    @property
    def landing(self) -> Path:
        """Where departments put files: `landing/<department>/<feed>/<YYYY-MM-DD>/`."""
        return self.root / "landing"

    @property
    def lake(self) -> Path:
        """Immutable Parquet files and the snapshot files that list them."""
        return self.root / "lake"

    @property
    def workshop(self) -> Path:
        """Private and disposable: dbt's DuckDB file and the build folder."""
        return self.root / "workshop"

    @property
    def build(self) -> Path:
        """What crosses between Python and dbt: `build/<schema>/<table>.parquet`, at a fixed path."""
        return self.workshop / "build"

    @property
    def published(self) -> Path:
        """Snapshots for readers, and the two catalogues of views."""
        return self.root / "published"

    @property
    def dagster(self) -> Path:
        """Dagster's own instance folder."""
        return self.root / "dagster"

    @property
    def secrets(self) -> Path:
        """Keys of the tokens; never published."""
        return self.root / "secrets"

    @property
    def config_file(self) -> Path:
        """The optional `streetlake.toml`."""
        return self.root / "streetlake.toml"

    def ensure(self) -> Home:
        """Create the folders that are missing, readable by their owner only."""
        for folder in (
            self.root,
            self.landing,
            self.lake,
            self.workshop,
            self.build,
            self.published,
            self.dagster,
            self.secrets,
        ):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self
