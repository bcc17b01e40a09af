"""The prepared table inside a DuckDB connection, and the distinct values that a comparison looks at."""

from __future__ import annotations

from types import TracebackType

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.errors import ConfigError
from pipelines.identity.declared.definition import BlockingRule, DeclaredComparison, Definition, Step

Codes = npt.NDArray[np.int64]
Levels = npt.NDArray[np.int8]

CHUNK = 500_000
"""Pairs compared at a time: bounds the memory of the widest comparison to some hundred MB, whatever the table."""


class Records:
    """Rows prepared by a definition, ready to be blocked and compared; close it, or use it in a `with`.

    Attributes:
        height: number of rows; nodes are 0..height-1, in the order of their content, so that the order in which a table
            comes decides nothing.
        rows: for every node the row of the source.
        columns: all columns but `node`.
    """

    def __init__(self, source: pl.DataFrame, definition: Definition) -> None:
        """Run the preparation.

        Args:
            source: one row a record, columns of text; no column of its own named `node` or `row`.
            definition: the declared linkage.

        Raises:
            ConfigError: there is no row, a step of the preparation does not run, or `records` has not one row a node.
        """
        if source.is_empty():
            raise ConfigError(f"{definition.name}: the table has no row")
        self.definition = definition
        self.connection = duckdb.connect(config={"threads": 2})
        ordered = source.with_row_index("row").sort(source.columns, nulls_last=True).with_row_index("node")
        self.rows = ordered["row"]
        self.connection.register("source_rows", ordered.drop("row").to_arrow())
        self.connection.execute("CREATE TABLE source AS SELECT * FROM source_rows")
        self.height = source.height
        self._run(definition.prepare)

    def revise(self, assignment: pl.DataFrame) -> None:
        """Prepare the records anew by what a first pass teaches.

        Args:
            assignment: `node, cluster` of the first pass; the steps read it as `linked`.

        Raises:
            ConfigError: as for the preparation.
        """
        self.connection.register("linked_rows", assignment.to_arrow())
        self.connection.execute("CREATE OR REPLACE TABLE linked AS SELECT * FROM linked_rows")
        self._run(self.definition.revise)

    def _run(self, steps: tuple[Step, ...]) -> None:
        name = self.definition.name
        for step in steps:
            try:
                self.connection.execute(f"CREATE OR REPLACE TABLE {step.name} AS {step.sql}")
            except duckdb.Error as error:
                self.connection.close()
                raise _refusal(f"{name}: step {step.name}", error) from None
        described = self.connection.execute("DESCRIBE records").fetchall()
        self.columns = tuple(str(row[0]) for row in described if row[0] != "node")
        nodes = self.query("SELECT node FROM records ORDER BY node")["node"].to_numpy()
        if not np.array_equal(nodes, np.arange(self.height)):
            self.connection.close()
            raise ConfigError(f"{name}: `records` must have one row for every node of `source`")
        self._codes: dict[tuple[str, ...], Codes] = {}

    def __enter__(self) -> Records:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the connection."""
        self.connection.close()

    def query(self, sql: str) -> pl.DataFrame:
        """Run a query on the connection and return all of its rows.

        Raises:
            ConfigError: an expression of the definition does not run.
        """
        try:
            return pl.DataFrame(self.connection.sql(sql).to_arrow_table())
        except duckdb.Error as error:
            raise _refusal(f"{self.definition.name}: a key, level or measure", error) from None

    def keys(self, rule: BlockingRule) -> pl.DataFrame:
        """Return `node, key` of a blocking rule, one row a key."""
        kind = str(self._column("typeof", rule.key)["value"][0])
        key = f"unnest({rule.key})" if kind.endswith("[]") else rule.key
        return self._column("", key).rename({"value": "key"})

    def values(self, column: str) -> pl.DataFrame:
        """Return `node, value` of a column."""
        return self._column("", column)

    def shares(self, column: str) -> pl.DataFrame:
        """Return `value, tf`: the share of every value among the rows that have one."""
        counts = self.values(column).drop_nulls().group_by("value").len().sort("value")
        return counts.select("value", tf=pl.col("len") / pl.col("len").sum())

    def codes(self, columns: tuple[str, ...]) -> Codes:
        """Number the distinct combinations of values of some columns; one number a node."""
        if columns not in self._codes:
            coded = self._column("", f"dense_rank() OVER (ORDER BY {', '.join(columns)}) - 1")
            self._codes[columns] = coded["value"].to_numpy().astype(np.int64)
        return self._codes[columns]

    def _column(self, function: str, expression: str) -> pl.DataFrame:
        # The expressions are those of a definition: whoever may declare a linkage may run SQL on its records.
        return self.query(
            f"SELECT CAST(node AS UINTEGER) AS node, {function}({expression}) AS value FROM records ORDER BY node"  # noqa: S608
        )

    def levels(self, comparison: DeclaredComparison, left: Codes, right: Codes) -> Levels:
        """The level of a comparison for pairs of nodes, read once for every distinct pair of values."""
        columns = comparison.columns(self.columns)
        codes = self.codes(columns)
        parts = [
            self._levels(comparison, columns, codes, left[start : start + CHUNK], right[start : start + CHUNK])
            for start in range(0, max(len(left), 1), CHUNK)
        ]
        return np.concatenate(parts)

    def _levels(
        self, comparison: DeclaredComparison, columns: tuple[str, ...], codes: Codes, left: Codes, right: Codes
    ) -> Levels:
        base = int(codes.max(initial=0)) + 1
        keys, back = np.unique(codes[left] * base + codes[right], return_inverse=True)
        _, bearer = np.unique(codes, return_index=True)
        pairs = pl.DataFrame({"place": np.arange(len(keys)), "l": bearer[keys // base], "r": bearer[keys % base]})
        self.connection.register("distinct_pairs", pairs.to_arrow())
        answer = self.query(_case(comparison, columns))
        levels = np.empty(len(keys), dtype=np.int8)
        levels[answer["place"].to_numpy()] = answer["level"].to_numpy()
        result: Levels = levels[back.reshape(-1)]
        return result


def _refusal(where: str, error: duckdb.Error) -> ConfigError:
    """Say what DuckDB did not like; what it says of a value (a text that is no date) stays untold."""
    about_words = isinstance(error, duckdb.BinderException | duckdb.CatalogException | duckdb.ParserException)
    told = str(error).splitlines()[0] if about_words else type(error).__name__
    return ConfigError(f"{where}: {told}")


def _case(comparison: DeclaredComparison, columns: tuple[str, ...]) -> str:
    """The query that tells the level of every row of `distinct_pairs`."""
    sides = ", ".join(f"{side}.{column} AS {column}_{side}" for side in "lr" for column in columns)
    measured = "".join(f", {comparison.by_name(sql)} AS {name}" for name, sql in comparison.measures.items())
    cases = " ".join(
        f"WHEN {comparison.by_name(level.sql)} THEN {place}" for place, level in enumerate(comparison.levels[:-1])
    )
    otherwise = len(comparison.levels) - 1
    met = f"SELECT place, {sides} FROM distinct_pairs p JOIN records l ON l.node = p.l JOIN records r ON r.node = p.r"  # noqa: S608
    level = f"CAST(CASE {cases} ELSE {otherwise} END AS TINYINT)"
    return f"SELECT place, {level} AS level FROM (SELECT *{measured} FROM ({met}))"  # noqa: S608
