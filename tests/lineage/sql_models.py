"""The project's SQL as it runs, rendered from dbt's manifest without a database, in the order of its dependencies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jinja2
import yaml

from pipelines.home import CHECKOUT

PROJECT = "streetlake"


def table_of(node: Mapping[str, Any]) -> str:
    """Return `<schema>.<name>`, the name that the lake and Dagster use too."""
    return f"{node['schema']}.{node['name']}"


def rendered_models(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the SQL of every model by its table; each stands behind those it reads."""
    nodes = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] in ("model", "seed")}
    tables = {node["name"]: table_of(node) for node in nodes.values()}
    macros = {
        macro["name"]: macro["macro_sql"]
        for macro in manifest["macros"].values()
        if macro["package_name"] == PROJECT and macro["macro_sql"].lstrip("{%- ").startswith("macro ")
    }
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, extensions=["jinja2.ext.do"])  # noqa: S701 - SQL, not HTML
    environment.globals |= _context(tables)
    written = environment.from_string("\n".join(macros[name] for name in sorted(macros))).module
    environment.globals |= {name: getattr(written, name) for name in macros}
    models = {key: node for key, node in nodes.items() if node["resource_type"] == "model"}
    return {
        table_of(models[key]): environment.from_string(models[key]["raw_code"]).render().strip()
        for key in _in_order(models)
    }


def _context(tables: Mapping[str, str]) -> dict[str, Any]:
    settings = yaml.safe_load((CHECKOUT / "dbt" / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    return {
        "ref": lambda name: tables[name],
        "source": lambda schema, name: f"{schema}.{name}",
        "var": lambda name, default=None: settings.get(name, default),
        "config": lambda **_: "",
        "env_var": lambda name, default="": default,
        "execute": False,
        "return": lambda value: value,
        "graph": {"nodes": {}},
    }


def _in_order(models: Mapping[str, Any]) -> list[str]:
    done: list[str] = []
    while len(done) < len(models):
        ready = sorted(
            key
            for key, node in models.items()
            if key not in done and all(up in done or up not in models for up in node["depends_on"]["nodes"])
        )
        assert ready, "the models depend on each other in a circle"
        done += ready
    return done
