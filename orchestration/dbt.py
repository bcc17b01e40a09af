"""dbt inside this process: its manifest, one invocation, and what its results mean.

In one process, because each `dbt` subprocess costs eight seconds of start-up on top of a second of work. What that
asks for in return: give DuckDB's file back after each call, and keep dbt's own files out of the checkout. The project
is parsed once after each change and not for each home: only the place of the sources differs between homes.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from pipelines.config import Config, EngineConfig
from pipelines.errors import StreetlakeError
from pipelines.home import CHECKOUT, Home
from pipelines.lake.durable import make_folder
from pipelines.lake.snapshot import SERVED_SCHEMAS

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

PROJECT = CHECKOUT / "dbt"
MANIFEST = PROJECT / "target" / "manifest.json"
PARSED = MANIFEST.with_name("partial_parse.msgpack")
ANY_HOME = Home(MANIFEST.with_name("any_home"))  # stands for a home in the parsed project; nothing lies there
# Errors of SQL may quote a row: they go to the private log file only.
QUIET = ("--quiet", "--log-level", "none", "--log-level-file", "info")
PARTS = ("dbt_project.yml", "profiles.yml", "macros", "materializations", "models", "seeds", "tests")


class DbtFailed(StreetlakeError):
    """dbt could not do what was asked; the message names the nodes, never a value."""


@dataclass(frozen=True)
class NodeResult:
    """What became of one dbt node.

    Attributes:
        unique_id: dbt's own, such as `model.streetlake.kpi_monthly`.
        status: success / pass / warn / fail / error / skipped.
        failures: rows a test found, null for models.
        seconds: of work.
    """

    unique_id: str
    status: str
    failures: int | None
    seconds: float

    @property
    def name(self) -> str:
        """The node's name without its kind and project."""
        return self.unique_id.split(".")[2]

    @property
    def is_test(self) -> bool:
        """Whether it is a test of data, or a unit test."""
        return self.unique_id.startswith(("test.", "unit_test."))

    @property
    def is_bad(self) -> bool:
        """Whether it must stop what depends on it."""
        return self.status in ("error", "fail")


def ensure_manifest() -> Path:
    """Return the project's manifest, parsed anew where the project is newer than it.

    Raises:
        DbtFailed: when the project cannot be parsed.
    """
    if not MANIFEST.exists() or MANIFEST.stat().st_mtime < _newest_part():
        sys.stderr.write("Parsing the dbt project (once after each change, about ten seconds) ...\n")
        parse_project()
    return MANIFEST


def parse_project() -> None:
    """Write the parsed project to `dbt/target`; DbtFailed when the project is wrong."""
    with dbt_environment(ANY_HOME, EngineConfig()):
        _invoke(["parse"], target=MANIFEST.parent, logs=MANIFEST.parent)
    os.utime(MANIFEST)


def parsed_for(home: Home) -> Manifest:
    """Return the parsed project with its sources where `home` has them.

    Raises:
        DbtFailed: when the project cannot be parsed.
    """
    parsed = _read_parsed()
    if parsed is None:
        parse_project()
        parsed = _read_parsed()
    if parsed is None:
        raise DbtFailed(f"dbt parsed the project and left no {PARSED.name} of it: remove dbt/target and load again.")
    for source in parsed.sources.values():
        location = source.config["external_location"]
        source.config["external_location"] = location.replace(str(ANY_HOME.build), str(home.build))
        source.relation_name = source.relation_name.replace(str(ANY_HOME.build), str(home.build))
    return parsed


