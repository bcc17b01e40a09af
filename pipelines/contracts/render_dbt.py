"""dbt's view of the raw tables: one source file, and one staging model a feed."""

from __future__ import annotations

import json
from collections.abc import Iterable

from pipelines.contracts.model import Contract
from pipelines.contracts.table import TableColumn, table_columns

# DuckDB reads a folder of parts by the same name as a single file. `union_by_name` because an older part may lack a
# column that the contract has gained since; no Hive partitions, because a folder of the path may contain `=`.
LOCATION = (
    "read_parquet('{{ env_var('STREETLAKE_BUILD') | replace(\"'\", \"''\") }}/raw/{name}.parquet', "
    "union_by_name = true, hive_partitioning = false)"
)
_HEAD = """\
# Generated from expectations/feeds by `streetlake contracts render`; edit the contracts, not this file.
# Tests written by hand live in other files.
version: 2

sources:
  - name: raw
    description: {description}
    config:
      external_location: {location}
    tables:
"""
_ABOUT = "Typed rows of the department feeds, one row per version of a record. 各部门交付数据，每条记录的每个版本一行。"


def render_sources(contracts: Iterable[Contract]) -> str:
    """Return the dbt source file: source `raw`, a table a feed, with its columns, meanings and data classes."""
    head = _HEAD.format(description=_quoted(_ABOUT), location=_quoted(LOCATION))
    return head + "".join(_table(contract) for contract in contracts)


def _table(contract: Contract) -> str:
    lines = [
        f"- name: {contract.name}",
        f"  description: {_quoted(_both(contract.description_en, contract.description_zh))}",
        "  config:",
        "    meta:",
        f"      title_en: {_quoted(contract.title_en)}",
        f"      title_zh: {_quoted(contract.title_zh)}",
        f"      owner: {_quoted(contract.owner)}",
        f"      mode: {contract.mode}",
        f"      cadence_hours: {contract.cadence_hours}",
        "  columns:",
        *(line for column in table_columns(contract) for line in _column(column)),
    ]
    return "".join(f"      {line}\n" for line in lines)


def _column(column: TableColumn) -> list[str]:
    return [
        f"    - name: {column.name}",
        f"      description: {_quoted(_both(column.description_en, column.description_zh))}",
        f"      data_type: {column.duckdb_type}",
        "      config:",
        "        meta:",
        f"          data_class: {column.data_class}",
    ]


def staging_name(contract: Contract) -> str:
    """Return the name of the feed's staging model, `stg_<department>__<feed>`."""
    return f"stg_{contract.department}__{contract.feed}"


def render_staging(contract: Contract) -> str:
    """Return the SQL of the feed's staging model: the current rows of the raw table, every column by name."""
    names = ",\n".join(f"    {column.name}" for column in table_columns(contract))
    return (
        f"-- {contract.title_en} ({contract.title_zh}): the current rows, one a record_key.\n"
        f"-- Generated from expectations/feeds/{contract.department}/{contract.feed}.yml\n"
        "-- by `streetlake contracts render`; edit the contract.\n"
        f"select\n{names}\n"
        f"from {{{{ source('raw', '{contract.name}') }}}}\n"
        "where is_current\n"
    )


def _both(english: str, chinese: str) -> str:
    return f"{english.strip().removesuffix('.')}. {chinese.strip().removesuffix('。')}。"


def _quoted(text: str) -> str:
    """Return a double-quoted YAML scalar; JSON strings are one."""
    return json.dumps(text, ensure_ascii=False)
