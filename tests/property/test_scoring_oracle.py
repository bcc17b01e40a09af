"""Splink is the oracle: on a generated city the same pairs with the same weights, term frequencies included."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import polars as pl
import pytest

from pipelines.addresses.evidence.collect import collect_address_evidence
from pipelines.addresses.match import match_addresses
from pipelines.addresses.mentions import collect_address_mentions
from pipelines.addresses.register.index import build_register
from pipelines.city import deliver, generate_city
from pipelines.config import Config, IngestConfig
from pipelines.contracts.loader import load_contracts
from pipelines.home import Home
from pipelines.identity.candidates.blocks import block_pairs
from pipelines.identity.candidates.coding import code_nodes
from pipelines.identity.candidates.features import node_features
from pipelines.identity.candidates.keys import columns
from pipelines.identity.candidates.nodes import build_nodes
from pipelines.identity.mentions.collect import collect_person_mentions
from pipelines.identity.scoring.comparison import compare
from pipelines.identity.scoring.frequency import FREQUENCY_COLUMNS, Night, count_night
from pipelines.identity.scoring.habits import changed_phones, tonight
from pipelines.identity.scoring.levels import COMPARISONS
from pipelines.identity.scoring.model import Model
from pipelines.identity.scoring.score import WEIGHTS, add_frequencies, score
from pipelines.identity.scoring.splink_settings import splink_settings
from pipelines.ingest.load import ingest
from pipelines.lake.store import Lake

RULES = (("name",), ("phone_1",), ("room_1", "surname"), ("birth", "surname"), ("id_pattern",))
MOST = 100_000


@pytest.fixture(scope="module")
def mentions(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """The mentions of a hard city of 600 residents, after one night."""
    folder = tmp_path_factory.mktemp("oracle")
    city = generate_city(folder / "nights", folder / "truth", residents=600, nights=1, seed=41, style="hard")
    home = Home(folder / "home").ensure()
    deliver(city, 0, home.landing)
    tx = Lake(home).begin("night")
    settled = Config(ingest=IngestConfig(settle_seconds=0.0))
    ingest(tx, home, load_contracts(), settled, run_id="night", now=datetime(2026, 3, 1, 18, tzinfo=UTC))
    feeds = [f"raw.{name}" for name in load_contracts()]
    raw = {name.removeprefix("raw."): tx.scan(name) for name in feeds if tx.has(name)}
    register = build_register(tx.scan("raw.police_addresses").filter("is_current").collect())
    matches = match_addresses(collect_address_mentions(raw), register, evidence=collect_address_evidence(raw))
    return collect_person_mentions(raw, matches)


@pytest.fixture(scope="module")
def both(mentions: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Our scored pairs and Splink's, of the same rules, model and frequencies."""
    nodes = build_nodes(mentions)
    features = node_features(mentions, nodes).frame
    night = count_night(features, changed_phones(mentions, nodes))
    model = tonight(Model.load(), night)
    pairs = pl.concat(block_pairs(columns(*rule)(features), "|".join(rule), MOST).pairs for rule in RULES)
    pairs = pairs.unique().sort("left_node", "right_node").with_columns(rule=pl.lit("any"))
    ours = score(add_frequencies(compare(pairs, code_nodes(features)), features, night), model, night)
    return ours, _by_splink(features, model, night)


def _by_splink(features: pl.DataFrame, model: Model, night: Night) -> pl.DataFrame:
    from splink import DuckDBAPI, Linker

    chances = {key: {part.name: [getattr(level, key) for level in part.levels] for part in model.comparisons}
               for key in ("m", "u")}  # fmt: skip
    rules = [" AND ".join(f"l.{name} = r.{name}" for name in rule) for rule in RULES]
    settings = splink_settings(chances["u"], chances["m"], prior=night.prior, rules=rules)
    with duckdb.connect() as connection:
        api = DuckDBAPI(connection=connection)
        linker = Linker(api.register(features.rename({"node": "unique_id"}).to_arrow()), settings, log_level=40)
        for column in FREQUENCY_COLUMNS:
            table = night.frequencies[column].rename({"value": column, "tf": f"tf_{column}"})
            linker.table_management.register_term_frequency_lookup(api.register(table.to_arrow()), column)
        predicted = pl.DataFrame(linker.inference.predict().as_duckdbpyrelation().to_arrow_table())
    return predicted.with_columns(
        left_node=pl.min_horizontal("unique_id_l", "unique_id_r").cast(pl.UInt32),
        right_node=pl.max_horizontal("unique_id_l", "unique_id_r").cast(pl.UInt32),
    ).rename({"match_weight": "theirs"}).drop("probability", strict=False)  # fmt: skip


def test_the_pairs_are_the_same(both: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    ours, theirs = both
    keys = ["left_node", "right_node"]
    assert ours.height == theirs.height > 1_000
    assert ours.join(theirs, on=keys, how="anti").is_empty()


def test_the_weights_are_the_same(both: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    ours, theirs = both
    joined = ours.join(theirs.select("left_node", "right_node", "theirs"), on=["left_node", "right_node"])
    difference = (joined["match_weight"] - joined["weight_household"] - joined["theirs"]).abs()
    assert float(difference.max() or 0.0) < 1e-9  # type: ignore[arg-type]


@pytest.mark.parametrize("comparison", [part.name for part in COMPARISONS])
def test_every_comparison_weighs_the_same(both: tuple[pl.DataFrame, pl.DataFrame], comparison: str) -> None:
    ours, theirs = both
    parts = [f"mw_{comparison}", f"mw_tf_adj_{comparison}"]
    told = theirs.select(
        "left_node", "right_node", theirs=pl.sum_horizontal(name for name in parts if name in theirs.columns)
    )
    joined = ours.join(told, on=["left_node", "right_node"])
    assert joined.height == ours.height
    difference = (joined[f"weight_{comparison}"] - joined["theirs"]).abs()
    assert float(difference.max() or 0.0) < 1e-9  # type: ignore[arg-type]


def test_every_frequency_is_asked_for(both: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    ours, _ = both
    # Levels are eleven; more weights than these come from frequencies.
    assert ours["weight_name"].n_unique() > 30
    assert set(WEIGHTS) < set(ours.columns)
