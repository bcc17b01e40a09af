"""A table of one's own is linked by a file: levels mean what their SQL says, and the order of rows means nothing."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from pipelines.errors import ConfigError
from pipelines.identity.declared.clusters import LARGEST_COMPLETED, cluster, unmet_pairs
from pipelines.identity.declared.definition import Definition
from pipelines.identity.declared.link import link_table
from pipelines.identity.declared.model import DeclaredModel
from pipelines.identity.declared.records import Records
from pipelines.identity.declared.scoring import candidates, compare
from pipelines.identity.declared.training import train

DECLARED = """
name: readers
prepare:
  - {name: near, sql: "SELECT NULL::VARCHAR AS word, NULL::VARCHAR AS other WHERE false"}
  - &records
    name: records
    sql: |
      SELECT node, given, family, born, card, string_split(given || ' ' || family, ' ') AS words,
        coalesce(near.other, given) AS stands_for
      FROM source LEFT JOIN near ON near.word = given
revise:
  - name: near
    sql: |
      SELECT a.given AS word, max(b.given) AS other FROM source a JOIN linked x ON x.node = a.node
      JOIN linked y ON y.cluster = x.cluster JOIN source b ON b.node = y.node WHERE b.given > a.given GROUP BY 1
  - *records
blocking:
  - {name: card, key: card, bound: 20}
  - {name: word_year, key: "list_transform(words, lambda w: w || substr(born, 1, 4))", bound: 20}
comparisons:
  - name: name
    measures:
      apart: "levenshtein(family_l, family_r)"
      same_given: "stands_for_l = stands_for_r"
      slipped: "{apart} <= 1 AND regexp_matches(family_l, '^[a-z]{2,}$')"
    levels:
      - {label: "null", sql: "family_l IS NULL OR family_r IS NULL"}
      - {label: equal, sql: "{apart} = 0 AND {same_given}"}
      - {label: slip, sql: "{slipped} AND {same_given}"}
      - {label: family, sql: "{apart} = 0", frequency: family}
      - {label: else, sql: ELSE}
  - name: born
    levels:
      - {label: "null", sql: "born_l IS NULL OR born_r IS NULL"}
      - {label: equal, sql: "born_l = born_r"}
      - {label: slip, sql: "levenshtein(born_l, born_r) <= 1"}
      - {label: else, sql: ELSE}
  - name: card
    levels:
      - {label: "null", sql: "card_l IS NULL OR card_r IS NULL"}
      - {label: equal, sql: "card_l = card_r", frequency: card}
      - {label: else, sql: ELSE}
training:
  - {sql: "l.card = r.card", decides: [card]}
  - {sql: "l.born = r.born", decides: [born]}
