"""On public sets, declared linkage weighs the same pairs as Splink's own `predict`, to the ninth digit."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.identity.declared.definition import BlockingRule, Definition
from pipelines.identity.declared.model import DeclaredModel
from pipelines.identity.declared.records import Records
from pipelines.identity.declared.scoring import candidates, frequencies, score
from pipelines.identity.declared.sessions import splink_settings

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT.parent / "shared" / "data" / "persons"
DEFINITIONS = ROOT / "benchmarks" / "public_linkage_definitions"
WITHOUT_BOUND = 1_000_000
# Splink has no bounded blocks, so both get rules of plain columns without one.
CASES = {
    "fake_1000": ("csv", "unique_id", ("dob", "email", "given")),
    "febrl3": ("csv", "rec_id", ("dob", "ssn", "suburb")),
    "historical_50k": ("parquet", "unique_id", ("postcode", "dob")),
}

pytestmark = [
    pytest.mark.samples,
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.exists(), reason="../shared/data/persons is absent"),
]


@pytest.mark.parametrize("name", CASES)
def test_same_pairs_and_weights_as_splink(name: str) -> None:
    kind, identifier, columns = CASES[name]
    path = DATA / f"{name}.{kind}"
    table = (pl.read_parquet(path) if kind == "parquet" else pl.read_csv(path, infer_schema=False)).drop(
        identifier, "cluster"
    )
    declared = Definition.load(DEFINITIONS / f"{name}.yml")
    model = DeclaredModel.load(DEFINITIONS / f"{name}.model.json", declared).passes[0]
    rules = tuple(BlockingRule(name=column, key=column, bound=WITHOUT_BOUND) for column in columns)
    with Records(table, declared.model_copy(update={"blocking": rules})) as records:
        ours = score(records, model, candidates(records).pairs)
        rows = records.query("SELECT * FROM records ORDER BY node").rename({"node": "unique_id"})
        tables = frequencies(records)

    u, m = (
        {part.name: [getattr(level, chance) for level in part.levels] for part in model.comparisons}
        for chance in ("u", "m")
    )
    settings = splink_settings(
        list(declared.comparisons), u, m, prior=model.prior, rules=tuple(f"l.{c} = r.{c}" for c in columns)
    )
    theirs = _predicted(rows, settings, tables)

    both = ours.join(theirs, on=["left_node", "right_node"], how="full", coalesce=True)
    assert both["match_weight"].null_count() == both["theirs"].null_count() == 0
    assert both.height > 1_000
    assert both.select((pl.col("match_weight") - pl.col("theirs")).abs().max()).item() < 1e-9


def _predicted(rows: pl.DataFrame, settings: dict[str, object], tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    from splink import DuckDBAPI, Linker

    with duckdb.connect() as connection:
        api = DuckDBAPI(connection=connection)
        linker = Linker(api.register(rows.to_arrow()), settings, log_level=40)
        for column, table in tables.items():
            shares = table.rename({"value": column, "tf": f"tf_{column}"})
            linker.table_management.register_term_frequency_lookup(api.register(shares.to_arrow()), column)
        predicted = pl.DataFrame(linker.inference.predict().as_duckdbpyrelation().to_arrow_table())
    left, right = pl.min_horizontal("unique_id_l", "unique_id_r"), pl.max_horizontal("unique_id_l", "unique_id_r")
    return predicted.select(
        left_node=left.cast(pl.UInt32), right_node=right.cast(pl.UInt32), theirs=pl.col("match_weight")
    )