def _read_parsed() -> Manifest | None:
    """Return the project as it was parsed for any home; None where another dbt, or for another place, parsed it."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.version import __version__

    ensure_manifest()
    if not PARSED.exists():
        return None
    parsed = Manifest.from_msgpack(PARSED.read_bytes())
    here = all(str(ANY_HOME.build) in source.config["external_location"] for source in parsed.sources.values())
    return parsed if here and parsed.metadata.dbt_version == __version__ else None


def read_manifest() -> Mapping[str, Any]:
    """Return the manifest, made anew where it is stale; DbtFailed when the project cannot be parsed."""
    parsed: Mapping[str, Any] = orjson.loads(ensure_manifest().read_bytes())
    return parsed


def build(
    home: Home,
    config: Config,
    select: Sequence[str],
    on_node: Callable[[str], None] | None = None,
    *,
    tell_sql: bool,
) -> list[NodeResult]:
    """Build the nodes that are selected and run their tests.

    Args:
        home: gives the build folder and the workshop.
        config: gives memory and threads.
        select: dbt's arguments that select.
        on_node: told the name of each node that ended.
        tell_sql: write `manifest.json` with the SQL that ran, for who asks later what reads which column.

    Returns:
        One result a node, in the order they ended. Failed nodes are results, not errors.

    Raises:
        DbtFailed: when dbt itself could not run.
    """
    # Unit tests hold the SQL, not the night's data: the test suite runs them.
    arguments = [
        "build",
        *select,
        "--indirect-selection",
        "buildable",
        "--exclude-resource-type",
        "unit_test",
        "--write-json" if tell_sql else "--no-write-json",
    ]
    target = make_folder(home.workshop / "dbt")
    with dbt_environment(home, config.engine):
        outcome = _invoke(arguments, target, target, parsed_for(home), on_node)
    return [
        NodeResult(run.node.unique_id, str(run.status), run.failures, run.execution_time) for run in outcome.results
    ]


def fresh_workshop(home: Home, manifest: Mapping[str, Any]) -> None:
    """Begin with an empty DuckDB file, dbt's artifacts of old runs swept, and a folder for each schema."""
    for name in ("workshop.duckdb", "workshop.duckdb.wal"):
        (home.workshop / name).unlink(missing_ok=True)
    for folder in ("run", "compiled"):
        shutil.rmtree(home.workshop / "dbt" / folder, ignore_errors=True)
    for log in (home.workshop / "dbt").glob("dbt.log*"):
        log.unlink()
    for schema in sorted({node["schema"] for node in manifest["nodes"].values() if node["resource_type"] == "model"}):
        make_folder(home.build / schema)


def sources_of(manifest: Mapping[str, Any], unique_ids: Sequence[str]) -> list[str]:
    """Return the source tables (`<schema>.<table>`) that the nodes read directly, sorted."""
    parents = {parent for unique_id in unique_ids for parent in manifest["parent_map"].get(unique_id, [])}
    sources = (manifest["sources"][parent] for parent in parents if parent.startswith("source."))
    return sorted({f"{source['schema']}.{source['name']}" for source in sources})


def served_table(manifest: Mapping[str, Any], unique_id: str) -> str | None:
    """Return the lake's name of a model that is written as Parquet and served; None for views and seeds."""
    node = manifest["nodes"].get(unique_id)
    if node is None or node["schema"] not in SERVED_SCHEMAS or node["config"]["materialized"] != "parquet":
        return None
    return f"{node['schema']}.{node['name']}"


@contextmanager
def dbt_environment(home: Home, engine: EngineConfig) -> Iterator[None]:
    """Set what the project reads from the environment, and put back what was there."""
    wanted = {
        "STREETLAKE_BUILD": str(home.build),
        "STREETLAKE_WORKSHOP": str(home.workshop),
        "STREETLAKE_MEMORY_LIMIT_MB": str(engine.memory_limit_mb),
        "STREETLAKE_THREADS": str(engine.threads or os.cpu_count() or 1),
        "DO_NOT_TRACK": "1",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _invoke(
    arguments: list[str],
    target: Path,
    logs: Path,
    parsed: Manifest | None = None,
    on_node: Callable[[str], None] | None = None,
) -> Any:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    def listen(event: Any) -> None:
        if on_node is not None and event.info.name == "NodeFinished":
            on_node(event.data.node_info.node_name)

    places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    places += ["--target-path", str(target), "--log-path", str(logs)]
    try:
        outcome = dbtRunner(manifest=parsed, callbacks=[listen]).invoke([*arguments, *places, *QUIET])
    finally:
        # dbt keeps the write lock of the file otherwise; neither cleanup_connections nor reset_adapters frees it.
        DuckDBConnectionManager.close_all_connections()
    if outcome.result is None or outcome.exception is not None:
        kind = type(outcome.exception).__name__ if outcome.exception else "no result"
        raise DbtFailed(f"dbt {arguments[0]} did not run ({kind}): see dbt.log in {logs.name} for its reason.")
    return outcome.result


def _newest_part() -> float:
    files = (path for part in PARTS for path in [PROJECT / part, *(PROJECT / part).rglob("*")])
    return max(path.stat().st_mtime for path in files if path.exists())