"""
FAMILIES = ["abara", "bekele", "castro", "dimitrov", "eriksen", "farouk", "garcia", "hansen", "jensen", "kowalski"]
GIVEN = ["ada", "bo", "cleo", "dan", "eva", "finn", "gil", "hana", "ivo", "jun", "kim", "lea"]


def readers(persons: int = 250) -> pl.DataFrame:
    """Three rows a person; a slip, a missing card or a missing date in every second row."""
    draw = random.Random(5)
    rows: list[dict[str, object]] = []
    for person in range(persons):
        family = draw.choice(FAMILIES) + draw.choice(["", "son", "ova", "ez"])
        row = {
            "given": draw.choice(GIVEN),
            "family": family,
            "born": f"{draw.randint(1940, 1999)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
            "card": f"C{person:05}",
        }
        for _ in range(3):
            told: dict[str, object] = {**row, "person": person}
            match draw.randint(0, 5):
                case 0:
                    told["card"] = None
                case 1:
                    told["born"] = None
                case 2:
                    told["family"] = family[:-1] + draw.choice("xyz")
            rows.append(told)
    return pl.DataFrame(rows)


@pytest.fixture(scope="module")
def definition(tmp_path_factory: pytest.TempPathFactory) -> Definition:
    path = tmp_path_factory.mktemp("declared") / "readers.yml"
    path.write_text(DECLARED, encoding="utf-8")
    return Definition.load(path)


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return readers()


@pytest.fixture(scope="module")
def model(definition: Definition, table: pl.DataFrame) -> DeclaredModel:
    return train(table.drop("person"), definition)


def _load(tmp_path: Path, text: str) -> Definition:
    path = tmp_path / "changed.yml"
    path.write_text(text, encoding="utf-8")
    return Definition.load(path)


def test_levels_are_what_the_written_out_sql_says(definition: Definition, table: pl.DataFrame) -> None:
    with Records(table.drop("person"), definition) as records:
        drawn = np.random.default_rng(3).integers(0, records.height, size=(2, 4000))
        pairs = pl.DataFrame({"left_node": drawn[0], "right_node": drawn[1]})
        ours = compare(records, pairs)
        rows = records.query("SELECT * FROM records").to_arrow()
    with duckdb.connect() as connection:
        connection.register("records", rows)
        connection.register("pairs", pairs.with_row_index("place").to_arrow())
        for part in definition.comparisons:
            columns = ", ".join(f"{s}.{c} AS {c}_{s}" for s in "lr" for c in part.columns(records.columns))
            cases = " ".join(f"WHEN {part.written_out(x.sql)} THEN {i}" for i, x in enumerate(part.levels[:-1]))
            plain = connection.sql(
                f"SELECT CASE {cases} ELSE {len(part.levels) - 1} END FROM (SELECT place, {columns} FROM pairs"  # noqa: S608
                " JOIN records l ON l.node = left_node JOIN records r ON r.node = right_node) ORDER BY place"
            ).fetchall()
            assert ours[f"level_{part.name}"].to_list() == [row[0] for row in plain]
            assert ours[f"level_{part.name}"].n_unique() >= 3


def test_most_readers_are_found_and_none_are_mixed_up_often(
    definition: Definition, table: pl.DataFrame, model: DeclaredModel
) -> None:
    linked = link_table(table.drop("person"), definition, model)
    both = table.with_columns(cluster=linked.assignment["cluster"])
    together = both.group_by("cluster", "person").len()["len"].cast(pl.Int64)
    found = int((together * (together - 1)).sum())
    said = int((size := both.group_by("cluster").len()["len"].cast(pl.Int64)).dot(size - 1))
    meant = table.height * 2
    assert found / meant > 0.93
    assert found / said > 0.97


def test_the_order_of_rows_means_nothing(definition: Definition, table: pl.DataFrame, model: DeclaredModel) -> None:
    source = table.drop("person").unique()
    mixed = source.with_row_index("at").sample(fraction=1, shuffle=True, seed=9)
    assert train(mixed.drop("at"), definition).passes == train(source, definition).passes
    first = link_table(source, definition, model).assignment
    second = link_table(mixed.drop("at"), definition, model).assignment
    moved = second.select(row=mixed["at"].gather(second["row"]), cluster=mixed["at"].gather(second["cluster"]))
    assert moved.sort("row").equals(first)


def test_a_key_that_is_a_list_gives_several_keys(definition: Definition, table: pl.DataFrame) -> None:
    with Records(table.drop("person"), definition) as records:
        keys = records.keys(definition.blocking[1])
        met = candidates(records)
    assert keys["key"].drop_nulls().len() > table.height * 1.5
    assert set(met.pairs["rule"]) == {"card", "word_year"}
    assert met.pairs.select(pl.struct("left_node", "right_node").is_unique().all()).item()


def test_a_crowd_behind_one_key_is_dropped_and_counted(definition: Definition) -> None:
    crowd = pl.DataFrame(
        {"given": GIVEN * 30, "family": FAMILIES * 36, "born": [None] * 360, "card": ["C1"] * 360},
        schema_overrides={"born": pl.String},
    )
    with Records(crowd, definition) as records:
        met = candidates(records)
    dropped = met.blocks.filter(pl.col("rule") == "card")
    assert met.pairs.is_empty()
    assert dropped["dropped_pairs"].item() == 360 * 359 // 2


def test_a_second_pass_reads_what_the_first_one_linked(definition: Definition, table: pl.DataFrame) -> None:
    with Records(table.drop("person"), definition) as records:
        everyone = pl.DataFrame({"node": range(records.height), "cluster": [0] * records.height})
        assert records.query("SELECT count(DISTINCT stands_for) AS n FROM records")["n"].item() == len(GIVEN)
        records.revise(everyone)
        assert records.query("SELECT count(DISTINCT stands_for) AS n FROM records")["n"].item() == 1


def test_a_model_is_read_back_and_refused_for_other_levels(
    definition: Definition, model: DeclaredModel, tmp_path: Path
) -> None:
    path = tmp_path / "model.json"
    model.save(path)
    assert DeclaredModel.load(path, definition) == model
    with pytest.raises(ConfigError, match="other comparison levels"):
        DeclaredModel.load(path, _load(tmp_path, DECLARED.replace("{apart} <= 1", "{apart} <= 2")))
    with pytest.raises(ConfigError, match="no such model"):
        DeclaredModel.load(tmp_path / "none.json", definition)


@pytest.mark.parametrize(
    ("there", "instead", "told"),
    [
        ("{apart} = 0 AND", "{apartt} = 0 AND", "unknown measures"),
        ("levenshtein(family_l, family_r)", "{same_given}", "unknown measures"),
        ("decides: [card]", "decides: [cart]", "unknown comparisons"),
        ("name: near,", "name: near words,", "pattern"),
        ("name: readers", "name: readers\nfalse_merge_price: 3", "Extra inputs"),
        ('label: "null", sql: "card_l', 'label: nothing, sql: "card_l', "first level must be `null`"),
        ("decides: [born]", "decides: [born, card]", "no training rule teaches"),
        ("bound: 20", "bound: 1", "greater than 1"),
    ],
)
def test_a_wrong_definition_says_what_is_wrong(there: str, instead: str, told: str, tmp_path: Path) -> None:
    assert there in DECLARED
    text = DECLARED.replace(there, instead)
    with pytest.raises(ConfigError, match=told):
        _load(tmp_path, text)


def test_a_preparation_that_loses_rows_is_refused(tmp_path: Path, table: pl.DataFrame) -> None:
    losing = DECLARED.replace("ON near.word = given\n", "ON near.word = given WHERE card IS NOT NULL\n", 1)
    with pytest.raises(ConfigError, match="one row for every node"):
        Records(table.drop("person"), _load(tmp_path, losing))
    with pytest.raises(ConfigError, match=r"step records: Binder Error: .*card"):
        Records(table.drop("person", "card"), _load(tmp_path, DECLARED))


def test_a_value_that_does_not_convert_is_not_told(tmp_path: Path, table: pl.DataFrame) -> None:
    casting = _load(tmp_path, DECLARED.replace("born_l = born_r", "CAST(card_l AS INTEGER) = 1"))
    with (
        Records(table.drop("person"), casting) as records,
        pytest.raises(ConfigError, match="readers: a key, level or measure: ConversionException") as refused,
    ):
        compare(records, candidates(records).pairs)
    assert "C0" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_a_table_that_teaches_nothing_is_refused(definition: Definition, table: pl.DataFrame) -> None:
    nothing = table.drop("person").head(100).with_columns(card=pl.lit(None, pl.String), born=pl.lit(None, pl.String))
    with pytest.raises(ConfigError, match="no session taught comparison"):
        train(nothing, definition)


def test_an_empty_table_is_refused(definition: Definition, table: pl.DataFrame) -> None:
    with pytest.raises(ConfigError, match="no row"):
        Records(table.drop("person").clear(), definition)


def _pairs(*edges: tuple[int, int, float]) -> pl.DataFrame:
    return pl.DataFrame(
        list(edges),
        schema={"left_node": pl.UInt32, "right_node": pl.UInt32, "match_weight": pl.Float64},
        orient="row",
    )


def test_groups_that_disagree_are_not_glued_by_one_pair() -> None:
    scored = _pairs(
        (0, 1, 9.0), (2, 3, 9.0), (1, 2, 1.0), (0, 2, -9.0), (0, 3, -9.0), (1, 3, -9.0), (4, 5, 2.0), (5, 6, -1.0)
    )
    assert cluster(scored, 8, 1.0)["cluster"].to_list() == [0, 0, 2, 2, 4, 4, 6, 7]


def test_a_dearer_false_merge_asks_for_more_evidence() -> None:
    scored = _pairs((0, 1, 1.5), (2, 3, 2.5))
    assert cluster(scored, 4, 1.0)["cluster"].to_list() == [0, 0, 2, 2]
    assert cluster(scored, 4, 4.0)["cluster"].to_list() == [0, 1, 2, 2]
    assert cluster(scored, 4, 8.0)["cluster"].to_list() == [0, 1, 2, 3]


def test_every_pair_inside_a_component_is_asked() -> None:
    scored = _pairs((0, 1, 3.0), (1, 2, 3.0), (3, 4, 3.0), (2, 3, -5.0))
    assert unmet_pairs(scored, 6, 1.0).rows() == [(0, 2, "component")]
    chain = _pairs(*((node, node + 1, 3.0) for node in range(LARGEST_COMPLETED)))
    assert unmet_pairs(chain, LARGEST_COMPLETED + 1, 1.0).is_empty()
